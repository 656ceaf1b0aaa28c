// The Systems Manager operations of the operators' side: commands on instances, and parameters.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/client.hpp"
#include "aws/ids.hpp"

namespace aws::ssm {

struct NewCommand {
  std::string document = "AWS-RunShellScript";
  std::vector<InstanceId> instances;
  std::map<std::string, std::vector<std::string>> parameters;  // {"commands", {"curl ..."}}
  std::string comment;
};

struct Invocation {
  std::string status;   // Pending, InProgress, Delayed, Success, Cancelled, TimedOut, Failed, ...
  std::string details;  // StatusDetails: more precise than status
  int response_code = -1;
  std::string output;  // at most 24000 characters
  std::string error;
};

struct ManagedInstance {
  InstanceId id;
  std::string ping_status;  // Online, ConnectionLost, Inactive
  std::string agent_version;
  std::string ip;
};

// The command's id. InvalidInstanceId when an instance's agent is not connected.
base::Task<std::string> send_command(Client& client, NewCommand command);
// Nothing while the command has not reached the instance (InvocationDoesNotExist).
base::Task<std::optional<Invocation>> command_invocation(Client& client, std::string command_id,
                                                         InstanceId instance);
// Those of the given instances whose agent has registered; all of them for an empty list.
base::Task<std::vector<ManagedInstance>> instance_information(Client& client,
                                                              std::vector<InstanceId> instances);
// Nothing when there is no such parameter.
base::Task<std::optional<std::string>> get_parameter(Client& client, std::string name);

}  // namespace aws::ssm

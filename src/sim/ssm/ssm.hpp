// Systems Manager of the embedded AWS: parameters (AWS's public image parameters among them), the
// agent on instances, and Run Command with AWS-RunShellScript, whose only program is curl.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/core/fields.hpp"
#include "sim/ec2/ec2.hpp"
#include "sim/ecs/ecs.hpp"
#include "sim/iam/iam.hpp"
#include "sim/ssm/curl.hpp"
#include "sim/ssm/knobs.hpp"
#include "sim/ssm/parameters.hpp"

namespace sim::ssm {

class Ssm final : public Service {
 public:
  Ssm(Context context, ec2::Ec2& ec2, ecs::Ecs& ecs, iam::Iam& iam, Knobs knobs = {});

  std::string_view name() const override { return "ssm"; }
  const std::map<std::string, Operation, std::less<>>& operations() const override {
    return operations_;
  }

  // Whether the instance's agent is connected: it runs for some seconds, its profile's role allows
  // the agent's actions, and it reaches ssm, ssmmessages and ec2messages. Empty when it is; else
  // the first reason why not, in words.
  std::string offline_reason(const std::string& instance_id) const;

 private:
  struct Invocation {
    std::string status = "Pending", output, error;
    int response_code = -1;
    base::Instant requested;
    std::optional<base::Instant> started = {}, ended = {};
  };
  struct Command {
    std::string id, document, comment;
    std::vector<std::string> lines;
    std::map<std::string, Invocation> invocations;  // by instance
    base::Instant requested;
  };
  using Run = json::object (Ssm::*)(const Call&);

  // commands.cpp
  json::object send_command(const Call& call);
  json::object get_command_invocation(const Call& call);
  json::object list_commands(const Call& call);
  json::object list_command_invocations(const Call& call);
  json::object cancel_command(const Call& call);
  json::object describe_instance_information(const Call& call);
  json::object shown(const Command& command) const;
  std::vector<std::string> targets(const Fields& in) const;
  Task<void> execute(std::string command, std::string instance);
  Reply request(const std::string& interface_id, const Curl& curl) const;

  // documents.cpp
  json::object describe_document(const Call& call);
  json::object get_document(const Call& call);
  json::object list_documents(const Call& call);

  void add_parameters();
  void add(const std::string& action, std::function<json::object(const Call&)> run,
           std::function<std::vector<Access>(const Fields&)> access);
  void add(const std::string& action, Run run,
           std::function<std::vector<Access>(const Fields&)> access);
  base::Duration draw(Range range);

  Context context_;
  ec2::Ec2& ec2_;
  ecs::Ecs& ecs_;
  iam::Iam& iam_;
  Knobs knobs_;
  base::SeededRandom random_;
  std::map<std::string, Operation, std::less<>> operations_;
  Parameters parameters_;
  std::map<std::string, Command> commands_;
  std::set<std::string> registered_;  // instances whose agent has been seen online
};

}  // namespace sim::ssm

// Systems Manager of the embedded AWS: parameters (AWS's public image parameters among them),
// documents, the agents on instances, Run Command, and State Manager's associations.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/core/fields.hpp"
#include "sim/ssm/agents.hpp"
#include "sim/ssm/associations.hpp"
#include "sim/ssm/commands.hpp"
#include "sim/ssm/documents.hpp"
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
  std::string offline_reason(const std::string& instance_id) const {
    return agents_.offline_reason(instance_id);
  }

 private:
  using Accesses = std::function<std::vector<Access>(const Fields&)>;

  void add_parameters();
  void add_commands();
  void add_documents();
  void add_associations();
  void add_tags();
  void add(const std::string& action, std::function<json::object(const Call&)> run,
           Accesses access);
  // An operation that needs nothing of the call but its members.
  void add(const std::string& action, std::function<json::object(const Fields&)> run,
           Accesses access);
  // What policies are asked about.
  Access document(const Fields& in, std::string_view member);
  Access instance(const std::string& id) const;
  Access association(const std::string& id, const Fields& in);
  std::vector<Access> tagged(const Fields& in);

  // The tags of a request's ResourceType and ResourceId. Throws Error InvalidResourceId.
  std::map<std::string, std::string>& tags_of(const Fields& in);

  Context context_;
  ec2::Ec2& ec2_;
  std::map<std::string, Operation, std::less<>> operations_;
  Parameters parameters_;
  Documents documents_;
  Agents agents_;
  Commands commands_;
  Associations associations_;
};

}  // namespace sim::ssm

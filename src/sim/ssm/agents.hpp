// The agents on instances: which of them are online, and what they do when a document reaches them.
// They run scripts, of which curl is the only program (curl.hpp), and keep themselves up to date;
// a plugin that they do not have fails by name.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent.html
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/context.hpp"
#include "sim/core/fields.hpp"
#include "sim/ec2/ec2.hpp"
#include "sim/ecs/ecs.hpp"
#include "sim/iam/iam.hpp"
#include "sim/ssm/curl.hpp"
#include "sim/ssm/document.hpp"
#include "sim/ssm/knobs.hpp"

namespace sim::ssm {

// What became of one step on one instance.
struct PluginResult {
  std::string name;  // the step's
  std::string status = "Pending";
  std::string output = {}, error = {};
  int response_code = -1;
  std::optional<base::Instant> started = {}, ended = {};
};

// What became of a document on one instance.
struct Invocation {
  std::string status = "Pending";
  base::Instant requested = {};
  std::optional<base::Instant> started = {}, ended = {};
  std::vector<PluginResult> plugins = {};  // one a step
};

class Agents {
 public:
  Agents(Context context, ec2::Ec2& ec2, ecs::Ecs& ecs, iam::Iam& iam, Knobs knobs);

  // See Ssm.
  std::string offline_reason(const std::string& instance_id) const;
  // As offline_reason, and remembers who has been seen.
  bool online(const std::string& instance_id);

  // The steps one after the other; the invocation is kept up to date. It outlives the task.
  Task<void> run(std::vector<Step> steps, std::string instance, Invocation& invocation);

  json::object describe_instance_information(const Fields& in);

 private:
  Task<void> run_script(Step step, std::string instance, PluginResult& result);
  void update_agent(const Step& step, const std::string& instance, PluginResult& result) const;
  Reply request(const std::string& interface_id, const Curl& curl) const;

  Context context_;
  ec2::Ec2& ec2_;
  ecs::Ecs& ecs_;
  iam::Iam& iam_;
  Knobs knobs_;
  std::set<std::string> registered_;  // instances whose agent has been seen online
};

}  // namespace sim::ssm

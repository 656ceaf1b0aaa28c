// Scaling policies. They exist and are refused; no metric is read, and no alarm made.
// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScalingPolicy.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

namespace {

constexpr std::string_view adjustments[] = {"ChangeInCapacity", "ExactCapacity",
                                            "PercentChangeInCapacity"};

void check_policy(const Fields& in, const std::string& type) {
  const auto need = [&](std::string_view member) {
    if (in.has(member)) return;
    throw invalid(fmt::format("{} must be specified for the policy type {}.", member, type));
  };
  const auto refuse = [&](std::initializer_list<std::string_view> members) {
    for (const auto member : members) {
      if (!in.has(member)) continue;
      throw invalid(fmt::format("{} is not supported for the policy type {}.", member, type));
    }
  };
  if (type == "TargetTrackingScaling") {
    need("TargetTrackingConfiguration");
    refuse({"AdjustmentType", "ScalingAdjustment", "StepAdjustments", "Cooldown"});
    const Fields tracking(in.object("TargetTrackingConfiguration"), "ValidationError");
    if (!tracking.has("TargetValue")) throw invalid("TargetValue must be specified.");
    if (tracking.has("PredefinedMetricSpecification") ==
        tracking.has("CustomizedMetricSpecification")) {
      throw invalid(
          "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be "
          "specified.");
    }
    return;
  }
  need("AdjustmentType");
  refuse({"TargetTrackingConfiguration"});
  if (!base::contains(adjustments, in.text("AdjustmentType"))) {
    throw invalid("Unknown adjustment type " + in.text("AdjustmentType"));
  }
  if (type == "SimpleScaling") {
    need("ScalingAdjustment");
    refuse({"StepAdjustments", "MetricAggregationType", "EstimatedInstanceWarmup"});
  } else if (type == "StepScaling") {
    need("StepAdjustments");
    refuse({"ScalingAdjustment", "Cooldown"});
  } else {
    throw Error("NotImplemented", "The embedded AWS has no policies of the type " + type + ".",
                501);
  }
}

}  // namespace

json::object AutoScaling::put_policy(const Call& call) {
  const Fields in(call.input, "ValidationError");
  auto& group = get(in);
  const auto policy_name = in.required("PolicyName");
  const auto type = in.text("PolicyType", "SimpleScaling");
  check_policy(in, type);
  auto found = std::ranges::find(group.policies, policy_name, &Policy::name);
  if (found == group.policies.end()) {
    if (group.policies.size() >= static_cast<std::size_t>(knobs_.policies)) {
      throw Error("LimitExceeded", "The group has the maximum number of scaling policies.");
    }
    group.policies.push_back(
        {.name = policy_name,
         .arn = fmt::format("arn:{}:autoscaling:{}:{}:scalingPolicy:{}:autoScalingGroupName/{}:"
                            "policyName/{}",
                            context_.partition, context_.region, context_.account, random_.uuid(),
                            group.name, policy_name),
         .type = type,
         .given = {}});
    found = std::prev(group.policies.end());
  } else if (found->type != type) {
    throw invalid("Only one policy type can be specified for a policy, and it cannot change.");
  }
  found->given = call.input;
  json::object output{{"PolicyARN", found->arn}};
  output["Alarms"] = json::array();
  return output;
}

json::object AutoScaling::describe_policies(const Call& call) {
  const Fields in(call.input, "ValidationError");
  if (in.has("AutoScalingGroupName")) get(in);
  const auto wanted = in.text("AutoScalingGroupName");
  const auto names = in.texts("PolicyNames");
  const auto types = in.texts("PolicyTypes");
  json::array all;
  for (const auto& [key, group] : groups_) {
    const bool asked = wanted.empty() || wanted == group->name || wanted == group->arn;
    if (group->gone || !asked) continue;
    for (const auto& policy : group->policies) {
      const bool named =
          names.empty() || base::contains(names, policy.name) || base::contains(names, policy.arn);
      if (!named || (!types.empty() && !base::contains(types, policy.type))) continue;
      json::object view = policy.given;
      view["AutoScalingGroupName"] = group->name;
      view["PolicyARN"] = policy.arn;
      view["PolicyType"] = policy.type;
      if (!view.contains("Enabled")) view["Enabled"] = true;
      view["Alarms"] = json::array();
      if (!view.contains("StepAdjustments")) view["StepAdjustments"] = json::array();
      all.push_back(std::move(view));
    }
  }
  return page_of(in, "ScalingPolicies", std::move(all), 50, 100);
}

json::object AutoScaling::delete_policy(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto policy_name = in.required("PolicyName");
  if (in.has("AutoScalingGroupName")) get(in);
  const auto wanted = in.text("AutoScalingGroupName");
  for (const auto& [key, group] : groups_) {
    const bool asked = wanted.empty() || wanted == group->name || wanted == group->arn;
    if (group->gone || !asked) continue;
    const auto gone = std::erase_if(group->policies, [&](const Policy& policy) {
      return policy.arn == policy_name || (!wanted.empty() && policy.name == policy_name);
    });
    if (gone > 0) return {};
  }
  throw invalid("PolicyName not found");
}

}  // namespace sim::autoscaling

// What an update of a stack changes about an Auto Scaling group.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/handlers/scaling_groups.hpp"
#include "templates/creation_policy.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr const char* scaling = "autoscaling";
constexpr int most_in_a_batch = 100;
constexpr std::string_view sizes[] = {"MinSize", "MaxSize", "DesiredCapacity"};

// UpdateAutoScalingGroup. [C] Without AutoScalingScheduledAction, the group takes the template's
// sizes whatever its own are; with it, only those that the template has changed.
Task<void> update_settings(Work& work) {
  auto input = group_settings(work);
  const bool ignores =
      at(work.update_policy, "AutoScalingScheduledAction.IgnoreUnmodifiedGroupSizeProperties") ==
      "true";
  for (const auto name : sizes) {
    if (ignores && !work.changed(name)) input.erase(name);
  }
  input["AutoScalingGroupName"] = work.id;
  co_await work.call(scaling, "UpdateAutoScalingGroup", std::move(input));
}

json::array missing_in(const json::array& some, const json::array& others) {
  json::array result;
  for (const auto& one : some) {
    if (std::ranges::find(others, one) == others.end()) result.push_back(one);
  }
  return result;
}

Task<void> update_targets(Work& work) {
  Work before = work;
  before.properties = work.old_properties;
  const auto now = work.texts("TargetGroupARNs"), old = before.texts("TargetGroupARNs");
  for (const auto& [action, arns] :
       {std::pair{"AttachLoadBalancerTargetGroups", missing_in(now, old)},
        std::pair{"DetachLoadBalancerTargetGroups", missing_in(old, now)}}) {
    if (arns.empty()) continue;
    auto input = group_name(work);
    input["TargetGroupARNs"] = arns;
    co_await work.call(scaling, action, std::move(input));
  }
}

Task<void> update_tags(Work& work) {
  if (!work.changed("Tags")) co_return;
  Work before = work;
  before.properties = work.old_properties;
  before.stack_tags = work.old_stack_tags;
  auto old = group_tags(before, work.id);
  for (auto& tag : old) {
    tag.as_object().erase("Value");
    tag.as_object().erase("PropagateAtLaunch");
  }
  if (!old.empty()) co_await work.call(scaling, "DeleteTags", {{"Tags", std::move(old)}});
  auto tags = group_tags(work, work.id);
  if (!tags.empty()) {
    co_await work.call(scaling, "CreateOrUpdateTags", {{"Tags", std::move(tags)}});
  }
}

Task<void> update_hooks(Work& work) {
  if (!work.changed("LifecycleHookSpecificationList")) co_return;
  Work before = work;
  before.properties = work.old_properties;
  const auto hooks = group_hooks(work), old = group_hooks(before);
  std::vector<std::string> kept;
  for (const auto& hook : hooks.as_array()) {
    kept.push_back(at(hook, "LifecycleHookName"));
    auto input = hook.as_object();
    input["AutoScalingGroupName"] = work.id;
    co_await work.call(scaling, "PutLifecycleHook", std::move(input));
  }
  for (const auto& hook : old.as_array()) {
    auto input = group_name(work);
    input["LifecycleHookName"] = at(hook, "LifecycleHookName");
    if (base::contains(kept, at(hook, "LifecycleHookName"))) continue;
    co_await work.call(scaling, "DeleteLifecycleHook", std::move(input));
  }
}

int whole(const json::object& policy, std::string_view name, int fallback, int least, int most) {
  if (!policy.contains(name)) return fallback;
  const auto text = templates::text_of(policy.at(name));
  const auto number = templates::integer_of(text);
  if (!number || *number < least || *number > most) {
    throw Failure(
        fmt::format("{} of AutoScalingRollingUpdate must be a number from {} to {}, not "
                    "{}",
                    name, least, most, text));
  }
  return static_cast<int>(*number);
}

}  // namespace

std::optional<RollingUpdate> rolling_update_of(const Work& work) {
  const auto* found = work.update_policy.if_contains("AutoScalingRollingUpdate");
  if (found == nullptr || !found->is_object()) return std::nullopt;
  const auto& policy = found->as_object();
  for (const auto& [name, value] : policy) {
    constexpr std::string_view known[] = {
        "MaxBatchSize", "MinInstancesInService", "MinSuccessfulInstancesPercent",
        "PauseTime",    "SuspendProcesses",      "WaitOnResourceSignals"};
    if (base::contains(known, std::string_view(name))) continue;
    throw Failure(
        fmt::format("The embedded CloudFormation does not support {} of AutoScalingRollingUpdate.",
                    std::string_view(name)));
  }
  RollingUpdate rules;
  rules.batch = whole(policy, "MaxBatchSize", 1, 1, most_in_a_batch);
  rules.in_service = whole(policy, "MinInstancesInService", 0, 0, 1'000'000);
  rules.percent = whole(policy, "MinSuccessfulInstancesPercent", 100, 0, 100);
  rules.signals = at(*found, "WaitOnResourceSignals") == "true";
  // [C] Five minutes where signals are waited for, no pause otherwise.
  rules.pause_text = at(*found, "PauseTime");
  if (rules.pause_text.empty()) rules.pause_text = rules.signals ? "PT5M" : "PT0S";
  if (rules.pause_text != "PT0S") {
    const auto pause = templates::signal_timeout(rules.pause_text);
    if (!pause || *pause > std::chrono::hours(1)) {
      throw Failure(fmt::format("PauseTime {} is not a duration such as PT15M, of at most one hour",
                                rules.pause_text));
    }
    rules.pause = static_cast<double>(pause->count());
  }
  if (const auto* named = find(policy, "SuspendProcesses"); named && named->is_array()) {
    rules.suspended = named->as_array();
  }
  return rules;
}

Task<void> update_group(Work& work) {
  const auto rules = rolling_update_of(work);
  co_await update_tags(work);
  co_await update_settings(work);
  co_await update_targets(work);
  co_await update_hooks(work);
  // [C] Only what is launched, and where, makes instances obsolete.
  const bool concerns = any_changed(work, {"LaunchConfigurationName", "LaunchTemplate",
                                           "MixedInstancesPolicy", "VPCZoneIdentifier"});
  if (rules && concerns) co_await roll(work, *rules);
  const auto group = co_await look_at_group(work);
  co_await wait_for_instances(work, {}, number_at(group, "DesiredCapacity"));
}

}  // namespace sim::cloudformation

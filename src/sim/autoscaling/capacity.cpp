// What is said about the size of a group and about its instances.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-manually.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

namespace {

constexpr std::string_view processes[] = {
    "Launch",      "Terminate",       "AddToLoadBalancer", "AlarmNotification", "AZRebalance",
    "HealthCheck", "InstanceRefresh", "ReplaceUnhealthy",  "ScheduledActions"};

std::vector<std::string> processes_of(const Fields& in) {
  auto named = in.texts("ScalingProcesses");
  if (named.empty()) named.assign(std::begin(processes), std::end(processes));
  for (const auto& one : named) {
    if (!base::contains(processes, one)) throw invalid("Invalid Process Type " + one);
  }
  return named;
}

}  // namespace

json::object AutoScaling::set_desired(const Call& call) {
  const Fields in(call.input, "ValidationError");
  auto& group = get(in);
  if (!in.has("DesiredCapacity")) {
    throw invalid(
        "1 validation error detected: Value null at 'desiredCapacity' failed to satisfy "
        "constraint: Member must not be null");
  }
  const auto wanted = in.integer("DesiredCapacity", 0);
  if (wanted > group.most || wanted < group.least) {
    throw invalid(
        fmt::format("New SetDesiredCapacity value {} is {} value {} for the "
                    "AutoScalingGroup.",
                    wanted, wanted > group.most ? "above max" : "below min",
                    wanted > group.most ? group.most : group.least));
  }
  if (in.flag("HonorCooldown")) {
    const bool cooling = context_.now() < group.last_scaled + std::chrono::seconds(group.cooldown);
    if (is_busy(group) || cooling) {
      throw Error("ScalingActivityInProgress",
                  "A scaling activity is in progress or the group is cooling down, and this action "
                  "honors it.");
    }
  }
  const auto before = group.desired;
  group.desired = static_cast<int>(wanted);
  if (group.desired != before) {
    group.reason = fmt::format(
        "At {} a user request explicitly set group desired capacity changing the desired capacity "
        "from {} to {}.",
        now_text(), before, group.desired);
    wake(group);
  }
  return {};
}

json::object AutoScaling::terminate_member(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto [group, member] = owner(in.required("InstanceId"));
  in.required("ShouldDecrementDesiredCapacity");
  const bool fewer = in.flag("ShouldDecrementDesiredCapacity");
  if (group->deleting || member->leaving()) {
    throw Error("ScalingActivityInProgress",
                fmt::format("Instance {} is already being taken out of service.", member->id));
  }
  std::string cause = fmt::format(
      "At {} instance {} was taken out of service in response to a "
      "user request",
      now_text(), member->id);
  if (fewer) {
    if (group->desired == group->least) {
      throw invalid(fmt::format(
          "Currently, desiredSize equals minSize ({}). Terminating instance without replacement "
          "will violate group's min size constraint. Either set shouldDecrementDesiredCapacity "
          "flag to false or lower group's min size.",
          group->least));
    }
    cause +=
        fmt::format(", shrinking the capacity from {} to {}", group->desired, group->desired - 1);
    --group->desired;
  }
  auto& activity = retire(*group, *member, cause + ".");
  json::object output;
  output["Activity"] = shown(activity);
  wake(*group);
  return output;
}

json::object AutoScaling::describe_members(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto ids = in.texts("InstanceIds");
  std::map<std::string, json::object> found;
  for (const auto& [key, group] : groups_) {
    if (group->gone) continue;
    const auto view = shown(*group, true);
    for (const auto& value : view.at("Instances").as_array()) {
      auto one = value.as_object();
      const auto id = text_at(value, "InstanceId");
      if (!ids.empty() && !base::contains(ids, id)) continue;
      one["AutoScalingGroupName"] = group->name;
      // [C] In capitals, unlike in DescribeAutoScalingGroups.
      one["HealthStatus"] = one.at("HealthStatus") == "Healthy" ? "HEALTHY" : "UNHEALTHY";
      found[id] = std::move(one);
    }
  }
  json::array all;
  for (auto& [id, one] : found) all.push_back(std::move(one));
  return page_of(in, "AutoScalingInstances", std::move(all), 50, 50);
}

json::object AutoScaling::set_protection(const Call& call) {
  const Fields in(call.input, "ValidationError");
  auto& group = get(in);
  in.required("ProtectedFromScaleIn");
  const auto ids = in.texts("InstanceIds");
  for (const auto& id : ids) {
    if (find_member(group, id) != nullptr) continue;
    throw invalid(
        fmt::format("The instance {} is not part of Auto Scaling group {}.", id, group.name));
  }
  for (const auto& id : ids) find_member(group, id)->guarded = in.flag("ProtectedFromScaleIn");
  // What was protected may go now.
  group.called = true;
  group.woken.notify();
  return {};
}

json::object AutoScaling::set_health(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto [group, member] = owner(in.required("InstanceId"));
  const auto status = in.required("HealthStatus");
  if (status != "Healthy" && status != "Unhealthy") {
    throw invalid("Valid values for HealthStatus are: Healthy, Unhealthy.");
  }
  const bool young = member->in_service == Instant{} ||
                     context_.now() < member->in_service + std::chrono::seconds(group->grace);
  const bool spared = young && in.flag("ShouldRespectGracePeriod", true);
  if (status == "Unhealthy" && spared && group->grace > 0) return {};
  member->healthy = status == "Healthy";
  member->complaint = member->healthy ? "" : "a user health-check";
  wake(*group);
  return {};
}

json::object AutoScaling::suspend(const Call& call) {
  const Fields in(call.input, "ValidationError");
  auto& group = get(in);
  for (const auto& one : processes_of(in)) {
    group.suspended.try_emplace(one, "User suspended at " + now_text());
  }
  return {};
}

json::object AutoScaling::resume(const Call& call) {
  const Fields in(call.input, "ValidationError");
  auto& group = get(in);
  for (const auto& one : processes_of(in)) group.suspended.erase(one);
  wake(group);
  return {};
}

}  // namespace sim::autoscaling

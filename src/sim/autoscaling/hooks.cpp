// Lifecycle hooks: instances wait, coming or going, until somebody says that they may go on.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

namespace {

// [C] The global timeout: 48 hours or a hundred times the heartbeat, whichever is less.
int global_timeout(const Hook& hook) {
  return std::min(172'800, hook.heartbeat * 100);
}

std::string_view prefix_of(const Member& member) {
  return member.in("Pending") ? "Pending" : "Terminating";
}

}  // namespace

// What is not said stays as it is.
Hook AutoScaling::read_hook(const Fields& in, const Group& group) const {
  const auto hook_name = in.required("LifecycleHookName");
  const auto found = std::ranges::find(group.hooks, hook_name, &Hook::name);
  Hook hook = found == group.hooks.end() ? Hook{.name = hook_name, .transition = {}, .metadata = {}}
                                         : *found;
  hook.transition = in.text("LifecycleTransition", hook.transition);
  if (hook.transition != "autoscaling:EC2_INSTANCE_LAUNCHING" &&
      hook.transition != "autoscaling:EC2_INSTANCE_TERMINATING") {
    throw invalid("Invalid Lifecycle Transition " + hook.transition);
  }
  hook.result = in.text("DefaultResult", hook.result);
  if (hook.result != "CONTINUE" && hook.result != "ABANDON") {
    throw invalid("Invalid Lifecycle Default Result " + hook.result);
  }
  hook.metadata = in.text("NotificationMetadata", hook.metadata);
  hook.target = in.text("NotificationTargetARN", hook.target);
  hook.role = in.text("RoleARN", hook.role);
  const auto heartbeat = in.integer("HeartbeatTimeout", hook.heartbeat);
  if (heartbeat < 30 || heartbeat > 7200) {
    throw invalid("Heartbeat Timeout must be between 30 and 7200 seconds");
  }
  hook.heartbeat = static_cast<int>(heartbeat);
  return hook;
}

Task<json::object> AutoScaling::put_hook(Call call) {
  const Fields in(call.input, "ValidationError");
  const auto& before = get(in);
  auto hook = read_hook(in, before);
  const auto group_name = before.name, group_arn = before.arn;
  if (!hook.target.empty()) co_await try_target(hook, group_name, group_arn);
  auto& group = get(in);  // it may have gone meanwhile
  const auto found = std::ranges::find(group.hooks, hook.name, &Hook::name);
  if (found != group.hooks.end()) {
    *found = std::move(hook);
  } else if (group.hooks.size() >= static_cast<std::size_t>(knobs_.hooks)) {
    throw Error("LimitExceeded", "The group has the maximum number of lifecycle hooks.");
  } else {
    group.hooks.push_back(std::move(hook));
  }
  co_return json::object();
}

json::object AutoScaling::describe_hooks(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto names = in.texts("LifecycleHookNames");
  const auto& group = get(in);
  json::array all;
  for (const auto& hook : group.hooks) {
    if (!names.empty() && !base::contains(names, hook.name)) continue;
    json::object view{
        {"LifecycleHookName", hook.name},         {"AutoScalingGroupName", group.name},
        {"LifecycleTransition", hook.transition}, {"HeartbeatTimeout", hook.heartbeat},
        {"GlobalTimeout", global_timeout(hook)},  {"DefaultResult", hook.result}};
    for (const auto& [member, text] :
         {std::pair{"NotificationMetadata", hook.metadata},
          std::pair{"NotificationTargetARN", hook.target}, std::pair{"RoleARN", hook.role}}) {
      if (!text.empty()) view[member] = text;
    }
    all.push_back(std::move(view));
  }
  return {{"LifecycleHooks", std::move(all)}};
}

json::object AutoScaling::delete_hook(const Call& call) {
  const Fields in(call.input, "ValidationError");
  auto& group = get(in);
  const auto hook_name = in.required("LifecycleHookName");
  if (std::erase_if(group.hooks, [&](const Hook& hook) { return hook.name == hook_name; }) == 0) {
    throw invalid(fmt::format("No Lifecycle Hook found with name {}", hook_name));
  }
  // [C] What waits at it goes on: ABANDON for launches, CONTINUE for terminations.
  for (auto& member : group.members) {
    if (member.hook != hook_name) continue;
    end_hook(group, member, member.in("Pending") ? "ABANDON" : "CONTINUE",
             "Lifecycle Hook was deleted");
  }
  group.called = true;
  group.woken.notify();
  return {};
}

json::object AutoScaling::complete(const Call& call) {
  const Fields in(call.input, "ValidationError");
  auto* group = find(in.required("AutoScalingGroupName"));
  if (group == nullptr) throw invalid("AutoScalingGroup name not found - null");
  const auto hook_name = in.required("LifecycleHookName");
  const auto result = in.required("LifecycleActionResult");
  if (result != "CONTINUE" && result != "ABANDON") {
    throw invalid("Invalid Lifecycle Action Result " + result);
  }
  const auto token = in.text("LifecycleActionToken");
  const auto id = in.text("InstanceId");
  const auto found = std::ranges::find_if(group->members, [&](const Member& member) {
    return member.hook == hook_name && (token.empty() ? member.id == id : member.token == token);
  });
  if (found == group->members.end()) {
    throw invalid(token.empty()
                      ? fmt::format("No active Lifecycle Action found with instance ID {}", id)
                      : fmt::format("No active Lifecycle Action found with token {}", token));
  }
  end_hook(*group, *found, result,
           fmt::format("Lifecycle Action Completed with {} Result", result));
  group->called = true;
  group->woken.notify();
  return {};
}

bool AutoScaling::wait_at_hook(Group& group, Member& member) {
  while (!member.hooks.empty()) {
    const auto next = member.hooks.front();
    member.hooks.erase(member.hooks.begin());
    const auto hook = std::ranges::find(group.hooks, next, &Hook::name);
    if (hook == group.hooks.end()) continue;
    member.state = fmt::format("{}:Wait", prefix_of(member));
    member.hook = next;
    member.token = random_.uuid();
    member.until = context_.now() + std::chrono::seconds(hook->heartbeat);
    if (auto* one = activity(member.activity)) {
      one->status = "MidLifecycleAction";
      one->progress = 60;
    }
    if (!hook->target.empty()) {
      json::object message{{"AutoScalingGroupName", group.name},
                           {"LifecycleActionToken", member.token},
                           {"EC2InstanceId", member.id}};
      context_.runtime.spawn(
          announce(*hook, std::move(message),
                   fmt::format("Auto Scaling:  Lifecycle action '{}' for instance {} in progress.",
                               hook->launching() ? "LAUNCHING" : "TERMINATING", member.id)));
    }
    return true;
  }
  return false;
}

void AutoScaling::end_hook(Group& group, Member& member, std::string_view result,
                           std::string_view why) {
  const bool abandoned = result == "ABANDON";
  const auto token = member.token;
  member.hook.clear();
  member.token.clear();
  if (abandoned && member.in("Pending")) {
    end_activity(
        member.activity, "Cancelled",
        fmt::format("Instance failed to complete user's Lifecycle Action: Lifecycle Action "
                    "with token {} was abandoned: {}",
                    token, why));
    retire(
        group, member,
        fmt::format("At {} an instance was taken out of service in response to a launch failure.",
                    now_text()));
    member.hooks.clear();
    return;
  }
  if (abandoned) member.hooks.clear();
  if (wait_at_hook(group, member)) return;
  member.state = fmt::format("{}:Proceed", prefix_of(member));
  member.until = context_.now() + draw(knobs_.proceed);
}

}  // namespace sim::autoscaling

// AutoScalingRollingUpdate. The events' texts: [C] amazon-eks-ami#66, aws-cf-templates#186,
// elastic-ci-stack-for-aws#130; when the group grows for the time of the update, and by how much,
// is [I].
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/handlers/scaling_groups.hpp"
#include "sim/cloudformation/stack.hpp"

namespace sim::cloudformation {

namespace {

constexpr const char* scaling = "autoscaling";

using Ids = std::vector<std::string>;

// One rolling update under way.
struct Roll {
  RollingUpdate rules;
  int least = 0, desired = 0, held = 0;  // `held`: the size that the group is held at
  std::size_t all = 0;                   // instances that were obsolete when it began
  Ids obsolete = {};                     // what is left of them
  Ids old = {};                          // all of them
  int failures = 0;
};

// The launch template of a group, on its own or in a mixed instances policy; null without one.
json::value template_of(const json::value& group) {
  const auto* alone = find(group, "LaunchTemplate");
  const auto* mixed =
      find(group, "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification");
  return alone != nullptr ? *alone : mixed != nullptr ? *mixed : json::value();
}

// The version that is launched now, where it is named by $Latest or $Default.
Task<std::string> version_of(Work& work, json::value launch_template) {
  const auto version = at(launch_template, "Version");
  if (!version.empty() && !version.starts_with('$')) co_return version;
  json::object input{{"LaunchTemplateId", at(launch_template, "LaunchTemplateId")}};
  input["LaunchTemplateVersion"] = json::array{json::value(version.empty() ? "$Default" : version)};
  const Principal cloudformation{.kind = Principal::Kind::service,
                                 .arn = "cloudformation.amazonaws.com",
                                 .role_arn = {},
                                 .user_id = {}};
  const auto seen = json::value(co_await work.call_as(
      cloudformation, "ec2", "DescribeLaunchTemplateVersions", std::move(input)));
  co_return at(seen, "launchTemplateVersionSet.0.versionNumber");
}

Task<Ids> obsolete_in(Work& work, json::value group) {
  Ids ids;
  const auto configuration = at(group, "LaunchConfigurationName");
  const auto launch_template = template_of(group);
  const auto id = at(launch_template, "LaunchTemplateId");
  const auto version = id.empty() ? std::string() : co_await version_of(work, launch_template);
  const auto* zones = find(group, "AvailabilityZones");
  for (const auto& one : find(group, "Instances")->as_array()) {
    if (at(one, "LifecycleState").starts_with("Terminating")) continue;
    const auto zone = at(one, "AvailabilityZone");
    const bool placed = std::ranges::any_of(
        zones->as_array(), [&](const json::value& known) { return at(known, "") == zone; });
    const bool same = at(one, "LaunchConfigurationName") == configuration &&
                      at(one, "LaunchTemplate.LaunchTemplateId") == id &&
                      at(one, "LaunchTemplate.Version") == version;
    if (!same || !placed) ids.push_back(at(one, "InstanceId"));
  }
  co_return ids;
}

Task<void> resize(Work& work, int least, int desired) {
  co_await work.call(scaling, "UpdateAutoScalingGroup",
                     {{"AutoScalingGroupName", work.id},
                      {"MinSize", std::to_string(least)},
                      {"DesiredCapacity", std::to_string(desired)}});
}

// Tells of the signals that have come: how many.
int hear(Work& work, Roll& roll) {
  int heard = 0;
  Signals& signals = *work.signals;
  for (const auto& [ids, word] :
       {std::pair{&signals.succeeded, "SUCCESS"}, std::pair{&signals.failed, "FAILURE"}}) {
    for (const auto& id : *ids) {
      if (!signals.told.insert(id).second) continue;
      ++heard;
      if (std::string_view(word) == "FAILURE") ++roll.failures;
      work.say(fmt::format("Received {} signal with UniqueId {}", word, id));
    }
  }
  return heard;
}

void check_failures(const Roll& roll) {
  const auto all = static_cast<int>(roll.all);
  const auto needed = (all * roll.rules.percent + 99) / 100;
  if (all - roll.failures >= needed) return;
  throw Failure(
      fmt::format("Received {} FAILURE signal(s) out of {}.  Unable to satisfy {}% "
                  "MinSuccessfulInstancesPercent requirement",
                  roll.failures, all, roll.rules.percent));
}

// New instances have been asked for: waits until they run, and for what they say.
Task<void> welcome(Work& work, Roll& roll, int many) {
  if (many == 0) co_return;
  const auto fresh = roll.held - static_cast<int>(roll.obsolete.size());
  co_await wait_for_instances(work, roll.old, fresh);
  if (!roll.rules.signals) {
    if (roll.rules.pause > 0) co_await work.pause(roll.rules.pause);
    co_return;
  }
  work.say(
      fmt::format("New instance(s) added to autoscaling group - Waiting on {} resource "
                  "signal(s) with a timeout of {}.",
                  many, roll.rules.pause_text));
  const auto limit = work.context.now() + base::from_seconds(roll.rules.pause);
  int left = many;
  while (true) {
    left -= hear(work, roll);
    if (left <= 0 || work.context.now() >= limit) break;
    co_await work.pause(work.knobs.poll);
  }
  if (left > 0) {
    roll.failures += left;
    work.say(
        fmt::format("Failed to receive {} resource signal(s) for the current batch.  Each "
                    "resource signal timeout is counted as a FAILURE.",
                    left));
  }
  check_failures(roll);
}

bool is_member(const json::value& group, const std::string& id) {
  const auto* instances = find(group, "Instances");
  return instances != nullptr &&
         std::ranges::any_of(instances->as_array(), [&](const json::value& one) {
           return at(one, "InstanceId") == id &&
                  !at(one, "LifecycleState").starts_with("Terminating");
         });
}

// Ends one batch of obsolete instances; the group makes up for as many as it still needs.
Task<void> end_batch(Work& work, Roll& roll) {
  const auto left = static_cast<int>(roll.obsolete.size());
  const auto spare = std::max(1, roll.held - roll.rules.in_service);
  const auto many = std::min({roll.rules.batch, left, spare});
  const auto missing = roll.desired - (roll.held - left);
  const auto fresh = std::clamp(missing, 0, many);
  const Ids batch(roll.obsolete.begin(), roll.obsolete.begin() + many);
  roll.obsolete.erase(roll.obsolete.begin(), roll.obsolete.begin() + many);
  const auto ids = fmt::format("{}", fmt::join(batch, ","));
  work.say(
      fmt::format("Terminating instance(s) [{}]; replacing with {} new instance(s).", ids, fresh));
  // No instance may go without replacement while the group is as small as it can be.
  const auto held = roll.held;
  roll.held -= many - fresh;
  if (fresh < many) co_await resize(work, std::min(roll.least, roll.held), held);
  int index = 0;
  for (const auto& id : batch) {
    const bool replaced = index++ < fresh;
    json::object input{{"InstanceId", id}};
    input["ShouldDecrementDesiredCapacity"] = replaced ? "false" : "true";
    const auto group = co_await look_at_group(work);
    // The group may have been quicker.
    if (!is_member(group, id)) continue;
    co_await work.call(scaling, "TerminateInstanceInAutoScalingGroup", std::move(input));
  }
  const auto done = roll.all - roll.obsolete.size();
  work.say(fmt::format("Successfully terminated instance(s) [{}] (Progress {}%).", ids,
                       100 * done / roll.all));
  co_await welcome(work, roll, fresh);
}

Task<void> replace_all(Work& work, Roll& roll) {
  const auto batch = std::min(roll.rules.batch, static_cast<int>(roll.all));
  const auto needed = roll.rules.in_service + batch;
  if (needed > roll.desired) {
    const auto most = number_at(co_await look_at_group(work), "MaxSize");
    const auto more = std::min(needed, most) - roll.desired;
    if (more > 0) {
      roll.held = roll.desired + more;
      work.say(
          fmt::format("Temporarily setting autoscaling group MinSize and DesiredCapacity to "
                      "{}.",
                      roll.held));
      co_await resize(work, roll.held, roll.held);
      co_await welcome(work, roll, more);
    }
  }
  while (!roll.obsolete.empty()) co_await end_batch(work, roll);
}

// [I] An update that begins while the group is shrinking, as after one that failed, waits for that.
Task<void> wait_for_surplus(Work& work) {
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  while (work.context.now() < limit) {
    const auto group = co_await look_at_group(work);
    int many = 0;
    if (const auto* instances = find(group, "Instances")) {
      for (const auto& one : instances->as_array()) {
        many += at(one, "LifecycleState").starts_with("Terminating") ? 0 : 1;
      }
    }
    if (many <= number_at(group, "DesiredCapacity")) co_return;
    co_await work.pause(work.knobs.poll);
  }
}

Task<void> set_processes(Work& work, std::string action, json::array processes) {
  if (processes.empty()) co_return;
  json::object input{{"AutoScalingGroupName", work.id}};
  input["ScalingProcesses"] = std::move(processes);
  co_await work.call(scaling, std::move(action), std::move(input));
}

// Those that nobody has suspended before.
json::array running(const json::value& group, const json::array& named) {
  json::array result;
  for (const auto& one : named) {
    const auto* suspended = find(group, "SuspendedProcesses");
    const bool already = std::ranges::any_of(
        suspended->as_array(),
        [&](const json::value& process) { return at(process, "ProcessName") == at(one, ""); });
    if (!already) result.push_back(one);
  }
  return result;
}

}  // namespace

Task<void> roll(Work& work, RollingUpdate rules) {
  co_await wait_for_surplus(work);
  const auto group = co_await look_at_group(work);
  Roll one;
  one.rules = std::move(rules);
  one.obsolete = co_await obsolete_in(work, group);
  one.old = one.obsolete;
  one.all = one.obsolete.size();
  if (one.all == 0) co_return;
  // [C] kube-aws#950.
  if (one.rules.in_service >= number_at(group, "MaxSize")) {
    throw Failure("MinInstancesInService must be less than the autoscaling group's MaxSize");
  }
  one.least = number_at(group, "MinSize");
  one.desired = one.held = number_at(group, "DesiredCapacity");
  work.say(fmt::format(
      "Rolling update initiated. Terminating {} obsolete instance(s) in batches of {}, while "
      "keeping at least {} instance(s) in service.{}",
      one.all, one.rules.batch, one.rules.in_service,
      one.rules.signals
          ? fmt::format(" Waiting on resource signals with a timeout of {} when new instances are "
                        "added to the autoscaling group.",
                        one.rules.pause_text)
          : ""));
  const auto suspended = running(group, one.rules.suspended);
  co_await set_processes(work, "SuspendProcesses", suspended);
  std::exception_ptr failure;
  try {
    co_await replace_all(work, one);
  } catch (...) {
    failure = std::current_exception();
  }
  // Whatever came of it, the group is what the template says again.
  co_await set_processes(work, "ResumeProcesses", suspended);
  co_await resize(work, one.least, one.desired);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace sim::cloudformation

// Brings a group to its desired capacity: where the next instance starts, which one ends.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

namespace {

std::string with_reason(const Group& group, std::string_view sentence) {
  return group.reason.empty() ? std::string(sentence)
                              : fmt::format("{}  {}", group.reason, sentence);
}

std::string without_period(std::string text) {
  while (text.ends_with('.') || text.ends_with(' ')) text.pop_back();
  return text;
}

// Keeps those for which `value` is least.
template <class Value>
void keep_least(std::vector<Member*>& candidates, Value value) {
  if (candidates.empty()) return;
  auto least = value(*candidates.front());
  for (const auto* one : candidates) least = std::min(least, value(*one));
  std::erase_if(candidates, [&](const Member* one) { return value(*one) != least; });
}

}  // namespace

Task<void> AutoScaling::scale(Group& group) {
  if (!group.deleting) replace_unhealthy(group);
  retire_surplus(group);
  if (!group.deleting) co_await launch_missing(group);
  if (!group.deleting) co_await rebalance(group);
}

// One of each zone, the emptiest zone first; chance decides between equals.
std::vector<Place> AutoScaling::best_places(const Group& group) {
  const auto many = [&](auto&& fits) {
    return std::ranges::count_if(group.members,
                                 [&](const Member& one) { return !one.leaving() && fits(one); });
  };
  std::vector<std::pair<std::pair<std::ptrdiff_t, std::int64_t>, Place>> ranked;
  for (const auto& zone : group.zones) {
    std::vector<Place> own;
    for (const auto& place : group.places) {
      if (place.zone == zone) own.push_back(place);
    }
    const auto emptiest = std::ranges::min_element(own, {}, [&](const Place& place) {
      return many([&](const Member& one) { return one.subnet == place.subnet; });
    });
    const auto rank = many([&](const Member& one) { return one.zone == zone; });
    ranked.push_back({{rank, random_.integer(0, 1'000'000)}, *emptiest});
  }
  std::ranges::sort(ranked, {}, [](const auto& one) { return one.first; });
  std::vector<Place> places;
  for (auto& [rank, place] : ranked) places.push_back(std::move(place));
  return places;
}

Task<void> AutoScaling::launch_missing(Group& group) {
  const auto from = group.count();
  const auto missing = group.desired - from;
  if (missing <= 0) {
    group.replacements = 0;
    if (group.extra == 0) group.reason.clear();
    co_return;
  }
  if (!group.runs("Launch") || context_.now() < group.next_launch) co_return;
  const auto to = group.desired;
  for (int i = 0; i < missing; ++i) {
    const auto sentence =
        i < group.replacements
            ? fmt::format(
                  "At {} an instance was launched in response to an unhealthy instance "
                  "needing to be replaced.",
                  now_text())
            : fmt::format(
                  "At {} an instance was started in response to a difference between "
                  "desired and actual capacity, increasing the capacity from {} to {}.",
                  now_text(), from, to);
    const auto cause = i < group.replacements ? sentence : with_reason(group, sentence);
    bool launched = false;
    // [C] Where one zone cannot, another one is tried.
    for (const auto& place : best_places(group)) {
      launched = co_await launch_one(group, place, cause);
      if (launched) break;
    }
    if (launched) {
      group.failures_in_a_row = 0;
      continue;
    }
    launch_failed(group);
    break;
  }
  group.replacements = 0;
  group.reason.clear();
}

void AutoScaling::launch_failed(Group& group) {
  const auto wait = knobs_.back_off.low * (1 << std::min(group.failures_in_a_row, 10));
  ++group.failures_in_a_row;
  group.next_launch = context_.now() + std::min<base::Duration>(wait, knobs_.back_off.high);
}

Task<bool> AutoScaling::launch_one(Group& group, Place place, std::string cause) {
  auto& begun = begin_activity(group, "Launching a new EC2 instance", std::move(cause));
  const auto id = begun.id;
  begun.details = {{"Subnet ID", place.subnet}, {"Availability Zone", place.zone}};
  Member member;
  json::object answer;
  std::string problem;
  try {
    auto input = co_await launch_input(group, place, member);
    answer = co_await ask("ec2", "RunInstances", std::move(input));
  } catch (const Error& error) {
    problem = without_period(error.what());
  }
  if (!problem.empty()) {
    const auto message = problem + ". Launching EC2 instance failed.";
    if (auto* one = activity(id)) {
      one->description = "Launching a new EC2 instance.  Status Reason: " + message;
    }
    end_activity(id, "Failed", message);
    co_return false;
  }
  const json::value made(std::move(answer));
  member.id = text_at(made, "instancesSet.0.instanceId");
  member.type = text_at(made, "instancesSet.0.instanceType");
  member.image = text_at(made, "instancesSet.0.imageId");
  member.zone = place.zone;
  member.subnet = place.subnet;
  member.guarded = group.guards_new;
  member.launched = context_.now();
  member.activity = id;
  for (const auto& hook : group.hooks) {
    if (hook.launching()) member.hooks.push_back(hook.name);
  }
  if (auto* one = activity(id)) one->description = "Launching a new EC2 instance: " + member.id;
  group.members.push_back(std::move(member));
  co_return true;
}

void AutoScaling::retire_surplus(Group& group) {
  const auto from = group.count();
  if (std::ranges::none_of(group.members, [](const Member& one) { return one.in("Pending"); })) {
    group.extra = 0;
  }
  if (from <= group.desired + group.extra || !(group.deleting || group.runs("Terminate"))) return;
  std::vector<Member*> chosen;
  while (group.count() > group.desired) {
    auto* one = victim(group);
    if (one == nullptr) break;
    one->hooks.clear();
    one->state = "Terminating";  // out of the count
    chosen.push_back(one);
  }
  if (chosen.empty()) return;
  auto cause = with_reason(
      group, fmt::format("At {} an instance was taken out of service in response to a difference "
                         "between desired and actual capacity, shrinking the capacity from {} to "
                         "{}.",
                         now_text(), from, from - static_cast<int>(chosen.size())));
  for (const auto* one : chosen) {
    cause += fmt::format("  At {} instance {} was selected for termination.", now_text(), one->id);
  }
  for (auto* one : chosen) retire(group, *one, cause);
  if (group.count() <= group.desired) group.reason.clear();
}

// The zone with the most instances loses one, if it has one that is not protected; which, the
// termination policies say, and chance between equals.
Member* AutoScaling::victim(Group& group) {
  std::map<std::string, int> zones;
  std::vector<Member*> candidates;
  for (auto& one : group.members) {
    if (one.leaving()) continue;
    ++zones[one.zone];
    if (!one.guarded || group.deleting) candidates.push_back(&one);
  }
  // What stands where the group no longer is goes first.
  keep_least(candidates, [&](const Member& one) { return base::contains(group.zones, one.zone); });
  keep_least(candidates, [&](const Member& one) { return -zones.at(one.zone); });
  // What is not the group's own launch source is older than that, and a configuration older than a
  // template.
  const auto source = [&](const Member& one) -> std::pair<int, std::int64_t> {
    if (!one.configuration.empty() || one.launch_template.empty()) {
      const auto found = configurations_.find(one.configuration);
      const auto made =
          found == configurations_.end() ? 0 : base::unix_milliseconds(found->second.created);
      return {group.configuration.empty() ? 0 : 2, made};
    }
    const bool own = text_at(one.launch_template, "LaunchTemplateId") ==
                     text_at(group.launch_template, "LaunchTemplateId");
    return {own ? 2 : 1, std::stoll(text_at(one.launch_template, "Version"))};
  };
  const auto hour = [&](const Member& one) {
    constexpr std::int64_t length = 3600;
    const auto age = (context_.now() - one.launched) / std::chrono::seconds(1);
    return length - age % length;
  };
  for (const auto& policy : group.termination) {
    if (policy == "Default" || policy.starts_with("OldestLaunch")) keep_least(candidates, source);
    if (policy == "Default" || policy == "ClosestToNextInstanceHour") keep_least(candidates, hour);
    if (policy == "OldestInstance") {
      keep_least(candidates, [](const Member& one) { return one.launched; });
    }
    if (policy == "NewestInstance") {
      keep_least(candidates, [](const Member& one) { return -one.launched.time_since_epoch(); });
    }
  }
  if (candidates.empty()) return nullptr;
  const auto last = static_cast<std::int64_t>(candidates.size()) - 1;
  return candidates[static_cast<std::size_t>(last == 0 ? 0 : random_.integer(0, last))];
}

Activity& AutoScaling::retire(Group& group, Member& member, std::string cause) {
  end_activity(member.activity, "Cancelled");
  auto& begun = begin_activity(group, "Terminating EC2 instance: " + member.id, std::move(cause));
  begun.status = "InProgress";
  begun.progress = 50;
  begun.details = {{"Subnet ID", member.subnet}, {"Availability Zone", member.zone}};
  member.activity = begun.id;
  member.state = "Terminating";
  member.hook.clear();
  member.token.clear();
  member.hooks.clear();
  // [I] Whoever deletes the group by force does not wait for its hooks.
  for (const auto& hook : group.hooks) {
    if (!hook.launching() && !group.deleting) member.hooks.push_back(hook.name);
  }
  group.called = true;
  group.woken.notify();
  return begun;
}

}  // namespace sim::autoscaling

// The task of each group: looks after its instances, from the group's creation to its end, and
// sleeps in between. It alone takes instances out of the group.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

void AutoScaling::begin(std::unique_ptr<Group> group) {
  const auto key = group->arn;
  groups_[key] = std::move(group);
  context_.runtime.spawn(tend(key));
}

void AutoScaling::wake(Group& group) {
  const auto now = context_.now();
  if (group.act_at <= now) group.act_at = now + draw(knobs_.react);
  group.called = true;
  group.woken.notify();
}

Task<void> AutoScaling::tend(std::string group_arn) {
  auto& group = *groups_.at(group_arn);
  while (!group.gone) {
    group.called = false;
    co_await follow(group);
    const auto now = context_.now();
    if (now >= group.next_check) {
      co_await check_health(group);
      group.next_check = now + knobs_.health_period;
    }
    if (now >= group.act_at) co_await scale(group);
    if (group.deleting && group.members.empty() && now >= group.act_at) break;
    if (group.called) continue;
    const auto next = next_look(group);
    if (next) {
      co_await group.woken.wait_until(context_.clock(), *next);
    } else {
      co_await group.woken.wait();
    }
  }
  groups_.erase(group_arn);
}

// When something happens next, as far as it is known; nothing: when somebody says something.
std::optional<Instant> AutoScaling::next_look(const Group& group) const {
  const auto now = context_.now();
  std::optional<Instant> next;
  const auto consider = [&](Instant when) {
    if (when <= now) when = now + knobs_.look;
    if (!next || when < *next) next = when;
  };
  if (group.act_at > now) consider(group.act_at);
  const bool short_of = group.count() < group.desired;
  if (short_of && group.runs("Launch") && !group.deleting) consider(group.next_launch);
  for (const auto& member : group.members) {
    if (member.state == "InService") {
      consider(group.next_check);
    } else if (member.state == "Pending") {
      const auto seen = ec2_.instance(member.id);
      consider(seen ? seen->running : now);
    } else {
      consider(member.ending ? now : member.until);
    }
  }
  return next;
}

Task<void> AutoScaling::follow(Group& group) {
  std::vector<std::string> ids;
  for (const auto& member : group.members) ids.push_back(member.id);
  for (const auto& id : ids) {
    // Its own end does not begin another one's: what is new is followed from the next look on.
    if (auto* member = find_member(group, id)) co_await follow_one(group, *member);
  }
}

Task<void> AutoScaling::follow_one(Group& group, Member& member) {
  const bool timed_out =
      member.state.ends_with(":Wait") && context_.now() >= member.until && !member.hook.empty();
  if (timed_out) {
    const auto hook = std::ranges::find(group.hooks, member.hook, &Hook::name);
    const std::string result = hook == group.hooks.end() ? "CONTINUE" : hook->result;
    end_hook(group, member, result, "Heartbeat Timeout");
  }
  if (member.in("Pending")) co_await follow_start(group, member);
  if (member.leaving()) co_await follow_end(group, member);
}

Task<void> AutoScaling::follow_start(Group& group, Member& member) {
  const auto now = context_.now();
  const auto seen = ec2_.instance(member.id);
  if (!seen && now < member.launched + knobs_.visible) co_return;
  if (!seen || (seen->state != "pending" && seen->state != "running")) {
    const auto id = member.id;
    end_activity(member.activity, "Cancelled",
                 "Instance became unhealthy while waiting for instance to be in InService state. "
                 "Termination Reason: Client.UserInitiatedShutdown: User initiated shutdown");
    drop(group, id);
    wake(group);
    co_return;
  }
  if (member.state == "Pending" && seen->state == "running") {
    if (!wait_at_hook(group, member)) co_await enter_service(group, member);
  } else if (member.state == "Pending:Proceed" && now >= member.until) {
    co_await enter_service(group, member);
  }
}

Task<void> AutoScaling::enter_service(Group& group, Member& member) {
  member.state = "InService";
  member.in_service = group.last_scaled = context_.now();
  end_activity(member.activity, "Successful");
  const auto arns =
      group.runs("AddToLoadBalancer") ? group.target_groups : std::vector<std::string>();
  co_await register_member(arns, member.id);
}

// Whether it still answers what it was asked before it left.
Task<bool> AutoScaling::drains(Group& group, Member& member) {
  const auto now = context_.now();
  if (!member.deregistered) {
    member.deregistered = true;
    member.draining = co_await deregister_member(group.target_groups, member.id);
    member.until = now + (member.in("Detaching") ? draw(knobs_.detach) : base::Duration{});
    auto* one = activity(member.activity);
    if (!member.draining.empty() && one != nullptr) one->status = "WaitingForELBConnectionDraining";
  }
  std::vector<std::string> left;
  const auto asked = member.draining;
  for (const auto& one : asked) {
    if (co_await health(one, member.id) == "draining") left.push_back(one);
  }
  member.draining = std::move(left);
  if (!member.draining.empty()) member.until = now + knobs_.look;
  co_return now < member.until;
}

Task<void> AutoScaling::follow_end(Group& group, Member& member) {
  const auto now = context_.now();
  const auto id = member.id;
  if (member.ending) {
    const auto seen = ec2_.instance(id);
    if (seen && seen->state != "terminated") co_return;
    end_activity(member.activity, "Successful");
    group.last_scaled = now;
    drop(group, id);
    co_return;
  }
  if (member.state == "Detaching" && !co_await drains(group, member)) {
    json::object tags{{"Tag", json::array{json::object{{"Key", "aws:autoscaling:groupName"}}}}};
    tags["ResourceId"] = json::array{json::value(id)};
    end_activity(member.activity, "Successful");
    drop(group, id);
    try {
      co_await ask("ec2", "DeleteTags", std::move(tags));
    } catch (const Error&) {
      co_return;  // it has been terminated meanwhile
    }
    co_return;
  }
  if (member.state == "Terminating") {
    if (co_await drains(group, member) || wait_at_hook(group, member)) co_return;
    co_await terminate(member);
  } else if (member.state == "Terminating:Proceed" && now >= member.until) {
    co_await terminate(member);
  }
}

// [C] The instance's own protection from termination is not one from its group.
Task<void> AutoScaling::terminate(Member& member) {
  member.ending = true;
  if (auto* one = activity(member.activity)) one->status = "InProgress";
  const auto id = member.id;
  json::object off{{"InstanceId", id}}, input;
  off["DisableApiTermination"] = json::object{{"Value", "false"}};
  input["InstanceId"] = json::array{json::value(id)};
  try {
    co_await ask("ec2", "ModifyInstanceAttribute", std::move(off));
    co_await ask("ec2", "TerminateInstances", std::move(input));
  } catch (const Error&) {
    co_return;  // it is not there any more
  }
}

void AutoScaling::drop(Group& group, std::string_view id) {
  group.members.remove_if([&](const Member& one) { return one.id == id; });
}

}  // namespace sim::autoscaling

// Instances that come to a group, or leave it, and go on running.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-attach-detach-instances.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

namespace {

Error sizes_are_in_the_way(const Group& group, std::string_view what, std::size_t many) {
  return invalid(
      fmt::format("AutoScalingGroup {} has min-size={}, max-size={}, and desired-size={}. To {} {} "
                  "instance(s), "
                  "please update the AutoScalingGroup sizes appropriately.",
                  group.name, group.least, group.most, group.desired, what, many));
}

}  // namespace

Task<Member> AutoScaling::running_instance(std::string id) {
  json::object look, found;
  look["InstanceId"] = json::array{json::value(id)};
  try {
    found = co_await ask("ec2", "DescribeInstances", std::move(look));
  } catch (const Error&) {
    found = {};
  }
  const json::value answer(std::move(found));
  const std::string instance = "reservationSet.0.instancesSet.0.";
  if (text_at(answer, instance + "instanceId").empty()) {
    throw invalid(fmt::format("Invalid Instance ID(s): [{}] specified.", id));
  }
  if (text_at(answer, instance + "instanceState.name") != "running") {
    throw invalid(fmt::format("Instance {} is not in correct state.", id));
  }
  Member member;
  member.id = id;
  member.type = text_at(answer, instance + "instanceType");
  member.zone = text_at(answer, instance + "placement.availabilityZone");
  member.subnet = text_at(answer, instance + "subnetId");
  member.image = text_at(answer, instance + "imageId");
  co_return member;
}

Task<json::object> AutoScaling::attach(Call call) {
  const Fields in(call.input, "ValidationError");
  const auto ids = in.texts("InstanceIds");
  std::list<Member> coming;
  for (const auto& id : ids) coming.push_back(co_await running_instance(id));
  auto& group = get(in);
  for (const auto& member : coming) {
    for (const auto& [key, other] : groups_) {
      if (other->gone || find_member(*other, member.id) == nullptr) continue;
      throw invalid(fmt::format("Instance {} is already part of Auto Scaling group {}.", member.id,
                                other->name));
    }
    if (!base::contains(group.zones, member.zone)) {
      throw invalid(
          fmt::format("The instance {} is in the Availability Zone {}, which the Auto "
                      "Scaling group {} does not use.",
                      member.id, member.zone, group.name));
    }
  }
  if (group.desired + static_cast<int>(ids.size()) > group.most) {
    throw sizes_are_in_the_way(group, "attach", ids.size());
  }
  for (auto& member : coming) {
    ++group.desired;
    auto& activity = begin_activity(
        group, "Attaching an existing EC2 instance: " + member.id,
        fmt::format("At {} an instance was attached in response to a user request, increasing the "
                    "capacity from {} to {}.",
                    now_text(), group.desired - 1, group.desired));
    member.activity = activity.id;
    member.guarded = group.guards_new;
    member.launched = context_.now();
    group.members.push_back(std::move(member));
  }
  json::object tags{{"Tag", json::array{json::object{{"Key", "aws:autoscaling:groupName"},
                                                     {"Value", group.name}}}}};
  tags["ResourceId"] = texts_of(ids);
  group.called = true;
  group.woken.notify();
  if (!ids.empty()) co_await ask("ec2", "CreateTags", std::move(tags));
  co_return json::object();
}

json::object AutoScaling::detach(const Call& call) {
  const Fields in(call.input, "ValidationError");
  auto& group = get(in);
  in.required("ShouldDecrementDesiredCapacity");
  const bool fewer = in.flag("ShouldDecrementDesiredCapacity");
  const auto ids = in.texts("InstanceIds");
  for (const auto& id : ids) {
    auto* member = find_member(group, id);
    if (member == nullptr) {
      throw invalid(
          fmt::format("The instance {} is not part of Auto Scaling group {}.", id, group.name));
    }
    if (member->state != "InService") {
      throw invalid(fmt::format("The instance {} is not in InService or Standby.", id));
    }
  }
  if (fewer && group.desired - static_cast<int>(ids.size()) < group.least) {
    throw sizes_are_in_the_way(group, "detach", ids.size());
  }
  json::array activities;
  for (const auto& id : ids) {
    std::string cause =
        fmt::format("At {} instance {} was detached in response to a user request", now_text(), id);
    if (fewer) {
      cause +=
          fmt::format(", shrinking the capacity from {} to {}", group.desired, group.desired - 1);
      --group.desired;
    }
    auto& activity = begin_activity(group, "Detaching EC2 instance: " + id, cause + ".");
    auto& member = *find_member(group, id);
    member.state = "Detaching";
    member.until = {};
    member.activity = activity.id;
    activity.status = "InProgress";
    activity.progress = 50;
    activities.push_back(shown(activity));
  }
  wake(group);
  return {{"Activities", std::move(activities)}};
}

}  // namespace sim::autoscaling

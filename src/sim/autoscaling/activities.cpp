// Scaling activities: what a group has done, and why, in AWS's words.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-verify-scaling-activity.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

Activity& AutoScaling::begin_activity(Group& group, std::string description, std::string cause) {
  while (!activities_.empty() && activities_.back().ended &&
         *activities_.back().ended + knobs_.activity_visible < context_.now()) {
    activities_.pop_back();
  }
  activities_.push_front({.id = random_.uuid(),
                          .group = group.name,
                          .group_arn = group.arn,
                          .description = std::move(description),
                          .cause = std::move(cause),
                          .message = {},
                          .begun = context_.now()});
  return activities_.front();
}

Activity* AutoScaling::activity(const std::string& id) {
  const auto found = std::ranges::find(activities_, id, &Activity::id);
  return found == activities_.end() ? nullptr : &*found;
}

void AutoScaling::end_activity(const std::string& id, std::string_view status,
                               std::string message) {
  auto* one = activity(id);
  if (one == nullptr || one->ended) return;
  one->status = status;
  one->message = std::move(message);
  one->progress = 100;
  one->ended = context_.now();
}

bool AutoScaling::is_busy(const Group& group) const {
  return std::ranges::any_of(
      activities_, [&](const Activity& one) { return one.group_arn == group.arn && !one.ended; });
}

json::object AutoScaling::describe_activities(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto wanted = in.text("AutoScalingGroupName");
  const bool deleted_too = in.flag("IncludeDeletedGroups");
  const auto* group = find(wanted);
  if (!wanted.empty() && group == nullptr && !deleted_too) {
    throw invalid(
        fmt::format("AutoScalingGroup name not found - AutoScalingGroup '{}' not found", wanted));
  }
  const auto ids = in.texts("ActivityIds");
  // [C] Those under way come first; else by their beginning, the newest first.
  json::array running, ended;
  for (const auto& one : activities_) {
    const auto* own = find(one.group);
    const bool living = own != nullptr && own->arn == one.group_arn;
    if (!living && !deleted_too) continue;
    if (!wanted.empty() && wanted != one.group && wanted != one.group_arn) continue;
    if (!ids.empty() && !base::contains(ids, one.id)) continue;
    auto view = shown(one);
    if (!living) view["AutoScalingGroupState"] = "Deleted";
    (one.ended ? ended : running).push_back(std::move(view));
  }
  running.insert(running.end(), ended.begin(), ended.end());
  return page_of(in, "Activities", std::move(running), 100, 100);
}

}  // namespace sim::autoscaling

// Rebalancing: a group whose instances stand unevenly over its zones, or where it no longer is,
// launches one more and then ends the one that is too many.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html#AutoScalingBehavior.Rebalancing
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

// Only while nothing else happens, and only where something may be ended.
bool AutoScaling::is_out_of_balance(const Group& group) const {
  std::map<std::string, int> many, free;
  for (const auto& zone : group.zones) many[zone] = 0;
  bool stray = false;
  for (const auto& one : group.members) {
    if (one.state != "InService" || !one.healthy) return false;
    ++many[one.zone];
    if (one.guarded) continue;
    ++free[one.zone];
    stray = stray || !base::contains(group.zones, one.zone);
  }
  if (stray) return true;
  const auto [least, most] = std::ranges::minmax(many | std::views::values);
  return most - least > 1 && std::ranges::any_of(many, [&](const auto& zone) {
           return zone.second == most && free.contains(zone.first);
         });
}

Task<void> AutoScaling::rebalance(Group& group) {
  for (const auto* process : {"AZRebalance", "Launch", "Terminate"}) {
    if (!group.runs(process)) co_return;
  }
  const bool settled = group.count() == group.desired && context_.now() >= group.next_launch;
  if (!settled || !is_out_of_balance(group)) co_return;
  // [I] The wording; that of the end is [C]: benchmark-ai#71.
  const auto place = best_places(group).front();
  const bool launched = co_await launch_one(
      group, place,
      fmt::format("At {} an instance was launched to aid in balancing the group's zones.",
                  now_text()));
  if (!launched) {
    launch_failed(group);
    co_return;
  }
  // [C] One more than is desired, or a tenth, may run meanwhile.
  group.extra = 1;
  group.reason = fmt::format(
      "At {} instances were launched to balance instances in zones {} with other zones resulting "
      "in "
      "more than desired number of instances in the group.",
      now_text(), place.zone);
}

}  // namespace sim::autoscaling

// Whether the instances in service are well, and what becomes of those that are not.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
#include <fmt/format.h>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

Task<void> AutoScaling::check_health(Group& group) {
  if (!group.runs("HealthCheck")) co_return;
  const auto now = context_.now();
  for (auto& member : group.members) {
    if (member.state != "InService" || !member.healthy) continue;
    const auto seen = ec2_.instance(member.id);
    const bool runs = seen && (seen->state == "running" || seen->state == "pending");
    // [C] The grace period is not for instances that no longer run.
    if (!runs && (seen || now > member.launched + knobs_.visible)) {
      member.healthy = false;
      member.complaint = "an EC2 health check indicating it has been terminated or stopped";
      continue;
    }
    const bool young = now < member.in_service + std::chrono::seconds(group.grace);
    if (group.health_check != "ELB" || young) continue;
    const auto target_groups = group.target_groups;
    for (const auto& one : target_groups) {
      if (co_await health(one, member.id) != "unhealthy") continue;
      member.healthy = false;
      member.complaint = "an ELB system health check failure";
      break;
    }
  }
}

void AutoScaling::replace_unhealthy(Group& group) {
  if (!group.runs("ReplaceUnhealthy") || !group.runs("Terminate")) return;
  for (auto& member : group.members) {
    if (member.state != "InService" || member.healthy) continue;
    retire(group, member,
           fmt::format("At {} an instance was taken out of service in response to {}.", now_text(),
                       member.complaint));
    ++group.replacements;
  }
}

}  // namespace sim::autoscaling

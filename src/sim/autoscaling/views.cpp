// How groups, their instances and activities are shown.
// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

namespace {

json::object shown(const Member& member) {
  json::object view{{"InstanceId", member.id},
                    {"InstanceType", member.type},
                    {"AvailabilityZone", member.zone},
                    {"LifecycleState", member.state},
                    {"HealthStatus", member.healthy ? "Healthy" : "Unhealthy"},
                    {"ImageId", member.image},
                    {"ProtectedFromScaleIn", member.guarded}};
  if (!member.configuration.empty()) view["LaunchConfigurationName"] = member.configuration;
  if (!member.launch_template.empty()) view["LaunchTemplate"] = member.launch_template;
  return view;
}

json::array suspended(const Group& group) {
  json::array all;
  for (const auto& [process, reason] : group.suspended) {
    all.push_back(json::object{{"ProcessName", process}, {"SuspensionReason", reason}});
  }
  return all;
}

json::array tags_of(const Group& group) {
  json::array all;
  for (const auto& [key, tag] : group.tags) {
    all.push_back(json::object{{"ResourceId", group.name},
                               {"ResourceType", "auto-scaling-group"},
                               {"Key", key},
                               {"Value", tag.value},
                               {"PropagateAtLaunch", tag.propagates}});
  }
  return all;
}

}  // namespace

std::string AutoScaling::now_text() const {
  return base::iso8601(context_.now()).substr(0, 19) + "Z";
}

json::object AutoScaling::shown(const Group& group, bool with_members) const {
  std::vector<std::string> subnets;
  for (const auto& place : group.places) subnets.push_back(place.subnet);
  json::object view{{"AutoScalingGroupName", group.name},
                    {"AutoScalingGroupARN", group.arn},
                    {"MinSize", group.least},
                    {"MaxSize", group.most},
                    {"DesiredCapacity", group.desired},
                    {"DefaultCooldown", group.cooldown},
                    {"HealthCheckType", group.health_check},
                    {"HealthCheckGracePeriod", group.grace},
                    {"CreatedTime", base::iso8601(group.created)},
                    {"VPCZoneIdentifier", fmt::format("{}", fmt::join(subnets, ","))},
                    {"NewInstancesProtectedFromScaleIn", group.guards_new},
                    {"CapacityRebalance", false}};
  if (!group.configuration.empty()) view["LaunchConfigurationName"] = group.configuration;
  if (!group.mixed.empty()) {
    view["MixedInstancesPolicy"] = group.mixed;
    view["MixedInstancesPolicy"].at("LaunchTemplate").as_object()["LaunchTemplateSpecification"] =
        group.launch_template;
  } else if (!group.launch_template.empty()) {
    view["LaunchTemplate"] = group.launch_template;
  }
  if (group.warmup) view["DefaultInstanceWarmup"] = *group.warmup;
  if (group.deleting) view["Status"] = "Delete in progress";
  view["AvailabilityZones"] = texts_of(group.zones);
  view["LoadBalancerNames"] = json::array();
  view["TargetGroupARNs"] = texts_of(group.target_groups);
  view["TerminationPolicies"] = texts_of(group.termination);
  view["SuspendedProcesses"] = suspended(group);
  view["EnabledMetrics"] = json::array();
  view["Tags"] = tags_of(group);
  view["ServiceLinkedRoleARN"] = fmt::format(
      "arn:{}:iam::{}:role/aws-service-role/autoscaling.amazonaws.com/"
      "AWSServiceRoleForAutoScaling",
      context_.partition, context_.account);
  json::array sources, members;
  for (const auto& one : group.target_groups) {
    sources.push_back(json::object{{"Identifier", one}, {"Type", "elbv2"}});
  }
  view["TrafficSources"] = std::move(sources);
  for (const auto& member : group.members) {
    if (with_members) members.push_back(autoscaling::shown(member));
  }
  view["Instances"] = std::move(members);
  return view;
}

json::object AutoScaling::shown(const Activity& one) const {
  json::object view{{"ActivityId", one.id},
                    {"AutoScalingGroupName", one.group},
                    {"Description", one.description},
                    {"Cause", one.cause},
                    {"StartTime", base::iso8601(one.begun)},
                    {"StatusCode", one.status},
                    {"Progress", one.progress},
                    {"Details", json::serialize(one.details)},
                    {"AutoScalingGroupARN", one.group_arn}};
  if (one.ended) view["EndTime"] = base::iso8601(*one.ended);
  if (!one.message.empty()) view["StatusMessage"] = one.message;
  return view;
}

}  // namespace sim::autoscaling

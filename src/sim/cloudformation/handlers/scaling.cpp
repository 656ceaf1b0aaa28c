// What groups of instances are made of and scaled by.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_AutoScaling.html
#include <boost/json.hpp>

#include "sim/cloudformation/handlers/steps.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::string_view policy =
    "AutoScalingGroupName PolicyType AdjustmentType Cooldown EstimatedInstanceWarmup "
    "MetricAggregationType MinAdjustmentMagnitude ScalingAdjustment StepAdjustments "
    "TargetTrackingConfiguration";
constexpr std::string_view hook =
    "AutoScalingGroupName LifecycleHookName=@name LifecycleTransition DefaultResult "
    "HeartbeatTimeout NotificationMetadata NotificationTargetARN RoleARN";

// Auto Scaling has one code for all that is not as it should be; so what is not there any more is
// looked for before it is deleted.
Task<bool> is_there(Work& work, std::string action, std::string member, json::value names,
                    std::string path) {
  json::object look;
  look[member] = std::move(names);
  if (action == "DescribeLifecycleHooks") {
    look["LifecycleHookNames"] = json::array{json::value(work.id)};
  }
  const auto seen = co_await work.call("autoscaling", std::move(action), std::move(look));
  co_return find(seen, path) != nullptr;
}

Task<void> remove_configuration(Work& work) {
  const json::array names{json::value(work.id)};
  const bool there = co_await is_there(work, "DescribeLaunchConfigurations",
                                       "LaunchConfigurationNames", names, "LaunchConfigurations.0");
  if (there) co_await run(work, *calls_of(work.type), calls_of(work.type)->remove);
}

Task<void> remove_policy(Work& work) {
  const json::array names{json::value(work.id)};
  const bool there =
      co_await is_there(work, "DescribePolicies", "PolicyNames", names, "ScalingPolicies.0");
  if (there) co_await run(work, *calls_of(work.type), calls_of(work.type)->remove);
}

Task<void> remove_hook(Work& work) {
  const auto group = work.text("AutoScalingGroupName");
  const json::array names{json::value(group)};
  const bool grouped = co_await is_there(work, "DescribeAutoScalingGroups", "AutoScalingGroupNames",
                                         names, "AutoScalingGroups.0");
  if (!grouped) co_return;
  const bool there = co_await is_there(work, "DescribeLifecycleHooks", "AutoScalingGroupName",
                                       json::value(group), "LifecycleHooks.0");
  if (there) co_await run(work, *calls_of(work.type), calls_of(work.type)->remove);
}

}  // namespace

const std::vector<Calls>& scaling_calls() {
  static const std::string new_policy = std::string(policy) + " PolicyName=@name";
  static const std::string same_policy = std::string(policy) + " PolicyName=@after:policyName/";
  static const std::vector<Calls> types{
      {.type = "AWS::AutoScaling::LaunchConfiguration",
       .service = "autoscaling",
       .properties = "AssociatePublicIpAddress* BlockDeviceMappings* EbsOptimized* "
                     "IamInstanceProfile* ImageId!* InstanceMonitoring* InstanceType!* KeyName* "
                     "LaunchConfigurationName* MetadataOptions* SecurityGroups* UserData*",
       .name = "LaunchConfigurationName/255",
       .create = {"CreateLaunchConfiguration",
                  "LaunchConfigurationName=@name AssociatePublicIpAddress BlockDeviceMappings "
                  "EbsOptimized IamInstanceProfile ImageId "
                  "InstanceMonitoring.Enabled=InstanceMonitoring InstanceType KeyName "
                  "MetadataOptions SecurityGroups UserData"},
       .id = "@name",
       .remove = {"DeleteLaunchConfiguration", "LaunchConfigurationName=@id"},
       .removal = remove_configuration,
       .unsupported = "ClassicLinkVPCId ClassicLinkVPCSecurityGroups InstanceId KernelId "
                      "PlacementTenancy RamDiskId SpotPrice"},
      {.type = "AWS::AutoScaling::ScalingPolicy",
       .service = "autoscaling",
       .properties = "AdjustmentType AutoScalingGroupName!* Cooldown EstimatedInstanceWarmup "
                     "MetricAggregationType MinAdjustmentMagnitude PolicyType ScalingAdjustment "
                     "StepAdjustments TargetTrackingConfiguration",
       .attributes = "Arn=@id PolicyName=@after:policyName/",
       .name = "/255",
       .create = {"PutScalingPolicy", new_policy},
       .id = "%PolicyARN",
       .update = {{"PutScalingPolicy", same_policy,
                   "AdjustmentType Cooldown EstimatedInstanceWarmup MetricAggregationType "
                   "MinAdjustmentMagnitude PolicyType ScalingAdjustment StepAdjustments "
                   "TargetTrackingConfiguration"}},
       .remove = {"DeletePolicy", "PolicyName=@id"},
       .removal = remove_policy,
       .unsupported = "PredictiveScalingConfiguration"},
      {.type = "AWS::AutoScaling::LifecycleHook",
       .service = "autoscaling",
       .properties = "AutoScalingGroupName!* DefaultResult HeartbeatTimeout LifecycleHookName* "
                     "LifecycleTransition! NotificationMetadata NotificationTargetARN RoleARN",
       .name = "LifecycleHookName/255",
       .create = {"PutLifecycleHook", hook},
       .id = "@name",
       .update = {{"PutLifecycleHook", hook,
                   "DefaultResult HeartbeatTimeout LifecycleTransition NotificationMetadata "
                   "NotificationTargetARN RoleARN"}},
       .remove = {"DeleteLifecycleHook", "AutoScalingGroupName LifecycleHookName=@id"},
       .removal = remove_hook}};
  return types;
}

}  // namespace sim::cloudformation

// What groups of instances are made of and scaled by.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_AutoScaling.html
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
       .remove = {"DeleteLifecycleHook", "AutoScalingGroupName LifecycleHookName=@id"}}};
  return types;
}

}  // namespace sim::cloudformation

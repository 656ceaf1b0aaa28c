// The table of operations, with the members that each of them takes.
// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Operations.html
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

namespace {

using Self = AutoScaling;

constexpr std::string_view settings =
    " LaunchConfigurationName LaunchTemplate MixedInstancesPolicy MinSize MaxSize DesiredCapacity "
    "DefaultCooldown "
    "AvailabilityZones HealthCheckType HealthCheckGracePeriod VPCZoneIdentifier "
    "TerminationPolicies NewInstancesProtectedFromScaleIn ServiceLinkedRoleARN "
    "DefaultInstanceWarmup";

}  // namespace

void AutoScaling::add_group_operations() {
  const std::string group_settings = "AutoScalingGroupName" + std::string(settings);
  add("CreateAutoScalingGroup",
      group_settings + " TargetGroupARNs Tags LifecycleHookSpecificationList", &Self::asks_group,
      &Self::create_group);
  add("UpdateAutoScalingGroup", group_settings, &Self::asks_group, &Self::update_group);
  add("DeleteAutoScalingGroup", "AutoScalingGroupName ForceDelete", &Self::asks_group,
      &Self::delete_group);
  add("DescribeAutoScalingGroups",
      "AutoScalingGroupNames IncludeInstances NextToken MaxRecords Filters",
      &Self::asks_nothing_named, &Self::describe_groups);
  add("DescribeAccountLimits", "", &Self::asks_nothing_named, &Self::account_limits);
  add("CreateLaunchConfiguration",
      "LaunchConfigurationName ImageId KeyName SecurityGroups UserData InstanceType "
      "BlockDeviceMappings InstanceMonitoring IamInstanceProfile EbsOptimized "
      "AssociatePublicIpAddress MetadataOptions",
      &Self::asks_configuration, &Self::create_configuration);
  add("DescribeLaunchConfigurations", "LaunchConfigurationNames NextToken MaxRecords",
      &Self::asks_nothing_named, &Self::describe_configurations);
  add("DeleteLaunchConfiguration", "LaunchConfigurationName", &Self::asks_configuration,
      &Self::delete_configuration);
  add("SetDesiredCapacity", "AutoScalingGroupName DesiredCapacity HonorCooldown", &Self::asks_group,
      &Self::set_desired);
  add("SuspendProcesses", "AutoScalingGroupName ScalingProcesses", &Self::asks_group,
      &Self::suspend);
  add("ResumeProcesses", "AutoScalingGroupName ScalingProcesses", &Self::asks_group, &Self::resume);
}

void AutoScaling::add_member_operations() {
  add("TerminateInstanceInAutoScalingGroup", "InstanceId ShouldDecrementDesiredCapacity",
      &Self::asks_instance, &Self::terminate_member);
  add("DescribeAutoScalingInstances", "InstanceIds MaxRecords NextToken", &Self::asks_nothing_named,
      &Self::describe_members);
  add("DescribeScalingActivities",
      "ActivityIds AutoScalingGroupName IncludeDeletedGroups MaxRecords NextToken",
      &Self::asks_nothing_named, &Self::describe_activities);
  add("SetInstanceProtection", "InstanceIds AutoScalingGroupName ProtectedFromScaleIn",
      &Self::asks_group, &Self::set_protection);
  add("SetInstanceHealth", "InstanceId HealthStatus ShouldRespectGracePeriod", &Self::asks_instance,
      &Self::set_health);
  add("AttachInstances", "InstanceIds AutoScalingGroupName", &Self::asks_group, &Self::attach);
  add("DetachInstances", "InstanceIds AutoScalingGroupName ShouldDecrementDesiredCapacity",
      &Self::asks_group, &Self::detach);
}

void AutoScaling::add_detail_operations() {
  add("CreateOrUpdateTags", "Tags", &Self::asks_tagged, &Self::put_tags);
  add("DeleteTags", "Tags", &Self::asks_tagged, &Self::delete_tags);
  add("DescribeTags", "Filters NextToken MaxRecords", &Self::asks_nothing_named,
      &Self::describe_tags);
  add("PutScalingPolicy",
      "AutoScalingGroupName PolicyName PolicyType AdjustmentType MinAdjustmentMagnitude "
      "ScalingAdjustment Cooldown MetricAggregationType StepAdjustments EstimatedInstanceWarmup "
      "TargetTrackingConfiguration Enabled",
      &Self::asks_group, &Self::put_policy);
  add("DescribePolicies", "AutoScalingGroupName PolicyNames PolicyTypes NextToken MaxRecords",
      &Self::asks_nothing_named, &Self::describe_policies);
  add("DeletePolicy", "AutoScalingGroupName PolicyName", &Self::asks_group, &Self::delete_policy);
  add("AttachLoadBalancerTargetGroups", "AutoScalingGroupName TargetGroupARNs", &Self::asks_group,
      &Self::attach_targets);
  add("DetachLoadBalancerTargetGroups", "AutoScalingGroupName TargetGroupARNs", &Self::asks_group,
      &Self::detach_targets);
  add("DescribeLoadBalancerTargetGroups", "AutoScalingGroupName NextToken MaxRecords",
      &Self::asks_nothing_named, &Self::describe_targets);
  add("PutLifecycleHook",
      "LifecycleHookName AutoScalingGroupName LifecycleTransition NotificationMetadata "
      "HeartbeatTimeout DefaultResult NotificationTargetARN RoleARN",
      &Self::asks_hook, &Self::put_hook);
  add("DescribeLifecycleHooks", "AutoScalingGroupName LifecycleHookNames",
      &Self::asks_nothing_named, &Self::describe_hooks);
  add("DeleteLifecycleHook", "LifecycleHookName AutoScalingGroupName", &Self::asks_group,
      &Self::delete_hook);
  add("CompleteLifecycleAction",
      "LifecycleHookName AutoScalingGroupName LifecycleActionToken LifecycleActionResult "
      "InstanceId",
      &Self::asks_group, &Self::complete);
}

}  // namespace sim::autoscaling

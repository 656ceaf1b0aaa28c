// What Auto Scaling refuses, and in which words. One row a refusal.
#include "sim/autoscaling/fixture.hpp"

namespace sim::autoscaling {
namespace {

struct Row {
  const char* name;
  const char* action;
  json::object input;  // merged over the members of a group "g" that would be created
  std::string refusal;
};

json::object of(std::initializer_list<std::pair<std::string_view, json::value>> members) {
  json::object result;
  for (const auto& [name, value] : members) result[name] = value;
  return result;
}

json::value list(std::initializer_list<json::value> values) {
  json::array all;
  for (const auto& one : values) all.push_back(one);
  return json::value(std::move(all));
}

class RefusalsTest : public ScalingTest {};

// A group that is asked for with one thing wrong.
TEST_F(RefusalsTest, creates_no_group_that_is_none) {
  const json::value other = of({{"LaunchTemplateName", "none"}});
  const Row rows[] = {
      {"sizes", "", of({{"MinSize", 2}, {"MaxSize", 1}}),
       "ValidationError: Max bound, 1, must be greater than or equal to min bound, 2"},
      {"desired", "", of({{"DesiredCapacity", 5}}),
       "ValidationError: Desired capacity:5 must be between the specified min size:0 and max "
       "size:1"},
      {"no_source", "", of({{"LaunchTemplate", nullptr}}),
       "ValidationError: Valid requests must contain either launchTemplate, "
       "launchConfigurationName, mixedInstancesPolicy or instanceId parameter."},
      {"no_such_configuration", "",
       of({{"LaunchTemplate", nullptr}, {"LaunchConfigurationName", "none"}}),
       "ValidationError: Launch configuration name not found - null"},
      {"no_such_template", "", of({{"LaunchTemplate", other}}),
       "ValidationError: You must use a valid fully-formed launch template. The specified launch "
       "template, with template name none, does not exist."},
      {"nowhere", "", of({{"VPCZoneIdentifier", ""}}),
       "ValidationError: At least one Availability Zone or VPC Subnet is required."},
      {"default_vpc", "",
       of({{"VPCZoneIdentifier", ""}, {"AvailabilityZones", list({"ap-northeast-1a"})}}),
       "ValidationError: No default VPC for this user"},
      {"no_such_subnet", "", of({{"VPCZoneIdentifier", "subnet-0123456789abcdef0"}}),
       "ValidationError: The subnet ID 'subnet-0123456789abcdef0' does not exist"},
      {"zones_of_others", "", of({{"AvailabilityZones", list({"ap-northeast-1d"})}}),
       "ValidationError: The availability zones of the specified subnets and the Auto Scaling "
       "group do not match"},
      {"health_check", "", of({{"HealthCheckType", "TCP"}}),
       "ValidationError: Invalid Health Check Type TCP. Health Check Type must be either EC2 or "
       "ELB."},
      {"target_group", "", of({{"TargetGroupARNs", list({"arn:none"})}}),
       "ValidationError: Provided Target Groups may not be valid. Please ensure they exist and try "
       "again."},
      {"termination_policy", "", of({{"TerminationPolicies", list({"AllocationStrategy"})}}),
       "NotImplemented: The embedded AWS has no termination policy AllocationStrategy."},
      {"mixed", "", of({{"MixedInstancesPolicy", of({{"LaunchTemplate", other}})}}),
       "ValidationError: Valid requests must contain either launchTemplate, "
       "launchConfigurationName, mixedInstancesPolicy or instanceId parameter."},
      {"spot", "",
       of({{"LaunchTemplate", nullptr},
           {"MixedInstancesPolicy",
            of({{"LaunchTemplate", of({{"LaunchTemplateSpecification", other}})},
                {"InstancesDistribution", of({{"OnDemandPercentageAboveBaseCapacity", 50}})}})}}),
       "NotImplemented: The embedded AWS has no Spot instances."},
      {"weights", "",
       of({{"LaunchTemplate", nullptr},
           {"MixedInstancesPolicy",
            of({{"LaunchTemplate",
                 of({{"LaunchTemplateSpecification", other},
                     {"Overrides", list({of({{"WeightedCapacity", "2"}})})}})}})}}),
       "NotImplemented: The embedded AWS has no WeightedCapacity in a MixedInstancesPolicy."},
      {"placement", "", of({{"PlacementGroup", "p"}}),
       "NotImplemented: The embedded AWS has no PlacementGroup for CreateAutoScalingGroup."},
      {"reserved_tag", "", of({{"Tags", list({of({{"Key", "aws:x"}, {"Value", "y"}})})}}),
       "ValidationError: Tag keys starting with 'aws:' are reserved for internal use"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    auto input = group_input(0, 1);
    for (const auto& member : row.input) input[member.key()] = member.value();
    EXPECT_EQ(refusal("CreateAutoScalingGroup", std::move(input)), row.refusal);
    pass(std::chrono::seconds(1));
    EXPECT_TRUE(group().is_null());
  }
}

// [C] aws-sdk-go#1151, cloud-custodian#380; the others as AWS's documents and reports have them.
TEST_F(RefusalsTest, refuses_in_its_own_words) {
  ask("CreateAutoScalingGroup", group_input(0, 2));
  const json::object g{{"AutoScalingGroupName", "g"}};
  const auto with = [&](std::initializer_list<std::pair<std::string_view, json::value>> more) {
    json::object input = g;
    for (const auto& [name, value] : more) input[name] = value;
    return input;
  };
  const Row rows[] = {
      {"twice", "CreateAutoScalingGroup", group_input(0, 1),
       "AlreadyExists: AutoScalingGroup by this name already exists - A group with the name g "
       "already exists"},
      {"unknown_group", "UpdateAutoScalingGroup", of({{"AutoScalingGroupName", "x"}}),
       "ValidationError: AutoScalingGroup name not found - null"},
      {"above", "SetDesiredCapacity", with({{"DesiredCapacity", 3}}),
       "ValidationError: New SetDesiredCapacity value 3 is above max value 2 for the "
       "AutoScalingGroup."},
      {"process", "SuspendProcesses", with({{"ScalingProcesses", list({"Sleep"})}}),
       "ValidationError: Invalid Process Type Sleep"},
      {"no_member", "TerminateInstanceInAutoScalingGroup",
       of({{"InstanceId", "i-0123"}, {"ShouldDecrementDesiredCapacity", "true"}}),
       "ValidationError: Instance Id not found - No managed instance found for instance ID: "
       "i-0123"},
      {"attach_none", "AttachInstances", with({{"InstanceIds", list({"i-0123456789abcdef0"})}}),
       "ValidationError: Invalid Instance ID(s): [i-0123456789abcdef0] specified."},
      {"tag_of_none", "CreateOrUpdateTags",
       of({{"Tags", list({of({{"ResourceId", "x"}, {"Key", "k"}})})}}),
       "ValidationError: AutoScalingGroup not found - AutoScaling Group x not found"},
      {"filter", "DescribeTags",
       of({{"Filters", list({of({{"Name", "colour"}, {"Values", list({"red"})}})})}}),
       "ValidationError: Filter type colour is not correct."},
      {"page", "DescribeAutoScalingGroups", of({{"NextToken", "x"}}),
       "InvalidNextToken: The token 'x' is invalid."},
      {"page_size", "DescribeAutoScalingGroups", of({{"MaxRecords", 101}}),
       "ValidationError: 1 validation error detected: Value '101' at 'maxRecords' failed to "
       "satisfy constraint: Member must have value less than or equal to 100"},
      {"image", "CreateLaunchConfiguration",
       of({{"LaunchConfigurationName", "l"}, {"ImageId", "ami-1"}, {"InstanceType", "t3.nano"}}),
       "ValidationError: AMI ami-1 is invalid: The image id '[ami-1]' does not exist"},
      {"half", "CreateLaunchConfiguration",
       of({{"LaunchConfigurationName", "l"}, {"ImageId", json::value(image)}}),
       "ValidationError: Valid requests must contain either the InstanceID parameter or both the "
       "ImageId and InstanceType parameters."},
      {"profile", "CreateLaunchConfiguration",
       of({{"LaunchConfigurationName", "l"},
           {"ImageId", json::value(image)},
           {"InstanceType", "t3.nano"},
           {"IamInstanceProfile", "none"}}),
       "ValidationError: Invalid IamInstanceProfile: none"},
      {"spot", "CreateLaunchConfiguration",
       of({{"LaunchConfigurationName", "l"}, {"SpotPrice", "1"}}),
       "NotImplemented: The embedded AWS has no SpotPrice for CreateLaunchConfiguration."},
      {"no_configuration", "DeleteLaunchConfiguration", of({{"LaunchConfigurationName", "l"}}),
       "ValidationError: Launch configuration name not found - Launch configuration l not found"},
      {"half_a_policy", "PutScalingPolicy",
       with({{"PolicyName", "p"}, {"AdjustmentType", "ExactCapacity"}}),
       "ValidationError: ScalingAdjustment must be specified for the policy type SimpleScaling."},
      {"predictive", "PutScalingPolicy",
       with({{"PolicyName", "p"},
             {"PolicyType", "PredictiveScaling"},
             {"AdjustmentType", "ExactCapacity"}}),
       "NotImplemented: The embedded AWS has no policies of the type PredictiveScaling."},
      {"no_policy", "DeletePolicy", with({{"PolicyName", "p"}}),
       "ValidationError: PolicyName not found"},
      {"transition", "PutLifecycleHook",
       with({{"LifecycleHookName", "h"}, {"LifecycleTransition", "autoscaling:SLEEPING"}}),
       "ValidationError: Invalid Lifecycle Transition autoscaling:SLEEPING"},
      {"told", "PutLifecycleHook",
       with({{"LifecycleHookName", "h"},
             {"LifecycleTransition", "autoscaling:EC2_INSTANCE_LAUNCHING"},
             {"NotificationTargetARN", "arn:aws:sns:r:1:t"},
             {"RoleARN", "arn:aws:iam::1:role/none"}}),
       "ValidationError: Unable to publish test message to notification target arn:aws:sns:r:1:t "
       "using IAM role arn:aws:iam::1:role/none. Please check your target and role configuration "
       "and try to put lifecycle hook again."},
      {"no_action", "CompleteLifecycleAction",
       with({{"LifecycleHookName", "h"},
             {"LifecycleActionResult", "CONTINUE"},
             {"InstanceId", "i-1"}}),
       "ValidationError: No active Lifecycle Action found with instance ID i-1"},
      {"no_target_group", "DetachLoadBalancerTargetGroups",
       with({{"TargetGroupARNs", list({"arn:x"})}}),
       "ValidationError: Trying to remove Target Groups that are not part of the group: arn:x"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(refusal(row.action, row.input), row.refusal);
  }
}

}  // namespace
}  // namespace sim::autoscaling

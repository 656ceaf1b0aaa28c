// Tags, policies, pages and the order of ending.
#include <gmock/gmock.h>

#include "sim/autoscaling/fixture.hpp"

namespace sim::autoscaling {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class DetailsTest : public ScalingTest {
 protected:
  json::object named(std::string_view group_name) {
    auto input = group_input(0, 1);
    input["AutoScalingGroupName"] = group_name;
    return input;
  }
  std::vector<std::string> names(json::object input) {
    const auto found = ask("DescribeAutoScalingGroups", std::move(input));
    std::vector<std::string> all;
    for (const auto& one : found.at("AutoScalingGroups").as_array()) {
      all.push_back(text_at(one, "AutoScalingGroupName"));
    }
    return all;
  }
  static json::object filter(std::string_view filter_name, std::string_view value) {
    json::object one{{"Name", filter_name}};
    one["Values"] = json::array{json::value(value)};
    json::object input;
    input["Filters"] = json::array{std::move(one)};
    return input;
  }
};

TEST_F(DetailsTest, groups_come_in_pages_and_by_their_tags) {
  for (const auto* one : {"a", "b", "c"}) ask("CreateAutoScalingGroup", named(one));
  const auto page = ask("DescribeAutoScalingGroups", {{"MaxRecords", "2"}});
  EXPECT_THAT(page.at("AutoScalingGroups").as_array(), SizeIs(2));
  EXPECT_THAT(names({{"NextToken", page.at("NextToken")}}), ElementsAre("c"));

  json::object tags;
  tags["Tags"] = json::array{json::object{{"ResourceId", "b"},
                                          {"ResourceType", "auto-scaling-group"},
                                          {"Key", "stage"},
                                          {"Value", "test"},
                                          {"PropagateAtLaunch", "true"}}};
  ask("CreateOrUpdateTags", tags);
  EXPECT_THAT(names(filter("tag-key", "stage")), ElementsAre("b"));
  EXPECT_THAT(names(filter("tag-value", "test")), ElementsAre("b"));
  EXPECT_THAT(names(filter("tag:stage", "test")), ElementsAre("b"));
  EXPECT_THAT(names(filter("tag:stage", "live")), ElementsAre());
  const auto seen = json::value(ask("DescribeTags", filter("auto-scaling-group", "b")));
  EXPECT_EQ(text_at(seen, "Tags.0.Key"), "stage");
  EXPECT_EQ(text_at(seen, "Tags.0.PropagateAtLaunch"), "true");
  ask("DeleteTags", tags);
  EXPECT_THAT(names(filter("tag-key", "stage")), ElementsAre());
}

TEST_F(DetailsTest, policies_are_kept_shown_and_deleted_by_name_or_arn) {
  ask("CreateAutoScalingGroup", group_input(0, 1));
  json::object steps{{"AutoScalingGroupName", "g"},
                     {"PolicyName", "out"},
                     {"PolicyType", "StepScaling"},
                     {"AdjustmentType", "ChangeInCapacity"}};
  steps["StepAdjustments"] =
      json::array{json::object{{"MetricIntervalLowerBound", "0"}, {"ScalingAdjustment", "1"}}};
  const auto arn = text_at(ask("PutScalingPolicy", std::move(steps)), "PolicyARN");
  EXPECT_THAT(arn, HasSubstr(":autoScalingGroupName/g:policyName/out"));
  const auto seen = json::value(ask("DescribePolicies", {{"AutoScalingGroupName", "g"}}));
  EXPECT_EQ(text_at(seen, "ScalingPolicies.0.PolicyType"), "StepScaling");
  EXPECT_EQ(text_at(seen, "ScalingPolicies.0.StepAdjustments.0.ScalingAdjustment"), "1");
  ask("DeletePolicy", {{"PolicyName", arn}});
  EXPECT_EQ(refusal("DeletePolicy", {{"PolicyName", arn}}),
            "ValidationError: PolicyName not found");
}

TEST_F(DetailsTest, hooks_that_the_creation_names_hold_the_first_instance) {
  auto input = group_input(1, 1);
  input["LifecycleHookSpecificationList"] = json::array{json::object{
      {"LifecycleHookName", "h"}, {"LifecycleTransition", "autoscaling:EC2_INSTANCE_LAUNCHING"}}};
  ask("CreateAutoScalingGroup", std::move(input));
  pass(std::chrono::minutes(2));
  EXPECT_THAT(ids("Pending:Wait"), SizeIs(1));
}

TEST_F(DetailsTest, a_creation_that_is_refused_for_its_hooks_leaves_nothing) {
  auto input = group_input(1, 1);
  input["LifecycleHookSpecificationList"] = json::array{
      json::object{{"LifecycleHookName", "h"}, {"LifecycleTransition", "autoscaling:SLEEPING"}}};
  EXPECT_EQ(refusal("CreateAutoScalingGroup", input),
            "ValidationError: Invalid Lifecycle Transition autoscaling:SLEEPING");
  pass(std::chrono::minutes(1));
  input.erase("LifecycleHookSpecificationList");
  EXPECT_EQ(refusal("CreateAutoScalingGroup", input), "none");
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
TEST_F(DetailsTest, ends_what_the_termination_policy_says) {
  for (const auto* policy : {"OldestInstance", "NewestInstance"}) {
    SCOPED_TRACE(policy);
    auto input = named(policy);
    input["MaxSize"] = 2;
    input["DesiredCapacity"] = 1;
    input["VPCZoneIdentifier"] = subnets[0];
    input["TerminationPolicies"] = json::array{json::value(policy)};
    ask("CreateAutoScalingGroup", std::move(input));
    pass(std::chrono::minutes(2));
    const auto instances = [&] {
      json::object look;
      look["AutoScalingGroupNames"] = json::array{json::value(policy)};
      const auto found = json::value(ask("DescribeAutoScalingGroups", std::move(look)));
      std::vector<std::string> all;
      for (const auto& one : found.at("AutoScalingGroups").at(0).at("Instances").as_array()) {
        all.push_back(text_at(one, "InstanceId"));
      }
      return all;
    };
    ask("SetDesiredCapacity", {{"AutoScalingGroupName", policy}, {"DesiredCapacity", 2}});
    pass(std::chrono::minutes(2));
    const auto both = instances();
    ASSERT_THAT(both, SizeIs(2));
    ask("SetDesiredCapacity", {{"AutoScalingGroupName", policy}, {"DesiredCapacity", 1}});
    pass(std::chrono::minutes(3));
    const bool oldest = std::string_view(policy) == "OldestInstance";
    EXPECT_THAT(instances(), ElementsAre(both[oldest ? 1 : 0]));
  }
}

TEST_F(DetailsTest, launches_the_first_type_of_a_mixed_instances_policy) {
  auto input = group_input(1, 1);
  json::object launch;
  launch["LaunchTemplateSpecification"] = input.at("LaunchTemplate");
  launch["Overrides"] = json::array{json::object{{"InstanceType", "t3.small"}},
                                    json::object{{"InstanceType", "t3.large"}}};
  input.erase("LaunchTemplate");
  input["MixedInstancesPolicy"] = json::object{{"LaunchTemplate", std::move(launch)}};
  ask("CreateAutoScalingGroup", std::move(input));
  pass(std::chrono::minutes(2));
  const auto seen = group();
  EXPECT_EQ(text_at(seen, "Instances.0.InstanceType"), "t3.small");
  EXPECT_EQ(text_at(seen, "LaunchTemplate"), "");
  const std::string policy = "MixedInstancesPolicy.";
  EXPECT_EQ(text_at(seen, policy + "LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId"),
            launch_template);
  EXPECT_EQ(text_at(seen, policy + "InstancesDistribution.OnDemandPercentageAboveBaseCapacity"),
            "100");
}

TEST_F(DetailsTest, honors_the_cooldown_when_it_is_asked_to) {
  ask("CreateAutoScalingGroup", group_input(0, 2, 1));
  pass(std::chrono::minutes(2));
  const json::object more{
      {"AutoScalingGroupName", "g"}, {"DesiredCapacity", 2}, {"HonorCooldown", "true"}};
  EXPECT_THAT(refusal("SetDesiredCapacity", more), HasSubstr("ScalingActivityInProgress: "));
  pass(std::chrono::minutes(5));
  EXPECT_EQ(refusal("SetDesiredCapacity", more), "none");
}

}  // namespace
}  // namespace sim::autoscaling

#include <gmock/gmock.h>

#include "sim/autoscaling/fixture.hpp"

namespace sim::autoscaling {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;

class AutoScalingTest : public ScalingTest {};

TEST_F(AutoScalingTest, launches_in_both_zones_and_tags_what_it_launches) {
  auto input = group_input(0, 4, 4);
  input["Tags"] =
      json::array{json::object{{"Key", "Name"}, {"Value", "web"}, {"PropagateAtLaunch", "true"}},
                  json::object{{"Key", "own"}, {"Value", "x"}, {"PropagateAtLaunch", "false"}}};
  ask("CreateAutoScalingGroup", std::move(input));
  EXPECT_THAT(group().at("Instances").as_array(), SizeIs(0));
  pass(std::chrono::minutes(2));
  ASSERT_THAT(ids(), SizeIs(4));
  std::map<std::string, int> zones;
  const auto seen = group();
  for (const auto& one : seen.at("Instances").as_array()) {
    ++zones[text_at(one, "AvailabilityZone")];
    EXPECT_EQ(text_at(one, "LaunchTemplate.Version"), "1");
    EXPECT_EQ(text_at(one, "HealthStatus"), "Healthy");
  }
  EXPECT_EQ(zones, (std::map<std::string, int>{{"ap-northeast-1a", 2}, {"ap-northeast-1c", 2}}));
  const auto tags = ec2.instance(ids().front())->tags;
  EXPECT_EQ(tags.at("aws:autoscaling:groupName"), "g");
  EXPECT_EQ(tags.at("Name"), "web");
  EXPECT_FALSE(tags.contains("own"));
}

TEST_F(AutoScalingTest, says_why_it_launched_and_what_it_terminated) {
  ask("CreateAutoScalingGroup", group_input(0, 2, 2));
  pass(std::chrono::minutes(2));
  const auto begun = json::value(activities());
  EXPECT_EQ(begun.as_array().size(), 2);
  EXPECT_THAT(text_at(begun, "0.Description"),
              MatchesRegex("Launching a new EC2 instance: i-[0-9a-f]+"));
  EXPECT_THAT(
      text_at(begun, "0.Cause"),
      MatchesRegex("At 2026-11-22T15:00:00Z a user request created an AutoScalingGroup changing "
                   "the desired capacity from 0 to 2\\.  At 2026-11-22T15:00:[0-9]+Z an instance "
                   "was started in response to a difference between desired and actual capacity, "
                   "increasing the capacity from 0 to 2\\."));
  EXPECT_EQ(text_at(begun, "0.StatusCode"), "Successful");
  EXPECT_EQ(text_at(begun, "0.Progress"), "100");

  ask("SetDesiredCapacity", {{"AutoScalingGroupName", "g"}, {"DesiredCapacity", 1}});
  pass(std::chrono::minutes(3));
  const auto ended = json::value(activities());
  EXPECT_THAT(text_at(ended, "0.Description"),
              MatchesRegex("Terminating EC2 instance: i-[0-9a-f]+"));
  EXPECT_THAT(
      text_at(ended, "0.Cause"),
      MatchesRegex("At [^ ]+ a user request explicitly set group desired capacity changing the "
                   "desired capacity from 2 to 1\\.  At [^ ]+ an instance was taken out of service "
                   "in response to a difference between desired and actual capacity, shrinking the "
                   "capacity from 2 to 1\\.  At [^ ]+ instance i-[0-9a-f]+ was selected for "
                   "termination\\."));
  EXPECT_THAT(ids(), SizeIs(1));
}

TEST_F(AutoScalingTest, replaces_what_was_terminated_outside) {
  ask("CreateAutoScalingGroup", group_input(1, 1));
  pass(std::chrono::minutes(2));
  const auto first = ids().front();
  terminate_outside(first);
  pass(std::chrono::minutes(5));
  ASSERT_THAT(ids(), SizeIs(1));
  EXPECT_NE(ids().front(), first);
  const auto seen = json::value(activities());
  EXPECT_THAT(text_at(seen, "0.Cause"),
              HasSubstr("an instance was launched in response to an unhealthy instance needing to "
                        "be replaced."));
  EXPECT_THAT(text_at(seen, "1.Cause"),
              HasSubstr("an instance was taken out of service in response to an EC2 health check "
                        "indicating it has been terminated or stopped."));
}

TEST_F(AutoScalingTest, does_not_replace_while_a_process_is_suspended) {
  ask("CreateAutoScalingGroup", group_input(1, 1));
  pass(std::chrono::minutes(2));
  json::object processes{{"AutoScalingGroupName", "g"}};
  processes["ScalingProcesses"] = json::array{"ReplaceUnhealthy"};
  ask("SuspendProcesses", processes);
  EXPECT_THAT(text_at(group(), "SuspendedProcesses.0.SuspensionReason"),
              MatchesRegex("User suspended at 2026-11-22T15:[0-9:]+Z"));
  const auto first = ids().front();
  terminate_outside(first);
  pass(std::chrono::minutes(5));
  EXPECT_EQ(ids().front(), first);
  EXPECT_EQ(text_at(group(), "Instances.0.HealthStatus"), "Unhealthy");
  ask("ResumeProcesses", processes);
  pass(std::chrono::minutes(5));
  EXPECT_NE(ids().front(), first);
}

TEST_F(AutoScalingTest, shows_failed_launches_and_tries_again_ever_later) {
  json::object broken{{"LaunchTemplateName", "web"}};
  broken["LaunchTemplateData"] =
      json::object{{"ImageId", image}, {"InstanceType", "t3.micro"}, {"KeyName", "nobody-has-it"}};
  call(ec2, "CreateLaunchTemplateVersion", std::move(broken));
  auto input = group_input(1, 1);
  input["LaunchTemplate"].as_object()["Version"] = "$Latest";
  ask("CreateAutoScalingGroup", std::move(input));
  pass(std::chrono::minutes(1));
  const auto seen = json::value(activities());
  EXPECT_EQ(seen.as_array().size(), 2);  // one a zone
  EXPECT_EQ(text_at(seen, "0.StatusCode"), "Failed");
  EXPECT_EQ(text_at(seen, "0.StatusMessage"),
            "The key pair 'nobody-has-it' does not exist. Launching EC2 instance failed.");
  EXPECT_EQ(text_at(seen, "0.Description"),
            "Launching a new EC2 instance.  Status Reason: The key pair 'nobody-has-it' does not "
            "exist. Launching EC2 instance failed.");
  pass(std::chrono::minutes(1));
  EXPECT_EQ(activities().size(), 4);
  pass(std::chrono::minutes(1));
  EXPECT_EQ(activities().size(), 4);
  call(ec2, "CreateKeyPair", {{"KeyName", "nobody-has-it"}});
  pass(std::chrono::minutes(3));
  EXPECT_THAT(ids(), SizeIs(1));
}

TEST_F(AutoScalingTest, is_deleted_by_force_with_everything_in_it) {
  ask("CreateAutoScalingGroup", group_input(2, 2));
  pass(std::chrono::minutes(2));
  const auto members = ids();
  EXPECT_EQ(refusal("DeleteAutoScalingGroup", {{"AutoScalingGroupName", "g"}}),
            "ResourceInUse: You cannot delete an AutoScalingGroup while there are instances or "
            "pending Spot instance request(s) still in the group.");
  ask("DeleteAutoScalingGroup", {{"AutoScalingGroupName", "g"}, {"ForceDelete", "true"}});
  EXPECT_EQ(text_at(group(), "Status"), "Delete in progress");
  EXPECT_EQ(refusal("SetDesiredCapacity", {{"AutoScalingGroupName", "g"}, {"DesiredCapacity", 0}}),
            "ValidationError: The AutoScaling group may not be modified while it is pending "
            "delete");
  pass(std::chrono::seconds(30));
  EXPECT_EQ(text_at(group(), "Status"), "Delete in progress");
  pass(std::chrono::minutes(3));
  EXPECT_TRUE(group().is_null());
  for (const auto& id : members) EXPECT_EQ(state_of(id), "terminated");
  EXPECT_EQ(text_at(json::value(activities(true)), "0.AutoScalingGroupState"), "Deleted");
}

TEST_F(AutoScalingTest, is_deleted_when_it_is_empty) {
  ask("CreateAutoScalingGroup", group_input(0, 1));
  ask("DeleteAutoScalingGroup", {{"AutoScalingGroupName", "g"}});
  pass(std::chrono::minutes(1));
  EXPECT_TRUE(group().is_null());
  EXPECT_EQ(refusal("DeleteAutoScalingGroup", {{"AutoScalingGroupName", "g"}}),
            "ValidationError: AutoScalingGroup name not found - AutoScalingGroup 'g' not found");
}

TEST_F(AutoScalingTest, takes_single_instances_out_with_and_without_replacement) {
  ask("CreateAutoScalingGroup", group_input(1, 3, 2));
  pass(std::chrono::minutes(2));
  const auto first = ids();
  const auto gone = ask("TerminateInstanceInAutoScalingGroup",
                        {{"InstanceId", first[0]}, {"ShouldDecrementDesiredCapacity", "true"}});
  EXPECT_THAT(text_at(gone, "Activity.Cause"),
              HasSubstr("was taken out of service in response to a user request, shrinking the "
                        "capacity from 2 to 1."));
  EXPECT_THAT(refusal("TerminateInstanceInAutoScalingGroup",
                      {{"InstanceId", first[1]}, {"ShouldDecrementDesiredCapacity", "true"}}),
              HasSubstr("will violate group's min size constraint"));
  ask("TerminateInstanceInAutoScalingGroup",
      {{"InstanceId", first[1]}, {"ShouldDecrementDesiredCapacity", "false"}});
  pass(std::chrono::minutes(4));
  ASSERT_THAT(ids(), SizeIs(1));
  EXPECT_EQ(state_of(first[0]), "terminated");
  EXPECT_EQ(state_of(first[1]), "terminated");
}

TEST_F(AutoScalingTest, ends_the_instances_of_older_template_versions_first) {
  auto input = group_input(0, 4, 2);
  input["LaunchTemplate"].as_object()["Version"] = "$Latest";
  ask("CreateAutoScalingGroup", std::move(input));
  pass(std::chrono::minutes(2));
  const auto old = ids();
  json::object next{{"LaunchTemplateName", "web"}};
  next["LaunchTemplateData"] = json::object{{"ImageId", image}, {"InstanceType", "t3.small"}};
  call(ec2, "CreateLaunchTemplateVersion", std::move(next));
  ask("SetDesiredCapacity", {{"AutoScalingGroupName", "g"}, {"DesiredCapacity", 4}});
  pass(std::chrono::minutes(2));
  ASSERT_THAT(ids(), SizeIs(4));
  ask("SetDesiredCapacity", {{"AutoScalingGroupName", "g"}, {"DesiredCapacity", 2}});
  pass(std::chrono::minutes(3));
  for (const auto& id : old) EXPECT_EQ(state_of(id), "terminated");
}

TEST_F(AutoScalingTest, spares_protected_instances_when_it_shrinks) {
  ask("CreateAutoScalingGroup", group_input(0, 2, 2));
  pass(std::chrono::minutes(2));
  const auto first = ids();
  json::object guard{{"AutoScalingGroupName", "g"}, {"ProtectedFromScaleIn", "true"}};
  guard["InstanceIds"] = texts_of(first);
  ask("SetInstanceProtection", guard);
  ask("SetDesiredCapacity", {{"AutoScalingGroupName", "g"}, {"DesiredCapacity", 1}});
  pass(std::chrono::minutes(3));
  EXPECT_EQ(ids(), first);
  guard["InstanceIds"] = texts_of({first[0]});
  guard["ProtectedFromScaleIn"] = "false";
  ask("SetInstanceProtection", guard);
  pass(std::chrono::minutes(3));
  EXPECT_EQ(ids(), std::vector{first[1]});
}

TEST_F(AutoScalingTest, replaces_what_a_user_calls_unhealthy) {
  ask("CreateAutoScalingGroup", group_input(1, 1));
  pass(std::chrono::minutes(2));
  const auto first = ids().front();
  ask("SetInstanceHealth", {{"InstanceId", first}, {"HealthStatus", "Unhealthy"}});
  pass(std::chrono::minutes(3));
  EXPECT_NE(ids().front(), first);
  EXPECT_EQ(state_of(first), "terminated");
}

TEST_F(AutoScalingTest, launches_by_a_launch_configuration) {
  ask("CreateLaunchConfiguration",
      {{"LaunchConfigurationName", "lc"}, {"ImageId", image}, {"InstanceType", "t3.nano"}});
  auto input = group_input(1, 1);
  input.erase("LaunchTemplate");
  input["LaunchConfigurationName"] = "lc";
  ask("CreateAutoScalingGroup", std::move(input));
  pass(std::chrono::minutes(2));
  EXPECT_EQ(text_at(group(), "Instances.0.LaunchConfigurationName"), "lc");
  EXPECT_EQ(text_at(group(), "Instances.0.InstanceType"), "t3.nano");
  EXPECT_EQ(refusal("DeleteLaunchConfiguration", {{"LaunchConfigurationName", "lc"}}),
            "ResourceInUse: Cannot delete launch configuration lc because it is attached to "
            "AutoScalingGroup g");
}

TEST_F(AutoScalingTest, moves_to_where_the_group_is_now) {
  auto input = group_input(1, 1);
  input["VPCZoneIdentifier"] = subnets[0];
  ask("CreateAutoScalingGroup", std::move(input));
  pass(std::chrono::minutes(2));
  const auto first = ids();
  ask("UpdateAutoScalingGroup", {{"AutoScalingGroupName", "g"}, {"VPCZoneIdentifier", subnets[1]}});
  pass(std::chrono::minutes(5));
  ASSERT_THAT(ids(), SizeIs(1));
  EXPECT_EQ(text_at(group(), "Instances.0.AvailabilityZone"), "ap-northeast-1c");
  EXPECT_EQ(state_of(first[0]), "terminated");
  const auto seen = json::value(activities());
  EXPECT_THAT(text_at(seen, "0.Cause"),
              HasSubstr("instances were launched to balance instances in zones ap-northeast-1c "
                        "with other zones resulting in more than desired number of instances in "
                        "the group."));
  EXPECT_EQ(seen.as_array().size(), 3U);
}

TEST_F(AutoScalingTest, evens_its_zones_out_unless_that_is_suspended) {
  auto input = group_input(2, 2);
  input["VPCZoneIdentifier"] = subnets[0];
  ask("CreateAutoScalingGroup", std::move(input));
  pass(std::chrono::minutes(2));
  json::object processes{{"AutoScalingGroupName", "g"}};
  processes["ScalingProcesses"] = json::array{"AZRebalance"};
  ask("SuspendProcesses", processes);
  ask("UpdateAutoScalingGroup",
      {{"AutoScalingGroupName", "g"}, {"VPCZoneIdentifier", subnets[0] + "," + subnets[1]}});
  pass(std::chrono::minutes(5));
  EXPECT_EQ(activities().size(), 2U);
  ask("ResumeProcesses", processes);
  pass(std::chrono::minutes(5));
  EXPECT_EQ(activities().size(), 4U);
  ASSERT_THAT(ids(), SizeIs(2));
  EXPECT_NE(text_at(group(), "Instances.0.AvailabilityZone"),
            text_at(group(), "Instances.1.AvailabilityZone"));
}

TEST_F(AutoScalingTest, makes_its_linked_role_once) {
  EXPECT_FALSE(iam.role("AWSServiceRoleForAutoScaling"));
  ask("CreateAutoScalingGroup", group_input(0, 1));
  EXPECT_TRUE(iam.role("AWSServiceRoleForAutoScaling"));
}

TEST_F(AutoScalingTest, attaches_and_detaches_running_instances) {
  ask("CreateAutoScalingGroup", group_input(0, 1));
  const auto id = text(ec2, "RunInstances",
                       {{"ImageId", image},
                        {"InstanceType", "t3.micro"},
                        {"SubnetId", subnets[0]},
                        {"MinCount", "1"},
                        {"MaxCount", "1"}},
                       "instancesSet.0.instanceId");
  json::object named{{"AutoScalingGroupName", "g"}};
  named["InstanceIds"] = texts_of({id});
  EXPECT_THAT(refusal("AttachInstances", named), HasSubstr("is not in correct state"));
  pass(std::chrono::minutes(1));
  ask("AttachInstances", named);
  pass(std::chrono::minutes(1));
  EXPECT_EQ(ids(), std::vector{id});
  EXPECT_EQ(text_at(group(), "DesiredCapacity"), "1");
  EXPECT_EQ(ec2.instance(id)->tags.at("aws:autoscaling:groupName"), "g");
  named["ShouldDecrementDesiredCapacity"] = "true";
  const auto left = ask("DetachInstances", named);
  EXPECT_EQ(text_at(left, "Activities.0.Description"), "Detaching EC2 instance: " + id);
  pass(std::chrono::minutes(1));
  EXPECT_THAT(group().at("Instances").as_array(), SizeIs(0));
  EXPECT_EQ(state_of(id), "running");
  EXPECT_FALSE(ec2.instance(id)->tags.contains("aws:autoscaling:groupName"));
}

}  // namespace
}  // namespace sim::autoscaling

// The three update policies of Auto Scaling groups.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
#include "sim/world/scaling_groups_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

class UpdatePolicies : public ScalingGroups {};

TEST_F(UpdatePolicies, keep_their_instances_without_an_update_policy) {
  const auto sizes = "      MinSize: 1\n      MaxSize: 1\n";
  create(text("t3.micro", sizes, ""));
  const auto before = ids();
  EXPECT_EQ(update(text("t3.small", sizes, "")), "UPDATE_COMPLETE") << troubles();
  EXPECT_EQ(ids(), before);
}

TEST_F(UpdatePolicies, roll_batch_after_batch) {
  const auto sizes = "      MinSize: 1\n      MaxSize: 3\n      DesiredCapacity: 2\n";
  const auto rolling =
      "    UpdatePolicy: {AutoScalingRollingUpdate: {MinInstancesInService: 1, MaxBatchSize: 1, "
      "SuspendProcesses: [AlarmNotification]}}\n";
  create(text("t3.micro", sizes, rolling));
  const auto before = ids();
  EXPECT_EQ(update(text("t3.small", sizes, rolling)), "UPDATE_COMPLETE") << troubles();
  EXPECT_THAT(
      reasons("UPDATE_IN_PROGRESS"),
      ElementsAre(
          "Rolling update initiated. Terminating 2 obsolete instance(s) in batches of 1, "
          "while keeping at least 1 instance(s) in service.",
          MatchesRegex("Terminating instance\\(s\\) \\[i-[0-9a-f]+\\]; replacing with 1 new "
                       "instance\\(s\\)\\."),
          MatchesRegex("Successfully terminated instance\\(s\\) \\[i-[0-9a-f]+\\] "
                       "\\(Progress 50%\\)\\."),
          MatchesRegex("Terminating instance\\(s\\) \\[i-[0-9a-f]+\\]; replacing with 1 new "
                       "instance\\(s\\)\\."),
          MatchesRegex("Successfully terminated instance\\(s\\) \\[i-[0-9a-f]+\\] "
                       "\\(Progress 100%\\)\\.")));
  ASSERT_EQ(ids().size(), 2U);
  const auto seen = group();
  for (const auto& one : seen.at("Instances").as_array()) {
    if (at(one, "LifecycleState") == "InService") EXPECT_EQ(at(one, "InstanceType"), "t3.small");
  }
  EXPECT_EQ(at(group(), "MinSize"), "1");
  EXPECT_EQ(at(group(), "SuspendedProcesses.0.ProcessName"), "");
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

TEST_F(UpdatePolicies, roll_to_a_new_launch_configuration) {
  const auto with = [](std::string type) {
    return R"(Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  L: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {ImageId: )" +
           std::ranges::find(images(), "x86_64", &Image::architecture)->id +
           ", InstanceType: " + std::move(type) + R"(}}
  X:
    Type: AWS::AutoScaling::AutoScalingGroup
    UpdatePolicy: {AutoScalingRollingUpdate: {MaxBatchSize: 2}}
    Properties: {VPCZoneIdentifier: [!Ref A], LaunchConfigurationName: !Ref L, MinSize: 2, MaxSize: 2}
)";
  };
  ASSERT_EQ(create(with("t3.micro")), "CREATE_COMPLETE") << troubles();
  EXPECT_EQ(update(with("t3.small")), "UPDATE_COMPLETE") << troubles();
  pass(std::chrono::minutes(3));
  EXPECT_EQ(ids().size(), 2U);
  EXPECT_EQ(at(group(), "Instances.0.InstanceType"), "t3.small");
  EXPECT_EQ(at(group(), "Instances.1.InstanceType"), "t3.small");
  // The old configuration went with the clean-up.
  EXPECT_EQ(call("autoscaling", "DescribeLaunchConfigurations", {})
                .at("LaunchConfigurations")
                .as_array()
                .size(),
            1U);
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

TEST_F(UpdatePolicies, roll_to_a_new_template_of_their_mixed_instances_policy) {
  const auto with = [](const std::string& volume) {
    return R"(Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  T: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {EbsOptimized: )" +
           volume +
           ", ImageId: " + std::ranges::find(images(), "x86_64", &Image::architecture)->id + R"(}}}
  X:
    Type: AWS::AutoScaling::AutoScalingGroup
    UpdatePolicy: {AutoScalingRollingUpdate: {MaxBatchSize: 1}}
    Properties:
      VPCZoneIdentifier: [!Ref A]
      MinSize: 1
      MaxSize: 1
      MixedInstancesPolicy:
        InstancesDistribution: {OnDemandPercentageAboveBaseCapacity: 100}
        LaunchTemplate:
          LaunchTemplateSpecification: {LaunchTemplateId: !Ref T, Version: !GetAtt T.LatestVersionNumber}
          Overrides: [{InstanceType: t3.micro}, {InstanceType: t3.small}]
)";
  };
  ASSERT_EQ(create(with("false")), "CREATE_COMPLETE") << troubles();
  const auto before = ids();
  EXPECT_EQ(at(group(), "Instances.0.InstanceType"), "t3.micro");
  EXPECT_EQ(update(with("true")), "UPDATE_COMPLETE") << troubles();
  pass(std::chrono::minutes(3));
  EXPECT_NE(ids(), before);
  EXPECT_EQ(at(group(), "Instances.0.LaunchTemplate.Version"), "2");
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

TEST_F(UpdatePolicies, grow_for_the_time_of_an_update_that_waits_for_signals) {
  const auto sizes = "      MinSize: 1\n      MaxSize: 2\n";
  const auto rolling =
      "    UpdatePolicy: {AutoScalingRollingUpdate: {MinInstancesInService: 1, MaxBatchSize: 1, "
      "PauseTime: PT15M, WaitOnResourceSignals: true}}\n";
  create(text("t3.micro", sizes, rolling));
  const auto before = ids();
  call("cloudformation", "UpdateStack",
       {{"StackName", "types"}, {"TemplateBody", text("t3.small", sizes, rolling)}});
  pass(std::chrono::minutes(3));
  ASSERT_EQ(ids().size(), 2U);
  EXPECT_EQ(at(group(), "MinSize"), "2");
  signal(ids()[1]);
  EXPECT_EQ(settle(), "UPDATE_COMPLETE") << troubles();
  EXPECT_THAT(
      reasons("UPDATE_IN_PROGRESS"),
      ElementsAre("Rolling update initiated. Terminating 1 obsolete instance(s) in batches of 1, "
                  "while keeping at least 1 instance(s) in service. Waiting on resource signals "
                  "with a timeout of PT15M when new instances are added to the autoscaling group.",
                  "Temporarily setting autoscaling group MinSize and DesiredCapacity to 2.",
                  "New instance(s) added to autoscaling group - Waiting on 1 resource signal(s) "
                  "with a timeout of PT15M.",
                  MatchesRegex("Received SUCCESS signal with UniqueId i-.*"),
                  "Terminating instance(s) [" + before[0] + "]; replacing with 0 new instance(s).",
                  "Successfully terminated instance(s) [" + before[0] + "] (Progress 100%)."));
  pass(std::chrono::minutes(3));
  EXPECT_EQ(ids().size(), 1U);
  EXPECT_NE(ids(), before);
  EXPECT_EQ(at(group(), "MinSize"), "1");
}

TEST_F(UpdatePolicies, go_back_when_the_new_instances_say_that_they_failed) {
  const auto sizes = "      MinSize: 1\n      MaxSize: 2\n";
  const auto rolling =
      "    UpdatePolicy: {AutoScalingRollingUpdate: {MinInstancesInService: 1, PauseTime: PT5M, "
      "WaitOnResourceSignals: true}}\n";
  create(text("t3.micro", sizes, rolling));
  const auto before = ids();
  call("cloudformation", "UpdateStack",
       {{"StackName", "types"}, {"TemplateBody", text("t3.small", sizes, rolling)}});
  pass(std::chrono::minutes(3));
  const auto failed = ids()[1];
  signal(failed, "FAILURE");
  pass(std::chrono::minutes(1));
  EXPECT_THAT(troubles(), HasSubstr("X: Received 1 FAILURE signal(s) out of 1.  Unable to satisfy "
                                    "100% MinSuccessfulInstancesPercent requirement"));
  // What the way back launches waits for its signals too.
  pass(std::chrono::minutes(3));
  for (const auto& id : ids()) {
    if (id != before[0] && id != failed) signal(id);
  }
  EXPECT_EQ(settle(), "UPDATE_ROLLBACK_COMPLETE") << troubles();
  pass(std::chrono::minutes(3));
  EXPECT_EQ(at(group(), "Instances.0.InstanceType"), "t3.micro");
  EXPECT_EQ(ids().size(), 1U);
}

TEST_F(UpdatePolicies, are_replaced_as_a_whole_where_their_policy_says_so) {
  const auto sizes = "      MinSize: 1\n      MaxSize: 1\n";
  const auto replacing = "    UpdatePolicy: {AutoScalingReplacingUpdate: {WillReplace: true}}\n";
  create(text("t3.micro", sizes, replacing));
  const auto before = output("Ref");
  EXPECT_EQ(update(text("t3.small", sizes, replacing)), "UPDATE_COMPLETE") << troubles();
  EXPECT_TRUE(was_replaced());
  EXPECT_NE(output("Ref"), before);
  EXPECT_EQ(at(group(), "AutoScalingGroupName"), output("Ref"));
}

TEST_F(UpdatePolicies, keep_their_own_size_where_their_policy_says_so) {
  const auto sizes = "      MinSize: 0\n      MaxSize: 3\n      DesiredCapacity: 1\n";
  const auto ignoring =
      "    UpdatePolicy: {AutoScalingScheduledAction: {IgnoreUnmodifiedGroupSizeProperties: "
      "true}}\n";
  create(text("t3.micro", sizes, ignoring));
  call("autoscaling", "SetDesiredCapacity",
       {{"AutoScalingGroupName", output("Ref")}, {"DesiredCapacity", "2"}});
  const std::string cooled = std::string(sizes) + "      Cooldown: '60'\n";
  EXPECT_EQ(update(text("t3.micro", cooled, ignoring)), "UPDATE_COMPLETE") << troubles();
  EXPECT_EQ(at(group(), "DesiredCapacity"), "2");
  EXPECT_EQ(at(group(), "DefaultCooldown"), "60");
  // Without the policy, the template's size is the group's.
  const std::string warm = std::string(sizes) + "      Cooldown: '90'\n";
  EXPECT_EQ(update(text("t3.micro", warm, "")), "UPDATE_COMPLETE") << troubles();
  EXPECT_EQ(at(group(), "DesiredCapacity"), "1");
}

}  // namespace
}  // namespace sim::world

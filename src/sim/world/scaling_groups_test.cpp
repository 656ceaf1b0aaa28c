// Auto Scaling groups in stacks: signals, and the three update policies.
#include "sim/core/images.hpp"
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

class ScalingGroups : public StackTest {
 protected:
  // `sizes`: lines of the group's properties; `policies`: of its attributes.
  static std::string text(const std::string& type, const std::string& sizes,
                          const std::string& policies) {
    return R"(Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  T: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: )" +
           std::ranges::find(images(), "x86_64", &Image::architecture)->id +
           ", InstanceType: " + type + R"(}}}
  X:
    Type: AWS::AutoScaling::AutoScalingGroup
)" + policies +
           R"(    Properties:
      VPCZoneIdentifier: [!Ref A]
      LaunchTemplate: {LaunchTemplateId: !Ref T, Version: !GetAtt T.LatestVersionNumber}
)" + sizes +
           "Outputs:\n  Ref: {Value: !Ref X}\n";
  }

  // The reasons that X's events give from the last time that it had this status on, oldest first.
  std::vector<std::string> reasons(const std::string& status) {
    const auto seen =
        json::value(call("cloudformation", "DescribeStackEvents", {{"StackName", id_}}));
    std::vector<std::string> all;
    for (const auto& event : cloudformation::find(seen, "StackEvents")->as_array()) {
      if (at(event, "LogicalResourceId") != "X" || at(event, "ResourceStatus") != status) continue;
      const auto reason = at(event, "ResourceStatusReason");
      if (!reason.empty()) all.insert(all.begin(), reason);
    }
    return all;
  }

  json::value group() {
    const auto seen = json::value(call("autoscaling", "DescribeAutoScalingGroups", {}));
    const auto* found = cloudformation::find(seen, "AutoScalingGroups.0");
    return found == nullptr ? json::value() : *found;
  }
  std::vector<std::string> ids() {
    std::vector<std::string> all;
    const auto seen = group();
    for (const auto& one : seen.at("Instances").as_array()) {
      if (at(one, "LifecycleState") == "InService") all.push_back(at(one, "InstanceId"));
    }
    return all;
  }

  void begin(const std::string& action, const std::string& template_text) {
    const auto made = json::value(
        call("cloudformation", action, {{"StackName", "types"}, {"TemplateBody", template_text}}));
    id_ = at(made, "StackId");
  }
  void signal(const std::string& unique_id, const std::string& status = "SUCCESS") {
    call("cloudformation", "SignalResource",
         {{"StackName", "types"},
          {"LogicalResourceId", "X"},
          {"UniqueId", unique_id},
          {"Status", status}});
  }
};

TEST_F(ScalingGroups, are_complete_when_their_instances_are_in_service_with_all_their_tags) {
  const auto sizes = "      MinSize: 2\n      MaxSize: 2\n";
  ASSERT_EQ(create(text("t3.micro", sizes, "")), "CREATE_COMPLETE") << troubles();
  ASSERT_EQ(ids().size(), 2U);
  json::object input;
  input["InstanceId"] = json::array{json::value(ids()[0])};
  const auto tags = json::serialize(call("ec2", "DescribeInstances", std::move(input)));
  EXPECT_THAT(tags, HasSubstr(R"({"key":"aws:cloudformation:logical-id","value":"X"})"));
  EXPECT_THAT(tags, HasSubstr(R"("key":"aws:autoscaling:groupName")"));
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
  EXPECT_TRUE(group().is_null());
}

TEST_F(ScalingGroups, fail_when_nothing_can_be_launched) {
  const auto sizes = "      MinSize: 1\n      MaxSize: 1\n";
  auto broken = text("t3.micro", sizes, "");
  broken.replace(broken.find("InstanceType"), 0, "KeyName: none, ");
  EXPECT_EQ(create(broken), "ROLLBACK_COMPLETE");
  EXPECT_THAT(troubles(),
              HasSubstr("X: Group did not stabilize. {current/minSize/maxSize group size = 0/1/1}. "
                        "Failed Scaling Activity: The key pair 'none' does not exist. Launching "
                        "EC2 instance failed."));
}

TEST_F(ScalingGroups, wait_for_their_signals) {
  const auto sizes = "      MinSize: 2\n      MaxSize: 2\n";
  begin("CreateStack", text("t3.micro", sizes,
                            "    CreationPolicy: {ResourceSignal: {Count: 2, Timeout: PT15M}}\n"));
  pass(std::chrono::minutes(5));
  for (const auto& id : ids()) signal(id);
  EXPECT_EQ(settle(), "CREATE_COMPLETE") << troubles();
  EXPECT_THAT(reasons("CREATE_IN_PROGRESS"),
              ElementsAre("Resource creation Initiated",
                          MatchesRegex("Received SUCCESS signal with UniqueId i-.*"),
                          MatchesRegex("Received SUCCESS signal with UniqueId i-.*")));
}

TEST_F(ScalingGroups, need_only_as_many_signals_as_their_policy_says) {
  const auto sizes = "      MinSize: 2\n      MaxSize: 2\n";
  begin("CreateStack", text("t3.micro", sizes,
                            "    CreationPolicy: {ResourceSignal: {Count: 2, Timeout: PT15M}, "
                            "AutoScalingCreationPolicy: {MinSuccessfulInstancesPercent: 50}}\n"));
  pass(std::chrono::minutes(5));
  signal(ids()[0]);
  signal(ids()[1], "FAILURE");
  EXPECT_EQ(settle(), "CREATE_COMPLETE") << troubles();
}

TEST_F(ScalingGroups, fail_without_their_signals) {
  const auto sizes = "      MinSize: 1\n      MaxSize: 1\n";
  EXPECT_EQ(create(text("t3.micro", sizes,
                        "    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT5M}}\n")),
            "ROLLBACK_COMPLETE");
  EXPECT_THAT(reasons("UPDATE_IN_PROGRESS"),
              ElementsAre("Failed to receive 1 resource signal(s) for the current batch.  Each "
                          "resource signal timeout is counted as a FAILURE."));
  EXPECT_THAT(troubles(), HasSubstr("X: Received 0 SUCCESS signal(s) out of 1.  Unable to satisfy "
                                    "100% MinSuccessfulInstancesPercent requirement"));
}

TEST_F(ScalingGroups, keep_their_instances_without_an_update_policy) {
  const auto sizes = "      MinSize: 1\n      MaxSize: 1\n";
  create(text("t3.micro", sizes, ""));
  const auto before = ids();
  EXPECT_EQ(update(text("t3.small", sizes, "")), "UPDATE_COMPLETE") << troubles();
  EXPECT_EQ(ids(), before);
}

TEST_F(ScalingGroups, roll_batch_after_batch) {
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

TEST_F(ScalingGroups, roll_to_a_new_launch_configuration) {
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

TEST_F(ScalingGroups, grow_for_the_time_of_an_update_that_waits_for_signals) {
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

TEST_F(ScalingGroups, go_back_when_the_new_instances_say_that_they_failed) {
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

TEST_F(ScalingGroups, are_replaced_as_a_whole_where_their_policy_says_so) {
  const auto sizes = "      MinSize: 1\n      MaxSize: 1\n";
  const auto replacing = "    UpdatePolicy: {AutoScalingReplacingUpdate: {WillReplace: true}}\n";
  create(text("t3.micro", sizes, replacing));
  const auto before = output("Ref");
  EXPECT_EQ(update(text("t3.small", sizes, replacing)), "UPDATE_COMPLETE") << troubles();
  EXPECT_TRUE(was_replaced());
  EXPECT_NE(output("Ref"), before);
  EXPECT_EQ(at(group(), "AutoScalingGroupName"), output("Ref"));
}

TEST_F(ScalingGroups, keep_their_own_size_where_their_policy_says_so) {
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

TEST_F(ScalingGroups, refuse_what_is_not_supported_by_name) {
  const auto sizes = "      MinSize: 0\n      MaxSize: 1\n";
  EXPECT_EQ(
      create(text("t3.micro",
                  std::string(sizes) + "      MetricsCollection: [{Granularity: 1Minute}]\n", "")),
      "ROLLBACK_COMPLETE");
  EXPECT_THAT(troubles(), HasSubstr("The embedded CloudFormation does not support "
                                    "MetricsCollection of AWS::AutoScaling::AutoScalingGroup."));
}

}  // namespace
}  // namespace sim::world

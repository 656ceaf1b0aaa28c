// Auto Scaling groups in stacks: when they are complete, and the signals they wait for.
#include "sim/world/scaling_groups_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

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
              HasSubstr("X: Group did not stabilize. Last scaling activity: The key pair 'none' "
                        "does not exist. Launching EC2 instance failed."));
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

TEST_F(ScalingGroups, change_their_tags_hooks_and_target_groups_in_place) {
  const auto with = [](const std::string& hook, const std::string& target) {
    auto whole = text("t3.micro",
                      "      MinSize: 0\n      MaxSize: 1\n      TargetGroupARNs: [!Ref " + target +
                          "]\n      Tags: [{Key: " + hook +
                          ", Value: v, PropagateAtLaunch: false}]\n"
                          "      LifecycleHookSpecificationList: [{LifecycleHookName: " +
                          hook + ", LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING'}]\n",
                      "");
    for (const auto* one : {"One", "Two"}) {
      whole.insert(whole.find("  X:\n"),
                   std::string("  ") + one +
                       ": {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, "
                       "Protocol: HTTP, VpcId: !Ref Vpc}}\n");
    }
    return whole;
  };
  ASSERT_EQ(create(with("first", "One")), "CREATE_COMPLETE") << troubles();
  const auto before = at(group(), "TargetGroupARNs.0");
  EXPECT_EQ(update(with("second", "Two")), "UPDATE_COMPLETE") << troubles();
  EXPECT_NE(at(group(), "TargetGroupARNs.0"), before);
  EXPECT_EQ(at(group(), "TargetGroupARNs.1"), "");
  const auto name = output("Ref");
  const auto hooks = json::serialize(
      call("autoscaling", "DescribeLifecycleHooks", {{"AutoScalingGroupName", name}}));
  EXPECT_THAT(hooks, HasSubstr("second"));
  EXPECT_THAT(hooks, testing::Not(HasSubstr("first")));
  const auto tags = json::serialize(call("autoscaling", "DescribeTags", {}));
  EXPECT_THAT(tags, HasSubstr(R"("Key":"second")"));
  EXPECT_THAT(tags, testing::Not(HasSubstr(R"("Key":"first")")));
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

TEST_F(ScalingGroups, are_deleted_with_what_others_have_deleted_before) {
  auto whole = text("t3.micro", "      MinSize: 0\n      MaxSize: 1\n", "");
  whole.insert(whole.find("  X:\n"),
               "  P: {Type: AWS::AutoScaling::ScalingPolicy, Properties: {AutoScalingGroupName: "
               "!Ref X, AdjustmentType: ExactCapacity, ScalingAdjustment: 1}}\n"
               "  H: {Type: AWS::AutoScaling::LifecycleHook, Properties: {AutoScalingGroupName: "
               "!Ref X, LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING'}}\n");
  ASSERT_EQ(create(whole), "CREATE_COMPLETE") << troubles();
  call("autoscaling", "DeleteAutoScalingGroup", {{"AutoScalingGroupName", output("Ref")}});
  pass(std::chrono::minutes(1));
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
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

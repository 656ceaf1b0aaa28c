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

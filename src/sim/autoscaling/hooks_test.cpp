#include <gmock/gmock.h>

#include "sim/autoscaling/fixture.hpp"

namespace sim::autoscaling {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class HooksTest : public ScalingTest {
 protected:
  void make(const std::string& transition, const std::string& result) {
    ask("CreateAutoScalingGroup", group_input(0, 1));
    ask("PutLifecycleHook", {{"AutoScalingGroupName", "g"},
                             {"LifecycleHookName", "h"},
                             {"LifecycleTransition", "autoscaling:EC2_INSTANCE_" + transition},
                             {"HeartbeatTimeout", "300"},
                             {"DefaultResult", result}});
    ask("SetDesiredCapacity", {{"AutoScalingGroupName", "g"}, {"DesiredCapacity", 1}});
    pass(std::chrono::minutes(1));
  }
  void complete(const std::string& id, const std::string& result) {
    ask("CompleteLifecycleAction", {{"AutoScalingGroupName", "g"},
                                    {"LifecycleHookName", "h"},
                                    {"InstanceId", id},
                                    {"LifecycleActionResult", result}});
  }
};

TEST_F(HooksTest, an_instance_waits_until_it_may_enter_service) {
  make("LAUNCHING", "ABANDON");
  const auto waiting = ids("Pending:Wait");
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ(text_at(json::value(activities()), "0.StatusCode"), "MidLifecycleAction");
  complete(waiting[0], "CONTINUE");
  EXPECT_EQ(ids("Pending:Proceed"), waiting);
  pass(std::chrono::seconds(5));
  EXPECT_EQ(ids(), waiting);
}

TEST_F(HooksTest, an_instance_that_nobody_speaks_for_is_replaced) {
  make("LAUNCHING", "ABANDON");
  const auto waiting = ids("Pending:Wait");
  pass(std::chrono::minutes(8));
  EXPECT_EQ(state_of(waiting[0]), "terminated");
  EXPECT_NE(ids("Pending:Wait"), waiting);
  const auto seen = json::value(activities());
  const auto all = json::serialize(seen);
  EXPECT_THAT(all, HasSubstr("was abandoned: Heartbeat Timeout"));
  EXPECT_THAT(all, HasSubstr("taken out of service in response to a launch failure."));
}

TEST_F(HooksTest, an_instance_waits_before_it_is_terminated) {
  make("TERMINATING", "CONTINUE");
  const auto one = ids();
  ASSERT_THAT(one, SizeIs(1));
  ask("SetDesiredCapacity", {{"AutoScalingGroupName", "g"}, {"DesiredCapacity", 0}});
  pass(std::chrono::minutes(1));
  EXPECT_EQ(ids("Terminating:Wait"), one);
  EXPECT_EQ(state_of(one[0]), "running");
  complete(one[0], "CONTINUE");
  pass(std::chrono::minutes(2));
  EXPECT_EQ(state_of(one[0]), "terminated");
  EXPECT_THAT(group().at("Instances").as_array(), SizeIs(0));
}

TEST_F(HooksTest, a_hook_that_is_deleted_lets_terminations_go_on) {
  make("TERMINATING", "ABANDON");
  const auto one = ids();
  ask("SetDesiredCapacity", {{"AutoScalingGroupName", "g"}, {"DesiredCapacity", 0}});
  pass(std::chrono::minutes(1));
  ask("DeleteLifecycleHook", {{"AutoScalingGroupName", "g"}, {"LifecycleHookName", "h"}});
  pass(std::chrono::minutes(2));
  EXPECT_EQ(state_of(one[0]), "terminated");
}

TEST_F(HooksTest, shows_its_hooks_with_their_global_timeout) {
  make("LAUNCHING", "CONTINUE");
  const auto seen = json::value(ask("DescribeLifecycleHooks", {{"AutoScalingGroupName", "g"}}));
  EXPECT_EQ(text_at(seen, "LifecycleHooks.0.HeartbeatTimeout"), "300");
  EXPECT_EQ(text_at(seen, "LifecycleHooks.0.GlobalTimeout"), "30000");
}

}  // namespace
}  // namespace sim::autoscaling

// What was made a moment ago may not be known everywhere: how long handlers ask again.
#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

const std::string one_group =
    "Resources: {G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: g}}}";

class Patience : public Stacks {
 protected:
  void begin() {
    cloud_.refusals.emplace("CreateLogGroup g", Error("InvalidThing.NotFound", "What thing?"));
    call("CreateStack", {{"StackName", "s"}, {"TemplateBody", one_group}});
    id_ = service_.engine().find("s")->id;
  }
};

// ec2::Knobs::lag: a write can be seen 5 s late, and every call of a chain waits by itself.
TEST_F(Patience, outlasts_what_is_seen_many_times_later_than_any_write_can_be) {
  begin();
  pass(std::chrono::seconds(25));
  cloud_.refusals.clear();
  EXPECT_EQ(settle("s"), "CREATE_COMPLETE");
}

TEST_F(Patience, ends_when_the_thing_does_not_come) {
  begin();
  EXPECT_EQ(settle("s"), "ROLLBACK_COMPLETE");
  EXPECT_THAT(reason_of("G", "CREATE_FAILED"), testing::HasSubstr("What thing?"));
  EXPECT_LT(runtime_->clock().now() - start_of_test, std::chrono::minutes(1));
}

TEST_F(Patience, does_not_take_what_is_new_for_gone_when_it_is_deleted) {
  create(one_group);
  cloud_.refusals.emplace("DeleteLogGroup g", Error("ResourceNotFoundException", "What group?"));
  call("DeleteStack", {{"StackName", "s"}});
  pass(std::chrono::seconds(6));
  cloud_.refusals.clear();
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
  EXPECT_TRUE(cloud_.groups.empty());
}

TEST_F(Patience, takes_what_has_been_there_for_long_for_gone_at_once) {
  create(one_group);
  pass(std::chrono::minutes(5));
  cloud_.groups.clear();
  const auto begun = runtime_->clock().now();
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
  EXPECT_LT(runtime_->clock().now() - begun, std::chrono::seconds(10));
}

}  // namespace
}  // namespace sim::cloudformation

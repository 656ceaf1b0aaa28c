// Wait conditions that SignalResource ends: the events and the refusals.
#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class WaitingStacks : public Stacks {
 protected:
  static std::string waiting(const std::string& policy) {
    return "Parameters: {Count: {Type: Number, Default: 2}}\nResources:\n  W: {Type: "
           "AWS::CloudFormation::WaitCondition, CreationPolicy: {ResourceSignal: " +
           policy + "}}\n";
  }
  // A stack that waits for its signals.
  void begin(const std::string& policy) {
    call("CreateStack", {{"StackName", "s"}, {"TemplateBody", waiting(policy)}});
    id_ = service_.engine().find("s")->id;
    pass(std::chrono::seconds(10));
  }
  std::string signal(const std::string& unique_id, const std::string& status = "SUCCESS",
                     const std::string& logical_id = "W") {
    return refusal("SignalResource", {{"StackName", "s"},
                                      {"LogicalResourceId", logical_id},
                                      {"UniqueId", unique_id},
                                      {"Status", status}});
  }
};

TEST_F(WaitingStacks, are_complete_when_every_signal_has_come) {
  begin("{Count: !Ref Count, Timeout: PT10M}");
  EXPECT_EQ(signal("a"), "");
  pass(std::chrono::seconds(30));
  EXPECT_EQ(service_.engine().find("s")->status, "CREATE_IN_PROGRESS");
  EXPECT_EQ(signal("b"), "");
  EXPECT_EQ(settle("s"), "CREATE_COMPLETE");
  EXPECT_THAT(events("s"),
              ElementsAre("s CREATE_IN_PROGRESS (User Initiated)",                           //
                          "W CREATE_IN_PROGRESS",                                            //
                          "W CREATE_IN_PROGRESS (Resource creation Initiated)",              //
                          "W CREATE_IN_PROGRESS (Received SUCCESS signal with UniqueId a)",  //
                          "W CREATE_IN_PROGRESS (Received SUCCESS signal with UniqueId b)",  //
                          "W CREATE_COMPLETE", "s CREATE_COMPLETE"));
  // aws-cloudformation-templates#34.
  EXPECT_EQ(signal("c"), "ValidationError: Stack " + id_ +
                             " is in CREATE_COMPLETE state and cannot be signaled");
}

// awsdocs: "the timeout expires no sooner than the time you specify".
TEST_F(WaitingStacks, fail_when_signals_are_missing_at_the_end_of_their_time) {
  begin("{Count: 3, Timeout: PT1M}");
  EXPECT_EQ(signal("a"), "");
  pass(std::chrono::seconds(49));
  EXPECT_EQ(service_.engine().find("s")->status, "CREATE_IN_PROGRESS");
  EXPECT_EQ(settle("s"), "ROLLBACK_COMPLETE");
  EXPECT_EQ(reason_of("W", "CREATE_FAILED"),
            "Failed to receive 2 resource signal(s) within the specified duration");
}

TEST_F(WaitingStacks, fail_at_once_with_a_failure_even_after_a_success) {
  begin("{Count: 2}");
  EXPECT_EQ(signal("a"), "");
  EXPECT_EQ(signal("a"),
            "ValidationError: Signal with ID a for resource W already exists. Signals may only be "
            "updated with a FAILURE status.");
  EXPECT_EQ(signal("a", "FAILURE"), "");
  EXPECT_EQ(settle("s"), "ROLLBACK_COMPLETE");
  EXPECT_EQ(reason_of("W", "CREATE_FAILED"), "Received FAILURE signal with UniqueId a");
}

TEST_F(WaitingStacks, refuse_signals_that_mean_nothing) {
  begin("{}");
  EXPECT_EQ(signal("a", "SUCCESS", "X"), "ValidationError: Resource X does not exist for stack s");
  EXPECT_THAT(signal("a", "MAYBE"), HasSubstr("'status' failed to satisfy constraint: Member must "
                                              "satisfy enum value set: [SUCCESS, FAILURE]"));
  EXPECT_THAT(signal(std::string(65, 'a')), HasSubstr("less than or equal to 64"));
  EXPECT_THAT(refusal("SignalResource", {{"StackName", "s"}}),
              HasSubstr("Value null at 'logicalResourceId'"));
  EXPECT_EQ(settle("s"), "ROLLBACK_COMPLETE");
}

TEST_F(WaitingStacks, stop_waiting_when_they_are_deleted) {
  begin("{Timeout: PT12H}");
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
  EXPECT_LT(runtime_->clock().now() - start_of_test, std::chrono::minutes(1));
}

TEST_F(WaitingStacks, wait_in_updates_too_for_what_these_create) {
  create("Resources: {G: {Type: AWS::Logs::LogGroup}}");
  call("UpdateStack", {{"StackName", "s"}, {"TemplateBody", waiting("{}")}});
  pass(std::chrono::seconds(10));
  EXPECT_EQ(signal("a"), "");
  EXPECT_EQ(settle("s"), "UPDATE_COMPLETE");
  EXPECT_THAT(events("s"),
              Contains("W CREATE_IN_PROGRESS (Received SUCCESS signal with UniqueId a)"));
}

// cfn-lint#3598: it is ignored where it means nothing.
TEST_F(WaitingStacks, do_not_wait_for_signals_of_other_types) {
  EXPECT_EQ(create("Resources: {G: {Type: AWS::Logs::LogGroup, CreationPolicy: {ResourceSignal: "
                   "{Timeout: PT1M}}}}"),
            "CREATE_COMPLETE");
}

TEST_F(WaitingStacks, with_a_malformed_policy_fail_in_the_resource) {
  EXPECT_EQ(create(waiting("{Timeout: 15M}")), "ROLLBACK_COMPLETE");
  EXPECT_THAT(reason_of("W", "CREATE_FAILED"), HasSubstr("Timeout 15M is not a duration"));
  EXPECT_THAT(refusal("CreateStack", {{"StackName", "t"},
                                      {"TemplateBody",
                                       "Resources: {W: {Type: "
                                       "AWS::CloudFormation::WaitCondition, "
                                       "CreationPolicy: {Signal: {}}}}"}}),
              HasSubstr("Unrecognized CreationPolicy Signal for resource W"));
}

}  // namespace
}  // namespace sim::cloudformation

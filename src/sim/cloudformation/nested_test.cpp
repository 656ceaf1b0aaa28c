// Stacks in stacks: updates through the levels and the way back.
#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class NestedUpdates : public Stacks {
 protected:
  void child(const std::string& value, const std::string& more = "") {
    s3_.objects["bucket/child.yaml"] =
        "Resources:\n  P: {Type: AWS::SSM::Parameter, Properties: {Name: p, Type: String, Value: " +
        value + "}}\n" + more;
  }
  static std::string parent(const std::string& more = "") {
    return "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties: "
           "{TemplateURL: 'https://bucket.s3.amazonaws.com/child.yaml'}\n" +
           more;
  }
  std::string child_id() { return service_.engine().find("s")->resources.at("Child").physical_id; }
};

TEST_F(NestedUpdates, clean_up_when_the_whole_tree_has_been_updated) {
  child("'1'", "  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: old}}\n");
  EXPECT_EQ(create(parent()), "CREATE_COMPLETE");
  child("'2'", "  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: new}}\n");
  EXPECT_EQ(update(parent()), "UPDATE_COMPLETE");
  EXPECT_EQ(cloud_.parameters.at("p"), "2");
  EXPECT_THAT(cloud_.groups, ElementsAre("new"));
  const auto* inner = service_.engine().find(child_id());
  EXPECT_EQ(inner->status, "UPDATE_COMPLETE");
  EXPECT_EQ(inner->undo, nullptr);
}

TEST_F(NestedUpdates, that_change_nothing_leave_the_child_alone) {
  child("'1'");
  create(parent());
  const auto count = events(child_id()).size();
  EXPECT_EQ(update(parent("  N: {Type: AWS::Logs::LogGroup}\n")), "UPDATE_COMPLETE");
  EXPECT_EQ(events(child_id()).size(), count);
}

// The object at the URL is another by then: the way back does not read it.
TEST_F(NestedUpdates, go_back_to_the_childs_old_template_when_a_sibling_fails) {
  child("'1'");
  create(parent());
  child("'2'");
  cloud_.refusals.emplace("CreateLogGroup n", Error("LimitExceededException", "Too many"));
  EXPECT_EQ(update(parent("  N: {Type: AWS::Logs::LogGroup, DependsOn: Child, Properties: "
                          "{LogGroupName: n}}\n")),
            "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(cloud_.parameters.at("p"), "1");
  EXPECT_EQ(service_.engine().find(child_id())->status, "UPDATE_ROLLBACK_COMPLETE");
}

TEST_F(NestedUpdates, that_fail_in_the_child_tell_the_parent_its_state_and_reason) {
  child("'1'");
  create(parent());
  child("'2'", "  G: {Type: AWS::Logs::LogGroup, DependsOn: P, Properties: {LogGroupName: g}}\n");
  cloud_.refusals.emplace("CreateLogGroup g", Error("LimitExceededException", "Too many"));
  EXPECT_EQ(update(parent()), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(reason_of("Child", "UPDATE_FAILED"),
            "Embedded stack " + child_id() +
                " was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with "
                "reason: The following resource(s) failed to create: [G]. ");
  EXPECT_EQ(cloud_.parameters.at("p"), "1");
  EXPECT_EQ(service_.engine().find(child_id())->status, "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_THAT(events("s"), Contains(HasSubstr("s UPDATE_ROLLBACK_IN_PROGRESS (The following "
                                              "resource(s) failed to update: [Child]. )")));
}

// The wait never ends by itself: its handle is signalled by nobody.
TEST_F(NestedUpdates, end_when_the_childs_own_time_is_over_and_tell_its_own_topics) {
  s3_.objects["bucket/child.yaml"] =
      "Resources:\n  H: {Type: AWS::CloudFormation::WaitConditionHandle}\n  W: {Type: "
      "AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref H, Timeout: 43200}}\n";
  const auto with = [](const std::string& more) {
    return "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties: "
           "{TemplateURL: 'https://bucket.s3.amazonaws.com/child.yaml', " +
           more + "}\n";
  };
  const auto begun = runtime_->clock().now();
  EXPECT_EQ(create(with("TimeoutInMinutes: 5, NotificationARNs: ['arn:aws:sns:a:1:t']")),
            "ROLLBACK_COMPLETE");
  EXPECT_LT(runtime_->clock().now() - begun, std::chrono::minutes(20));
  EXPECT_THAT(cloud_.calls, Contains(HasSubstr("sns:Publish")));
}

TEST_F(NestedUpdates, with_iam_in_the_child_need_the_capability_of_the_root) {
  s3_.objects["bucket/child.yaml"] =
      "Resources:\n  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}\n";
  EXPECT_EQ(create(parent()), "ROLLBACK_COMPLETE");
  EXPECT_EQ(reason_of("Child", "CREATE_FAILED"), "Requires capabilities : [CAPABILITY_IAM]");
}

}  // namespace
}  // namespace sim::cloudformation

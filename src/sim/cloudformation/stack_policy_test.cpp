#include "sim/cloudformation/stack_policy.hpp"

#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::Contains;
using testing::HasSubstr;

const std::string allow_all =
    R"({"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"})";

std::string policy_of(const std::string& statements) {
  return R"({"Statement": [)" + statements + "]}";
}

// protect-stack-resources; the texts: awscfncli's README.
TEST(StackPolicy, denies_what_it_names_and_whatever_it_does_not_allow) {
  const std::string deny_a = allow_all +
                             R"(, {"Effect": "Deny", "Principal": "*", "Action":
      ["Update:Replace", "Update:Delete"], "Resource": "LogicalResourceId/A*"})";
  const std::string deny_type = allow_all +
                                R"(, {"Effect": "Deny", "Principal": "*", "Action": "Update:*",
      "Resource": "*", "Condition": {"StringLike": {"ResourceType": ["AWS::Logs::*"]}}})";
  const std::string unlisted =
      R"({"Effect": "Allow", "Principal": "*", "Action": "Update:*", "NotResource": "LogicalResourceId/A"})";
  const std::string without_resource =
      allow_all + R"(, {"Effect": "Deny", "Principal": "*", "Action": "Update:*"})";
  const std::string not_action =
      R"({"Effect": "Allow", "Principal": "*", "NotAction": "Update:Delete", "Resource": "*"})";
  struct Row {
    std::string statements, action, logical_id, type, reason;
  };
  const std::vector<Row> rows{
      {allow_all, "Update:Modify", "A", "T", ""},
      {"", "Update:Modify", "A", "T", "Action not allowed by stack policy"},
      {deny_a, "Update:Modify", "A", "T", ""},
      {deny_a, "Update:Replace", "B", "T", ""},
      {deny_a, "Update:Replace", "A1", "T",
       "Action denied by stack policy: Statement [#1] does not allow [Update:Replace, "
       "Update:Delete] for resource [LogicalResourceId/A*];"},
      {deny_type, "Update:Modify", "A", "AWS::SSM::Parameter", ""},
      {deny_type, "Update:Modify", "A", "AWS::Logs::LogGroup",
       "Action denied by stack policy: Statement [#1] does not allow [Update:*] for resource [*];"},
      {unlisted, "Update:Modify", "B", "T", ""},
      {unlisted, "Update:Modify", "A", "T", "Action not allowed by stack policy"},
      {without_resource, "Update:Modify", "A", "T", ""},
      {not_action, "Update:Replace", "A", "T", ""},
      {not_action, "Update:Delete", "A", "T", "Action not allowed by stack policy"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(
        denied_by(policy_of(row.statements), row.action, row.logical_id, row.type).value_or(""),
        row.reason)
        << row.statements << " " << row.action << " " << row.logical_id;
  }
  EXPECT_EQ(denied_by("", "Update:Delete", "A", "T"), std::nullopt);
}

// localstack's recordings of AWS: one text for all of them.
TEST(StackPolicy, is_refused_when_it_is_none) {
  for (const std::string one :
       {"nothing", "[]", R"({"Statements": []})", R"({"Statement": "x"})",
        R"({"Statement": [{"Effect": "Maybe", "Action": "Update:*", "Principal": "*"}]})",
        R"({"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "me"}]})",
        R"({"Statement": [{"Effect": "Deny", "Action": "Delete:*", "Principal": "*"}]})",
        R"({"Statement": [{"Effect": "Deny", "Action": "Update:*"}]})",
        R"({"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*",
            "Resource": "A"}]})"}) {
    try {
      check_stack_policy(one);
      ADD_FAILURE() << one;
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "Error validating stack policy: Invalid stack policy") << one;
    }
  }
  EXPECT_NO_THROW(check_stack_policy("{}"));
}

class GuardedStacks : public Stacks {
 protected:
  static std::string text(const std::string& value, const std::string& group = "g") {
    return "Resources:\n  A: {Type: AWS::SSM::Parameter, Properties: {Name: a, Type: String, "
           "Value: '" +
           value + "'}}\n" +
           (group.empty()
                ? ""
                : "  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: " + group + "}}\n");
  }
  static std::string deny(const std::string& action, const std::string& logical_id) {
    return policy_of(allow_all + R"(, {"Effect": "Deny", "Principal": "*", "Action": ")" + action +
                     R"(", "Resource": "LogicalResourceId/)" + logical_id + R"("})");
  }
  std::string denial(const std::string& action, const std::string& logical_id) {
    return "Action denied by stack policy: Statement [#1] does not allow [" + action +
           "] for resource [LogicalResourceId/" + logical_id + "];";
  }
  std::string policy() {
    return at(call("GetStackPolicy", {{"StackName", "s"}}), "StackPolicyBody");
  }
};

// The order of events: awscfncli's README.
TEST_F(GuardedStacks, roll_an_update_back_that_their_policy_denies) {
  create(text("1"), {{"StackPolicyBody", deny("Update:Modify", "A")}});
  EXPECT_EQ(policy(), deny("Update:Modify", "A"));
  const auto count = events("s").size();
  EXPECT_EQ(update(text("2")), "UPDATE_ROLLBACK_COMPLETE");
  auto list = events("s");
  list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(count));
  EXPECT_THAT(list, testing::ElementsAre(
                        "s UPDATE_IN_PROGRESS (User Initiated)",
                        "A UPDATE_FAILED (" + denial("Update:Modify", "A") + ")",
                        "s UPDATE_ROLLBACK_IN_PROGRESS (The following resource(s) failed to "
                        "update: [A]. )",
                        "A UPDATE_COMPLETE", "s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
                        "s UPDATE_ROLLBACK_COMPLETE"));
  EXPECT_EQ(cloud_.parameters.at("a"), "1");
}

TEST_F(GuardedStacks, tell_replacing_and_deleting_from_changing) {
  create(text("1"), {{"StackPolicyBody", deny("Update:Replace", "G")}});
  EXPECT_EQ(update(text("1", "h")), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(reason_of("G", "UPDATE_FAILED"), denial("Update:Replace", "G"));
  call("SetStackPolicy", {{"StackName", "s"}, {"StackPolicyBody", deny("Update:Delete", "G")}});
  EXPECT_EQ(update(text("1", "h")), "UPDATE_COMPLETE");
  EXPECT_EQ(update(text("2", "")), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(reason_of("G", "UPDATE_FAILED"), denial("Update:Delete", "G"));
  EXPECT_EQ(cloud_.parameters.at("a"), "1");
  EXPECT_TRUE(cloud_.groups.contains("h"));
  // It speaks of updates alone.
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
}

TEST_F(GuardedStacks, take_another_policy_for_one_update) {
  create(text("1"), {{"StackPolicyBody", deny("Update:*", "A")}});
  call("UpdateStack", {{"StackName", "s"},
                       {"TemplateBody", text("2")},
                       {"StackPolicyDuringUpdateBody", policy_of(allow_all)}});
  EXPECT_EQ(policy(), policy_of(allow_all));
  EXPECT_EQ(settle("s"), "UPDATE_COMPLETE");
  EXPECT_EQ(policy(), deny("Update:*", "A"));
  EXPECT_EQ(update(text("3")), "UPDATE_ROLLBACK_COMPLETE");
}

// gradle-aws-plugin#159: the new one does not hold for the update that brings it.
TEST_F(GuardedStacks, take_the_policy_of_an_update_when_that_has_succeeded) {
  create(text("1"));
  EXPECT_EQ(policy(), "");
  call("UpdateStack", {{"StackName", "s"},
                       {"TemplateBody", text("2")},
                       {"StackPolicyBody", deny("Update:*", "A")}});
  EXPECT_EQ(settle("s"), "UPDATE_COMPLETE");
  EXPECT_EQ(policy(), deny("Update:*", "A"));
  call(
      "UpdateStack",
      {{"StackName", "s"}, {"TemplateBody", text("3")}, {"StackPolicyBody", policy_of(allow_all)}});
  EXPECT_EQ(settle("s"), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(policy(), deny("Update:*", "A"));
  // A policy alone is an update.
  call("UpdateStack", {{"StackName", "s"},
                       {"UsePreviousTemplate", "true"},
                       {"StackPolicyBody", policy_of(allow_all)}});
  EXPECT_EQ(settle("s"), "UPDATE_COMPLETE");
  EXPECT_EQ(policy(), policy_of(allow_all));
}

TEST_F(GuardedStacks, read_policies_from_s3_and_refuse_them_in_awss_words) {
  create(text("1"));
  s3_.objects["bucket/policy.json"] = policy_of(allow_all);
  const std::string url = "https://bucket.s3.amazonaws.com/policy.json";
  call("SetStackPolicy", {{"StackName", "s"}, {"StackPolicyURL", url}});
  EXPECT_EQ(policy(), policy_of(allow_all));
  EXPECT_EQ(refusal("SetStackPolicy",
                    {{"StackName", "s"}, {"StackPolicyURL", url}, {"StackPolicyBody", "{}"}}),
            "ValidationError: You cannot specify both StackPolicyURL and StackPolicyBody");
  EXPECT_EQ(refusal("SetStackPolicy", {{"StackName", "s"}, {"StackPolicyBody", "x"}}),
            "ValidationError: Error validating stack policy: Invalid stack policy");
  EXPECT_THAT(
      refusal("SetStackPolicy", {{"StackName", "s"}, {"StackPolicyBody", std::string(16385, ' ')}}),
      HasSubstr("'stackPolicyBody' failed to satisfy constraint: Member must have length "
                "less than or equal to 16384"));
  EXPECT_EQ(refusal("GetStackPolicy", {{"StackName", "t"}}),
            "ValidationError: Stack [t] does not exist");
  EXPECT_THAT(refusal("CreateStack",
                      {{"StackName", "t"}, {"TemplateBody", text("1")}, {"StackPolicyBody", "[]"}}),
              HasSubstr("Invalid stack policy"));
}

}  // namespace
}  // namespace sim::cloudformation

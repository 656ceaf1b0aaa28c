// What can be asked of stacks beside creating and deleting them: ways out of failed updates,
// exports, tokens, limits.
#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const std::string one_parameter =
    "Resources:\n  A: {Type: AWS::SSM::Parameter, Properties: {Name: a, Type: String, Value: "
    "'1'}}\n";
const std::string two_values = R"(
Resources:
  A: {Type: AWS::SSM::Parameter, Properties: {Name: a, Type: String, Value: "2"}}
  B: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: b}, DependsOn: A}
)";

// Those events of a stack that came after the first `count`.
std::vector<std::string> after(std::vector<std::string> events, std::size_t count) {
  events.erase(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(count));
  return events;
}

// Failed updates ----------------------------------------------------------------------------------

// cloudformation-protocol.md 1.5; embedded-aws.md 4.
json::array triggers(const std::string& type, std::size_t count) {
  json::array list;
  while (list.size() < count) {
    json::object one{{"Arn", "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:a"}};
    if (!type.empty()) one["Type"] = type;
    list.push_back(std::move(one));
  }
  return list;
}

TEST_F(Stacks, an_update_that_fails_says_what_failed_how) {
  create(one_parameter);
  const auto count = events("s").size();
  cloud_.refusals.emplace("CreateLogGroup b", Error("LimitExceededException", "Too many"));
  EXPECT_EQ(update(two_values), "UPDATE_ROLLBACK_COMPLETE");
  const auto list = after(events("s"), count);
  EXPECT_THAT(list, Contains("s UPDATE_ROLLBACK_IN_PROGRESS (The following resource(s) failed to "
                             "create: [B]. )"));
  EXPECT_EQ(list.at(list.size() - 1), "s UPDATE_ROLLBACK_COMPLETE");
  EXPECT_THAT(list, Contains("s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"));
}

TEST_F(Stacks, with_rollback_disabled_an_update_stays_failed_until_it_is_rolled_back) {
  create(one_parameter);
  cloud_.refusals.emplace("CreateLogGroup b", Error("LimitExceededException", "Too many"));
  call("UpdateStack",
       {{"StackName", "s"}, {"TemplateBody", two_values}, {"DisableRollback", "true"}});
  EXPECT_EQ(settle("s"), "UPDATE_FAILED");
  EXPECT_EQ(cloud_.parameters.at("a"), "2");
  call("RollbackStack", {{"StackName", "s"}});
  EXPECT_EQ(settle("s"), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(cloud_.parameters.at("a"), "1");
}

TEST_F(Stacks, with_rollback_disabled_a_second_update_goes_on_from_where_the_first_failed) {
  create(one_parameter);
  cloud_.refusals.emplace("CreateLogGroup b", Error("LimitExceededException", "Too many"));
  call("UpdateStack",
       {{"StackName", "s"}, {"TemplateBody", two_values}, {"DisableRollback", "true"}});
  EXPECT_EQ(settle("s"), "UPDATE_FAILED");
  cloud_.refusals.clear();
  EXPECT_EQ(update(two_values), "UPDATE_COMPLETE");
  EXPECT_THAT(cloud_.groups, ElementsAre("b"));
  EXPECT_EQ(cloud_.parameters.at("a"), "2");
}

TEST_F(Stacks, a_creation_that_was_left_failed_can_be_rolled_back) {
  cloud_.refusals.emplace("CreateLogGroup b", Error("LimitExceededException", "Too many"));
  EXPECT_EQ(create(two_values, {{"OnFailure", "DO_NOTHING"}}), "CREATE_FAILED");
  const auto count = events("s").size();
  call("RollbackStack", {{"StackName", "s"}});
  EXPECT_EQ(settle("s"), "ROLLBACK_COMPLETE");
  EXPECT_EQ(after(events("s"), count).front(), "s ROLLBACK_IN_PROGRESS (User Initiated)");
  EXPECT_FALSE(cloud_.parameters.contains("a"));
  EXPECT_THAT(refusal("RollbackStack", {{"StackName", "s"}}),
              HasSubstr("is in ROLLBACK_COMPLETE state and can not be rolled back"));
}

TEST_F(Stacks, whose_rollback_fails_continue_it_with_what_is_to_be_skipped) {
  create(one_parameter);
  // The way there works, the way back does not.
  cloud_.refusals.emplace("CreateLogGroup b", Error("LimitExceededException", "Too many"));
  call("UpdateStack", {{"StackName", "s"}, {"TemplateBody", two_values}});
  pass(std::chrono::seconds(2));
  cloud_.refusals.emplace("PutParameter a", Error("InternalServerError", "Not now"));
  EXPECT_EQ(settle("s"), "UPDATE_ROLLBACK_FAILED");
  EXPECT_EQ(service_.engine().find("s")->reason,
            "The following resource(s) failed to update: [A]. ");
  EXPECT_THAT(refusal("UpdateStack", {{"StackName", "s"}, {"TemplateBody", two_values}}),
              HasSubstr("is in UPDATE_ROLLBACK_FAILED state and can not be updated."));
  call("ContinueUpdateRollback", {{"StackName", "s"}});
  EXPECT_EQ(settle("s"), "UPDATE_ROLLBACK_FAILED");
  call("ContinueUpdateRollback", {{"StackName", "s"}, {"ResourcesToSkip", json::array{"A"}}});
  EXPECT_EQ(settle("s"), "UPDATE_ROLLBACK_COMPLETE");
}

TEST_F(Stacks, an_update_can_be_cancelled_while_it_goes_on) {
  create(one_parameter);
  EXPECT_EQ(refusal("CancelUpdateStack", {{"StackName", "s"}}),
            "ValidationError: CancelUpdateStack cannot be called from current stack status");
  call("UpdateStack", {{"StackName", "s"}, {"TemplateBody", two_values}});
  pass(std::chrono::milliseconds(500));
  call("CancelUpdateStack", {{"StackName", "s"}});
  EXPECT_EQ(settle("s"), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_THAT(events("s"), Contains("s UPDATE_ROLLBACK_IN_PROGRESS (User Initiated)"));
  EXPECT_THAT(events("s"), Contains("A UPDATE_FAILED (Resource update cancelled)"));
  EXPECT_EQ(cloud_.parameters.at("a"), "1");
}

// Policies ----------------------------------------------------------------------------------------

// cloudformation-protocol.md 0.4: DeletionPolicy is not for what a replacement leaves.
TEST_F(Stacks, update_replace_policy_alone_speaks_for_what_is_replaced) {
  struct Row {
    std::string policies;
    std::vector<std::string> left;
  };
  for (const auto& row : std::vector<Row>{{"DeletionPolicy: Retain, ", {"new"}},
                                          {"UpdateReplacePolicy: Retain, ", {"new", "old"}}}) {
    const auto text = [&](const std::string& name) {
      return "Resources:\n  G: {Type: AWS::Logs::LogGroup, " + row.policies +
             "Properties: {LogGroupName: " + name + "}}\n";
    };
    cloud_.groups.clear();
    create(text("old"));
    EXPECT_EQ(update(text("new")), "UPDATE_COMPLETE");
    EXPECT_THAT(cloud_.groups, testing::ElementsAreArray(row.left)) << row.policies;
    call("DeleteStack", {{"StackName", "s"}});
    settle(id_);
  }
}

TEST_F(Stacks, retain_except_on_create_lets_a_failed_creation_take_everything_back) {
  cloud_.refusals.emplace("PutParameter p", Error("TooManyUpdates", "No"));
  EXPECT_EQ(create(R"(
Resources:
  K: {Type: AWS::Logs::LogGroup, DeletionPolicy: Retain, Properties: {LogGroupName: k}}
  P: {Type: AWS::SSM::Parameter, DependsOn: K, Properties: {Name: p, Type: String, Value: x}}
)",
                   {{"RetainExceptOnCreate", "true"}}),
            "ROLLBACK_COMPLETE");
  EXPECT_THAT(cloud_.groups, IsEmpty());
}

TEST_F(Stacks, what_an_update_cannot_delete_is_let_go_and_the_reason_says_so) {
  create("Resources:\n  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: old}}\n");
  cloud_.refusals.emplace("DeleteLogGroup old", Error("OperationAbortedException", "Not now"));
  EXPECT_EQ(
      update("Resources:\n  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: new}}\n"),
      "UPDATE_COMPLETE");
  EXPECT_EQ(service_.engine().find("s")->reason,
            "Update successful. One or more resources could not be deleted.");
  EXPECT_EQ(std::ranges::count(cloud_.calls, "logs:DeleteLogGroup old"), 3);
}

TEST_F(Stacks, a_forced_deletion_leaves_behind_what_cannot_be_deleted) {
  create("Resources:\n  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: g}}\n");
  cloud_.refusals.emplace("DeleteLogGroup g", Error("OperationAbortedException", "Not now"));
  EXPECT_THAT(refusal("DeleteStack", {{"StackName", "s"}, {"DeletionMode", "FORCE_DELETE_STACK"}}),
              HasSubstr("only when the stack is in the DELETE_FAILED state."));
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_FAILED");
  call("DeleteStack", {{"StackName", "s"}, {"DeletionMode", "FORCE_DELETE_STACK"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
}

TEST_F(Stacks, that_are_protected_cannot_be_deleted_until_they_no_longer_are) {
  create(one_parameter, {{"EnableTerminationProtection", "true"}});
  EXPECT_EQ(refusal("DeleteStack", {{"StackName", "s"}}),
            "ValidationError: Stack [s] cannot be deleted while TerminationProtection is enabled");
  EXPECT_EQ(at(call("UpdateTerminationProtection",
                    {{"StackName", "s"}, {"EnableTerminationProtection", "false"}}),
               "StackId"),
            id_);
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
}

// Exports -----------------------------------------------------------------------------------------

class Exports : public Stacks {
 protected:
  static std::string exporter(const std::string& value) {
    return "Resources:\n  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: g}}\n"
           "Outputs:\n  O: {Value: " +
           value + ", Export: {Name: shared}}\n";
  }
  void import(const std::string& name) {
    call("CreateStack", {{"StackName", name},
                         {"TemplateBody", fmt::format(R"(
Parameters: {{Export: {{Type: String, Default: shared}}}}
Resources:
  P:
    Type: AWS::SSM::Parameter
    Properties: {{Name: {}, Type: String, Value: {{"Fn::ImportValue": !Sub "${{Export}}"}}}}
)",
                                                      name)}});
    EXPECT_EQ(settle(name), "CREATE_COMPLETE");
  }
};

TEST_F(Exports, in_use_can_be_neither_changed_nor_taken_away) {
  create(exporter("one"));
  EXPECT_EQ(refusal("ListImports", {{"ExportName", "shared"}}),
            "ValidationError: Export 'shared' is not imported by any stack.");
  import("first");
  import("second");
  EXPECT_EQ(cloud_.parameters.at("first"), "one");
  EXPECT_EQ(at(call("ListImports", {{"ExportName", "shared"}}), "Imports.1"), "second");

  EXPECT_EQ(update(exporter("two")), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_THAT(events("s"),
              Contains("s UPDATE_ROLLBACK_IN_PROGRESS (Export shared cannot be updated as it is in "
                       "use by first and second)"));
  EXPECT_EQ(update("Resources:\n  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: "
                   "g}}\n"),
            "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_THAT(events("s"),
              Contains("s UPDATE_ROLLBACK_IN_PROGRESS (Export shared cannot be deleted as it is in "
                       "use by first and second)"));
  // rlister/stax#40: the deletion leaves nothing but this.
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(service_.engine().find("s")->reason,
            "Export shared cannot be deleted as it is in use by first and second");
  for (const auto* name : {"first", "second"}) {
    const std::string id = service_.engine().find(name)->id;
    call("DeleteStack", {{"StackName", name}});
    EXPECT_EQ(settle(id), "DELETE_COMPLETE");
  }
  EXPECT_EQ(update(exporter("two")), "UPDATE_COMPLETE");
}

TEST_F(Exports, of_one_name_belong_to_one_stack) {
  create(exporter("one"));
  call("CreateStack", {{"StackName", "t"}, {"TemplateBody", R"(
Resources: {H: {Type: AWS::Logs::LogGroup}}
Outputs: {O: {Value: x, Export: {Name: shared}}}
)"}});
  EXPECT_EQ(settle("t"), "ROLLBACK_COMPLETE");
  EXPECT_THAT(events("t"),
              Contains("t ROLLBACK_IN_PROGRESS (Export with name shared is already exported by "
                       "stack s. Rollback requested by user.)"));
}

// Requests ----------------------------------------------------------------------------------------

TEST_F(Stacks, take_the_same_token_for_the_same_request) {
  create(one_parameter, {{"ClientRequestToken", "t1"}});
  EXPECT_EQ(
      at(call("CreateStack",
              {{"StackName", "s"}, {"TemplateBody", one_parameter}, {"ClientRequestToken", "t1"}}),
         "StackId"),
      id_);
  EXPECT_THAT(
      refusal("UpdateStack",
              {{"StackName", "s"}, {"TemplateBody", two_values}, {"ClientRequestToken", "t1"}}),
      StartsWith("TokenAlreadyExistsException: "));
  const json::object asked{
      {"StackName", "s"}, {"TemplateBody", two_values}, {"ClientRequestToken", "t2"}};
  call("UpdateStack", asked);
  EXPECT_EQ(at(call("UpdateStack", asked), "StackId"), id_);
  settle("s");
  const auto newest = call("DescribeStackEvents", {{"StackName", "s"}});
  EXPECT_EQ(at(newest, "StackEvents.0.ClientRequestToken"), "t2");
}

// embedded-aws.md 4, Errors; cloudformation-limits.
TEST_F(Stacks, requests_that_do_not_fit_are_refused_in_awss_words) {
  json::array tags;
  for (int i = 0; i < 51; ++i) {
    tags.push_back(json::object{{"Key", fmt::format("k{}", i)}, {"Value", "v"}});
  }
  struct Row {
    std::string action;
    json::object input;
    std::string refused;
  };
  create(one_parameter);
  const std::string other = "Resources:\n  G: {Type: AWS::Logs::LogGroup}\n";
  const std::vector<Row> rows{
      {"CreateStack",
       {{"StackName", "s"}, {"TemplateBody", other}},
       "AlreadyExistsException: Stack [s] already exists"},
      {"CreateStack",
       {{"StackName", "1s"}, {"TemplateBody", other}},
       "ValidationError: 1 validation error detected: Value '1s' at 'stackName' failed to satisfy "
       "constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"},
      {"CreateStack",
       {{"StackName", "n"}},
       "ValidationError: Either Template URL or Template Body must be specified."},
      {"CreateStack",
       {{"StackName", "n"}, {"TemplateBody", other}, {"ResourceTypes", json::array{"AWS::EC2::*"}}},
       "ValidationError: Resource type AWS::Logs::LogGroup is not allowed by parameter "
       "ResourceTypes [AWS::EC2::*]"},
      {"CreateStack",
       {{"StackName", "n"},
        {"TemplateBody", other},
        {"OnFailure", "DELETE"},
        {"DisableRollback", "true"}},
       "ValidationError: Specify either DisableRollback or OnFailure, but not both."},
      {"CreateStack",
       {{"StackName", "n"},
        {"TemplateBody", other},
        {"RollbackConfiguration", json::object{{"MonitoringTimeInMinutes", "181"}}}},
       "ValidationError: 1 validation error detected: Value '181' at "
       "'rollbackConfiguration.monitoringTimeInMinutes' failed to satisfy constraint: Member must "
       "have value less than or equal to 180"},
      {"CreateStack",
       {{"StackName", "n"},
        {"TemplateBody", other},
        {"RollbackConfiguration",
         json::object{{"RollbackTriggers", triggers("AWS::EC2::VPC", 1)}}}},
       "ValidationError: Rollback trigger type AWS::EC2::VPC is not supported"},
      {"CreateStack",
       {{"StackName", "n"},
        {"TemplateBody", other},
        {"RollbackConfiguration", json::object{{"RollbackTriggers", triggers("", 1)}}}},
       "ValidationError: 1 validation error detected: Value null at "
       "'rollbackConfiguration.rollbackTriggers.1.member.type' failed to satisfy constraint: "
       "Member "
       "must not be null"},
      {"CreateStack",
       {{"StackName", "n"}, {"TemplateBody", "Transform: AWS::LanguageExtensions\n" + other}},
       "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_AUTO_EXPAND]"},
      {"UpdateStack",
       {{"StackName", "none"}, {"TemplateBody", other}},
       "ValidationError: Stack [none] does not exist"},
      {"UpdateStack",
       {{"StackName", "s"}, {"UsePreviousTemplate", "true"}},
       "ValidationError: No updates are to be performed."},
      {"DescribeStacks",
       {{"StackName", "none"}},
       "ValidationError: Stack with id none does not exist"},
      {"DescribeStackEvents",
       {{"StackName", "none"}},
       "ValidationError: Stack [none] does not exist"},
      {"GetTemplate",
       {{"StackName", "none"}},
       "ValidationError: Stack with id none does not exist"},
      {"DescribeStacks", {{"NextToken", "x"}}, "ValidationError: Invalid NextToken"},
  };
  for (const auto& row : rows) EXPECT_EQ(refusal(row.action, row.input), row.refused);
  EXPECT_THAT(refusal("CreateStack", {{"StackName", "n"}, {"TemplateBody", other}, {"Tags", tags}}),
              HasSubstr("'tags' failed to satisfy constraint: Member must have length less than or "
                        "equal to 50"));
}

TEST_F(Stacks, summaries_of_templates_name_what_a_deployment_must_know) {
  const auto summary = call("GetTemplateSummary", {{"TemplateBody", R"(
Parameters:
  Size: {Type: Number, Default: 1, AllowedValues: [1, 2]}
Resources:
  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  A: {Type: AWS::Logs::LogGroup}
  B: {Type: AWS::Logs::LogGroup}
)"}});
  EXPECT_EQ(at(summary, "Parameters.0.ParameterType"), "Number");
  EXPECT_EQ(at(summary, "Parameters.0.ParameterConstraints.AllowedValues.1"), "2");
  EXPECT_EQ(at(summary, "Capabilities.0"), "CAPABILITY_IAM");
  EXPECT_EQ(json::serialize(summary.at("ResourceTypes")),
            R"(["AWS::IAM::Role","AWS::Logs::LogGroup"])");
}

// Memory ------------------------------------------------------------------------------------------

TEST_F(Stacks, that_were_deleted_long_ago_are_only_names) {
  const Knobs knobs;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < knobs.deleted_in_full + 2; ++i) {
    create(one_parameter);
    ids.push_back(id_);
    call("DeleteStack", {{"StackName", "s"}});
    ASSERT_EQ(settle(id_), "DELETE_COMPLETE");
  }
  const Stack* oldest = service_.engine().find(ids.front());
  ASSERT_NE(oldest, nullptr);
  EXPECT_TRUE(oldest->compacted);
  EXPECT_EQ(oldest->events.size(), 1U);
  EXPECT_EQ(at(call("DescribeStacks", {{"StackName", ids.front()}}), "Stacks.0.StackStatus"),
            "DELETE_COMPLETE");
  EXPECT_GT(service_.engine().find(ids.back())->events.size(), 1U);
}

}  // namespace
}  // namespace sim::cloudformation

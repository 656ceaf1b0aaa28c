// What CloudFormation says when it will not, in its own words.
#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::Contains;

const std::string text = R"(
Parameters: {P: {Type: String, Default: x}}
Conditions: {Never: !Equals [!Ref P, y]}
Metadata: {About: before}
Description: before
Resources:
  A: {Type: AWS::SSM::Parameter, Metadata: {k: v}, Properties: {Name: a, Type: String, Value: "1"}}
)";

class Refusals : public Stacks {
 protected:
  static std::string with(const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  }
};

// embedded-aws.md 4.
TEST_F(Refusals, an_output_of_an_attribute_that_does_not_exist_rolls_the_stack_back) {
  EXPECT_EQ(create(text + "Outputs: {O: {Value: !Join ['', [!GetAtt A.Color, x]]}}\n"),
            "ROLLBACK_COMPLETE");
  EXPECT_THAT(events("s"),
              Contains("s ROLLBACK_IN_PROGRESS ([Error] /Outputs/O/Value/Fn::Join/1/0/Fn::GetAtt: "
                       "Resource type AWS::SSM::Parameter does not support attribute {Color}. "
                       "Rollback requested by user.)"));
}

TEST_F(Refusals, a_deleted_stack_known_by_its_id_is_in_no_state_for_a_change) {
  create(text);
  call("DeleteStack", {{"StackName", "s"}});
  settle(id_);
  struct Row {
    std::string action;
    json::object more;
    std::string refusal;
  };
  const std::string state =
      "ValidationError: Stack:" + id_ + " is in DELETE_COMPLETE state and can ";
  const std::vector<Row> rows{
      {"UpdateStack", {{"UsePreviousTemplate", "true"}}, state + "not be updated."},
      {"CreateChangeSet",
       {{"ChangeSetName", "c"}, {"UsePreviousTemplate", "true"}},
       state + "not be updated."},
      {"ContinueUpdateRollback", {}, state + "not continue rollback."},
      {"RollbackStack", {}, state + "not be rolled back."},
      {"CancelUpdateStack",
       {},
       "ValidationError: CancelUpdateStack cannot be called from current stack status"},
      {"DeleteStack", {}, ""},
  };
  for (const auto& [action, more, expected] : rows) {
    json::object by_id = more, by_name = more;
    by_id["StackName"] = id_;
    EXPECT_EQ(refusal(action, std::move(by_id)), expected) << action;
    by_name["StackName"] = "s";
    EXPECT_EQ(refusal(action, std::move(by_name)),
              action == "DeleteStack" ? "" : "ValidationError: Stack [s] does not exist")
        << action;
  }
}

// User Guide, "Conditions", "Description", "Metadata": none can be updated by itself.
TEST_F(Refusals, some_sections_of_a_template_are_no_update_by_themselves) {
  create(text);
  const std::vector<std::pair<std::string, bool>> rows{
      {with("[!Ref P, y]", "[!Ref P, z]"), false},
      {with("About: before", "About: after"), false},
      {with("Description: before", "Description: after"), false},
      {text + "Outputs: {O: {Value: x}}\n", true},
      {with("{k: v}", "{k: w}"), true},
      {with("Default: x", "Default: w"), true},
  };
  for (const auto& [changed, counts] : rows) {
    json::object input{{"StackName", "s"}, {"TemplateBody", changed}};
    input["ChangeSetName"] = "c";
    call("CreateChangeSet", input);
    pass(std::chrono::minutes(1));
    EXPECT_EQ(at(call("DescribeChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}}), "Status"),
              counts ? "CREATE_COMPLETE" : "FAILED")
        << changed;
    call("DeleteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
    input.erase("ChangeSetName");
    EXPECT_EQ(refusal("UpdateStack", std::move(input)),
              counts ? "" : "ValidationError: No updates are to be performed.")
        << changed;
    settle("s");
    if (counts) update(text);
  }
}

}  // namespace
}  // namespace sim::cloudformation

// Macros, seen from the function's side and from the stack's.
#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string with_macro = R"(
Transform: {Name: Count, Parameters: {Size: !Ref Size, Fixed: 3}}
Parameters: {Size: {Type: Number, Default: 2}, Names: {Type: CommaDelimitedList, Default: "a,b"}}
Resources:
  P: {Type: AWS::SSM::Parameter, Properties: {Name: !Ref Size, Type: String, Value: x}}
)";

class Macros : public Stacks {
 protected:
  Macros() {
    call("CreateStack", {{"StackName", "macros"}, {"TemplateBody", R"(
Resources:
  M:
    Type: AWS::CloudFormation::Macro
    Properties:
      Name: Count
      FunctionName: arn:aws:lambda:ap-northeast-1:123456789012:function:count
)"}});
    settle("macros");
  }

  // Answers with `members` beside the request's id; `fragment` as it came where there is none.
  void answer(json::object members) {
    cloud_.macro = [members = std::move(members)](const json::object& event) {
      json::object answer = members;
      if (!answer.contains("requestId")) answer["requestId"] = event.at("requestId");
      if (!answer.contains("fragment")) answer["fragment"] = event.at("fragment");
      return json::object{{"StatusCode", 200}, {"Payload", json::serialize(answer)}};
    };
  }
  std::string create_expanding(const std::string& text) {
    return create(text, {{"Capabilities", json::array{"CAPABILITY_AUTO_EXPAND"}}});
  }
  std::string stack_reason(const std::string& status) { return reason_of("s", status); }
  std::string processed() {
    return json::serialize(
        call("GetTemplate", {{"StackName", "s"}, {"TemplateStage", "Processed"}}));
  }
  // What the stack's creation ends with when the macro answers so.
  std::string failure(const std::string& text = with_macro) {
    EXPECT_EQ(create_expanding(text), "ROLLBACK_COMPLETE");
    const std::string found = stack_reason("ROLLBACK_IN_PROGRESS");
    call("DeleteStack", {{"StackName", "s"}});
    settle(id_);
    return found;
  }
};

// embedded-aws.md 4: the event's keys, as recorded.
TEST_F(Macros, are_called_with_the_template_without_its_transform_section) {
  answer({{"status", "success"}});
  EXPECT_EQ(create_expanding(with_macro), "CREATE_COMPLETE");
  ASSERT_EQ(cloud_.macro_events.size(), 1U);
  json::object event = cloud_.macro_events.front();
  EXPECT_THAT(at(event, "requestId"), testing::MatchesRegex("[-0-9a-f]{36}"));
  event.erase("requestId");
  const auto expected = json::parse(R"({
    "accountId": "123456789012", "transformId": "123456789012::Count", "region": "ap-northeast-1",
    "params": {"Size": "2", "Fixed": 3},
    "templateParameterValues": {"Size": "2", "Names": ["a", "b"]},
    "fragment": {
      "Parameters": {"Size": {"Type": "Number", "Default": 2},
                     "Names": {"Type": "CommaDelimitedList", "Default": "a,b"}},
      "Resources": {"P": {"Type": "AWS::SSM::Parameter",
                          "Properties": {"Name": {"Ref": "Size"}, "Type": "String",
                                         "Value": "x"}}}}})");
  EXPECT_EQ(json::value(event), expected);
}

TEST_F(Macros, make_the_template_that_is_deployed_and_kept) {
  answer({{"status", "SUCCESS"}, {"fragment", json::parse(R"({"Resources": {
    "Q": {"Type": "AWS::SSM::Parameter",
          "Properties": {"Name": "made", "Type": "String", "Value": "y"}}}})")}});
  EXPECT_EQ(create_expanding(with_macro), "CREATE_COMPLETE");
  EXPECT_TRUE(cloud_.parameters.contains("made"));
  EXPECT_THAT(processed(), HasSubstr("made"));
  EXPECT_THAT(
      json::serialize(call("GetTemplate", {{"StackName", "s"}, {"TemplateStage", "Original"}})),
      HasSubstr("Transform: {Name: Count"));
}

TEST_F(Macros, need_the_capability_to_expand) {
  EXPECT_EQ(refusal("CreateStack", {{"StackName", "s"}, {"TemplateBody", with_macro}}),
            "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_AUTO_EXPAND]");
}

TEST_F(Macros, that_fail_roll_the_stack_back_with_their_message) {
  struct Case {
    json::object answer;
    std::string reason;
  };
  const std::string rollback = ". Rollback requested by user.";
  const std::vector<Case> cases{
      {{{"status", "failed"}, {"errorMessage", "no such size"}},
       "Transform 123456789012::Count failed with: no such size" + rollback},
      {{{"status", "failed"}},
       "Transform 123456789012::Count failed without an error message." + rollback},
      {{{"status", "success"}, {"requestId", "other"}},
       "Received malformed response from transform 123456789012::Count" + rollback},
      {{{"fragment", json::object()}},
       "Received malformed response from transform 123456789012::Count" + rollback},
      {{{"status", "success"}, {"fragment", "text"}},
       "Template format error: unsupported structure." + rollback},
      {{{"status", "success"}, {"fragment", json::object()}},
       "Template format error: At least one Resources member must be defined." + rollback},
      {{{"status", "success"}, {"fragment", json::object{{"Transform", "Count"}}}},
       "Transform 123456789012::Count failed with: a macro may not call macros in its result" +
           rollback},
  };
  for (const auto& [members, reason] : cases) {
    answer(members);
    EXPECT_EQ(failure(), reason);
  }
}

TEST_F(Macros, whose_function_fails_or_may_not_be_called_fail_too) {
  cloud_.macro = [](const json::object&) {
    return json::object{{"FunctionError", "Unhandled"}, {"Payload", "{}"}};
  };
  EXPECT_THAT(failure(), HasSubstr("Received malformed response from transform 123456789012::"));
  cloud_.macro = [](const json::object&) -> json::object {
    throw Error("AccessDeniedException", "no", 403);
  };
  EXPECT_EQ(failure(),
            "Failed to execute transform 123456789012::Count. Rollback requested by user.");
}

TEST_F(Macros, that_nobody_has_declared_are_named) {
  EXPECT_EQ(failure("Transform: Other\nResources: {H: {Type: "
                    "AWS::CloudFormation::WaitConditionHandle}}\n"),
            "No transform named 123456789012::Other found. Rollback requested by user.");
  for (const auto* rest : {"Resources: {F: {Type: AWS::Serverless::Function}}\n",
                           "Globals: {}\nResources: {H: {Type: "
                           "AWS::CloudFormation::WaitConditionHandle}}\n"}) {
    EXPECT_THAT(failure(std::string("Transform: AWS::Serverless-2016-10-31\n") + rest),
                HasSubstr("AWS::Serverless-2016-10-31 is not supported by the embedded AWS"));
  }
}

TEST_F(Macros, of_SAM_have_nothing_to_do_where_nothing_is_serverless) {
  create(
      "Transform: AWS::Serverless-2016-10-31\nResources: {H: {Type: "
      "AWS::CloudFormation::WaitConditionHandle}}\n",
      {{"Capabilities", json::array{"CAPABILITY_AUTO_EXPAND"}}});
  EXPECT_EQ(settle("s"), "CREATE_COMPLETE");
}

TEST_F(Macros, in_snippets_come_first_the_deepest_before_the_others) {
  cloud_.macro = [](const json::object& event) {
    json::value fragment = event.at("fragment");
    if (fragment.is_object() && fragment.as_object().contains("Type")) {
      fragment.as_object()["Value"] = "from the middle";
    }
    return json::object{
        {"Payload", json::serialize(json::object{{"status", "success"},
                                                 {"requestId", event.at("requestId")},
                                                 {"fragment", std::move(fragment)}})}};
  };
  EXPECT_EQ(create_expanding(R"(
Transform: Count
Resources:
  P:
    Type: AWS::SSM::Parameter
    Properties:
      Type: String
      Name: {"Fn::Sub": ["${a}", {a: {"Fn::Transform": {Name: Count, Parameters: {A: !Ref B}}}}]}
      "Fn::Transform": {Name: Count}
)"),
            "ROLLBACK_COMPLETE");  // the innermost gives an object where a name must stand
  ASSERT_EQ(cloud_.macro_events.size(), 3U);
  std::vector<std::string> fragments;
  for (const auto& event : cloud_.macro_events) {
    fragments.push_back(json::serialize(event.at("fragment")).substr(0, 14));
  }
  EXPECT_THAT(fragments, ElementsAre("{}", R"({"Type":"Strin)", R"({"Resources":{)"));
  // A snippet's parameters arrive as they are written.
  EXPECT_EQ(json::serialize(cloud_.macro_events[0].at("params")), R"({"A":{"Ref":"B"}})");
}

TEST_F(Macros, include_takes_members_from_s3) {
  s3_.objects["shared/part.yaml"] = "Value: included\nType: String\n";
  EXPECT_EQ(create_expanding(R"(
Resources:
  P:
    Type: AWS::SSM::Parameter
    Properties:
      Name: p
      "Fn::Transform": {Name: AWS::Include, Parameters: {Location: s3://shared/part.yaml}}
)"),
            "CREATE_COMPLETE");
  EXPECT_EQ(cloud_.parameters["p"], "included");
}

TEST_F(Macros, include_of_what_is_not_there_fails) {
  const std::string head = R"(
Resources:
  P:
    Type: AWS::SSM::Parameter
    Properties:
      "Fn::Transform": {Name: AWS::Include, Parameters: {Location: ")";
  EXPECT_THAT(failure(head + "s3://shared/none.yaml\"}}\n"),
              HasSubstr("Transform AWS::Include failed with: The specified S3 object does not "
                        "exist. Location: s3://shared/none.yaml"));
  EXPECT_THAT(failure(head + "https://shared/none.yaml\"}}\n"),
              HasSubstr("The location parameter is not a valid S3 uri."));
}

TEST_F(Macros, work_together_with_language_extensions_in_the_order_of_the_list) {
  answer({{"status", "success"}});
  EXPECT_EQ(create_expanding(R"(
Transform: [Count, AWS::LanguageExtensions]
Resources:
  "Fn::ForEach::Each":
    - Name
    - [One, Two]
    - "P${Name}": {Type: AWS::SSM::Parameter, Properties: {Name: !Ref Name, Type: String, Value: x}}
)"),
            "CREATE_COMPLETE");
  // The macro has seen the loop as it is written.
  EXPECT_TRUE(cloud_.macro_events[0]
                  .at("fragment")
                  .at("Resources")
                  .as_object()
                  .contains("Fn::ForEach::Each"));
  EXPECT_TRUE(cloud_.parameters.contains("Two"));
}

TEST_F(Macros, of_the_transform_section_take_plain_parameters_only) {
  answer({{"status", "success"}});
  EXPECT_EQ(failure(R"(
Transform: {Name: Count, Parameters: {A: !ImportValue x}}
Resources: {H: {Type: AWS::CloudFormation::WaitConditionHandle}}
)"),
            "The value of parameter A under transform Count must resolve to a string, number, "
            "boolean or a list of any of these.. Rollback requested by user.");
}

// cloudformation-protocol.md 5: the flag has no effect on change sets.
TEST_F(Macros, of_a_change_set_need_no_capability) {
  answer({{"status", "success"}});
  call("CreateChangeSet", {{"StackName", "s"},
                           {"ChangeSetName", "c"},
                           {"ChangeSetType", "CREATE"},
                           {"TemplateBody", with_macro}});
  pass(std::chrono::minutes(1));
  EXPECT_EQ(at(call("DescribeChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}}), "Status"),
            "CREATE_COMPLETE");
  call("ExecuteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
  EXPECT_EQ(settle("s"), "CREATE_COMPLETE");
}

TEST_F(Macros, that_make_too_much_fail) {
  answer({{"status", "success"},
          {"fragment", json::object{{"Description", std::string(1024 * 1024, 'x')}}}});
  EXPECT_THAT(failure(), HasSubstr("Transformation data limit exceeded"));
}

class MoreMacros : public Macros {
 protected:
  // Another stack with one macro: its status.
  std::string declare(const std::string& name, const std::string& properties) {
    call("CreateStack", {{"StackName", "more"}, {"TemplateBody", R"(
Resources:
  M:
    Type: AWS::CloudFormation::Macro
    Properties: {Name: )" + name + ", " + properties + "}\n"}});
    id_ = service_.engine().find("more")->id;
    return settle("more");
  }
  static std::string with(const std::string& name) {
    std::string text = with_macro;
    text.replace(text.find("Count"), 5, name);
    return text;
  }
};

TEST_F(MoreMacros, have_names_of_their_own) {
  EXPECT_EQ(declare("Count", "FunctionName: f"), "ROLLBACK_COMPLETE");
  EXPECT_THAT(reason_of("M", "CREATE_FAILED"),
              HasSubstr("Resource of type 'AWS::CloudFormation::Macro' with identifier 'Count' "
                        "already exists."));
}

// cloudformation-protocol.md 5: coverage-roadmap#2023.
TEST_F(MoreMacros, of_another_region_are_not_executed) {
  declare("Far", "FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:count'");
  EXPECT_EQ(failure(with("Far")),
            "Failed to execute transform 123456789012::Far. Rollback requested by user.");
  EXPECT_TRUE(cloud_.macro_events.empty());
}

TEST_F(MoreMacros, log_their_failures_by_the_role_that_they_name) {
  declare("Sad",
          "FunctionName: f, LogGroupName: /macros, LogRoleARN: 'arn:aws:iam::123456789012:role/l'");
  answer({{"status", "failed"}, {"errorMessage", "no such thing"}});
  failure(with("Sad"));
  EXPECT_THAT(cloud_.log_lines,
              ElementsAre("arn:aws:sts::123456789012:assumed-role/l/AWSCloudFormation /macros "
                          "Transform 123456789012::Sad failed with: no such thing"));
  failure();
  EXPECT_EQ(cloud_.log_lines.size(), 1U);  // Count has no log
}

}  // namespace
}  // namespace sim::cloudformation

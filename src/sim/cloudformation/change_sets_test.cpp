// Change sets, from CreateChangeSet to the stack they make.
#include "sim/cloudformation/fake_cloud_test.hpp"
#include "sim/cloudformation/location.hpp"

namespace sim::cloudformation {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view base_text = R"(
Parameters:
  Value: {Type: String, Default: "1"}
  Group: {Type: String, Default: g}
Resources:
  A: {Type: AWS::SSM::Parameter, Properties: {Name: a, Type: String, Value: !Ref Value}}
  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Ref Group}}
  H: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "${G}-h"}}
)";

class ChangeSetsOfStacks : public Stacks {
 protected:
  // Until it is no longer being worked out; its description then.
  json::object change_set(json::object input) {
    input.emplace("StackName", "s");
    input.emplace("ChangeSetName", "c");
    call("CreateChangeSet", std::move(input));
    pass(std::chrono::seconds(10));
    return described();
  }
  json::object described() {
    return call("DescribeChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
  }
  // "Modify G True Always Static ParameterReference Group"
  static std::vector<std::string> lines(const json::object& description) {
    std::vector<std::string> result;
    for (const auto& change : description.at("Changes").as_array()) {
      const auto& one = change.at("ResourceChange");
      std::string line = at(one, "Action") + " " + at(one, "LogicalResourceId");
      if (!at(one, "Replacement").empty()) line += " " + at(one, "Replacement");
      for (const auto& detail : one.at("Details").as_array()) {
        line += " | " + at(detail, "Target.Attribute") + "." + at(detail, "Target.Name") + " " +
                at(detail, "Target.RequiresRecreation") + " " + at(detail, "Evaluation") + " " +
                at(detail, "ChangeSource") + " " + at(detail, "CausingEntity");
      }
      result.push_back(std::move(line));
    }
    return result;
  }
};

TEST_F(ChangeSetsOfStacks, that_create_keep_a_stack_in_review_until_they_are_executed) {
  const auto description = change_set({{"TemplateBody", base_text}, {"ChangeSetType", "CREATE"}});
  EXPECT_EQ(at(description, "Status"), "CREATE_COMPLETE");
  EXPECT_EQ(at(description, "ExecutionStatus"), "AVAILABLE");
  EXPECT_THAT(lines(description), ElementsAre("Add A", "Add G", "Add H"));
  EXPECT_THAT(events("s"), ElementsAre("s REVIEW_IN_PROGRESS (User Initiated)"));
  EXPECT_EQ(refusal("CreateStack", {{"StackName", "s"}, {"TemplateBody", base_text}}),
            "AlreadyExistsException: Stack [s] already exists");
  EXPECT_TRUE(cloud_.groups.empty());

  call("ExecuteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
  EXPECT_EQ(settle("s"), "CREATE_COMPLETE");
  EXPECT_THAT(cloud_.groups, ElementsAre("g", "g-h"));
  EXPECT_EQ(events("s").at(1), "s CREATE_IN_PROGRESS (User Initiated)");
  pass(std::chrono::seconds(1));
  EXPECT_EQ(at(described(), "ExecutionStatus"), "EXECUTE_COMPLETE");
  EXPECT_EQ(at(described(), "Status"), "CREATE_COMPLETE");
  EXPECT_EQ(at(call("DescribeStacks", {{"StackName", "s"}}), "Stacks.0.ChangeSetId"),
            at(description, "ChangeSetId"));
}

TEST_F(ChangeSetsOfStacks, a_stack_in_review_can_be_deleted) {
  change_set({{"TemplateBody", base_text}, {"ChangeSetType", "CREATE"}});
  const std::string id = service_.engine().find("s")->id;
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id), "DELETE_COMPLETE");
  EXPECT_EQ(refusal("ListChangeSets", {{"StackName", "s"}}),
            "ValidationError: Stack [s] does not exist");
}

// One row a cause: API_ResourceTargetDefinition, API_ResourceChangeDetail.
TEST_F(ChangeSetsOfStacks, tell_what_would_change_and_why) {
  struct Row {
    std::string text;
    json::object parameters;
    std::vector<std::string> expected;
  };
  const std::string text(base_text);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  };
  const std::vector<Row> rows{
      {text,
       {{"ParameterKey", "Value"}, {"ParameterValue", "2"}},
       {"Modify A False | Properties.Value Never Static ParameterReference Value"}},
      {text,
       {{"ParameterKey", "Group"}, {"ParameterValue", "g2"}},
       {"Modify G True | Properties.LogGroupName Always Static ParameterReference Group",
        "Modify H True | Properties.LogGroupName Always Static ResourceReference G"}},
      {with("Value: !Ref Value}", "Value: direct}"),
       {{"ParameterKey", "Value"}, {"ParameterValue", "1"}},
       {"Modify A False | Properties.Value Never Static DirectModification "}},
      {with("  H: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub \"${G}-h\"}}\n",
            "  N: {Type: AWS::Logs::LogGroup}\n"),
       {{"ParameterKey", "Value"}, {"ParameterValue", "1"}},
       {"Add N", "Remove H"}},
      {with("Properties: {LogGroupName: !Ref Group}}",
            "DeletionPolicy: Retain, Properties: {LogGroupName: !Ref Group}}"),
       {{"ParameterKey", "Value"}, {"ParameterValue", "1"}},
       {"Modify G False | DeletionPolicy. Never Static DirectModification "}},
  };
  create(text);
  for (const auto& row : rows) {
    const auto description =
        change_set({{"TemplateBody", row.text}, {"Parameters", json::array{row.parameters}}});
    EXPECT_THAT(lines(description), testing::ElementsAreArray(row.expected));
    call("DeleteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
  }
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
TEST_F(ChangeSetsOfStacks, tell_the_properties_to_those_who_ask) {
  const std::string text = R"(
Parameters: {Group: {Type: String, Default: g}, Secret: {Type: String, Default: s, NoEcho: true}}
Resources:
  A: {Type: AWS::SSM::Parameter, Properties: {Name: a, Type: String, Value: !Ref Secret}}
  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Ref Group}}
  H: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "${G}-h"}}
)";
  create(text);
  change_set({{"TemplateBody", text + "  I: {Type: AWS::Logs::LogGroup}\n"},
              {"Parameters",
               json::array{json::object{{"ParameterKey", "Group"}, {"ParameterValue", "new"}},
                           json::object{{"ParameterKey", "Secret"}, {"ParameterValue", "t"}}}}});
  EXPECT_EQ(at(described(), "Changes.0.ResourceChange.AfterContext"), "");
  const auto told =
      call("DescribeChangeSet",
           {{"StackName", "s"}, {"ChangeSetName", "c"}, {"IncludePropertyValues", "true"}});
  const auto context = [&](int number, const std::string& which) {
    return at(told, fmt::format("Changes.{}.ResourceChange.{}Context", number, which));
  };
  EXPECT_EQ(context(0, "After"), R"({"Properties":{"Name":"a","Type":"String","Value":"****"}})");
  EXPECT_EQ(context(1, "Before"), R"({"Properties":{"LogGroupName":"g"}})");
  EXPECT_EQ(context(1, "After"), R"({"Properties":{"LogGroupName":"new"}})");
  EXPECT_EQ(context(2, "Before"), R"({"Properties":{"LogGroupName":"g-h"}})");
  EXPECT_EQ(context(2, "After"),
            R"({"Properties":{"LogGroupName":"{{changeSet:KNOWN_AFTER_APPLY}}"}})");
  EXPECT_EQ(context(3, "Before"), "");
  EXPECT_EQ(context(3, "After"), R"({"Properties":{}})");
}

TEST_F(ChangeSetsOfStacks, without_a_change_fail_in_the_words_that_deploy_looks_for) {
  create(std::string(base_text));
  const auto description = change_set({{"UsePreviousTemplate", "true"}});
  EXPECT_EQ(at(description, "Status"), "FAILED");
  EXPECT_EQ(at(description, "ExecutionStatus"), "UNAVAILABLE");
  EXPECT_EQ(at(description, "StatusReason"),
            "The submitted information didn't contain changes. Submit different information to "
            "create a change set.");
  EXPECT_THAT(refusal("ExecuteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}}),
              testing::MatchesRegex("InvalidChangeSetStatus: ChangeSet \\[arn:.*changeSet/c/.*\\] "
                                    "cannot be executed in its current status of \\[FAILED\\]"));
}

TEST_F(ChangeSetsOfStacks, update_a_stack_and_take_the_others_with_them) {
  create(std::string(base_text));
  call("CreateChangeSet", {{"StackName", "s"},
                           {"ChangeSetName", "other"},
                           {"UsePreviousTemplate", "true"},
                           {"Parameters", json::array{json::object{{"ParameterKey", "Value"},
                                                                   {"ParameterValue", "3"}}}}});
  change_set(
      {{"UsePreviousTemplate", "true"},
       {"Parameters",
        json::array{json::object{{"ParameterKey", "Value"}, {"ParameterValue", "2"}},
                    json::object{{"ParameterKey", "Group"}, {"UsePreviousValue", "true"}}}}});
  EXPECT_EQ(call("ListChangeSets", {{"StackName", "s"}}).at("Summaries").as_array().size(), 2U);
  call("ExecuteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
  EXPECT_EQ(settle("s"), "UPDATE_COMPLETE");
  EXPECT_EQ(cloud_.parameters.at("a"), "2");
  EXPECT_TRUE(call("ListChangeSets", {{"StackName", "s"}}).at("Summaries").as_array().empty());
}

TEST_F(ChangeSetsOfStacks, are_obsolete_after_an_update_that_came_another_way) {
  create(std::string(base_text));
  change_set({{"TemplateBody", "Resources:\n  X: {Type: AWS::Logs::LogGroup}\n"}});
  update("Resources:\n  Y: {Type: AWS::Logs::LogGroup}\n");
  EXPECT_THAT(refusal("ExecuteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}}),
              HasSubstr("cannot be executed in its current execution status of [OBSOLETE]"));
}

// embedded-aws.md 4, Errors.
// As AWS CDK asks for each of its stacks.
TEST_F(ChangeSetsOfStacks, take_what_aws_cdk_asks_for) {
  const json::object standard{{"Mode", "STANDARD"}};
  const auto description = change_set({{"TemplateBody", base_text},
                                       {"ChangeSetType", "CREATE"},
                                       {"IncludeNestedStacks", "true"},
                                       {"ImportExistingResources", "true"},
                                       {"DeploymentConfig", standard}});
  EXPECT_EQ(at(description, "Status"), "CREATE_COMPLETE");
  EXPECT_TRUE(description.at("ImportExistingResources").as_bool());
  EXPECT_TRUE(description.at("IncludeNestedStacks").as_bool());
  json::object input{{"StackName", "t"},
                     {"ChangeSetName", "c"},
                     {"ChangeSetType", "CREATE"},
                     {"TemplateBody", base_text}};
  input["DeploymentConfig"] = json::object{{"Mode", "EXPRESS"}};
  EXPECT_THAT(refusal("CreateChangeSet", input), HasSubstr("DeploymentConfig"));
}

TEST_F(ChangeSetsOfStacks, are_refused_in_awss_words) {
  EXPECT_EQ(refusal("CreateChangeSet",
                    {{"StackName", "s"}, {"ChangeSetName", "c"}, {"TemplateBody", base_text}}),
            "ValidationError: Stack [s] does not exist");
  create(std::string(base_text));
  EXPECT_EQ(refusal("DescribeChangeSet", {{"StackName", "s"}, {"ChangeSetName", "no"}}),
            "ChangeSetNotFound: ChangeSet [no] does not exist");
  EXPECT_EQ(refusal("ExecuteChangeSet", {{"ChangeSetName", "no"}}),
            "ValidationError: StackName must be specified if ChangeSetName is not specified as an "
            "ARN.");
  EXPECT_THAT(refusal("CreateChangeSet", {{"StackName", "s"},
                                          {"ChangeSetName", "c"},
                                          {"TemplateBody", base_text},
                                          {"ChangeSetType", "CREATE"}}),
              HasSubstr("already exists and cannot be created again with the changeSet [c]"));
  EXPECT_THAT(refusal("CreateChangeSet", {{"StackName", "s"},
                                          {"ChangeSetName", "c"},
                                          {"TemplateBody", base_text},
                                          {"ChangeSetType", "IMPORT"}}),
              StartsWith("ValidationError: Must Provide at least one resource to import"));
  EXPECT_THAT(refusal("CreateChangeSet", {{"StackName", "s"},
                                          {"ChangeSetName", "c"},
                                          {"TemplateBody", base_text},
                                          {"OnStackFailure", "DELETE"}}),
              HasSubstr("only valid when ChangeSetType is CREATE"));
  EXPECT_THAT(refusal("CreateChangeSet",
                      {{"StackName", "s"}, {"ChangeSetName", "1c"}, {"TemplateBody", base_text}}),
              HasSubstr("at 'changeSetName' failed to satisfy constraint"));
  change_set({{"TemplateBody", "Resources:\n  X: {Type: AWS::Logs::LogGroup}\n"}});
  EXPECT_EQ(refusal("CreateChangeSet",
                    {{"StackName", "s"}, {"ChangeSetName", "c"}, {"TemplateBody", base_text}}),
            "AlreadyExistsException: ChangeSet c cannot be created due to a mismatch with existing "
            "attribute Template");
  EXPECT_EQ(refusal("DeleteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "no"}}), "");
}

// Locations ---------------------------------------------------------------------------------------

TEST(TemplateUrls, lead_to_a_bucket_and_a_key_in_every_form_that_s3_has) {
  struct Row {
    std::string url, bucket, key, version;
  };
  for (const auto& row : std::vector<Row>{
           {"https://b.s3.amazonaws.com/f/t.yaml", "b", "f/t.yaml", ""},
           {"https://b.s3.ap-northeast-1.amazonaws.com/f/t.yaml", "b", "f/t.yaml", ""},
           {"https://b.s3-ap-northeast-1.amazonaws.com/t.yaml", "b", "t.yaml", ""},
           {"https://b.s3.dualstack.ap-northeast-1.amazonaws.com/t.yaml", "b", "t.yaml", ""},
           {"https://s3.amazonaws.com/b/f/t.yaml", "b", "f/t.yaml", ""},
           {"https://s3-ap-northeast-1.amazonaws.com/b/t.yaml", "b", "t.yaml", ""},
           {"https://s3.ap-northeast-1.amazonaws.com/b/t.yaml", "b", "t.yaml", ""},
           {"https://my.s3.bucket.s3.amazonaws.com/t.yaml", "my.s3.bucket", "t.yaml", ""},
           {"http://127.0.0.1:4566/b/a%20b.yaml", "b", "a b.yaml", ""},
           {"https://s3.amazonaws.com/b/t.yaml?versionId=v1", "b", "t.yaml", "v1"}}) {
    const auto location = location_of(row.url);
    EXPECT_EQ(location.bucket, row.bucket) << row.url;
    EXPECT_EQ(location.key, row.key) << row.url;
    EXPECT_EQ(location.version, row.version) << row.url;
  }
}

TEST(TemplateUrls, that_are_no_object_of_s3_are_refused_in_awss_words) {
  const auto refusal = [](const std::string& url) -> std::string {
    try {
      location_of(url);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_EQ(refusal("nonsense"), "TemplateURL must be a supported URL.");
  EXPECT_EQ(refusal("https://s3.amazonaws.com/bucket"), "TemplateURL must be a supported URL.");
  EXPECT_EQ(refusal("https://s3.amazonaws.com/bucket/"), "TemplateURL must be a supported URL.");
  EXPECT_EQ(refusal("https://b.s3.amazonaws.com/"), "TemplateURL must be a supported URL.");
  for (const std::string host : {"example.com", "b.s3-website.ap-northeast-1.amazonaws.com",
                                 "sqs.ap-northeast-1.amazonaws.com"}) {
    EXPECT_EQ(refusal("https://" + host + "/b/t.yaml"),
              "S3 error: Domain name specified in " + host + " is not a valid S3 domain");
  }
}

}  // namespace
}  // namespace sim::cloudformation

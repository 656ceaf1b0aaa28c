// Change sets of trees of stacks.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html
#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Trees : public Stacks {
 protected:
  static std::string parameter(const std::string& name, const std::string& value) {
    return "  P: {Type: AWS::SSM::Parameter, Properties: {Name: " + name +
           ", Type: String, Value: " + value + "}}\n";
  }
  static std::string nested(const std::string& id, const std::string& file,
                            const std::string& more = "") {
    return "  " + id + ":\n    Type: AWS::CloudFormation::Stack\n    Properties:\n" +
           "      TemplateURL: 'https://bucket.s3.amazonaws.com/" + file + "'\n" + more;
  }
  void put(const std::string& file, const std::string& resources) {
    s3_.objects["bucket/" + file] = "Resources:\n" + resources;
  }
  json::object change_set(const std::string& resources, const std::string& type,
                          json::object more = {}) {
    more["StackName"] = "s";
    more["ChangeSetName"] = "c";
    more["ChangeSetType"] = type;
    more["IncludeNestedStacks"] = "true";
    more["TemplateBody"] = "Resources:\n" + resources;
    call("CreateChangeSet", std::move(more));
    pass(std::chrono::seconds(40));
    id_ = service_.engine().find("s")->id;
    return described("c");
  }
  json::object described(const std::string& id) {
    json::object input{{"ChangeSetName", id}};
    if (!id.starts_with("arn:")) input["StackName"] = "s";
    return call("DescribeChangeSet", std::move(input));
  }
  std::string execute() {
    call("ExecuteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
    return settle(id_);
  }
  static std::string of(const json::object& seen, const std::string& path) {
    return at(json::value(seen), path);
  }
  std::string status(const std::string& id) { return service_.engine().find(id)->status; }
};

TEST_F(Trees, show_what_would_be_added_in_every_stack_and_make_it_from_the_root) {
  put("leaf.yaml", parameter("leaf", "x"));
  put("child.yaml", parameter("child", "x") + nested("Leaf", "leaf.yaml"));
  const auto root = change_set(nested("Child", "child.yaml"), "CREATE");
  ASSERT_EQ(of(root, "Status"), "CREATE_COMPLETE") << of(root, "StatusReason");
  EXPECT_EQ(of(root, "ExecutionStatus"), "AVAILABLE");
  EXPECT_FALSE(root.contains("ParentChangeSetId"));
  const auto child = described(of(root, "Changes.0.ResourceChange.ChangeSetId"));
  EXPECT_EQ(of(child, "Status"), "CREATE_COMPLETE");
  EXPECT_EQ(of(child, "StatusReason"), "Executable from root change set");
  EXPECT_EQ(of(child, "ExecutionStatus"), "UNAVAILABLE");
  EXPECT_EQ(of(child, "ParentChangeSetId"), of(root, "ChangeSetId"));
  EXPECT_EQ(of(child, "StackId"), of(root, "Changes.0.ResourceChange.PhysicalResourceId"));
  EXPECT_THAT(of(child, "StackName"), StartsWith("s-Child-"));
  EXPECT_THAT(of(child, "ChangeSetName"), StartsWith("c-Child-"));
  EXPECT_EQ(status(of(child, "StackId")), "REVIEW_IN_PROGRESS");
  const auto leaf = described(of(child, "Changes.1.ResourceChange.ChangeSetId"));
  EXPECT_EQ(of(leaf, "ParentChangeSetId"), of(child, "ChangeSetId"));
  EXPECT_EQ(of(leaf, "RootChangeSetId"), of(root, "ChangeSetId"));
  EXPECT_EQ(of(leaf, "Changes.0.ResourceChange.Action"), "Add");

  // What is at the URL by then is another matter.
  put("leaf.yaml", parameter("other", "x"));
  EXPECT_EQ(execute(), "CREATE_COMPLETE");
  EXPECT_TRUE(cloud_.parameters.contains("leaf"));
  EXPECT_EQ(status(of(leaf, "StackId")), "CREATE_COMPLETE");
  EXPECT_EQ(service_.engine().find("s")->resources.at("Child").physical_id, of(child, "StackId"));
  EXPECT_EQ(of(described(of(leaf, "ChangeSetId")), "ExecutionStatus"), "EXECUTE_COMPLETE");
}

TEST_F(Trees, look_into_nested_stacks_and_leave_out_those_that_stay_as_they_are) {
  put("same.yaml", parameter("same", "x"));
  put("changed.yaml", parameter("changed", "x"));
  const std::string both = nested("Same", "same.yaml") + nested("Changed", "changed.yaml");
  create("Resources:\n" + both);
  put("changed.yaml", parameter("changed", "y"));
  const auto root = change_set(both, "UPDATE");
  ASSERT_EQ(root.at("Changes").as_array().size(), 1U);
  EXPECT_EQ(of(root, "Changes.0.ResourceChange.LogicalResourceId"), "Changed");
  EXPECT_EQ(of(root, "Changes.0.ResourceChange.Details.0.ChangeSource"), "Automatic");
  const auto child = described(of(root, "Changes.0.ResourceChange.ChangeSetId"));
  EXPECT_EQ(of(child, "Changes.0.ResourceChange.Details.0.Target.Name"), "Value");
  const auto same = service_.engine().find("s")->resources.at("Same").physical_id;
  const auto count = events(same).size();
  EXPECT_EQ(execute(), "UPDATE_COMPLETE");
  EXPECT_EQ(cloud_.parameters.at("changed"), "y");
  EXPECT_EQ(events(same).size(), count);
  EXPECT_THAT(events("s"), testing::Not(Contains("Same UPDATE_IN_PROGRESS")));
}

TEST_F(Trees, without_any_change_have_a_change_set_that_says_so) {
  put("child.yaml", parameter("child", "x"));
  create("Resources:\n" + nested("Child", "child.yaml"));
  const auto root = change_set(nested("Child", "child.yaml"), "UPDATE");
  EXPECT_EQ(of(root, "Status"), "FAILED");
  EXPECT_THAT(of(root, "StatusReason"), HasSubstr("didn't contain changes"));
  EXPECT_EQ(root.at("Changes").as_array().size(), 0U);
}

// cdk-cli reads the nested one's id from this text.
TEST_F(Trees, fail_where_a_nested_one_fails) {
  put("child.yaml", "  P: {Type: AWS::No::Type}\n");
  const auto root = change_set(nested("Child", "child.yaml"), "CREATE");
  EXPECT_EQ(of(root, "Status"), "FAILED");
  const auto child = described(of(root, "Changes.0.ResourceChange.ChangeSetId"));
  EXPECT_EQ(of(root, "StatusReason"), "Nested change set " + of(child, "ChangeSetId") +
                                          " was not successfully created: Currently in FAILED.");
  EXPECT_EQ(of(child, "Status"), "FAILED");
  EXPECT_THAT(of(child, "StatusReason"), HasSubstr("AWS::No::Type"));
}

// What only the making tells: coverage-roadmap#759, cdk-cli#1303.
TEST_F(Trees, take_the_parameters_that_are_not_known_yet_when_they_are) {
  s3_.objects["bucket/child.yaml"] =
      "Parameters: {V: {Type: String}}\nResources:\n" + parameter("child", "!Ref V");
  const auto root = change_set(
      "  Q: {Type: AWS::SSM::Parameter, Properties: {Name: q, Type: String, Value: told}}\n" +
          nested("Child", "child.yaml", "      Parameters: {V: !GetAtt Q.Value}\n"),
      "CREATE");
  ASSERT_EQ(of(root, "Status"), "CREATE_COMPLETE") << of(root, "StatusReason");
  const auto child = described(of(root, "Changes.1.ResourceChange.ChangeSetId"));
  EXPECT_EQ(of(child, "Parameters.0.ParameterValue"), "{{IntrinsicFunction://Fn::GetAtt}}");
  EXPECT_EQ(execute(), "CREATE_COMPLETE");
  EXPECT_EQ(cloud_.parameters.at("child"), "told");
}

TEST_F(Trees, are_executed_and_deleted_from_the_root_alone) {
  put("child.yaml", parameter("child", "x"));
  const auto root = change_set(nested("Child", "child.yaml"), "CREATE");
  const std::string child = of(root, "Changes.0.ResourceChange.ChangeSetId");
  const std::string stack = of(root, "Changes.0.ResourceChange.PhysicalResourceId");
  EXPECT_THAT(refusal("ExecuteChangeSet", {{"ChangeSetName", child}}),
              HasSubstr("InvalidChangeSetStatus: "));
  EXPECT_THAT(refusal("DeleteChangeSet", {{"ChangeSetName", child}}),
              HasSubstr("InvalidChangeSetStatus: "));
  call("DeleteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
  EXPECT_EQ(of(described(child), "Status"), "DELETE_PENDING");
  EXPECT_THAT(refusal("ExecuteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}}),
              HasSubstr("current status of [DELETE_PENDING]"));
  pass(std::chrono::seconds(10));
  EXPECT_THAT(refusal("DescribeChangeSet", {{"ChangeSetName", child}}),
              StartsWith("ChangeSetNotFound: "));
  EXPECT_EQ(status(stack), "DELETE_COMPLETE");
  EXPECT_EQ(status("s"), "REVIEW_IN_PROGRESS");
}

TEST_F(Trees, that_are_never_made_leave_no_stack_in_review) {
  put("child.yaml", parameter("child", "x"));
  const auto root = change_set(nested("Child", "child.yaml"), "CREATE");
  const std::string stack = of(root, "Changes.0.ResourceChange.PhysicalResourceId");
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
  EXPECT_EQ(status(stack), "DELETE_COMPLETE");
}

TEST_F(Trees, import_what_exists_at_every_level) {
  cloud_.parameters["there"] = "x";
  put("child.yaml",
      "  P: {Type: AWS::SSM::Parameter, DeletionPolicy: Retain, Properties: {Name: there, Type: "
      "String, Value: x}}\n");
  const auto root =
      change_set(nested("Child", "child.yaml"), "CREATE", {{"ImportExistingResources", "true"}});
  const auto child = described(of(root, "Changes.0.ResourceChange.ChangeSetId"));
  EXPECT_EQ(of(child, "Changes.0.ResourceChange.Action"), "Import");
  EXPECT_EQ(execute(), "CREATE_COMPLETE");
  EXPECT_THAT(events(of(child, "StackId")),
              Contains("P IMPORT_COMPLETE (Resource import completed.)"));
}

}  // namespace
}  // namespace sim::cloudformation

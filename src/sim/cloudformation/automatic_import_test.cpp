// ImportExistingResources: what it imports, what it says of what it cannot import.
#include "sim/cloudformation/automatic_import.hpp"

#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::ElementsAre;

std::string parameter(const std::string& id, const std::string& name,
                      const std::string& more = "DeletionPolicy: Retain, ") {
  return "  " + id + ": {Type: AWS::SSM::Parameter, " + more + "Properties: {Name: " + name +
         ", Type: String, Value: x}}\n";
}

class AutomaticImports : public Stacks {
 protected:
  void SetUp() override { cloud_.parameters["there"] = "x"; }

  json::object described(const std::string& resources, const std::string& type = "CREATE") {
    call("CreateChangeSet", {{"StackName", "s"},
                             {"ChangeSetName", "c"},
                             {"ChangeSetType", type},
                             {"ImportExistingResources", "true"},
                             {"TemplateBody", "Resources:\n" + resources}});
    pass(std::chrono::seconds(10));
    return call("DescribeChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
  }
  std::string execute(json::object more = {}) {
    id_ = service_.engine().find("s")->id;
    more["StackName"] = "s";
    more["ChangeSetName"] = "c";
    call("ExecuteChangeSet", std::move(more));
    return settle(id_);
  }
  // "Import A", in the order of the template.
  static std::vector<std::string> actions(const json::object& description) {
    std::vector<std::string> result;
    for (const auto& one : description.at("Changes").as_array()) {
      result.push_back(at(one, "ResourceChange.Action") + " " +
                       at(one, "ResourceChange.LogicalResourceId"));
    }
    return result;
  }
};

TEST_F(AutomaticImports, take_what_exists_into_a_new_stack_and_create_the_rest) {
  const auto seen = described(parameter("A", "there") + parameter("B", "new"));
  EXPECT_EQ(at(seen, "Status"), "CREATE_COMPLETE");
  EXPECT_THAT(actions(seen), ElementsAre("Import A", "Add B"));
  EXPECT_EQ(at(seen.at("Changes").as_array()[0], "ResourceChange.PhysicalResourceId"), "there");
  EXPECT_EQ(execute(), "CREATE_COMPLETE");
  EXPECT_EQ(reason_of("A", "IMPORT_IN_PROGRESS"), "Resource import started.");
  EXPECT_EQ(reason_of("A", "IMPORT_COMPLETE"), "Resource import completed.");
  EXPECT_EQ(service_.engine().find("s")->resources.at("A").status, "UPDATE_COMPLETE");
  EXPECT_EQ(service_.engine().find("s")->resources.at("B").status, "CREATE_COMPLETE");
}

TEST_F(AutomaticImports, take_what_exists_into_a_stack_that_is_updated) {
  create("Resources:\n" + parameter("B", "b"));
  const auto seen = described(parameter("B", "b") + parameter("A", "there") +
                                  "  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: "
                                  "!GetAtt A.Value}}\n",
                              "UPDATE");
  EXPECT_THAT(actions(seen), ElementsAre("Import A", "Add G"));
  EXPECT_EQ(execute(), "UPDATE_COMPLETE");
  EXPECT_TRUE(cloud_.groups.contains("x"));
}

// The page: a name that a function makes is not looked for.
TEST_F(AutomaticImports, leave_alone_what_has_no_name_of_its_own_or_does_not_exist) {
  const auto seen = described(parameter("A", "!Sub there") + parameter("B", "new") +
                              "  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n");
  EXPECT_THAT(actions(seen), ElementsAre("Add A", "Add B", "Add V"));
  EXPECT_EQ(execute(), "ROLLBACK_COMPLETE");
}

// aws-cdk-cli#1367; the text of what a stack has already: as for explicit imports.
TEST_F(AutomaticImports, fail_the_change_set_of_what_is_not_kept_or_in_a_stack) {
  const std::string unkept =
      "CloudFormation is attempting to import some resources because they already exist in your "
      "account. The resources must have the DeletionPolicy attribute set to 'Retain' or "
      "'RetainExceptOnCreate' in the template for successful import. The affected resources are ";
  cloud_.parameters["too"] = "x";
  const auto seen =
      described(parameter("A", "there", "") + parameter("B", "too", "DeletionPolicy: Delete, ") +
                parameter("C", "new", ""));
  EXPECT_EQ(at(seen, "Status"), "FAILED");
  EXPECT_EQ(at(seen, "ExecutionStatus"), "UNAVAILABLE");
  EXPECT_EQ(at(seen, "StatusReason"), unkept + "A ({Name=there}), B ({Name=too})");
  EXPECT_EQ(seen.at("Changes").as_array().size(), 0U);
  call("DeleteStack", {{"StackName", "s"}});

  create("Resources:\n" + parameter("X", "x"));
  EXPECT_EQ(at(described(parameter("X", "x") + parameter("A", "x"), "UPDATE"), "StatusReason"),
            "x already exists in stack " + id_);
}

TEST_F(AutomaticImports, stay_when_the_creation_is_rolled_back) {
  cloud_.refusals.insert({"PutParameter bad", Error("ValidationException", "No.")});
  const auto seen = described(parameter("A", "there", "DeletionPolicy: RetainExceptOnCreate, ") +
                              parameter("B", "bad", "DependsOn: A, "));
  EXPECT_THAT(actions(seen), ElementsAre("Import A", "Add B"));
  EXPECT_EQ(execute({{"RetainExceptOnCreate", "true"}}), "ROLLBACK_COMPLETE");
  EXPECT_TRUE(cloud_.parameters.contains("there"));
  EXPECT_THAT(events("s"), testing::Contains("A DELETE_SKIPPED"));
}

TEST_F(AutomaticImports, of_what_has_gone_meanwhile_fail_the_operation) {
  create("Resources:\n" + parameter("B", "b"));
  described(parameter("B", "b") + parameter("A", "there"), "UPDATE");
  cloud_.parameters.erase("there");
  EXPECT_EQ(execute(), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_THAT(events("s"), testing::Contains(testing::StartsWith("A IMPORT_FAILED (")));
  EXPECT_EQ(reason_of("s", "UPDATE_ROLLBACK_IN_PROGRESS"),
            "The following resource(s) failed to create: [A]. ");
  EXPECT_FALSE(service_.engine().find("s")->resources.contains("A"));
}

// Who may not look may not import.
TEST_F(AutomaticImports, need_the_permission_to_read) {
  cloud_.refusals.insert({"GetParameter there", Error("AccessDeniedException", "Not you.")});
  EXPECT_EQ(at(described(parameter("A", "there")), "StatusReason"), "Not you.");
}

}  // namespace
}  // namespace sim::cloudformation

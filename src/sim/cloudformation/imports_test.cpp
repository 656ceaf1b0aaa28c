// Change sets of type IMPORT: what they refuse, and the stacks they make.
#include "sim/cloudformation/imports.hpp"

#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Imports : public Stacks {
 protected:
  void SetUp() override { cloud_.parameters["there"] = "x"; }

  static std::string parameter(const std::string& id, const std::string& name,
                               const std::string& more = "DeletionPolicy: Retain, ") {
    return "  " + id + ": {Type: AWS::SSM::Parameter, " + more + "Properties: {Name: " + name +
           ", Type: String, Value: x}}\n";
  }
  static json::object import_of(const std::string& id, const std::string& name,
                                const std::string& type = "AWS::SSM::Parameter",
                                const std::string& key = "Name") {
    json::object identifier;
    identifier[key] = name;
    return {{"ResourceType", type},
            {"LogicalResourceId", id},
            {"ResourceIdentifier", std::move(identifier)}};
  }
  static json::object request(const std::string& resources, json::array imports) {
    json::object input{{"StackName", "s"},
                       {"ChangeSetName", "c"},
                       {"ChangeSetType", "IMPORT"},
                       {"TemplateBody", "Resources:\n" + resources}};
    if (!imports.empty()) input["ResourcesToImport"] = std::move(imports);
    return input;
  }
  json::object described(json::object input) {
    call("CreateChangeSet", std::move(input));
    pass(std::chrono::seconds(10));
    return call("DescribeChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
  }
  std::string execute() {
    id_ = service_.engine().find("s")->id;
    call("ExecuteChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
    return settle("s");
  }
};

// The events as rain shows them for a bucket.
TEST_F(Imports, make_what_exists_part_of_a_new_stack) {
  const auto seen = described(request(parameter("Q", "there"), {import_of("Q", "there")}));
  EXPECT_EQ(at(seen, "Status"), "CREATE_COMPLETE");
  EXPECT_THAT(at(seen, "StatusReason"), StartsWith("Verify that resources and their properties"));
  EXPECT_EQ(json::serialize(seen.at("Changes")),
            R"([{"Type":"Resource","ResourceChange":{"Action":"Import","LogicalResourceId":"Q",)"
            R"("PhysicalResourceId":"there","ResourceType":"AWS::SSM::Parameter","Scope":[],)"
            R"("Details":[]}}])");
  EXPECT_EQ(execute(), "IMPORT_COMPLETE");
  EXPECT_THAT(events("s"),
              ElementsAre("s REVIEW_IN_PROGRESS (User Initiated)",            //
                          "s IMPORT_IN_PROGRESS (User Initiated)",            //
                          "Q IMPORT_IN_PROGRESS (Resource import started.)",  //
                          "Q IMPORT_COMPLETE (Resource import completed.)",   //
                          "Q UPDATE_IN_PROGRESS (Apply stack-level tags to imported resource if "
                          "applicable.)",
                          "Q UPDATE_COMPLETE", "s IMPORT_COMPLETE"));
  // From now on it is the stack's: the next update changes it, its policy keeps it.
  EXPECT_EQ(update("Resources:\n" + parameter("Q", "there") +
                   "  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !GetAtt "
                   "Q.Value}}\n"),
            "UPDATE_COMPLETE");
  EXPECT_TRUE(cloud_.groups.contains("x"));
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
  EXPECT_TRUE(cloud_.parameters.contains("there"));
}

// ministack's recordings of AWS, in the order in which AWS finds them.
TEST_F(Imports, are_refused_in_awss_words) {
  create("Resources:\n" + parameter("X", "x", ""));
  const std::string x = parameter("X", "x", ""), q = parameter("Q", "there");
  const auto good = import_of("Q", "there");
  auto nameless = good;
  nameless["ResourceIdentifier"] = json::object();
  struct Row {
    std::string resources;
    json::array imports;
    std::string refused;
  };
  const std::string modified =
      "You have modified resources [X] in your template that are not being imported. Update, "
      "create or delete operations cannot be executed during import operations.";
  const std::vector<Row> rows{
      {x + q, {}, "Must Provide at least one resource to import"},
      {x + q, {good, good}, "Every resource to import must have unique LogicalResourceId"},
      {x + q,
       {nameless},
       "1 validation error detected: Value null at "
       "'resourcesToImport.1.member.resourceIdentifier' failed to satisfy constraint: Member must "
       "not be null"},
      {x + q,
       {import_of("Missing", "there")},
       "The logical resource ids [Missing] provided in ResourceToImport do not exist in the "
       "template."},
      {x + q,
       {import_of("Q", "there", "AWS::EC2::VPC")},
       "Invalid resource identifier for resource type AWS::EC2::VPC. Expected [VpcId]"},
      {x + q,
       {import_of("Q", "r", "AWS::IAM::Role", "RoleName")},
       "Resource type of [Q] passed in ResourceToImport does not match with resource type defined "
       "in the template. Resource type in ResourceToImport: AWS::IAM::Role; Resource type in "
       "Template: AWS::SSM::Parameter."},
      {x,
       {import_of("X", "x")},
       "The template should contain at least one new resource to import."},
      {x + q,
       {import_of("X", "x")},
       "Resources [X] passed in ResourceToImport are already in a stack and cannot be imported."},
      {x + q + parameter("N", "n"), {good}, "Resources [N] is missing from ResourceToImport list"},
      {parameter("X", "y", "") + q, {good}, modified},
      {q, {good}, modified},
      {x + parameter("Q", "there", ""),
       {good},
       "The following resources to import [Q] must have DeletionPolicy attribute specified in the "
       "template."},
      {x + q + "Outputs: {O: {Value: x}}\n",
       {good},
       "As part of the import operation, you cannot modify or add [Outputs]"},
      {x + q,
       {import_of("Q", "there", "AWS::EC2::Route", "Id")},
       "ResourceTypes [AWS::EC2::Route] are not supported for Import"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(refusal("CreateChangeSet", request(row.resources, row.imports)),
              "ValidationError: " + row.refused);
  }
  EXPECT_THAT(refusal("CreateChangeSet", {{"StackName", "s"},
                                          {"ChangeSetName", "c"},
                                          {"TemplateBody", "Resources:\n" + x},
                                          {"ResourcesToImport", json::array{good}}}),
              StartsWith("NotImplemented: "));
}

TEST_F(Imports, that_are_refused_make_no_stack) {
  EXPECT_THAT(
      refusal("CreateChangeSet", request(parameter("Q", "there", ""), {import_of("Q", "there")})),
      HasSubstr("must have DeletionPolicy"));
  EXPECT_EQ(service_.engine().find("s"), nullptr);
}

TEST_F(Imports, fail_of_what_is_not_there_or_in_a_stack_already) {
  auto seen = described(request(parameter("Q", "gone"), {import_of("Q", "gone")}));
  EXPECT_EQ(at(seen, "Status"), "FAILED");
  EXPECT_EQ(at(seen, "StatusReason"),
            "Resource of type 'AWS::SSM::Parameter' with identifier 'gone' was not found.");
  EXPECT_EQ(seen.at("Changes").as_array().size(), 0U);
  call("DeleteStack", {{"StackName", "s"}});

  create("Resources:\n" + parameter("X", "x", ""));
  seen = described(request(parameter("X", "x", "") + parameter("Q", "x"), {import_of("Q", "x")}));
  EXPECT_EQ(at(seen, "StatusReason"), "x already exists in stack " + id_);
}

TEST_F(Imports, of_what_has_gone_meanwhile_are_taken_back) {
  create("Resources:\n" + parameter("X", "x", ""));
  described(request(parameter("X", "x", "") + parameter("Q", "there"), {import_of("Q", "there")}));
  cloud_.parameters.erase("there");
  const auto count = static_cast<std::ptrdiff_t>(events("s").size());
  EXPECT_EQ(execute(), "IMPORT_ROLLBACK_COMPLETE");
  auto list = events("s");
  list.erase(list.begin(), list.begin() + count);
  ASSERT_EQ(list.size(), 7U);
  EXPECT_THAT(list[2], StartsWith("Q IMPORT_FAILED ("));
  EXPECT_EQ(list[3],
            "s IMPORT_ROLLBACK_IN_PROGRESS (The following resource(s) failed to import: [Q]. )");
  EXPECT_EQ(list[5], "Q IMPORT_ROLLBACK_COMPLETE");
  const auto* stack = service_.engine().find("s");
  EXPECT_FALSE(stack->resources.contains("Q"));
  EXPECT_EQ(stack->source->resource("Q"), nullptr);
  EXPECT_EQ(update("Resources:\n" + parameter("X", "x", "") + parameter("Y", "y", "")),
            "UPDATE_COMPLETE");
}

TEST_F(Imports, take_identifiers_as_the_query_protocol_carries_them) {
  json::object entry{{"key", "Name"}, {"value", "there"}};
  json::object import = import_of("Q", "there");
  import["ResourceIdentifier"] = json::object{{"entry", json::array{std::move(entry)}}};
  EXPECT_EQ(at(described(request(parameter("Q", "there"), {std::move(import)})), "Status"),
            "CREATE_COMPLETE");
}

TEST_F(Imports, are_prepared_by_the_summary_of_a_template) {
  const auto summary =
      call("GetTemplateSummary",
           {{"TemplateBody", "Resources:\n" + parameter("A", "a") + parameter("B", "b")}});
  EXPECT_EQ(json::serialize(summary.at("ResourceIdentifierSummaries")),
            R"([{"ResourceType":"AWS::SSM::Parameter","LogicalResourceIds":["A","B"],)"
            R"("ResourceIdentifiers":["Name"]}])");
}

// API_TemplateSummaryConfig, API_Warnings.
TEST_F(Imports, are_summed_up_beside_types_that_nobody_knows) {
  json::object input{{"TemplateBody", "Resources:\n" + parameter("A", "a") +
                                          "  M: {Type: AWS::Moon::Base, Properties: {X: y}}\n"}};
  EXPECT_THAT(refusal("GetTemplateSummary", input), HasSubstr("AWS::Moon::Base"));
  input["TemplateSummaryConfig"] =
      json::object{{"TreatUnrecognizedResourceTypesAsWarnings", "true"}};
  const auto summary = call("GetTemplateSummary", input);
  EXPECT_EQ(json::serialize(summary.at("Warnings")),
            R"({"UnrecognizedResourceTypes":["AWS::Moon::Base"]})");
  EXPECT_EQ(summary.at("ResourceTypes").as_array().size(), 2U);
}

}  // namespace
}  // namespace sim::cloudformation

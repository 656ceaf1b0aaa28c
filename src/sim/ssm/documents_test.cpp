#include "sim/ssm/ssm_test.hpp"

namespace sim::ssm {
namespace {

using namespace std::chrono_literals;

constexpr const char* fetch = R"(schemaVersion: "2.2"
description: Fetch a page.
parameters:
  host: {type: String, default: example.com, allowedValues: [example.com, no.such.host]}
  more: {type: StringList, default: [], allowedPattern: "curl .*"}
mainSteps:
  - action: aws:runShellScript
    name: fetch
    precondition: {StringEquals: [platformType, Linux]}
    inputs:
      timeoutSeconds: "20"
      runCommand:
        - "# quietly"
        - "curl -s https://{{ host }}"
  - action: aws:runShellScript
    name: more
    inputs:
      runCommand: "{{ more }}"
)";

class DocumentsTest : public SsmTest {
 protected:
  json::object create(const std::string& name, const std::string& content,
                      const std::string& format = "YAML") {
    return call(ssm, "CreateDocument",
                {{"Name", name}, {"Content", content}, {"DocumentFormat", format}});
  }
  std::string refused(const std::string& content, const std::string& format = "JSON") {
    return refusal(ssm, "CreateDocument",
                   {{"Name", "mine"}, {"Content", content}, {"DocumentFormat", format}});
  }
  // The command's id, once it has ended.
  std::string run(const std::string& document, const std::string& instance,
                  json::object parameters) {
    json::object input{{"DocumentName", document}, {"Parameters", std::move(parameters)}};
    input["InstanceIds"] = json::array{json::value(instance)};
    const auto sent = call(ssm, "SendCommand", std::move(input));
    pass(3min);
    return std::string(sent.at("Command").at("CommandId").as_string());
  }
};

TEST_F(DocumentsTest, one_of_the_account_is_described_and_shown_as_it_was_written) {
  const auto made = create("mine", fetch).at("DocumentDescription").as_object();
  EXPECT_EQ(made.at("Status"), "Creating");
  EXPECT_EQ(made.at("Owner"), "123456789012");
  EXPECT_EQ(made.at("Hash").as_string().size(), 64U);
  EXPECT_EQ(made.at("Parameters").at(0).at("DefaultValue"), "example.com");
  EXPECT_EQ(made.at("Parameters").at(1).at("DefaultValue"), "[]");
  EXPECT_EQ(text(ssm, "DescribeDocument", {{"Name", "mine"}}, "Document", "Status"), "Active");
  EXPECT_EQ(call(ssm, "GetDocument", {{"Name", "mine"}}).at("Content"), fetch);
  json::object filter{{"Key", "Owner"}};
  filter["Values"] = json::array{"Self"};
  json::object own;
  own["Filters"] = json::array{std::move(filter)};
  EXPECT_EQ(call(ssm, "ListDocuments", own).at("DocumentIdentifiers").as_array().size(), 1U);
  EXPECT_EQ(refusal(ssm, "CreateDocument",
                    {{"Name", "mine"}, {"Content", fetch}, {"DocumentFormat", "YAML"}}),
            "DocumentAlreadyExists");
  call(ssm, "DeleteDocument", {{"Name", "mine"}});
  EXPECT_EQ(refusal(ssm, "GetDocument", {{"Name", "mine"}}), "InvalidDocument");
  EXPECT_EQ(refusal(ssm, "DeleteDocument", {{"Name", "AWS-RunShellScript"}}), "InvalidDocument");
}

struct Row {
  const char* content;
  const char* code;
};

constexpr Row contents[] = {
    {"no", "InvalidDocumentContent"},
    {"{", "InvalidDocumentContent"},
    {R"({"schemaVersion": "0.3", "mainSteps": []})", "InvalidDocumentSchemaVersion"},
    {R"({"schemaVersion": "2.2"})", "InvalidDocumentContent"},
    {R"({"schemaVersion": "2.2", "mainSteps": [{"action": "aws:fly", "name": "a"}]})",
     "InvalidDocumentContent"},
    {R"({"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript"}]})",
     "InvalidDocumentContent"},
    {R"({"schemaVersion": "2.2", "parameters": {"a": {"type": "Text"}}, "mainSteps": []})",
     "InvalidDocumentContent"},
    {R"({"schemaVersion": "2.2", "parameters": {"a": {"type": "StringMap"}}})", "NotImplemented"},
    {R"({"schemaVersion": "2.2", "parameters": {"a": {"type": "String", "allowedPattern": "["}}})",
     "InvalidDocumentContent"},
    {R"({"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript", "name": "a",
        "inputs": {"runCommand": [], "onFailure": "exit"}}]})",
     "NotImplemented"},
    {R"({"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript", "name": "a",
        "maxAttempts": 2}]})",
     "NotImplemented"},
};

TEST_F(DocumentsTest, content_that_is_no_command_document_is_refused) {
  for (const auto& row : contents) EXPECT_EQ(refused(row.content), row.code) << row.content;
  EXPECT_EQ(refused(fetch), "InvalidDocumentContent") << "YAML where JSON is announced";
  EXPECT_EQ(refused(std::string(65'537, ' ')), "MaxDocumentSizeExceeded");
  EXPECT_EQ(refusal(ssm, "CreateDocument", {{"Name", "awsx"}, {"Content", "{}"}}),
            "ValidationException");
  EXPECT_EQ(refusal(ssm, "CreateDocument",
                    {{"Name", "mine"}, {"Content", "{}"}, {"DocumentType", "Automation"}}),
            "NotImplemented");
}

TEST_F(DocumentsTest, a_command_runs_the_default_version_until_another_is_asked_for) {
  create("mine", fetch);
  EXPECT_EQ(refusal(ssm, "UpdateDocument",
                    {{"Name", "mine"}, {"Content", fetch}, {"DocumentFormat", "YAML"}}),
            "DuplicateDocumentContent");
  const json::object second{
      {"Name", "mine"}, {"Content", std::string(fetch) + "\n"}, {"DocumentFormat", "YAML"}};
  EXPECT_EQ(text(ssm, "UpdateDocument", second, "DocumentDescription", "DocumentVersion"), "2");
  const auto version = [&](const json::object& extra) {
    json::object input{{"Name", "mine"}};
    for (const auto& member : extra) input[member.key()] = member.value();
    return text(ssm, "DescribeDocument", std::move(input), "Document", "DocumentVersion");
  };
  EXPECT_EQ(version({}), "1");
  EXPECT_EQ(version({{"DocumentVersion", "$LATEST"}}), "2");
  call(ssm, "UpdateDocumentDefaultVersion", {{"Name", "mine"}, {"DocumentVersion", "2"}});
  EXPECT_EQ(version({}), "2");
  EXPECT_EQ(
      refusal(ssm, "UpdateDocumentDefaultVersion", {{"Name", "mine"}, {"DocumentVersion", "3"}}),
      "InvalidDocumentVersion");
  const auto listed = call(ssm, "ListDocumentVersions", {{"Name", "mine"}, {"MaxResults", 1}});
  EXPECT_EQ(listed.at("DocumentVersions").at(0).at("IsDefaultVersion"), true);
  EXPECT_EQ(listed.at("NextToken"), "1");
}

TEST_F(DocumentsTest, parameters_fill_the_steps_and_each_step_has_its_own_result) {
  open_the_way_out();
  create_endpoints();
  const auto instance = start_instance(true);
  create("mine", fetch);
  pass(5min);
  const auto id = run("mine", instance, {{"more", json::array{"curl -s no.such.host"}}});
  const auto step = [&](const char* name) {
    return call(ssm, "GetCommandInvocation",
                {{"CommandId", id}, {"InstanceId", instance}, {"PluginName", name}});
  };
  EXPECT_EQ(step("fetch").at("Status"), "Success");
  EXPECT_NE(step("fetch").at("StandardOutputContent").as_string().find("Example Domain"),
            json::string::npos);
  EXPECT_EQ(step("more").at("ResponseCode"), 6);
  EXPECT_EQ(refusal(ssm, "GetCommandInvocation", {{"CommandId", id}, {"InstanceId", instance}}),
            "InvalidPluginName");
  const auto listed = call(ssm, "ListCommands", {{"CommandId", id}});
  EXPECT_EQ(listed.at("Commands").at(0).at("Status"), "Failed");
}

TEST_F(DocumentsTest, a_script_that_outlives_its_timeout_is_stopped) {
  create_endpoints();
  const auto instance = start_instance(true);
  create("mine", fetch);
  pass(5min);
  const auto id = run("mine", instance, {});
  const auto fetched = call(ssm, "GetCommandInvocation",
                            {{"CommandId", id}, {"InstanceId", instance}, {"PluginName", "fetch"}});
  EXPECT_EQ(fetched.at("Status"), "TimedOut");
  EXPECT_EQ(fetched.at("ExecutionElapsedTime"), "PT20.000S");
}

TEST_F(DocumentsTest, values_are_held_to_what_the_document_declares) {
  create("mine", fetch);
  const auto send = [&](const char* document, json::object parameters) {
    json::object input{{"DocumentName", document}, {"Parameters", std::move(parameters)}};
    input["InstanceIds"] = json::array{"i-00000000000000000"};
    return refusal(ssm, "SendCommand", std::move(input));
  };
  EXPECT_EQ(send("mine", {}), "InvalidInstanceId");
  EXPECT_EQ(send("mine", {{"color", json::array{"red"}}}), "InvalidParameters");
  EXPECT_EQ(send("mine", {{"host", json::array{"example.org"}}}), "InvalidParameters");
  EXPECT_EQ(send("mine", {{"host", json::array{"example.com", "no.such.host"}}}),
            "InvalidParameters");
  EXPECT_EQ(send("mine", {{"more", json::array{"rm -rf /"}}}), "InvalidParameters");
  EXPECT_EQ(send("mine", {{"host", "example.com"}}), "SerializationException");
  EXPECT_EQ(send("AWS-RunShellScript", {}), "InvalidParameters");
  EXPECT_EQ(send("AWS-RunShellScript", {{"commands", json::array{"{{ssm:a}}"}}}), "NotImplemented");
}

TEST_F(DocumentsTest, an_agent_is_always_the_latest_and_says_so_when_it_reaches_s3) {
  create_endpoints();
  const auto instance = start_instance(true);
  pass(5min);
  const auto result = [&](const std::string& document, json::object parameters) {
    return call(
        ssm, "GetCommandInvocation",
        {{"CommandId", run(document, instance, std::move(parameters))}, {"InstanceId", instance}});
  };
  const auto alone = result("AWS-UpdateSSMAgent", {});
  EXPECT_EQ(alone.at("Status"), "Failed");
  EXPECT_TRUE(alone.at("StandardErrorContent").as_string().find("S3 is out of reach") !=
              json::string::npos);
  open_the_way_out();
  const auto updated = result("AWS-UpdateSSMAgent", {});
  EXPECT_EQ(updated.at("Status"), "Success");
  EXPECT_TRUE(updated.at("StandardOutputContent").as_string().find("update skipped") !=
              json::string::npos);
  EXPECT_EQ(result("AWS-UpdateSSMAgent", {{"version", json::array{"2.0.0.0"}}}).at("Status"),
            "Failed");
}

TEST_F(DocumentsTest, a_plugin_that_the_agent_does_not_have_fails_by_name) {
  create_endpoints();
  const auto instance = start_instance(true);
  pass(5min);
  json::object parameters{{"action", json::array{"Install"}},
                          {"name", json::array{"AmazonCloudWatchAgent"}}};
  const auto failed = call(ssm, "GetCommandInvocation",
                           {{"CommandId", run("AWS-ConfigureAWSPackage", instance, parameters)},
                            {"InstanceId", instance}});
  EXPECT_EQ(failed.at("Status"), "Failed");
  EXPECT_EQ(failed.at("StandardErrorContent"),
            "The embedded AWS has no plugin aws:configurePackage.");
}

TEST_F(DocumentsTest, tags_are_kept_for_documents_too) {
  create("mine", fetch);
  const json::object who{{"ResourceType", "Document"}, {"ResourceId", "mine"}};
  auto tagged = who;
  tagged["Tags"] = json::array{json::object{{"Key", "a"}, {"Value", "b"}}};
  call(ssm, "AddTagsToResource", tagged);
  EXPECT_EQ(call(ssm, "ListTagsForResource", who).at("TagList").at(0).at("Value"), "b");
  auto untagged = who;
  untagged["TagKeys"] = json::array{"a"};
  call(ssm, "RemoveTagsFromResource", untagged);
  EXPECT_TRUE(call(ssm, "ListTagsForResource", who).at("TagList").as_array().empty());
  EXPECT_EQ(
      refusal(ssm, "ListTagsForResource", {{"ResourceType", "Document"}, {"ResourceId", "other"}}),
      "InvalidResourceId");
}

}  // namespace
}  // namespace sim::ssm

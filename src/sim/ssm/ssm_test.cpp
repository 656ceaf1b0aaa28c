#include "sim/ssm/ssm_test.hpp"

namespace sim::ssm {
namespace {

using namespace std::chrono_literals;

TEST_F(SsmTest, a_secret_is_shown_as_ciphertext_until_decryption_is_asked_for) {
  call(ssm, "PutParameter", {{"Name", "/s"}, {"Type", "SecureString"}, {"Value", "secret"}});
  const auto hidden = text(ssm, "GetParameter", {{"Name", "/s"}}, "Parameter", "Value");
  EXPECT_TRUE(hidden.starts_with("AQICAHg")) << hidden;
  EXPECT_EQ(text(ssm, "GetParameter", {{"Name", "/s"}}, "Parameter", "Value"), hidden);
  EXPECT_EQ(
      text(ssm, "GetParameter", {{"Name", "/s"}, {"WithDecryption", true}}, "Parameter", "Value"),
      "secret");
  EXPECT_EQ(
      refusal(ssm, "PutParameter",
              {{"Name", "/t"}, {"Type", "SecureString"}, {"Value", "x"}, {"KeyId", "alias/mine"}}),
      "NotImplemented");
}

TEST_F(SsmTest, versions_are_found_by_number_and_label) {
  for (const auto* value : {"1", "2", "3"}) {
    call(ssm, "PutParameter",
         {{"Name", "/v"}, {"Type", "String"}, {"Value", value}, {"Overwrite", true}});
  }
  const auto value = [&](const std::string& name) {
    return text(ssm, "GetParameter", {{"Name", name}}, "Parameter", "Value");
  };
  EXPECT_EQ(value("/v"), "3");
  EXPECT_EQ(value("/v:2"), "2");
  EXPECT_EQ(refusal(ssm, "GetParameter", {{"Name", "/v:9"}}), "ParameterVersionNotFound");
  call(ssm, "LabelParameterVersion",
       {{"Name", "/v"}, {"ParameterVersion", 1}, {"Labels", json::array{"live"}}});
  EXPECT_EQ(value("/v:live"), "1");
  EXPECT_EQ(value("arn:aws:ssm:ap-northeast-1:123456789012:parameter/v"), "3");
  const auto history = call(ssm, "GetParameterHistory", {{"Name", "/v"}, {"MaxResults", 2}});
  EXPECT_EQ(history.at("Parameters").as_array().size(), 2U);
  EXPECT_EQ(history.at("NextToken"), "2");
}

struct NameRow {
  const char* name;
  const char* code;
};

// https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
constexpr NameRow parameter_names[] = {
    {"/aws/x", "ValidationException"},
    {"AwsThing", "ValidationException"},
    {"/ssm-x", "ValidationException"},
    {"a/b", "ValidationException"},
    {"/a b", "ValidationException"},
    {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "HierarchyLevelLimitExceededException"},
};

TEST_F(SsmTest, names_are_held_to_the_documented_grammar) {
  for (const auto& row : parameter_names) {
    EXPECT_EQ(
        refusal(ssm, "PutParameter", {{"Name", row.name}, {"Type", "String"}, {"Value", "x"}}),
        row.code)
        << row.name;
  }
}

TEST_F(SsmTest, parameters_are_described_by_filters_and_tags) {
  const json::array tags{json::object{{"Key", "env"}, {"Value", "dev"}}};
  call(ssm, "PutParameter",
       {{"Name", "/a/b/c"}, {"Type", "String"}, {"Value", "1"}, {"Tags", tags}});
  call(ssm, "PutParameter", {{"Name", "/a/d"}, {"Type", "StringList"}, {"Value", "1,2"}});
  const auto count = [&](json::object filter) {
    const auto out =
        call(ssm, "DescribeParameters", {{"ParameterFilters", json::array{std::move(filter)}}});
    return out.at("Parameters").as_array().size();
  };
  EXPECT_EQ(count({{"Key", "Path"}, {"Values", json::array{"/a"}}}), 1U);
  EXPECT_EQ(count({{"Key", "Path"}, {"Option", "Recursive"}, {"Values", json::array{"/a"}}}), 2U);
  EXPECT_EQ(count({{"Key", "tag:env"}, {"Values", json::array{"dev"}}}), 1U);
  EXPECT_EQ(count({{"Key", "Type"}, {"Values", json::array{"StringList"}}}), 1U);
  EXPECT_EQ(count({{"Key", "Name"}, {"Option", "BeginsWith"}, {"Values", json::array{"/a/"}}}), 2U);
  EXPECT_EQ(refusal(ssm, "DescribeParameters",
                    {{"ParameterFilters", json::array{json::object{{"Key", "Color"}}}}}),
            "InvalidFilterKey");
  const auto removed = call(ssm, "DeleteParameters", {{"Names", json::array{"/a/d", "/none"}}});
  EXPECT_EQ(removed.at("InvalidParameters").as_array().size(), 1U);
}

TEST_F(SsmTest, a_command_can_be_listed_and_cancelled_before_it_is_delivered) {
  create_endpoints();
  const auto instance = start_instance(true);
  pass(5min);
  json::object input{{"DocumentName", "AWS-RunShellScript"}};
  input["InstanceIds"] = json::array{json::value(instance)};
  input["Parameters"] = {{"commands", json::array{"curl example.com"}}};
  const auto sent = call(ssm, "SendCommand", std::move(input));
  const json::object asked{{"CommandId", sent.at("Command").at("CommandId")}};
  call(ssm, "CancelCommand", asked);
  pass(2min);
  const auto listed = call(ssm, "ListCommands", asked);
  EXPECT_EQ(listed.at("Commands").at(0).at("Status"), "Cancelled");
  EXPECT_EQ(refusal(ssm, "ListCommands", {{"CommandId", "none"}}), "InvalidCommandId");
  EXPECT_EQ(refusal(ssm, "DescribeDocument", {{"Name", "AWS-RunPatchBaseline"}}), "NotImplemented");
  EXPECT_EQ(refusal(ssm, "DescribeDocument", {{"Name", "none"}}), "InvalidDocument");
}

TEST_F(SsmTest, public_image_parameters_are_there_and_own_ones_can_be_kept) {
  EXPECT_EQ(image().size(), 21U);
  EXPECT_TRUE(image().starts_with("ami-"));
  EXPECT_EQ(refusal(ssm, "GetParameter", {{"Name", "/a"}}), "ParameterNotFound");
  call(ssm, "PutParameter", {{"Name", "/a/b"}, {"Type", "String"}, {"Value", "1"}});
  EXPECT_EQ(refusal(ssm, "PutParameter", {{"Name", "/a/b"}, {"Type", "String"}, {"Value", "2"}}),
            "ParameterAlreadyExists");
  const auto again =
      call(ssm, "PutParameter", {{"Name", "/a/b"}, {"Value", "2"}, {"Overwrite", true}});
  EXPECT_EQ(again.at("Version"), 2);
  EXPECT_EQ(text(ssm, "GetParameter", {{"Name", "/a/b"}}, "Parameter", "Value"), "2");
  const auto found = call(ssm, "GetParametersByPath", {{"Path", "/a"}});
  EXPECT_EQ(found.at("Parameters").as_array().size(), 1U);
  json::object names;
  names["Names"] = json::array{json::value("/a/b"), json::value("/no")};
  EXPECT_EQ(call(ssm, "GetParameters", names).at("InvalidParameters").at(0), "/no");
  EXPECT_EQ(refusal(ssm, "PutParameter", {{"Name", "/aws/x"}, {"Type", "String"}, {"Value", "2"}}),
            "ValidationException");
  call(ssm, "DeleteParameter", {{"Name", "/a/b"}});
  EXPECT_EQ(refusal(ssm, "DeleteParameter", {{"Name", "/a/b"}}), "ParameterNotFound");
}

TEST_F(SsmTest, the_agent_needs_a_role_and_its_endpoints) {
  const auto bare = start_instance(false);
  const auto managed = start_instance(true);
  pass(5min);
  EXPECT_EQ(ssm.offline_reason(bare), "the instance has no instance profile with a role");
  EXPECT_TRUE(ssm.offline_reason(managed).starts_with("it does not reach ssm: "));
  json::object input{{"DocumentName", "AWS-RunShellScript"}};
  input["InstanceIds"] = json::array{json::value(managed)};
  input["Parameters"] = {{"commands", json::array{json::value("curl http://10.0.1.9")}}};
  EXPECT_EQ(refusal(ssm, "SendCommand", input), "InvalidInstanceId");
  create_endpoints();
  pass(10min);
  EXPECT_EQ(ssm.offline_reason(managed), "");
  const auto listed = call(ssm, "DescribeInstanceInformation", {});
  ASSERT_EQ(listed.at("InstanceInformationList").as_array().size(), 1U);
  EXPECT_EQ(listed.at("InstanceInformationList").at(0).at("PingStatus"), "Online");
}

TEST_F(SsmTest, curl_sees_what_the_network_lets_it_see) {
  open_the_way_out();
  create_endpoints();
  const auto instance = start_instance(true);
  call(ecs, "RegisterTaskDefinition", task_definition("nginx"));
  call(ecs, "CreateService", service_input(1));
  pass(10min);
  const auto task = tasks().at(0);
  const std::string ip(task.at("containers")
                           .at(0)
                           .at("networkInterfaces")
                           .at(0)
                           .at("privateIpv4Address")
                           .as_string());

  const auto page = run_script(instance, "curl -s http://" + ip);
  EXPECT_EQ(page.at("Status"), "Success");
  EXPECT_EQ(page.at("ResponseCode"), 0);
  EXPECT_NE(page.at("StandardOutputContent").as_string().find("Welcome to nginx!"),
            json::string::npos);
  EXPECT_EQ(run_script(instance, "curl -s http://" + ip + ":443").at("ResponseCode"), 7);
  EXPECT_EQ(run_script(instance, "curl -s --max-time 5 http://" + ip + ":8080").at("ResponseCode"),
            28);
  EXPECT_EQ(run_script(instance, "curl -s http://no.such.host").at("ResponseCode"), 6);
  EXPECT_EQ(run_script(instance, "curl -sSf http://" + ip + "/x").at("ResponseCode"), 22);
  EXPECT_EQ(run_script(instance, "curl -s https://example.com").at("ResponseCode"), 0);

  const auto other = run_script(instance, "rm -rf /");
  EXPECT_EQ(other.at("Status"), "Failed");
  EXPECT_EQ(other.at("ResponseCode"), 127);
  EXPECT_NE(other.at("StandardErrorContent").as_string().find("the embedded AWS runs only curl"),
            json::string::npos);

  call(ec2, "DeleteRoute",
       {{"RouteTableId", private_table}, {"DestinationCidrBlock", "0.0.0.0/0"}});
  EXPECT_EQ(run_script(instance, "curl -s --max-time 5 https://example.com").at("ResponseCode"),
            28);
  EXPECT_EQ(run_script(instance, "curl -s http://" + ip).at("ResponseCode"), 0);
}

TEST_F(SsmTest, access_is_asked_for_on_document_and_instances) {
  json::object input{{"DocumentName", "AWS-RunShellScript"}};
  input["InstanceIds"] = json::array{json::value("i-1")};
  const auto on = ssm.operations()
                      .at("SendCommand")
                      .access(Call{{}, "ssm", "SendCommand", std::move(input), {}});
  ASSERT_EQ(on.size(), 2U);
  EXPECT_EQ(on[0].resource, "arn:aws:ssm:ap-northeast-1::document/AWS-RunShellScript");
  EXPECT_EQ(on[1].resource, "arn:aws:ec2:ap-northeast-1:123456789012:instance/i-1");
  EXPECT_EQ(on[1].action, "ssm:SendCommand");
}

}  // namespace
}  // namespace sim::ssm

#include "sim/ssm/ssm_test.hpp"

namespace sim::ssm {
namespace {

using namespace std::chrono_literals;

class AssociationsTest : public SsmTest {
 protected:
  json::object target(const std::string& key, const std::string& value) {
    json::object one{{"Key", key}};
    one["Values"] = json::array{json::value(value)};
    return one;
  }
  // A script with the targets.
  json::object script(const std::string& line, json::array targets) {
    json::object input{{"Name", "AWS-RunShellScript"}};
    input["Parameters"] = {{"commands", json::array{json::value(line)}}};
    input["Targets"] = std::move(targets);
    return input;
  }
  std::string create(json::object input) {
    return text(ssm, "CreateAssociation", std::move(input), "AssociationDescription",
                "AssociationId");
  }
  json::object described(const std::string& id) {
    return call(ssm, "DescribeAssociation", {{"AssociationId", id}})
        .at("AssociationDescription")
        .as_object();
  }
  std::string status(const std::string& id) {
    return std::string(described(id).at("Overview").at("Status").as_string());
  }
  std::size_t runs(const std::string& id) {
    return call(ssm, "DescribeAssociationExecutions", {{"AssociationId", id}})
        .at("AssociationExecutions")
        .as_array()
        .size();
  }
};

constexpr const char* works = "curl -s https://example.com";
constexpr const char* fails = "curl -s no.such.host";

TEST_F(AssociationsTest, one_that_is_made_runs_at_once_where_an_agent_is_online) {
  open_the_way_out();
  create_endpoints();
  const auto instance = start_instance(true);
  pass(5min);
  const auto made = call(ssm, "CreateAssociation", script(works, {target("InstanceIds", instance)}))
                        .at("AssociationDescription")
                        .as_object();
  const std::string id(made.at("AssociationId").as_string());
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(made.at("Overview").at("Status"), "Pending");
  EXPECT_EQ(made.at("Overview").at("DetailedStatus"), "Creating");
  EXPECT_EQ(made.at("DocumentVersion"), "$DEFAULT");
  EXPECT_FALSE(made.contains("InstanceId"));
  pass(1min);
  const auto done = described(id);
  EXPECT_EQ(done.at("Overview").at("Status"), "Success");
  EXPECT_EQ(done.at("Overview").at("AssociationStatusAggregatedCount").at("Success"), 1);
  EXPECT_TRUE(done.contains("LastSuccessfulExecutionDate"));
  const auto execution = call(ssm, "DescribeAssociationExecutions", {{"AssociationId", id}})
                             .at("AssociationExecutions")
                             .at(0)
                             .as_object();
  EXPECT_EQ(execution.at("ResourceCountByStatus"), "{Success=1}");
  const json::object asked{{"AssociationId", id}, {"ExecutionId", execution.at("ExecutionId")}};
  const auto reached = call(ssm, "DescribeAssociationExecutionTargets", asked)
                           .at("AssociationExecutionTargets")
                           .at(0)
                           .as_object();
  EXPECT_EQ(reached.at("ResourceId"), json::value(instance));
  const auto output = call(
      ssm, "GetCommandInvocation",
      {{"CommandId", reached.at("OutputSource").at("OutputSourceId")}, {"InstanceId", instance}});
  EXPECT_TRUE(output.at("StandardOutputContent").as_string().find("Example Domain") !=
              json::string::npos);
  EXPECT_TRUE(call(ssm, "ListCommands", {}).at("Commands").as_array().empty());
  pass(24h);
  EXPECT_EQ(runs(id), 1U);
}

TEST_F(AssociationsTest, an_instance_that_comes_online_later_gets_it_then) {
  start_instance(true, "web");
  const auto id = create(script(works, {target("tag:role", "web")}));
  pass(10min);
  EXPECT_EQ(described(id).at("Overview").at("DetailedStatus"), "Associated");
  EXPECT_EQ(runs(id), 0U);
  open_the_way_out();
  pass(1min);
  EXPECT_EQ(status(id), "Success");
  EXPECT_EQ(runs(id), 1U);
  start_instance(true, "database");
  start_instance(true, "web");
  EXPECT_EQ(status(id), "Pending");
  pass(5min);
  EXPECT_EQ(status(id), "Success");
  EXPECT_EQ(runs(id), 2U);
  EXPECT_EQ(described(id).at("Overview").at("AssociationStatusAggregatedCount").at("Success"), 2);
}

TEST_F(AssociationsTest, without_an_agent_it_waits_and_then_fails_as_its_script_does) {
  const auto instance = start_instance(true);
  const auto id = create(script(fails, {target("InstanceIds", "*")}));
  pass(1h);
  EXPECT_EQ(status(id), "Pending");
  EXPECT_EQ(described(id).at("Overview").at("AssociationStatusAggregatedCount").at("Pending"), 1);
  create_endpoints();
  pass(5min);
  EXPECT_EQ(status(id), "Failed");
  const auto on = call(ssm, "DescribeInstanceAssociationsStatus", {{"InstanceId", instance}})
                      .at("InstanceAssociationStatusInfos")
                      .at(0)
                      .as_object();
  EXPECT_EQ(on.at("Status"), "Failed");
  EXPECT_EQ(on.at("ExecutionSummary"),
            "1 out of 1 plugin processed, 0 success, 1 failed, 0 timedout, 0 skipped. ");
}

TEST_F(AssociationsTest, the_schedule_repeats_it) {
  open_the_way_out();
  create_endpoints();
  const auto instance = start_instance(true);
  pass(5min);
  auto half_hourly = script(works, {target("InstanceIds", instance)});
  half_hourly["ScheduleExpression"] = "rate(30 minutes)";
  const auto id = create(half_hourly);
  pass(5min);
  EXPECT_EQ(runs(id), 1U);
  pass(1h);
  EXPECT_EQ(runs(id), 3U);

  auto later = script(works, {target("InstanceIds", instance)});
  later["ScheduleExpression"] = "cron(0 0/1 * * ? *)";
  later["ApplyOnlyAtCronInterval"] = true;
  const auto hourly = create(later);
  pass(1s);
  EXPECT_EQ(runs(hourly), 0U);
  EXPECT_EQ(status(hourly), "Pending");
  pass(1h);
  EXPECT_EQ(runs(hourly), 1U);
  EXPECT_EQ(status(hourly), "Success");

  call(ssm, "DeleteAssociation", {{"AssociationId", hourly}});
  call(ssm, "StartAssociationsOnce", {{"AssociationIds", json::array{json::value(id)}}});
  pass(20s);
  const auto newest = call(ssm, "DescribeAssociationExecutions", {{"AssociationId", id}});
  EXPECT_EQ(newest.at("AssociationExecutions").at(0).at("Status"), "Success");
  EXPECT_EQ(refusal(ssm, "DescribeAssociation", {{"AssociationId", hourly}}),
            "AssociationDoesNotExist");
}

TEST_F(AssociationsTest, an_update_makes_a_version_that_runs_and_forgets_what_it_does_not_say) {
  open_the_way_out();
  create_endpoints();
  const auto instance = start_instance(true);
  pass(5min);
  auto input = script(fails, {target("InstanceIds", instance)});
  input["AssociationName"] = "named";
  input["ScheduleExpression"] = "rate(1 day)";
  const auto id = create(input);
  pass(1min);
  EXPECT_EQ(status(id), "Failed");
  const json::object parameters{{"commands", json::array{works}}};
  EXPECT_EQ(refusal(ssm, "UpdateAssociation", {{"AssociationId", id}}), "InvalidParameters");
  EXPECT_EQ(
      refusal(ssm, "UpdateAssociation",
              {{"AssociationId", id}, {"AssociationVersion", "7"}, {"Parameters", parameters}}),
      "InvalidAssociationVersion");
  const auto updated =
      call(ssm, "UpdateAssociation", {{"AssociationId", id}, {"Parameters", parameters}})
          .at("AssociationDescription")
          .as_object();
  EXPECT_EQ(updated.at("AssociationVersion"), "2");
  EXPECT_EQ(updated.at("Name"), "AWS-RunShellScript");
  EXPECT_FALSE(updated.contains("ScheduleExpression"));
  EXPECT_FALSE(updated.contains("AssociationName"));
  pass(1min);
  EXPECT_EQ(status(id), "Success");
  const auto versions = call(ssm, "ListAssociationVersions", {{"AssociationId", id}});
  EXPECT_EQ(versions.at("AssociationVersions").as_array().size(), 2U);
  EXPECT_EQ(versions.at("AssociationVersions").at(1).at("AssociationName"), "named");
  pass(48h);
  EXPECT_EQ(runs(id), 2U) << "the old schedule is gone";
}

TEST_F(AssociationsTest, errors_stop_it_as_its_rate_controls_say) {
  open_the_way_out();
  create_endpoints();
  for (int i = 0; i < 4; ++i) start_instance(true, "web");
  pass(5min);
  auto input = script(fails, {target("tag:role", "web")});
  input["MaxConcurrency"] = "1";
  input["MaxErrors"] = "25%";
  const auto id = create(input);
  pass(5min);
  const auto counts = described(id).at("Overview").at("AssociationStatusAggregatedCount");
  EXPECT_EQ(counts.at("Failed"), 2);
  EXPECT_EQ(counts.at("Skipped"), 2);
  EXPECT_EQ(status(id), "Failed");
}

TEST_F(AssociationsTest, the_old_form_with_an_instance_id_is_known_by_document_and_instance) {
  const auto instance = start_instance(true);
  const json::object by{{"Name", "AWS-UpdateSSMAgent"}, {"InstanceId", instance}};
  const auto made = call(ssm, "CreateAssociation", by).at("AssociationDescription").as_object();
  EXPECT_EQ(made.at("Status").at("Message"), "Associated with AWS-UpdateSSMAgent");
  EXPECT_EQ(made.at("Targets").at(0).at("Values").at(0), json::value(instance));
  EXPECT_EQ(refusal(ssm, "CreateAssociation", by), "AssociationAlreadyExists");
  auto reported = by;
  reported["AssociationStatus"] = {{"Date", 1424421071}, {"Name", "Failed"}, {"Message", "m"}};
  call(ssm, "UpdateAssociationStatus", reported);
  EXPECT_EQ(refusal(ssm, "UpdateAssociationStatus", reported), "StatusUnchanged");
  EXPECT_EQ(text(ssm, "DescribeAssociation", by, "AssociationDescription", "InstanceId"), instance);
  call(ssm, "DeleteAssociation", by);
  EXPECT_EQ(refusal(ssm, "DeleteAssociation", by), "AssociationDoesNotExist");
  json::object twice;
  twice["Entries"] = json::array{by, by};
  EXPECT_EQ(refusal(ssm, "CreateAssociationBatch", twice), "DuplicateInstanceId");
  auto impossible = by;
  impossible["CalendarNames"] = json::array{"c"};
  impossible["InstanceId"] = nullptr;
  json::object half;
  half["Entries"] = json::array{by, impossible};
  EXPECT_EQ(refusal(ssm, "CreateAssociationBatch", half), "NotImplemented");
  EXPECT_TRUE(call(ssm, "ListAssociations", {}).at("Associations").as_array().empty());
  json::object batch;
  batch["Entries"] = json::array{by, json::object{{"Name", "none"}}};
  const auto both = call(ssm, "CreateAssociationBatch", batch);
  EXPECT_EQ(both.at("Successful").as_array().size(), 1U);
  EXPECT_EQ(both.at("Failed").at(0).at("Entry").at("Name"), "none");
  EXPECT_EQ(both.at("Failed").at(0).at("Fault"), "Client");
}

struct Row {
  const char* member;
  json::value value;
  const char* code;
};

TEST_F(AssociationsTest, what_aws_refuses_is_refused_and_what_is_missing_is_named) {
  const Row rows[] = {
      {"Name", "none", "InvalidDocument"},
      {"Name", "AWS-ApplyAnsiblePlaybooks", "NotImplemented"},
      {"DocumentVersion", "9", "InvalidDocumentVersion"},
      {"Parameters", json::object{{"a", json::array{"b"}}}, "InvalidParameters"},
      {"Parameters", json::object(), "InvalidParameters"},
      {"Targets", json::array(), "InvalidTarget"},
      {"Targets", json::array{target("ResourceGroup", "g")}, "InvalidTarget"},
      {"Targets", json::array{target("resource-groups:Name", "g")}, "NotImplemented"},
      {"Targets", json::array{target("InstanceIds", "i-00000000000000000")}, "InvalidTarget"},
      {"InstanceId", "i-00000000000000000", "InvalidTarget"},
      {"ScheduleExpression", "rate(5 minutes)", "InvalidSchedule"},
      {"ScheduleOffset", 2, "InvalidSchedule"},
      {"AssociationName", "a b", "ValidationException"},
      {"MaxErrors", "101%", "ValidationException"},
      {"MaxConcurrency", "0", "ValidationException"},
      {"ComplianceSeverity", "NONE", "ValidationException"},
      {"OutputLocation", json::object{{"S3Location", json::object()}}, "NotImplemented"},
      {"CalendarNames", json::array{"c"}, "NotImplemented"},
  };
  for (const auto& row : rows) {
    auto input = script(works, {target("tag:role", "web")});
    input[row.member] = row.value;
    EXPECT_EQ(refusal(ssm, "CreateAssociation", input), row.code) << row.member << row.value;
  }
  auto rate = script(works, {target("tag:role", "web")});
  rate["ScheduleExpression"] = "rate(1 day)";
  rate["ApplyOnlyAtCronInterval"] = true;
  EXPECT_EQ(refusal(ssm, "CreateAssociation", rate), "InvalidSchedule");
}

TEST_F(AssociationsTest, they_are_listed_by_filters_and_pages) {
  const auto instance = start_instance(true, "web");
  auto named = script(works, {target("tag:role", "web")});
  named["AssociationName"] = "one";
  const auto one = create(named);
  create({{"Name", "AWS-UpdateSSMAgent"}, {"Targets", json::array{target("InstanceIds", "*")}}});
  const auto count = [&](const char* key, const std::string& value) {
    json::object input;
    input["AssociationFilterList"] = json::array{json::object{{"key", key}, {"value", value}}};
    return call(ssm, "ListAssociations", input).at("Associations").as_array().size();
  };
  EXPECT_EQ(count("AssociationName", "one"), 1U);
  EXPECT_EQ(count("Name", "AWS-UpdateSSMAgent"), 1U);
  EXPECT_EQ(count("AssociationId", one), 1U);
  EXPECT_EQ(count("InstanceId", instance), 2U);
  EXPECT_EQ(count("AssociationStatusName", "Success"), 0U);
  EXPECT_TRUE(call(ssm, "ListAssociations", {{"MaxResults", 1}}).contains("NextToken"));
  const auto effective =
      call(ssm, "DescribeEffectiveInstanceAssociations", {{"InstanceId", instance}});
  EXPECT_EQ(effective.at("Associations").as_array().size(), 2U);
  EXPECT_EQ(refusal(ssm, "DescribeEffectiveInstanceAssociations", {{"InstanceId", "i-1"}}),
            "InvalidInstanceId");
}

TEST_F(AssociationsTest, a_document_that_has_associations_stays) {
  const std::string content =
      R"({"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript", "name": "a",
          "inputs": {"runCommand": ["curl -s https://example.com"]}}]})";
  call(ssm, "CreateDocument", {{"Name", "mine"}, {"Content", content}});
  const auto id = create({{"Name", "arn:aws:ssm:ap-northeast-1:123456789012:document/mine"},
                          {"Targets", json::array{target("InstanceIds", "*")}}});
  EXPECT_EQ(refusal(ssm, "DeleteDocument", {{"Name", "mine"}}), "AssociatedInstances");
  call(ssm, "DeleteAssociation", {{"AssociationId", id}});
  call(ssm, "DeleteDocument", {{"Name", "mine"}});
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
TEST_F(AssociationsTest, access_is_asked_for_on_document_instance_and_association) {
  const auto resources = [&](const char* action, json::object input) {
    std::string all;
    for (const auto& one :
         ssm.operations().at(action).access(Call{{}, "ssm", action, std::move(input), {}})) {
      all += one.action + " " + one.resource + "\n";
    }
    return all;
  };
  EXPECT_EQ(resources("CreateAssociation", script(works, {target("InstanceIds", "i-1")})),
            "ssm:CreateAssociation arn:aws:ssm:ap-northeast-1::document/AWS-RunShellScript\n"
            "ssm:CreateAssociation arn:aws:ec2:ap-northeast-1:123456789012:instance/i-1\n"
            "ssm:CreateAssociation arn:aws:ssm:ap-northeast-1:123456789012:association/*\n");
  EXPECT_EQ(resources("UpdateAssociation", {{"AssociationId", "a"}, {"Name", "mine"}}),
            "ssm:UpdateAssociation arn:aws:ssm:ap-northeast-1:123456789012:document/mine\n"
            "ssm:UpdateAssociation arn:aws:ssm:ap-northeast-1:123456789012:association/a\n"
            "ssm:DescribeAssociation arn:aws:ssm:ap-northeast-1:123456789012:association/a\n");
  EXPECT_EQ(resources("ListAssociations", {}), "ssm:ListAssociations *\n");
  auto tagged = script(works, {target("InstanceIds", "*")});
  tagged["Tags"] = json::array{json::object{{"Key", "a"}, {"Value", "b"}}};
  const auto id = create(tagged);
  const auto described =
      ssm.operations()
          .at("DescribeAssociation")
          .access(Call{{}, "ssm", "DescribeAssociation", {{"AssociationId", id}}, {}});
  const auto instance = start_instance(false, "web");
  const auto on = ssm.operations()
                      .at("DescribeInstanceAssociationsStatus")
                      .access(Call{{}, "ssm", "", {{"InstanceId", instance}}, {}});
  EXPECT_EQ(on.at(0).context.at("ssm:resourceTag/role"), "web");
  ASSERT_EQ(described.size(), 1U);
  EXPECT_EQ(described[0].context.at("aws:ResourceTag/a"), "b");
  EXPECT_EQ(call(ssm, "ListTagsForResource", {{"ResourceType", "Association"}, {"ResourceId", id}})
                .at("TagList")
                .as_array()
                .size(),
            1U);
}

}  // namespace
}  // namespace sim::ssm

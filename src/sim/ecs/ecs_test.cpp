#include "sim/ecs/ecs.hpp"

#include <gtest/gtest.h>

#include "sim/ecs/test_world.hpp"

namespace sim::ecs {
namespace {

using namespace std::chrono_literals;

using EcsTest = TestWorld;

TEST_F(EcsTest, a_service_becomes_steady_once_its_image_can_be_pulled) {
  open_the_way_out();
  call(ecs, "RegisterTaskDefinition", task_definition("nginx:latest"));
  json::object created = call(ecs, "CreateService", service_input(1));
  EXPECT_EQ(created.at("service").at("runningCount"), 0);
  pass(2min);
  const auto steady = service();
  EXPECT_EQ(steady.at("runningCount"), 1);
  EXPECT_EQ(steady.at("deployments").as_array().size(), 1U);
  EXPECT_EQ(steady.at("deployments").at(0).at("rolloutState"), "COMPLETED");
  EXPECT_EQ(steady.at("events").at(0).at("message"), "(service s) has reached a steady state.");
  const auto task = tasks().at(0);
  EXPECT_LT(task.at("createdAt").as_double(), task.at("pullStartedAt").as_double());
  EXPECT_LT(task.at("pullStartedAt").as_double(), task.at("pullStoppedAt").as_double());
  EXPECT_LT(task.at("pullStoppedAt").as_double(), task.at("startedAt").as_double());
  const std::string ip(task.at("containers")
                           .at(0)
                           .at("networkInterfaces")
                           .at(0)
                           .at("privateIpv4Address")
                           .as_string());
  ASSERT_TRUE(ecs.listening(ip, 80));
  EXPECT_NE(ecs.listening(ip, 80)->body.find("Welcome to nginx!"), std::string::npos);
  EXPECT_FALSE(ecs.listening(ip, 81));
}

// facts/aws-semantics.md 9: TaskFailedToStart, CannotPullContainerError, start within 3 minutes.
TEST_F(EcsTest, without_a_way_out_tasks_fail_and_a_later_way_out_heals_the_service) {
  call(ecs, "RegisterTaskDefinition", task_definition("nginx"));
  call(ecs, "CreateService", service_input(1));
  pass(5min);
  EXPECT_EQ(service().at("runningCount"), 0);
  EXPECT_EQ(service().at("deployments").at(0).at("rolloutState"), "IN_PROGRESS");
  const auto stopped = tasks("STOPPED");
  ASSERT_FALSE(stopped.empty());
  EXPECT_EQ(stopped.at(0).at("stopCode"), "TaskFailedToStart");
  EXPECT_TRUE(stopped.at(0)
                  .at("stoppedReason")
                  .as_string()
                  .starts_with("CannotPullContainerError: pull image manifest has been retried 5 "
                               "time(s): failed to resolve "
                               "ref docker.io/library/nginx:latest"));
  open_the_way_out();
  pass(10min);
  EXPECT_EQ(service().at("runningCount"), 1);
  EXPECT_EQ(service().at("deployments").at(0).at("rolloutState"), "COMPLETED");
}

TEST_F(EcsTest, a_running_task_outlives_the_way_out_but_its_successor_does_not_start) {
  open_the_way_out();
  call(ecs, "RegisterTaskDefinition", task_definition("nginx"));
  call(ecs, "CreateService", service_input(1));
  pass(2min);
  call(ec2, "DeleteRoute",
       {{"RouteTableId", private_table}, {"DestinationCidrBlock", "0.0.0.0/0"}});
  pass(10min);
  EXPECT_EQ(service().at("runningCount"), 1);
  call(ecs, "StopTask", {{"cluster", "c"}, {"task", tasks().at(0).at("taskArn")}});
  pass(5min);
  EXPECT_EQ(service().at("runningCount"), 0);
}

TEST_F(EcsTest, an_image_that_nobody_has_is_not_found) {
  open_the_way_out();
  call(ecs, "RegisterTaskDefinition", task_definition("no/such:1"));
  call(ecs, "CreateService", service_input(1));
  pass(2min);
  EXPECT_NE(tasks("STOPPED")
                .at(0)
                .at("stoppedReason")
                .as_string()
                .find("pull access denied, repository does not exist"),
            json::string::npos);
}

TEST_F(EcsTest, alarms_that_are_switched_off_are_none) {
  call(ecs, "RegisterTaskDefinition", task_definition("nginx"));
  auto input = service_input(0);
  json::object alarms{{"alarmNames", json::array{}}, {"enable", false}, {"rollback", false}};
  input["deploymentConfiguration"] = json::object{{"alarms", alarms}};
  EXPECT_EQ(call(ecs, "CreateService", input).at("service").at("status"), "ACTIVE");
  alarms["enable"] = true;
  input["serviceName"] = "other";
  input["deploymentConfiguration"] = json::object{{"alarms", alarms}};
  EXPECT_EQ(refusal(ecs, "CreateService", input), "NotImplemented");
}

TEST_F(EcsTest, the_circuit_breaker_ends_a_deployment_that_keeps_failing) {
  open_the_way_out();
  call(ecs, "RegisterTaskDefinition", task_definition("no/such"));
  auto input = service_input(1);
  input["deploymentConfiguration"] = {
      {"deploymentCircuitBreaker", {{"enable", true}, {"rollback", false}}}};
  call(ecs, "CreateService", input);
  pass(30min);
  const auto failed = service();
  EXPECT_EQ(failed.at("deployments").at(0).at("rolloutState"), "FAILED");
  EXPECT_EQ(failed.at("deployments").at(0).at("failedTasks"), 3);
}

TEST_F(EcsTest, a_new_task_definition_replaces_the_old_tasks) {
  open_the_way_out();
  call(ecs, "RegisterTaskDefinition", task_definition("nginx:1"));
  call(ecs, "CreateService", service_input(2));
  pass(3min);
  call(ecs, "RegisterTaskDefinition", task_definition("nginx:2"));
  call(ecs, "UpdateService", {{"cluster", "c"}, {"service", "s"}, {"taskDefinition", "f:2"}});
  EXPECT_EQ(service().at("deployments").as_array().size(), 2U);
  pass(5min);
  EXPECT_EQ(service().at("deployments").as_array().size(), 1U);
  EXPECT_EQ(service().at("runningCount"), 2);
  for (const auto& task : tasks()) {
    EXPECT_TRUE(task.at("taskDefinitionArn").as_string().ends_with("/f:2"));
  }
}

TEST_F(EcsTest, an_update_that_is_refused_half_way_changes_nothing) {
  call(ecs, "RegisterTaskDefinition", task_definition("nginx"));
  call(ecs, "CreateService", service_input(1));
  for (const auto& [refused, value] :
       {std::pair<const char*, json::value>{"taskDefinition", "unknown"},
        {"healthCheckGracePeriodSeconds", std::numeric_limits<std::int64_t>::max()},
        {"desiredCount", std::int64_t{1} << 40}}) {
    json::object input{{"cluster", "c"}, {"service", "s"}, {"enableExecuteCommand", true}};
    input["desiredCount"] = 5;
    input[refused] = value;
    EXPECT_THROW(call(ecs, "UpdateService", std::move(input)), Error) << refused;
    EXPECT_EQ(service().at("desiredCount"), 1) << refused;
    EXPECT_EQ(service().at("enableExecuteCommand"), false) << refused;
  }
}

// facts §5: "ACTIVE→DRAINING→INACTIVE"; "needs desired 0 or force"
TEST_F(EcsTest, deleting_drains_the_service_and_frees_its_interfaces) {
  open_the_way_out();
  call(ecs, "RegisterTaskDefinition", task_definition("nginx"));
  call(ecs, "CreateService", service_input(1));
  pass(2min);
  EXPECT_EQ(refusal(ecs, "DeleteService", {{"cluster", "c"}, {"service", "s"}}),
            "InvalidParameterException");
  call(ecs, "DeleteService", {{"cluster", "c"}, {"service", "s"}, {"force", true}});
  EXPECT_EQ(service().at("status"), "DRAINING");
  EXPECT_EQ(refusal(ecs, "DeleteCluster", {{"cluster", "c"}}), "ClusterContainsServicesException");
  pass(1min);
  EXPECT_EQ(service().at("status"), "INACTIVE");
  call(ecs, "DeleteCluster", {{"cluster", "c"}});
  EXPECT_EQ(refusal(ecs, "DeleteCluster", {{"cluster", "c"}}), "ClusterNotFoundException");
  EXPECT_EQ(refusal(ec2, "DeleteSecurityGroup", {{"GroupId", group}}), "none");
}

TEST_F(EcsTest, a_service_that_wants_no_task_goes_without_force) {
  open_the_way_out();
  call(ecs, "RegisterTaskDefinition", task_definition("nginx"));
  call(ecs, "CreateService", service_input(1));
  pass(2min);
  call(ecs, "UpdateService", {{"cluster", "c"}, {"service", "s"}, {"desiredCount", 0}});
  EXPECT_EQ(refusal(ecs, "DeleteService", {{"cluster", "c"}, {"service", "s"}}), "none");
  EXPECT_EQ(service().at("status"), "DRAINING");
  pass(1min);
  EXPECT_EQ(service().at("status"), "INACTIVE");
}

TEST_F(EcsTest, a_role_that_tasks_cannot_assume_stops_the_service_from_starting) {
  role("other", "lambda.amazonaws.com");
  auto input = task_definition("nginx");
  input["executionRoleArn"] = "other";
  call(ecs, "RegisterTaskDefinition", input);
  call(ecs, "CreateService", service_input(1));
  pass(10s);
  EXPECT_NE(
      service().at("events").at(0).at("message").as_string().find("unable to assume the role"),
      json::string::npos);
}

struct SizeRow {
  const char *cpu, *memory;
  bool exists;
};

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
TEST_F(EcsTest, only_fargates_own_sizes_are_taken) {
  const SizeRow rows[] = {{"256", "512", true},         {"256", "3072", false},
                          {"512", "512", false},        {"512", "4096", true},
                          {".25 vCPU", "0.5 GB", true}, {"1024", "8192", true},
                          {"1024", "1500", false},      {"8192", "20480", true},
                          {"300", "512", false},        {"x", "512", false}};
  for (const auto& row : rows) {
    auto input = task_definition("nginx");
    input["cpu"] = row.cpu;
    input["memory"] = row.memory;
    EXPECT_EQ(refusal(ecs, "RegisterTaskDefinition", input),
              row.exists ? "none" : "ClientException")
        << row.cpu << " " << row.memory;
  }
}

TEST_F(EcsTest, private_images_and_logs_need_an_execution_role) {
  auto input = task_definition("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/nginx");
  input.erase("executionRoleArn");
  EXPECT_EQ(refusal(ecs, "RegisterTaskDefinition", input), "ClientException");
}

TEST_F(EcsTest, unknown_things_have_their_own_refusals) {
  EXPECT_EQ(refusal(ecs, "CreateService", {{"cluster", "no"}}), "ClusterNotFoundException");
  EXPECT_EQ(refusal(ecs, "UpdateService", {{"cluster", "c"}, {"service", "no"}}),
            "ServiceNotFoundException");
  EXPECT_EQ(refusal(ecs, "DescribeTaskDefinition", {{"taskDefinition", "no"}}), "ClientException");
  json::object input{{"cluster", "c"}};
  input["services"] = json::array{json::value("no")};
  EXPECT_EQ(call(ecs, "DescribeServices", input).at("failures").at(0).at("reason"), "MISSING");
}

TEST_F(EcsTest, access_is_asked_for_on_the_service_and_for_passing_roles) {
  const auto on = ecs.operations()
                      .at("DescribeServices")
                      .access(Call{{},
                                   "ecs",
                                   "DescribeServices",
                                   {{"cluster", "c"}, {"services", json::array{"s"}}},
                                   {}});
  ASSERT_EQ(on.size(), 1U);
  EXPECT_EQ(on[0].action, "ecs:DescribeServices");
  EXPECT_EQ(on[0].resource, "arn:aws:ecs:ap-northeast-1:123456789012:service/c/s");
  EXPECT_EQ(on[0].context.at("ecs:cluster"), "arn:aws:ecs:ap-northeast-1:123456789012:cluster/c");
  const auto pass_role =
      ecs.operations()
          .at("RegisterTaskDefinition")
          .access(Call{{}, "ecs", "RegisterTaskDefinition", task_definition("nginx"), {}});
  ASSERT_EQ(pass_role.size(), 2U);
  EXPECT_EQ(pass_role[1].action, "iam:PassRole");
  EXPECT_EQ(pass_role[1].resource, "arn:aws:iam::123456789012:role/execution");
}

TEST(Images, references_are_read_as_docker_does) {
  EXPECT_EQ(parse_reference("nginx").full, "docker.io/library/nginx:latest");
  EXPECT_EQ(parse_reference("me/app:2").full, "docker.io/me/app:2");
  EXPECT_EQ(parse_reference("public.ecr.aws/nginx/nginx").registry, Registry::ecr_public);
  EXPECT_EQ(parse_reference("1.dkr.ecr.eu-west-1.amazonaws.com/nginx:1").registry,
            Registry::ecr_private);
  EXPECT_TRUE(find_image(parse_reference("nginx:1.27-alpine")));
  EXPECT_FALSE(find_image(parse_reference("nobody/nginx")));
  EXPECT_FALSE(find_image(parse_reference("quay.io/nginx")));
}

TEST_F(EcsTest, clusters_tasks_and_definitions_carry_tags) {
  const json::array tags{json::object{{"key", "a"}, {"value", "1"}}};
  const auto made = call(ecs, "CreateCluster", {{"clusterName", "tagged"}, {"tags", tags}});
  const auto arn = made.at("cluster").at("clusterArn");
  call(ecs, "TagResource",
       {{"resourceArn", arn},
        {"tags", json::array{json::object{{"key", "a"}, {"value", "2"}},
                             json::object{{"key", "b"}, {"value", "3"}}}}});
  call(ecs, "UntagResource", {{"resourceArn", arn}, {"tagKeys", json::array{"b"}}});
  EXPECT_EQ(call(ecs, "ListTagsForResource", {{"resourceArn", arn}}).at("tags").at(0).at("value"),
            "2");
  EXPECT_EQ(refusal(ecs, "ListTagsForResource", {{"resourceArn", "arn:none"}}),
            "InvalidParameterException");
}

TEST_F(EcsTest, definitions_are_listed_by_family_revision_and_status) {
  for (int i = 0; i < 3; ++i) call(ecs, "RegisterTaskDefinition", task_definition("nginx"));
  const auto listed = call(ecs, "ListTaskDefinitions", {{"sort", "DESC"}, {"maxResults", 2}});
  const std::string first(listed.at("taskDefinitionArns").at(0).as_string());
  EXPECT_TRUE(first.ends_with(":3")) << first;
  EXPECT_EQ(listed.at("nextToken"), "2");
  EXPECT_EQ(call(ecs, "DeleteTaskDefinitions", {{"taskDefinitions", json::array{first}}})
                .at("failures")
                .at(0)
                .at("reason"),
            "TASK_DEFINITION_IS_ACTIVE");
  call(ecs, "DeregisterTaskDefinition", {{"taskDefinition", first}});
  call(ecs, "DeleteTaskDefinitions", {{"taskDefinitions", json::array{first}}});
  EXPECT_EQ(call(ecs, "DescribeTaskDefinition", {{"taskDefinition", first}})
                .at("taskDefinition")
                .at("status"),
            "DELETE_IN_PROGRESS");
  EXPECT_EQ(call(ecs, "ListTaskDefinitionFamilies", {}).at("families").as_array().size(), 1U);
}

TEST_F(EcsTest, settings_that_change_nothing_are_kept_and_others_refused) {
  call(ecs, "PutAccountSetting", {{"name", "containerInsights"}, {"value", "enabled"}});
  EXPECT_EQ(call(ecs, "ListAccountSettings", {{"name", "containerInsights"}})
                .at("settings")
                .at(0)
                .at("value"),
            "enabled");
  EXPECT_EQ(refusal(ecs, "PutAccountSetting", {{"name", "awsvpcTrunking"}, {"value", "enabled"}}),
            "NotImplemented");
  EXPECT_EQ(refusal(ecs, "PutAccountSetting", {{"name", "none"}, {"value", "enabled"}}),
            "InvalidParameterException");
}

}  // namespace
}  // namespace sim::ecs

// Capacity, health and the order of containers.
#include "sim/ecs/health.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/ecs/capacity.hpp"
#include "sim/ecs/test_world.hpp"

namespace sim::ecs {
namespace {

using namespace std::chrono_literals;

using Health = TestWorld;

json::object two_containers(json::object definition) {
  definition["containerDefinitions"] = json::parse(R"([
    {"name": "web", "image": "nginx", "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}]},
    {"name": "db", "image": "nginx",
     "healthCheck": {"command": ["CMD", "true"], "interval": 60, "startPeriod": 10}}])");
  return definition;
}

TEST_F(Health, a_container_starts_when_the_one_it_depends_on_is_healthy) {
  open_the_way_out();
  call(ecs, "RegisterTaskDefinition", two_containers(task_definition("nginx")));
  call(ecs, "CreateService", service_input(1));
  pass(70s);
  EXPECT_EQ(service().at("runningCount"), 0);
  pass(2min);
  EXPECT_EQ(service().at("runningCount"), 1);
  const auto task = tasks().at(0);
  EXPECT_EQ(task.at("healthStatus"), "HEALTHY");
  EXPECT_EQ(task.at("containers").at(0).at("healthStatus"), "UNKNOWN");  // it has no check
  EXPECT_EQ(task.at("containers").at(1).at("healthStatus"), "HEALTHY");
  EXPECT_EQ(service().at("deployments").at(0).at("rolloutState"), "COMPLETED");
}

TEST_F(Health, a_deployment_is_complete_once_its_tasks_are_healthy) {
  open_the_way_out();
  auto definition = task_definition("nginx");
  definition["containerDefinitions"] = json::parse(R"([{"name": "web", "image": "nginx",
    "healthCheck": {"command": ["CMD", "true"], "interval": 300}}])");
  call(ecs, "RegisterTaskDefinition", definition);
  call(ecs, "CreateService", service_input(1));
  pass(3min);
  EXPECT_EQ(service().at("runningCount"), 1);
  EXPECT_EQ(tasks().at(0).at("healthStatus"), "UNKNOWN");
  EXPECT_EQ(service().at("deployments").at(0).at("rolloutState"), "IN_PROGRESS");
  pass(5min);
  EXPECT_EQ(tasks().at(0).at("healthStatus"), "HEALTHY");
  EXPECT_EQ(service().at("deployments").at(0).at("rolloutState"), "COMPLETED");
}

TEST_F(Health, what_cannot_be_waited_for_is_refused) {
  const std::pair<const char*, const char*> rows[] = {
      {R"([{"name":"a","image":"nginx","dependsOn":[{"containerName":"b","condition":"START"}]}])",
       "ClientException"},
      {R"([{"name":"a","image":"nginx","dependsOn":[{"containerName":"b","condition":"HEALTHY"}]},
          {"name":"b","image":"nginx"}])",
       "ClientException"},
      {R"([{"name":"a","image":"nginx","dependsOn":[{"containerName":"b","condition":"START"}]},
          {"name":"b","image":"nginx","dependsOn":[{"containerName":"a","condition":"START"}]}])",
       "ClientException"},
      {R"([{"name":"a","image":"nginx","dependsOn":[{"containerName":"b","condition":"SUCCESS"}]},
          {"name":"b","image":"nginx"}])",
       "NotImplemented"},
      {R"([{"name":"a","image":"nginx","healthCheck":{"command":["x"],"interval":1}}])",
       "ClientException"},
      {R"([{"name":"a","image":"nginx","healthCheck":{}}])", "ClientException"}};
  for (const auto& [containers, code] : rows) {
    auto definition = task_definition("nginx");
    definition["containerDefinitions"] = json::parse(containers);
    EXPECT_EQ(refusal(ecs, "RegisterTaskDefinition", definition), code) << containers;
  }
}

TEST(Capacity, the_base_comes_first_then_the_weights) {
  const auto strategy = json::parse(R"([
      {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
      {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0}])")
                            .as_array();
  std::map<std::string, int> running;
  for (int i = 0; i < 9; ++i) ++running[next_provider(strategy, running)];
  EXPECT_EQ(running["FARGATE"], 2);
  EXPECT_EQ(running["FARGATE_SPOT"], 7);
  EXPECT_EQ(next_provider({}, {}), "");
}

TEST_F(Health, tasks_go_to_the_providers_of_their_cluster_and_carry_the_tags_of_their_service) {
  open_the_way_out();
  call(ecs, "RegisterTaskDefinition", task_definition("nginx"));
  auto input = service_input(1);
  input.erase("launchType");
  input["propagateTags"] = "SERVICE";
  input["tags"] = json::parse(R"([{"key": "a", "value": "b"}])");
  input["capacityProviderStrategy"] = json::parse(R"([{"capacityProvider": "FARGATE_SPOT"}])");
  EXPECT_EQ(refusal(ecs, "CreateService", input), "InvalidParameterException");
  auto older = service_input(1);
  older["platformVersion"] = "1.3.0";
  EXPECT_EQ(refusal(ecs, "CreateService", older), "NotImplemented");
  const auto providers = json::parse(R"({"cluster": "c", "capacityProviders": ["FARGATE_SPOT"],
      "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]})");
  call(ecs, "PutClusterCapacityProviders", providers.as_object());
  input.erase("capacityProviderStrategy");
  call(ecs, "CreateService", input);
  pass(2min);
  EXPECT_FALSE(service().contains("launchType"));
  EXPECT_EQ(tasks().at(0).at("capacityProviderName"), "FARGATE_SPOT");
  EXPECT_EQ(json::serialize(tasks().at(0).at("tags")), R"([{"key":"a","value":"b"}])");
  auto tagged = task_definition("nginx");
  tagged["tags"] = json::parse(R"([{"key": "c", "value": "d"}])");
  call(ecs, "RegisterTaskDefinition", tagged);
  auto run = service_input(1);
  for (const char* other : {"serviceName", "desiredCount"}) run.erase(other);
  run["propagateTags"] = "TASK_DEFINITION";
  run["enableECSManagedTags"] = true;
  EXPECT_EQ(json::serialize(call(ecs, "RunTask", run).at("tasks").at(0).at("tags")),
            R"([{"key":"c","value":"d"},{"key":"aws:ecs:clusterName","value":"c"}])");
}

}  // namespace
}  // namespace sim::ecs

#include "aws/ecs/ecs.hpp"

#include <gtest/gtest.h>

#include "aws/scripted_test.hpp"

namespace aws::ecs {
namespace {

using scripted::Stage;

const ServiceArn arn{"arn:aws:ecs:eu-west-1:123456789012:service/cluster-1/web"};

TEST(ServiceArn, knows_both_forms) {
  EXPECT_EQ(arn.cluster(), "cluster-1");
  EXPECT_EQ(arn.name(), "web");
  const ServiceArn old{"arn:aws:ecs:eu-west-1:123456789012:service/web"};
  EXPECT_EQ(old.cluster(), "default");
  EXPECT_EQ(old.name(), "web");
}

TEST(FindService, reads_counts_deployments_and_events) {
  Stage stage;
  stage.server.answer(200, R"({"services":[{"serviceArn":"a","status":"ACTIVE","desiredCount":2,
      "runningCount":1,"pendingCount":1,"deployments":[{"id":"d","status":"PRIMARY",
      "rolloutState":"IN_PROGRESS","failedTasks":3}],
      "events":[{"createdAt":1398796238.5,"message":"steady"}]}],"failures":[]})");
  const auto service = stage.run(find_service(stage.client, arn));
  ASSERT_TRUE(service);
  EXPECT_EQ(service->desired, 2);
  EXPECT_EQ(service->deployments.at(0).failed, 3);
  EXPECT_EQ(service->deployments.at(0).rollout_state, "IN_PROGRESS");
  EXPECT_EQ(base::iso8601(service->events.at(0).time), "2014-04-29T18:30:38.500Z");
  const auto& request = stage.server.requests.at(0);
  EXPECT_EQ(request.body, R"({"cluster":"cluster-1","services":["web"]})");
  EXPECT_EQ(request.headers.get("X-Amz-Target"),
            "AmazonEC2ContainerServiceV20141113.DescribeServices");
}

TEST(FindService, a_missing_service_or_cluster_is_nothing) {
  Stage stage;
  stage.server.answer(200, R"({"services":[],"failures":[{"reason":"MISSING"}]})");
  EXPECT_FALSE(stage.run(find_service(stage.client, arn)));
  stage.server.answer(400,
                      R"({"__type":"ClusterNotFoundException","message":"Cluster not found."})");
  EXPECT_FALSE(stage.run(find_service(stage.client, arn)));
}

TEST(TasksOf, lists_every_page_and_reads_the_interface) {
  Stage stage;
  stage.server.answer(200, R"({"taskArns":["t1"],"nextToken":"n"})");
  stage.server.answer(200, R"({"taskArns":["t2"]})");
  stage.server.answer(200, R"({"tasks":[{"taskArn":"t1","lastStatus":"RUNNING",
      "pullStartedAt":1.5,"attachments":[{"type":"ElasticNetworkInterface","details":[
      {"name":"networkInterfaceId","value":"eni-1"},
      {"name":"privateIPv4Address","value":"10.0.1.5"}]}]},{"taskArn":"t2"}]})");
  const auto tasks = stage.run(tasks_of(stage.client, arn));
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_EQ(tasks[0].private_ip, "10.0.1.5");
  EXPECT_EQ(tasks[0].interface, "eni-1");
  EXPECT_TRUE(tasks[0].pull_started);
  EXPECT_FALSE(tasks[0].pull_stopped);
  EXPECT_EQ(stage.server.requests[2].body, R"({"cluster":"cluster-1","tasks":["t1","t2"]})");
}

}  // namespace
}  // namespace aws::ecs

// ECS: the service and its tasks, by which readiness decides.
#include "aws/ecs/ecs.hpp"

#include <gmock/gmock.h>

#include "aws/ec2/ec2.hpp"
#include "tests/moto/moto.hpp"

namespace moto {
namespace {

using boost::json::array;
using boost::json::object;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Ecs : public Moto {
 protected:
  object ecs(const std::string& operation, object input) {
    return json("ecs", "AmazonEC2ContainerServiceV20141113", operation, std::move(input));
  }
};

TEST_F(Ecs, a_service_and_its_tasks_are_described) {
  const auto net = network();
  // moto: a task's interface needs a name, which AWS gives it without.
  ec2("ModifyVpcAttribute", {{"VpcId", net.vpc}, {"EnableDnsHostnames.Value", "true"}});
  const auto group =
      ec2("CreateSecurityGroup",
          {{"GroupName", "web"}, {"GroupDescription", "web"}, {"VpcId", net.vpc}}, "groupId");
  ecs("CreateCluster", {{"clusterName", "demo"}});
  ecs("RegisterTaskDefinition",
      {{"family", "web"},
       {"networkMode", "awsvpc"},
       {"cpu", "256"},
       {"memory", "512"},
       {"requiresCompatibilities", array({"FARGATE"})},
       {"containerDefinitions",
        array({object{{"name", "nginx"}, {"image", "nginx"}, {"memory", 512}}})}});
  const object place{{"awsvpcConfiguration",
                      {{"subnets", array({net.subnet})}, {"securityGroups", array({group})}}}};
  ecs("CreateService", {{"cluster", "demo"},
                        {"serviceName", "web"},
                        {"taskDefinition", "web"},
                        {"desiredCount", 1},
                        {"launchType", "FARGATE"},
                        {"networkConfiguration", place}});
  const aws::ecs::ServiceArn arn{"arn:aws:ecs:eu-west-1:123456789012:service/demo/web"};
  const auto found = run(aws::ecs::find_service(client(), arn));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->arn, arn.value);
  EXPECT_EQ(found->name, "web");
  EXPECT_EQ(found->status, "ACTIVE");
  EXPECT_THAT(found->cluster_arn, HasSubstr(":cluster/demo"));
  EXPECT_THAT(found->task_definition, HasSubstr(":task-definition/web:1"));
  EXPECT_EQ(found->desired, 1);
  EXPECT_EQ(found->running, 0);  // moto: no task is ever started for a service
  ASSERT_EQ(found->deployments.size(), 1U);
  EXPECT_EQ(found->deployments[0].status, "PRIMARY");
  EXPECT_EQ(found->deployments[0].rollout_state, "IN_PROGRESS");  // moto: for ever
  EXPECT_EQ(found->deployments[0].desired, 1);
  EXPECT_THAT(run(aws::ecs::tasks_of(client(), arn)), IsEmpty());

  // moto: a task started beside the service is listed as if it were the service's.
  ecs("RunTask", {{"cluster", "demo"},
                  {"taskDefinition", "web"},
                  {"launchType", "FARGATE"},
                  {"networkConfiguration", place}});
  const auto tasks = run(aws::ecs::tasks_of(client(), arn));
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_THAT(tasks[0].arn, StartsWith("arn:aws:ecs:eu-west-1:123456789012:task/demo/"));
  EXPECT_EQ(tasks[0].last_status, "DEACTIVATING");  // moto: one state on at each look
  EXPECT_EQ(tasks[0].desired_status, "RUNNING");
  EXPECT_EQ(tasks[0].stopped_reason, "");
  const auto interfaces = run(aws::ec2::network_interfaces_of(client(), {net.vpc}));
  ASSERT_EQ(interfaces.size(), 1U);
  EXPECT_EQ(tasks[0].interface, interfaces[0].id.value);
  EXPECT_EQ(tasks[0].private_ip, interfaces[0].private_ip);
}

TEST_F(Ecs, services_that_are_not_there_are_nothing) {
  const aws::ecs::ServiceArn arn{"arn:aws:ecs:eu-west-1:123456789012:service/demo/web"};
  EXPECT_FALSE(run(aws::ecs::find_service(client(), arn)));  // ClusterNotFoundException
  EXPECT_EQ(refusal(aws::ecs::tasks_of(client(), arn)), "ClusterNotFoundException");
  ecs("CreateCluster", {{"clusterName", "demo"}});
  EXPECT_FALSE(run(aws::ecs::find_service(client(), arn)));  // a failure, MISSING
}

}  // namespace
}  // namespace moto

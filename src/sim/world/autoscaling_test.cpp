// Auto Scaling among its neighbours: what IAM asks of those who make groups, and load balancers.
#include "sim/core/images.hpp"
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

class AutoScalingWorld : public StackTest {
 protected:
  AutoScalingWorld() {
    const auto made = json::value(call("ec2", "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}));
    vpc = at(made, "vpc.vpcId");
    const auto inside = json::value(call(
        "ec2", "CreateSubnet",
        {{"VpcId", vpc}, {"CidrBlock", "10.0.0.0/24"}, {"AvailabilityZone", "ap-northeast-1a"}}));
    subnet = at(inside, "subnet.subnetId");
    image = std::ranges::find(images(), "x86_64", &Image::architecture)->id;
    call("iam", "CreateRole",
         {{"RoleName", "app"},
          {"AssumeRolePolicyDocument",
           R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
              "Principal":{"Service":"ec2.amazonaws.com"}}]})"}});
    call("iam", "CreateInstanceProfile", {{"InstanceProfileName", "app"}});
    call("iam", "AddRoleToInstanceProfile", {{"InstanceProfileName", "app"}, {"RoleName", "app"}});
    json::object data{{"ImageId", image}, {"InstanceType", "t3.micro"}};
    data["IamInstanceProfile"] = json::object{{"Name", "app"}};
    json::object input{{"LaunchTemplateName", "web"}};
    input["LaunchTemplateData"] = std::move(data);
    launch_template = at(json::value(call("ec2", "CreateLaunchTemplate", std::move(input))),
                         "launchTemplate.launchTemplateId");
    user = world_.iam().create_user_key("ann").principal;
    pass(std::chrono::minutes(1));
  }

  void allow(const std::string& actions) {
    call("iam", "PutUserPolicy",
         {{"UserName", "ann"},
          {"PolicyName", "p"},
          {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
                             R"("Resource":"*","Action":[)" +
                                 actions + "]}]}"}});
    pass(std::chrono::minutes(1));
  }

  // As ann: "Code: message", or "none".
  std::string refusal(const std::string& action, json::object input) {
    std::string refused = "none";
    runtime_->run(ask(world_, user, action, std::move(input), refused));
    return refused;
  }
  static Task<void> ask(World& world, Principal caller, std::string action, json::object input,
                        std::string& refused) {
    try {
      co_await world.call(std::move(caller), "autoscaling", std::move(action), std::move(input));
    } catch (const Error& error) {
      refused = error.code + ": " + error.what();
    }
  }

  json::object group_input() {
    json::object input{{"AutoScalingGroupName", "g"},
                       {"MinSize", "1"},
                       {"MaxSize", "1"},
                       {"VPCZoneIdentifier", subnet}};
    input["LaunchTemplate"] = json::object{{"LaunchTemplateId", launch_template}};
    return input;
  }

  std::string vpc, subnet, image, launch_template;
  Principal user;
};

TEST_F(AutoScalingWorld, asks_for_the_rights_to_launch_what_the_template_says) {
  allow(R"("autoscaling:*")");
  EXPECT_THAT(refusal("CreateAutoScalingGroup", group_input()),
              testing::StartsWith("AccessDenied: The default Service-Linked Role for Auto Scaling "
                                  "could not be created. User: "));
  allow(R"("autoscaling:*","iam:CreateServiceLinkedRole")");
  const auto unauthorized =
      "AccessDenied: You are not authorized to use launch template: " + launch_template;
  EXPECT_EQ(refusal("CreateAutoScalingGroup", group_input()), unauthorized);
  allow(R"("autoscaling:*","iam:CreateServiceLinkedRole","ec2:RunInstances")");
  EXPECT_EQ(refusal("CreateAutoScalingGroup", group_input()), unauthorized);
  allow(R"("autoscaling:*","ec2:RunInstances","iam:PassRole")");
  EXPECT_EQ(refusal("CreateAutoScalingGroup", group_input()), "none");
  pass(std::chrono::minutes(2));
  const auto seen = json::value(call("autoscaling", "DescribeAutoScalingInstances", {}));
  EXPECT_EQ(at(seen, "AutoScalingInstances.0.LifecycleState"), "InService");
  EXPECT_EQ(at(seen, "AutoScalingInstances.0.HealthStatus"), "HEALTHY");
}

TEST_F(AutoScalingWorld, asks_for_the_right_to_pass_the_role_of_a_launch_configuration) {
  const json::object input{{"LaunchConfigurationName", "l"},
                           {"ImageId", image},
                           {"InstanceType", "t3.micro"},
                           {"IamInstanceProfile", "app"}};
  allow(R"("autoscaling:*")");
  EXPECT_THAT(refusal("CreateLaunchConfiguration", input),
              testing::HasSubstr("is not authorized to perform: iam:PassRole on resource: "
                                 "arn:aws:iam::123456789012:role/app"));
  allow(R"("autoscaling:*","iam:PassRole")");
  EXPECT_EQ(refusal("CreateLaunchConfiguration", input), "none");
}

TEST_F(AutoScalingWorld, registers_instances_with_target_groups_and_takes_them_out_again) {
  const auto made =
      json::value(call("elasticloadbalancing", "CreateTargetGroup",
                       {{"Name", "t"}, {"Protocol", "HTTP"}, {"Port", "80"}, {"VpcId", vpc}}));
  const auto target_group = at(made, "TargetGroups.0.TargetGroupArn");
  auto input = group_input();
  input["MinSize"] = "0";
  input["DesiredCapacity"] = "1";
  input["TargetGroupARNs"] = json::array{json::value(target_group)};
  call("autoscaling", "CreateAutoScalingGroup", std::move(input));
  pass(std::chrono::minutes(2));
  const auto health = [&] {
    return json::value(
        call("elasticloadbalancing", "DescribeTargetHealth", {{"TargetGroupArn", target_group}}));
  };
  EXPECT_THAT(at(health(), "TargetHealthDescriptions.0.Target.Id"), testing::StartsWith("i-"));
  call("autoscaling", "SetDesiredCapacity",
       {{"AutoScalingGroupName", "g"}, {"DesiredCapacity", "0"}});
  pass(std::chrono::minutes(8));
  EXPECT_EQ(at(health(), "TargetHealthDescriptions.0.Target.Id"), "");
  EXPECT_EQ(at(json::value(call("autoscaling", "DescribeAutoScalingInstances", {})),
               "AutoScalingInstances.0.InstanceId"),
            "");
}

TEST_F(AutoScalingWorld, replaces_what_the_load_balancer_calls_unhealthy_after_the_grace_period) {
  const auto other = json::value(call(
      "ec2", "CreateSubnet",
      {{"VpcId", vpc}, {"CidrBlock", "10.0.1.0/24"}, {"AvailabilityZone", "ap-northeast-1d"}}));
  call("ec2", "AttachInternetGateway",
       {{"VpcId", vpc},
        {"InternetGatewayId", at(json::value(call("ec2", "CreateInternetGateway", {})),
                                 "internetGateway.internetGatewayId")}});
  json::object balancer{{"Name", "b"}};
  balancer["Subnets"] = json::array{json::value(subnet), json::value(at(other, "subnet.subnetId"))};
  const auto one = json::value(call("elasticloadbalancing", "CreateLoadBalancer", balancer));
  const auto made =
      json::value(call("elasticloadbalancing", "CreateTargetGroup",
                       {{"Name", "t"}, {"Protocol", "HTTP"}, {"Port", "80"}, {"VpcId", vpc}}));
  const auto target_group = at(made, "TargetGroups.0.TargetGroupArn");
  json::object listener{{"LoadBalancerArn", at(one, "LoadBalancers.0.LoadBalancerArn")},
                        {"Protocol", "HTTP"},
                        {"Port", "80"}};
  listener["DefaultActions"] =
      json::array{json::object{{"Type", "forward"}, {"TargetGroupArn", target_group}}};
  call("elasticloadbalancing", "CreateListener", std::move(listener));
  pass(std::chrono::minutes(5));
  auto input = group_input();
  input["HealthCheckType"] = "ELB";
  input["HealthCheckGracePeriod"] = "300";
  input["TargetGroupARNs"] = json::array{json::value(target_group)};
  call("autoscaling", "CreateAutoScalingGroup", std::move(input));
  const auto first = [&] {
    return at(json::value(call("autoscaling", "DescribeAutoScalingInstances", {})),
              "AutoScalingInstances.0.InstanceId");
  };
  pass(std::chrono::minutes(4));
  const auto before = first();
  EXPECT_EQ(at(json::value(call("autoscaling", "DescribeLoadBalancerTargetGroups",
                                {{"AutoScalingGroupName", "g"}})),
               "LoadBalancerTargetGroups.0.State"),
            "Added");
  pass(std::chrono::minutes(4));
  const auto seen = json::serialize(call("autoscaling", "DescribeScalingActivities", {}));
  EXPECT_THAT(seen, testing::HasSubstr("an instance was taken out of service in response to an ELB "
                                       "system health check failure."));
  EXPECT_THAT(seen, testing::HasSubstr("WaitingForELBConnectionDraining"));
  pass(std::chrono::minutes(8));
  EXPECT_NE(first(), before);
}

TEST_F(AutoScalingWorld, tells_a_queue_that_an_instance_waits_at_a_hook) {
  call("iam", "CreateRole",
       {{"RoleName", "teller"},
        {"AssumeRolePolicyDocument",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
            "Principal":{"Service":"autoscaling.amazonaws.com"}}]})"}});
  const auto made = json::value(call("sqs", "CreateQueue", {{"QueueName", "waiting"}}));
  call("autoscaling", "CreateAutoScalingGroup", [&] {
    auto input = group_input();
    input["MinSize"] = "0";
    return input;
  }());
  const json::object hook{
      {"AutoScalingGroupName", "g"},
      {"LifecycleHookName", "h"},
      {"LifecycleTransition", "autoscaling:EC2_INSTANCE_LAUNCHING"},
      {"NotificationTargetARN", "arn:aws:sqs:ap-northeast-1:123456789012:waiting"},
      {"RoleARN", "arn:aws:iam::123456789012:role/teller"}};
  allow(R"("autoscaling:*","iam:PassRole")");
  EXPECT_THAT(refusal("PutLifecycleHook", hook),
              testing::HasSubstr("Unable to publish test message to notification target"));
  call("iam", "PutRolePolicy",
       {{"RoleName", "teller"},
        {"PolicyName", "p"},
        {"PolicyDocument",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",
            "Action":"sqs:SendMessage"}]})"}});
  pass(std::chrono::minutes(1));
  EXPECT_EQ(refusal("PutLifecycleHook", hook), "none");
  call("autoscaling", "SetDesiredCapacity",
       {{"AutoScalingGroupName", "g"}, {"DesiredCapacity", "1"}});
  pass(std::chrono::minutes(2));
  const auto heard = json::serialize(call(
      "sqs", "ReceiveMessage",
      {{"QueueUrl", at(made, "QueueUrl")}, {"MaxNumberOfMessages", 10}, {"WaitTimeSeconds", 20}}));
  EXPECT_THAT(heard, testing::HasSubstr("autoscaling:TEST_NOTIFICATION"));
  EXPECT_THAT(heard, testing::HasSubstr("EC2InstanceId"));
}

}  // namespace
}  // namespace sim::world

// For tests only: a VPC with a public and a private subnet, and the services that live in it.
// Everything goes through the operations themselves.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/core/ask.hpp"
#include "sim/ecs/ecs.hpp"

namespace sim::ecs {

class TestWorld : public ::testing::Test {
 protected:
  TestWorld() {
    vpc = text(ec2, "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}, "vpc", "vpcId");
    for (const char* attribute : {"EnableDnsSupport", "EnableDnsHostnames"}) {
      call(ec2, "ModifyVpcAttribute", {{"VpcId", vpc}, {attribute, {{"Value", "true"}}}});
    }
    public_subnet = subnet("10.0.0.0/24");
    private_subnet = subnet("10.0.1.0/24");
    group = std::string(call(ec2, "CreateSecurityGroup",
                             {{"VpcId", vpc}, {"GroupName", "g"}, {"GroupDescription", "g"}})
                            .at("groupId")
                            .as_string());
    allow_port_80();
    role("execution", "ecs-tasks.amazonaws.com");
    call(iam, "AttachRolePolicy",
         {{"RoleName", "execution"},
          {"PolicyArn", "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"}});
    call(ecs, "CreateCluster", {{"clusterName", "c"}});
  }

  // Throws what the operation does.
  json::object call(Service& service, const std::string& action, json::object input) {
    return test::ask(*runtime, service, action, std::move(input), test::root());
  }

  std::string text(Service& service, const std::string& action, json::object input,
                   std::string_view structure, std::string_view member) {
    const auto output = call(service, action, std::move(input));
    return std::string(output.at(structure).at(member).as_string());
  }

  std::string refusal(Service& service, const std::string& action, json::object input) {
    try {
      call(service, action, std::move(input));
    } catch (const Error& error) {
      return error.code;
    }
    return "none";
  }

  void pass(base::Duration duration) {
    runtime->run([](base::Clock& clock, base::Duration by) -> Task<void> {
      co_await clock.sleep_for(by);
    }(runtime->clock(), duration));
  }

  void role(const std::string& name, const std::string& service) {
    call(iam, "CreateRole",
         {{"RoleName", name},
          {"AssumeRolePolicyDocument",
           R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":")" +
               service + R"("},"Action":"sts:AssumeRole"}]})"}});
  }

  std::string subnet(const std::string& cidr) {
    return text(ec2, "CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", cidr}}, "subnet", "subnetId");
  }

  void allow_port_80() {
    json::object range{{"CidrIp", "10.0.0.0/16"}};
    json::object rule{{"IpProtocol", "tcp"}, {"FromPort", "80"}, {"ToPort", "443"}};
    rule["IpRanges"] = json::array{range};
    json::object input{{"GroupId", group}};
    input["IpPermissions"] = json::array{rule};
    call(ec2, "AuthorizeSecurityGroupIngress", std::move(input));
  }

  // A route table with a default route to `target`, for one subnet.
  std::string route(const std::string& from, std::string_view member, const std::string& target) {
    const auto table =
        text(ec2, "CreateRouteTable", {{"VpcId", vpc}}, "routeTable", "routeTableId");
    call(ec2, "AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", from}});
    json::object input{{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}};
    input[member] = target;
    call(ec2, "CreateRoute", std::move(input));
    return table;
  }

  void attach_internet_gateway() {
    const auto gateway =
        text(ec2, "CreateInternetGateway", {}, "internetGateway", "internetGatewayId");
    call(ec2, "AttachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
    route(public_subnet, "GatewayId", gateway);
  }

  // The falsework: an internet gateway, an address, a NAT gateway and both default routes.
  void open_the_way_out() {
    attach_internet_gateway();
    const auto address = std::string(
        call(ec2, "AllocateAddress", {{"Domain", "vpc"}}).at("allocationId").as_string());
    const auto nat =
        text(ec2, "CreateNatGateway", {{"SubnetId", public_subnet}, {"AllocationId", address}},
             "natGateway", "natGatewayId");
    pass(std::chrono::seconds(180));
    private_table = route(private_subnet, "NatGatewayId", nat);
  }

  json::object task_definition(const std::string& image) {
    json::object input{{"family", "f"},
                       {"cpu", "256"},
                       {"memory", "512"},
                       {"networkMode", "awsvpc"},
                       {"executionRoleArn", "execution"}};
    input["requiresCompatibilities"] = json::array{json::value("FARGATE")};
    json::object container{{"name", "web"}, {"image", image}};
    input["containerDefinitions"] = json::array{container};
    return input;
  }

  json::object service_input(int desired) {
    json::object input{{"cluster", "c"},
                       {"serviceName", "s"},
                       {"taskDefinition", "f"},
                       {"launchType", "FARGATE"},
                       {"desiredCount", desired}};
    json::object network{{"assignPublicIp", "DISABLED"}};
    network["subnets"] = json::array{json::value(private_subnet)};
    network["securityGroups"] = json::array{json::value(group)};
    input["networkConfiguration"] = {{"awsvpcConfiguration", std::move(network)}};
    return input;
  }

  json::object service() {
    json::object input{{"cluster", "c"}};
    input["services"] = json::array{json::value("s")};
    return call(ecs, "DescribeServices", std::move(input)).at("services").at(0).as_object();
  }

  // The tasks of service s, by the status that is wanted of them.
  json::array tasks(const std::string& desired_status = "RUNNING") {
    const auto listed =
        call(ecs, "ListTasks",
             {{"cluster", "c"}, {"serviceName", "s"}, {"desiredStatus", desired_status}});
    if (listed.at("taskArns").as_array().empty()) return {};
    json::object input{{"cluster", "c"}};
    input["tasks"] = listed.at("taskArns");
    return call(ecs, "DescribeTasks", std::move(input)).at("tasks").as_array();
  }

  std::unique_ptr<base::Runtime> runtime =
      base::virtual_runtime(*base::parse_iso8601("2026-11-22T15:39:54Z"));
  Context context{*runtime};
  iam::Iam iam{context};
  ec2::Ec2 ec2{context};
  logs::Logs logs{context};
  Ecs ecs{context, ec2, iam, logs};
  std::string vpc, public_subnet, private_subnet, group, private_table;
};

}  // namespace sim::ecs

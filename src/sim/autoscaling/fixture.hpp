// For tests only: a VPC of two zones with a launch template, and Auto Scaling over it. Everything
// goes through the operations themselves.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <string>

#include "sim/autoscaling/autoscaling.hpp"
#include "sim/core/ask.hpp"
#include "sim/core/images.hpp"

namespace sim::autoscaling {

// The front door without IAM and without a network.
class Neighbours final : public Caller {
 public:
  Task<json::object> call(Principal caller, std::string service, std::string action,
                          json::object input) override {
    if (input.contains("DryRun")) throw Error("DryRunOperation", "Request would have succeeded.");
    if (!services.contains(service)) throw Error("NotImplemented", "There is no " + service);
    const auto& operation = services.at(service)->operations().at(action);
    co_return co_await operation.run(
        Call{std::move(caller), std::move(service), std::move(action), std::move(input), "r"});
  }

  std::map<std::string, Service*> services = {};
};

class ScalingTest : public ::testing::Test {
 protected:
  ScalingTest() {
    neighbours.services = {{"ec2", &ec2}, {"iam", &iam}};
    vpc = text(ec2, "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}, "vpc.vpcId");
    for (const char* zone : {"a", "c"}) {
      subnets.push_back(text(ec2, "CreateSubnet",
                             {{"VpcId", vpc},
                              {"CidrBlock", zone[0] == 'a' ? "10.0.0.0/24" : "10.0.1.0/24"},
                              {"AvailabilityZone", std::string("ap-northeast-1") + zone}},
                             "subnet.subnetId"));
    }
    image = std::ranges::find(images(), "x86_64", &Image::architecture)->id;
    json::object data{{"ImageId", image}, {"InstanceType", "t3.micro"}};
    json::object input{{"LaunchTemplateName", "web"}};
    input["LaunchTemplateData"] = std::move(data);
    launch_template =
        text(ec2, "CreateLaunchTemplate", std::move(input), "launchTemplate.launchTemplateId");
  }

  json::object call(Service& service, const std::string& action, json::object input) {
    return test::ask(*runtime, service, action, std::move(input), test::root());
  }
  json::object ask(const std::string& action, json::object input) {
    return call(scaling, action, std::move(input));
  }
  std::string text(Service& service, const std::string& action, json::object input,
                   std::string_view path) {
    return text_at(call(service, action, std::move(input)), path);
  }
  // "Code: message", or "none".
  std::string refusal(const std::string& action, json::object input) {
    try {
      ask(action, std::move(input));
    } catch (const Error& error) {
      return error.code + ": " + error.what();
    }
    return "none";
  }

  void pass(base::Duration duration) { runtime->run(runtime->clock().sleep_for(duration)); }

  json::object group_input(int least, int most, std::optional<int> desired = {}) {
    json::object input{{"AutoScalingGroupName", "g"},
                       {"MinSize", least},
                       {"MaxSize", most},
                       {"VPCZoneIdentifier", subnets[0] + "," + subnets[1]}};
    input["LaunchTemplate"] = json::object{{"LaunchTemplateName", "web"}};
    if (desired) input["DesiredCapacity"] = *desired;
    return input;
  }

  json::value group() {
    json::object input;
    input["AutoScalingGroupNames"] = json::array{"g"};
    const auto found = ask("DescribeAutoScalingGroups", std::move(input));
    const auto& all = found.at("AutoScalingGroups").as_array();
    return all.empty() ? json::value() : all.front();
  }
  std::vector<std::string> ids(std::string_view state = "InService") {
    std::vector<std::string> all;
    const auto seen = group();
    if (seen.is_null()) return all;
    for (const auto& one : seen.at("Instances").as_array()) {
      if (text_at(one, "LifecycleState") == state) all.push_back(text_at(one, "InstanceId"));
    }
    return all;
  }
  json::array activities(bool deleted_too = false) {
    return ask("DescribeScalingActivities",
               {{"AutoScalingGroupName", "g"}, {"IncludeDeletedGroups", deleted_too}})
        .at("Activities")
        .as_array();
  }
  std::string state_of(const std::string& id) {
    const auto seen = ec2.instance(id);
    return seen ? seen->state : "unknown";
  }
  void terminate_outside(const std::string& id) {
    json::object input;
    input["InstanceId"] = json::array{json::value(id)};
    call(ec2, "TerminateInstances", std::move(input));
  }

  std::unique_ptr<base::Runtime> runtime =
      base::virtual_runtime(*base::parse_iso8601("2026-11-22T15:00:00Z"));
  Context context{*runtime};
  iam::Iam iam{context};
  ec2::Ec2 ec2{context};
  Neighbours neighbours;
  AutoScaling scaling{context, neighbours, ec2, iam};
  std::string vpc, image, launch_template;
  std::vector<std::string> subnets;
};

}  // namespace sim::autoscaling

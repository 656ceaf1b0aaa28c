// A stack with an Auto Scaling group, and what its events and the group say. For tests only.
#pragma once

#include "sim/core/images.hpp"
#include "sim/world/stack_test.hpp"

namespace sim::world {

class ScalingGroups : public StackTest {
 protected:
  // `sizes`: lines of the group's properties; `policies`: of its attributes.
  static std::string text(const std::string& type, const std::string& sizes,
                          const std::string& policies) {
    return R"(Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  T: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: )" +
           std::ranges::find(images(), "x86_64", &Image::architecture)->id +
           ", InstanceType: " + type + R"(}}}
  X:
    Type: AWS::AutoScaling::AutoScalingGroup
)" + policies +
           R"(    Properties:
      VPCZoneIdentifier: [!Ref A]
      LaunchTemplate: {LaunchTemplateId: !Ref T, Version: !GetAtt T.LatestVersionNumber}
)" + sizes +
           "Outputs:\n  Ref: {Value: !Ref X}\n";
  }

  // The reasons that X's events give from the last time that it had this status on, oldest first.
  std::vector<std::string> reasons(const std::string& status) {
    const auto seen =
        json::value(call("cloudformation", "DescribeStackEvents", {{"StackName", id_}}));
    std::vector<std::string> all;
    for (const auto& event : cloudformation::find(seen, "StackEvents")->as_array()) {
      if (cloudformation::at(event, "LogicalResourceId") != "X" ||
          cloudformation::at(event, "ResourceStatus") != status)
        continue;
      const auto reason = cloudformation::at(event, "ResourceStatusReason");
      if (!reason.empty()) all.insert(all.begin(), reason);
    }
    return all;
  }

  json::value group() {
    const auto seen = json::value(call("autoscaling", "DescribeAutoScalingGroups", {}));
    const auto* found = cloudformation::find(seen, "AutoScalingGroups.0");
    return found == nullptr ? json::value() : *found;
  }
  std::vector<std::string> ids() {
    std::vector<std::string> all;
    const auto seen = group();
    for (const auto& one : seen.at("Instances").as_array()) {
      if (cloudformation::at(one, "LifecycleState") == "InService")
        all.push_back(cloudformation::at(one, "InstanceId"));
    }
    return all;
  }

  void begin(const std::string& action, const std::string& template_text) {
    const auto made = json::value(
        call("cloudformation", action, {{"StackName", "types"}, {"TemplateBody", template_text}}));
    id_ = cloudformation::at(made, "StackId");
  }
  void signal(const std::string& unique_id, const std::string& status = "SUCCESS") {
    call("cloudformation", "SignalResource",
         {{"StackName", "types"},
          {"LogicalResourceId", "X"},
          {"UniqueId", unique_id},
          {"Status", status}});
  }
};

}  // namespace sim::world

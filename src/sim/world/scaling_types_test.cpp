// Auto Scaling's types.
#include <algorithm>

#include "sim/core/images.hpp"
#include "sim/world/resource_types_test.hpp"

namespace sim::world {

namespace {

const std::string& image() {
  return std::ranges::find(images(), "x86_64", &Image::architecture)->id;
}

// A subnet in each of two zones, and what is launched in them.
std::string launch() {
  return R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  C: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1c}}
  T: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {InstanceType: t3.micro, ImageId: )" +
         image() + "}}}\n";
}

std::string group(std::string_view name) {
  return "  " + std::string(name) +
         ": {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: 0, MaxSize: 1, "
         "VPCZoneIdentifier: [!Ref A], LaunchTemplate: {LaunchTemplateId: !Ref T, Version: "
         "!GetAtt T.LatestVersionNumber}}}\n";
}

}  // namespace

std::vector<TypeRow> scaling_rows() {
  static const std::string place = launch();
  static const std::string groups = launch() + group("G") + group("H");
  static const std::string configuration =
      "ImageId: " + image() + "\nInstanceType: t3.micro\nInstanceMonitoring: false\n";
  return {
      {.type = "AWS::AutoScaling::AutoScalingGroup",
       .others = place,
       .properties = "MinSize: 1\nMaxSize: 2\nVPCZoneIdentifier: [!Ref A, !Ref C]\n"
                     "LaunchTemplate: {LaunchTemplateId: !Ref T, Version: !GetAtt "
                     "T.LatestVersionNumber}\n"
                     "Tags: [{Key: Name, Value: x, PropagateAtLaunch: true}]\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "AutoScalingGroupARN arn:aws:autoscaling:ap-northeast-1:123456789012:"
                     "autoScalingGroup:.*:autoScalingGroupName/types-X-.*\n",
       .changed = "MinSize: 2\n",
       .replaced = "AutoScalingGroupName: named\n"},
      {.type = "AWS::AutoScaling::LaunchConfiguration",
       .properties = configuration,
       .ref = "types-X-[0-9A-Z]{12}",
       .replaced = "InstanceType: t3.small\n"},
      {.type = "AWS::AutoScaling::ScalingPolicy",
       .others = groups,
       .properties = "AutoScalingGroupName: !Ref G\nAdjustmentType: ChangeInCapacity\n"
                     "ScalingAdjustment: 1\n",
       .ref = "arn:aws:autoscaling:ap-northeast-1:123456789012:scalingPolicy:.*:policyName/types-X-"
              "[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:.*\nPolicyName types-X-[0-9A-Z]{12}\n",
       .changed = "ScalingAdjustment: 2\n",
       .replaced = "AutoScalingGroupName: !Ref H\n"},
      {.type = "AWS::AutoScaling::LifecycleHook",
       .others = groups,
       .properties = "AutoScalingGroupName: !Ref G\n"
                     "LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING'\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .changed = "HeartbeatTimeout: 300\n",
       .replaced = "AutoScalingGroupName: !Ref H\n"}};
}

}  // namespace sim::world

// Stacks where EC2's writes are seen late by the calls that follow: `--fault lag=RATE`.
#include "sim/core/images.hpp"
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

// Every resource acts on one that was made a moment before.
constexpr std::string_view chain = R"(
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Route:
    Type: AWS::EC2::Route
    DependsOn: Attachment
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Association: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Address: {Type: AWS::EC2::EIP, DependsOn: Attachment, Properties: {Domain: vpc}}
  Nat: {Type: AWS::EC2::NatGateway, DependsOn: Route, Properties: {SubnetId: !Ref Subnet, AllocationId: !GetAtt Address.AllocationId}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Rule: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !GetAtt Vpc.DefaultSecurityGroup}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  Guard: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Subnet, NetworkAclId: !Ref Acl}}
)";

class Lag : public StackTest {
 protected:
  // A stack made and removed in a world of its own.
  void expect_a_whole_life(std::uint64_t seed, double chance, double seconds,
                           std::string_view text = chain) {
    WorldSettings settings{.seed = seed};
    settings.ec2.lag_chance = chance;
    settings.ec2.lag.high = seconds;
    auto runtime = base::virtual_runtime(*base::parse_iso8601("2026-11-22T00:00:00Z"));
    World world(*runtime, settings);
    const auto ask = [&](std::string action, json::object input) {
      json::object output;
      runtime->run(call_into(world, "cloudformation", std::move(action), std::move(input), output));
      return output;
    };
    const std::string id = cloudformation::at(
        ask("CreateStack", {{"StackName", "types"}, {"TemplateBody", text}}), "StackId");
    const auto settled = [&] {
      for (int i = 0; i < 500; ++i) {
        const auto seen = ask("DescribeStacks", {{"StackName", id}});
        const auto status = cloudformation::at(seen, "Stacks.0.StackStatus");
        if (!status.ends_with("_IN_PROGRESS")) return status;
        runtime->run(rest(runtime->clock(), std::chrono::seconds(10)));
      }
      return std::string("still in progress");
    };
    const auto troubles = [&] {
      std::string all;
      const auto events = ask("DescribeStackEvents", {{"StackName", id}});
      for (const auto& event : events.at("StackEvents").as_array()) {
        all += cloudformation::at(event, "ResourceStatusReason") + "\n";
      }
      return all;
    };
    ASSERT_EQ(settled(), "CREATE_COMPLETE") << seed << ": " << troubles();
    ask("DeleteStack", {{"StackName", id}});
    EXPECT_EQ(settled(), "DELETE_COMPLETE") << seed << ": " << troubles();
  }
};

TEST_F(Lag, of_every_second_write_is_ridden_out_on_forty_seeds) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) expect_a_whole_life(seed, 0.5, 5);
}

TEST_F(Lag, of_every_write_three_times_as_long_is_ridden_out_too) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) expect_a_whole_life(seed, 1, 15);
}

TEST_F(Lag, does_not_keep_groups_from_their_instances) {
  const auto text = std::string(chain) + R"(
  Launch: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {InstanceType: t3.micro, SecurityGroupIds: [!Ref Group], ImageId: )" +
                    std::ranges::find(images(), "x86_64", &Image::architecture)->id + R"(}}}
  Instances:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 1
      MaxSize: 1
      VPCZoneIdentifier: [!Ref Subnet]
      LaunchTemplate: {LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber}
)";
  for (std::uint64_t seed = 1; seed <= 10; ++seed) expect_a_whole_life(seed, 0.5, 5, text);
  for (std::uint64_t seed = 11; seed <= 13; ++seed) expect_a_whole_life(seed, 1, 15, text);
}

}  // namespace
}  // namespace sim::world

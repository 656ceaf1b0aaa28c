// Subnets with IPv6, as templates usually make them: with the block that the VPC got meanwhile.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;
using testing::MatchesRegex;

const std::string text = R"(
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Block:
    Type: AWS::EC2::VPCCidrBlock
    Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}
  Subnet:
    Type: AWS::EC2::Subnet
    DependsOn: Block
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: 10.0.0.0/24
      Ipv6CidrBlock: !Select [1, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 2, 64]]
      AssignIpv6AddressOnCreation: true
  Interface: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Subnet}}
Outputs:
  Vpc: {Value: !Select [0, !GetAtt Vpc.Ipv6CidrBlocks]}
  Subnet: {Value: !Select [0, !GetAtt Subnet.Ipv6CidrBlocks]}
  SubnetId: {Value: !Ref Subnet}
  InterfaceId: {Value: !Ref Interface}
)";

using Ipv6 = StackTest;

TEST_F(Ipv6, blocks_of_a_vpc_are_known_to_its_subnets_and_outputs) {
  ASSERT_EQ(create(text), "CREATE_COMPLETE") << troubles();
  EXPECT_THAT(output("Vpc"), MatchesRegex("2406:da14:[0-9a-f:]+::/56"));
  EXPECT_THAT(output("Subnet"), MatchesRegex("2406:da14:[0-9a-f:]+1::/64"));
  const auto seen = call("ec2", "DescribeSubnets", {{"SubnetId", json::array{output("SubnetId")}}});
  EXPECT_EQ(at(seen, "subnetSet.0.assignIpv6AddressOnCreation"), "true");
  EXPECT_EQ(at(seen, "subnetSet.0.ipv6CidrBlockAssociationSet.0.ipv6CidrBlock"), output("Subnet"));
  const auto interface = call("ec2", "DescribeNetworkInterfaces",
                              {{"NetworkInterfaceId", json::array{output("InterfaceId")}}});
  const auto prefix = output("Subnet").substr(0, output("Subnet").find("::"));
  EXPECT_THAT(at(interface, "networkInterfaceSet.0.ipv6AddressesSet.0.ipv6Address"),
              testing::StartsWith(prefix + ":"));
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

}  // namespace
}  // namespace sim::world

// NAT gateways in templates beyond the usual: regional ones, and addresses that an update moves.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

// A VPC with an internet gateway, two zones and three addresses.
constexpr std::string_view network = R"(
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}
  Gate: {Type: AWS::EC2::InternetGateway}
  Attach:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gate}
  Ip: {Type: AWS::EC2::EIP, DependsOn: Attach}
  Ip2: {Type: AWS::EC2::EIP, DependsOn: Attach}
  Ip3: {Type: AWS::EC2::EIP, DependsOn: Attach}
Outputs:
  One: {Value: !GetAtt Ip.AllocationId}
  Two: {Value: !GetAtt Ip2.AllocationId}
  Three: {Value: !GetAtt Ip3.AllocationId}
  Nat: {Value: !Ref X}
)";

class NatGateways : public StackTest {
 protected:
  static std::string with(std::string_view properties) {
    std::string text(network);
    const std::string gateway =
        "  X:\n    Type: AWS::EC2::NatGateway\n    DependsOn: Attach\n    Properties: {" +
        std::string(properties) + "}\n";
    return text.insert(text.find("Outputs:"), gateway);
  }

  // "ALLOCATION ZONE" of each address, in order.
  std::string addresses() {
    const json::value seen =
        call("ec2", "DescribeNatGateways", {{"NatGatewayId", json::array{output("Nat")}}});
    std::string all;
    for (const auto& one :
         cloudformation::find(seen, "natGatewaySet.0.natGatewayAddressSet")->as_array()) {
      all += at(one, "allocationId") + " " + at(one, "availabilityZone") + "\n";
    }
    return all;
  }
};

TEST_F(NatGateways, a_regional_one_brings_its_addresses_and_leaves_none) {
  ASSERT_EQ(create(with("AvailabilityMode: regional, VpcId: !Ref Vpc")), "CREATE_COMPLETE")
      << troubles();
  EXPECT_TRUE(addresses().ends_with(" ap-northeast-1a\n")) << addresses();
  EXPECT_EQ(call("ec2", "DescribeAddresses", {}).at("addressesSet").as_array().size(), 4U);
  ASSERT_EQ(remove(), "DELETE_COMPLETE") << troubles();
  EXPECT_EQ(json::serialize(call("ec2", "DescribeAddresses", {}).at("addressesSet")), "[]");
}

TEST_F(NatGateways, an_update_moves_the_addresses_of_a_regional_one) {
  const auto zones = [](std::string_view list) {
    return with("AvailabilityMode: regional, VpcId: !Ref Vpc, AvailabilityZoneAddresses: [" +
                std::string(list) + "]");
  };
  ASSERT_EQ(create(zones("{AvailabilityZone: ap-northeast-1a, AllocationIds: [!GetAtt "
                         "Ip.AllocationId]}")),
            "CREATE_COMPLETE")
      << troubles();
  EXPECT_EQ(addresses(), output("One") + " ap-northeast-1a\n");
  ASSERT_EQ(update(zones("{AvailabilityZone: ap-northeast-1a, AllocationIds: [!GetAtt "
                         "Ip2.AllocationId]}, {AvailabilityZoneId: apne1-az3, AllocationIds: "
                         "[!GetAtt Ip3.AllocationId]}")),
            "UPDATE_COMPLETE")
      << troubles();
  EXPECT_FALSE(was_replaced());
  EXPECT_EQ(addresses(),
            output("Two") + " ap-northeast-1a\n" + output("Three") + " ap-northeast-1c\n");
  ASSERT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

TEST_F(NatGateways, an_update_moves_the_secondary_addresses_of_a_zonal_one) {
  const auto secondary = [](std::string_view list) {
    return with(
        "SubnetId: !Ref A, AllocationId: !GetAtt Ip.AllocationId, "
        "SecondaryAllocationIds: [" +
        std::string(list) + "]");
  };
  ASSERT_EQ(create(secondary("!GetAtt Ip2.AllocationId")), "CREATE_COMPLETE") << troubles();
  EXPECT_EQ(addresses(), output("One") + " \n" + output("Two") + " \n");
  // Its quota is two: the new one comes when the old one has left.
  ASSERT_EQ(update(secondary("!GetAtt Ip3.AllocationId")), "UPDATE_COMPLETE") << troubles();
  EXPECT_FALSE(was_replaced());
  EXPECT_EQ(addresses(), output("One") + " \n" + output("Three") + " \n");
  ASSERT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

TEST_F(NatGateways, an_update_moves_the_private_addresses_of_a_private_one) {
  const auto secondary = [](std::string_view list) {
    return with("SubnetId: !Ref A, ConnectivityType: private, SecondaryPrivateIpAddresses: [" +
                std::string(list) + "]");
  };
  ASSERT_EQ(create(secondary("10.0.0.77")), "CREATE_COMPLETE") << troubles();
  ASSERT_EQ(update(secondary("10.0.0.78, 10.0.0.79")), "UPDATE_COMPLETE") << troubles();
  const json::value seen =
      call("ec2", "DescribeNatGateways", {{"NatGatewayId", json::array{output("Nat")}}});
  EXPECT_EQ(at(seen, "natGatewaySet.0.natGatewayAddressSet.1.privateIp"), "10.0.0.78");
  EXPECT_EQ(at(seen, "natGatewaySet.0.natGatewayAddressSet.2.privateIp"), "10.0.0.79");
  ASSERT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

}  // namespace
}  // namespace sim::world

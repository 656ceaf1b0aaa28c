// A virtual private gateway in a template: attached, with routes, and taken away again.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

constexpr auto network = R"(
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Gate: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
  Attach:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, VpnGatewayId: !Ref Gate}
  Propagation:
    Type: AWS::EC2::VPNGatewayRoutePropagation
    DependsOn: Attach
    Properties: {VpnGatewayId: !Ref Gate, RouteTableIds: [!Ref Table]}
  Other: {Type: AWS::EC2::CustomerGateway, Properties: {Type: ipsec.1, BgpAsn: 65000, IpAddress: 198.51.100.7}}
  Connection:
    Type: AWS::EC2::VPNConnection
    Properties:
      Type: ipsec.1
      CustomerGatewayId: !Ref Other
      VpnGatewayId: !Ref Gate
      StaticRoutesOnly: true
      VpnTunnelOptionsSpecifications: [{PreSharedKey: secret.key_1}]
  Route:
    Type: AWS::EC2::VPNConnectionRoute
    Properties: {VpnConnectionId: !Ref Connection, DestinationCidrBlock: 192.168.0.0/16}
Outputs:
  Attach: {Value: !Ref Attach}
  Vpc: {Value: !Ref Vpc}
  Gate: {Value: !Ref Gate}
  Kind: {Value: !GetAtt Attach.AttachmentType}
  Table: {Value: !Ref Table}
)";

class Vpn : public StackTest {
 protected:
  // Of each resource that can be checked for drift.
  std::map<std::string, std::string> drifts() {
    call("cloudformation", "DetectStackDrift", {{"StackName", "types"}});
    pass(std::chrono::minutes(3));
    std::map<std::string, std::string> statuses;
    const auto seen =
        call("cloudformation", "DescribeStackResourceDrifts", {{"StackName", "types"}});
    for (const auto& one : seen.at("StackResourceDrifts").as_array()) {
      statuses[at(one, "LogicalResourceId")] = at(one, "StackResourceDriftStatus");
    }
    return statuses;
  }
};

TEST_F(Vpn, a_stack_propagates_the_routes_of_its_connection_and_leaves_nothing) {
  ASSERT_EQ(create(network), "CREATE_COMPLETE") << troubles();
  EXPECT_EQ(output("Kind"), "VGW");
  EXPECT_TRUE(output("Attach").starts_with("VGW|vpc-")) << output("Attach");
  pass(std::chrono::minutes(2));
  const json::value table =
      call("ec2", "DescribeRouteTables", {{"RouteTableId", json::array{output("Table")}}});
  EXPECT_EQ(at(table, "routeTableSet.0.routeSet.1.destinationCidrBlock"), "192.168.0.0/16");
  EXPECT_EQ(at(table, "routeTableSet.0.routeSet.1.origin"), "EnableVgwRoutePropagation");
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
  const json::value left = call("ec2", "DescribeVpnGateways", {});
  EXPECT_EQ(at(left, "vpnGatewaySet.0.state"), "deleted");
}

// Detached and taken apart behind the stack's back, it reads so, and the stack still goes.
TEST_F(Vpn, what_is_removed_by_others_has_drifted_and_does_not_hold_the_stack) {
  ASSERT_EQ(create(network), "CREATE_COMPLETE") << troubles();
  for (const auto& [id, status] : drifts()) EXPECT_EQ(status, "IN_SYNC") << id;
  call("ec2", "DetachVpnGateway", {{"VpnGatewayId", output("Gate")}, {"VpcId", output("Vpc")}});
  pass(std::chrono::minutes(1));
  auto statuses = drifts();
  EXPECT_EQ(statuses["Attach"], "DELETED");
  EXPECT_EQ(statuses["Gate"], "IN_SYNC");
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

TEST_F(Vpn, an_attachment_names_one_gateway) {
  std::string both(network);
  both.replace(both.find("VpnGatewayId: !Ref Gate}"), 23,
               "VpnGatewayId: !Ref Gate, InternetGatewayId: igw-1");
  EXPECT_EQ(create(both), "ROLLBACK_COMPLETE");
  EXPECT_NE(troubles().find("Exactly one of InternetGatewayId and VpnGatewayId"), std::string::npos)
      << troubles();
}

}  // namespace
}  // namespace sim::world

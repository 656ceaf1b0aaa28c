// What drift detection sees of EC2 Instance Connect Endpoints and Client VPN.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

constexpr const char* ways_in = R"(
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Way:
    Type: AWS::EC2::InstanceConnectEndpoint
    Properties: {SubnetId: !Ref A, PreserveClientIp: false, Tags: [{Key: a, Value: b}]}
  Vpn:
    Type: AWS::EC2::ClientVpnEndpoint
    Properties:
      ClientCidrBlock: 172.16.0.0/22
      Description: ours
      SplitTunnel: true
      VpnPort: 1194
      ServerCertificateArn: "arn:aws:acm:ap-northeast-1:123456789012:certificate/one"
      AuthenticationOptions:
        - Type: certificate-authentication
          MutualAuthentication:
            ClientRootCertificateChainArn: "arn:aws:acm:ap-northeast-1:123456789012:certificate/one"
      ConnectionLogOptions: {Enabled: false}
  Link:
    Type: AWS::EC2::ClientVpnTargetNetworkAssociation
    Properties: {ClientVpnEndpointId: !Ref Vpn, SubnetId: !Ref A}
  Rule:
    Type: AWS::EC2::ClientVpnAuthorizationRule
    Properties: {ClientVpnEndpointId: !Ref Vpn, TargetNetworkCidr: 10.0.0.0/16, AuthorizeAllGroups: true}
  Road:
    Type: AWS::EC2::ClientVpnRoute
    DependsOn: Link
    Properties: {ClientVpnEndpointId: !Ref Vpn, DestinationCidrBlock: 0.0.0.0/0, TargetVpcSubnetId: !Ref A}
)";

class WaysInDrift : public StackTest {
 protected:
  std::map<std::string, std::string> detected() {
    call("cloudformation", "DetectStackDrift", {{"StackName", "types"}});
    pass(std::chrono::minutes(2));
    std::map<std::string, std::string> statuses;
    const auto seen =
        call("cloudformation", "DescribeStackResourceDrifts", {{"StackName", "types"}});
    for (const auto& one : seen.at("StackResourceDrifts").as_array()) {
      statuses[at(one, "LogicalResourceId")] = at(one, "StackResourceDriftStatus");
    }
    return statuses;
  }
  std::string id_of(const std::string& logical_id) {
    const auto seen = call("cloudformation", "DescribeStackResource",
                           {{"StackName", "types"}, {"LogicalResourceId", logical_id}});
    return at(json::value(seen), "StackResourceDetail.PhysicalResourceId");
  }
};

TEST_F(WaysInDrift, tells_what_was_changed_and_what_was_taken_away) {
  ASSERT_EQ(create(ways_in), "CREATE_COMPLETE") << troubles();
  for (const auto& [id, status] : detected()) EXPECT_EQ(status, "IN_SYNC") << id;

  const auto vpn = id_of("Vpn");
  const json::object route{{"ClientVpnEndpointId", vpn},
                           {"DestinationCidrBlock", "0.0.0.0/0"},
                           {"TargetVpcSubnetId", id_of("A")}};
  call("ec2", "ModifyClientVpnEndpoint", {{"ClientVpnEndpointId", vpn}, {"SplitTunnel", "false"}});
  call("ec2", "DeleteClientVpnRoute", route);
  call("ec2", "RevokeClientVpnIngress",
       {{"ClientVpnEndpointId", vpn},
        {"TargetNetworkCidr", "10.0.0.0/16"},
        {"RevokeAllGroups", "true"}});
  call("ec2", "DeleteInstanceConnectEndpoint", {{"InstanceConnectEndpointId", id_of("Way")}});
  pass(std::chrono::minutes(10));
  const std::map<std::string, std::string> after{
      {"A", "IN_SYNC"},   {"Link", "IN_SYNC"}, {"Road", "DELETED"}, {"Rule", "DELETED"},
      {"Vpc", "IN_SYNC"}, {"Vpn", "MODIFIED"}, {"Way", "DELETED"}};
  EXPECT_EQ(detected(), after);
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

}  // namespace
}  // namespace sim::world

// EC2's types beside the core of a network.
#include "sim/core/images.hpp"
#include "sim/world/resource_types_test.hpp"

namespace sim::world {

namespace {

constexpr std::string_view network =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  Third: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.2.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1a}}
)";
constexpr std::string_view acls =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
)";
constexpr std::string_view dhcp =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  D: {Type: AWS::EC2::DHCPOptions, Properties: {DomainName: example.com, DomainNameServers: [AmazonProvidedDNS]}}
)";
constexpr std::string_view flow =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  G: {Type: AWS::Logs::LogGroup}
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: vpc-flow-logs.amazonaws.com}}]}
)";

constexpr std::string_view vpn =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Table2: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Gate: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
  Attach: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, VpnGatewayId: !Ref Gate}}
)";
constexpr std::string_view ends =
    R"(  Gate: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
  C: {Type: AWS::EC2::CustomerGateway, Properties: {Type: ipsec.1, BgpAsn: 65000, IpAddress: 198.51.100.7}}
  C2: {Type: AWS::EC2::CustomerGateway, Properties: {Type: ipsec.1, BgpAsn: 65000, IpAddress: 198.51.100.8}}
)";
constexpr std::string_view connection =
    R"(  Gate: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
  C: {Type: AWS::EC2::CustomerGateway, Properties: {Type: ipsec.1, BgpAsn: 65000, IpAddress: 198.51.100.7}}
  V: {Type: AWS::EC2::VPNConnection, Properties: {Type: ipsec.1, CustomerGatewayId: !Ref C, VpnGatewayId: !Ref Gate, StaticRoutesOnly: true}}
)";

// An endpoint, subnets of two zones that it may reach, and one that it reaches.
constexpr std::string_view client_vpn =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1c}}
  C: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: ap-northeast-1d}}
  E:
    Type: AWS::EC2::ClientVpnEndpoint
    Properties:
      ClientCidrBlock: 172.16.0.0/22
      ServerCertificateArn: "arn:aws:acm:ap-northeast-1:123456789012:certificate/one"
      AuthenticationOptions: [{Type: certificate-authentication, MutualAuthentication: {ClientRootCertificateChainArn: "arn:aws:acm:ap-northeast-1:123456789012:certificate/one"}}]
      ConnectionLogOptions: {Enabled: false}
  T: {Type: AWS::EC2::ClientVpnTargetNetworkAssociation, Properties: {ClientVpnEndpointId: !Ref E, SubnetId: !Ref C}}
)";

const Image& image() {
  return images().front();
}

// The network, an instance in it, and what can be attached to it.
std::string with_instance() {
  const std::string size = image().architecture == "arm64" ? "t4g.micro" : "t3.micro";
  return std::string(network) +
         "  I: {Type: AWS::EC2::Instance, Properties: {ImageId: " + image().id +
         ", InstanceType: " + size + ", SubnetId: !Ref A}}\n" +
         R"(  N: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref A}}
  N2: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref A}}
  V: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: ap-northeast-1a, Size: 1}}
  V2: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: ap-northeast-1a, Size: 1}}
  Gate: {Type: AWS::EC2::InternetGateway}
  Attach: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gate}}
  Ip: {Type: AWS::EC2::EIP, DependsOn: Attach}
  Ip2: {Type: AWS::EC2::EIP, DependsOn: Attach}
)";
}

}  // namespace

std::vector<TypeRow> ec2_rows() {
  static const std::string instance = with_instance();
  static const std::string launch =
      "LaunchTemplateData: {ImageId: " + image().id + ", InstanceType: t3.micro}\n";
  static const std::string relaunch =
      "LaunchTemplateData: {ImageId: " + image().id + ", InstanceType: t3.small}\n";
  return {
      {.type = "AWS::EC2::NetworkAcl",
       .others = network,
       .properties = "VpcId: !Ref Vpc\n",
       .ref = "acl-[0-9a-f]{17}",
       .attributes = "Id acl-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "VpcId: !Ref Other\n"},
      {.type = "AWS::EC2::NetworkAclEntry",
       .others = acls,
       .properties = "NetworkAclId: !Ref Acl\nProtocol: -1\nRuleAction: allow\nRuleNumber: 100\n"
                     "CidrBlock: 0.0.0.0/0\n",
       .ref = ".+",
       .attributes = "Id .+\n",
       .changed = "RuleAction: deny\n",
       .replaced = "RuleNumber: 200\n"},
      {.type = "AWS::EC2::SubnetNetworkAclAssociation",
       .others = acls,
       .properties = "NetworkAclId: !Ref Acl\nSubnetId: !Ref A\n",
       .ref = "aclassoc-[0-9a-f]{17}",
       .attributes = "AssociationId aclassoc-.*\n",
       .replaced = "SubnetId: !Ref B\n"},
      {.type = "AWS::EC2::NetworkInterface",
       .others = network,
       .properties = "SubnetId: !Ref A\n",
       .ref = "eni-[0-9a-f]{17}",
       .attributes = "Id eni-.*\nPrimaryPrivateIpAddress 10.0.0.*\n"
                     "SecondaryPrivateIpAddresses LIST\nVpcId vpc-.*\n",
       .changed = "Description: d\n",
       .replaced = "SubnetId: !Ref B\n"},
      {.type = "AWS::EC2::InstanceConnectEndpoint",
       .others = network,
       .properties = "SubnetId: !Ref A\n",
       .ref = "eice-[0-9a-f]{17}",
       .attributes =
           "Id eice-.*\nAvailabilityZone ap-northeast-1.\nAvailabilityZoneId apne1-az.\nCreatedAt "
           "2026-.*\nInstanceConnectEndpointArn arn:.*/eice-.*\nNetworkInterfaceIds LIST\nOwnerId "
           "123456789012\nState create-complete\nStateMessage .*\nVpcId vpc-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n"},
      {.type = "AWS::EC2::ClientVpnEndpoint",
       .properties =
           "ClientCidrBlock: 172.16.0.0/22\n"
           "ServerCertificateArn: \"arn:aws:acm:ap-northeast-1:123456789012:certificate/one\"\n"
           "AuthenticationOptions: [{Type: certificate-authentication, MutualAuthentication: "
           "{ClientRootCertificateChainArn: "
           "\"arn:aws:acm:ap-northeast-1:123456789012:certificate/one\"}}]\n"
           "ConnectionLogOptions: {Enabled: false}\n"
           "TagSpecifications: [{ResourceType: client-vpn-endpoint, Tags: [{Key: a, Value: b}]}]\n",
       .ref = "cvpn-endpoint-[0-9a-f]{17}",
       .attributes = "Id cvpn-endpoint-.*\n",
       .changed = "VpnPort: 1194\nDnsServers: [10.0.0.2]\n",
       .replaced = "ClientCidrBlock: 172.20.0.0/22\n"},
      {.type = "AWS::EC2::ClientVpnTargetNetworkAssociation",
       .others = client_vpn,
       .properties = "ClientVpnEndpointId: !Ref E\nSubnetId: !Ref A\n",
       .ref = "cvpn-assoc-[0-9a-f]{17}",
       .attributes = "Id cvpn-assoc-.*\n",
       .replaced = "SubnetId: !Ref B\n"},
      {.type = "AWS::EC2::ClientVpnAuthorizationRule",
       .others = client_vpn,
       .properties = "ClientVpnEndpointId: !Ref E\nTargetNetworkCidr: 10.0.0.0/16\n"
                     "AuthorizeAllGroups: true\n",
       .ref = "X-[0-9A-Za-z]{12}",
       .attributes = "Id X-.*\n",
       .replaced = "TargetNetworkCidr: 10.0.0.0/24\n"},
      {.type = "AWS::EC2::ClientVpnRoute",
       .others = client_vpn,
       .properties = "ClientVpnEndpointId: !Ref E\nDestinationCidrBlock: 0.0.0.0/0\n"
                     "TargetVpcSubnetId: !Select [0, [!Ref C, !Ref T]]\n",
       .ref = "X-[0-9A-Za-z]{12}",
       .attributes = "Id X-.*\n",
       .replaced = "DestinationCidrBlock: 192.168.0.0/16\n"},
      {.type = "AWS::EC2::NetworkInterfaceAttachment",
       .others = instance,
       .properties = "InstanceId: !Ref I\nNetworkInterfaceId: !Ref N\nDeviceIndex: 1\n",
       .ref = "eni-attach-[0-9a-f]{17}",
       .attributes = "AttachmentId eni-attach-.*\n"},
      {.type = "AWS::EC2::EIPAssociation",
       .others = instance,
       .properties = "AllocationId: !GetAtt Ip.AllocationId\nNetworkInterfaceId: !Ref N\n",
       .ref = "eipassoc-[0-9a-f]{17}",
       .attributes = "Id eipassoc-.*\n",
       .replaced = "AllocationId: !GetAtt Ip2.AllocationId\nNetworkInterfaceId: !Ref N2\n"},
      {.type = "AWS::EC2::Volume",
       .properties = "AvailabilityZone: ap-northeast-1a\nSize: 1\n",
       .ref = "vol-[0-9a-f]{17}",
       .attributes = "VolumeId vol-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "AvailabilityZone: ap-northeast-1c\n"},
      {.type = "AWS::EC2::VolumeAttachment",
       .others = instance,
       .properties = "InstanceId: !Ref I\nVolumeId: !Ref V\nDevice: /dev/sdf\n",
       .ref = ".+",
       .replaced = "VolumeId: !Ref V2\nDevice: /dev/sdg\n"},
      {.type = "AWS::EC2::KeyPair",
       .properties = "KeyName: k\n",
       .ref = "k",
       .attributes = "KeyFingerprint .+\nKeyPairId key-.*\n",
       .replaced = "KeyName: l\n"},
      {.type = "AWS::EC2::LaunchTemplate",
       .properties = launch,
       .ref = "lt-[0-9a-f]{17}",
       .attributes = "DefaultVersionNumber 1\nLatestVersionNumber [12]\nLaunchTemplateId lt-.*\n",
       .changed = relaunch,
       .replaced = "LaunchTemplateName: named\n"},
      {.type = "AWS::EC2::DHCPOptions",
       .properties = "DomainName: example.com\nDomainNameServers: [AmazonProvidedDNS]\n",
       .ref = "dopt-[0-9a-f]{17}",
       .attributes = "DhcpOptionsId dopt-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "DomainName: example.org\n"},
      {.type = "AWS::EC2::VPCDHCPOptionsAssociation",
       .others = dhcp,
       .properties = "VpcId: !Ref Vpc\nDhcpOptionsId: !Ref D\n",
       .ref = ".+",
       .replaced = "VpcId: !Ref Other\n"},
      {.type = "AWS::EC2::FlowLog",
       .others = flow,
       .properties = "ResourceId: !Ref Vpc\nResourceType: VPC\nTrafficType: ALL\n"
                     "LogGroupName: !Ref G\nDeliverLogsPermissionArn: !GetAtt R.Arn\n",
       .ref = "fl-[0-9a-f]{17}",
       .attributes = "Id fl-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "TrafficType: REJECT\n"},
      {.type = "AWS::EC2::PrefixList",
       .properties = "AddressFamily: IPv4\nPrefixListName: p\nMaxEntries: 2\n"
                     "Entries: [{Cidr: 10.0.0.0/8}]\n",
       .ref = "pl-[0-9a-f]{17}",
       .attributes = "Arn arn:aws:ec2:.*:prefix-list/pl-.*\nOwnerId 123456789012\n"
                     "PrefixListId pl-.*\nVersion [0-9]+\n",
       .changed = "Entries: [{Cidr: 10.0.0.0/8}, {Cidr: 192.168.0.0/16}]\n"},
      {.type = "AWS::EC2::VPCCidrBlock",
       .others = network,
       .properties = "VpcId: !Ref Vpc\nCidrBlock: 10.5.0.0/16\n",
       .ref = "vpc-cidr-assoc-[0-9a-f]{17}",
       .attributes = "Id vpc-cidr-assoc-.*\nIpv6CidrBlock .*\n",
       .replaced = "CidrBlock: 10.6.0.0/16\n"},
      {.type = "AWS::EC2::VPCPeeringConnection",
       .others = network,
       .properties = "VpcId: !Ref Vpc\nPeerVpcId: !Ref Other\n",
       .ref = "pcx-[0-9a-f]{17}",
       .attributes = "Id pcx-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "PeerVpcId: !Ref Third\n"},
      {.type = "AWS::EC2::EgressOnlyInternetGateway",
       .others = network,
       .properties = "VpcId: !Ref Vpc\n",
       .ref = "eigw-[0-9a-f]{17}",
       .attributes = "Id eigw-.*\n",
       .replaced = "VpcId: !Ref Other\n"},
      {.type = "AWS::EC2::VPNGateway",
       .properties = "Type: ipsec.1\n",
       .ref = "vgw-[0-9a-f]{17}",
       .attributes = "VPNGatewayId vgw-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "AmazonSideAsn: 65001\n"},
      {.type = "AWS::EC2::VPNGatewayRoutePropagation",
       .others = vpn,
       .properties = "VpnGatewayId: !Select [0, !Split ['|', !Sub '${Gate}|${Attach}']]\n"
                     "RouteTableIds: [!Ref Table]\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Id types-X-.*\n",
       .changed = "RouteTableIds: [!Ref Table2]\n"},
      {.type = "AWS::EC2::CustomerGateway",
       .properties = "Type: ipsec.1\nBgpAsn: 65000\nIpAddress: 198.51.100.7\n",
       .ref = "cgw-[0-9a-f]{17}",
       .attributes = "CustomerGatewayId cgw-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "IpAddress: 198.51.100.8\n"},
      {.type = "AWS::EC2::VPNConnection",
       .others = ends,
       .properties = "Type: ipsec.1\nCustomerGatewayId: !Ref C\nVpnGatewayId: !Ref Gate\n"
                     "StaticRoutesOnly: true\n",
       .ref = "vpn-[0-9a-f]{17}",
       .attributes = "VpnConnectionId vpn-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "CustomerGatewayId: !Ref C2\n"},
      {.type = "AWS::EC2::VPNConnectionRoute",
       .others = connection,
       .properties = "VpnConnectionId: !Ref V\nDestinationCidrBlock: 192.168.0.0/16\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .replaced = "DestinationCidrBlock: 172.16.0.0/12\n"},
  };
}

}  // namespace sim::world

// EC2, IAM and Systems Manager.
#include "sim/core/images.hpp"
#include "sim/world/resource_types_test.hpp"

namespace sim::world {

namespace {

constexpr std::string_view vpc =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
)";
constexpr std::string_view two_vpcs =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
)";
constexpr std::string_view subnets =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Table2: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
)";
constexpr std::string_view gateway =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Gate: {Type: AWS::EC2::InternetGateway}
  Gate2: {Type: AWS::EC2::InternetGateway}
  Ip: {Type: AWS::EC2::EIP, DependsOn: Attach}
  Ip2: {Type: AWS::EC2::EIP, DependsOn: Attach}
  Attach:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gate}
)";
constexpr std::string_view gates_only =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Vpc2: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gate: {Type: AWS::EC2::InternetGateway}
  Gate2: {Type: AWS::EC2::InternetGateway}
)";
constexpr std::string_view group =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  G: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
)";
constexpr std::string_view trust =
    R"(AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: ec2.amazonaws.com}}]}
)";
constexpr std::string_view roles =
    R"(  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: ec2.amazonaws.com}}]}
)";
constexpr std::string_view document =
    R"(PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
Roles: [!Ref R]
)";
constexpr std::string_view named_document =
    R"(PolicyName: p
PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
Roles: [!Ref R]
)";
constexpr std::string_view other_document =
    R"(PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "ec2:*", Resource: "*"}]}
)";

}  // namespace

std::vector<TypeRow> network_rows() {
  static const std::string instance =
      "ImageId: " + images().front().id +
      "\nInstanceType: " + (images().front().architecture == "arm64" ? "t4g.micro" : "t3.micro") +
      "\nSubnetId: !Ref A\n";
  return {
      {.type = "AWS::EC2::VPC",
       .properties = "CidrBlock: 10.0.0.0/16\n",
       .ref = "vpc-[0-9a-f]{17}",
       .attributes = "VpcId vpc-.*\nCidrBlock 10.0.0.0/16\nCidrBlockAssociations LIST\n"
                     "DefaultNetworkAcl acl-.*\nDefaultSecurityGroup sg-.*\nIpv6CidrBlocks LIST\n",
       .changed = "EnableDnsHostnames: true\n",
       .replaced = "CidrBlock: 10.1.0.0/16\n"},
      {.type = "AWS::EC2::Subnet",
       .others = vpc,
       .properties = "VpcId: !Ref Vpc\nCidrBlock: 10.0.0.0/24\n",
       .ref = "subnet-[0-9a-f]{17}",
       .attributes = "SubnetId subnet-.*\nVpcId vpc-.*\nAvailabilityZone ap-northeast-1[a-d]\n"
                     "AvailabilityZoneId apne1-az[0-9]\nCidrBlock 10.0.0.0/24\n"
                     "Ipv6CidrBlocks LIST\nNetworkAclAssociationId aclassoc-.*\nOutpostArn .*\n",
       .changed = "MapPublicIpOnLaunch: true\n",
       .replaced = "CidrBlock: 10.0.2.0/24\n"},
      {.type = "AWS::EC2::InternetGateway",
       .ref = "igw-[0-9a-f]{17}",
       .attributes = "InternetGatewayId igw-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n"},
      {.type = "AWS::EC2::VPCGatewayAttachment",
       .others = gates_only,
       .properties = "VpcId: !Ref Vpc\nInternetGatewayId: !Ref Gate\n",
       .ref = "IGW\\|vpc-.*",
       .attributes = "AttachmentType IGW\n",
       .changed = "InternetGatewayId: !Ref Gate2\n"},
      {.type = "AWS::EC2::EIP",
       .ref = "[0-9.]+",
       .attributes = "AllocationId eipalloc-.*\nPublicIp [0-9.]+\n",
       .changed = "Tags: [{Key: a, Value: b}]\n"},
      {.type = "AWS::EC2::NatGateway",
       .others = gateway,
       .properties = "SubnetId: !Ref A\nAllocationId: !GetAtt Ip.AllocationId\n",
       .ref = "nat-[0-9a-f]{17}",
       .attributes = "NatGatewayId nat-.*\nEniId eni-.*\nAutoProvisionZones .*\n"
                     "AutoScalingIps .*\nRouteTableId .*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "AllocationId: !GetAtt Ip2.AllocationId\n"},
      {.type = "AWS::EC2::RouteTable",
       .others = two_vpcs,
       .properties = "VpcId: !Ref Vpc\n",
       .ref = "rtb-[0-9a-f]{17}",
       .attributes = "RouteTableId rtb-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "VpcId: !Ref Other\n"},
      {.type = "AWS::EC2::Route",
       .others = gateway,
       .properties = "RouteTableId: !Ref Table\nDestinationCidrBlock: 0.0.0.0/0\n"
                     "GatewayId: !Ref Gate\n",
       .ref = "rtb-.*\\|0.0.0.0/0",
       .attributes = "CidrBlock 0.0.0.0/0\n",
       .replaced = "DestinationCidrBlock: 192.168.0.0/16\n"},
      {.type = "AWS::EC2::SubnetRouteTableAssociation",
       .others = subnets,
       .properties = "RouteTableId: !Ref Table\nSubnetId: !Ref A\n",
       .ref = "rtbassoc-[0-9a-f]{17}",
       .attributes = "Id rtbassoc-.*\n",
       .replaced = "SubnetId: !Ref B\n"},
      {.type = "AWS::EC2::SecurityGroup",
       .others = vpc,
       .properties = "GroupDescription: some\nVpcId: !Ref Vpc\n",
       .ref = "sg-[0-9a-f]{17}",
       .attributes = "GroupId sg-.*\nId sg-.*\nVpcId vpc-.*\n",
       .changed = "SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: "
                  "10.0.0.0/16}]\n",
       .replaced = "GroupDescription: other\n"},
      {.type = "AWS::EC2::SecurityGroupIngress",
       .others = group,
       .properties = "GroupId: !Ref G\nIpProtocol: tcp\nFromPort: 80\nToPort: 80\n"
                     "CidrIp: 10.0.0.0/16\n",
       .ref = "sgr-[0-9a-f]{17}",
       .attributes = "Id sgr-.*\n",
       .replaced = "CidrIp: 10.0.1.0/24\n"},
      {.type = "AWS::EC2::SecurityGroupEgress",
       .others = group,
       .properties = "GroupId: !Ref G\nIpProtocol: tcp\nFromPort: 80\nToPort: 80\n"
                     "CidrIp: 10.0.0.0/16\n",
       .ref = "sgr-[0-9a-f]{17}",
       .attributes = "Id sgr-.*\n",
       .replaced = "CidrIp: 10.0.1.0/24\n"},
      {.type = "AWS::EC2::VPCEndpoint",
       .others = subnets,
       .properties = "VpcId: !Ref Vpc\nVpcEndpointType: Interface\nSubnetIds: [!Ref A]\n"
                     "ServiceName: com.amazonaws.ap-northeast-1.logs\n",
       .ref = "vpce-[0-9a-f]{17}",
       .attributes = "CreationTimestamp .*\nDnsEntries LIST\nId vpce-.*\nNetworkInterfaceIds "
                     "LIST\n",
       .replaced = "ServiceName: com.amazonaws.ap-northeast-1.ssm\n"},
      {.type = "AWS::EC2::Instance",
       .others = subnets,
       .properties = instance,
       .ref = "i-[0-9a-f]{17}",
       .attributes = "AvailabilityZone ap-northeast-1[a-d]\nInstanceId i-.*\nPrivateDnsName .*\n"
                     "PrivateIp 10.0.0.*\nPublicDnsName .*\nPublicIp .*\nState.Code 16\nState.Name "
                     "running\nVpcId vpc-.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "SubnetId: !Ref B\n"},
      {.type = "AWS::IAM::Role",
       .properties = trust,
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:iam::123456789012:role/types-X-.*\nRoleId AROA.*\n",
       .changed = "Description: d\n",
       .replaced = "RoleName: named\n"},
      {.type = "AWS::IAM::Policy",
       .others = roles,
       .properties = named_document,
       .ref = ".+",
       .attributes = "Id .*\n",
       .changed = other_document},
      {.type = "AWS::IAM::ManagedPolicy",
       .others = roles,
       .properties = document,
       .ref = "arn:aws:iam::123456789012:policy/types-X-.*",
       .attributes = "PolicyArn arn:.*\nPolicyId ANPA.*\nAttachmentCount 1\nCreateDate 2026-.*\n"
                     "DefaultVersionId v1\nIsAttachable true\nPermissionsBoundaryUsageCount 0\n"
                     "UpdateDate 2026-.*\n",
       .changed = other_document,
       .replaced = "ManagedPolicyName: named\n"},
      {.type = "AWS::IAM::InstanceProfile",
       .others = roles,
       .properties = "Roles: [!Ref R]\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:iam::123456789012:instance-profile/types-X-.*\n",
       .replaced = "InstanceProfileName: named\n"},
      {.type = "AWS::IAM::User",
       .others = "  P: {Type: AWS::IAM::Group}\n",
       .properties =
           "Groups: [!Ref P]\n"
           "ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']\n"
           "Policies: [{PolicyName: p, PolicyDocument: {Version: '2012-10-17', Statement: "
           "[{Effect: Allow, Action: 's3:*', Resource: '*'}]}}]\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:iam::123456789012:user/types-X-.*\n",
       .changed = "ManagedPolicyArns: []\nTags: [{Key: a, Value: b}]\n",
       .replaced = "UserName: named\n"},
      {.type = "AWS::IAM::Group",
       .properties = "ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:iam::123456789012:group/types-X-.*\n",
       .changed = "ManagedPolicyArns: []\n",
       .replaced = "GroupName: named\n"},
      {.type = "AWS::IAM::UserToGroupAddition",
       .others = "  P: {Type: AWS::IAM::Group}\n  U: {Type: AWS::IAM::User}\n"
                 "  U2: {Type: AWS::IAM::User}\n",
       .properties = "GroupName: !Ref P\nUsers: [!Ref U]\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Id types-X-.*\n",
       .changed = "Users: [!Ref U2]\n"},
      {.type = "AWS::IAM::AccessKey",
       .others = "  U: {Type: AWS::IAM::User}\n",
       .properties = "UserName: !Ref U\n",
       .ref = "AKIA[0-9A-Z]{16}",
       .attributes = "SecretAccessKey .{40}\n",
       .changed = "Status: Inactive\n",
       .replaced = "Serial: 2\n"},
      {.type = "AWS::IAM::ServiceLinkedRole",
       .properties = "AWSServiceName: ecs.amazonaws.com\n",
       .ref = "AWSServiceRoleForECS",
       .attributes = "RoleName AWSServiceRoleForECS\n"},
      {.type = "AWS::SSM::Association",
       .properties = "Name: AWS-UpdateSSMAgent\nTargets: [{Key: InstanceIds, Values: ['*']}]\n"
                     "ScheduleExpression: rate(14 days)\n",
       .ref = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
       .attributes = "AssociationId [0-9a-f-]{36}\n",
       .changed = "ScheduleExpression: rate(7 days)\n"},
      {.type = "AWS::SSM::Document",
       .properties = "DocumentType: Command\nContent: {schemaVersion: '2.2', mainSteps: [{action: "
                     "'aws:runShellScript', name: a, inputs: {runCommand: [curl example.com]}}]}\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .changed = "UpdateMethod: NewVersion\nContent: {schemaVersion: '2.2', mainSteps: [{action: "
                  "'aws:runShellScript', name: b, inputs: {runCommand: [curl example.com]}}]}\n",
       .replaced = "Content: {schemaVersion: '2.2', mainSteps: [{action: 'aws:runShellScript', "
                   "name: c, inputs: {runCommand: [curl example.com]}}]}\n"},
      {.type = "AWS::SSM::Parameter",
       .properties = "Type: String\nValue: v\n",
       .ref = "CFN-X-[0-9A-Z]{12}",
       .attributes = "Type String\nValue v\n",
       .changed = "Value: w\n",
       .replaced = "Name: named\n"},
  };
}

}  // namespace sim::world

// How the live properties of each type are read: one call and where in its answer they stand. What
// a table cannot say is a function below.
#include <boost/json.hpp>

#include "http/message.hpp"
#include "sim/cloudformation/drift_details.hpp"
#include "sim/cloudformation/handlers/client_vpn.hpp"
#include "sim/core/words.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

struct Reading {
  std::string_view type, service, action;
  std::string_view input;  // "NatGatewayId.0=@id": the member that names it
  std::string_view item;   // where it stands in the answer; nothing there means gone
  std::string_view gone;   // "state deleted deleting": a member and its values that mean gone
  // "CidrBlock=cidrBlock Tags=tagSet#tags": property = member of the item, or @id. #tags: a list of
  // tags;
  // #policy: a policy, URL-encoded; #capital: its names as a template writes them; #NAME: of a list
  // of objects, this member of each.
  std::string_view properties;
};

constexpr Reading readings[] = {
    {"AWS::EC2::VPC", "ec2", "DescribeVpcs", "VpcId.0=@id", "vpcSet.0", "",
     "CidrBlock=cidrBlock InstanceTenancy=instanceTenancy Tags=tagSet#tags"},
    {"AWS::EC2::Subnet", "ec2", "DescribeSubnets", "SubnetId.0=@id", "subnetSet.0", "",
     "CidrBlock=cidrBlock VpcId=vpcId AvailabilityZone=availabilityZone "
     "MapPublicIpOnLaunch=mapPublicIpOnLaunch Tags=tagSet#tags"},
    {"AWS::EC2::InternetGateway", "ec2", "DescribeInternetGateways", "InternetGatewayId.0=@id",
     "internetGatewaySet.0", "", "Tags=tagSet#tags"},
    {"AWS::EC2::NatGateway", "ec2", "DescribeNatGateways", "NatGatewayId.0=@id", "natGatewaySet.0",
     "state deleted deleting failed",
     "SubnetId=subnetId ConnectivityType=connectivityType "
     "AllocationId=natGatewayAddressSet.0.allocationId Tags=tagSet#tags"},
    {"AWS::EC2::EIP", "ec2", "DescribeAddresses", "PublicIp.0=@id", "addressesSet.0", "",
     "AllocationId=allocationId Domain=domain InstanceId=instanceId Tags=tagSet#tags"},
    {"AWS::EC2::RouteTable", "ec2", "DescribeRouteTables", "RouteTableId.0=@id", "routeTableSet.0",
     "", "VpcId=vpcId Tags=tagSet#tags"},
    {"AWS::EC2::SecurityGroup", "ec2", "DescribeSecurityGroups", "GroupId.0=@id",
     "securityGroupInfo.0", "",
     "GroupDescription=groupDescription GroupName=groupName VpcId=vpcId Tags=tagSet#tags"},
    {"AWS::EC2::VPCEndpoint", "ec2", "DescribeVpcEndpoints", "VpcEndpointId.0=@id",
     "vpcEndpointSet.0", "state deleted deleting",
     "VpcId=vpcId ServiceName=serviceName VpcEndpointType=vpcEndpointType "
     "PrivateDnsEnabled=privateDnsEnabled SubnetIds=subnetIdSet RouteTableIds=routeTableIdSet "
     "SecurityGroupIds=groupSet#groupId"},
    {"AWS::EC2::Instance", "ec2", "DescribeInstances", "InstanceId.0=@id",
     "reservationSet.0.instancesSet.0", "instanceState.name terminated shutting-down",
     "ImageId=imageId InstanceType=instanceType SubnetId=subnetId KeyName=keyName "
     "SecurityGroupIds=groupSet#groupId Tags=tagSet#tags"},
    {"AWS::EC2::VPNGateway", "ec2", "DescribeVpnGateways", "VpnGatewayId.0=@id", "vpnGatewaySet.0",
     "state deleted deleting", "AmazonSideAsn=amazonSideAsn Type=type Tags=tagSet#tags"},
    {"AWS::EC2::CustomerGateway", "ec2", "DescribeCustomerGateways", "CustomerGatewayId.0=@id",
     "customerGatewaySet.0", "state deleted deleting",
     "BgpAsn=bgpAsn DeviceName=deviceName IpAddress=ipAddress Type=type Tags=tagSet#tags"},
    {"AWS::EC2::VPNConnection", "ec2", "DescribeVpnConnections", "VpnConnectionId.0=@id",
     "vpnConnectionSet.0", "state deleted deleting",
     "CustomerGatewayId=customerGatewayId VpnGatewayId=vpnGatewayId Type=type "
     "StaticRoutesOnly=options.staticRoutesOnly Tags=tagSet#tags"},
    {"AWS::EC2::InstanceConnectEndpoint", "ec2", "DescribeInstanceConnectEndpoints",
     "InstanceConnectEndpointId.0=@id", "instanceConnectEndpointSet.0",
     "state delete-complete delete-in-progress",
     "SubnetId=subnetId PreserveClientIp=preserveClientIp SecurityGroupIds=securityGroupIdSet "
     "Tags=tagSet#tags"},
    {"AWS::EC2::ClientVpnEndpoint", "ec2", "DescribeClientVpnEndpoints",
     "ClientVpnEndpointId.0=@id", "clientVpnEndpoint.0", "status.code deleting deleted",
     "ClientCidrBlock=clientCidrBlock Description=description DnsServers=dnsServer "
     "SecurityGroupIds=securityGroupIdSet ServerCertificateArn=serverCertificateArn "
     "SessionTimeoutHours=sessionTimeoutHours SplitTunnel=splitTunnel "
     "TransportProtocol=transportProtocol VpcId=vpcId VpnPort=vpnPort"},
    {"AWS::EC2::ClientVpnTargetNetworkAssociation", "ec2", "DescribeClientVpnTargetNetworks",
     "AssociationIds.0=@id ClientVpnEndpointId=ClientVpnEndpointId", "clientVpnTargetNetworks.0",
     "status.code disassociating",
     "ClientVpnEndpointId=clientVpnEndpointId SubnetId=targetNetworkId"},
    {"AWS::ECS::Cluster", "ecs", "DescribeClusters", "clusters.0=@id", "clusters.0",
     "status INACTIVE", "ClusterName=clusterName"},
    {"AWS::ECS::TaskDefinition", "ecs", "DescribeTaskDefinition", "taskDefinition=@id",
     "taskDefinition", "status INACTIVE DELETE_IN_PROGRESS",
     "Family=family Cpu=cpu Memory=memory NetworkMode=networkMode TaskRoleArn=taskRoleArn "
     "ExecutionRoleArn=executionRoleArn"},
    {"AWS::ECS::Service", "ecs", "DescribeServices", "services.0=@id cluster=Cluster", "services.0",
     "status INACTIVE DRAINING",
     "ServiceName=serviceName DesiredCount=desiredCount TaskDefinition=taskDefinition "
     "LaunchType=launchType NetworkConfiguration=networkConfiguration#capital"},
    {"AWS::IAM::Role", "iam", "GetRole", "RoleName=@id", "Role", "",
     "RoleName=RoleName Path=Path Description=Description MaxSessionDuration=MaxSessionDuration "
     "AssumeRolePolicyDocument=AssumeRolePolicyDocument#policy"},
    {"AWS::IAM::InstanceProfile", "iam", "GetInstanceProfile", "InstanceProfileName=@id",
     "InstanceProfile", "",
     "InstanceProfileName=InstanceProfileName Path=Path Roles=Roles#RoleName"},
    {"AWS::Lambda::Function", "lambda", "GetFunctionConfiguration", "FunctionName=@id", "", "",
     "FunctionName=FunctionName Handler=Handler Runtime=Runtime Role=Role Timeout=Timeout "
     "MemorySize=MemorySize Description=Description Environment=Environment "
     "Architectures=Architectures"},
    {"AWS::Logs::LogGroup", "logs", "DescribeLogGroups", "logGroupNamePrefix=@id", "logGroups.0",
     "", "LogGroupName=logGroupName RetentionInDays=retentionInDays"},
    {"AWS::SSM::Association", "ssm", "DescribeAssociation", "AssociationId=@id",
     "AssociationDescription", "",
     "ApplyOnlyAtCronInterval=ApplyOnlyAtCronInterval AssociationName=AssociationName "
     "ComplianceSeverity=ComplianceSeverity DocumentVersion=DocumentVersion "
     "InstanceId=InstanceId MaxConcurrency=MaxConcurrency MaxErrors=MaxErrors Name=Name "
     "Parameters=Parameters ScheduleExpression=ScheduleExpression ScheduleOffset=ScheduleOffset "
     "SyncCompliance=SyncCompliance Targets=Targets"},
    {"AWS::SSM::Document", "ssm", "DescribeDocument", "Name=@id", "Document", "",
     "DocumentFormat=DocumentFormat DocumentType=DocumentType Name=Name TargetType=TargetType "
     "VersionName=VersionName Tags=Tags#tags"},
    {"AWS::SSM::Parameter", "ssm", "GetParameter", "Name=@id", "Parameter", "",
     "Name=Name Type=Type Value=Value"},
    {"AWS::DynamoDB::Table", "dynamodb", "DescribeTable", "TableName=@id", "Table",
     "TableStatus DELETING",
     "TableName=TableName KeySchema=KeySchema AttributeDefinitions=AttributeDefinitions"},
    {"AWS::S3::Bucket", "s3", "HeadBucket", "Bucket=@id", "", "", "BucketName=@id"},
    {"AWS::SNS::Topic", "sns", "GetTopicAttributes", "TopicArn=@id", "Attributes", "",
     "DisplayName=DisplayName KmsMasterKeyId=KmsMasterKeyId"},
    {"AWS::SQS::Queue", "sqs", "GetQueueAttributes", "QueueUrl=@id", "", "", ""},
    {"AWS::ECR::Repository", "ecr", "DescribeRepositories", "repositoryNames.0=@id",
     "repositories.0", "",
     "RepositoryName=repositoryName ImageTagMutability=imageTagMutability "
     "ImageScanningConfiguration=imageScanningConfiguration#capital"},
    {"AWS::CloudWatch::Alarm", "monitoring", "DescribeAlarms", "AlarmNames.0=@id", "MetricAlarms.0",
     "",
     "AlarmName=AlarmName AlarmDescription=AlarmDescription MetricName=MetricName "
     "Namespace=Namespace Statistic=Statistic ComparisonOperator=ComparisonOperator "
     "Threshold=Threshold Period=Period EvaluationPeriods=EvaluationPeriods "
     "AlarmActions=AlarmActions"},
    {"AWS::ElasticLoadBalancingV2::TargetGroup", "elasticloadbalancing", "DescribeTargetGroups",
     "TargetGroupArns.0=@id", "TargetGroups.0", "",
     "Name=TargetGroupName Port=Port Protocol=Protocol VpcId=VpcId TargetType=TargetType "
     "HealthCheckPath=HealthCheckPath HealthCheckProtocol=HealthCheckProtocol "
     "HealthCheckIntervalSeconds=HealthCheckIntervalSeconds"},
    {"AWS::ElasticLoadBalancingV2::Listener", "elasticloadbalancing", "DescribeListeners",
     "ListenerArns.0=@id", "Listeners.0", "",
     "LoadBalancerArn=LoadBalancerArn Port=Port Protocol=Protocol"},
};

json::object input_of(const Work& work, const Reading& reading) {
  json::object input;
  for (const auto& pair : words_of(reading.input)) {
    const auto equals = pair.find('=');
    std::string name = pair.substr(0, equals);
    const std::string source = pair.substr(equals + 1);
    const std::string value = source == "@id" ? work.id : work.text(source);
    if (value.empty()) continue;
    if (name.ends_with(".0")) {
      name.resize(name.size() - 2);
      input[name] = json::array{json::string(value)};
    } else {
      input[name] = value;
    }
  }
  return input;
}

// The tags that people set: AWS's own and those of the whole stack are no part of the template.
json::value tags_of(const Work& work, const json::value& list) {
  json::array tags;
  if (list.is_array()) {
    for (const auto& tag : list.as_array()) {
      const bool camel = find(tag, "key") != nullptr;
      const std::string key = at(tag, camel ? "key" : "Key");
      if (key.starts_with("aws:") || work.stack_tags.contains(key)) continue;
      tags.push_back(json::object{{"Key", key}, {"Value", at(tag, camel ? "value" : "Value")}});
    }
  }
  return tags;
}

json::value with_capitals(const json::value& value) {
  if (const auto* list = value.if_array()) {
    json::array result;
    for (const auto& one : *list) result.push_back(with_capitals(one));
    return json::value(std::move(result));
  }
  const auto* object = value.if_object();
  if (object == nullptr) return value;
  json::object result;
  for (const auto& member : *object) {
    result[capitalized(member.key())] = with_capitals(member.value());
  }
  return json::value(std::move(result));
}

json::value converted(const Work& work, const json::value* value, const std::string& how) {
  if (how == "tags") return tags_of(work, value == nullptr ? json::value() : *value);
  if (value == nullptr) return {};
  if (how.empty()) return *value;
  if (how == "policy") {
    boost::system::error_code malformed;
    json::value policy = json::parse(http::percent_decode(templates::text_of(*value)), malformed);
    return malformed ? *value : policy;
  }
  if (how == "capital") return with_capitals(*value);
  json::array members;
  if (value->is_array()) {
    for (const auto& one : value->as_array()) members.emplace_back(at(one, how));
  }
  return members;
}

bool is_over(const json::value& item, std::string_view gone) {
  const auto parts = words_of(gone);
  if (parts.empty()) return false;
  const std::string state = at(item, parts.front());
  return std::find(parts.begin() + 1, parts.end(), state) != parts.end();
}

Task<std::optional<json::object>> read(Work& work, const Reading& reading) {
  const json::value answer = co_await work.call(
      std::string(reading.service), std::string(reading.action), input_of(work, reading));
  const auto* item = find(answer, reading.item);
  if (item == nullptr || is_over(*item, reading.gone)) co_return std::nullopt;
  // A log group is looked for by prefix.
  if (reading.service == "logs" && at(*item, "logGroupName") != work.id) co_return std::nullopt;
  json::object actual;
  for (const auto& pair : words_of(reading.properties)) {
    const auto equals = pair.find('=');
    const std::string source = pair.substr(equals + 1);
    const auto hash = source.find('#');
    if (source == "@id") {
      actual[pair.substr(0, equals)] = work.id;
      continue;
    }
    actual[pair.substr(0, equals)] =
        converted(work, find(*item, source.substr(0, hash)),
                  hash == std::string::npos ? "" : source.substr(hash + 1));
  }
  co_return actual;
}

Task<std::optional<json::object>> read_by_table(Work& work) {
  for (const auto& reading : readings) {
    if (reading.type != work.type) continue;
    auto actual = co_await read(work, reading);
    const Details details = details_of(work.type);
    if (actual && details != nullptr) co_await details(work, *actual);
    co_return actual;
  }
  co_return std::nullopt;
}

Task<json::value> route_table(Work& work, std::string id) {
  json::object input;
  input["RouteTableId"] = json::array{json::string(id)};
  const auto answer = co_await work.call("ec2", "DescribeRouteTables", std::move(input));
  const auto* found = find(answer, "routeTableSet.0");
  co_return found == nullptr ? json::value(json::object()) : *found;
}

// Its id is "rtb-1|0.0.0.0/0".
Task<std::optional<json::object>> read_route(Work& work) {
  const auto bar = work.id.find('|');
  const std::string destination = work.id.substr(bar + 1);
  const auto table = co_await route_table(work, work.id.substr(0, bar));
  const auto* routes = find(table, "routeSet");
  if (routes == nullptr) co_return std::nullopt;
  for (const auto& route : routes->as_array()) {
    for (const auto* name :
         {"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"}) {
      if (at(route, name) != destination) continue;
      json::object actual{{"RouteTableId", work.id.substr(0, bar)}};
      for (const auto* target : {"GatewayId", "NatGatewayId", "InstanceId", "NetworkInterfaceId",
                                 "VpcPeeringConnectionId", "EgressOnlyInternetGatewayId"}) {
        std::string member = target;
        member.front() = static_cast<char>(member.front() - 'A' + 'a');
        const std::string value = at(route, member);
        actual[target] = value.empty() ? json::value() : json::value(value);
      }
      co_return actual;
    }
  }
  co_return std::nullopt;
}

Task<std::optional<json::object>> read_association(Work& work) {
  const std::string table_id = work.text("RouteTableId");
  const auto table = co_await route_table(work, table_id);
  const auto* associations = find(table, "associationSet");
  if (associations == nullptr) co_return std::nullopt;
  for (const auto& one : associations->as_array()) {
    if (at(one, "routeTableAssociationId") != work.id) continue;
    co_return json::object{{"RouteTableId", table_id}, {"SubnetId", at(one, "subnetId")}};
  }
  co_return std::nullopt;
}

Task<std::optional<json::object>> read_attachment(Work& work) {
  const std::string gateway = work.text("InternetGatewayId");
  const std::string vpn = work.text("VpnGatewayId");
  json::object input;
  if (!vpn.empty()) {
    input["VpnGatewayId"] = json::array{json::string(vpn)};
    const auto answer = co_await work.call("ec2", "DescribeVpnGateways", std::move(input));
    const auto* attached = find(answer, "vpnGatewaySet.0.attachments.0");
    if (attached == nullptr) co_return std::nullopt;
    co_return json::object{{"VpnGatewayId", vpn}, {"VpcId", at(*attached, "vpcId")}};
  }
  if (gateway.empty()) co_return std::nullopt;
  input["InternetGatewayId"] = json::array{json::string(gateway)};
  const auto answer = co_await work.call("ec2", "DescribeInternetGateways", std::move(input));
  const auto* attached = find(answer, "internetGatewaySet.0.attachmentSet.0");
  if (attached == nullptr) co_return std::nullopt;
  co_return json::object{{"InternetGatewayId", gateway}, {"VpcId", at(*attached, "vpcId")}};
}

}  // namespace

Reader reader_of(std::string_view type) {
  if (type == "AWS::EC2::Route") return read_route;
  if (type == "AWS::EC2::SubnetRouteTableAssociation") return read_association;
  if (type == "AWS::EC2::VPCGatewayAttachment") return read_attachment;
  if (type == "AWS::EC2::ClientVpnAuthorizationRule") return read_client_vpn_rule;
  if (type == "AWS::EC2::ClientVpnRoute") return read_client_vpn_route;
  for (const auto& reading : readings) {
    if (reading.type == type) return read_by_table;
  }
  return nullptr;
}

}  // namespace sim::cloudformation

// What the resource types refuse: at creation, at deletion, and of each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using testing::HasSubstr;

constexpr std::string_view subnets =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1c}}
)";
constexpr std::string_view internal =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1c}}
  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B]}}
)";

struct Refusal {
  const char* name;
  std::string_view others;
  std::string_view resource;  // X
  const char* reason;         // a part of X's reason
};

class Refusals : public StackTest, public testing::WithParamInterface<Refusal> {};

TEST_P(Refusals, are_the_reason_of_the_failed_creation) {
  const auto& row = GetParam();
  std::string text = "Resources:\n" + std::string(row.others) + "  X: " + std::string(row.resource);
  EXPECT_EQ(create(text), "ROLLBACK_COMPLETE");
  EXPECT_THAT(troubles(), HasSubstr("X: "));
  EXPECT_THAT(troubles(), HasSubstr(row.reason));
}

constexpr Refusal refusals[] = {
    {"internet_facing_without_gateway", subnets,
     "{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: [!Ref A, !Ref B]}}",
     "has no internet gateway"},
    {"balancer_in_one_zone", subnets,
     "{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: "
     "[!Ref A]}}",
     "At least two subnets in two different Availability Zones must be specified"},
    {"balancer_in_a_subnet_that_is_not_there", subnets,
     "{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: "
     "[!Ref A, subnet-00000000000000000]}}",
     "The subnet ID 'subnet-00000000000000000' does not exist"},
    {"group_in_a_vpc_that_is_not_there", "",
     "{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Protocol: HTTP, Port: 80, "
     "VpcId: vpc-00000000000000000}}",
     "vpc-00000000000000000"},
    {"group_with_a_delay_that_no_number_holds", subnets,
     "{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Protocol: HTTP, Port: 80, "
     "VpcId: !Ref Vpc, TargetGroupAttributes: [{Key: deregistration_delay.timeout_seconds, Value: "
     "'99999999999999999999'}]}}",
     "'99999999999999999999' is not a valid value of deregistration_delay.timeout_seconds"},
    {"group_with_a_delay_beyond_an_hour", subnets,
     "{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Protocol: HTTP, Port: 80, "
     "VpcId: !Ref Vpc, TargetGroupAttributes: [{Key: deregistration_delay.timeout_seconds, Value: "
     "'3601'}]}}",
     "'3601' is not a valid value of deregistration_delay.timeout_seconds"},
    {"table_with_a_key_that_is_a_text", "",
     "{Type: AWS::DynamoDB::Table, Properties: {KeySchema: [x]}}",
     "A parameter has the wrong type."},
    {"https_without_certificate", internal,
     "{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Balancer, "
     "Protocol: HTTPS, Port: 443, DefaultActions: [{Type: fixed-response, FixedResponseConfig: "
     "{StatusCode: 200}}]}}",
     "A certificate must be specified for HTTPS listeners"},
    {"tcp_on_an_application_balancer", internal,
     "{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Balancer, "
     "Protocol: TCP, Port: 80, DefaultActions: [{Type: fixed-response, FixedResponseConfig: "
     "{StatusCode: 200}}]}}",
     "Protocol 'TCP' must be one of 'HTTP, HTTPS'"},
    {"forward_to_a_group_that_is_not_there", internal,
     "{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Balancer, "
     "Protocol: HTTP, Port: 80, DefaultActions: [{Type: forward, TargetGroupArn: nowhere}]}}",
     "Target groups 'nowhere' not found"},
    {"association_with_a_document_that_is_not_there", "",
     "{Type: AWS::SSM::Association, Properties: {Name: mine, Targets: [{Key: InstanceIds, Values: "
     "['*']}]}}",
     "Document with name mine does not exist."},
    {"association_every_five_minutes", "",
     "{Type: AWS::SSM::Association, Properties: {Name: AWS-UpdateSSMAgent, ScheduleExpression: "
     "rate(5 minutes), Targets: [{Key: InstanceIds, Values: ['*']}]}}",
     "rate(5 minutes) is not supported for associations"},
    {"association_that_waits_too_shortly", "",
     "{Type: AWS::SSM::Association, Properties: {Name: AWS-UpdateSSMAgent, "
     "WaitForSuccessTimeoutSeconds: 5, Targets: [{Key: InstanceIds, Values: ['*']}]}}",
     "#/WaitForSuccessTimeoutSeconds: 5 is not from 15 to 172800"},
    {"association_with_output_in_a_bucket", "",
     "{Type: AWS::SSM::Association, Properties: {Name: AWS-UpdateSSMAgent, OutputLocation: "
     "{S3Location: {OutputS3BucketName: bucket}}, Targets: [{Key: InstanceIds, Values: ['*']}]}}",
     "does not support OutputLocation of AWS::SSM::Association"},
    {"document_without_steps", "",
     "{Type: AWS::SSM::Document, Properties: {Content: {schemaVersion: '2.2'}}}",
     "The document has no steps."},
    {"topic_that_exists", "  T: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}\n",
     "{Type: AWS::SNS::Topic, DependsOn: T, Properties: {TopicName: t}}",
     "Resource of type 'AWS::SNS::Topic' with identifier 't' already exists.\" (RequestToken:"},
    {"alarm_on_nothing", "",
     "{Type: AWS::CloudWatch::Alarm, Properties: {EvaluationPeriods: 1, Threshold: 1, "
     "ComparisonOperator: GreaterThanThreshold}}",
     "MetricName must be specified"},
    {"alarm_with_a_comparison_of_its_own", "",
     "{Type: AWS::CloudWatch::Alarm, Properties: {MetricName: m, Namespace: n, Period: 60, "
     "Statistic: Sum, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: Above}}",
     "Value 'Above' at 'ComparisonOperator' failed to satisfy constraint"},
    {"dashboard_that_is_not_json", "",
     "{Type: AWS::CloudWatch::Dashboard, Properties: {DashboardBody: 'no'}}",
     "The field DashboardBody must be a valid JSON object"},
    {"rule_without_occasion", "", "{Type: AWS::Events::Rule, Properties: {State: ENABLED}}",
     "Parameter(s) EventPattern or ScheduleExpression must be specified."},
    {"schedule_with_a_role_that_is_not_there", "",
     "{Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 day), "
     "FlexibleTimeWindow: {Mode: 'OFF'}, Target: {Arn: 'arn:aws:sns:x', RoleArn: "
     "'arn:aws:iam::123456789012:role/none'}}}",
     "must allow AWS EventBridge Scheduler to assume the role"},
    {"scaling_of_a_service_that_is_not_there", "",
     "{Type: AWS::ApplicationAutoScaling::ScalableTarget, Properties: {ServiceNamespace: ecs, "
     "ScalableDimension: 'ecs:service:DesiredCount', ResourceId: service/c/s, MinCapacity: 1, "
     "MaxCapacity: 2}}",
     "ECS service doesn't exist: service/c/s"},
    {"alias_without_prefix", "  K: {Type: AWS::KMS::Key}\n",
     "{Type: AWS::KMS::Alias, Properties: {AliasName: a, TargetKeyId: !Ref K}}",
     "Alias must start with the prefix"},
    {"secret_given_and_generated", "",
     "{Type: AWS::SecretsManager::Secret, Properties: {SecretString: a, GenerateSecretString: {}}}",
     "Only one of SecretString and GenerateSecretString"},
    {"table_with_an_undefined_key", "",
     "{Type: AWS::DynamoDB::Table, Properties: {BillingMode: PAY_PER_REQUEST, "
     "AttributeDefinitions: "
     "[{AttributeName: a, AttributeType: S}], KeySchema: [{AttributeName: b, KeyType: HASH}]}}",
     "Some index key attributes are not defined in AttributeDefinitions"},
    {"record_outside_of_its_zone",
     "  Z: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com}}\n",
     "{Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Z, Name: www.example.org, "
     "Type: A, TTL: 60, ResourceRecords: [192.0.2.1]}}",
     "RRSet with DNS name www.example.org. is not permitted in zone example.com."},
    {"two_mount_targets_in_one_zone",
     R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  G: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  F: {Type: AWS::EFS::FileSystem}
  M: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref F, SubnetId: !Ref A, SecurityGroups: [!Ref G]}}
)",
     "{Type: AWS::EFS::MountTarget, DependsOn: M, Properties: {FileSystemId: !Ref F, SubnetId: "
     "!Ref A, SecurityGroups: [!Ref G]}}",
     "mount target already exists in this AZ"},
    {"a_property_whose_meaning_is_not_honoured", "",
     "{Type: AWS::SNS::Topic, Properties: {DataProtectionPolicy: {}}}",
     "does not support DataProtectionPolicy of AWS::SNS::Topic"},
    {"a_wait_that_nobody_ends", "  H: {Type: AWS::CloudFormation::WaitConditionHandle}\n",
     "{Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref H, Timeout: 60}}",
     "WaitCondition timed out. Received 0 conditions when expecting 1"},
};

INSTANTIATE_TEST_SUITE_P(Table, Refusals, testing::ValuesIn(refusals),
                         [](const auto& row) { return std::string(row.param.name); });

class Holds : public StackTest {
 protected:
  std::string refusal(std::string service, std::string action, json::object input) {
    try {
      call(std::move(service), std::move(action), std::move(input));
      return "done";
    } catch (const Error& error) {
      return error.code;
    }
  }
};

constexpr std::string_view balanced_network =
    R"(Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1c}}
  Gate: {Type: AWS::EC2::InternetGateway}
  Attach: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gate}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, DependsOn: Attach, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gate}}
  InA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref A}}
  InB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref B}}
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: open
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: PORT, ToPort: PORT, CidrIp: 10.0.0.0/16}]
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    DependsOn: Attach
    Properties: {Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Open]}
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Protocol: HTTP, Port: 80, VpcId: !Ref Vpc, TargetType: ip, TargetGroupAttributes: [{Key: deregistration_delay.timeout_seconds, Value: '30'}]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Port: 80, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]}
)";
constexpr std::string_view outputs =
    R"(Outputs:
  Vpc: {Value: !Ref Vpc}
  Gate: {Value: !Ref Gate}
  A: {Value: !Ref A}
  Balancer: {Value: !Ref Balancer}
  Group: {Value: !Ref Group}
)";
constexpr std::string_view service =
    R"(  Cluster: {Type: AWS::ECS::Cluster}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {Cpu: 256, Memory: 512, NetworkMode: awsvpc, RequiresCompatibilities: [FARGATE], ContainerDefinitions: [{Name: web, Image: "nginx:latest", PortMappings: [{ContainerPort: 80}]}]}
  Service:
    Type: AWS::ECS::Service
    DependsOn: [InA, Out, Listener]
    Properties:
      Cluster: !Ref Cluster
      LaunchType: FARGATE
      DesiredCount: 1
      TaskDefinition: !Ref Task
      LoadBalancers: [{TargetGroupArn: !Ref Group, ContainerName: web, ContainerPort: 80}]
      NetworkConfiguration: {AwsvpcConfiguration: {AssignPublicIp: ENABLED, Subnets: [!Ref A], SecurityGroups: [!Ref Open]}}
)";

std::string with_port(std::string text, const std::string& port) {
  for (auto at = text.find("PORT"); at != std::string::npos; at = text.find("PORT")) {
    text.replace(at, 4, port);
  }
  return text;
}

// facts §3: "Mapped addresses include NAT EIPs, EC2 auto-public IPs, NLB/ALB addresses ...";
// "cloud-nuke's note: LB ENIs linger after LB deletion and block detach".
TEST_F(Holds, a_balancer_holds_its_subnets_and_its_public_addresses_hold_the_gateway) {
  ASSERT_EQ(create(with_port(std::string(balanced_network) + std::string(outputs), "80")),
            "CREATE_COMPLETE")
      << troubles();
  const auto vpc = output("Vpc"), gate = output("Gate"), subnet = output("A");
  EXPECT_EQ(refusal("ec2", "DetachInternetGateway", {{"InternetGatewayId", gate}, {"VpcId", vpc}}),
            "DependencyViolation");
  EXPECT_EQ(refusal("ec2", "DeleteSubnet", {{"SubnetId", subnet}}), "DependencyViolation");
  EXPECT_EQ(
      refusal("elasticloadbalancing", "DeleteTargetGroup", {{"TargetGroupArn", output("Group")}}),
      "ResourceInUse");
  const auto balancer = output("Balancer");
  json::object protection{{"LoadBalancerArn", balancer}};
  protection["Attributes"] =
      json::array{json::object{{"Key", "deletion_protection.enabled"}, {"Value", "true"}}};
  call("elasticloadbalancing", "ModifyLoadBalancerAttributes", protection);
  EXPECT_EQ(refusal("elasticloadbalancing", "DeleteLoadBalancer", {{"LoadBalancerArn", balancer}}),
            "OperationNotPermitted");
  protection["Attributes"].as_array()[0].as_object()["Value"] = "false";
  call("elasticloadbalancing", "ModifyLoadBalancerAttributes", protection);
  call("elasticloadbalancing", "DeleteLoadBalancer", {{"LoadBalancerArn", balancer}});
  // Gone from sight, its interfaces linger.
  EXPECT_EQ(refusal("ec2", "DetachInternetGateway", {{"InternetGatewayId", gate}, {"VpcId", vpc}}),
            "DependencyViolation");
  pass(std::chrono::minutes(2));
  EXPECT_EQ(refusal("ec2", "DetachInternetGateway", {{"InternetGatewayId", gate}, {"VpcId", vpc}}),
            "done");
}

TEST_F(Holds, a_service_is_steady_once_its_tasks_are_healthy_behind_the_balancer) {
  ASSERT_EQ(create(with_port(
                std::string(balanced_network) + std::string(service) + std::string(outputs), "80")),
            "CREATE_COMPLETE")
      << troubles();
  const auto health = json::value(
      call("elasticloadbalancing", "DescribeTargetHealth", {{"TargetGroupArn", output("Group")}}));
  EXPECT_EQ(cloudformation::at(health, "TargetHealthDescriptions.0.TargetHealth.State"), "healthy");
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

TEST_F(Holds, a_service_whose_port_is_closed_never_becomes_steady) {
  EXPECT_EQ(
      create(with_port(std::string(balanced_network) + std::string(service) + std::string(outputs),
                       "8080")),
      "ROLLBACK_COMPLETE");
  EXPECT_THAT(troubles(), HasSubstr("did not stabilize"));
}

Task<void> put(World& world, std::string url, std::string body, int& status) {
  http::Request request;
  request.method = "PUT";
  request.url = http::Url::parse(url);
  request.body = std::move(body);
  status = (co_await world.send(std::move(request))).status;
}

TEST_F(Holds, a_wait_ends_with_the_signal_that_its_handle_receives) {
  json::object input{
      {"StackName", "types"},
      {"TemplateBody",
       "Resources:\n  H: {Type: AWS::CloudFormation::WaitConditionHandle}\n"
       "  W: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref H, "
       "Timeout: 3600}}\nOutputs:\n  Data: {Value: !GetAtt W.Data}\n"}};
  id_ = cloudformation::at(json::value(call("cloudformation", "CreateStack", std::move(input))),
                           "StackId");
  pass(std::chrono::minutes(5));
  const auto handle = json::value(call("cloudformation", "DescribeStackResource",
                                       {{"StackName", id_}, {"LogicalResourceId", "H"}}));
  int status = 0;
  runtime_->run(put(world_, cloudformation::at(handle, "StackResourceDetail.PhysicalResourceId"),
                    R"({"Status":"SUCCESS","UniqueId":"a","Data":"ready","Reason":""})", status));
  EXPECT_EQ(status, 200);
  EXPECT_EQ(settle(), "CREATE_COMPLETE") << troubles();
  EXPECT_EQ(output("Data"), R"({"a":"ready"})");
}

TEST_F(Holds, a_repository_with_images_fails_to_delete) {
  ASSERT_EQ(create("Resources:\n  R: {Type: AWS::ECR::Repository, Properties: {RepositoryName: "
                   "r}}\n"),
            "CREATE_COMPLETE");
  call("ecr", "PutImage",
       {{"repositoryName", "r"}, {"imageManifest", "{}"}, {"imageTag", "latest"}});
  EXPECT_EQ(remove(), "DELETE_FAILED");
  EXPECT_THAT(troubles(), HasSubstr("cannot be deleted because it still contains images"));
}

TEST_F(Holds, a_zone_with_records_of_others_fails_to_delete) {
  ASSERT_EQ(create("Resources:\n  Z: {Type: AWS::Route53::HostedZone, Properties: {Name: "
                   "example.com}}\nOutputs:\n  Z: {Value: !Ref Z}\n"),
            "CREATE_COMPLETE");
  json::object set{{"Name", "www.example.com"}, {"Type", "A"}, {"TTL", 60}};
  set["ResourceRecords"] = json::array{json::object{{"Value", "192.0.2.1"}}};
  json::object change{{"Action", "CREATE"}};
  change["ResourceRecordSet"] = std::move(set);
  json::object batch;
  batch["Changes"] = json::array{std::move(change)};
  json::object input{{"HostedZoneId", output("Z")}};
  input["ChangeBatch"] = std::move(batch);
  call("route53", "ChangeResourceRecordSets", std::move(input));
  EXPECT_EQ(remove(), "DELETE_FAILED");
  EXPECT_THAT(troubles(), HasSubstr("contains non-required resource record sets"));
}

TEST_F(Holds, an_ip_that_is_registered_answers_unhealthy_when_nothing_listens) {
  ASSERT_EQ(create(with_port(std::string(balanced_network) + std::string(outputs), "80")),
            "CREATE_COMPLETE");
  json::object input{{"TargetGroupArn", output("Group")}};
  input["Targets"] = json::array{json::object{{"Id", "10.0.0.99"}}};
  call("elasticloadbalancing", "RegisterTargets", input);
  const auto state = [&] {
    return cloudformation::at(json::value(call("elasticloadbalancing", "DescribeTargetHealth",
                                               {{"TargetGroupArn", output("Group")}})),
                              "TargetHealthDescriptions.0.TargetHealth.State");
  };
  EXPECT_EQ(state(), "initial");
  pass(std::chrono::seconds(31));
  EXPECT_EQ(state(), "unhealthy");
  call("elasticloadbalancing", "DeregisterTargets", input);
  EXPECT_EQ(state(), "draining");
  pass(std::chrono::seconds(31));
  EXPECT_EQ(state(), "");
}

}  // namespace
}  // namespace sim::world

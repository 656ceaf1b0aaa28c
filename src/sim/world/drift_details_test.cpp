// Drift of what has calls of its own: rules, flags, policies, attributes.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

const std::string text = R"(
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0, Description: web}
        - {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8}
      SecurityGroupEgress:
        - {IpProtocol: -1, CidrIp: 0.0.0.0/0}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: worker
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: ec2.amazonaws.com}}]}
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
      Policies:
        - PolicyName: p
          PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: q, VisibilityTimeout: 45}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: t, DisplayName: News}}
  Repository: {Type: AWS::ECR::Repository, Properties: {RepositoryName: r, ImageTagMutability: IMMUTABLE}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: a
      MetricName: CPUUtilization
      Namespace: AWS/EC2
      Statistic: Average
      ComparisonOperator: GreaterThanThreshold
      Threshold: 80
      Period: 60
      EvaluationPeriods: 2
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Name: targets, Port: 80, Protocol: HTTP, VpcId: !Ref Vpc, TargetType: ip}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1c}}
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: c}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {Cpu: 256, Memory: 512, NetworkMode: awsvpc, RequiresCompatibilities: [FARGATE], ContainerDefinitions: [{Name: web, Image: "nginx:latest"}]}
  Service:
    Type: AWS::ECS::Service
    Properties: {ServiceName: s, Cluster: !Ref Cluster, LaunchType: FARGATE, DesiredCount: 0, TaskDefinition: !Ref Task, NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]}}}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Port: 80, Protocol: HTTP, DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: 404}}]}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: things
      VersioningConfiguration: {Status: Enabled}
      PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: true}
Outputs:
  Vpc: {Value: !Ref Vpc}
  Group: {Value: !GetAtt Group.GroupId}
  Queue: {Value: !Ref Queue}
  Other: {Value: !Ref B}
  Listener: {Value: !Ref Listener}
)";

class DriftDetails : public StackTest {
 protected:
  // "Group MODIFIED /SecurityGroupIngress/2 ADD": of all that differ.
  std::vector<std::string> drift() {
    call("cloudformation", "DetectStackDrift", {{"StackName", "types"}});
    pass(std::chrono::minutes(5));
    const auto seen = call("cloudformation", "DescribeStackResourceDrifts", {{"StackName", id_}});
    std::vector<std::string> found;
    for (const auto& one : seen.at("StackResourceDrifts").as_array()) {
      if (at(one, "StackResourceDriftStatus") == "IN_SYNC") continue;
      const auto* differences = cloudformation::find(one, "PropertyDifferences");
      for (const auto& each : differences->as_array()) {
        found.push_back(at(one, "LogicalResourceId") + " " + at(each, "PropertyPath") + " " +
                        at(each, "DifferenceType"));
      }
    }
    return found;
  }
};

TEST_F(DriftDetails, are_in_sync_until_somebody_changes_them) {
  ASSERT_EQ(create(text), "CREATE_COMPLETE") << troubles();
  EXPECT_THAT(drift(), testing::ElementsAre());

  json::object permission{{"IpProtocol", "tcp"}, {"FromPort", 22}, {"ToPort", 22}};
  permission["IpRanges"] = json::array{json::object{{"CidrIp", "0.0.0.0/0"}}};
  json::object rules{{"GroupId", output("Group")}};
  rules["IpPermissions"] = json::array{std::move(permission)};
  call("ec2", "AuthorizeSecurityGroupIngress", std::move(rules));
  json::object flag{{"VpcId", output("Vpc")}};
  flag["EnableDnsHostnames"] = json::object{{"Value", "false"}};
  call("ec2", "ModifyVpcAttribute", std::move(flag));
  call("iam", "DetachRolePolicy",
       {{"RoleName", "worker"}, {"PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"}});
  call("iam", "DeleteRolePolicy", {{"RoleName", "worker"}, {"PolicyName", "p"}});
  call("sqs", "SetQueueAttributes",
       {{"QueueUrl", output("Queue")}, {"Attributes", json::object{{"VisibilityTimeout", "50"}}}});
  call("sns", "SetTopicAttributes",
       {{"TopicArn", "arn:aws:sns:ap-northeast-1:123456789012:t"},
        {"AttributeName", "DisplayName"},
        {"AttributeValue", "Olds"}});
  call("s3", "PutBucketVersioning",
       {{"Bucket", "things"}, {"VersioningConfiguration", json::object{{"Status", "Suspended"}}}});
  json::object network{{"subnets", json::array{output("Other")}}};
  json::object service{{"cluster", "c"}, {"service", "s"}};
  service["networkConfiguration"] = json::object{{"awsvpcConfiguration", std::move(network)}};
  call("ecs", "UpdateService", std::move(service));
  call("elasticloadbalancing", "ModifyListener",
       {{"ListenerArn", output("Listener")}, {"Port", 81}});
  call("s3", "DeletePublicAccessBlock", {{"Bucket", "things"}});
  EXPECT_THAT(drift(), testing::ElementsAre(
                           "Bucket /VersioningConfiguration/Status NOT_EQUAL",
                           "Bucket /PublicAccessBlockConfiguration REMOVE",
                           "Group /SecurityGroupIngress/2 ADD", "Listener /Port NOT_EQUAL",
                           "Queue /VisibilityTimeout NOT_EQUAL", "Role /ManagedPolicyArns/0 REMOVE",
                           "Role /Policies/0 REMOVE",
                           "Service /NetworkConfiguration/AwsvpcConfiguration/Subnets/0 REMOVE",
                           "Service /NetworkConfiguration/AwsvpcConfiguration/Subnets/1 ADD",
                           "Topic /DisplayName NOT_EQUAL", "Vpc /EnableDnsHostnames NOT_EQUAL"));
}

}  // namespace
}  // namespace sim::world

// ECS, load balancing, Lambda, logs, and CloudFormation's own.
#include "sim/world/resource_types_test.hpp"

namespace sim::world {

namespace {

constexpr std::string_view network =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1c}}
  Gate: {Type: AWS::EC2::InternetGateway}
  Attach:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gate}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out:
    Type: AWS::EC2::Route
    DependsOn: Attach
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gate}
  Assoc: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref A}}
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: open
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/16}]
)";
constexpr std::string_view balanced =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1c}}
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Protocol: HTTP, Port: 80, VpcId: !Ref Vpc, TargetType: ip}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B]}
  Balancer2:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B]}
)";
constexpr std::string_view listening =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1c}}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B]}
  L:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Port: 80, Protocol: HTTP, DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: 404}}]}
  L2:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Port: 81, Protocol: HTTP, DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: 404}}]}
)";
constexpr std::string_view service =
    R"(  C: {Type: AWS::ECS::Cluster, Properties: {ClusterName: c}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  T:
    Type: AWS::ECS::TaskDefinition
    Properties: {Cpu: 256, Memory: 512, NetworkMode: awsvpc, RequiresCompatibilities: [FARGATE], ContainerDefinitions: [{Name: web, Image: "nginx:latest"}]}
  S:
    Type: AWS::ECS::Service
    Properties: {ServiceName: s, Cluster: !Ref C, LaunchType: FARGATE, DesiredCount: 0, TaskDefinition: !Ref T, NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]}}}
  Target:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    DependsOn: S
    Properties: {ServiceNamespace: ecs, ScalableDimension: "ecs:service:DesiredCount", ResourceId: service/c/s, MinCapacity: 0, MaxCapacity: 2}
)";
constexpr std::string_view function =
    R"(  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: lambda.amazonaws.com}}]}
  F:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.12, Handler: index.handler, Role: !GetAtt R.Arn, Code: {ZipFile: "pass"}}
)";
constexpr std::string_view role =
    R"(  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: lambda.amazonaws.com}}]}
)";
constexpr std::string_view group = R"(  G: {Type: AWS::Logs::LogGroup}
)";
constexpr std::string_view log_target =
    R"(  G: {Type: AWS::Logs::LogGroup}
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: lambda.amazonaws.com}}]}
  F:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: f, Runtime: python3.12, Handler: index.handler, Role: !GetAtt R.Arn, Code: {ZipFile: "pass"}}
)";

constexpr std::string_view two_functions =
    R"(  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: lambda.amazonaws.com}}]}
  F:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.12, Handler: index.handler, Role: !GetAtt R.Arn, Code: {ZipFile: "pass"}}
  F2:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.12, Handler: index.handler, Role: !GetAtt R.Arn, Code: {ZipFile: "pass"}}
  V2: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref F2}}
  F3:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.12, Handler: index.handler, Role: !GetAtt R.Arn, Code: {ZipFile: "pass"}}
)";
constexpr std::string_view secure =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1c}}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B]}
  Z: {Type: AWS::Route53::HostedZone, DeletionPolicy: Retain, Properties: {Name: example.com}}
  One:
    Type: AWS::CertificateManager::Certificate
    Properties: {DomainName: a.example.com, ValidationMethod: DNS, DomainValidationOptions: [{DomainName: a.example.com, HostedZoneId: !Ref Z}]}
  Two:
    Type: AWS::CertificateManager::Certificate
    Properties: {DomainName: b.example.com, ValidationMethod: DNS, DomainValidationOptions: [{DomainName: b.example.com, HostedZoneId: !Ref Z}]}
  L:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Port: 443, Protocol: HTTPS, Certificates: [{CertificateArn: !Ref One}], DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: 404}}]}
  L2:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Port: 444, Protocol: HTTPS, Certificates: [{CertificateArn: !Ref One}], DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: 404}}]}
)";

}  // namespace

std::vector<TypeRow> container_rows() {
  return {
      {.type = "AWS::ECS::Cluster",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:ecs:ap-northeast-1:123456789012:cluster/types-X-.*\n",
       .replaced = "ClusterName: named\n"},
      {.type = "AWS::ECS::TaskDefinition",
       .properties = "Cpu: 256\nMemory: 512\nNetworkMode: awsvpc\n"
                     "RequiresCompatibilities: [FARGATE]\n"
                     "ContainerDefinitions: [{Name: web, Image: 'nginx:latest'}]\n",
       .ref = "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/.*:1",
       .attributes = "TaskDefinitionArn arn:.*:1\n",
       .replaced = "Memory: 1024\n"},
      {.type = "AWS::ECS::Service",
       .others = service,
       .properties = "Cluster: !Ref C\nLaunchType: FARGATE\nDesiredCount: 0\n"
                     "TaskDefinition: !Ref T\n"
                     "NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]}}\n",
       .ref = "arn:aws:ecs:ap-northeast-1:123456789012:service/c/types-X-.*",
       .attributes = "Name types-X-.*\nServiceArn arn:.*\n",
       .changed = "EnableExecuteCommand: true\n",
       .replaced = "ServiceName: named\n"},
      {.type = "AWS::ElasticLoadBalancingV2::LoadBalancer",
       .others = network,
       .properties = "Subnets: [!Ref A, !Ref B]\nSecurityGroups: [!Ref Open]\n",
       .ref = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/types-X-"
              "[0-9A-Z]{12}/[0-9a-f]{16}",
       .attributes = "CanonicalHostedZoneID Z14GRHDCWA56QT\n"
                     "DNSName types-X-.*[.]ap-northeast-1[.]elb[.]amazonaws[.]com\n"
                     "LoadBalancerArn arn:.*\nLoadBalancerFullName app/types-X-.*\n"
                     "LoadBalancerName types-X-.*\n",
       .changed = "LoadBalancerAttributes: [{Key: idle_timeout.timeout_seconds, Value: '30'}]\n",
       .replaced = "Scheme: internal\n"},
      {.type = "AWS::ElasticLoadBalancingV2::TargetGroup",
       .others = network,
       .properties = "VpcId: !Ref Vpc\nProtocol: HTTP\nPort: 80\nTargetType: ip\n",
       .ref = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/types-X-.*",
       .attributes = "LoadBalancerArns LIST\nTargetGroupArn arn:.*\n"
                     "TargetGroupFullName targetgroup/types-X-.*\nTargetGroupName types-X-.*\n",
       .changed = "HealthCheckPath: /health\n",
       .replaced = "Port: 8080\n"},
      {.type = "AWS::ElasticLoadBalancingV2::Listener",
       .others = balanced,
       .properties = "LoadBalancerArn: !Ref Balancer\nProtocol: HTTP\nPort: 80\n"
                     "DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]\n",
       .ref =
           "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/types-Balan-.*",
       .attributes = "ListenerArn arn:.*\n",
       .changed = "Port: 81\n",
       .replaced = "LoadBalancerArn: !Ref Balancer2\n"
                   "DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "
                   "200}}]\n"},
      {.type = "AWS::ElasticLoadBalancingV2::ListenerCertificate",
       .others = secure,
       .properties = "ListenerArn: !Ref L\nCertificates: [{CertificateArn: !Ref Two}]\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Id types-X-.*\n",
       .changed = "Certificates: [{CertificateArn: !Ref One}, {CertificateArn: !Ref Two}]\n",
       .replaced = "ListenerArn: !Ref L2\n"},
      {.type = "AWS::Lambda::Version",
       .others = two_functions,
       .properties = "FunctionName: !Ref F\nDescription: d\n",
       .ref = "arn:aws:lambda:ap-northeast-1:123456789012:function:.*:1",
       .attributes = "FunctionArn arn:.*:1\nVersion 1\n",
       .replaced = "FunctionName: !Ref F3\n"},
      {.type = "AWS::Lambda::Alias",
       .others = two_functions,
       .properties = "FunctionName: !Ref F2\nName: live\nFunctionVersion: $LATEST\n",
       .ref = "arn:aws:lambda:ap-northeast-1:123456789012:function:.*:live",
       .attributes = "AliasArn arn:.*:live\n",
       .changed = "Description: d\nFunctionVersion: !GetAtt V2.Version\n",
       .replaced = "Name: beta\n"},
      {.type = "AWS::ElasticLoadBalancingV2::ListenerRule",
       .others = listening,
       .properties = "ListenerArn: !Ref L\nPriority: 1\n"
                     "Conditions: [{Field: path-pattern, Values: [/x]}]\n"
                     "Actions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: 200}}]\n",
       .ref = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener-rule/app/.*",
       .attributes = "RuleArn arn:.*\nIsDefault false\n",
       .changed = "Priority: 2\n",
       .replaced = "ListenerArn: !Ref L2\n"},
      {.type = "AWS::ECS::ClusterCapacityProviderAssociations",
       .others = "  C: {Type: AWS::ECS::Cluster}\n  D: {Type: AWS::ECS::Cluster}\n",
       .properties = "Cluster: !Ref C\nCapacityProviders: [FARGATE]\n"
                     "DefaultCapacityProviderStrategy: [{CapacityProvider: FARGATE}]\n",
       .ref = "types-C-[0-9A-Z]{12}",
       .changed = "CapacityProviders: [FARGATE, FARGATE_SPOT]\n",
       .replaced = "Cluster: !Ref D\n"},
      {.type = "AWS::ApplicationAutoScaling::ScalableTarget",
       .others = service,
       .properties = "ServiceNamespace: ecs\nScalableDimension: 'ecs:service:DesiredCount'\n"
                     "ResourceId: !Sub 'service/c/${S.Name}'\nMinCapacity: 0\nMaxCapacity: 2\n",
       .ref = "service/c/s\\|ecs:service:DesiredCount\\|ecs",
       .attributes = "Id service/c/s.*\n",
       .changed = "MaxCapacity: 3\n"},
      {.type = "AWS::ApplicationAutoScaling::ScalingPolicy",
       .others = service,
       .properties = "PolicyName: p\nPolicyType: TargetTrackingScaling\n"
                     "ScalingTargetId: !Ref Target\n"
                     "TargetTrackingScalingPolicyConfiguration: {TargetValue: 50}\n",
       .ref = "arn:aws:autoscaling:ap-northeast-1:123456789012:scalingPolicy:.*policyName/p",
       .attributes = "Arn arn:.*\n",
       .changed = "TargetTrackingScalingPolicyConfiguration: {TargetValue: 60}\n",
       .replaced = "PolicyName: q\n"},
      {.type = "AWS::Lambda::Function",
       .others = role,
       .properties = "Runtime: python3.12\nHandler: index.handler\nRole: !GetAtt R.Arn\n"
                     "Code: {ZipFile: 'pass'}\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:lambda:ap-northeast-1:123456789012:function:types-X-.*\n",
       .changed = "Timeout: 30\n",
       .replaced = "FunctionName: named\n"},
      {.type = "AWS::Lambda::Permission",
       .others = function,
       .properties = "FunctionName: !Ref F\nAction: 'lambda:InvokeFunction'\n"
                     "Principal: events.amazonaws.com\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Id types-X-.*\n",
       .replaced = "Principal: s3.amazonaws.com\n"},
      {.type = "AWS::Lambda::EventInvokeConfig",
       .others = function,
       .properties = "FunctionName: !Ref F\nQualifier: $LATEST\nMaximumRetryAttempts: 1\n",
       .ref = ".+",
       .changed = "MaximumRetryAttempts: 0\n"},
      {.type = "AWS::Logs::LogGroup",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:logs:ap-northeast-1:123456789012:log-group:types-X-.*:\\*\n",
       .changed = "RetentionInDays: 1\n",
       .replaced = "LogGroupName: named\n"},
      {.type = "AWS::Logs::LogStream",
       .others = group,
       .properties = "LogGroupName: !Ref G\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .replaced = "LogStreamName: named\n"},
      {.type = "AWS::Logs::MetricFilter",
       .others = group,
       .properties = "LogGroupName: !Ref G\nFilterPattern: ERROR\n"
                     "MetricTransformations: [{MetricName: m, MetricNamespace: n, MetricValue: "
                     "'1'}]\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .changed = "FilterPattern: WARN\n",
       .replaced = "FilterName: named\n"},
      {.type = "AWS::Logs::SubscriptionFilter",
       .others = log_target,
       .properties = "LogGroupName: !Ref G\nFilterPattern: ERROR\n"
                     "DestinationArn: !GetAtt F.Arn\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .changed = "FilterPattern: WARN\n",
       .replaced = "FilterName: named\n"},
      {.type = "AWS::CloudFormation::WaitConditionHandle", .ref = "https://.*"},
      {.type = "AWS::CDK::Metadata",
       .properties = "Analytics: v2:deflate64:a\n",
       .ref = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
       .changed = "Analytics: v2:deflate64:b\n"},
      {.type = "AWS::CloudFormation::Macro",
       .others = function,
       .properties = "Name: Twice\nFunctionName: !GetAtt F.Arn\n",
       .ref = "Twice",
       .changed = "Description: d\n",
       .replaced = "Name: Thrice\n"},
  };
}

}  // namespace sim::world

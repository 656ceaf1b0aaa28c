// Messages, alarms, secrets, storage, names.
#include "sim/world/resource_types_test.hpp"

namespace sim::world {

namespace {

constexpr std::string_view topics = R"(  T: {Type: AWS::SNS::Topic}
  T2: {Type: AWS::SNS::Topic}
  Q: {Type: AWS::SQS::Queue}
)";
constexpr std::string_view keys = R"(  K: {Type: AWS::KMS::Key}
  K2: {Type: AWS::KMS::Key}
)";
constexpr std::string_view network =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: ap-northeast-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: ap-northeast-1c}}
  G: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  G2: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  F: {Type: AWS::EFS::FileSystem}
)";
constexpr std::string_view zone =
    R"(  Z: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com}}
)";
constexpr std::string_view space =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  N: {Type: AWS::ServiceDiscovery::PrivateDnsNamespace, Properties: {Name: internal, Vpc: !Ref Vpc}}
)";
constexpr std::string_view vpc =
    R"(  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
)";

}  // namespace

std::vector<TypeRow> service_rows() {
  return {
      {.type = "AWS::SNS::Topic",
       .ref = "arn:aws:sns:ap-northeast-1:123456789012:types-X-[0-9A-Z]{12}",
       .attributes = "TopicArn arn:.*\nTopicName types-X-.*\n",
       .changed = "DisplayName: hello\n",
       .replaced = "TopicName: named\n"},
      {.type = "AWS::SNS::Subscription",
       .others = topics,
       .properties = "TopicArn: !Ref T\nProtocol: sqs\nEndpoint: !GetAtt Q.Arn\n",
       .ref = "arn:aws:sns:ap-northeast-1:123456789012:types-T-.*:[0-9a-f-]{36}",
       .attributes = "Arn arn:.*\n",
       .changed = "RawMessageDelivery: true\n",
       .replaced = "TopicArn: !Ref T2\n"},
      {.type = "AWS::SNS::TopicPolicy",
       .others = topics,
       .properties = "Topics: [!Ref T]\nPolicyDocument: {Statement: [{Effect: Allow, Action: "
                     "'sns:Publish', Resource: '*', Principal: '*'}]}\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Id types-X-.*\n",
       .changed = "PolicyDocument: {Statement: [{Effect: Deny, Action: 'sns:Publish', Resource: "
                  "'*', Principal: '*'}]}\n"},
      {.type = "AWS::SQS::Queue",
       .ref = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:sqs:ap-northeast-1:123456789012:types-X-.*\n"
                     "QueueName types-X-.*\nQueueUrl https://.*\n",
       .changed = "VisibilityTimeout: 60\n",
       .replaced = "QueueName: named\n"},
      {.type = "AWS::SQS::QueuePolicy",
       .others = topics,
       .properties = "Queues: [!Ref Q]\nPolicyDocument: {Statement: [{Effect: Allow, Action: "
                     "'sqs:SendMessage', Resource: '*', Principal: '*'}]}\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Id types-X-.*\n",
       .changed = "PolicyDocument: {Statement: [{Effect: Deny, Action: 'sqs:*', Resource: '*', "
                  "Principal: '*'}]}\n"},
      {.type = "AWS::CloudWatch::Alarm",
       .properties = "MetricName: m\nNamespace: n\nPeriod: 60\nEvaluationPeriods: 1\n"
                     "Statistic: Sum\nThreshold: 0.5\nComparisonOperator: GreaterThanThreshold\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:types-X-.*\n",
       .changed = "Threshold: 2\n",
       .replaced = "AlarmName: named\n"},
      {.type = "AWS::CloudWatch::CompositeAlarm",
       .properties = "AlarmRule: \"TRUE\"\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:types-X-.*\n",
       .changed = "AlarmRule: \"FALSE\"\n",
       .replaced = "AlarmName: named\n"},
      {.type = "AWS::CloudWatch::Dashboard",
       .properties = "DashboardBody: '{\"widgets\": []}'\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .changed = "DashboardBody: '{\"widgets\": [], \"start\": \"-PT1H\"}'\n",
       .replaced = "DashboardName: named\n"},
      {.type = "AWS::Events::Rule",
       .others = topics,
       .properties = "ScheduleExpression: rate(1 day)\nTargets: [{Id: a, Arn: !Ref T}]\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:events:ap-northeast-1:123456789012:rule/types-X-.*\n"
                     "RuleName types-X-.*\n",
       .changed = "Targets: [{Id: b, Arn: !Ref T2}]\n",
       .replaced = "Name: named\n"},
      {.type = "AWS::Scheduler::Schedule",
       .others = std::string_view(
           R"(  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: scheduler.amazonaws.com}}]}
  T: {Type: AWS::SNS::Topic}
)"),
       .properties = "ScheduleExpression: rate(1 day)\nFlexibleTimeWindow: {Mode: 'OFF'}\n"
                     "Target: {Arn: !Ref T, RoleArn: !GetAtt R.Arn}\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:scheduler:ap-northeast-1:123456789012:schedule/default/.*\n",
       .changed = "ScheduleExpression: rate(2 days)\n",
       .replaced = "Name: named\n"},
      {.type = "AWS::SecretsManager::Secret",
       .properties = "GenerateSecretString: {SecretStringTemplate: '{\"user\": \"u\"}', "
                     "GenerateStringKey: password, PasswordLength: 12}\n",
       .ref = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:X-[0-9A-Z]{12}-.{6}",
       .attributes = "Id arn:.*\n",
       .changed = "Description: d\n",
       .replaced = "Name: named\n"},
      {.type = "AWS::KMS::Key",
       .ref = "[0-9a-f-]{36}",
       .attributes = "Arn arn:aws:kms:ap-northeast-1:123456789012:key/.*\nKeyId [0-9a-f-]{36}\n",
       .changed = "Enabled: false\n"},
      {.type = "AWS::KMS::Alias",
       .others = keys,
       .properties = "AliasName: alias/a\nTargetKeyId: !Ref K\n",
       .ref = "alias/a",
       .changed = "TargetKeyId: !Ref K2\n",
       .replaced = "AliasName: alias/b\n"},
      {.type = "AWS::CertificateManager::Certificate",
       .others = "  Z: {Type: AWS::Route53::HostedZone, DeletionPolicy: Retain, Properties: {Name: "
                 "example.com}}\n",
       .properties = "DomainName: www.example.com\nValidationMethod: DNS\n"
                     "DomainValidationOptions: [{DomainName: www.example.com, HostedZoneId: !Ref "
                     "Z}]\n",
       .ref = "arn:aws:acm:ap-northeast-1:123456789012:certificate/[0-9a-f-]{36}",
       .attributes = "CertificateArn arn:.*\n",
       .changed = "Tags: [{Key: a, Value: b}]\n",
       .replaced = "DomainName: api.example.com\nDomainValidationOptions: [{DomainName: "
                   "api.example.com, HostedZoneId: !Ref Z}]\n"},
      {.type = "AWS::ECR::Repository",
       .ref = "types-x-[0-9a-z]{12}",
       .attributes = "Arn arn:aws:ecr:ap-northeast-1:123456789012:repository/types-x-.*\n"
                     "RepositoryUri 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/types-x-.*\n",
       .changed = "ImageTagMutability: IMMUTABLE\nLifecyclePolicy: {LifecyclePolicyText: "
                  "'{\"rules\": []}'}\n",
       .replaced = "RepositoryName: named\n"},
      {.type = "AWS::DynamoDB::Table",
       .properties = "BillingMode: PAY_PER_REQUEST\n"
                     "AttributeDefinitions: [{AttributeName: id, AttributeType: S}]\n"
                     "KeySchema: [{AttributeName: id, KeyType: HASH}]\n"
                     "StreamSpecification: {StreamViewType: NEW_IMAGE}\n",
       .ref = "types-X-[0-9A-Z]{12}",
       .attributes = "Arn arn:aws:dynamodb:ap-northeast-1:123456789012:table/types-X-.*\n"
                     "StreamArn arn:.*/stream/.*\n",
       .changed = "TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}\n",
       .replaced = "TableName: named\n"},
      {.type = "AWS::S3::Bucket",
       .properties =
           "AccessControl: Private\nBucketEncryption: {ServerSideEncryptionConfiguration: "
           "[{BucketKeyEnabled: true, ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms'}}]}\n"
           "CorsConfiguration: {CorsRules: [{AllowedMethods: [GET], AllowedOrigins: ['*'], MaxAge: "
           "60}]}\nLifecycleConfiguration: {Rules: [{Status: Enabled, ExpirationInDays: 3}]}\n",
       .ref = "types-x-[0-9a-z]{12}",
       .attributes = "Arn arn:aws:s3:::types-x-.*\nDomainName types-x-.*[.]s3[.]amazonaws[.]com\n"
                     "DualStackDomainName .*[.]s3[.]dualstack[.]ap-northeast-1[.]amazonaws[.]com\n"
                     "RegionalDomainName .*[.]s3[.]ap-northeast-1[.]amazonaws[.]com\n"
                     "WebsiteURL http://.*[.]s3-website-ap-northeast-1[.]amazonaws[.]com\n",
       .changed = "VersioningConfiguration: {Status: Enabled}\nTags: [{Key: a, Value: b}]\n"
                  "PublicAccessBlockConfiguration: {BlockPublicAcls: true}\nBucketEncryption: "
                  "{ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: "
                  "{SSEAlgorithm: AES256}}]}\n",
       .replaced = "BucketName: named-x\n"},
      {.type = "AWS::S3::BucketPolicy",
       .others = "  B: {Type: AWS::S3::Bucket}\n  B2: {Type: AWS::S3::Bucket}\n",
       .properties = "Bucket: !Ref B\nPolicyDocument: {Version: '2012-10-17', Statement: [{Effect: "
                     "Deny, Action: 's3:GetObject', Resource: !Sub '${B.Arn}/*', Principal: "
                     "'*'}]}\n",
       .ref = "types-b-[0-9a-z]{12}",
       .changed = "PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Deny, Action: "
                  "'s3:PutObject', Resource: !Sub '${B.Arn}/*', Principal: '*'}]}\n",
       .replaced = "Bucket: !Ref B2\nPolicyDocument: {Version: '2012-10-17', Statement: [{Effect: "
                   "Deny, Action: 's3:PutObject', Resource: !Sub '${B2.Arn}/*', Principal: "
                   "'*'}]}\n"},
      {.type = "AWS::EFS::FileSystem",
       .ref = "fs-[0-9a-f]{17}",
       .attributes = "Arn arn:aws:elasticfilesystem:ap-northeast-1:123456789012:file-system/fs-.*\n"
                     "FileSystemId fs-.*\n",
       .changed = "LifecyclePolicies: [{TransitionToIA: AFTER_7_DAYS}]\n",
       .replaced = "Encrypted: true\n"},
      {.type = "AWS::EFS::MountTarget",
       .others = network,
       .properties = "FileSystemId: !Ref F\nSubnetId: !Ref A\nSecurityGroups: [!Ref G]\n",
       .ref = "fsmt-[0-9a-f]{17}",
       .attributes = "Id fsmt-.*\nIpAddress 10.0.0.*\n",
       .replaced = "SubnetId: !Ref B\n"},
      {.type = "AWS::EFS::AccessPoint",
       .others = network,
       .properties = "FileSystemId: !Ref F\n",
       .ref = "fsap-[0-9a-f]{17}",
       .attributes = "AccessPointId fsap-.*\n"
                     "Arn arn:aws:elasticfilesystem:ap-northeast-1:123456789012:access-point/.*\n",
       .replaced = "PosixUser: {Uid: 1000, Gid: 1000}\n"},
      {.type = "AWS::Route53::HostedZone",
       .properties = "Name: example.com\n",
       .ref = "Z[0-9A-Z]{20}",
       .attributes = "Id Z.*\nNameServers LIST\n",
       .changed = "HostedZoneConfig: {Comment: c}\n",
       .replaced = "Name: example.org\n"},
      {.type = "AWS::Route53::RecordSet",
       .others = zone,
       .properties = "HostedZoneId: !Ref Z\nName: www.example.com\nType: A\nTTL: 60\n"
                     "ResourceRecords: [192.0.2.1]\n",
       .ref = "www.example.com",
       .changed = "ResourceRecords: [192.0.2.2]\n",
       .replaced = "Name: api.example.com\n"},
      {.type = "AWS::ServiceDiscovery::PrivateDnsNamespace",
       .others = vpc,
       .properties = "Name: internal\nVpc: !Ref Vpc\n",
       .ref = "ns-[0-9a-f]{16}",
       .attributes = "Arn arn:aws:servicediscovery:ap-northeast-1:123456789012:namespace/ns-.*\n"
                     "HostedZoneId Z.*\nId ns-.*\n",
       .changed = "Description: d\n",
       .replaced = "Name: other\n"},
      {.type = "AWS::ServiceDiscovery::Service",
       .others = space,
       .properties = "Name: web\nDnsConfig: {NamespaceId: !Ref N, DnsRecords: [{Type: A, TTL: "
                     "10}]}\n",
       .ref = "srv-[0-9a-f]{16}",
       .attributes = "Arn arn:aws:servicediscovery:ap-northeast-1:123456789012:service/srv-.*\n"
                     "Id srv-.*\nName web\n",
       .changed = "Description: d\n",
       .replaced = "Name: api\n"},
  };
}

}  // namespace sim::world

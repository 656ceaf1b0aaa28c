// AWS managed policies that templates name besides the core ones: what each is for, in the actions
// of the services that the embedded AWS or its users' templates have.
#include <array>

#include "sim/iam/managed_policies.hpp"

namespace sim::iam {

namespace {

// clang-format off
constexpr std::array more = std::to_array<ManagedPolicyText>({
    {"AWSBatchServiceEventTargetRole", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "batch:SubmitJob",
"Resource": "*"}]})"},
    {"AWSCertificateManagerReadOnly", "v4", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["acm:DescribeCertificate", "acm:ListCertificates", "acm:GetCertificate",
"acm:ListTagsForCertificate", "acm:GetAccountConfiguration"], "Resource": "*"}]})"},
    {"AWSCloudTrail_ReadOnlyAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["cloudtrail:Describe*",
"cloudtrail:Get*", "cloudtrail:List*", "cloudtrail:LookupEvents"], "Resource": "*"}]})"},
    {"AWSLambdaExecute", "v3", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource":
"arn:aws:logs:*:*:*"}, {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
"Resource": "arn:aws:s3:::*"}]})"},
    {"AWSLambdaInvocation-DynamoDB", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction",
"Resource": "*"}, {"Effect": "Allow", "Action": ["dynamodb:DescribeStream",
"dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"], "Resource": "*"}]})"},
    {"AWSLambda_ReadOnlyAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["cloudformation:DescribeStacks", "cloudformation:ListStackResources",
"cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "ec2:DescribeSecurityGroups",
"ec2:DescribeSubnets", "ec2:DescribeVpcs", "iam:GetPolicy", "iam:GetPolicyVersion",
"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies",
"iam:ListRoles", "kms:ListAliases", "lambda:Get*", "lambda:List*", "logs:DescribeLogGroups",
"states:DescribeStateMachine", "states:ListStateMachines", "tag:GetResources",
"xray:GetTraceSummaries", "xray:BatchGetTraces"], "Resource": "*"}]})"},
    {"AWSSecurityHubReadOnlyAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["securityhub:Get*",
"securityhub:List*", "securityhub:BatchGet*", "securityhub:Describe*"], "Resource": "*"}]})"},
    {"AWSStepFunctionsFullAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "states:*", "Resource":
"*"}]})"},
    {"AWSXRayFullAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["xray:*",
"logs:PutRetentionPolicy", "logs:GetRetentionPolicy", "oam:ListSinks"], "Resource": "*"}]})"},
    {"AmazonDynamoDBFullAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["dynamodb:*", "dax:*",
"application-autoscaling:DeleteScalingPolicy",
"application-autoscaling:DeregisterScalableTarget", "application-autoscaling:Describe*",
"application-autoscaling:PutScalingPolicy", "application-autoscaling:RegisterScalableTarget",
"cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics",
"cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "cloudwatch:PutMetricAlarm",
"ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "iam:GetRole",
"iam:ListRoles", "kms:DescribeKey", "kms:ListAliases", "sns:CreateTopic", "sns:DeleteTopic",
"sns:ListSubscriptions", "sns:ListTopics", "sns:Subscribe", "sns:Unsubscribe",
"tag:GetResources"], "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource":
"*", "Condition": {"StringLike": {"iam:PassedToService":
["application-autoscaling.amazonaws.com", "dax.amazonaws.com"]}}}]})"},
    {"AmazonDynamoDBReadOnlyAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["dynamodb:BatchGetItem",
"dynamodb:Describe*", "dynamodb:List*", "dynamodb:Get*", "dynamodb:Query", "dynamodb:Scan",
"dynamodb:PartiQLSelect", "application-autoscaling:Describe*", "cloudwatch:Describe*",
"cloudwatch:Get*", "cloudwatch:List*", "iam:GetRole", "iam:ListRoles", "kms:DescribeKey",
"kms:ListAliases", "sns:List*", "tag:GetResources"], "Resource": "*"}]})"},
    {"AmazonEC2ContainerRegistryFullAccess", "v4", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ecr:*",
"cloudtrail:LookupEvents"], "Resource": "*"}, {"Effect": "Allow", "Action":
"iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringLike":
{"iam:AWSServiceName": ["replication.ecr.amazonaws.com"]}}}]})"},
    {"AmazonEC2ContainerRegistryPowerUser", "v3", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer",
"ecr:GetRepositoryPolicy", "ecr:DescribeRepositories", "ecr:ListImages", "ecr:DescribeImages",
"ecr:BatchGetImage", "ecr:GetLifecyclePolicy", "ecr:GetLifecyclePolicyPreview",
"ecr:ListTagsForResource", "ecr:DescribeImageScanFindings", "ecr:InitiateLayerUpload",
"ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"], "Resource": "*"}]})"},
    {"AmazonEC2ContainerRegistryPullOnly", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
"ecr:BatchImportUpstreamImage"], "Resource": "*"}]})"},
    {"AmazonECS_FullAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["application-autoscaling:DeleteScalingPolicy",
"application-autoscaling:DeregisterScalableTarget", "application-autoscaling:Describe*",
"application-autoscaling:PutScalingPolicy", "application-autoscaling:RegisterScalableTarget",
"autoscaling:CreateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration",
"autoscaling:DeleteAutoScalingGroup", "autoscaling:Describe*",
"autoscaling:UpdateAutoScalingGroup", "cloudformation:CreateStack",
"cloudformation:DeleteStack", "cloudformation:DescribeStack*", "cloudformation:UpdateStack",
"cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics",
"cloudwatch:PutMetricAlarm", "ec2:Describe*", "ec2:RunInstances", "ec2:CreateLaunchTemplate",
"ec2:DeleteLaunchTemplate", "ecs:*", "elasticloadbalancing:CreateListener",
"elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateRule",
"elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteListener",
"elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteRule",
"elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:Describe*", "events:DeleteRule",
"events:DescribeRule", "events:ListRuleNamesByTarget", "events:ListTargetsByRule",
"events:PutRule", "events:PutTargets", "events:RemoveTargets", "iam:ListAttachedRolePolicies",
"iam:ListInstanceProfiles", "iam:ListRoles", "lambda:ListFunctions", "logs:CreateLogGroup",
"logs:DescribeLogGroups", "logs:FilterLogEvents", "route53:ListHostedZonesByName",
"servicediscovery:Create*", "servicediscovery:Delete*", "servicediscovery:Get*",
"servicediscovery:List*", "servicediscovery:UpdateService", "sns:ListTopics"], "Resource": "*"},
{"Effect": "Allow", "Action": ["ssm:GetParameter", "ssm:GetParameters",
"ssm:GetParametersByPath"], "Resource": "arn:aws:ssm:*:*:parameter/aws/service/ecs*"},
{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringLike":
{"iam:PassedToService": ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com", "ec2.amazonaws.com.cn",
"application-autoscaling.amazonaws.com"]}}}, {"Effect": "Allow", "Action":
"iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringLike":
{"iam:AWSServiceName": ["autoscaling.amazonaws.com", "ecs.amazonaws.com",
"ecs.application-autoscaling.amazonaws.com", "spot.amazonaws.com",
"spotfleet.amazonaws.com"]}}}]})"},
    {"AmazonElasticFileSystemClientReadWriteAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite",
"elasticfilesystem:DescribeMountTargets"], "Resource": "*"}]})"},
    {"AmazonEventBridgeFullAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["events:*", "schemas:*",
"scheduler:*", "pipes:*"], "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole",
"Resource": "*", "Condition": {"StringLike": {"iam:PassedToService": ["events.amazonaws.com",
"scheduler.amazonaws.com", "pipes.amazonaws.com"]}}}, {"Effect": "Allow", "Action":
"iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringLike":
{"iam:AWSServiceName": ["apidestinations.events.amazonaws.com", "schemas.amazonaws.com"]}}}]})"},
    {"AmazonRDSFullAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["rds:*",
"application-autoscaling:*", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics",
"cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms", "cloudwatch:ListMetrics",
"cloudwatch:GetMetricData", "ec2:Describe*", "ec2:GetCoipPoolUsage", "sns:ListSubscriptions",
"sns:ListTopics", "sns:Publish", "logs:DescribeLogStreams", "logs:GetLogEvents"], "Resource":
"*"}, {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition":
{"StringLike": {"iam:AWSServiceName": ["rds.amazonaws.com",
"rds.application-autoscaling.amazonaws.com"]}}}]})"},
    {"AmazonRoute53FullAccess", "v4", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["route53:*",
"route53domains:*", "cloudfront:ListDistributions", "cloudfront:GetDistributionTenantByDomain",
"cloudfront:GetConnectionGroup", "elasticloadbalancing:DescribeLoadBalancers",
"elasticbeanstalk:DescribeEnvironments", "s3:ListAllMyBuckets", "s3:GetBucketLocation",
"s3:GetBucketWebsite", "ec2:DescribeVpcs", "ec2:DescribeVpcEndpoints", "ec2:DescribeRegions",
"sns:ListTopics", "sns:ListSubscriptionsByTopic", "cloudwatch:DescribeAlarms",
"cloudwatch:GetMetricStatistics"], "Resource": "*"}, {"Effect": "Allow", "Action":
"apigateway:GET", "Resource": "arn:aws:apigateway:*::/domainnames"}]})"},
    {"AmazonSNSFullAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:*", "Resource":
"*"}]})"},
    {"AmazonSNSReadOnlyAccess", "v2", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sns:GetTopicAttributes",
"sns:List*", "sns:CheckIfPhoneNumberIsOptedOut", "sns:GetEndpointAttributes",
"sns:GetDataProtectionPolicy", "sns:GetPlatformApplicationAttributes", "sns:GetSMSAttributes",
"sns:GetSMSSandboxAccountStatus", "sns:GetSubscriptionAttributes"], "Resource": "*"}]})"},
    {"AmazonSQSFullAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource":
"*"}]})"},
    {"AmazonSQSReadOnlyAccess", "v3", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sqs:GetQueueAttributes",
"sqs:GetQueueUrl", "sqs:ListDeadLetterSourceQueues", "sqs:ListQueues",
"sqs:ListMessageMoveTasks", "sqs:ListQueueTags"], "Resource": "*"}]})"},
    {"AmazonSSMPatchAssociation", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["ssm:DescribeEffectivePatchesForPatchBaseline", "ssm:GetPatchBaseline", "tag:GetResources",
"ssm:DescribePatchBaselines"], "Resource": "*"}]})"},
    {"AmazonVPCFullAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["ec2:AcceptVpcPeeringConnection", "ec2:AllocateAddress", "ec2:AssignIpv6Addresses",
"ec2:AssignPrivateIpAddresses", "ec2:Associate*", "ec2:AttachInternetGateway",
"ec2:AttachNetworkInterface", "ec2:AttachVpnGateway", "ec2:AuthorizeSecurityGroupEgress",
"ec2:AuthorizeSecurityGroupIngress", "ec2:Create*Vpc*", "ec2:CreateCustomerGateway",
"ec2:CreateDefaultSubnet", "ec2:CreateDhcpOptions", "ec2:CreateEgressOnlyInternetGateway",
"ec2:CreateFlowLogs", "ec2:CreateInternetGateway", "ec2:CreateNatGateway",
"ec2:CreateNetworkAcl*", "ec2:CreateNetworkInterface*", "ec2:CreateRoute*",
"ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateTags", "ec2:Delete*Vpc*",
"ec2:DeleteCustomerGateway", "ec2:DeleteDhcpOptions", "ec2:DeleteEgressOnlyInternetGateway",
"ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway", "ec2:DeleteNatGateway",
"ec2:DeleteNetworkAcl*", "ec2:DeleteNetworkInterface*", "ec2:DeleteRoute*",
"ec2:DeleteSecurityGroup", "ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:Describe*",
"ec2:DetachInternetGateway", "ec2:DetachNetworkInterface", "ec2:Disassociate*",
"ec2:ModifyNetworkInterfaceAttribute", "ec2:ModifySecurityGroupRules",
"ec2:ModifySubnetAttribute", "ec2:ModifyVpc*", "ec2:ReleaseAddress", "ec2:ReplaceNetworkAcl*",
"ec2:ReplaceRoute*", "ec2:ResetNetworkInterfaceAttribute", "ec2:RevokeSecurityGroupEgress",
"ec2:RevokeSecurityGroupIngress", "ec2:UnassignIpv6Addresses", "ec2:UnassignPrivateIpAddresses",
"ec2:UpdateSecurityGroupRuleDescriptions*"], "Resource": "*"}]})"},
    {"AmazonVPCReadOnlyAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ec2:Describe*",
"ec2:GetSecurityGroupsForVpc"], "Resource": "*"}]})"},
    {"AutoScalingFullAccess", "v6", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "autoscaling:*",
"Resource": "*"}, {"Effect": "Allow", "Action": "cloudwatch:PutMetricAlarm", "Resource": "*"},
{"Effect": "Allow", "Action": ["ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones",
"ec2:DescribeImages", "ec2:DescribeInstanceAttribute", "ec2:DescribeInstances",
"ec2:DescribeKeyPairs", "ec2:DescribeLaunchTemplateVersions", "ec2:DescribePlacementGroups",
"ec2:DescribeSecurityGroups", "ec2:DescribeSpotInstanceRequests", "ec2:DescribeSubnets",
"ec2:DescribeVpcClassicLink"], "Resource": "*"}, {"Effect": "Allow", "Action":
["elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetGroups"],
"Resource": "*"}, {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*",
"Condition": {"StringLike": {"iam:AWSServiceName": ["autoscaling.amazonaws.com"]}}}]})"},
    {"CloudWatchAgentAdminPolicy", "v2", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["cloudwatch:PutMetricData", "ec2:DescribeTags", "logs:PutLogEvents", "logs:DescribeLogStreams",
"logs:DescribeLogGroups", "logs:CreateLogStream", "logs:CreateLogGroup"], "Resource": "*"},
{"Effect": "Allow", "Action": ["ssm:GetParameter", "ssm:PutParameter"], "Resource":
"arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*"}]})"},
    {"CloudWatchEventsFullAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["events:*", "schemas:*",
"scheduler:*", "pipes:*"], "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole",
"Resource": "*", "Condition": {"StringLike": {"iam:PassedToService":
["events.amazonaws.com"]}}}]})"},
    {"CloudWatchFullAccess", "v4", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["autoscaling:Describe*",
"cloudwatch:*", "logs:*", "sns:*", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole",
"oam:ListSinks"], "Resource": "*"}, {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole",
"Resource": "*", "Condition": {"StringLike": {"iam:AWSServiceName":
["events.amazonaws.com"]}}}]})"},
    {"CloudWatchLambdaInsightsExecutionRolePolicy", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:CreateLogGroup",
"Resource": "*"}, {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
"Resource": "arn:aws:logs:*:*:log-group:/aws/lambda-insights:*"}]})"},
    {"CloudWatchLogsReadOnlyAccess", "v3", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:Describe*",
"logs:Get*", "logs:List*", "logs:StartQuery", "logs:StopQuery", "logs:TestMetricFilter",
"logs:FilterLogEvents", "logs:StartLiveTail", "logs:StopLiveTail"], "Resource": "*"}]})"},
    {"CloudWatchReadOnlyAccess", "v6", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["application-autoscaling:DescribeScalingPolicies", "autoscaling:Describe*",
"cloudwatch:BatchGet*", "cloudwatch:Describe*", "cloudwatch:GenerateQuery", "cloudwatch:Get*",
"cloudwatch:List*", "logs:Get*", "logs:List*", "logs:StartQuery", "logs:StopQuery",
"logs:Describe*", "logs:TestMetricFilter", "logs:FilterLogEvents", "oam:ListSinks", "sns:Get*",
"sns:List*"], "Resource": "*"}]})"},
    {"EC2InstanceConnect", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ec2:DescribeInstances",
"ec2-instance-connect:SendSSHPublicKey"], "Resource": "*"}]})"},
    {"ElasticLoadBalancingFullAccess", "v7", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "elasticloadbalancing:*",
"Resource": "*"}, {"Effect": "Allow", "Action": ["ec2:DescribeAccountAttributes",
"ec2:DescribeAddresses", "ec2:DescribeInternetGateways", "ec2:DescribeSecurityGroups",
"ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeVpcClassicLink",
"ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeCoipPools",
"ec2:GetCoipPoolUsage", "ec2:DescribeVpcPeeringConnections",
"cognito-idp:DescribeUserPoolClient"], "Resource": "*"}, {"Effect": "Allow", "Action":
"iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringLike":
{"iam:AWSServiceName": ["elasticloadbalancing.amazonaws.com"]}}}]})"},
    {"ElasticLoadBalancingReadOnly", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
"elasticloadbalancing:Describe*", "Resource": "*"}, {"Effect": "Allow", "Action":
["ec2:DescribeInstances", "ec2:DescribeClassicLinkInstances", "ec2:DescribeSecurityGroups"],
"Resource": "*"}]})"},
    {"IAMReadOnlyAccess", "v4", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails", "iam:Get*",
"iam:List*", "iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy"], "Resource": "*"}]})"},
    {"IAMUserChangePassword", "v2", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ChangePassword",
"Resource": ["arn:aws:iam::*:user/${aws:username}"]}, {"Effect": "Allow", "Action":
"iam:GetAccountPasswordPolicy", "Resource": "*"}]})"},
    {"ReadOnlyAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ec2:Describe*",
"ec2:Get*", "ec2:List*", "ec2:Search*", "ecs:Describe*", "ecs:List*", "ecr:BatchCheck*",
"ecr:BatchGet*", "ecr:Describe*", "ecr:Get*", "ecr:List*", "elasticloadbalancing:Describe*",
"autoscaling:Describe*", "application-autoscaling:Describe*", "cloudformation:Describe*",
"cloudformation:Detect*", "cloudformation:EstimateTemplateCost", "cloudformation:Get*",
"cloudformation:List*", "cloudformation:ValidateTemplate", "cloudwatch:Describe*",
"cloudwatch:Get*", "cloudwatch:List*", "dynamodb:BatchGet*", "dynamodb:Describe*",
"dynamodb:Get*", "dynamodb:List*", "dynamodb:Query", "dynamodb:Scan", "events:Describe*",
"events:List*", "events:TestEventPattern", "iam:Generate*", "iam:Get*", "iam:List*",
"iam:Simulate*", "kms:Describe*", "kms:Get*", "kms:List*", "lambda:Get*", "lambda:List*",
"logs:Describe*", "logs:FilterLogEvents", "logs:Get*", "logs:List*", "logs:StartQuery",
"logs:StopQuery", "logs:TestMetricFilter", "rds:Describe*", "rds:List*", "route53:Get*",
"route53:List*", "s3:Get*", "s3:List*", "secretsmanager:Describe*",
"secretsmanager:GetResourcePolicy", "secretsmanager:List*", "sns:Check*", "sns:Get*",
"sns:List*", "sqs:Get*", "sqs:List*", "sqs:Receive*", "ssm:Describe*", "ssm:Get*", "ssm:List*",
"sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken", "tag:Get*"], "Resource":
"*"}]})"},
    {"SecretsManagerReadWrite", "v5", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["secretsmanager:*",
"cloudformation:CreateChangeSet", "cloudformation:DescribeChangeSet",
"cloudformation:DescribeStackResource", "cloudformation:DescribeStacks",
"cloudformation:ExecuteChangeSet", "docdb-elastic:GetCluster", "docdb-elastic:ListClusters",
"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "kms:DescribeKey",
"kms:ListAliases", "kms:ListKeys", "lambda:ListFunctions", "rds:DescribeDBClusters",
"rds:DescribeDBInstances", "redshift:DescribeClusters", "redshift-serverless:ListWorkgroups",
"redshift-serverless:GetNamespace", "tag:GetResources"], "Resource": "*"}, {"Effect": "Allow",
"Action": ["lambda:AddPermission", "lambda:CreateFunction", "lambda:GetFunction",
"lambda:InvokeFunction", "lambda:UpdateFunctionConfiguration"], "Resource":
"arn:aws:lambda:*:*:function:SecretsManager*"}]})"},
    {"SecurityAudit", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ec2:Describe*",
"ecs:Describe*", "ecs:List*", "iam:GenerateCredentialReport", "iam:Get*", "iam:List*",
"iam:SimulatePrincipalPolicy", "lambda:GetPolicy", "lambda:List*", "logs:Describe*",
"s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration",
"s3:ListAllMyBuckets", "cloudformation:Describe*", "cloudformation:GetStackPolicy",
"cloudformation:List*", "elasticloadbalancing:Describe*", "kms:Describe*", "kms:GetKeyPolicy",
"kms:List*", "sns:GetTopicAttributes", "sns:List*", "sqs:GetQueueAttributes", "sqs:ListQueues",
"ssm:Describe*"], "Resource": "*"}]})"},
    {"job-function/NetworkAdministrator", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["autoscaling:Describe*",
"cloudformation:DescribeStacks", "cloudwatch:DescribeAlarms", "ec2:AllocateAddress",
"ec2:AssignPrivateIpAddresses", "ec2:AssociateAddress", "ec2:AssociateDhcpOptions",
"ec2:AssociateRouteTable", "ec2:AttachInternetGateway", "ec2:AttachNetworkInterface",
"ec2:CreateCustomerGateway", "ec2:CreateDefaultSubnet", "ec2:CreateDefaultVpc",
"ec2:CreateDhcpOptions", "ec2:CreateEgressOnlyInternetGateway", "ec2:CreateFlowLogs",
"ec2:CreateInternetGateway", "ec2:CreateNatGateway", "ec2:CreateNetworkAcl",
"ec2:CreateNetworkAclEntry", "ec2:CreateNetworkInterface", "ec2:CreateRoute",
"ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateTags",
"ec2:CreateVpc", "ec2:CreateVpcEndpoint", "ec2:DeleteNatGateway", "ec2:DeleteRoute",
"ec2:DeleteRouteTable", "ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:DeleteVpc",
"ec2:DeleteVpcEndpoints", "ec2:Describe*", "ec2:DetachInternetGateway",
"ec2:DisassociateAddress", "ec2:DisassociateRouteTable", "ec2:ModifySubnetAttribute",
"ec2:ModifyVpcAttribute", "ec2:ModifyVpcEndpoint", "ec2:ReleaseAddress", "ec2:ReplaceRoute",
"ec2:ReplaceRouteTableAssociation", "elasticloadbalancing:*", "logs:DescribeLogGroups",
"logs:DescribeLogStreams", "route53:*", "sns:ListTopics"], "Resource": "*"}]})"},
    {"job-function/ViewOnlyAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ec2:Describe*",
"ecs:Describe*", "ecs:List*", "cloudformation:DescribeStacks", "cloudformation:List*",
"cloudwatch:Describe*", "cloudwatch:List*", "elasticloadbalancing:Describe*", "iam:List*",
"iam:GetAccountSummary", "lambda:List*", "logs:Describe*", "rds:Describe*",
"s3:ListAllMyBuckets", "s3:ListBucket", "sns:List*", "sqs:ListQueues", "autoscaling:Describe*",
"dynamodb:DescribeTable", "dynamodb:ListTables", "ecr:DescribeRepositories", "ecr:ListImages"],
"Resource": "*"}]})"},
    {"service-role/AWSLambdaDynamoDBExecutionRole", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
"dynamodb:ListStreams", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
"Resource": "*"}]})"},
    {"service-role/AWSLambdaENIManagementAccess", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface",
"ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"], "Resource": "*"}]})"},
    {"service-role/AWSLambdaKinesisExecutionRole", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["kinesis:DescribeStream",
"kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator",
"kinesis:ListShards", "kinesis:ListStreams", "kinesis:SubscribeToShard", "logs:CreateLogGroup",
"logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}]})"},
    {"service-role/AWSLambdaSQSQueueExecutionRole", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sqs:ReceiveMessage",
"sqs:DeleteMessage", "sqs:GetQueueAttributes", "logs:CreateLogGroup", "logs:CreateLogStream",
"logs:PutLogEvents"], "Resource": "*"}]})"},
    {"service-role/AmazonAPIGatewayPushToCloudWatchLogs", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:CreateLogGroup",
"logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
"logs:PutLogEvents", "logs:GetLogEvents", "logs:FilterLogEvents"], "Resource": "*"}]})"},
    {"service-role/AmazonEC2ContainerServiceAutoscaleRole", "v2", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ecs:DescribeServices",
"ecs:UpdateService"], "Resource": "*"}, {"Effect": "Allow", "Action":
["cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"], "Resource": "*"}]})"},
    {"service-role/AmazonEC2ContainerServiceEventsRole", "v2", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecs:RunTask", "Resource":
"*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringLike":
{"iam:PassedToService": "ecs-tasks.amazonaws.com"}}}, {"Effect": "Allow", "Action":
"ecs:TagResource", "Resource": "*", "Condition": {"StringEquals": {"ecs:CreateAction":
["RunTask"]}}}]})"},
    {"service-role/AmazonEC2ContainerServiceRole", "v2", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action":
["ec2:AuthorizeSecurityGroupIngress", "ec2:Describe*",
"elasticloadbalancing:DeregisterInstancesFromLoadBalancer",
"elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:Describe*",
"elasticloadbalancing:RegisterInstancesWithLoadBalancer",
"elasticloadbalancing:RegisterTargets"], "Resource": "*"}]})"},
    {"service-role/AmazonECSInfrastructureRolePolicyForVolumes", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ec2:CreateVolume",
"ec2:AttachVolume", "ec2:DetachVolume", "ec2:DeleteVolume", "ec2:DescribeVolumes",
"ec2:DescribeAvailabilityZones", "ec2:CreateTags"], "Resource": "*"}]})"},
    {"service-role/AmazonRDSEnhancedMonitoringRole", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:CreateLogGroup",
"logs:PutRetentionPolicy"], "Resource": "arn:aws:logs:*:*:log-group:RDS*"}, {"Effect": "Allow",
"Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams",
"logs:GetLogEvents"], "Resource": "arn:aws:logs:*:*:log-group:RDS*:log-stream:*"}]})"},
    {"service-role/AmazonSNSRole", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:CreateLogGroup",
"logs:CreateLogStream", "logs:PutLogEvents", "logs:PutMetricFilter", "logs:PutRetentionPolicy"],
"Resource": "*"}]})"},
    {"service-role/AmazonSSMAutomationRole", "v1", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["lambda:InvokeFunction"],
"Resource": ["arn:aws:lambda:*:*:function:Automation*"]}, {"Effect": "Allow", "Action":
["ec2:CreateImage", "ec2:CopyImage", "ec2:DeregisterImage", "ec2:DescribeImages",
"ec2:DeleteSnapshot", "ec2:StartInstances", "ec2:RunInstances", "ec2:StopInstances",
"ec2:TerminateInstances", "ec2:DescribeInstanceStatus", "ec2:CreateTags", "ec2:DeleteTags",
"ec2:DescribeTags", "cloudformation:CreateStack", "cloudformation:DescribeStackEvents",
"cloudformation:DescribeStacks", "cloudformation:UpdateStack", "cloudformation:DeleteStack"],
"Resource": "*"}, {"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}]})"},
});
// clang-format on

}  // namespace

std::span<const ManagedPolicyText> more_managed_policies() {
  return more;
}

}  // namespace sim::iam

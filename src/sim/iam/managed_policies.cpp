#include "sim/iam/managed_policies.hpp"

#include <array>

namespace sim::iam {

namespace {

// clang-format off
constexpr std::array policies = std::to_array<ManagedPolicyText>({
    {"AdministratorAccess", "v1", R"({"Statement": [{"Action": "*", "Effect": "Allow", "Resource": "*"}], "Version":
"2012-10-17"})"},
    {"PowerUserAccess", "v12", R"({"Statement": [{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"],
"Resource": "*"}, {"Action": ["account:GetAccountInformation",
"account:GetGovCloudAccountInformation", "account:GetPrimaryEmail", "account:ListRegions",
"iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles",
"organizations:DescribeEffectivePolicy", "organizations:DescribeOrganization"], "Effect":
"Allow", "Resource": "*"}], "Version": "2012-10-17"})"},
    {"IAMFullAccess", "v2", R"({"Statement": [{"Action": ["iam:*", "organizations:DescribeAccount",
"organizations:DescribeOrganization", "organizations:DescribeOrganizationalUnit",
"organizations:DescribePolicy", "organizations:ListChildren", "organizations:ListParents",
"organizations:ListPoliciesForTarget", "organizations:ListRoots",
"organizations:ListPolicies", "organizations:ListTargetsForPolicy"], "Effect": "Allow",
"Resource": "*"}], "Version": "2012-10-17"})"},
    {"AmazonEC2FullAccess", "v5", R"({"Statement": [{"Action": "ec2:*", "Effect": "Allow", "Resource": "*"}, {"Action":
"elasticloadbalancing:*", "Effect": "Allow", "Resource": "*"}, {"Action": "cloudwatch:*",
"Effect": "Allow", "Resource": "*"}, {"Action": "autoscaling:*", "Effect": "Allow",
"Resource": "*"}, {"Action": "iam:CreateServiceLinkedRole", "Condition": {"StringEquals":
{"iam:AWSServiceName": ["autoscaling.amazonaws.com", "ec2scheduled.amazonaws.com",
"elasticloadbalancing.amazonaws.com", "spot.amazonaws.com", "spotfleet.amazonaws.com",
"transitgateway.amazonaws.com"]}}, "Effect": "Allow", "Resource": "*"}], "Version":
"2012-10-17"})"},
    {"AmazonEC2ReadOnlyAccess", "v5", R"({"Statement": [{"Action": ["ec2:Describe*", "ec2:GetSecurityGroupsForVpc"], "Effect":
"Allow", "Resource": "*"}, {"Action": "elasticloadbalancing:Describe*", "Effect": "Allow",
"Resource": "*"}, {"Action": ["cloudwatch:ListMetrics", "cloudwatch:GetMetricStatistics",
"cloudwatch:Describe*"], "Effect": "Allow", "Resource": "*"}, {"Action":
"autoscaling:Describe*", "Effect": "Allow", "Resource": "*"}], "Version": "2012-10-17"})"},
    {"AmazonS3FullAccess", "v2", R"({"Statement": [{"Action": ["s3:*", "s3-object-lambda:*"], "Effect": "Allow", "Resource":
"*"}], "Version": "2012-10-17"})"},
    {"AmazonS3ReadOnlyAccess", "v3", R"({"Statement": [{"Action": ["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*",
"s3-object-lambda:List*"], "Effect": "Allow", "Resource": "*"}], "Version": "2012-10-17"})"},
    {"CloudWatchLogsFullAccess", "v8", R"({"Statement": [{"Action": ["logs:*", "cloudwatch:GenerateQuery",
"cloudwatch:GenerateQueryResultsSummary", "observabilityadmin:GetS3TableIntegration",
"observabilityadmin:ListS3TableIntegrations", "observabilityadmin:ListTelemetryPipelines"],
"Effect": "Allow", "Resource": "*", "Sid": "CloudWatchLogsFullAccess"}], "Version":
"2012-10-17"})"},
    {"AmazonSSMFullAccess", "v4", R"({"Statement": [{"Action": ["cloudwatch:PutMetricData", "ds:CreateComputer",
"ds:DescribeDirectories", "ec2:DescribeInstanceStatus", "logs:*", "ssm:*", "ec2messages:*"],
"Effect": "Allow", "Resource": "*"}, {"Action": "iam:CreateServiceLinkedRole", "Condition":
{"StringLike": {"iam:AWSServiceName": "ssm.amazonaws.com"}}, "Effect": "Allow", "Resource":
"arn:aws:iam::*:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM*"},
{"Action": ["iam:DeleteServiceLinkedRole", "iam:GetServiceLinkedRoleDeletionStatus"],
"Effect": "Allow", "Resource":
"arn:aws:iam::*:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM*"},
{"Action": ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
"ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"], "Effect": "Allow",
"Resource": "*"}], "Version": "2012-10-17"})"},
    {"AmazonSSMReadOnlyAccess", "v1", R"({"Statement": [{"Action": ["ssm:Describe*", "ssm:Get*", "ssm:List*"], "Effect": "Allow",
"Resource": "*"}], "Version": "2012-10-17"})"},
    {"AmazonSSMManagedInstanceCore", "v2", R"({"Statement": [{"Action": ["ssm:DescribeAssociation",
"ssm:GetDeployablePatchSnapshotForInstance", "ssm:GetDocument", "ssm:DescribeDocument",
"ssm:GetManifest", "ssm:GetParameter", "ssm:GetParameters", "ssm:ListAssociations",
"ssm:ListInstanceAssociations", "ssm:PutInventory", "ssm:PutComplianceItems",
"ssm:PutConfigurePackageResult", "ssm:UpdateAssociationStatus",
"ssm:UpdateInstanceAssociationStatus", "ssm:UpdateInstanceInformation"], "Effect": "Allow",
"Resource": "*"}, {"Action": ["ssmmessages:CreateControlChannel",
"ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
"ssmmessages:OpenDataChannel"], "Effect": "Allow", "Resource": "*"}, {"Action":
["ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage",
"ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply"], "Effect":
"Allow", "Resource": "*"}], "Version": "2012-10-17"})"},
    {"AmazonEC2ContainerRegistryReadOnly", "v3", R"({"Statement": [{"Action": ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability",
"ecr:GetDownloadUrlForLayer", "ecr:GetRepositoryPolicy", "ecr:DescribeRepositories",
"ecr:ListImages", "ecr:DescribeImages", "ecr:BatchGetImage", "ecr:GetLifecyclePolicy",
"ecr:GetLifecyclePolicyPreview", "ecr:ListTagsForResource",
"ecr:DescribeImageScanFindings"], "Effect": "Allow", "Resource": "*"}], "Version":
"2012-10-17"})"},
    {"CloudWatchAgentServerPolicy", "v3", R"({"Statement": [{"Action": ["cloudwatch:PutMetricData", "ec2:DescribeVolumes",
"ec2:DescribeTags", "logs:PutLogEvents", "logs:PutRetentionPolicy",
"logs:DescribeLogStreams", "logs:DescribeLogGroups", "logs:CreateLogStream",
"logs:CreateLogGroup", "xray:PutTraceSegments", "xray:PutTelemetryRecords",
"xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries"],
"Effect": "Allow", "Resource": "*", "Sid": "CWACloudWatchServerPermissions"}, {"Action":
["ssm:GetParameter"], "Effect": "Allow", "Resource":
"arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*", "Sid": "CWASSMServerPermissions"}],
"Version": "2012-10-17"})"},
    {"AWSCloudFormationFullAccess", "v1", R"({"Statement": [{"Action": ["cloudformation:*"], "Effect": "Allow", "Resource": "*"}],
"Version": "2012-10-17"})"},
    {"AWSCloudFormationReadOnlyAccess", "v7", R"({"Statement": [{"Action": ["cloudformation:Describe*", "cloudformation:BatchDescribe*",
"cloudformation:EstimateTemplateCost", "cloudformation:Get*", "cloudformation:List*",
"cloudformation:ValidateTemplate", "cloudformation:Detect*"], "Effect": "Allow", "Resource":
"*"}], "Version": "2012-10-17"})"},
    {"AWSXRayDaemonWriteAccess", "v2", R"({"Statement": [{"Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords",
"xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries"],
"Effect": "Allow", "Resource": ["*"], "Sid": "AWSXRayDaemonWriteAccess"}], "Version":
"2012-10-17"})"},
    {"service-role/AWSLambdaBasicExecutionRole", "v1", R"({"Statement": [{"Action": ["logs:CreateLogGroup", "logs:CreateLogStream",
"logs:PutLogEvents"], "Effect": "Allow", "Resource": "*"}], "Version": "2012-10-17"})"},
    {"service-role/AWSLambdaVPCAccessExecutionRole", "v3", R"({"Statement": [{"Action": ["logs:CreateLogGroup", "logs:CreateLogStream",
"logs:PutLogEvents", "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces",
"ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses",
"ec2:UnassignPrivateIpAddresses"], "Effect": "Allow", "Resource": "*", "Sid":
"AWSLambdaVPCAccessExecutionPermissions"}], "Version": "2012-10-17"})"},
    {"service-role/AWSLambdaRole", "v1", R"({"Statement": [{"Action": ["lambda:InvokeFunction"], "Effect": "Allow", "Resource": ["*"]}],
"Version": "2012-10-17"})"},
    {"service-role/AmazonECSTaskExecutionRolePolicy", "v1", R"({"Statement": [{"Action": ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability",
"ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "logs:CreateLogStream",
"logs:PutLogEvents"], "Effect": "Allow", "Resource": "*"}], "Version": "2012-10-17"})"},
    {"service-role/AmazonEC2ContainerServiceforEC2Role", "v10", R"({"Statement": [{"Action": ["ec2:DescribeTags", "ecs:CreateCluster",
"ecs:DeregisterContainerInstance", "ecs:DiscoverPollEndpoint", "ecs:Poll",
"ecs:RegisterContainerInstance", "ecs:StartTelemetrySession",
"ecs:UpdateContainerInstancesState", "ecs:Submit*", "ecr:GetAuthorizationToken",
"ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
"logs:CreateLogStream", "logs:PutLogEvents"], "Effect": "Allow", "Resource": "*"},
{"Action": "ecs:TagResource", "Condition": {"StringEquals": {"ecs:CreateAction":
["CreateCluster", "RegisterContainerInstance"]}}, "Effect": "Allow", "Resource": "*"},
{"Action": ["ecs:ListTagsForResource"], "Effect": "Allow", "Resource":
["arn:aws:ecs:*:*:task/*/*", "arn:aws:ecs:*:*:container-instance/*/*"]}], "Version":
"2012-10-17"})"},
    {"AWSLambda_FullAccess", "v7", R"({"Statement": [{"Action": ["cloudformation:DescribeStacks",
"cloudformation:ListStackResources", "cloudwatch:ListMetrics", "cloudwatch:GetMetricData",
"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "kms:DescribeKey",
"kms:ListAliases", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole",
"iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies",
"iam:ListRoles", "lambda:*", "logs:DescribeLogGroups", "states:DescribeStateMachine",
"states:ListStateMachines", "tag:GetResources", "xray:GetTraceSummaries",
"xray:BatchGetTraces"], "Effect": "Allow", "Resource": "*"}, {"Action": "iam:PassRole",
"Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}, "Effect":
"Allow", "Resource": "*"}, {"Action": ["logs:DescribeLogStreams", "logs:GetLogEvents",
"logs:FilterLogEvents", "logs:StartLiveTail", "logs:StopLiveTail"], "Effect": "Allow",
"Resource": "arn:aws:logs:*:*:log-group:/aws/lambda/*"}, {"Action":
"iam:CreateServiceLinkedRole", "Condition": {"StringEquals": {"iam:AWSServiceName":
"lambda.amazonaws.com"}}, "Effect": "Allow", "Resource":
"arn:aws:iam::*:role/aws-service-role/lambda.amazonaws.com/AWSServiceRoleForLambda"}],
"Version": "2012-10-17"})"},
});
// clang-format on

}  // namespace

std::span<const ManagedPolicyText> aws_managed_policies() {
  return policies;
}

}  // namespace sim::iam

// ECR, DynamoDB, EFS, S3.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECR.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_DynamoDB.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EFS.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_S3.html
#include "sim/cloudformation/handlers/steps.hpp"

namespace sim::cloudformation {

const std::vector<Calls>& storage_calls() {
  static const std::vector<Calls> types{
      {.type = "AWS::ECR::Repository",
       .service = "ecr",
       .properties = "EmptyOnDelete EncryptionConfiguration* ImageScanningConfiguration "
                     "ImageTagMutability ImageTagMutabilityExclusionFilters LifecyclePolicy "
                     "RepositoryName* RepositoryPolicyText Tags",
       .attributes = "Arn=%repository.repositoryArn RepositoryUri=%repository.repositoryUri",
       .name = "RepositoryName/256 lower",
       .create = {"CreateRepository",
                  "repositoryName=@name EncryptionConfiguration ImageScanningConfiguration "
                  "ImageTagMutability ImageTagMutabilityExclusionFilters tags=@tags"},
       .id = "@name",
       .more = {{.action = "PutLifecyclePolicy",
                 .input = "repositoryName=@id "
                          "lifecyclePolicyText=LifecyclePolicy.LifecyclePolicyText",
                 .when = "LifecyclePolicy",
                 .undo = "DeleteLifecyclePolicy",
                 .undo_input = "repositoryName=@id"},
                {.action = "SetRepositoryPolicy",
                 .input = "repositoryName=@id policyText=@json:RepositoryPolicyText",
                 .when = "RepositoryPolicyText",
                 .undo = "DeleteRepositoryPolicy",
                 .undo_input = "repositoryName=@id"}},
       .update = {{"PutImageTagMutability",
                   "repositoryName=@id ImageTagMutability ImageTagMutabilityExclusionFilters",
                   "ImageTagMutability ImageTagMutabilityExclusionFilters"},
                  {"PutImageScanningConfiguration", "repositoryName=@id ImageScanningConfiguration",
                   "ImageScanningConfiguration"}},
       .remove = {"DeleteRepository", "repositoryName=@id force=EmptyOnDelete"},
       .tagging = {.add = "TagResource",
                   .remove = "UntagResource",
                   .who = "resourceArn=#arn:{partition}:ecr:{region}:{account}:repository/{id}",
                   .tags = "tags",
                   .keys = "tagKeys"},
       .camel = true},
      {.type = "AWS::DynamoDB::Table",
       .service = "dynamodb",
       .properties = "AttributeDefinitions BillingMode DeletionProtectionEnabled "
                     "GlobalSecondaryIndexes KeySchema!* LocalSecondaryIndexes* "
                     "PointInTimeRecoverySpecification ProvisionedThroughput SSESpecification "
                     "StreamSpecification TableClass TableName* Tags TimeToLiveSpecification",
       .attributes = "Arn=%TableDescription.TableArn StreamArn=&Table.LatestStreamArn",
       .name = "TableName/255",
       .create = {"CreateTable",
                  "TableName=@name AttributeDefinitions BillingMode DeletionProtectionEnabled "
                  "GlobalSecondaryIndexes KeySchema LocalSecondaryIndexes ProvisionedThroughput "
                  "SSESpecification StreamSpecification TableClass Tags=@tags"},
       .id = "@name",
       .more = {{"UpdateTimeToLive", "TableName=@id TimeToLiveSpecification",
                 "TimeToLiveSpecification"},
                {"UpdateContinuousBackups", "TableName=@id PointInTimeRecoverySpecification",
                 "PointInTimeRecoverySpecification"}},
       .update = {{"UpdateTable",
                   "TableName=@id AttributeDefinitions BillingMode DeletionProtectionEnabled "
                   "ProvisionedThroughput SSESpecification StreamSpecification TableClass",
                   "AttributeDefinitions BillingMode DeletionProtectionEnabled "
                   "ProvisionedThroughput SSESpecification StreamSpecification TableClass"}},
       .look = {"DescribeTable", "TableName=@id", "Table.TableStatus", "ACTIVE"},
       .look_after_removal = true,
       .remove = {"DeleteTable", "TableName=@id"},
       .tagging = {.add = "TagResource",
                   .remove = "UntagResource",
                   .who = "ResourceArn=#arn:{partition}:dynamodb:{region}:{account}:table/{id}"},
       .unsupported = "ContributorInsightsSpecification ImportSourceSpecification "
                      "KinesisStreamSpecification OnDemandThroughput ResourcePolicy VectorIndexes "
                      "WarmThroughput",
       .frozen = "GlobalSecondaryIndexes"},
      {.type = "AWS::EFS::FileSystem",
       .service = "elasticfilesystem",
       .properties = "AvailabilityZoneName* BackupPolicy Encrypted* FileSystemPolicy "
                     "FileSystemTags KmsKeyId* LifecyclePolicies PerformanceMode* "
                     "ProvisionedThroughputInMibps ThroughputMode",
       .attributes = "Arn=%FileSystemArn FileSystemId=@id",
       .create = {"CreateFileSystem",
                  "CreationToken=@token AvailabilityZoneName Encrypted KmsKeyId PerformanceMode "
                  "ProvisionedThroughputInMibps ThroughputMode Tags=FileSystemTags"},
       .id = "%FileSystemId",
       .more = {{"PutLifecycleConfiguration", "FileSystemId=@id LifecyclePolicies",
                 "LifecyclePolicies"},
                {"PutBackupPolicy", "FileSystemId=@id BackupPolicy", "BackupPolicy"},
                {"PutFileSystemPolicy", "FileSystemId=@id Policy=@json:FileSystemPolicy",
                 "FileSystemPolicy"}},
       .update = {{"UpdateFileSystem",
                   "FileSystemId=@id ProvisionedThroughputInMibps ThroughputMode",
                   "ProvisionedThroughputInMibps ThroughputMode"}},
       .look = {"DescribeFileSystems", "FileSystemId=@id", "FileSystems.0.LifeCycleState",
                "available", "error"},
       .remove = {"DeleteFileSystem", "FileSystemId=@id"},
       .unsupported = "BypassPolicyLockoutSafetyCheck FileSystemProtection "
                      "ReplicationConfiguration",
       .frozen = "FileSystemTags"},
      {.type = "AWS::EFS::MountTarget",
       .service = "elasticfilesystem",
       .properties = "FileSystemId!* IpAddress* SecurityGroups! SubnetId!*",
       .attributes = "Id=@id IpAddress=&MountTargets.0.IpAddress",
       .create = {"CreateMountTarget", "FileSystemId IpAddress SecurityGroups SubnetId"},
       .id = "%MountTargetId",
       .update = {{"ModifyMountTargetSecurityGroups", "MountTargetId=@id SecurityGroups",
                   "SecurityGroups"}},
       .look = {"DescribeMountTargets", "MountTargetId=@id", "MountTargets.0.LifeCycleState",
                "available", "error"},
       .look_after_removal = true,
       .remove = {"DeleteMountTarget", "MountTargetId=@id"},
       .unsupported = "IpAddressType Ipv6Address"},
      {.type = "AWS::EFS::AccessPoint",
       .service = "elasticfilesystem",
       .properties = "AccessPointTags ClientToken* FileSystemId!* PosixUser* RootDirectory*",
       .attributes = "AccessPointId=@id Arn=%AccessPointArn",
       .create = {"CreateAccessPoint",
                  "ClientToken=@token ClientToken FileSystemId PosixUser RootDirectory "
                  "Tags=AccessPointTags"},
       .id = "%AccessPointId",
       .look = {"DescribeAccessPoints", "AccessPointId=@id", "AccessPoints.0.LifeCycleState",
                "available", "error"},
       .remove = {"DeleteAccessPoint", "AccessPointId=@id"},
       .frozen = "AccessPointTags"},
      {.type = "AWS::S3::Bucket",
       .service = "s3",
       .properties = "AccessControl BucketEncryption BucketName* CorsConfiguration "
                     "LifecycleConfiguration OwnershipControls PublicAccessBlockConfiguration Tags "
                     "VersioningConfiguration",
       .attributes = "Arn=#arn:{partition}:s3:::{id} DomainName=#{id}.s3.amazonaws.com "
                     "DualStackDomainName=#{id}.s3.dualstack.{region}.amazonaws.com "
                     "RegionalDomainName=#{id}.s3.{region}.amazonaws.com "
                     "WebsiteURL=#http://{id}.s3-website-{region}.amazonaws.com",
       .name = "BucketName/63 lower",
       .create = {"CreateBucket", "Bucket=@name ACL=@acl:AccessControl"},
       .id = "@name",
       .more = {{.action = "PutBucketEncryption",
                 .input = "Bucket=@id "
                          "ServerSideEncryptionConfiguration.Rules=@rules:BucketEncryption",
                 .when = "BucketEncryption",
                 .undo = "DeleteBucketEncryption",
                 .undo_input = "Bucket=@id"},
                {.action = "PutBucketOwnershipControls",
                 .input = "Bucket=@id OwnershipControls",
                 .when = "OwnershipControls",
                 .undo = "DeleteBucketOwnershipControls",
                 .undo_input = "Bucket=@id"},
                {.action = "PutPublicAccessBlock",
                 .input = "Bucket=@id PublicAccessBlockConfiguration",
                 .when = "PublicAccessBlockConfiguration",
                 .undo = "DeletePublicAccessBlock",
                 .undo_input = "Bucket=@id"},
                {.action = "PutBucketLifecycleConfiguration",
                 .input = "Bucket=@id LifecycleConfiguration.Rules=@rules:LifecycleConfiguration",
                 .when = "LifecycleConfiguration",
                 .undo = "DeleteBucketLifecycle",
                 .undo_input = "Bucket=@id"},
                {.action = "PutBucketCors",
                 .input = "Bucket=@id CORSConfiguration.CORSRules=@rules:CorsConfiguration",
                 .when = "CorsConfiguration",
                 .undo = "DeleteBucketCors",
                 .undo_input = "Bucket=@id"},
                {.action = "PutBucketVersioning",
                 .input = "Bucket=@id VersioningConfiguration",
                 .when = "VersioningConfiguration"},
                {.action = "PutBucketTagging",
                 .input = "Bucket=@id Tagging.TagSet=@tags",
                 .when = "Tags",
                 .undo = "DeleteBucketTagging",
                 .undo_input = "Bucket=@id"}},
       .remove = {"DeleteBucket", "Bucket=@id"},
       .unsupported = "AbacStatus AccelerateConfiguration AnalyticsConfigurations "
                      "BucketNamePrefix BucketNamespace IntelligentTieringConfigurations "
                      "InventoryConfigurations LoggingConfiguration "
                      "MetadataConfiguration MetadataTableConfiguration MetricsConfigurations "
                      "NotificationConfiguration ObjectLockConfiguration ObjectLockEnabled "
                      "ReplicationConfiguration WebsiteConfiguration",
       .frozen = "AccessControl"},
      {.type = "AWS::S3::BucketPolicy",
       .service = "s3",
       .properties = "Bucket!* PolicyDocument!",
       .create = {"PutBucketPolicy", "Bucket Policy=@json:PolicyDocument"},
       .id = "#{Bucket}",
       .update = {{"PutBucketPolicy", "Bucket Policy=@json:PolicyDocument", "PolicyDocument"}},
       .remove = {"DeleteBucketPolicy", "Bucket=@id"}}};
  return types;
}

}  // namespace sim::cloudformation

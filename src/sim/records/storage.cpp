// ECR repositories, DynamoDB tables, EFS file systems. Images are only counted, items and files do
// not exist; mount targets have interfaces of EC2's, which hold their subnets.
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/
// https://docs.aws.amazon.com/efs/latest/ug/api-reference.html
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "sim/records/services.hpp"

namespace sim::records {

namespace {

// ECR ---------------------------------------------------------------------------------------------

void check_repository(Book& book, const Call&, const Record*, Record& repository) {
  const bool fits = !repository.id.empty() && std::ranges::all_of(repository.id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
           c == '/';
  });
  if (!fits) {
    throw book.invalid(
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular "
        "expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''");
  }
  for (const auto* name : {"lifecyclePolicyText", "policyText"}) {
    if (!repository.members.contains(name)) continue;
    json::error_code bad;
    if (!json::parse(text_of(repository.members, name), bad).is_object() || bad) {
      throw book.invalid(
          fmt::format("Invalid parameter at '{}' failed to satisfy constraint: "
                      "'Invalid repository policy provided'",
                      name));
    }
  }
}

void check_repository_removal(Book& book, const Call& call, const Record& repository) {
  if (Fields(call.input).flag("force") || repository.hidden.empty()) return;
  throw Error(
      "RepositoryNotEmptyException",
      fmt::format("The repository with name '{}' in registry with id '{}' cannot be deleted "
                  "because it still contains images",
                  repository.id, book.context().account));
}

json::object put_image(Book& book, const Call& call) {
  const Fields in(call.input, "InvalidParameterException");
  auto& repository = book.get("repository", in.required("repositoryName"));
  in.required("imageManifest");
  const auto tag = in.text("imageTag", "untagged");
  if (repository.hidden.contains(tag) &&
      text_of(repository.members, "imageTagMutability") == "IMMUTABLE") {
    throw Error(
        "ImageTagAlreadyExistsException",
        fmt::format("The image tag '{}' already exists in the '{}' repository and cannot be "
                    "overwritten because the repository is immutable.",
                    tag, repository.id));
  }
  repository.hidden[tag] = in.text("imageManifest");
  json::object image{{"repositoryName", repository.id}};
  image["imageId"] = json::object{{"imageTag", tag}};
  return {{"image", std::move(image)}};
}

// DynamoDB ----------------------------------------------------------------------------------------

std::set<std::string> names_in(const json::object& members, std::string_view list) {
  std::set<std::string> names;
  if (const auto* value = members.if_contains(list); value != nullptr && value->is_array()) {
    for (const auto& one : value->get_array()) {
      names.insert(text_of(one.as_object(), "AttributeName"));
    }
  }
  return names;
}

void check_table(Book& book, const Call&, const Record*, Record& table) {
  std::set<std::string> keys = names_in(table.members, "KeySchema");
  for (const auto* list : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"}) {
    const auto* indexes = table.members.if_contains(list);
    if (indexes == nullptr || !indexes->is_array()) continue;
    for (const auto& index : indexes->get_array()) {
      keys.merge(names_in(index.as_object(), "KeySchema"));
    }
  }
  const auto defined = names_in(table.members, "AttributeDefinitions");
  if (keys.empty()) {
    throw book.invalid("One or more parameter values were invalid: Missing the key schema.");
  }
  if (keys != defined) {
    throw book.invalid(fmt::format(
        "One or more parameter values were invalid: Some index key attributes are not defined in "
        "AttributeDefinitions, or some AttributeDefinitions are not used. Keys: [{}], "
        "AttributeDefinitions: [{}]",
        fmt::join(keys, ", "), fmt::join(defined, ", ")));
  }
  const bool on_demand = text_of(table.members, "BillingMode") == "PAY_PER_REQUEST";
  if (on_demand == table.members.contains("ProvisionedThroughput")) {
    throw book.invalid(on_demand ? "One or more parameter values were invalid: Neither "
                                   "ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                                   "BillingMode is PAY_PER_REQUEST"
                                 : "No provisioned throughput specified for the table");
  }
  if (table.members.contains("StreamSpecification")) {
    table.members["LatestStreamArn"] =
        fmt::format("{}/stream/{}.000", table.arn, base::iso8601(table.created).substr(0, 19));
  }
}

void check_table_removal(Book& book, const Call&, const Record& table) {
  const auto* guarded = table.members.if_contains("DeletionProtectionEnabled");
  if (guarded != nullptr && *guarded == true) {
    throw book.invalid(
        "Resource cannot be deleted as it is currently protected against deletion. "
        "Disable deletion protection first.");
  }
  if (table.ready > book.context().now()) {
    throw Error("ResourceInUseException",
                fmt::format("Attempt to change a resource which is still in use: Table is being "
                            "created: {}",
                            table.id));
  }
}

// EFS ---------------------------------------------------------------------------------------------

void check_file_system_removal(Book& book, const Call&, const Record& system) {
  for (const auto& [id, target] : book.all("mount target")) {
    if (target.members.at("FileSystemId") != json::value(system.id)) continue;
    throw Error(
        "FileSystemInUse",
        fmt::format("The file system {} has mount targets and cannot be deleted.", system.id), 409);
  }
}

void check_ready(Book& book, const Record& part) {
  const auto& system = book.get("file system", text_of(part.members, "FileSystemId"));
  if (system.ready > book.context().now()) {
    throw Error("IncorrectFileSystemLifeCycleState",
                fmt::format("The file system {} is not available.", system.id), 409);
  }
}

void check_access_point(Book& book, const Call&, const Record* before, Record& point) {
  if (before == nullptr) check_ready(book, point);
}

// The subnet tells the zone; there can be one in each.
Task<void> ask_subnet(Book& book, const Call&, json::object& members) {
  if (!members.contains("SubnetId")) co_return;
  const auto found = co_await book.ask("ec2", "DescribeSubnets",
                                       {{"SubnetId", json::array{members.at("SubnetId")}}});
  const auto& subnet = found.at("subnetSet").at(0).as_object();
  members["AvailabilityZoneName"] = subnet.at("availabilityZone");
  members["VpcId"] = subnet.at("vpcId");
}

void check_mount_target(Book& book, const Call&, const Record* before, Record& target) {
  if (before != nullptr) return;
  check_ready(book, target);
  for (const auto& [id, other] : book.all("mount target")) {
    if (other.members.at("FileSystemId") == target.members.at("FileSystemId") &&
        other.members.at("AvailabilityZoneName") == target.members.at("AvailabilityZoneName")) {
      throw Error("MountTargetConflict", "mount target already exists in this AZ", 409);
    }
  }
}

}  // namespace

BookPointer ecr(const Context& context, Caller& caller) {
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "ecr",
            .prefix = "ecr",
            .invalid = "InvalidParameterException",
            .tags = TagWords{.arn = "resourceArn", .tags = "tags", .keys = "tagKeys"}},
      std::vector<Type>{
          {.name = "repository",
           .create = "CreateRepository",
           .describe = "DescribeRepositories",
           .update = "PutLifecyclePolicy SetRepositoryPolicy PutImageScanningConfiguration "
                     "PutImageTagMutability",
           .sets = "DeleteLifecyclePolicy=lifecyclePolicyText: DeleteRepositoryPolicy=policyText:",
           .remove = "DeleteRepository",
           .members = "repositoryName! imageScanningConfiguration:map encryptionConfiguration:map "
                      "imageTagMutability:MUTABLE|IMMUTABLE|MUTABLE_WITH_EXCLUSION|"
                      "IMMUTABLE_WITH_EXCLUSION imageTagMutabilityExclusionFilters:list tags:tags",
           .later = "lifecyclePolicyText policyText",
           .identifier = "repositoryName",
           .many = "repositoryNames",
           .id = "{repositoryName}",
           .arn = "repository/{repositoryName}",
           .shows = "repositoryArn={arn} registryId={account} "
                    "repositoryUri={account}.dkr.ecr.{region}.amazonaws.com/{repositoryName}",
           .output = "repository",
           .list = "repositories",
           .created = "createdAt",
           .exists = "RepositoryAlreadyExistsException|The repository with name '{id}' already "
                     "exists in the registry",
           .missing = "RepositoryNotFoundException|The repository with name '{id}' does not exist "
                      "in the registry",
           .check = check_repository,
           .check_removal = check_repository_removal}});
  add(*book, "PutImage", "repository", "repositoryName", put_image);
  return book;
}

BookPointer dynamodb(const Context& context, Caller& caller, const Knobs& knobs) {
  return std::make_unique<Book>(
      context, caller,
      Words{
          .name = "dynamodb", .prefix = "dynamodb", .tags = TagWords{.list = "ListTagsOfResource"}},
      std::vector<Type>{
          {.name = "table",
           .create = "CreateTable",
           .describe = "DescribeTable",
           .update = "UpdateTable UpdateTimeToLive UpdateContinuousBackups",
           .remove = "DeleteTable",
           .members = "TableName! AttributeDefinitions:list KeySchema!:list "
                      "BillingMode:PROVISIONED|PAY_PER_REQUEST ProvisionedThroughput:map "
                      "GlobalSecondaryIndexes:list LocalSecondaryIndexes:list SSESpecification:map "
                      "StreamSpecification:map TableClass:STANDARD|STANDARD_INFREQUENT_ACCESS "
                      "DeletionProtectionEnabled:flag Tags:tags",
           .later = "TimeToLiveSpecification:map PointInTimeRecoverySpecification:map",
           .identifier = "TableName",
           .id = "{TableName}",
           .arn = "table/{TableName}",
           .shows = "TableArn={arn}",
           .output = "TableDescription",
           .list = "Table",
           .created = "CreationDateTime",
           .state = "TableStatus CREATING ACTIVE DELETING",
           .exists = "ResourceInUseException|Table already exists: {id}",
           .missing = "ResourceNotFoundException|Requested resource not found: Table: {id} not "
                      "found",
           .creating = knobs.table_starts,
           .deleting = knobs.table_leaves,
           .check = check_table,
           .check_removal = check_table_removal}});
}

BookPointer efs(const Context& context, Caller& caller, ec2::Ec2& ec2, const Knobs& knobs) {
  return std::make_unique<Book>(
      context, caller,
      Words{.name = "elasticfilesystem",
            .prefix = "elasticfilesystem",
            .invalid = "BadRequest",
            .tags = TagWords{.arn = "ResourceId"}},
      std::vector<Type>{
          {.name = "file system",
           .create = "CreateFileSystem",
           .describe = "DescribeFileSystems",
           .update = "UpdateFileSystem PutLifecycleConfiguration PutBackupPolicy "
                     "PutFileSystemPolicy",
           .remove = "DeleteFileSystem",
           .members = "CreationToken! PerformanceMode:generalPurpose|maxIO Encrypted:flag "
                      "KmsKeyId:@key ThroughputMode:bursting|provisioned|elastic "
                      "ProvisionedThroughputInMibps:any AvailabilityZoneName Backup:flag Tags:tags",
           .later = "LifecyclePolicies:list BackupPolicy:map Policy",
           .identifier = "FileSystemId",
           .many = "-",
           .id = "fs-0{hex:16}",
           .arn = "file-system/{id}",
           .shows = "FileSystemId={id} FileSystemArn={arn} OwnerId={account}",
           .list = "FileSystems",
           .created = "CreationTime",
           .state = "LifeCycleState creating available deleting",
           .missing = "FileSystemNotFound|File system '{id}' does not exist.|404",
           .creating = knobs.file_system_starts,
           .check_removal = check_file_system_removal},
          {.name = "mount target",
           .create = "CreateMountTarget",
           .describe = "DescribeMountTargets",
           .update = "ModifyMountTargetSecurityGroups",
           .remove = "DeleteMountTarget",
           .members = "FileSystemId! SubnetId!:@subnet SecurityGroups:@group IpAddress",
           .identifier = "MountTargetId",
           .many = "-",
           .id = "fsmt-0{hex:16}",
           .arn = "file-system/{FileSystemId}",
           .shows = "MountTargetId={id} OwnerId={account}",
           .list = "MountTargets",
           .state = "LifeCycleState creating available deleting",
           .missing = "MountTargetNotFound|Mount target '{id}' does not exist.|404",
           .absent = "subnet=SubnetNotFound group=SecurityGroupNotFound",
           .creating = knobs.mount_target_starts,
           .deleting = knobs.mount_target_leaves,
           .inquire = ask_subnet,
           .check = check_mount_target,
           .begun =
               [&ec2](Book&, Record& target) {
                 std::vector<std::string> groups;
                 if (const auto* given = target.members.if_contains("SecurityGroups")) {
                   for (const auto& one : given->as_array()) groups.emplace_back(one.as_string());
                 }
                 const auto interface = ec2.create_managed_interface(
                     {.subnet = text_of(target.members, "SubnetId"),
                      .groups = std::move(groups),
                      .description =
                          fmt::format("EFS mount target for {} ({})",
                                      text_of(target.members, "FileSystemId"), target.id),
                      .requester_id = "amazon-efs",
                      .owner_service = "elasticfilesystem"});
                 target.members["NetworkInterfaceId"] = interface;
                 target.members["IpAddress"] = ec2.interface(interface)->private_ip;
               },
           .ended =
               [&ec2](Book&, Record& target) {
                 ec2.delete_managed_interface(text_of(target.members, "NetworkInterfaceId"));
               }},
          {.name = "access point",
           .create = "CreateAccessPoint",
           .describe = "DescribeAccessPoints",
           .remove = "DeleteAccessPoint",
           .members = "ClientToken! FileSystemId! PosixUser:map RootDirectory:map Tags:tags",
           .identifier = "AccessPointId",
           .many = "-",
           .id = "fsap-0{hex:16}",
           .arn = "access-point/{id}",
           .shows = "AccessPointId={id} AccessPointArn={arn} OwnerId={account}",
           .list = "AccessPoints",
           .state = "LifeCycleState creating available deleting",
           .missing = "AccessPointNotFound|Access point '{id}' does not exist.|404",
           .check = check_access_point}});
}

}  // namespace sim::records

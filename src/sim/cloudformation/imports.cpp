#include "sim/cloudformation/imports.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/contains.hpp"
#include "sim/cloudformation/inputs.hpp"
#include "sim/core/words.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

struct Importable {
  std::string_view type;
  std::string_view identifier;  // one property or more; the first is the physical id
  // "Name=source": @id, a live property, or a #pattern with {id}, {account}, {region},
  // {partition} and live properties.
  std::string_view attributes;
};

// Types that can be read (drift_readers.cpp).
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import-supported-resources.html
constexpr Importable importables[] = {
    {"AWS::EC2::VPC", "VpcId", "VpcId=@id CidrBlock=CidrBlock"},
    {"AWS::EC2::Subnet", "SubnetId",
     "SubnetId=@id VpcId=VpcId CidrBlock=CidrBlock AvailabilityZone=AvailabilityZone"},
    {"AWS::EC2::InternetGateway", "InternetGatewayId", "InternetGatewayId=@id"},
    {"AWS::EC2::NatGateway", "NatGatewayId", "NatGatewayId=@id"},
    {"AWS::EC2::RouteTable", "RouteTableId", "RouteTableId=@id"},
    {"AWS::EC2::SecurityGroup", "Id", "Id=@id GroupId=@id VpcId=VpcId"},
    {"AWS::EC2::EIP", "PublicIp AllocationId", "PublicIp=@id AllocationId=AllocationId"},
    {"AWS::EC2::VPNGateway", "VPNGatewayId", "VPNGatewayId=@id"},
    {"AWS::EC2::CustomerGateway", "CustomerGatewayId", "CustomerGatewayId=@id"},
    {"AWS::EC2::VPCEndpoint", "Id", "Id=@id"},
    {"AWS::EC2::Instance", "InstanceId", "InstanceId=@id"},
    {"AWS::ECS::Cluster", "ClusterName",
     "Arn=#arn:{partition}:ecs:{region}:{account}:cluster/{id}"},
    {"AWS::IAM::Role", "RoleName", "Arn=#arn:{partition}:iam::{account}:role{Path}{id}"},
    {"AWS::IAM::InstanceProfile", "InstanceProfileName",
     "Arn=#arn:{partition}:iam::{account}:instance-profile{Path}{id}"},
    {"AWS::Lambda::Function", "FunctionName",
     "Arn=#arn:{partition}:lambda:{region}:{account}:function:{id}"},
    {"AWS::Logs::LogGroup", "LogGroupName",
     "Arn=#arn:{partition}:logs:{region}:{account}:log-group:{id}:*"},
    {"AWS::SSM::Document", "Name", ""},
    {"AWS::SSM::Parameter", "Name", "Type=Type Value=Value"},
    {"AWS::DynamoDB::Table", "TableName",
     "Arn=#arn:{partition}:dynamodb:{region}:{account}:table/{id}"},
    {"AWS::ECR::Repository", "RepositoryName",
     "Arn=#arn:{partition}:ecr:{region}:{account}:repository/{id} "
     "RepositoryUri=#{account}.dkr.ecr.{region}.amazonaws.com/{id}"},
    {"AWS::CloudWatch::Alarm", "AlarmName",
     "Arn=#arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}"},
    {"AWS::S3::Bucket", "BucketName",
     "Arn=#arn:{partition}:s3:::{id} DomainName=#{id}.s3.amazonaws.com "
     "DualStackDomainName=#{id}.s3.dualstack.{region}.amazonaws.com "
     "RegionalDomainName=#{id}.s3.{region}.amazonaws.com "
     "WebsiteURL=#http://{id}.s3-website-{region}.amazonaws.com"},
};

const Importable* importable(std::string_view type) {
  const auto found = std::ranges::find(importables, type, &Importable::type);
  return found == std::end(importables) ? nullptr : found;
}

std::string listed(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

Error null_member(std::size_t index, std::string_view member) {
  return invalid(
      fmt::format("1 validation error detected: Value null at 'resourcesToImport.{}.member.{}' "
                  "failed to satisfy constraint: Member must not be null",
                  index, member));
}

// The query protocol carries a map as a list of "entry", each with a key and a value.
std::map<std::string, std::string> identifier_in(const json::value& entry) {
  std::map<std::string, std::string> result;
  const auto* given = find(entry, "ResourceIdentifier");
  if (given == nullptr || !given->is_object()) return result;
  if (const auto* list = find(*given, "entry"); list != nullptr && list->is_array()) {
    for (const auto& one : list->as_array()) result[at(one, "key")] = at(one, "value");
    return result;
  }
  for (const auto& member : given->as_object()) {
    result[std::string(member.key())] = templates::text_of(member.value());
  }
  return result;
}

Import import_of(const json::value& entry, std::size_t index, const templates::Template& source) {
  Import import{.type = at(entry, "ResourceType"),
                .logical_id = at(entry, "LogicalResourceId"),
                .physical_id = {}};
  const auto identifier = identifier_in(entry);
  if (import.type.empty()) throw null_member(index, "resourceType");
  if (import.logical_id.empty()) throw null_member(index, "logicalResourceId");
  if (identifier.empty()) throw null_member(index, "resourceIdentifier");
  const auto* spec = source.resource(import.logical_id);
  if (spec == nullptr) {
    throw invalid(
        fmt::format("The logical resource ids [{}] provided in ResourceToImport do not exist in "
                    "the template.",
                    import.logical_id));
  }
  const auto* known = importable(import.type);
  if (known == nullptr) {
    // [I] the wording
    throw invalid(fmt::format("ResourceTypes [{}] are not supported for Import", import.type));
  }
  const auto wanted = words_of(known->identifier);
  const bool complete =
      identifier.size() == wanted.size() &&
      std::ranges::all_of(wanted, [&](const auto& name) { return identifier.contains(name); });
  if (!complete) {
    throw invalid(fmt::format("Invalid resource identifier for resource type {}. Expected [{}]",
                              import.type, listed(wanted)));
  }
  if (spec->type != import.type) {
    throw invalid(
        fmt::format("Resource type of [{}] passed in ResourceToImport does not match with resource "
                    "type defined in the template. Resource type in ResourceToImport: {}; Resource "
                    "type in Template: {}.",
                    import.logical_id, import.type, spec->type));
  }
  import.physical_id = identifier.at(wanted.front());
  if (identifier.size() > 1) import.identifier = identifier;
  return import;
}

// A nested stack counts as changed only because it is looked at late.
bool is_automatic(const json::value& change) {
  const auto* details = find(change, "Details");
  return details != nullptr && details->is_array() && !details->as_array().empty() &&
         std::ranges::all_of(details->as_array(), [](const auto& detail) {
           return at(detail, "ChangeSource") == "Automatic";
         });
}

}  // namespace

// [C] The texts and their order: recorded from AWS by ministack's tests of import change sets.
std::vector<Import> imports_of(const json::object& input, const templates::Template& source) {
  const auto* list = input.if_contains("ResourcesToImport");
  if (list == nullptr || !list->is_array() || list->as_array().empty()) {
    throw invalid("Must Provide at least one resource to import");
  }
  std::set<std::string> seen;
  for (const auto& entry : list->as_array()) {
    const std::string id = at(entry, "LogicalResourceId");
    if (!id.empty() && !seen.insert(id).second) {
      throw invalid("Every resource to import must have unique LogicalResourceId");
    }
  }
  std::vector<Import> imports;
  for (const auto& entry : list->as_array()) {
    imports.push_back(import_of(entry, imports.size() + 1, source));
  }
  return imports;
}

std::string import_refusal(const std::vector<Import>& imports, const json::array& changes,
                           const templates::Template& next, const templates::Template* old) {
  std::vector<std::string> added, modified, in_stack, unlisted, unprotected;
  for (const auto& one : changes) {
    const auto* change = find(one, "ResourceChange");
    if (change == nullptr || is_automatic(*change)) continue;
    auto& side = at(*change, "Action") == "Add" ? added : modified;
    side.push_back(at(*change, "LogicalResourceId"));
  }
  if (added.empty()) return "The template should contain at least one new resource to import.";
  for (const auto& import : imports) {
    if (!base::contains(added, import.logical_id)) in_stack.push_back(import.logical_id);
    const auto* section = find(next.document, "Resources");
    const auto* spec =
        section == nullptr ? nullptr : section->as_object().if_contains(import.logical_id);
    if (spec == nullptr || !spec->as_object().contains("DeletionPolicy")) {
      unprotected.push_back(import.logical_id);
    }
  }
  for (const auto& id : added) {
    if (std::ranges::find(imports, id, &Import::logical_id) == imports.end()) {
      unlisted.push_back(id);
    }
  }
  std::ranges::sort(modified);
  if (!in_stack.empty()) {
    return fmt::format(
        "Resources [{}] passed in ResourceToImport are already in a stack and cannot be imported.",
        listed(in_stack));
  }
  if (!unlisted.empty()) {
    return fmt::format("Resources [{}] is missing from ResourceToImport list", listed(unlisted));
  }
  if (!modified.empty()) {
    return fmt::format(
        "You have modified resources [{}] in your template that are not being imported. Update, "
        "create or delete operations cannot be executed during import operations.",
        listed(modified));
  }
  if (!unprotected.empty()) {
    return fmt::format(
        "The following resources to import [{}] must have DeletionPolicy attribute specified in "
        "the template.",
        listed(unprotected));
  }
  const auto outputs = [](const templates::Template& source) {
    const auto* section = source.document.if_contains("Outputs");
    return section == nullptr ? json::value(json::object()) : *section;
  };
  // [C] aws-security-assessment-solution#6.
  if (outputs(next) != (old == nullptr ? json::value(json::object()) : outputs(*old))) {
    return "As part of the import operation, you cannot modify or add [Outputs]";
  }
  return {};
}

json::array import_changes(const std::vector<Import>& imports) {
  json::array changes;
  for (const auto& import : imports) {
    json::object view;
    view["Action"] = "Import";
    view["LogicalResourceId"] = import.logical_id;
    view["PhysicalResourceId"] = import.physical_id;
    view["ResourceType"] = import.type;
    view["Scope"] = json::array();
    view["Details"] = json::array();
    changes.push_back(json::object{{"Type", "Resource"}, {"ResourceChange", std::move(view)}});
  }
  return changes;
}

std::string_view identifier_of(std::string_view type) {
  const auto* known = importable(type);
  return known == nullptr ? std::string_view() : known->identifier;
}

bool is_identified(const Import& import, const json::object& actual) {
  const auto wanted = words_of(importable(import.type)->identifier);
  return std::ranges::all_of(import.identifier, [&](const auto& member) {
    return member.first == wanted.front() || at(actual, member.first) == member.second;
  });
}

json::object imported_attributes(const Import& import, const json::object& actual,
                                 const std::map<std::string, std::string>& names) {
  json::object attributes;
  const auto value_of = [&](std::string_view name) {
    if (name == "id") return import.physical_id;
    if (const auto known = names.find(std::string(name)); known != names.end()) {
      return known->second;
    }
    return at(actual, name);
  };
  for (const auto& pair : words_of(importable(import.type)->attributes)) {
    const auto equals = pair.find('=');
    const auto source = std::string_view(pair).substr(equals + 1);
    std::string value;
    if (source == "@id") {
      value = import.physical_id;
    } else if (source.starts_with('#')) {
      value = expand(source.substr(1), value_of);
    } else {
      value = at(actual, source);
    }
    if (!value.empty()) attributes[pair.substr(0, equals)] = std::move(value);
  }
  return attributes;
}

json::array identifier_summaries(const templates::Template& source) {
  json::array summaries;
  for (const auto& known : importables) {
    json::array logical_ids;
    for (const auto& resource : source.resources) {
      if (resource.type == known.type) logical_ids.emplace_back(resource.logical_id);
    }
    if (logical_ids.empty()) continue;
    json::object summary;
    summary["ResourceType"] = known.type;
    summary["LogicalResourceIds"] = std::move(logical_ids);
    json::array identifiers;
    for (const auto& name : words_of(known.identifier)) identifiers.emplace_back(name);
    summary["ResourceIdentifiers"] = std::move(identifiers);
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace sim::cloudformation

// CreateSecurityGroup, DeleteSecurityGroup, DescribeSecurityGroups.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/rules.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"

namespace sim::ec2 {
namespace {

void check_text(const std::string& value, std::string_view name) {
  constexpr std::string_view allowed = " ._-:/()#,@[]+=&;{}!$*";
  const bool fine = std::ranges::all_of(value, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           allowed.contains(c);
  });
  if (!fine || value.size() > 255) {
    throw invalid_value(
        fmt::format("Value ({}) for parameter {} is invalid. Character sets beyond ASCII are not "
                    "supported.",
                    value, name));
  }
}

std::string read_name(const Call& call) {
  auto name = required(call.input, "GroupName");
  check_text(name, "GroupName");
  if (name.starts_with("sg-")) {
    throw invalid_value(
        fmt::format("Value ({}) for parameter GroupName is invalid. Group names may not be in the "
                    "format sg-*.",
                    name));
  }
  if (name == "default") {
    throw invalid_value("Cannot use reserved security group name: default");
  }
  return name;
}

json::object create(Estate& estate, const Call& call) {
  const auto name = read_name(call);
  const auto description = required(call.input, "GroupDescription");
  check_text(description, "GroupDescription");
  const auto vpc_id = text(call.input, "VpcId");
  if (vpc_id.empty()) throw Error("VPCIdNotSpecified", "No default VPC for this user");
  const auto& vpc = estate.vpc(vpc_id);
  for (const auto& [id, group] : estate.model.groups) {
    if (group.vpc != vpc.id || group.name != name) continue;
    throw Error("InvalidGroup.Duplicate",
                fmt::format("The security group '{}' already exists for VPC '{}'", name, vpc.id));
  }
  SecurityGroup group;
  estate.stamp(group, kind::group, tags_for(call, kind::group.type));
  group.vpc = vpc.id;
  group.name = name;
  group.description = description;
  Rule all_out;
  all_out.id = estate.new_id("sgr-");
  all_out.egress = true;
  all_out.protocol = "-1";
  all_out.cidr = "0.0.0.0/0";
  group.rules.push_back(std::move(all_out));

  json::object output{{"return", true},
                      {"groupId", group.id},
                      {"securityGroupArn", estate.arn(kind::group, group.id)}};
  output["tagSet"] = tag_set(group.tags);
  estate.model.groups[group.id] = std::move(group);
  return output;
}

std::vector<Access> create_access(const Estate& estate, const Call& call) {
  const auto vpc = text(call.input, "VpcId");
  Keys keys;
  if (!vpc.empty()) keys["ec2:Vpc"] = estate.arn(kind::vpc, vpc);
  return Gate(estate, call).fresh(kind::group.type, std::move(keys)).on(vpc);
}

// Whatever keeps a group: an interface that has it, another group's rule that names it.
bool in_use(const Estate& estate, const std::string& id) {
  const bool held = std::ranges::any_of(estate.model.interfaces, [&](const auto& entry) {
    return std::ranges::find(entry.second.groups, id) != entry.second.groups.end();
  });
  return held || std::ranges::any_of(estate.model.groups, [&](const auto& entry) {
           return entry.first != id && std::ranges::find(entry.second.rules, id, &Rule::group) !=
                                           entry.second.rules.end();
         });
}

json::object remove(Estate& estate, const Call& call) {
  const auto id = text(call.input, "GroupId");
  if (id.empty()) throw missing_parameter("groupName or groupId");
  const auto& group = estate.group(id);
  if (group.name == "default") {
    throw Error("CannotDelete",
                fmt::format("the specified group: \"{}\" name: \"default\" cannot be deleted by a "
                            "user",
                            id));
  }
  if (in_use(estate, id)) {
    throw dependency_violation(fmt::format("resource {} has a dependent object", id));
  }
  estate.model.groups.erase(id);
  return {{"return", true}, {"groupId", id}};
}

std::vector<Access> remove_access(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "GroupId"));
}

template <bool egress>
Texts protocols(const Estate&, const SecurityGroup& group) {
  Texts values;
  for (const auto& rule : group.rules) {
    if (rule.egress == egress) values.push_back(rule.protocol);
  }
  return values;
}

template <bool egress, std::string Rule::* member>
Texts peers(const Estate&, const SecurityGroup& group) {
  Texts values;
  for (const auto& rule : group.rules) {
    if (rule.egress == egress && !(rule.*member).empty()) values.push_back(rule.*member);
  }
  return values;
}

template <bool egress, int Rule::* member>
Texts ports(const Estate&, const SecurityGroup& group) {
  Texts values;
  for (const auto& rule : group.rules) {
    if (rule.egress == egress) values.push_back(std::to_string(rule.*member));
  }
  return values;
}

constexpr Field<SecurityGroup> fields[] = {
    {"group-id", [](const Estate&, const SecurityGroup& g) -> Texts { return {g.id}; }},
    {"group-name", [](const Estate&, const SecurityGroup& g) -> Texts { return {g.name}; }},
    {"description", [](const Estate&, const SecurityGroup& g) -> Texts { return {g.description}; }},
    {"vpc-id", [](const Estate&, const SecurityGroup& g) -> Texts { return {g.vpc}; }},
    {"owner-id",
     [](const Estate& e, const SecurityGroup&) -> Texts { return {e.context.account}; }},
    {"ip-permission.cidr", peers<false, &Rule::cidr>},
    {"ip-permission.ipv6-cidr", peers<false, &Rule::cidr6>},
    {"ip-permission.group-id", peers<false, &Rule::group>},
    {"ip-permission.prefix-list-id", peers<false, &Rule::prefix_list>},
    {"ip-permission.protocol", protocols<false>},
    {"ip-permission.from-port", ports<false, &Rule::from>},
    {"ip-permission.to-port", ports<false, &Rule::to>},
    {"egress.ip-permission.cidr", peers<true, &Rule::cidr>},
    {"egress.ip-permission.ipv6-cidr", peers<true, &Rule::cidr6>},
    {"egress.ip-permission.group-id", peers<true, &Rule::group>},
    {"egress.ip-permission.prefix-list-id", peers<true, &Rule::prefix_list>},
    {"egress.ip-permission.protocol", protocols<true>},
    {"egress.ip-permission.from-port", ports<true, &Rule::from>},
    {"egress.ip-permission.to-port", ports<true, &Rule::to>},
};

json::object view(const Estate& estate, const SecurityGroup& group) {
  json::object result{{"groupId", group.id},
                      {"groupName", group.name},
                      {"groupDescription", group.description},
                      {"securityGroupArn", estate.arn(kind::group, group.id)},
                      {"vpcId", group.vpc},
                      {"ownerId", estate.context.account}};
  result["ipPermissions"] = permission_set(estate, group, false);
  result["ipPermissionsEgress"] = permission_set(estate, group, true);
  result["tagSet"] = tag_set(group.tags);
  return result;
}

json::object describe_groups(Estate& estate, const Call& call) {
  static const Description<SecurityGroup> description{
      "securityGroupInfo", "GroupId", kind::group, 1000, fields, view};
  return describe(estate, call, estate.model.groups, description);
}

}  // namespace

void add_security_group_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateSecurityGroup", "GroupName GroupDescription VpcId TagSpecification", create,
        create_access},
       {"DeleteSecurityGroup", "GroupId", remove, remove_access},
       {"DescribeSecurityGroups", "GroupId Filter MaxResults NextToken", describe_groups}});
}

}  // namespace sim::ec2

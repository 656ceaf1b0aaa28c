// Security groups with their inline rules, and rules as resources of their own.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/handlers.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

// A rule of a template as one IpPermissions entry of the API.
json::object permission(const json::value& rule) {
  json::object result{{"IpProtocol", at(rule, "IpProtocol")}};
  for (const auto* port : {"FromPort", "ToPort"}) {
    if (find(rule, port) != nullptr) result[port] = at(rule, port);
  }
  const std::string description = at(rule, "Description");
  const auto add = [&](std::string_view list, std::string_view member, const std::string& value) {
    if (value.empty()) return;
    json::object range{{member, value}};
    if (!description.empty()) range["Description"] = description;
    json::array ranges;
    ranges.push_back(std::move(range));
    result[list] = std::move(ranges);
  };
  add("IpRanges", "CidrIp", at(rule, "CidrIp"));
  add("Ipv6Ranges", "CidrIpv6", at(rule, "CidrIpv6"));
  for (const auto* name : {"SourceSecurityGroupId", "DestinationSecurityGroupId"}) {
    add("Groups", "GroupId", at(rule, name));
  }
  for (const auto* name : {"SourcePrefixListId", "DestinationPrefixListId"}) {
    add("PrefixListIds", "PrefixListId", at(rule, name));
  }
  return result;
}

json::array permissions(const json::value* rules) {
  json::array result;
  if (rules == nullptr || !rules->is_array()) return result;
  for (const auto& rule : rules->as_array()) result.push_back(permission(rule));
  return result;
}

Task<json::object> change(Work& work, std::string action, json::array rules) {
  if (rules.empty()) co_return json::object();
  json::object input{{"GroupId", work.id}};
  input["IpPermissions"] = std::move(rules);
  co_return co_await work.call("ec2", std::move(action), std::move(input));
}

json::array default_egress() {
  json::array ranges;
  ranges.push_back(json::object{{"CidrIp", "0.0.0.0/0"}});
  json::object rule{{"IpProtocol", "-1"}};
  rule["IpRanges"] = std::move(ranges);
  json::array rules;
  rules.push_back(std::move(rule));
  return rules;
}

Task<void> create_group(Work& work) {
  json::object input = pick(work, {"GroupDescription", "GroupName", "VpcId"});
  if (!work.has("GroupName")) input["GroupName"] = work.generated_name();
  add_tag_specification(work, "security-group", input);
  const auto made = co_await work.call("ec2", "CreateSecurityGroup", std::move(input));
  work.initiated(at(made, "groupId"));
  co_await tag_as_member(work);
  co_await change(work, "AuthorizeSecurityGroupIngress",
                  permissions(work.properties.if_contains("SecurityGroupIngress")));
  const json::array egress = permissions(work.properties.if_contains("SecurityGroupEgress"));
  if (!egress.empty()) {
    // A group begins with "everything out"; rules of the template's own take its place.
    co_await change(work, "RevokeSecurityGroupEgress", default_egress());
    co_await change(work, "AuthorizeSecurityGroupEgress", egress);
  }
  work.attributes["GroupId"] = work.id;
  work.attributes["Id"] = work.id;
  work.attributes["VpcId"] = work.text("VpcId");
}

Task<void> update_rules(Work& work, std::string property, std::string direction) {
  if (!work.changed(property)) co_return;
  const json::array before = permissions(work.old_properties.if_contains(property));
  const json::array after = permissions(work.properties.if_contains(property));
  const auto only_in = [](const json::array& some, const json::array& others) {
    json::array result;
    for (const auto& one : some) {
      if (std::ranges::find(others, one) == others.end()) result.push_back(one);
    }
    return result;
  };
  const bool egress = direction == "Egress";
  json::array removed = only_in(before, after);
  json::array added = only_in(after, before);
  if (egress && before.empty()) removed = default_egress();
  if (egress && after.empty()) added = default_egress();
  co_await change(work, "RevokeSecurityGroup" + direction, std::move(removed));
  co_await change(work, "AuthorizeSecurityGroup" + direction, std::move(added));
}

Task<void> update_group(Work& work) {
  co_await update_rules(work, "SecurityGroupIngress", "Ingress");
  co_await update_rules(work, "SecurityGroupEgress", "Egress");
  co_await update_ec2_tags(work);
}

Task<void> remove_group(Work& work) {
  co_await work.call("ec2", "DeleteSecurityGroup", {{"GroupId", work.id}});
}

// One rule
// -----------------------------------------------------------------------------------------

std::string direction_of(const Work& work) {
  return work.type == "AWS::EC2::SecurityGroupEgress" ? "Egress" : "Ingress";
}

Task<void> create_rule(Work& work) {
  json::object input{{"GroupId", work.required("GroupId")}};
  json::array rules;
  rules.push_back(permission(json::value(work.properties)));
  input["IpPermissions"] = std::move(rules);
  const auto made =
      co_await work.call("ec2", "AuthorizeSecurityGroup" + direction_of(work), std::move(input));
  const std::string id = at(made, "securityGroupRuleSet.0.securityGroupRuleId");
  work.initiated(id.empty() ? work.generated_name() : id);
  work.attributes["Id"] = work.id;
}

Task<void> remove_rule(Work& work) {
  json::object input{{"GroupId", work.text("GroupId")}};
  json::array rules;
  rules.push_back(permission(json::value(work.properties)));
  input["IpPermissions"] = std::move(rules);
  co_await work.call("ec2", "RevokeSecurityGroup" + direction_of(work), std::move(input));
}

Handler rule(std::set<std::string, std::less<>> properties) {
  auto create_only = properties;
  return {.schema = {std::move(properties), {"IpProtocol"}, {"Id"}},
          .create_only = std::move(create_only),
          .create = create_rule,
          .update = nullptr,
          .remove = remove_rule};
}

}  // namespace

void add_security_groups(Handlers& table) {
  table["AWS::EC2::SecurityGroup"] = {
      .schema = {{"GroupDescription", "GroupName", "SecurityGroupEgress", "SecurityGroupIngress",
                  "Tags", "VpcId"},
                 {"GroupDescription"},
                 {"GroupId", "Id", "VpcId"}},
      .create_only = {"GroupDescription", "GroupName", "VpcId"},
      .create = create_group,
      .update = update_group,
      .remove = remove_group};
  table["AWS::EC2::SecurityGroupIngress"] =
      rule({"CidrIp", "CidrIpv6", "Description", "FromPort", "GroupId", "IpProtocol",
            "SourcePrefixListId", "SourceSecurityGroupId", "ToPort"});
  table["AWS::EC2::SecurityGroupEgress"] =
      rule({"CidrIp", "CidrIpv6", "Description", "DestinationPrefixListId",
            "DestinationSecurityGroupId", "FromPort", "GroupId", "IpProtocol", "ToPort"});
}

}  // namespace sim::cloudformation

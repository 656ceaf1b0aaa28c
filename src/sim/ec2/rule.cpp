// AuthorizeSecurityGroup*, RevokeSecurityGroup*, DescribeSecurityGroupRules.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/rules.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"

namespace sim::ec2 {
namespace {

constexpr std::ptrdiff_t most_rules = 60;  // of one direction, AWS's default quota

Error unknown_rule(const std::string& id) {
  return {"InvalidSecurityGroupRuleId.NotFound",
          fmt::format("The security group rule ID '{}' does not exist", id)};
}

SecurityGroup& group_of(Estate& estate, const Call& call) {
  const auto id = text(call.input, "GroupId");
  if (id.empty()) throw missing_parameter("groupName or groupId");
  return estate.group(id);
}

std::vector<Access> group_access(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "GroupId"));
}

json::object authorize(Estate& estate, const Call& call, bool egress) {
  auto& group = group_of(estate, call);
  auto rules = read_rules(estate, group, call.input, egress);
  if (rules.empty()) throw missing_parameter("ipPermissions");
  for (const auto& rule : rules) {
    const bool there = std::ranges::any_of(
        group.rules, [&](const Rule& other) { return same_permission(rule, other); });
    if (there) {
      throw Error("InvalidPermission.Duplicate",
                  fmt::format("the specified rule \"{}\" already exists", rule_text(rule)));
    }
  }
  const auto held = std::ranges::count(group.rules, egress, &Rule::egress);
  if (held + std::ssize(rules) > most_rules) {
    throw Error("RulesPerSecurityGroupLimitExceeded",
                "The maximum number of rules per security group has been reached.");
  }
  const auto tags = tags_for(call, kind::rule.type);
  json::array views;
  for (auto& rule : rules) {
    rule.id = estate.new_id("sgr-");
    rule.tags = tags;
    views.push_back(rule_view(estate, group, rule));
    group.rules.push_back(std::move(rule));
  }
  json::object output{{"return", true}};
  output["securityGroupRuleSet"] = std::move(views);
  return output;
}

// The rules to go, by id or by what they say; every one must be there.
std::vector<std::string> rules_to_revoke(Estate& estate, const Call& call,
                                         const SecurityGroup& group, bool egress) {
  const auto ids = texts(call.input, "SecurityGroupRuleId");
  const auto wanted = read_rules(estate, group, call.input, egress);
  if (ids.empty() && wanted.empty()) {
    throw Error("MissingParameter",
                "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");
  }
  if (!ids.empty() && !wanted.empty()) {
    throw Error("InvalidParameterCombination",
                "Only one of 'ipPermissions' or 'securityGroupRuleIds' can be provided.");
  }
  for (const auto& id : ids) {
    const auto found = std::ranges::find(group.rules, id, &Rule::id);
    if (found == group.rules.end() || found->egress != egress) throw unknown_rule(id);
  }
  auto result = ids;
  for (const auto& rule : wanted) {
    const auto found = std::ranges::find_if(
        group.rules, [&](const Rule& other) { return same_permission(rule, other); });
    if (found == group.rules.end()) {
      throw Error("InvalidPermission.NotFound",
                  "The specified rule does not exist in this security group.");
    }
    result.push_back(found->id);
  }
  return result;
}

json::object revoke(Estate& estate, const Call& call, bool egress) {
  auto& group = group_of(estate, call);
  json::array views;
  for (const auto& id : rules_to_revoke(estate, call, group, egress)) {
    const auto found = std::ranges::find(group.rules, id, &Rule::id);
    if (found == group.rules.end()) continue;  // the same rule named twice
    auto view = rule_view(estate, group, *found);
    for (const auto* own : {"groupOwnerId", "securityGroupRuleArn", "tagSet"}) view.erase(own);
    if (!found->group.empty()) {
      view.erase("referencedGroupInfo");
      view["referencedGroupId"] = found->group;
    }
    views.push_back(std::move(view));
    group.rules.erase(found);
  }
  json::object output{{"return", true}};
  output["revokedSecurityGroupRuleSet"] = std::move(views);
  return output;
}

// One rule of ModifySecurityGroupRules: {"IpProtocol", "FromPort", "ToPort", one peer}.
Rule wished_rule(Estate& estate, const SecurityGroup& group, const json::object& wish,
                 bool egress) {
  json::object permission{{"IpProtocol", required(wish, "IpProtocol")}};
  for (const auto* port : {"FromPort", "ToPort"}) {
    if (has(wish, port)) permission[port] = text(wish, port);
  }
  constexpr std::pair<std::string_view, std::pair<std::string_view, std::string_view>> peers[] = {
      {"CidrIpv4", {"IpRanges", "CidrIp"}},
      {"CidrIpv6", {"Ipv6Ranges", "CidrIpv6"}},
      {"PrefixListId", {"PrefixListIds", "PrefixListId"}},
      {"ReferencedGroupId", {"Groups", "GroupId"}}};
  for (const auto& [member, place] : peers) {
    if (!has(wish, member)) continue;
    json::object peer;
    peer[place.second] = text(wish, member);
    if (has(wish, "Description")) peer["Description"] = text(wish, "Description");
    json::array list;
    list.push_back(std::move(peer));
    permission[place.first] = std::move(list);
  }
  json::array permissions;
  permissions.push_back(std::move(permission));
  json::object holder;
  holder["IpPermissions"] = std::move(permissions);
  auto rules = read_rules(estate, group, holder, egress);
  if (rules.size() != 1) {
    throw Error("InvalidParameterCombination", "A rule has exactly one source or destination.");
  }
  return std::move(rules.front());
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
json::object modify_rules(Estate& estate, const Call& call) {
  auto& group = group_of(estate, call);
  const auto changes = objects(call.input, "SecurityGroupRule");
  if (changes.empty()) throw missing_parameter("securityGroupRules");
  auto changed = group.rules;
  for (const auto& change : changes) {
    const auto id = required(change, "SecurityGroupRuleId");
    const auto found = std::ranges::find(changed, id, &Rule::id);
    if (found == changed.end()) throw unknown_rule(id);
    auto rule = wished_rule(estate, group, object(change, "SecurityGroupRule"), found->egress);
    const bool twice = std::ranges::any_of(
        changed, [&](const Rule& other) { return other.id != id && same_permission(rule, other); });
    if (twice) {
      throw Error("InvalidPermission.Duplicate",
                  fmt::format("the specified rule \"{}\" already exists", rule_text(rule)));
    }
    rule.id = id;
    rule.tags = found->tags;
    *found = std::move(rule);
  }
  group.rules = std::move(changed);
  return {{"return", true}};
}

// Rules are named by IpPermissions, or each by its id with its new description.
template <bool egress>
json::object describe_anew(Estate& estate, const Call& call) {
  auto& group = group_of(estate, call);
  const auto wanted = read_rules(estate, group, call.input, egress);
  const auto by_id = objects(call.input, "SecurityGroupRuleDescription");
  if (wanted.empty() && by_id.empty()) throw missing_parameter("ipPermissions");
  for (const auto& one : by_id) {
    const auto id = text(one, "SecurityGroupRuleId");
    const auto found = std::ranges::find(group.rules, id, &Rule::id);
    if (found == group.rules.end() || found->egress != egress) throw unknown_rule(id);
    found->description = text(one, "Description");
  }
  for (const auto& rule : wanted) {
    const auto found = std::ranges::find_if(
        group.rules, [&](const Rule& other) { return same_permission(rule, other); });
    if (found == group.rules.end()) {
      throw Error("InvalidPermission.NotFound",
                  "The specified rule does not exist in this security group.");
    }
    found->description = rule.description;
  }
  return {{"return", true}};
}

json::object authorize_ingress(Estate& estate, const Call& call) {
  return authorize(estate, call, false);
}
json::object authorize_egress(Estate& estate, const Call& call) {
  return authorize(estate, call, true);
}
json::object revoke_ingress(Estate& estate, const Call& call) {
  return revoke(estate, call, false);
}
json::object revoke_egress(Estate& estate, const Call& call) {
  return revoke(estate, call, true);
}

struct Held {
  const SecurityGroup* group;
  const Rule* rule;
};

constexpr Field<Held> rule_fields[] = {
    {"group-id", [](const Estate&, const Held& held) -> Texts { return {held.group->id}; }},
    {"security-group-rule-id",
     [](const Estate&, const Held& held) -> Texts { return {held.rule->id}; }},
};

json::object describe_rules(Estate& estate, const Call& call) {
  const auto filters = read_filters(call);
  check_filters<Held>(filters, rule_fields);
  const auto ids = texts(call.input, "SecurityGroupRuleId");
  std::map<std::string, json::object> entries;
  Texts seen;
  for (const auto& [group_id, group] : estate.model.groups) {
    if (group.visible > estate.now()) continue;
    for (const auto& rule : group.rules) {
      if (!ids.empty() && std::ranges::find(ids, rule.id) == ids.end()) continue;
      seen.push_back(rule.id);
      if (matches<Held>(estate, {&group, &rule}, &rule.tags, filters, rule_fields)) {
        entries[rule.id] = rule_view(estate, group, rule);
      }
    }
  }
  for (const auto& id : ids) {
    if (std::ranges::find(seen, id) == seen.end()) throw unknown_rule(id);
  }
  return page(call, "securityGroupRuleSet", std::move(entries), 1000);
}

}  // namespace

void add_rule_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"AuthorizeSecurityGroupIngress",
        "GroupId IpPermissions IpProtocol FromPort ToPort CidrIp TagSpecification",
        authorize_ingress, group_access},
       {"AuthorizeSecurityGroupEgress", "GroupId IpPermissions TagSpecification", authorize_egress,
        group_access},
       {"RevokeSecurityGroupIngress",
        "GroupId IpPermissions IpProtocol FromPort ToPort CidrIp SecurityGroupRuleId",
        revoke_ingress, group_access},
       {"RevokeSecurityGroupEgress", "GroupId IpPermissions SecurityGroupRuleId", revoke_egress,
        group_access},
       {"ModifySecurityGroupRules", "GroupId SecurityGroupRule", modify_rules, group_access},
       {"UpdateSecurityGroupRuleDescriptionsIngress",
        "GroupId IpPermissions SecurityGroupRuleDescription", describe_anew<false>, group_access},
       {"UpdateSecurityGroupRuleDescriptionsEgress",
        "GroupId IpPermissions SecurityGroupRuleDescription", describe_anew<true>, group_access},
       {"DescribeSecurityGroupRules", "SecurityGroupRuleId Filter MaxResults NextToken",
        describe_rules}});
}

}  // namespace sim::ec2

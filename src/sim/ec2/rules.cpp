#include "sim/ec2/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/ec2/cidr.hpp"
#include "sim/ec2/input.hpp"
#include "sim/ec2/prefix_list.hpp"

namespace sim::ec2 {
namespace {

std::string read_protocol(const json::object& permission) {
  auto name = required(permission, "IpProtocol");
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  static const std::map<std::string_view, std::string_view> names{
      {"6", "tcp"}, {"17", "udp"}, {"1", "icmp"}, {"58", "icmpv6"}, {"all", "-1"}};
  if (const auto found = names.find(name); found != names.end()) return std::string(found->second);
  for (const auto* known : {"tcp", "udp", "icmp", "icmpv6", "-1"}) {
    if (name == known) return name;
  }
  int value = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
  if (error != std::errc() || end != name.data() + name.size() || value < 0 || value > 255) {
    throw invalid_value(fmt::format("Invalid value '{}' for IP protocol. Unknown protocol.", name));
  }
  return name;
}

void read_ports(const json::object& permission, Rule& rule) {
  const auto from = number(permission, "FromPort");
  const auto to = number(permission, "ToPort");
  if (rule.protocol == "tcp" || rule.protocol == "udp") {
    if (!from || !to) {
      throw invalid_value(
          "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
    }
    for (const int port : {*from, *to}) {
      if (port < 0 || port > 65535) {
        throw invalid_value(fmt::format("TCP/UDP port ({}) out of range", port));
      }
    }
    if (*from > *to) {
      throw invalid_value(fmt::format("Invalid TCP/UDP port range ({}:{})", *from, *to));
    }
  } else if (!rule.protocol.starts_with("icmp")) {
    return;  // other protocols have no ports: AWS takes any numbers and allows all
  }
  rule.from = from.value_or(-1);
  rule.to = to.value_or(-1);
}

std::string read_cidr(const std::string& text) {
  const auto block = parse_cidr(text);
  if (!block) throw invalid_value(fmt::format("CIDR block {} is malformed", text));
  return cidr_text(*block);
}

std::string read_peer(Estate& estate, const SecurityGroup& group, const json::object& pair) {
  const auto id = text(pair, "GroupId");
  if (id.empty()) throw missing_parameter("groupId");
  if (estate.group(id).vpc != group.vpc) {
    throw Error("InvalidGroup.NotFound",
                "You have specified two resources that belong to different networks.");
  }
  return id;
}

void read_permission(Estate& estate, const SecurityGroup& group, const json::object& permission,
                     bool egress, std::vector<Rule>& rules) {
  Rule pattern;
  pattern.egress = egress;
  pattern.protocol = read_protocol(permission);
  read_ports(permission, pattern);
  const auto before = rules.size();
  const auto put = [&](std::string Rule::* peer, std::string value, const json::object& entry) {
    auto rule = pattern;
    rule.*peer = std::move(value);
    rule.description = text(entry, "Description");
    const bool twice =
        std::ranges::any_of(rules, [&](const Rule& other) { return same_permission(rule, other); });
    if (twice) throw invalid_value("The same permission must not appear multiple times");
    rules.push_back(std::move(rule));
  };
  for (const auto& range : objects(permission, "IpRanges")) {
    put(&Rule::cidr, read_cidr(text(range, "CidrIp")), range);
  }
  for (const auto& range : objects(permission, "Ipv6Ranges")) {
    const auto cidr = text(range, "CidrIpv6");
    if (!valid_cidr6(cidr)) throw invalid_value(fmt::format("CIDR block {} is malformed", cidr));
    put(&Rule::cidr6, cidr, range);
  }
  for (const auto& list : objects(permission, "PrefixListIds")) {
    auto id = required(list, "PrefixListId");
    check_prefix_list(estate, id);
    put(&Rule::prefix_list, std::move(id), list);
  }
  for (const auto& pair : objects(permission, "Groups")) {
    put(&Rule::group, read_peer(estate, group, pair), pair);
  }
  if (rules.size() == before) throw missing_parameter("cidrIp");
}

json::object range_of(std::string_view member, const std::string& value, const Rule& rule) {
  json::object range;
  range[member] = value;
  if (!rule.description.empty()) range["description"] = rule.description;
  return range;
}

void add_peer(const Estate& estate, const Rule& rule, json::object& permission) {
  const auto put = [&](std::string_view list, json::object range) {
    permission[list].get_array().push_back(std::move(range));
  };
  if (!rule.cidr.empty()) put("ipRanges", range_of("cidrIp", rule.cidr, rule));
  if (!rule.cidr6.empty()) put("ipv6Ranges", range_of("cidrIpv6", rule.cidr6, rule));
  if (!rule.prefix_list.empty()) {
    put("prefixListIds", range_of("prefixListId", rule.prefix_list, rule));
  }
  if (!rule.group.empty()) {
    auto pair = range_of("groupId", rule.group, rule);
    pair["userId"] = estate.context.account;
    put("groups", std::move(pair));
  }
}

}  // namespace

bool same_permission(const Rule& one, const Rule& other) {
  return one.egress == other.egress && one.protocol == other.protocol && one.from == other.from &&
         one.to == other.to && one.cidr == other.cidr && one.cidr6 == other.cidr6 &&
         one.prefix_list == other.prefix_list && one.group == other.group;
}

std::vector<Rule> read_rules(Estate& estate, const SecurityGroup& group, const json::object& input,
                             bool egress) {
  std::vector<Rule> rules;
  for (const auto& permission : objects(input, "IpPermissions")) {
    read_permission(estate, group, permission, egress, rules);
  }
  if (has(input, "IpProtocol")) {
    if (!rules.empty()) {
      throw Error("InvalidParameterCombination",
                  "The parameter 'ipProtocol' may not be used in combination with "
                  "'ipPermissions'.");
    }
    json::object flat{{"IpProtocol", text(input, "IpProtocol")}};
    for (const auto* port : {"FromPort", "ToPort"}) {
      if (has(input, port)) flat[port] = text(input, port);
    }
    json::array ranges;
    ranges.push_back(json::object{{"CidrIp", required(input, "CidrIp")}});
    flat["IpRanges"] = std::move(ranges);
    read_permission(estate, group, flat, egress, rules);
  }
  return rules;
}

std::string rule_text(const Rule& rule) {
  const auto peer = rule.cidr + rule.cidr6 + rule.prefix_list + rule.group;
  if (rule.protocol == "-1") return fmt::format("peer: {}, ALL, ALLOW", peer);
  auto protocol = rule.protocol;
  std::ranges::transform(protocol, protocol.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return fmt::format("peer: {}, {}, from port: {}, to port: {}, ALLOW", peer, protocol, rule.from,
                     rule.to);
}

json::array permission_set(const Estate& estate, const SecurityGroup& group, bool egress) {
  std::vector<std::pair<const Rule*, json::object>> entries;
  for (const auto& rule : group.rules) {
    if (rule.egress != egress) continue;
    auto entry = std::ranges::find_if(entries, [&](const auto& candidate) {
      const auto& other = *candidate.first;
      return other.protocol == rule.protocol && other.from == rule.from && other.to == rule.to;
    });
    if (entry == entries.end()) {
      json::object permission{{"ipProtocol", rule.protocol}};
      if (rule.protocol == "tcp" || rule.protocol == "udp" || rule.protocol.starts_with("icmp")) {
        permission["fromPort"] = rule.from;
        permission["toPort"] = rule.to;
      }
      for (const auto* list : {"groups", "ipRanges", "ipv6Ranges", "prefixListIds"}) {
        permission[list] = json::array();
      }
      entries.emplace_back(&rule, std::move(permission));
      entry = std::prev(entries.end());
    }
    add_peer(estate, rule, entry->second);
  }
  json::array set;
  for (auto& [rule, permission] : entries) set.push_back(std::move(permission));
  return set;
}

json::object rule_view(const Estate& estate, const SecurityGroup& group, const Rule& rule) {
  json::object view{{"securityGroupRuleId", rule.id},
                    {"securityGroupRuleArn", estate.arn("security-group-rule", rule.id)},
                    {"groupId", group.id},
                    {"groupOwnerId", estate.context.account},
                    {"isEgress", rule.egress},
                    {"ipProtocol", rule.protocol},
                    {"fromPort", rule.from},
                    {"toPort", rule.to}};
  if (!rule.cidr.empty()) view["cidrIpv4"] = rule.cidr;
  if (!rule.cidr6.empty()) view["cidrIpv6"] = rule.cidr6;
  if (!rule.prefix_list.empty()) view["prefixListId"] = rule.prefix_list;
  if (!rule.group.empty()) {
    view["referencedGroupInfo"] =
        json::object{{"groupId", rule.group}, {"userId", estate.context.account}};
  }
  if (!rule.description.empty()) view["description"] = rule.description;
  view["tagSet"] = tag_set(rule.tags);
  return view;
}

}  // namespace sim::ec2

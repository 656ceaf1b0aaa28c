// Network ACLs: the default one lets everything pass, any other nothing until it has entries.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
#include "sim/ec2/acl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/ec2/cidr.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"

namespace sim::ec2 {

// What no entry decides is denied; AWS shows that as entry 32767.
constexpr int last_entry = 32767;
constexpr int most_entries = 20;        // of one direction, the default quota
constexpr std::size_t most_acls = 200;  // of one VPC, the default quota

std::string create_acl(Estate& estate, const std::string& vpc, bool by_default, Tags tags) {
  NetworkAcl acl;
  estate.stamp(acl, kind::acl, std::move(tags));
  acl.vpc = vpc;
  acl.by_default = by_default;
  for (const bool egress : {true, false}) {
    if (!by_default) break;
    acl.entries.push_back(
        {.number = 100, .egress = egress, .allow = true, .protocol = "-1", .cidr = "0.0.0.0/0"});
  }
  const auto id = acl.id;
  estate.model.acls[id] = std::move(acl);
  return id;
}

bool acl_allows(const NetworkAcl& acl, bool egress, std::uint32_t ip, int port) {
  const AclEntry* first = nullptr;
  for (const auto& entry : acl.entries) {
    if (entry.egress != egress || (first && first->number < entry.number)) continue;
    const bool protocol = entry.protocol == "-1" || entry.protocol == "6";
    const bool in_range =
        entry.protocol == "-1" || entry.from < 0 || (entry.from <= port && port <= entry.to);
    const auto block = parse_cidr(entry.cidr);
    if (protocol && in_range && block && block->contains(ip)) first = &entry;
  }
  return first && first->allow;
}

namespace {

json::object entry_view(const AclEntry& entry) {
  json::object view{{"ruleNumber", entry.number},
                    {"protocol", entry.protocol},
                    {"ruleAction", entry.allow ? "allow" : "deny"},
                    {"egress", entry.egress}};
  const bool modern = entry.cidr.contains(':');
  view[modern ? "ipv6CidrBlock" : "cidrBlock"] = entry.cidr;
  if (entry.protocol == "6" || entry.protocol == "17") {
    view["portRange"] = json::object{{"from", entry.from}, {"to", entry.to}};
  }
  if (entry.protocol == "1" || entry.protocol == "58") {
    view["icmpTypeCode"] = json::object{{"type", entry.icmp_type}, {"code", entry.icmp_code}};
  }
  return view;
}

json::array entries_view(const NetworkAcl& acl) {
  auto entries = acl.entries;
  std::ranges::sort(entries, [](const AclEntry& a, const AclEntry& b) {
    return std::pair(!a.egress, a.number) < std::pair(!b.egress, b.number);
  });
  json::array views;
  for (const bool egress : {true, false}) {
    for (const auto& entry : entries) {
      if (entry.egress == egress) views.push_back(entry_view(entry));
    }
    views.push_back(entry_view(
        {.number = last_entry, .egress = egress, .protocol = "-1", .cidr = "0.0.0.0/0"}));
  }
  return views;
}

json::object view(const Estate& estate, const NetworkAcl& acl) {
  json::array associations;
  for (const auto& [id, subnet] : estate.model.subnets) {
    if (subnet.acl != acl.id) continue;
    associations.push_back(json::object{{"networkAclAssociationId", subnet.acl_association},
                                        {"networkAclId", acl.id},
                                        {"subnetId", id}});
  }
  json::object result{{"networkAclId", acl.id},
                      {"vpcId", acl.vpc},
                      {"ownerId", estate.context.account},
                      {"default", acl.by_default}};
  result["entrySet"] = entries_view(acl);
  result["associationSet"] = std::move(associations);
  result["tagSet"] = tag_set(acl.tags);
  return result;
}

template <std::string Subnet::* member>
Texts of_subnets(const Estate& estate, const NetworkAcl& acl) {
  Texts values;
  for (const auto& [id, subnet] : estate.model.subnets) {
    if (subnet.acl == acl.id) values.push_back(subnet.*member);
  }
  return values;
}

Texts subnet_ids(const Estate& estate, const NetworkAcl& acl) {
  Texts values;
  for (const auto& [id, subnet] : estate.model.subnets) {
    if (subnet.acl == acl.id) values.push_back(id);
  }
  return values;
}

template <std::string (*value)(const AclEntry&)>
Texts of_entries(const Estate&, const NetworkAcl& acl) {
  Texts values;
  for (const auto& entry : acl.entries) values.push_back(value(entry));
  return values;
}

std::string entry_number(const AclEntry& entry) {
  return std::to_string(entry.number);
}
std::string entry_cidr(const AclEntry& entry) {
  return entry.cidr;
}
std::string entry_protocol(const AclEntry& entry) {
  return entry.protocol;
}
std::string entry_egress(const AclEntry& entry) {
  return entry.egress ? "true" : "false";
}
std::string entry_action(const AclEntry& entry) {
  return entry.allow ? "allow" : "deny";
}

constexpr Field<NetworkAcl> fields[] = {
    {"network-acl-id", [](const Estate&, const NetworkAcl& acl) { return Texts{acl.id}; }},
    {"vpc-id", [](const Estate&, const NetworkAcl& acl) { return Texts{acl.vpc}; }},
    {"owner-id", [](const Estate& e, const NetworkAcl&) { return Texts{e.context.account}; }},
    {"default",
     [](const Estate&, const NetworkAcl& acl) { return Texts{acl.by_default ? "true" : "false"}; }},
    {"association.association-id", of_subnets<&Subnet::acl_association>},
    {"association.network-acl-id",
     [](const Estate&, const NetworkAcl& acl) { return Texts{acl.id}; }},
    {"association.subnet-id", subnet_ids},
    {"entry.cidr", of_entries<entry_cidr>},
    {"entry.protocol", of_entries<entry_protocol>},
    {"entry.egress", of_entries<entry_egress>},
    {"entry.rule-number", of_entries<entry_number>},
    {"entry.rule-action", of_entries<entry_action>},
};

json::object describe_acls(Estate& estate, const Call& call) {
  static const Description<NetworkAcl> description{
      "networkAclSet", "NetworkAclId", kind::acl, 1000, fields, view};
  return describe(estate, call, estate.model.acls, description);
}

json::object create(Estate& estate, const Call& call) {
  auto id = made_before(estate, call);
  if (id.empty()) {
    const auto& vpc = estate.vpc(required(call.input, "VpcId"));
    const auto held = std::ranges::count_if(
        estate.model.acls, [&](const auto& entry) { return entry.second.vpc == vpc.id; });
    if (static_cast<std::size_t>(held) >= most_acls) {
      throw Error("NetworkAclLimitExceeded",
                  "The maximum number of network ACLs per VPC has been "
                  "reached.");
    }
    id = create_acl(estate, vpc.id, false, tags_for(call, kind::acl.type));
    remember(estate, call, id);
  }
  json::object output;
  output["networkAcl"] = view(estate, estate.model.acls.at(id));
  return output;
}

json::object remove(Estate& estate, const Call& call) {
  const auto& acl = estate.acl(required(call.input, "NetworkAclId"));
  const std::string id = acl.id;
  if (acl.by_default) {
    throw invalid_value(fmt::format("cannot delete default network ACL {}", id));
  }
  const bool used = std::ranges::any_of(estate.model.subnets,
                                        [&](const auto& entry) { return entry.second.acl == id; });
  if (used) {
    throw dependency_violation(
        fmt::format("The networkAcl '{}' has dependencies and cannot be deleted.", id));
  }
  estate.model.acls.erase(id);
  return {{"return", true}};
}

int rule_number(const Call& call) {
  required(call.input, "RuleNumber");
  const auto number = *sim::ec2::number(call.input, "RuleNumber");
  if (number < 1 || number > 32766) {
    throw invalid_value(fmt::format(
        "Value ({}) for parameter ruleNumber is invalid. The rule number must be between 1 and "
        "32766.",
        number));
  }
  return number;
}

// Names are understood for the protocols that have ports or types here.
std::string read_protocol(const Call& call) {
  const auto name = required(call.input, "Protocol");
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"tcp", "6"}, {"udp", "17"}, {"icmp", "1"}, {"icmpv6", "58"}, {"all", "-1"}};
  for (const auto& [word, value] : names) {
    if (name == word) return std::string(value);
  }
  int value = -2;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
  if (error != std::errc() || end != name.data() + name.size() || value < -1 || value > 255) {
    throw invalid_value(fmt::format("Invalid value '{}' for IP protocol. Unknown protocol.", name));
  }
  return name;
}

void read_ports(const Call& call, AclEntry& entry) {
  if (entry.protocol == "6" || entry.protocol == "17") {
    const auto range = object(call.input, "PortRange");
    const auto from = number(range, "From");
    const auto to = number(range, "To");
    if (!from || !to) throw missing_parameter("portRange");
    if (*from < 0 || *to > 65535 || *from > *to) {
      throw invalid_value(fmt::format("Invalid TCP/UDP port range ({}:{})", *from, *to));
    }
    entry.from = *from;
    entry.to = *to;
  }
  if (entry.protocol == "1" || entry.protocol == "58") {
    const auto icmp = object(call.input, "Icmp");
    if (!has(icmp, "Type") || !has(icmp, "Code")) throw missing_parameter("icmpTypeCode");
    entry.icmp_type = *number(icmp, "Type");
    entry.icmp_code = *number(icmp, "Code");
  }
}

AclEntry read_entry(const Call& call) {
  AclEntry entry;
  entry.number = rule_number(call);
  required(call.input, "Egress");
  entry.egress = flag(call.input, "Egress", false);
  const auto action = required(call.input, "RuleAction");
  if (action != "allow" && action != "deny") {
    throw invalid_value(fmt::format("Value ({}) for parameter ruleAction is invalid.", action));
  }
  entry.allow = action == "allow";
  entry.protocol = read_protocol(call);
  read_ports(call, entry);
  const auto cidr = text(call.input, "CidrBlock");
  const auto cidr6 = text(call.input, "Ipv6CidrBlock");
  if (cidr.empty() == cidr6.empty()) throw missing_parameter("cidrBlock");
  const auto block = parse_cidr(cidr);
  if (cidr6.empty() ? !block : !valid_cidr6(cidr6)) {
    throw invalid_value(fmt::format(
        "Value ({}) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
        cidr + cidr6));
  }
  entry.cidr = cidr6.empty() ? cidr_text(*block) : cidr6;
  return entry;
}

auto find_entry(NetworkAcl& acl, int number, bool egress) {
  return std::ranges::find_if(acl.entries, [&](const AclEntry& entry) {
    return entry.number == number && entry.egress == egress;
  });
}

Error unknown_entry(const NetworkAcl& acl, int number) {
  return {"InvalidNetworkAclEntry.NotFound",
          fmt::format("no network acl entry identified by {} in network ACL {}", number, acl.id)};
}

json::object create_entry(Estate& estate, const Call& call) {
  auto& acl = estate.acl(required(call.input, "NetworkAclId"));
  auto entry = read_entry(call);
  if (find_entry(acl, entry.number, entry.egress) != acl.entries.end()) {
    throw Error(
        "NetworkAclEntryAlreadyExists",
        fmt::format("The network acl entry identified by {} already exists.", entry.number));
  }
  if (std::ranges::count(acl.entries, entry.egress, &AclEntry::egress) >= most_entries) {
    throw Error("NetworkAclEntryLimitExceeded",
                "The maximum number of network ACL entries has been reached.");
  }
  acl.entries.push_back(std::move(entry));
  return {{"return", true}};
}

json::object replace_entry(Estate& estate, const Call& call) {
  auto& acl = estate.acl(required(call.input, "NetworkAclId"));
  auto entry = read_entry(call);
  const auto found = find_entry(acl, entry.number, entry.egress);
  if (found == acl.entries.end()) throw unknown_entry(acl, entry.number);
  *found = std::move(entry);
  return {{"return", true}};
}

json::object remove_entry(Estate& estate, const Call& call) {
  auto& acl = estate.acl(required(call.input, "NetworkAclId"));
  const auto number = rule_number(call);
  required(call.input, "Egress");
  const auto found = find_entry(acl, number, flag(call.input, "Egress", false));
  if (found == acl.entries.end()) throw unknown_entry(acl, number);
  acl.entries.erase(found);
  return {{"return", true}};
}

json::object replace_association(Estate& estate, const Call& call) {
  const auto id = required(call.input, "AssociationId");
  const auto& acl = estate.acl(required(call.input, "NetworkAclId"));
  for (auto& [subnet_id, subnet] : estate.model.subnets) {
    if (subnet.acl_association != id) continue;
    if (subnet.vpc != acl.vpc) {
      throw invalid_value(fmt::format("Network ACL {} and subnet {} belong to different networks",
                                      acl.id, subnet_id));
    }
    subnet.acl = acl.id;
    subnet.acl_association = estate.new_id("aclassoc-");
    return {{"newAssociationId", subnet.acl_association}};
  }
  throw Error("InvalidAssociationID.NotFound",
              fmt::format("The association ID '{}' does not exist", id));
}

std::vector<Access> on_acl(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "NetworkAclId"));
}

std::vector<Access> on_association(const Estate& estate, const Call& call) {
  Gate gate(estate, call);
  gate.on(text(call.input, "NetworkAclId"));
  for (const auto& [id, subnet] : estate.model.subnets) {
    if (subnet.acl_association == text(call.input, "AssociationId")) gate.on(id);
  }
  return gate;
}

}  // namespace

void add_acl_operations(Estate& estate, Table& table) {
  constexpr std::string_view entry =
      "NetworkAclId RuleNumber Egress RuleAction Protocol CidrBlock Ipv6CidrBlock PortRange Icmp";
  add(estate, table,
      {{"CreateNetworkAcl", "VpcId TagSpecification ClientToken", create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh(kind::acl.type).on(text(call.input, "VpcId"));
        }},
       {"DeleteNetworkAcl", "NetworkAclId", remove, on_acl},
       {"DescribeNetworkAcls", "NetworkAclId Filter MaxResults NextToken", describe_acls},
       {"CreateNetworkAclEntry", entry, create_entry, on_acl},
       {"ReplaceNetworkAclEntry", entry, replace_entry, on_acl},
       {"DeleteNetworkAclEntry", "NetworkAclId RuleNumber Egress", remove_entry, on_acl},
       {"ReplaceNetworkAclAssociation", "AssociationId NetworkAclId", replace_association,
        on_association}});
}

}  // namespace sim::ec2

// Subnets.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
#include "sim/ec2/cidr.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/vpc_cidr.hpp"
#include "sim/ec2/zones.hpp"

namespace sim::ec2 {
namespace {

constexpr std::ptrdiff_t quota = 200;  // subnets of one VPC, the default quota

std::string zone_id(const Estate& estate, const std::string& name) {
  const auto zone = find_zone(estate.context.region, name);
  return zone ? zone->id : std::string();
}

json::array modern_blocks(const Estate& estate, const Subnet& subnet) {
  json::array blocks;
  if (subnet.block6.id.empty()) return blocks;
  auto block = cidr_association_view(estate, subnet.block6, "associated");
  block.erase("networkBorderGroup");
  block.erase("ipv6Pool");
  blocks.push_back(std::move(block));
  return blocks;
}

json::object view(const Estate& estate, const Subnet& subnet) {
  return {{"subnetId", subnet.id},
          {"subnetArn", estate.arn(kind::subnet, subnet.id)},
          {"state", "available"},
          {"vpcId", subnet.vpc},
          {"ownerId", estate.context.account},
          {"cidrBlock", subnet.cidr},
          {"availabilityZone", subnet.zone},
          {"availabilityZoneId", zone_id(estate, subnet.zone)},
          {"availableIpAddressCount", estate.free_addresses(subnet)},
          {"defaultForAz", false},
          {"mapPublicIpOnLaunch", subnet.map_public_ip},
          {"assignIpv6AddressOnCreation", subnet.assign_ipv6},
          {"ipv6CidrBlockAssociationSet", modern_blocks(estate, subnet)},
          {"tagSet", tag_set(subnet.tags)}};
}

constexpr Field<Subnet> fields[] = {
    {"subnet-id", [](const Estate&, const Subnet& subnet) { return Texts{subnet.id}; }},
    {"vpc-id", [](const Estate&, const Subnet& subnet) { return Texts{subnet.vpc}; }},
    {"cidr-block", [](const Estate&, const Subnet& subnet) { return Texts{subnet.cidr}; }},
    {"availability-zone", [](const Estate&, const Subnet& subnet) { return Texts{subnet.zone}; }},
    {"state", [](const Estate&, const Subnet&) { return Texts{"available"}; }},
    {"owner-id", [](const Estate& estate, const Subnet&) { return Texts{estate.context.account}; }},
    {"default-for-az", [](const Estate&, const Subnet&) { return Texts{"false"}; }},
    {"availability-zone-id",
     [](const Estate& estate, const Subnet& subnet) {
       return Texts{zone_id(estate, subnet.zone)};
     }},
    {"available-ip-address-count",
     [](const Estate& estate, const Subnet& subnet) {
       return Texts{std::to_string(estate.free_addresses(subnet))};
     }},
    {"subnet-arn", [](const Estate& estate,
                      const Subnet& subnet) { return Texts{estate.arn(kind::subnet, subnet.id)}; }},
    {"ipv6-cidr-block-association.ipv6-cidr-block",
     [](const Estate&, const Subnet& subnet) {
       return subnet.block6.id.empty() ? Texts{} : Texts{subnet.block6.cidr};
     }},
    {"map-public-ip-on-launch",
     [](const Estate&, const Subnet& subnet) {
       return Texts{subnet.map_public_ip ? "true" : "false"};
     }},
};

// The zone asked for by name or by id; any when none is.
std::string chosen_zone(Estate& estate, const Call& call) {
  const auto all = zones(estate.context.region);
  const auto name = text(call.input, "AvailabilityZone");
  const auto id = text(call.input, "AvailabilityZoneId");
  if (name.empty() && id.empty()) {
    return all[static_cast<std::size_t>(
                   estate.fate().integer(0, static_cast<std::int64_t>(all.size()) - 1))]
        .name;
  }
  std::vector<std::string> names;
  for (const auto& zone : all) {
    if (zone.name == name || zone.id == id) return zone.name;
    names.push_back(zone.name);
  }
  throw invalid_value(
      fmt::format("Value ({}) for parameter availabilityZone is invalid. Subnets can currently "
                  "only be created in the following availability zones: {}.",
                  name.empty() ? id : name, fmt::join(names, ", ")));
}

bool inside(const Vpc& vpc, const Cidr& cidr) {
  return std::ranges::any_of(blocks_of(vpc),
                             [&](const Cidr& block) { return block.contains(cidr); });
}

// [I] The texts; the codes are those of IPv4.
CidrAssociation modern_block(Estate& estate, const Vpc& vpc, const std::string& asked) {
  const auto block = parse_cidr6(asked);
  const bool inside = std::ranges::any_of(vpc.more_cidrs, [&](const CidrAssociation& one) {
    const auto outer = parse_cidr6(one.cidr);
    return block && outer && outer->contains(*block);
  });
  // Subnets have a /64, or one of the sizes from /44 on that AWS came to allow.
  if (!inside || block->bits > 64 || block->bits % 4 != 0) {
    throw Error("InvalidSubnet.Range", fmt::format("The CIDR '{}' is invalid.", asked));
  }
  for (const auto& [id, other] : estate.model.subnets) {
    const auto taken = parse_cidr6(other.block6.cidr);
    if (taken && (taken->contains(*block) || block->contains(*taken))) {
      throw Error("InvalidSubnet.Conflict",
                  fmt::format("The CIDR '{}' conflicts with another subnet", asked));
    }
  }
  return {estate.new_id("subnet-cidr-assoc-"), cidr6_text(*block)};
}

json::object create(Estate& estate, const Call& call) {
  const auto& vpc = estate.vpc(required(call.input, "VpcId"));
  const auto text_of_cidr = required(call.input, "CidrBlock");
  const auto cidr = parse_cidr(text_of_cidr);
  if (!cidr) {
    throw invalid_value(
        fmt::format("Value ({}) for parameter cidrBlock is invalid. This is not a valid CIDR "
                    "block.",
                    text_of_cidr));
  }
  if (cidr->bits < 16 || cidr->bits > 28 || !inside(vpc, *cidr)) {
    throw Error("InvalidSubnet.Range", fmt::format("The CIDR '{}' is invalid.", text_of_cidr));
  }
  for (const auto& [id, other] : estate.model.subnets) {
    if (other.vpc == vpc.id && parse_cidr(other.cidr)->overlaps(*cidr)) {
      throw Error("InvalidSubnet.Conflict",
                  fmt::format("The CIDR '{}' conflicts with another subnet", text_of_cidr));
    }
  }
  auto tags = tags_for(call, "subnet");
  const auto held = std::ranges::count_if(
      estate.model.subnets, [&](const auto& entry) { return entry.second.vpc == vpc.id; });
  if (held >= quota) {
    throw Error("SubnetLimitExceeded", "The maximum number of subnets has been reached.");
  }
  Subnet subnet;
  estate.stamp(subnet, kind::subnet, std::move(tags));
  subnet.vpc = vpc.id;
  subnet.cidr = cidr_text(*cidr);
  subnet.zone = chosen_zone(estate, call);
  subnet.acl = vpc.default_acl;
  subnet.acl_association = estate.new_id("aclassoc-");
  if (const auto asked = text(call.input, "Ipv6CidrBlock"); !asked.empty()) {
    subnet.block6 = modern_block(estate, vpc, asked);
  }
  const auto output = view(estate, subnet);
  estate.model.subnets[subnet.id] = std::move(subnet);
  return {{"subnet", output}};
}

json::object remove(Estate& estate, const Call& call) {
  const std::string id = estate.subnet(required(call.input, "SubnetId")).id;
  const bool used = std::ranges::any_of(
      estate.model.interfaces, [&](const auto& entry) { return entry.second.subnet == id; });
  if (used) {
    throw dependency_violation(
        fmt::format("The subnet '{}' has dependencies and cannot be deleted.", id));
  }
  for (auto& [table_id, table] : estate.model.route_tables) {
    std::erase_if(table.associations, [&](const auto& one) { return one.subnet == id; });
  }
  estate.model.subnets.erase(id);
  return {{"return", true}};
}

json::object describe_subnets(Estate& estate, const Call& call) {
  return describe<Subnet>(estate, call, estate.model.subnets,
                          {"subnetSet", "SubnetId", kind::subnet, 1000, fields, view});
}

json::object modify_attribute(Estate& estate, const Call& call) {
  auto& subnet = estate.subnet(required(call.input, "SubnetId"));
  const auto map = attribute(call.input, "MapPublicIpOnLaunch");
  const auto assign = attribute(call.input, "AssignIpv6AddressOnCreation");
  if (!map && !assign) throw missing_parameter("mapPublicIpOnLaunch");
  if (map && assign) {
    throw Error("InvalidParameterCombination", "Only one subnet attribute can be modified at once");
  }
  if (assign && *assign && subnet.block6.id.empty()) {
    throw invalid_value(fmt::format("The subnet {} has no IPv6 CIDR block", subnet.id));
  }
  if (map) subnet.map_public_ip = *map;
  if (assign) subnet.assign_ipv6 = *assign;
  return {{"return", true}};
}

std::vector<Access> on_subnet(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "SubnetId"));
}

}  // namespace

void add_subnet_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateSubnet",
        "VpcId CidrBlock Ipv6CidrBlock AvailabilityZone AvailabilityZoneId TagSpecification",
        create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh("subnet").on(text(call.input, "VpcId"));
        }},
       {"DeleteSubnet", "SubnetId", remove, on_subnet},
       {"DescribeSubnets", "SubnetId Filter MaxResults NextToken", describe_subnets},
       {"ModifySubnetAttribute", "SubnetId MapPublicIpOnLaunch AssignIpv6AddressOnCreation",
        modify_attribute, on_subnet}});
}

}  // namespace sim::ec2

// NAT gateways: slow to come, slow to go, and holding their addresses until after they are gone.
// All that will happen to one is drawn when the call is made; settle.cpp lets it happen.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
#include "sim/ec2/nat_gateway.hpp"

#include <set>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"

namespace sim::ec2 {

std::string take_private_ip(Estate& estate, const Subnet& subnet, const std::string& wanted) {
  const auto& interface = estate.create_interface(subnet, {}, wanted, {});
  const std::string id = interface.id;
  std::string ip = interface.private_ip;
  estate.remove_interface(id);
  return ip;
}

void fail(NatGateway& gateway, const Error& why) {
  if (!gateway.failure_code.empty()) return;
  gateway.failure_code = why.code;
  gateway.failure_message = why.what();
}

namespace {

struct Wish {
  bool regional = false;
  std::string vpc;
  std::optional<Subnet> subnet = {};
  std::string connectivity;
  std::string allocation;
  Texts secondary = {};
  Texts private_ips = {};  // of the secondary addresses; empty: any
  int private_count = 0;   // how many secondary ones a private gateway has
  std::vector<ZoneAddresses> zones = {};
};

std::string one_of(const Call& call, std::string_view parameter, const std::string& standard,
                   const std::string& other) {
  auto value = text(call.input, parameter);
  if (value.empty()) return standard;
  if (value != standard && value != other) {
    std::string name(parameter);
    name.front() = static_cast<char>(name.front() - 'A' + 'a');
    throw invalid_value(fmt::format("Value ({}) for parameter {} is invalid.", value, name));
  }
  return value;
}

void refuse(const Call& call, const std::vector<std::string_view>& parameters,
            std::string_view kind) {
  for (const auto parameter : parameters) {
    if (!has(call.input, parameter)) continue;
    throw Error("InvalidParameterCombination",
                fmt::format("{} cannot be specified for a {} NAT gateway.", parameter, kind));
  }
}

// CreateNatGateway has a code of its own for addresses that it does not know (yet).
// https://github.com/hashicorp/terraform-provider-aws/issues/27087
void check_allocation(const Estate& estate, const std::string& id) {
  if (estate.find(estate.model.addresses, id)) return;
  throw Error("InvalidElasticIpID.NotFound",
              fmt::format("The elasticIp ID '{}' does not exist", id));
}

void check_count(const Estate& estate, std::size_t addresses) {
  if (addresses <= static_cast<std::size_t>(estate.knobs.nat_addresses)) return;
  throw Error("AddressLimitExceeded",
              fmt::format("A NAT gateway holds at most {} addresses", estate.knobs.nat_addresses));
}

std::set<std::string> zones_of(const Estate& estate, const NatGateway& gateway) {
  std::set<std::string> zones;
  const auto place = estate.model.subnets.find(gateway.subnet);
  if (place != estate.model.subnets.end()) zones.insert(place->second.zone);
  if (!gateway.regional) return zones;
  for (const auto& address : gateway.addresses) zones.insert(address.zone);
  return zones;
}

// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html: gateways that
// are pending, available or deleting count, zone by zone.
void check_quota(const Estate& estate, const std::string& zone) {
  int held = 0;
  for (const auto& [id, gateway] : estate.model.nat_gateways) {
    const auto state = nat_state(gateway, estate.now());
    const bool counts = state != "deleted" && state != "failed";
    if (counts && zones_of(estate, gateway).contains(zone)) ++held;
  }
  if (held < estate.knobs.nat_gateways_per_zone) return;
  throw Error("NatGatewayLimitExceeded",
              fmt::format("Performing this operation would exceed the limit of {} NAT gateways",
                          estate.knobs.nat_gateways_per_zone));
}

Wish read_regional(Estate& estate, const Call& call) {
  refuse(call,
         {"SubnetId", "AllocationId", "SecondaryAllocationId", "PrivateIpAddress",
          "SecondaryPrivateIpAddress", "SecondaryPrivateIpAddressCount"},
         "regional");
  Wish wish;
  wish.regional = true;
  wish.vpc = estate.vpc(required(call.input, "VpcId")).id;
  wish.connectivity = one_of(call, "ConnectivityType", "public", "private");
  if (wish.connectivity == "private") refuse(call, {"ConnectivityType"}, "regional");
  wish.zones = read_zone_addresses(estate, call);
  std::set<std::string> seen;
  for (const auto& [zone, allocations] : wish.zones) {
    check_count(estate, allocations.size());
    check_quota(estate, zone);
    for (const auto& id : allocations) {
      check_allocation(estate, id);
      if (seen.insert(id).second) continue;
      throw invalid_value(fmt::format("The allocation ID '{}' is specified more than once.", id));
    }
  }
  if (wish.zones.empty()) {
    for (const auto& [zone, since] : zones_with_subnets(estate, wish.vpc)) {
      check_quota(estate, zone);
    }
  }
  return wish;
}

// Secondary private addresses: as many as a private gateway asks for, or one to each secondary
// Elastic IP of a public one.
void read_private_addresses(Estate& estate, const Call& call, Wish& wish) {
  wish.private_ips = texts(call.input, "SecondaryPrivateIpAddress");
  const auto count = number(call.input, "SecondaryPrivateIpAddressCount");
  if (count) {
    if (wish.connectivity == "public") {
      refuse(call, {"SecondaryPrivateIpAddressCount"}, "public");
    }
    if (!wish.private_ips.empty()) {
      throw Error("InvalidParameterCombination",
                  "You can specify either SecondaryPrivateIpAddresses or "
                  "SecondaryPrivateIpAddressCount, but not both.");
    }
  }
  wish.private_count = check_private_count(estate, count, wish.private_ips.size(), 0);
  if (wish.connectivity == "public" && !wish.private_ips.empty() &&
      wish.private_ips.size() != wish.secondary.size()) {
    throw Error("InvalidParameterCombination",
                "The number of SecondaryPrivateIpAddresses must be that of "
                "SecondaryAllocationIds.");
  }
  check_private_ips(estate, *wish.subnet, wish.private_ips);
}

Wish read_zonal(Estate& estate, const Call& call) {
  refuse(call, {"VpcId", "AvailabilityZoneAddress"}, "zonal");
  Wish wish;
  wish.subnet = estate.subnet(required(call.input, "SubnetId"));
  wish.connectivity = one_of(call, "ConnectivityType", "public", "private");
  wish.allocation = text(call.input, "AllocationId");
  wish.secondary = texts(call.input, "SecondaryAllocationId");
  wish.vpc = wish.subnet->vpc;
  if (wish.connectivity == "public") {
    if (wish.allocation.empty()) throw missing_parameter("AllocationId");
    check_allocation(estate, wish.allocation);
  } else {
    refuse(call, {"AllocationId", "SecondaryAllocationId"}, "private");
  }
  for (const auto& id : wish.secondary) check_allocation(estate, id);
  check_count(estate, wish.secondary.size() + 1);
  read_private_addresses(estate, call, wish);
  check_quota(estate, wish.subnet->zone);
  return wish;
}

Wish read_wish(Estate& estate, const Call& call) {
  const bool regional = one_of(call, "AvailabilityMode", "zonal", "regional") == "regional";
  return regional ? read_regional(estate, call) : read_zonal(estate, call);
}

// Made at the call, so that what the caller asks for is checked; there from `takes` on.
void prepare_interface(Estate& estate, const Subnet& subnet, const std::string& private_ip,
                       NatGateway& gateway) {
  auto& interface = estate.create_interface(subnet, {}, private_ip, {});
  interface.groups.clear();
  interface.type = "nat_gateway";
  interface.description = "Interface for NAT Gateway " + gateway.id;
  manage_interface(estate, interface, "nat");
  gateway.coming = interface;
  estate.remove_interface(gateway.coming->id);
}

// What is wrong from the start shows when the gateway settles, not at the call.
void equip(Estate& estate, const Call& call, const Wish& wish, NatGateway& gateway) {
  const bool internal = estate.chance(estate.knobs.nat_internal_error_chance);
  const auto secondary = std::max(wish.secondary.size(), std::size_t(wish.private_count));
  if (wish.subnet && estate.free_addresses(*wish.subnet) <= secondary) {
    fail(gateway, {"InsufficientFreeAddressesInSubnet",
                   "Subnet has insufficient free addresses to create this NAT gateway"});
  } else if (wish.subnet) {
    prepare_interface(estate, *wish.subnet, text(call.input, "PrivateIpAddress"), gateway);
  }
  if (!internal) return;
  fail(gateway, {"InternalError",
                 fmt::format("Network interface {}, created and used internally by this NAT "
                             "gateway is in an invalid state. Please try again.",
                             gateway.coming ? gateway.coming->id : estate.new_id("eni-"))});
}

// Of a zonal gateway: the primary address, then the secondary ones.
void list_addresses(Estate& estate, const Wish& wish, NatGateway& gateway) {
  const bool placed = gateway.coming.has_value();
  const auto private_ip = [&](std::size_t i) {
    if (!placed) return std::string();
    const auto wanted = i < wish.private_ips.size() ? wish.private_ips[i] : std::string();
    return take_private_ip(estate, *wish.subnet, wanted);
  };
  gateway.addresses.push_back({.allocation = wish.allocation,
                               .private_ip = placed ? gateway.coming->private_ip : "",
                               .primary = true});
  for (std::size_t i = 0; i < wish.secondary.size(); ++i) {
    gateway.addresses.push_back({.allocation = wish.secondary[i], .private_ip = private_ip(i)});
  }
  if (wish.connectivity == "public" || !placed) return;
  for (int i = 0; i < wish.private_count; ++i) {
    gateway.addresses.push_back({.private_ip = private_ip(std::size_t(i))});
  }
}

json::object create(Estate& estate, const Call& call) {
  const auto answer = [&](const NatGateway& gateway) {
    json::object output{{"natGateway", nat_gateway_view(estate, gateway)}};
    if (has(call.input, "ClientToken")) output["clientToken"] = text(call.input, "ClientToken");
    return output;
  };
  if (const auto before = made_before(estate, call); !before.empty()) {
    return answer(estate.nat_gateway(before));
  }
  const auto wish = read_wish(estate, call);
  NatGateway made;
  estate.stamp(made, kind::nat_gateway, tags_for(call, "natgateway"));
  equip(estate, call, wish, made);
  // Among the others before it takes more addresses, so that none is given twice.
  auto& gateway = estate.model.nat_gateways[made.id] = made;
  gateway.vpc = wish.vpc;
  if (wish.subnet) gateway.subnet = wish.subnet->id;
  gateway.connectivity = wish.connectivity;
  gateway.checked = estate.now() + estate.draw(estate.knobs.nat_attachment_check);
  gateway.settled = estate.now() + estate.draw(estate.knobs.nat_create);
  // A stream of its own: nothing else in a seed moves.
  auto fate =
      estate.context.random(fmt::format("ec2.nat-creation.{}", ++estate.model.nat_creations));
  gateway.takes = std::min(
      {estate.now() + draw(fate, estate.knobs.nat_take), gateway.checked, gateway.settled});
  if (wish.regional) {
    make_regional(estate, wish.zones, gateway);
  } else {
    list_addresses(estate, wish, gateway);
  }
  remember(estate, call, gateway.id);
  return answer(gateway);
}

std::vector<Access> create_access(const Estate& estate, const Call& call) {
  Gate gate(estate, call);
  gate.fresh("natgateway")
      .on(text(call.input, "SubnetId"))
      .on(text(call.input, "VpcId"))
      .on(text(call.input, "AllocationId"))
      .on_all(texts(call.input, "SecondaryAllocationId"));
  for (const auto& one : objects(call.input, "AvailabilityZoneAddress")) {
    gate.on_all(texts(one, "AllocationId"));
  }
  return gate;
}

}  // namespace

void add_nat_gateway_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateNatGateway",
        "AvailabilityMode VpcId AvailabilityZoneAddress SubnetId AllocationId "
        "SecondaryAllocationId ConnectivityType PrivateIpAddress SecondaryPrivateIpAddress "
        "SecondaryPrivateIpAddressCount ClientToken TagSpecification",
        create, create_access},
       {"DeleteNatGateway", "NatGatewayId", delete_nat_gateway,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).on(text(call.input, "NatGatewayId"));
        }},
       {"DescribeNatGateways", "NatGatewayId Filter MaxResults NextToken", describe_nat_gateways}});
}

}  // namespace sim::ec2

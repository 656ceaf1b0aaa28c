// Regional NAT gateways: of a VPC instead of a subnet, with an Elastic IP or more in each zone and
// a route table of their own. In automatic mode AWS brings the addresses and follows the VPC's
// subnets; in manual mode the user names zones and addresses.
// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
#include <algorithm>
#include <set>

#include "sim/ec2/input.hpp"
#include "sim/ec2/nat_gateway.hpp"
#include "sim/ec2/vpc_cidr.hpp"
#include "sim/ec2/zones.hpp"

namespace sim::ec2 {
namespace {

// An address that AWS allocates, owns and will release.
std::string bring_address(Estate& estate, const NatGateway& gateway) {
  Address address;
  estate.stamp(address, kind::address, {});
  address.ip = estate.new_public_ip();
  address.service_managed = "rnat";
  address.held_by = gateway.id;
  const auto id = address.id;
  estate.model.addresses[id] = std::move(address);
  return id;
}

std::set<std::string> zones_of(const NatGateway& gateway) {
  std::set<std::string> zones;
  for (const auto& address : gateway.addresses) zones.insert(address.zone);
  return zones;
}

}  // namespace

std::string named_zone(const Estate& estate, const json::object& input) {
  const auto name = text(input, "AvailabilityZone");
  const auto id = text(input, "AvailabilityZoneId");
  if (!name.empty() && !id.empty()) {
    throw Error("InvalidParameterCombination",
                "You can specify either AvailabilityZone or AvailabilityZoneId, but not both.");
  }
  if (name.empty() && id.empty()) throw missing_parameter("AvailabilityZone");
  const auto zone = find_zone(estate.context.region, name.empty() ? id : name);
  if (zone && (name.empty() ? zone->id == id : zone->name == name)) return zone->name;
  throw invalid_value(fmt::format("Value ({}) for parameter availabilityZone{} is invalid.",
                                  name.empty() ? id : name, name.empty() ? "Id" : ""));
}

std::vector<ZoneAddresses> read_zone_addresses(const Estate& estate, const Call& call) {
  std::vector<ZoneAddresses> all;
  std::set<std::string> seen;
  for (const auto& one : objects(call.input, "AvailabilityZoneAddress")) {
    ZoneAddresses entry{named_zone(estate, one), texts(one, "AllocationId")};
    if (entry.allocations.empty()) throw missing_parameter("AllocationId");
    if (!seen.insert(entry.zone).second) {
      throw invalid_value(
          fmt::format("The Availability Zone {} is specified more than once.", entry.zone));
    }
    all.push_back(std::move(entry));
  }
  return all;
}

std::map<std::string, Instant> zones_with_subnets(const Estate& estate, const std::string& vpc) {
  std::map<std::string, Instant> zones;
  for (const auto& [id, subnet] : estate.model.subnets) {
    if (subnet.vpc != vpc) continue;
    const auto [found, fresh] = zones.emplace(subnet.zone, subnet.created);
    if (!fresh) found->second = std::min(found->second, subnet.created);
  }
  return zones;
}

void make_regional(Estate& estate, const std::vector<ZoneAddresses>& zones, NatGateway& gateway) {
  gateway.regional = true;
  gateway.automatic = zones.empty();
  RouteTable table;
  estate.stamp(table, kind::route_table, {});
  table.vpc = gateway.vpc;
  table.nat_gateway = gateway.id;
  table.routes = local_routes(estate.model.vpcs.at(gateway.vpc));
  gateway.route_table = table.id;
  estate.model.route_tables[table.id] = std::move(table);
  for (const auto& [zone, allocations] : zones) {
    for (const auto& allocation : allocations) {
      gateway.addresses.push_back({.allocation = allocation, .zone = zone});
    }
  }
  if (!gateway.automatic) return;
  for (const auto& [zone, since] : zones_with_subnets(estate, gateway.vpc)) {
    gateway.addresses.push_back({.allocation = bring_address(estate, gateway), .zone = zone});
  }
}

void Estate::follow_zones(NatGateway& gateway, Instant moment) {
  const auto wanted = zones_with_subnets(*this, gateway.vpc);
  const auto covered = zones_of(gateway);
  std::erase_if(gateway.zone_changes, [&](const auto& change) {
    return wanted.contains(change.first) == covered.contains(change.first);
  });
  for (const auto& [name, id] : zones(context.region)) {
    const auto found = wanted.find(name);
    const bool comes = found != wanted.end();
    if (comes == covered.contains(name)) continue;
    const auto [change, fresh] = gateway.zone_changes.try_emplace(name);
    if (fresh) {
      const auto since = comes ? std::max(found->second, gateway.settled) : moment;
      change->second = since + draw(knobs.nat_zone_change);
    }
    if (change->second > moment) continue;
    gateway.zone_changes.erase(change);
    if (comes) {
      gateway.addresses.push_back(
          {.allocation = bring_address(*this, gateway), .zone = name, .maps_at = moment});
    }
    for (auto& address : gateway.addresses) {
      if (!comes && address.zone == name) address.unmaps_at = moment;
    }
  }
}

}  // namespace sim::ec2

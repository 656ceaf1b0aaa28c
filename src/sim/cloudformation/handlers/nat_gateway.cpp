// NAT gateways, zonal and regional, and the addresses that an update gives and takes.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <map>
#include <set>

#include "sim/cloudformation/handlers/ec2_parts.hpp"

namespace sim::cloudformation {

namespace {

using Names = std::set<std::string>;

Task<json::value> look(Work& work) {
  const auto found =
      co_await work.call("ec2", "DescribeNatGateways", ids_of("NatGatewayId", work.id));
  const auto* gateway = find(found, "natGatewaySet.0");
  co_return gateway == nullptr ? json::value(json::object()) : *gateway;
}

Failure unsettled(const Work& work) {
  return Failure(fmt::format("NatGateway {} did not stabilize.", work.id));
}

// Creation ----------------------------------------------------------------------------------------

json::array zone_addresses(const json::object& properties) {
  json::array zones;
  const auto* list = properties.if_contains("AvailabilityZoneAddresses");
  if (list == nullptr || !list->is_array()) return zones;
  for (const auto& one : list->as_array()) {
    json::object zone;
    for (const auto* name : {"AvailabilityZone", "AvailabilityZoneId"}) {
      if (const auto value = at(one, name); !value.empty()) zone[name] = value;
    }
    const auto* allocations = find(one, "AllocationIds");
    zone["AllocationId"] = allocations == nullptr ? json::array() : as_texts(*allocations);
    zones.push_back(std::move(zone));
  }
  return zones;
}

Task<void> settled(Work& work) {
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  while (true) {
    co_await work.pause(work.knobs.poll);
    std::optional<json::value> gateway;
    try {
      gateway = co_await look(work);
    } catch (const Error& error) {
      if (!is_gone(error)) throw;  // not visible everywhere yet
    }
    const std::string state = gateway ? at(*gateway, "state") : "pending";
    if (state == "available") {
      work.attributes["NatGatewayId"] = work.id;
      // [I] Empty for gateways of one zone.
      for (const auto& [name, member] : {std::pair{"AutoProvisionZones", "autoProvisionZones"},
                                         std::pair{"AutoScalingIps", "autoScalingIps"},
                                         std::pair{"RouteTableId", "routeTableId"}}) {
        work.attributes[name] = at(*gateway, member);
      }
      work.attributes["EniId"] = at(*gateway, "natGatewayAddressSet.0.networkInterfaceId");
      co_return;
    }
    if (state != "pending") {
      throw Failure(
          fmt::format("NatGateway {} is in state {} and hence failed to stabilize. Detailed "
                      "failure message: {}",
                      work.id, state, gateway ? at(*gateway, "failureMessage") : ""));
    }
    if (work.context.now() >= limit) throw unsettled(work);
  }
}

Task<void> create(Work& work) {
  json::object input =
      pick(work, {"AllocationId", "AvailabilityMode", "ConnectivityType", "PrivateIpAddress",
                  "SecondaryPrivateIpAddressCount", "SubnetId", "VpcId"});
  const std::pair<const char*, json::array> lists[] = {
      {"SecondaryAllocationId", work.texts("SecondaryAllocationIds")},
      {"SecondaryPrivateIpAddress", work.texts("SecondaryPrivateIpAddresses")},
      {"AvailabilityZoneAddress", zone_addresses(work.properties)}};
  for (const auto& [parameter, list] : lists) {
    if (!list.empty()) input[parameter] = list;
  }
  input["ClientToken"] = work.token;
  co_await create_tagged(work, "CreateNatGateway", std::move(input), "natgateway",
                         "natGateway.natGatewayId");
  co_await settled(work);
}

// Updates -----------------------------------------------------------------------------------------

// No address is on its way any more.
Task<void> addresses_settled(Work& work) {
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  while (true) {
    co_await work.pause(work.knobs.poll);
    const auto gateway = co_await look(work);
    bool moving = false;
    if (const auto* list = find(gateway, "natGatewayAddressSet")) {
      for (const auto& address : list->as_array()) {
        moving = moving || at(address, "status") != "succeeded";
      }
    }
    if (!moving) co_return;
    if (work.context.now() >= limit) throw unsettled(work);
  }
}

Names names_in(const json::object& properties, const std::string& property) {
  Names names;
  const auto* list = properties.if_contains(property);
  if (list == nullptr || !list->is_array()) return names;
  for (const auto& one : as_texts(*list).as_array()) names.insert(std::string(one.as_string()));
  return names;
}

json::array missing_from(const Names& wanted, const Names& held) {
  json::array names;
  for (const auto& one : wanted) {
    if (!held.contains(one)) names.emplace_back(one);
  }
  return names;
}

json::object call_with(const Work& work, std::string_view parameter, json::array values) {
  json::object input{{"NatGatewayId", work.id}};
  input[parameter] = std::move(values);
  return input;
}

void add_drain(const Work& work, json::object& input) {
  if (work.has("MaxDrainDurationSeconds")) {
    input["MaxDrainDurationSeconds"] = work.text("MaxDrainDurationSeconds");
  }
}

// First what leaves, since its place may be needed.
Task<void> disassociate(Work& work, json::array allocations) {
  if (allocations.empty()) co_return;
  const auto gateway = co_await look(work);
  json::array associations;
  if (const auto* list = find(gateway, "natGatewayAddressSet")) {
    for (const auto& address : list->as_array()) {
      const bool leaves = std::ranges::any_of(allocations, [&](const json::value& one) {
        return one.as_string() == at(address, "allocationId");
      });
      if (leaves) associations.emplace_back(at(address, "associationId"));
    }
  }
  if (associations.empty()) co_return;
  auto input = call_with(work, "AssociationId", std::move(associations));
  add_drain(work, input);
  co_await work.call("ec2", "DisassociateNatGatewayAddress", std::move(input));
  co_await addresses_settled(work);
}

Task<void> associate(Work& work, json::array allocations, json::object where) {
  if (allocations.empty()) co_return;
  auto input = call_with(work, "AllocationId", std::move(allocations));
  for (auto& [name, value] : where) input[name] = std::move(value);
  co_await work.call("ec2", "AssociateNatGatewayAddress", std::move(input));
  co_await addresses_settled(work);
}

Task<void> update_secondary(Work& work) {
  const auto held = names_in(work.old_properties, "SecondaryAllocationIds");
  const auto wanted = names_in(work.properties, "SecondaryAllocationIds");
  co_await disassociate(work, missing_from(held, wanted));
  co_await associate(work, missing_from(wanted, held), {});
}

Task<void> update_private(Work& work) {
  const auto held = names_in(work.old_properties, "SecondaryPrivateIpAddresses");
  const auto wanted = names_in(work.properties, "SecondaryPrivateIpAddresses");
  if (auto gone = missing_from(held, wanted); !gone.empty()) {
    auto input = call_with(work, "PrivateIpAddress", std::move(gone));
    add_drain(work, input);
    co_await work.call("ec2", "UnassignPrivateNatGatewayAddress", std::move(input));
    co_await addresses_settled(work);
  }
  if (auto fresh = missing_from(wanted, held); !fresh.empty()) {
    co_await work.call("ec2", "AssignPrivateNatGatewayAddress",
                       call_with(work, "PrivateIpAddress", std::move(fresh)));
    co_await addresses_settled(work);
  }
}

// By zone, as the template names it.
std::map<std::string, Names> by_zone(const json::object& properties) {
  std::map<std::string, Names> zones;
  for (const auto& one : zone_addresses(properties)) {
    auto& names = zones[at(one, "AvailabilityZone") + at(one, "AvailabilityZoneId")];
    for (const auto& id : one.at("AllocationId").as_array()) {
      names.insert(std::string(id.as_string()));
    }
  }
  return zones;
}

Task<void> update_zones(Work& work) {
  auto held = by_zone(work.old_properties);
  auto wanted = by_zone(work.properties);
  if (held.empty() != wanted.empty()) {
    throw Failure(
        "The embedded CloudFormation does not switch a regional NAT gateway between its "
        "automatic and its manual mode.");
  }
  json::array leaving;
  for (const auto& [zone, names] : held) {
    for (auto& one : missing_from(names, wanted[zone])) leaving.push_back(std::move(one));
  }
  co_await disassociate(work, std::move(leaving));
  for (const auto& one : zone_addresses(work.properties)) {
    json::object where = one.as_object();
    where.erase("AllocationId");
    const auto zone = at(one, "AvailabilityZone") + at(one, "AvailabilityZoneId");
    co_await associate(work, missing_from(wanted[zone], held[zone]), std::move(where));
  }
}

Task<void> update(Work& work) {
  if (work.changed("SecondaryPrivateIpAddressCount")) {
    throw Failure(
        "The embedded CloudFormation does not change SecondaryPrivateIpAddressCount of a NAT "
        "gateway.");
  }
  if (work.changed("SecondaryAllocationIds")) co_await update_secondary(work);
  if (work.changed("SecondaryPrivateIpAddresses")) co_await update_private(work);
  if (work.changed("AvailabilityZoneAddresses")) co_await update_zones(work);
  co_await update_ec2_tags(work);
}

// Deletion ----------------------------------------------------------------------------------------

Task<void> remove(Work& work) {
  co_await work.call("ec2", "DeleteNatGateway", {{"NatGatewayId", work.id}});
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  while (true) {
    const auto gateway = co_await look(work);
    const std::string state = at(gateway, "state");
    if (state == "deleted" || state.empty()) co_return;
    if (work.context.now() >= limit) throw unsettled(work);
    co_await work.pause(work.knobs.poll);
  }
}

}  // namespace

void add_nat_gateway(Handlers& table) {
  table["AWS::EC2::NatGateway"] = {
      .schema = {{"AllocationId", "AvailabilityMode", "AvailabilityZoneAddresses",
                  "ConnectivityType", "MaxDrainDurationSeconds", "PrivateIpAddress",
                  "SecondaryAllocationIds", "SecondaryPrivateIpAddressCount",
                  "SecondaryPrivateIpAddresses", "SubnetId", "Tags", "VpcId"},
                 {},
                 {"AutoProvisionZones", "AutoScalingIps", "EniId", "NatGatewayId", "RouteTableId"}},
      .create_only = {"AllocationId", "AvailabilityMode", "ConnectivityType", "PrivateIpAddress",
                      "SubnetId", "VpcId"},
      .create = create,
      .update = update,
      .remove = remove};
}

}  // namespace sim::cloudformation

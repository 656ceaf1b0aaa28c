// NAT gateways: slow to come, slow to go, and holding their addresses until after they are gone.
// All that will happen to one is drawn when the call is made; settle.cpp lets it happen.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
#include "sim/ec2/nat_gateway.hpp"

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"

namespace sim::ec2 {

std::string free_private_ip(Estate& estate, const NatGateway& gateway) {
  const auto& interface = estate.create_interface(estate.subnet(gateway.subnet), {}, "", {});
  const std::string id = interface.id;
  std::string ip = interface.private_ip;
  estate.remove_interface(id);
  return ip;
}

std::string nat_address_status(const NatGateway& gateway, const NatAddress& address, Instant now) {
  if (!address.failure.empty()) return "failed";
  if (address.unmaps_at) return "disassociating";
  if (address.maps_at) return "associating";
  if (!address.mapped && nat_state(gateway, now) == "pending") return "associating";
  return "succeeded";
}

json::object nat_address_view(const NatGateway& gateway, const NatAddress& address, Instant now) {
  json::object shown;
  if (!address.allocation.empty()) shown["allocationId"] = address.allocation;
  if (!address.association.empty()) shown["associationId"] = address.association;
  shown["networkInterfaceId"] = gateway.interface;
  shown["privateIp"] = address.private_ip;
  if (!address.public_ip.empty()) shown["publicIp"] = address.public_ip;
  shown["isPrimary"] = address.primary;
  if (!address.failure.empty()) shown["failureMessage"] = address.failure;
  shown["status"] = nat_address_status(gateway, address, now);
  return shown;
}

namespace {

json::object view(const Estate& estate, const NatGateway& gateway) {
  const auto now = estate.now();
  const auto state = shown_nat_state(gateway, now);
  json::array addresses;
  for (const auto& address : gateway.addresses) {
    addresses.push_back(nat_address_view(gateway, address, now));
  }
  json::object shown{{"natGatewayId", gateway.id},
                     {"state", state},
                     {"vpcId", gateway.vpc},
                     {"subnetId", gateway.subnet},
                     {"connectivityType", gateway.connectivity},
                     {"availabilityMode", "zonal"},
                     {"createTime", base::iso8601(gateway.created)},
                     {"natGatewayAddressSet", std::move(addresses)},
                     {"tagSet", tag_set(gateway.tags)}};
  if (state == "failed") {
    shown["failureCode"] = gateway.failure_code;
    shown["failureMessage"] = gateway.failure_message;
    shown["deleteTime"] = base::iso8601(gateway.settled);
  }
  if (state == "deleting" || state == "deleted") {
    shown["deleteTime"] = base::iso8601(*gateway.delete_called);
  }
  return shown;
}

constexpr Field<NatGateway> fields[] = {
    {"nat-gateway-id", [](const Estate&, const NatGateway& gateway) { return Texts{gateway.id}; }},
    {"state",
     [](const Estate& estate, const NatGateway& gateway) {
       return Texts{shown_nat_state(gateway, estate.now())};
     }},
    {"subnet-id", [](const Estate&, const NatGateway& gateway) { return Texts{gateway.subnet}; }},
    {"vpc-id", [](const Estate&, const NatGateway& gateway) { return Texts{gateway.vpc}; }},
};

Error already_associated(const Address& address) {
  return {"Resource.AlreadyAssociated",
          fmt::format("Elastic IP address [{}] is already associated", address.id)};
}

// The gateway that an earlier call with this token made.
const NatGateway* made_before(const Estate& estate, const Call& call, const std::string& token) {
  if (token.empty()) return nullptr;
  for (const auto& [id, gateway] : estate.model.nat_gateways) {
    if (gateway.client_token != token) continue;
    if (gateway.request != json::serialize(call.input)) {
      throw Error("IdempotentParameterMismatch",
                  "The client token you have provided is associated with a resource created with "
                  "different parameters.");
    }
    return &gateway;
  }
  return nullptr;
}

void give_interface(Estate& estate, const Subnet& subnet, const std::string& private_ip,
                    NatGateway& gateway) {
  auto& interface = estate.create_interface(subnet, {}, private_ip, {});
  interface.groups.clear();
  interface.type = "nat_gateway";
  interface.description = "Interface for NAT Gateway " + gateway.id;
  interface.requester_managed = true;
  interface.requester_id = "amazon-aws";
  interface.owner_service = "nat";
  interface.attachment = estate.new_id("ela-attach-");
  interface.attachment_owner = "amazon-aws";
  gateway.interface = interface.id;
}

// Adds the address; one that is taken makes the gateway fail later, not the call.
void give_address(Estate& estate, const std::string& allocation, bool primary,
                  NatGateway& gateway) {
  auto& address = estate.address(allocation);
  NatAddress entry{.allocation = allocation,
                   .private_ip = primary ? estate.interface(gateway.interface).private_ip
                                         : free_private_ip(estate, gateway),
                   .primary = primary};
  if (!address.held_by.empty() || !address.association.empty()) {
    const auto refusal = already_associated(address);
    gateway.failure_code = refusal.code;
    gateway.failure_message = refusal.what();
    entry.failure = refusal.what();
  } else {
    address.held_by = gateway.id;
  }
  gateway.addresses.push_back(std::move(entry));
}

// The addresses that a gateway bound to fail did get are free again once it has failed.
void let_go_when_failed(Estate& estate, const NatGateway& gateway) {
  for (const auto& entry : gateway.addresses) {
    auto& address = estate.address(entry.allocation);
    if (address.held_by == gateway.id) address.held_until = gateway.settled;
  }
}

json::object create(Estate& estate, const Call& call) {
  const auto token = text(call.input, "ClientToken");
  if (const auto* before = made_before(estate, call, token)) {
    return {{"clientToken", token}, {"natGateway", view(estate, *before)}};
  }
  const auto& subnet = estate.subnet(required(call.input, "SubnetId"));
  const auto connectivity =
      has(call.input, "ConnectivityType") ? text(call.input, "ConnectivityType") : "public";
  const auto allocation = text(call.input, "AllocationId");
  const auto secondary = texts(call.input, "SecondaryAllocationId");
  if (connectivity != "public" && connectivity != "private") {
    throw invalid_value(
        fmt::format("Value ({}) for parameter connectivityType is invalid.", connectivity));
  }
  if (connectivity == "public" && allocation.empty()) throw missing_parameter("AllocationId");
  if (connectivity == "private" && (!allocation.empty() || !secondary.empty())) {
    throw Error("InvalidParameterCombination",
                "AllocationId cannot be specified for a private NAT gateway.");
  }
  if (!allocation.empty()) estate.address(allocation);
  for (const auto& id : secondary) estate.address(id);
  auto tags = tags_for(call, "natgateway");
  if (estate.free_addresses(subnet) <= secondary.size()) {
    throw Error("InsufficientFreeAddressesInSubnet",
                fmt::format("Subnet {} has not enough free addresses", subnet.id));
  }

  NatGateway made;
  estate.stamp(made, kind::nat_gateway, std::move(tags));
  give_interface(estate, subnet, text(call.input, "PrivateIpAddress"), made);
  // Among the others before it takes more addresses, so that none is given twice.
  auto& gateway = estate.model.nat_gateways[made.id] = made;
  gateway.vpc = subnet.vpc;
  gateway.subnet = subnet.id;
  gateway.connectivity = connectivity;
  gateway.client_token = token;
  gateway.request = json::serialize(call.input);
  gateway.checked = estate.now() + estate.draw(estate.knobs.nat_attachment_check);
  gateway.settled = estate.now() + estate.draw(estate.knobs.nat_create);
  if (connectivity == "private") {
    gateway.addresses.push_back(
        {.private_ip = estate.interface(gateway.interface).private_ip, .primary = true});
  } else {
    give_address(estate, allocation, true, gateway);
    for (const auto& id : secondary) give_address(estate, id, false, gateway);
  }
  if (!gateway.failure_code.empty()) let_go_when_failed(estate, gateway);
  return {{"clientToken", token}, {"natGateway", view(estate, gateway)}};
}

// How long this deletion will take. Every draw is made, so that one rare case does not shift the
// chance of everything after it.
Duration deletion_time(base::Random& fate, const Knobs& knobs, bool failed) {
  const auto usual = draw(fate, knobs.nat_delete);
  const auto tail = draw(fate, knobs.nat_delete_tail);
  const auto quick = draw(fate, knobs.nat_delete_failed);
  const bool slow = fate.chance(knobs.nat_delete_tail_chance);
  const bool stuck = fate.chance(knobs.nat_stuck_chance);
  if (failed) return quick;
  if (stuck) return base::from_seconds(knobs.nat_stuck);
  return slow ? tail : usual;
}

void schedule_end(Estate& estate, NatGateway& gateway) {
  const auto& knobs = estate.knobs;
  const auto now = estate.now();
  const bool failed = nat_state(gateway, now) == "failed";
  // Each deletion has its own chance: a seed's first gateway takes its time, whatever else happens
  // before it and beside it.
  auto fate =
      estate.context.random(fmt::format("ec2.nat-deletion.{}", ++estate.model.nat_deletions));
  gateway.deleted = now + deletion_time(fate, knobs, failed);
  gateway.delete_called = now;
  gateway.delete_shown = std::min(*gateway.deleted, now + draw(fate, knobs.nat_describe_lag));
  gateway.unmapped = std::max(now, *gateway.deleted + draw(fate, knobs.unmapped_around_deleted));
  const auto lag = draw(fate, knobs.release_lag);
  const bool lags = fate.chance(knobs.release_lag_chance);
  gateway.releasable =
      std::max(*gateway.unmapped, *gateway.deleted + (lags ? lag : Duration::zero()));
  const auto race = draw(fate, knobs.interface_race);
  const bool races = fate.chance(knobs.interface_race_chance);
  const bool vanishes = fate.chance(knobs.address_vanishes_chance);
  for (auto& entry : gateway.addresses) {
    const auto found = estate.model.addresses.find(entry.allocation);
    if (found == estate.model.addresses.end() || found->second.held_by != gateway.id) continue;
    auto& address = found->second;
    address.held_until = gateway.releasable;
    if (races) {
      address.race_from = gateway.releasable;
      address.race_until = *gateway.releasable + race;
      address.race_interface = gateway.interface;
    }
    if (vanishes) address.vanishes = gateway.releasable;
  }
}

json::object remove(Estate& estate, const Call& call) {
  auto& gateway = estate.nat_gateway(required(call.input, "NatGatewayId"));
  // Again on one that is deleting or deleted: no error, no change, while it is visible.
  if (!gateway.delete_called) schedule_end(estate, gateway);
  return {{"natGatewayId", gateway.id}};
}

json::object describe_gateways(Estate& estate, const Call& call) {
  return describe<NatGateway>(
      estate, call, estate.model.nat_gateways,
      {"natGatewaySet", "NatGatewayId", kind::nat_gateway, 1000, fields, view});
}

}  // namespace

void add_nat_gateway_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateNatGateway",
        "SubnetId AllocationId SecondaryAllocationId ConnectivityType PrivateIpAddress ClientToken "
        "TagSpecification",
        create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call)
              .fresh("natgateway")
              .on(text(call.input, "SubnetId"))
              .on(text(call.input, "AllocationId"))
              .on_all(texts(call.input, "SecondaryAllocationId"));
        }},
       {"DeleteNatGateway", "NatGatewayId", remove,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).on(text(call.input, "NatGatewayId"));
        }},
       {"DescribeNatGateways", "NatGatewayId Filter MaxResults NextToken", describe_gateways}});
}

}  // namespace sim::ec2

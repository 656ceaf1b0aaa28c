// NAT gateways: slow to come, slow to go, and holding their addresses until after they are gone.
// All that will happen to one is drawn when the call is made; settle.cpp lets it happen.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
#include "sim/ec2/nat_gateway.hpp"

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"

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
  if (!gateway.interface.empty()) {
    shown["networkInterfaceId"] = gateway.interface;
    shown["privateIp"] = address.private_ip;
  }
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

// The first thing that goes wrong is the one that is told.
void fail(NatGateway& gateway, const Error& why) {
  if (!gateway.failure_code.empty()) return;
  gateway.failure_code = why.code;
  gateway.failure_message = why.what();
}

// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html: gateways that
// are pending, available or deleting count, zone by zone.
void check_quota(const Estate& estate, const Subnet& subnet) {
  int held = 0;
  for (const auto& [id, gateway] : estate.model.nat_gateways) {
    const auto state = nat_state(gateway, estate.now());
    const auto place = estate.model.subnets.find(gateway.subnet);
    const bool there = place != estate.model.subnets.end() && place->second.zone == subnet.zone;
    if (there && state != "deleted" && state != "failed") ++held;
  }
  if (held < estate.knobs.nat_gateways_per_zone) return;
  throw Error("NatGatewayLimitExceeded",
              fmt::format("Performing this operation would exceed the limit of {} NAT gateways",
                          estate.knobs.nat_gateways_per_zone));
}

// CreateNatGateway has a code of its own for addresses that it does not know (yet).
// https://github.com/hashicorp/terraform-provider-aws/issues/27087
void check_allocation(const Estate& estate, const std::string& id) {
  if (estate.find(estate.model.addresses, id)) return;
  throw Error("InvalidElasticIpID.NotFound",
              fmt::format("The elasticIp ID '{}' does not exist", id));
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
  NatAddress entry{.allocation = allocation, .primary = primary};
  if (!gateway.interface.empty()) {
    entry.private_ip = primary ? estate.model.interfaces.at(gateway.interface).private_ip
                               : free_private_ip(estate, gateway);
  }
  if (!address.held_by.empty() || !address.association.empty()) {
    const auto refusal = already_associated(address);
    fail(gateway, refusal);
    entry.failure = refusal.what();
  } else {
    address.held_by = gateway.id;
  }
  gateway.addresses.push_back(std::move(entry));
}

// The addresses that a gateway bound to fail did get are free again once it has failed.
void let_go_when_failed(Estate& estate, const NatGateway& gateway) {
  for (const auto& entry : gateway.addresses) {
    if (entry.allocation.empty()) continue;
    auto& address = estate.address(entry.allocation);
    if (address.held_by == gateway.id) address.held_until = gateway.settled;
  }
}

struct Wish {
  Subnet subnet;
  std::string connectivity;
  std::string allocation;
  Texts secondary;
};

Wish read_wish(Estate& estate, const Call& call) {
  Wish wish{estate.subnet(required(call.input, "SubnetId")), text(call.input, "ConnectivityType"),
            text(call.input, "AllocationId"), texts(call.input, "SecondaryAllocationId")};
  if (wish.connectivity.empty()) wish.connectivity = "public";
  if (wish.connectivity != "public" && wish.connectivity != "private") {
    throw invalid_value(
        fmt::format("Value ({}) for parameter connectivityType is invalid.", wish.connectivity));
  }
  const bool is_public = wish.connectivity == "public";
  if (is_public && wish.allocation.empty()) throw missing_parameter("AllocationId");
  if (!is_public && (!wish.allocation.empty() || !wish.secondary.empty())) {
    throw Error("InvalidParameterCombination",
                "AllocationId cannot be specified for a private NAT gateway.");
  }
  if (is_public) check_allocation(estate, wish.allocation);
  for (const auto& id : wish.secondary) check_allocation(estate, id);
  if (wish.secondary.size() + 1 > static_cast<std::size_t>(estate.knobs.nat_addresses)) {
    throw Error("AddressLimitExceeded", fmt::format("A NAT gateway holds at most {} addresses",
                                                    estate.knobs.nat_addresses));
  }
  check_quota(estate, wish.subnet);
  return wish;
}

// What is wrong from the start shows when the gateway settles, not at the call.
void equip(Estate& estate, const Call& call, const Wish& wish, NatGateway& gateway) {
  const bool internal = estate.chance(estate.knobs.nat_internal_error_chance);
  if (internal) {
    fail(gateway, {"InternalError", "Network interface could not be created, please try again"});
  }
  if (estate.free_addresses(wish.subnet) <= wish.secondary.size()) {
    fail(gateway, {"InsufficientFreeAddressesInSubnet",
                   fmt::format("Subnet {} has insufficient free addresses to create this NAT "
                               "gateway",
                               wish.subnet.id)});
  } else if (!internal) {
    give_interface(estate, wish.subnet, text(call.input, "PrivateIpAddress"), gateway);
  }
}

json::object create(Estate& estate, const Call& call) {
  const auto token = text(call.input, "ClientToken");
  if (const auto before = made_before(estate, call); !before.empty()) {
    return {{"clientToken", token}, {"natGateway", view(estate, estate.nat_gateway(before))}};
  }
  const auto wish = read_wish(estate, call);
  NatGateway made;
  estate.stamp(made, kind::nat_gateway, tags_for(call, "natgateway"));
  equip(estate, call, wish, made);
  // Among the others before it takes more addresses, so that none is given twice.
  auto& gateway = estate.model.nat_gateways[made.id] = made;
  gateway.vpc = wish.subnet.vpc;
  gateway.subnet = wish.subnet.id;
  gateway.connectivity = wish.connectivity;
  gateway.checked = estate.now() + estate.draw(estate.knobs.nat_attachment_check);
  gateway.settled = estate.now() + estate.draw(estate.knobs.nat_create);
  if (wish.connectivity == "private") {
    NatAddress address{.primary = true};
    if (!gateway.interface.empty()) {
      address.private_ip = estate.model.interfaces.at(gateway.interface).private_ip;
    }
    gateway.addresses.push_back(std::move(address));
  } else {
    give_address(estate, wish.allocation, true, gateway);
    for (const auto& id : wish.secondary) give_address(estate, id, false, gateway);
  }
  if (!gateway.failure_code.empty()) let_go_when_failed(estate, gateway);
  remember(estate, call, gateway.id);
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

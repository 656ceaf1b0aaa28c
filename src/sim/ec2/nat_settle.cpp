// What time does to NAT gateways: they take their subnet and addresses, become available or fail,
// unmap, and go.
#include <algorithm>
#include <utility>

#include "sim/ec2/nat_gateway.hpp"

namespace sim::ec2 {
namespace {

// A gateway takes its subnet and its addresses some time after the call: what is gone by then, or
// another's, makes it fail. The wordings are those of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
void hold(Estate& estate, NatGateway& gateway, NatAddress& entry) {
  const auto found = estate.model.addresses.find(entry.allocation);
  Error refusal("InvalidAllocationID.NotFound",
                fmt::format("Elastic IP address {} could not be associated with this NAT gateway",
                            entry.allocation));
  if (found != estate.model.addresses.end()) {
    auto& address = found->second;
    if (address.held_by == gateway.id) return;  // AWS brought it for this gateway
    if (address.held_by.empty() && address.association.empty()) {
      address.held_by = gateway.id;
      return;
    }
    // As published failures spell it.
    // https://github.com/hashicorp/terraform-provider-aws/issues/709
    refusal = {"Resource.AlreadyAssociated",
               fmt::format("Elastic IP address [{}] is already associated", address.id)};
  }
  entry.failure = refusal.what();
  fail(gateway, refusal);
}

// The addresses that a gateway bound to fail did get are free again once it has failed.
void let_go_when_failed(Estate& estate, const NatGateway& gateway) {
  for (const auto& entry : gateway.addresses) {
    const auto found = estate.model.addresses.find(entry.allocation);
    if (found == estate.model.addresses.end()) continue;
    if (found->second.held_by == gateway.id) found->second.held_until = gateway.settled;
  }
}

void take(Estate& estate, NatGateway& gateway) {
  gateway.take_done = true;
  if (!gateway.regional && !estate.model.subnets.contains(gateway.subnet)) {
    fail(gateway, {"InvalidSubnetID.NotFound",
                   fmt::format("The specified subnet {} does not exist or could not be found.",
                               gateway.subnet)});
    gateway.coming.reset();
  }
  if (gateway.coming) {
    auto interface = *std::exchange(gateway.coming, std::nullopt);
    interface.visible += gateway.takes - interface.created;
    interface.created = gateway.takes;
    gateway.interface = interface.id;
    estate.model.interfaces[gateway.interface] = std::move(interface);
  }
  for (auto& entry : gateway.addresses) {
    if (!entry.allocation.empty()) hold(estate, gateway, entry);
  }
  if (!gateway.failure_code.empty()) let_go_when_failed(estate, gateway);
}

void map_address(Estate& estate, NatGateway& gateway, NatAddress& entry) {
  auto* address = estate.find(estate.model.addresses, entry.allocation);
  if (!address) return;
  address->association = estate.new_id("eipassoc-");
  address->interface = gateway.interface;
  address->private_ip = entry.private_ip;
  entry.public_ip = address->ip;
  entry.association = address->association;
  entry.mapped = true;
}

void unmap_address(Estate& estate, const NatGateway& gateway, NatAddress& entry) {
  const auto found = estate.model.addresses.find(entry.allocation);
  if (found == estate.model.addresses.end()) return;
  auto& address = found->second;
  if (address.held_by != gateway.id) return;
  address.association.clear();
  address.interface.clear();
  address.private_ip.clear();
  entry.mapped = false;
}

// AWS looks for the internet gateway some time after the call: then the addresses are mapped, or
// the gateway is bound to fail with Gateway.NotAttached.
void check(Estate& estate, NatGateway& gateway) {
  gateway.check_done = true;
  if (gateway.connectivity == "private" || !gateway.failure_code.empty()) return;
  if (!estate.attached_gateway(gateway.vpc)) {
    gateway.failure_code = "Gateway.NotAttached";
    gateway.failure_message = "Network " + gateway.vpc + " has no Internet gateway attached";
    let_go_when_failed(estate, gateway);
    return;
  }
  for (auto& entry : gateway.addresses) map_address(estate, gateway, entry);
  if (!gateway.regional) return;
  auto& routes = estate.model.route_tables.at(gateway.route_table).routes;
  routes.push_back({"0.0.0.0/0", estate.attached_gateway(gateway.vpc)->id, "CreateRoute"});
}

void move_secondary_addresses(Estate& estate, NatGateway& gateway, Instant now) {
  for (auto& entry : gateway.addresses) {
    if (entry.maps_at && *entry.maps_at <= now) {
      entry.maps_at.reset();
      map_address(estate, gateway, entry);
    }
  }
  std::erase_if(gateway.addresses, [&](NatAddress& entry) {
    if (!entry.unmaps_at || *entry.unmaps_at > now) return false;
    unmap_address(estate, gateway, entry);
    const auto found = estate.model.addresses.find(entry.allocation);
    if (found != estate.model.addresses.end()) found->second.held_until = *entry.unmaps_at;
    return true;
  });
}

}  // namespace

void Estate::settle_nat_gateways(Instant moment) {
  // One after the other: what one gateway lets go of, another may take.
  while (true) {
    NatGateway* next = nullptr;
    for (auto& [id, gateway] : model.nat_gateways) {
      if (gateway.take_done || gateway.delete_called || gateway.takes > moment) continue;
      if (!next || gateway.takes < next->takes) next = &gateway;
    }
    if (!next) break;
    age_nat_gateways(next->takes);
    free_nat_addresses(next->takes);
    take(*this, *next);
  }
  age_nat_gateways(moment);
  free_nat_addresses(moment);
}

void Estate::age_nat_gateways(Instant moment) {
  const auto visible = base::from_seconds(knobs.nat_visible);
  for (auto it = model.nat_gateways.begin(); it != model.nat_gateways.end();) {
    auto& gateway = it->second;
    if (gateway.take_done && !gateway.check_done && !gateway.delete_called &&
        gateway.checked <= moment) {
      check(*this, gateway);
    }
    const bool failed =
        !gateway.failure_code.empty() && gateway.settled <= moment && !gateway.delete_called;
    if (gateway.automatic && nat_state(gateway, moment) == "available") {
      follow_zones(gateway, moment);
    }
    move_secondary_addresses(*this, gateway, moment);
    if (!gateway.unmap_done && ((gateway.unmapped && *gateway.unmapped <= moment) || failed)) {
      gateway.unmap_done = true;
      for (auto& entry : gateway.addresses) unmap_address(*this, gateway, entry);
    }
    // Its interface goes with its last mapping, which may outlive "deleted" by a moment.
    const bool gone = gateway.deleted && std::max(*gateway.deleted, *gateway.unmapped) <= moment;
    if (!gateway.delete_done && (gone || failed)) {
      gateway.delete_done = true;
      if (!gateway.interface.empty()) remove_interface(gateway.interface);
      model.route_tables.erase(gateway.route_table);
    }
    const auto end = gateway.deleted ? *gateway.deleted : gateway.settled;
    const bool over = (gateway.deleted || failed) && end + visible <= moment;
    it = over ? model.nat_gateways.erase(it) : std::next(it);
  }
}

void Estate::free_nat_addresses(Instant moment) {
  // Addresses that nobody holds any more.
  for (auto it = model.addresses.begin(); it != model.addresses.end();) {
    auto& address = it->second;
    if (address.held_until && *address.held_until <= moment) {
      // AWS's own goes with the gateway that it was allocated for.
      if (!address.service_managed.empty()) address.vanishes = address.held_until;
      address.held_by.clear();
      address.held_until.reset();
    }
    if (address.race_until && *address.race_until <= moment) {
      address.race_from.reset();
      address.race_until.reset();
    }
    const bool vanished = address.vanishes && *address.vanishes <= moment;
    it = vanished ? model.addresses.erase(it) : std::next(it);
  }
}

}  // namespace sim::ec2

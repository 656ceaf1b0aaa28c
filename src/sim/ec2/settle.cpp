// What happens by itself as time passes: gateways that become available or fail, addresses that are
// unmapped, interfaces and records that go. And the states that follow from the stored instants.
#include <algorithm>

#include "sim/ec2/estate.hpp"

namespace sim::ec2 {
namespace {

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
    for (auto& entry : gateway.addresses) {
      const auto found = estate.model.addresses.find(entry.allocation);
      if (found != estate.model.addresses.end() && found->second.held_by == gateway.id) {
        found->second.held_until = gateway.settled;
      }
    }
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

void detach(NetworkInterface& interface) {
  interface.instance.clear();
  interface.attachment.clear();
  interface.attachment_owner.clear();
  interface.auto_public_ip.clear();
  interface.leaves.reset();
  interface.device = 0;
}

// A terminated instance takes with it what is to be deleted on its termination; the rest is free.
void leave_instance(Estate& estate, const std::string& instance, Instant when) {
  std::vector<std::string> gone;
  for (auto& [id, interface] : estate.model.interfaces) {
    if (interface.instance != instance) continue;
    if (interface.delete_on_termination) {
      gone.push_back(id);
    } else {
      detach(interface);
    }
  }
  for (const auto& id : gone) estate.remove_interface(id);
  for (auto& [id, volume] : estate.model.volumes) {
    if (volume.instance != instance) continue;
    volume.leaves = when;
    if (volume.delete_on_termination) volume.deleted = when;
  }
}

}  // namespace

void Estate::settle() {
  const auto moment = now();
  settle_nat_gateways(moment);
  settle_endpoints(moment);
  settle_instances(moment);
  settle_attachments(moment);
  settle_volumes(moment);
  settle_peerings(moment);
  settle_ways_in(moment);
}

void Estate::settle_nat_gateways(Instant moment) {
  const auto visible = base::from_seconds(knobs.nat_visible);
  for (auto it = model.nat_gateways.begin(); it != model.nat_gateways.end();) {
    auto& gateway = it->second;
    if (!gateway.check_done && !gateway.delete_called && gateway.checked <= moment) {
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
      if (!gateway.regional) remove_interface(gateway.interface);
      model.route_tables.erase(gateway.route_table);
    }
    const auto end = gateway.deleted ? *gateway.deleted : gateway.settled;
    const bool over = (gateway.deleted || failed) && end + visible <= moment;
    it = over ? model.nat_gateways.erase(it) : std::next(it);
  }
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

void Estate::settle_endpoints(Instant moment) {
  for (auto it = model.endpoints.begin(); it != model.endpoints.end();) {
    if (!it->second.deleted || *it->second.deleted > moment) {
      ++it;
      continue;
    }
    for (const auto& id : it->second.interfaces) remove_interface(id);
    it = model.endpoints.erase(it);
  }
}

void Estate::settle_instances(Instant moment) {
  const auto visible = base::from_seconds(knobs.instance_visible);
  for (auto it = model.instances.begin(); it != model.instances.end();) {
    auto& instance = it->second;
    if (instance.stopped && *instance.stopped <= moment && !instance.stop_done) {
      instance.stop_done = true;
      for (auto& [id, interface] : model.interfaces) {
        if (interface.instance == instance.id) interface.auto_public_ip.clear();
      }
    }
    if (instance.terminated && *instance.terminated <= moment && !instance.terminate_done) {
      instance.terminate_done = true;
      leave_instance(*this, instance.id, *instance.terminated);
    }
    const bool over = instance.terminated && *instance.terminated + visible <= moment;
    it = over ? model.instances.erase(it) : std::next(it);
  }
}

void Estate::settle_attachments(Instant moment) {
  for (auto& [id, interface] : model.interfaces) {
    if (interface.leaves && *interface.leaves <= moment) detach(interface);
  }
}

void Estate::settle_volumes(Instant moment) {
  for (auto it = model.volumes.begin(); it != model.volumes.end();) {
    auto& volume = it->second;
    if (volume.leaves && *volume.leaves <= moment) {
      volume.instance.clear();
      volume.device.clear();
      volume.leaves.reset();
    }
    const bool over = volume.deleted && *volume.deleted <= moment;
    it = over ? model.volumes.erase(it) : std::next(it);
  }
  std::erase_if(model.released,
                [&](const auto& entry) { return entry.second.forgotten <= moment; });
}

void Estate::settle_peerings(Instant moment) {
  const auto visible = base::from_seconds(knobs.peering_visible);
  std::erase_if(model.peerings, [&](const auto& entry) {
    const auto& peering = entry.second;
    auto end = peering.deleted ? peering.deleted : peering.rejected;
    if (!end && peering.failed) end = peering.provisioned;
    if (!end && !peering.accepted) end = peering.expires;
    return end && *end + visible <= moment;
  });
}

std::string nat_state(const NatGateway& gateway, Instant now) {
  if (gateway.delete_called) return *gateway.deleted <= now ? "deleted" : "deleting";
  if (now < gateway.settled) return "pending";
  return gateway.failure_code.empty() ? "available" : "failed";
}

std::string shown_nat_state(const NatGateway& gateway, Instant now) {
  if (!gateway.delete_called || *gateway.delete_shown <= now) return nat_state(gateway, now);
  auto before = gateway;
  before.delete_called.reset();
  return nat_state(before, now);
}

std::string instance_state(const Instance& instance, Instant now) {
  if (instance.terminated && *instance.terminated <= now) return "terminated";
  if (instance.terminate_called) return "shutting-down";
  if (instance.stopped && *instance.stopped <= now) return "stopped";
  if (instance.stop_called) return "stopping";
  return instance.running <= now ? "running" : "pending";
}

std::string endpoint_state(const Endpoint& endpoint, Instant now) {
  if (endpoint.deleted) return "deleting";
  return endpoint.available <= now ? "available" : "pending";
}

std::string peering_state(const Peering& peering, Instant now) {
  if (peering.deleted) return "deleted";
  if (peering.rejected) return "rejected";
  if (peering.accepted) return "active";
  if (now < peering.provisioned) return "initiating-request";
  if (peering.failed) return "failed";
  return now < peering.expires ? "pending-acceptance" : "expired";
}

std::string snapshot_state(const Snapshot& snapshot, Instant now) {
  return now < snapshot.completes ? "pending" : "completed";
}

std::string volume_state(const Volume& volume, Instant now) {
  if (volume.deleted) return "deleting";
  if (!volume.instance.empty()) return "in-use";
  return now < volume.available ? "creating" : "available";
}

std::string attachment_state(const NetworkInterface& interface, Instant now) {
  if (interface.attachment.empty()) return {};
  if (interface.leaves) return "detaching";
  return now < interface.attached ? "attaching" : "attached";
}

std::string route_state(const Estate& estate, const RouteTable& table, const Route& route) {
  const auto& model = estate.model;
  const auto& target = route.target;
  bool alive = target == "local";
  if (target.starts_with("igw-")) {
    const auto found = model.internet_gateways.find(target);
    alive = found != model.internet_gateways.end() && found->second.vpc == table.vpc;
  } else if (target.starts_with("nat-")) {
    const auto found = model.nat_gateways.find(target);
    if (found != model.nat_gateways.end()) {
      const auto state = nat_state(found->second, estate.now());
      alive = state != "deleted" && state != "failed";
    }
  } else if (target.starts_with("eni-")) {
    alive = model.interfaces.contains(target);
  } else if (target.starts_with("pcx-")) {
    const auto found = model.peerings.find(target);
    alive = found != model.peerings.end() && peering_state(found->second, estate.now()) == "active";
  } else if (target.starts_with("eigw-")) {
    alive = model.egress_gateways.contains(target);
  } else if (target.starts_with("vpce-")) {
    alive = model.endpoints.contains(target);
  }
  return alive ? "active" : "blackhole";
}

}  // namespace sim::ec2

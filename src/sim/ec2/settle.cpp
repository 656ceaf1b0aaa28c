// What happens by itself as time passes: interfaces and records that go (nat_settle.cpp has the NAT
// gateways). And the states that follow from the stored instants.
#include <algorithm>

#include "sim/ec2/estate.hpp"

namespace sim::ec2 {
namespace {

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
  settle_vpn(moment);
}

void Estate::settle_endpoints(Instant moment) {
  for (auto& [id, endpoint] : model.endpoints) {
    if (endpoint_state(endpoint, moment) != "deleted") continue;
    for (const auto& interface : endpoint.interfaces) remove_interface(interface);
    endpoint.interfaces.clear();
  }
  std::erase_if(model.endpoints, [&](const auto& entry) {
    return entry.second.forgotten && *entry.second.forgotten <= moment;
  });
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
  std::vector<std::string> gone;
  for (const auto& [id, interface] : model.interfaces) {
    if (interface.ends && *interface.ends <= moment) gone.push_back(id);
  }
  for (const auto& id : gone) remove_interface(id);
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
  if (endpoint.deleted) return *endpoint.deleted <= now ? "deleted" : "deleting";
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
  } else if (target.starts_with("vgw-")) {
    const auto found = model.vpn_gateways.find(target);
    alive = found != model.vpn_gateways.end() && found->second.vpc == table.vpc &&
            vpn_attachment_state(found->second, estate.now()) == "attached";
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
    const auto found = model.endpoints.find(target);
    alive =
        found != model.endpoints.end() && endpoint_state(found->second, estate.now()) != "deleted";
  }
  return alive ? "active" : "blackhole";
}

}  // namespace sim::ec2

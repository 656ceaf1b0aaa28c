// Who reaches whom: routes, gateways, security groups. Network ACLs are the default ones, which let
// everything pass.
#include <limits>

#include "sim/ec2/cidr.hpp"
#include "sim/ec2/ec2.hpp"

namespace sim::ec2 {

namespace {

constexpr int https = 443;

Reach blocked(std::string why) {
  return {.why = std::move(why)};
}

bool covers_port(const Rule& rule, int port) {
  if (rule.protocol == "-1") return true;
  return (rule.protocol == "tcp" || rule.protocol == "6") && rule.from <= port && port <= rule.to;
}

// The other side of a packet, as a rule sees it.
struct Peer {
  std::string ip;                   // empty: anywhere on the internet
  std::vector<std::string> groups;  // of the VPC's own interfaces
};

bool covers_peer(const Rule& rule, const Peer& peer) {
  if (!rule.group.empty()) {
    return std::ranges::find(peer.groups, rule.group) != peer.groups.end();
  }
  if (rule.cidr.empty()) return false;
  const auto block = parse_cidr(rule.cidr);
  if (!block) return false;
  if (peer.ip.empty()) return block->bits == 0;
  const auto ip = parse_ip(peer.ip);
  return ip && block->contains(*ip);
}

bool allows(const Estate& estate, const NetworkInterface& interface, bool egress, const Peer& peer,
            int port) {
  return std::ranges::any_of(interface.groups, [&](const std::string& id) {
    const auto found = estate.model.groups.find(id);
    return found != estate.model.groups.end() &&
           std::ranges::any_of(found->second.rules, [&](const Rule& rule) {
             return rule.egress == egress && covers_port(rule, port) && covers_peer(rule, peer);
           });
  });
}

std::string groups_text(const NetworkInterface& interface) {
  return fmt::to_string(fmt::join(interface.groups, ", "));
}

// The most specific live or dead route of the subnet for an IPv4 address.
const Route* route_for(const RouteTable& table, std::uint32_t ip) {
  const Route* best = nullptr;
  int bits = -1;
  for (const auto& route : table.routes) {
    const auto block = parse_cidr(route.destination);
    if (block && block->contains(ip) && block->bits > bits) {
      best = &route;
      bits = block->bits;
    }
  }
  return best;
}

// Any address out there: the choice does not matter to routes of private networks.
constexpr std::uint32_t somewhere = (203U << 24) | (0U << 16) | (113U << 8) | 10U;

Reach through_internet_gateway(const Estate& estate, const RouteTable& table, const Route& route,
                               std::vector<std::string> hops) {
  if (route_state(estate, table, route) != "active") {
    return blocked(fmt::format("{} sends {} into a blackhole: {} is gone", table.id,
                               route.destination, route.target));
  }
  hops.push_back(route.target);
  return {.open = true, .hops = std::move(hops)};
}

Reach through_nat(const Estate& estate, const std::string& id, std::vector<std::string> hops) {
  const auto& gateway = estate.model.nat_gateways.at(id);
  const auto state = nat_state(gateway, estate.now());
  if (state != "available") return blocked(fmt::format("NAT gateway {} is {}", id, state));
  if (gateway.connectivity != "public") {
    return blocked(fmt::format("NAT gateway {} is private", id));
  }
  hops.push_back(id);
  const auto subnet = estate.model.subnets.find(gateway.subnet);
  const auto* table =
      subnet == estate.model.subnets.end() ? nullptr : estate.table_of(subnet->second);
  const auto* route = table ? route_for(*table, somewhere) : nullptr;
  if (!route || !route->target.starts_with("igw-")) {
    return blocked(
        fmt::format("the subnet of NAT gateway {} has no route to an internet gateway", id));
  }
  hops.push_back(table->id);
  return through_internet_gateway(estate, *table, *route, std::move(hops));
}

Reach out_of(const Estate& estate, const NetworkInterface& interface) {
  const auto& subnet = estate.model.subnets.at(interface.subnet);
  const auto* table = estate.table_of(subnet);
  const auto* route = table ? route_for(*table, somewhere) : nullptr;
  if (!route) {
    return blocked(fmt::format("{} has no route to the internet", table ? table->id : subnet.id));
  }
  std::vector<std::string> hops{table->id};
  if (route_state(estate, *table, *route) != "active") {
    return blocked(fmt::format("{} sends {} into a blackhole: {} is gone", table->id,
                               route->destination, route->target));
  }
  if (route->target.starts_with("nat-")) return through_nat(estate, route->target, hops);
  if (route->target.starts_with("igw-")) {
    if (estate.public_ip(interface).empty()) {
      return blocked(fmt::format("{} has no public address", interface.id));
    }
    return through_internet_gateway(estate, *table, *route, std::move(hops));
  }
  return blocked(fmt::format("{} is no way to the internet", route->target));
}

const NetworkInterface* owner_of(const Estate& estate, const std::string& vpc,
                                 const std::string& ip) {
  for (const auto& [id, interface] : estate.model.interfaces) {
    if (interface.vpc == vpc && interface.private_ip == ip) return &interface;
  }
  return nullptr;
}

// Between two interfaces of one VPC: the local route always leads there.
Reach between(const Estate& estate, const NetworkInterface& from, const NetworkInterface& to,
              int port) {
  if (!allows(estate, from, true, {to.private_ip, to.groups}, port)) {
    return blocked(
        fmt::format("{} lets nothing out to {} port {}", groups_text(from), to.private_ip, port));
  }
  if (!allows(estate, to, false, {from.private_ip, from.groups}, port)) {
    return blocked(fmt::format("{} lets nothing in from {} on port {}", groups_text(to),
                               from.private_ip, port));
  }
  return {.open = true, .hops = {from.id, to.id}};
}

bool serves(const Endpoint& endpoint, const std::string& service, const Estate& estate) {
  return endpoint.service == fmt::format("com.amazonaws.{}.{}", estate.context.region, service) &&
         endpoint_state(endpoint, estate.now()) == "available";
}

// By an interface endpoint whose private DNS name shadows the public one. Nothing when the VPC has
// none: then the name resolves to the internet.
std::optional<Reach> by_interface_endpoint(const Estate& estate, const NetworkInterface& from,
                                           const std::string& service) {
  for (const auto& [id, endpoint] : estate.model.endpoints) {
    const bool shadows = endpoint.type == "Interface" && endpoint.vpc == from.vpc &&
                         endpoint.private_dns && serves(endpoint, service, estate);
    if (!shadows) continue;
    Reach last = blocked(fmt::format("{} has no interface", id));
    for (const auto& interface : endpoint.interfaces) {
      const auto found = estate.model.interfaces.find(interface);
      if (found == estate.model.interfaces.end()) continue;
      last = between(estate, from, found->second, https);
      if (last.open) break;
    }
    return last;
  }
  return std::nullopt;
}

std::optional<Reach> by_gateway_endpoint(const Estate& estate, const NetworkInterface& from,
                                         const std::string& service) {
  const auto* table = estate.table_of(estate.model.subnets.at(from.subnet));
  for (const auto& [id, endpoint] : estate.model.endpoints) {
    const bool routed =
        endpoint.type == "Gateway" && table && serves(endpoint, service, estate) &&
        std::ranges::find(endpoint.route_tables, table->id) != endpoint.route_tables.end();
    if (routed) return Reach{.open = true, .hops = {table->id, id}};
  }
  return std::nullopt;
}

}  // namespace

Reach Ec2::reach_internet(const std::string& interface_id, int port) const {
  estate_.settle();
  const auto* from = estate_.find(std::as_const(estate_.model.interfaces), interface_id);
  if (!from) return blocked(fmt::format("{} does not exist", interface_id));
  if (!allows(estate_, *from, true, {}, port)) {
    return blocked(fmt::format("{} lets nothing out to port {}", groups_text(*from), port));
  }
  return out_of(estate_, *from);
}

Reach Ec2::reach_address(const std::string& interface_id, const std::string& ip, int port) const {
  estate_.settle();
  const auto* from = estate_.find(std::as_const(estate_.model.interfaces), interface_id);
  if (!from) return blocked(fmt::format("{} does not exist", interface_id));
  const auto* to = owner_of(estate_, from->vpc, ip);
  if (!to) return blocked(fmt::format("nobody in {} has the address {}", from->vpc, ip));
  return between(estate_, *from, *to, port);
}

Reach Ec2::reach_service(const std::string& interface_id, const std::string& service) const {
  estate_.settle();
  const auto* from = estate_.find(std::as_const(estate_.model.interfaces), interface_id);
  if (!from) return blocked(fmt::format("{} does not exist", interface_id));
  if (auto reach = by_interface_endpoint(estate_, *from, service)) return *reach;
  if (auto reach = by_gateway_endpoint(estate_, *from, service)) return *reach;
  auto reach = reach_internet(interface_id, https);
  if (!reach.open) {
    reach.why =
        fmt::format("there is no endpoint for {} in {}, and {}", service, from->vpc, reach.why);
  }
  return reach;
}

}  // namespace sim::ec2

// Who reaches whom over TCP: routes, gateways, peerings, security groups and network ACLs.
#include <array>

#include "sim/ec2/acl.hpp"
#include "sim/ec2/cidr.hpp"
#include "sim/ec2/ec2.hpp"
#include "sim/ec2/prefix_list.hpp"

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
  std::string ip;                        // empty: anywhere on the internet
  std::vector<std::string> groups = {};  // of the VPC's own interfaces
  std::string prefix_list = {};          // of the AWS service that it is
};

bool covers_peer(const Estate& estate, const Rule& rule, const Peer& peer) {
  if (!rule.group.empty()) {
    return std::ranges::find(peer.groups, rule.group) != peer.groups.end();
  }
  if (!rule.prefix_list.empty() && rule.prefix_list == peer.prefix_list) return true;
  auto blocks = blocks_of_list(estate, rule.prefix_list);
  if (const auto block = parse_cidr(rule.cidr)) blocks.push_back(*block);
  const auto ip = parse_ip(peer.ip);
  return std::ranges::any_of(blocks, [&](const Cidr& block) {
    return peer.ip.empty() ? block.bits == 0 : ip && block.contains(*ip);
  });
}

bool allows(const Estate& estate, const NetworkInterface& interface, bool egress, const Peer& peer,
            int port) {
  return std::ranges::any_of(interface.groups, [&](const std::string& id) {
    const auto found = estate.model.groups.find(id);
    return found != estate.model.groups.end() &&
           std::ranges::any_of(found->second.rules, [&](const Rule& rule) {
             return rule.egress == egress && covers_port(rule, port) &&
                    covers_peer(estate, rule, peer);
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

// The ports that the answers come back to: a client's own choice, of which both ends of Linux's
// range must pass.
constexpr std::array answer_ports{32768, 60999};

// Network ACLs are stateless: the question passes at its port and the answer at the client's.
// Empty when the subnet's ACL lets both through; else what is in the way. `outwards`: the question
// leaves the subnet.
std::string stopped_by_acl(const Estate& estate, const std::string& subnet, bool outwards,
                           std::uint32_t other, int port) {
  const auto place = estate.model.subnets.find(subnet);
  if (place == estate.model.subnets.end()) return {};
  const auto found = estate.model.acls.find(place->second.acl);
  if (found == estate.model.acls.end()) return {};
  const auto& acl = found->second;
  const auto way = [](bool out) { return out ? "out to" : "in from"; };
  if (!acl_allows(acl, outwards, other, port)) {
    return fmt::format("network ACL {} lets nothing {} {} port {}", acl.id, way(outwards),
                       ip_text(other), port);
  }
  for (const int answer : answer_ports) {
    if (acl_allows(acl, !outwards, other, answer)) continue;
    return fmt::format("network ACL {} lets no answer {} {} port {}", acl.id, way(!outwards),
                       ip_text(other), answer);
  }
  return {};
}

Reach through_internet_gateway(const Estate& estate, const RouteTable& table, const Route& route,
                               std::vector<std::string> hops) {
  if (route_state(estate, table, route) != "active") {
    return blocked(fmt::format("{} sends {} into a blackhole: {} is gone", table.id,
                               route.destination, route.target));
  }
  hops.push_back(route.target);
  return {.open = true, .hops = std::move(hops)};
}

// In manual mode a zone is served by its own addresses only; AWS, in automatic mode, serves one
// that it has not come to yet from another.
Reach through_regional_nat(const Estate& estate, const NetworkInterface& from,
                           const NatGateway& gateway, std::vector<std::string> hops) {
  const bool served = std::ranges::any_of(gateway.addresses, [&](const NatAddress& address) {
    return address.mapped && (gateway.automatic || address.zone == from.zone);
  });
  if (!served) {
    return blocked(fmt::format("NAT gateway {} has no address for {}", gateway.id, from.zone));
  }
  const auto& table = estate.model.route_tables.at(gateway.route_table);
  const auto* route = route_for(table, somewhere);
  if (!route || !route->target.starts_with("igw-")) {
    return blocked(fmt::format(
        "the route table of NAT gateway {} has no route to an internet gateway", gateway.id));
  }
  hops.push_back(table.id);
  return through_internet_gateway(estate, table, *route, std::move(hops));
}

bool passes(const NatGateway& gateway, const std::string& state, Instant now) {
  return state == "available" ||
         (state == "deleting" && gateway.passes_until && now < *gateway.passes_until);
}

Reach through_nat(const Estate& estate, const NetworkInterface& from, const std::string& id,
                  int port, std::vector<std::string> hops) {
  const auto& gateway = estate.model.nat_gateways.at(id);
  const auto state = nat_state(gateway, estate.now());
  if (!passes(gateway, state, estate.now()))
    return blocked(fmt::format("NAT gateway {} is {}", id, state));
  if (gateway.connectivity != "public") {
    return blocked(fmt::format("NAT gateway {} is private", id));
  }
  hops.push_back(id);
  if (gateway.regional) return through_regional_nat(estate, from, gateway, std::move(hops));
  if (from.subnet != gateway.subnet) {
    const auto ip = *parse_ip(from.private_ip);
    if (auto why = stopped_by_acl(estate, gateway.subnet, false, ip, port); !why.empty()) {
      return blocked(std::move(why));
    }
  }
  if (auto why = stopped_by_acl(estate, gateway.subnet, true, somewhere, port); !why.empty()) {
    return blocked(std::move(why));
  }
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

Reach out_of(const Estate& estate, const NetworkInterface& interface, int port) {
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
  if (auto why = stopped_by_acl(estate, subnet.id, true, somewhere, port); !why.empty()) {
    return blocked(std::move(why));
  }
  if (route->target.starts_with("nat-")) {
    return through_nat(estate, interface, route->target, port, hops);
  }
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

// Security groups and network ACLs of both sides; the way between them is given. Within a subnet no
// ACL is passed.
Reach between(const Estate& estate, const NetworkInterface& from, const NetworkInterface& to,
              int port) {
  // Across a peering, groups are not known by their ids here.
  const bool near = from.vpc == to.vpc;
  const auto groups_of = [&](const NetworkInterface& one) {
    return near ? one.groups : std::vector<std::string>();
  };
  if (!allows(estate, from, true, {to.private_ip, groups_of(to)}, port)) {
    return blocked(
        fmt::format("{} lets nothing out to {} port {}", groups_text(from), to.private_ip, port));
  }
  if (!allows(estate, to, false, {from.private_ip, groups_of(from)}, port)) {
    return blocked(fmt::format("{} lets nothing in from {} on port {}", groups_text(to),
                               from.private_ip, port));
  }
  if (from.subnet != to.subnet) {
    const auto there = *parse_ip(to.private_ip);
    const auto here = *parse_ip(from.private_ip);
    if (auto why = stopped_by_acl(estate, from.subnet, true, there, port); !why.empty()) {
      return blocked(std::move(why));
    }
    if (auto why = stopped_by_acl(estate, to.subnet, false, here, port); !why.empty()) {
      return blocked(std::move(why));
    }
  }
  return {.open = true, .hops = {from.id, to.id}};
}

// The route of the interface's subnet to this address leads into this peering, alive.
bool routes_into(const Estate& estate, const NetworkInterface& interface, const std::string& ip,
                 const std::string& peering) {
  const auto* table = estate.table_of(estate.model.subnets.at(interface.subnet));
  const auto* route = table ? route_for(*table, *parse_ip(ip)) : nullptr;
  return route && route->target == peering && route_state(estate, *table, *route) == "active";
}

// Through a peering connection: both sides need a route, each to the other.
Reach across_peering(const Estate& estate, const NetworkInterface& from, const std::string& ip,
                     int port) {
  for (const auto& [id, peering] : estate.model.peerings) {
    if (peering_state(peering, estate.now()) != "active") continue;
    if (peering.requester != from.vpc && peering.accepter != from.vpc) continue;
    const auto& other = peering.requester == from.vpc ? peering.accepter : peering.requester;
    const auto* to = owner_of(estate, other, ip);
    if (!to || !routes_into(estate, from, ip, id)) continue;
    if (!routes_into(estate, *to, from.private_ip, id)) {
      return blocked(fmt::format("{} has no route back through {}", to->subnet, id));
    }
    auto reach = between(estate, from, *to, port);
    if (reach.open) reach.hops.insert(reach.hops.begin() + 1, id);
    return reach;
  }
  return blocked(fmt::format("nobody in {} has the address {}", from.vpc, ip));
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
    if (!routed) continue;
    // The service's addresses are public ones, and groups may name them by their prefix list.
    if (!allows(estate, from, true, {.ip = {}, .prefix_list = endpoint.prefix_list}, https)) {
      return blocked(fmt::format("{} lets nothing out to {} port {}", groups_text(from),
                                 endpoint.prefix_list, https));
    }
    if (auto why = stopped_by_acl(estate, from.subnet, true, somewhere, https); !why.empty()) {
      return blocked(std::move(why));
    }
    return Reach{.open = true, .hops = {table->id, id}};
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
  return out_of(estate_, *from, port);
}

Reach Ec2::reach_address(const std::string& interface_id, const std::string& ip, int port) const {
  estate_.settle();
  const auto* from = estate_.find(std::as_const(estate_.model.interfaces), interface_id);
  if (!from) return blocked(fmt::format("{} does not exist", interface_id));
  const auto* to = owner_of(estate_, from->vpc, ip);
  if (!to) {
    if (!parse_ip(ip)) return blocked(fmt::format("{} is no IPv4 address", ip));
    return across_peering(estate_, *from, ip, port);
  }
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

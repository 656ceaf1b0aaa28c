// What time does to VPN gateways, customer gateways and VPN connections; and the routes that a
// gateway propagates, which are those of its connections at every moment.
// https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html
#include <algorithm>

#include "sim/ec2/estate.hpp"

namespace sim::ec2 {
namespace {

constexpr std::string_view propagated = "EnableVgwRoutePropagation";

// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
constexpr std::ptrdiff_t most_propagated = 100;

void leave(Model& model, VpnGateway& gateway) {
  for (auto& [id, table] : model.route_tables) std::erase(table.propagating, gateway.id);
  gateway.vpc.clear();
  gateway.leaves.reset();
}

// A static route of the table comes before a propagated one to the same destination.
void add_propagated(RouteTable& table, const std::string& destination, const std::string& gateway) {
  const bool known =
      std::ranges::find(table.routes, destination, &Route::destination) != table.routes.end();
  const auto held = std::ranges::count(table.routes, propagated, &Route::origin);
  if (known || held >= most_propagated) return;
  table.routes.push_back({destination, gateway, std::string(propagated)});
}

void propagate(const Model& model, RouteTable& table, Instant moment) {
  std::erase_if(table.routes, [](const Route& route) { return route.origin == propagated; });
  for (const auto& gateway : table.propagating) {
    for (const auto& [id, connection] : model.vpn_connections) {
      const bool up = connection.up && *connection.up <= moment;
      if (connection.gateway != gateway || !up ||
          vpn_connection_state(connection, moment) != "available") {
        continue;
      }
      for (const auto& route : connection.routes) {
        if (route.available <= moment && !route.deleted) {
          add_propagated(table, route.destination, gateway);
        }
      }
    }
  }
}

}  // namespace

void Estate::settle_vpn(Instant moment) {
  const auto visible = base::from_seconds(knobs.vpn_deleted_visible);
  const auto over = [&](const auto& entry) {
    return entry.second.deleted && *entry.second.deleted + visible <= moment;
  };
  for (auto& [id, gateway] : model.vpn_gateways) {
    if (gateway.leaves && *gateway.leaves <= moment) leave(model, gateway);
  }
  for (auto& [id, connection] : model.vpn_connections) {
    std::erase_if(connection.routes, [&](const VpnStaticRoute& route) {
      return route.deleted && *route.deleted <= moment;
    });
  }
  std::erase_if(model.vpn_gateways, over);
  std::erase_if(model.customer_gateways, over);
  std::erase_if(model.vpn_connections, over);
  for (auto& [id, table] : model.route_tables) propagate(model, table, moment);
}

std::string vpn_gateway_state(const VpnGateway& gateway, Instant now) {
  return gateway.deleted && *gateway.deleted <= now ? "deleted" : "available";
}

std::string vpn_attachment_state(const VpnGateway& gateway, Instant now) {
  if (gateway.vpc.empty()) return "detached";
  if (gateway.leaves) return "detaching";
  return gateway.attached <= now ? "attached" : "attaching";
}

std::string customer_gateway_state(const CustomerGateway& gateway, Instant now) {
  return gateway.deleted && *gateway.deleted <= now ? "deleted" : "available";
}

std::string vpn_connection_state(const VpnConnection& connection, Instant now) {
  if (connection.deleted) return *connection.deleted <= now ? "deleted" : "deleting";
  return connection.available <= now ? "available" : "pending";
}

}  // namespace sim::ec2

// What time does to the managed ways into a VPC: EC2 Instance Connect Endpoints and Client VPN.
#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/estate.hpp"

namespace sim::ec2 {
namespace {

void take_update(Estate& estate, ConnectEndpoint& endpoint) {
  endpoint.groups = endpoint.next_groups;
  endpoint.preserve_client_ip = endpoint.next_preserve_client_ip;
  const auto found = estate.model.interfaces.find(endpoint.interface);
  if (found != estate.model.interfaces.end()) found->second.groups = endpoint.groups;
}

void settle(Estate& estate, ConnectEndpoint& endpoint, Instant moment) {
  const auto state = connect_endpoint_state(endpoint, moment);
  if (state == "update-complete") take_update(estate, endpoint);
  if (state != "delete-complete" && state != "create-failed") return;
  estate.remove_interface(endpoint.interface);
  endpoint.interface.clear();
}

void settle(Estate& estate, ClientVpn& endpoint, Instant moment) {
  const auto over = [&](const std::optional<Instant>& end) { return end && *end <= moment; };
  for (const auto& association : endpoint.associations) {
    if (!over(association.leaves)) continue;
    estate.remove_interface(association.interface);
    // The routes through a subnet go with it.
    std::erase_if(endpoint.routes,
                  [&](const VpnRoute& route) { return route.subnet == association.subnet; });
  }
  std::erase_if(endpoint.associations, [&](const auto& one) { return over(one.leaves); });
  std::erase_if(endpoint.rules, [&](const auto& one) { return over(one.revoked); });
  std::erase_if(endpoint.routes, [&](const auto& one) { return over(one.deleted); });
}

}  // namespace

void Estate::settle_ways_in(Instant moment) {
  const auto past = [&](const std::optional<Instant>& end, double visible) {
    return end && *end + base::from_seconds(visible) <= moment;
  };
  for (auto& [id, endpoint] : model.connect_endpoints) ec2::settle(*this, endpoint, moment);
  std::erase_if(model.connect_endpoints, [&](const auto& entry) {
    return !entry.second.delete_fails && past(entry.second.deleted, knobs.connect_visible);
  });
  for (auto& [id, endpoint] : model.client_vpns) ec2::settle(*this, endpoint, moment);
  std::erase_if(model.client_vpns,
                [&](const auto& entry) { return past(entry.second.deleted, knobs.vpn_visible); });
}

namespace {

std::string phase(std::string_view verb, Instant end, bool fails, Instant now) {
  return fmt::format("{}-{}", verb, end > now ? "in-progress" : fails ? "failed" : "complete");
}

}  // namespace

std::string connect_endpoint_state(const ConnectEndpoint& endpoint, Instant now) {
  if (endpoint.deleted) return phase("delete", *endpoint.deleted, endpoint.delete_fails, now);
  if (endpoint.updated) return phase("update", *endpoint.updated, endpoint.update_fails, now);
  return phase("create", endpoint.complete, endpoint.create_fails, now);
}

std::string client_vpn_state(const ClientVpn& endpoint, Instant now) {
  if (endpoint.deleted) return *endpoint.deleted <= now ? "deleted" : "deleting";
  const bool associated = std::ranges::any_of(
      endpoint.associations, [&](const auto& one) { return one.associated <= now && !one.fails; });
  return associated ? "available" : "pending-associate";
}

}  // namespace sim::ec2

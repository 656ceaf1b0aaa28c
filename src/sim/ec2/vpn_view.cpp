// What DescribeVpnConnections tells. The pre-shared keys are in it, as on AWS: whoever may describe
// a connection can set up its other end.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpnConnection.html
#include "sim/ec2/cidr.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/vpn.hpp"

namespace sim::ec2 {
namespace {

bool is_up(const Estate& estate, const VpnConnection& connection) {
  return connection.up && *connection.up <= estate.now() &&
         vpn_connection_state(connection, estate.now()) == "available";
}

std::string route_state(const VpnStaticRoute& route, Instant now) {
  if (route.deleted) return "deleting";
  return route.available <= now ? "available" : "pending";
}

json::array routes_view(const Estate& estate, const VpnConnection& connection) {
  json::array shown;
  for (const auto& route : connection.routes) {
    shown.push_back(json::object{{"destinationCidrBlock", route.destination},
                                 {"source", "Static"},
                                 {"state", route_state(route, estate.now())}});
  }
  return shown;
}

json::array telemetry_view(const Estate& estate, const VpnConnection& connection) {
  const bool up = is_up(estate, connection);
  json::array shown;
  for (const auto& tunnel : connection.tunnels) {
    shown.push_back(json::object{
        {"outsideIpAddress", tunnel.outside_ip},
        {"status", up ? "UP" : "DOWN"},
        {"statusMessage", up ? "" : "IPSEC IS DOWN"},
        {"acceptedRouteCount", up ? connection.routes.size() : 0},
        {"lastStatusChange", base::iso8601(up ? *connection.up : connection.created)}});
  }
  return shown;
}

json::object options_view(const VpnConnection& connection) {
  json::array tunnels;
  for (const auto& tunnel : connection.tunnels) {
    tunnels.push_back(json::object{{"outsideIpAddress", tunnel.outside_ip},
                                   {"tunnelInsideCidr", tunnel.inside_cidr},
                                   {"preSharedKey", tunnel.key}});
  }
  return {{"enableAcceleration", false},
          {"staticRoutesOnly", connection.static_routes},
          {"localIpv4NetworkCidr", connection.local_cidr},
          {"remoteIpv4NetworkCidr", connection.remote_cidr},
          {"outsideIpAddressType", "PublicIpv4"},
          {"tunnelInsideIpVersion", "ipv4"},
          {"tunnelOptionSet", std::move(tunnels)}};
}

const CustomerGateway* other_end(const Estate& estate, const VpnConnection& connection) {
  const auto found = estate.model.customer_gateways.find(connection.customer_gateway);
  return found == estate.model.customer_gateways.end() ? nullptr : &found->second;
}

constexpr Field<VpnConnection> fields[] = {
    {"vpn-connection-id", [](const Estate&, const VpnConnection& one) { return Texts{one.id}; }},
    {"customer-gateway-configuration",
     [](const Estate& estate, const VpnConnection& one) {
       return Texts{customer_gateway_configuration(estate, one)};
     }},
    {"customer-gateway-id",
     [](const Estate&, const VpnConnection& one) { return Texts{one.customer_gateway}; }},
    {"vpn-gateway-id", [](const Estate&, const VpnConnection& one) { return Texts{one.gateway}; }},
    {"transit-gateway-id", [](const Estate&, const VpnConnection&) { return Texts(); }},
    {"state",
     [](const Estate& estate, const VpnConnection& one) {
       return Texts{vpn_connection_state(one, estate.now())};
     }},
    {"option.static-routes-only",
     [](const Estate&, const VpnConnection& one) {
       return Texts{one.static_routes ? "true" : "false"};
     }},
    {"route.destination-cidr-block",
     [](const Estate&, const VpnConnection& one) {
       Texts values;
       for (const auto& route : one.routes) values.push_back(route.destination);
       return values;
     }},
    {"bgp-asn",
     [](const Estate& estate, const VpnConnection& one) {
       const auto* end = other_end(estate, one);
       return end ? Texts{std::to_string(end->asn)} : Texts();
     }},
    {"type", [](const Estate&, const VpnConnection&) { return Texts{"ipsec.1"}; }},
};

json::object describe_connections(Estate& estate, const Call& call) {
  return describe<VpnConnection>(estate, call, estate.model.vpn_connections,
                                 {"vpnConnectionSet", "VpnConnectionId", kind::vpn_connection, 1000,
                                  fields, vpn_connection_view});
}

std::string tunnel_configuration(const VpnTunnel& tunnel, const CustomerGateway& end,
                                 std::int64_t asn) {
  const auto inside = parse_cidr(tunnel.inside_cidr)->base;
  const auto side = [&](std::string_view name, std::string_view outside, std::uint32_t address,
                        std::int64_t number) {
    return fmt::format(
        "<{0}><tunnel_outside_address><ip_address>{1}</ip_address></tunnel_outside_address>"
        "<tunnel_inside_address><ip_address>{2}</ip_address>"
        "<network_mask>255.255.255.252</network_mask><network_cidr>30</network_cidr>"
        "</tunnel_inside_address><bgp><asn>{3}</asn><hold_time>30</hold_time></bgp></{0}>",
        name, outside, ip_text(address), number);
  };
  return fmt::format(
      "<ipsec_tunnel>{}{}<ike><pre_shared_key>{}</pre_shared_key></ike></ipsec_tunnel>",
      side("customer_gateway", end.ip, inside + 2, end.asn),
      side("vpn_gateway", tunnel.outside_ip, inside + 1, asn), tunnel.key);
}

}  // namespace

std::string customer_gateway_configuration(const Estate& estate, const VpnConnection& connection) {
  const auto* end = other_end(estate, connection);
  const auto gateway = estate.model.vpn_gateways.find(connection.gateway);
  if (!end || gateway == estate.model.vpn_gateways.end()) return {};
  std::string tunnels;
  for (const auto& tunnel : connection.tunnels) {
    tunnels += tunnel_configuration(tunnel, *end, gateway->second.asn);
  }
  return fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?><vpn_connection id="{}"><customer_gateway_id>{})"
      "</customer_gateway_id><vpn_gateway_id>{}</vpn_gateway_id>"
      "<vpn_connection_type>ipsec.1</vpn_connection_type>{}</vpn_connection>",
      connection.id, connection.customer_gateway, connection.gateway, tunnels);
}

json::object vpn_connection_view(const Estate& estate, const VpnConnection& connection) {
  const auto state = vpn_connection_state(connection, estate.now());
  json::object shown{{"vpnConnectionId", connection.id},
                     {"state", state},
                     {"type", "ipsec.1"},
                     {"category", "VPN"},
                     {"customerGatewayId", connection.customer_gateway},
                     {"vpnGatewayId", connection.gateway},
                     {"options", options_view(connection)},
                     {"routes", routes_view(estate, connection)},
                     {"vgwTelemetry", telemetry_view(estate, connection)},
                     {"tagSet", tag_set(connection.tags)}};
  if (state == "pending" || state == "available") {
    shown["customerGatewayConfiguration"] = customer_gateway_configuration(estate, connection);
  }
  return shown;
}

void add_vpn_view_operations(Estate& estate, Table& table) {
  add(estate, table, {{"DescribeVpnConnections", "VpnConnectionId Filter", describe_connections}});
}

}  // namespace sim::ec2

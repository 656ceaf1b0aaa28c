// Site-to-Site VPN connections between a virtual private gateway and a customer gateway.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpnConnection.html
#include <array>
#include <set>

#include "sim/core/words.hpp"
#include "sim/ec2/cidr.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/vpn.hpp"

namespace sim::ec2 {

VpnConnection& named_vpn_connection(Estate& estate, const Call& call) {
  return undeleted(estate, estate.model.vpn_connections, kind::vpn_connection,
                   required(call.input, "VpnConnectionId"));
}

namespace {

// Connections per Region and per virtual private gateway, the default quotas.
// https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html
constexpr std::ptrdiff_t quota = 50;
constexpr std::ptrdiff_t quota_of_gateway = 10;

Error wrong(std::string_view parameter, std::string_view value) {
  return invalid_value(fmt::format("Value ({}) for parameter {} is invalid.", value, parameter));
}

// What is not understood is refused by name.
void check_members(const json::object& given, std::string_view known, std::string_view of) {
  const auto names = words_of(known);
  for (const auto& [name, value] : given) {
    if (std::ranges::find(names, name) != names.end()) continue;
    throw Error("UnknownParameter",
                fmt::format("The parameter {}.{} is not recognized: the embedded EC2 does not "
                            "support it for CreateVpnConnection.",
                            of, std::string_view(name)));
  }
}

std::string read_cidr(const json::object& options, std::string_view name) {
  const auto given = text(options, name);
  if (given.empty()) return "0.0.0.0/0";
  if (const auto cidr = parse_cidr(given)) return cidr_text(*cidr);
  throw wrong(name, given);
}

// 8 to 64 letters, digits, dots and underscores, the first of them no zero.
std::string read_key(const json::object& tunnel) {
  auto key = text(tunnel, "PreSharedKey");
  const bool plain = std::ranges::all_of(key, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_';
  });
  if (key.empty() || (plain && key.size() >= 8 && key.size() <= 64 && key.front() != '0')) {
    return key;
  }
  // Not the key itself: it is a secret.
  throw invalid_value("Value for parameter preSharedKey is invalid.");
}

// A block of four link-local addresses, but for those that AWS keeps.
// https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
constexpr std::array<std::string_view, 7> reserved{
    "169.254.0.0/30", "169.254.1.0/30", "169.254.2.0/30",    "169.254.3.0/30",
    "169.254.4.0/30", "169.254.5.0/30", "169.254.169.252/30"};

std::set<std::string> inside_cidrs(const Estate& estate, const std::string& gateway) {
  std::set<std::string> taken(reserved.begin(), reserved.end());
  for (const auto& [id, connection] : estate.model.vpn_connections) {
    if (connection.gateway != gateway || connection.deleted) continue;
    for (const auto& tunnel : connection.tunnels) taken.insert(tunnel.inside_cidr);
  }
  return taken;
}

std::string read_inside(const json::object& tunnel, const std::set<std::string>& taken) {
  const auto given = text(tunnel, "TunnelInsideCidr");
  if (given.empty()) return given;
  const auto cidr = parse_cidr(given);
  const auto local = *parse_cidr("169.254.0.0/16");
  if (cidr && cidr->bits == 30 && local.contains(*cidr) && !taken.contains(cidr_text(*cidr))) {
    return cidr_text(*cidr);
  }
  throw wrong("tunnelInsideCidr", given);
}

std::string free_inside(Estate& estate, const std::set<std::string>& taken) {
  while (true) {
    const auto block = static_cast<std::uint32_t>(estate.fate().integer(0, (1 << 14) - 1));
    auto text_of_block = cidr_text({(169U << 24) | (254U << 16) | (block << 2), 30});
    if (!taken.contains(text_of_block)) return text_of_block;
  }
}

void read_tunnels(Estate& estate, const json::object& options, VpnConnection& connection) {
  auto given = objects(options, "TunnelOptions");
  if (given.size() > 2) throw invalid_value("A VPN connection has two tunnels.");
  given.resize(2);
  auto taken = inside_cidrs(estate, connection.gateway);
  for (const auto& tunnel : given) {
    check_members(tunnel, "TunnelInsideCidr PreSharedKey", "Options.TunnelOptions");
    VpnTunnel made{{}, read_inside(tunnel, taken), read_key(tunnel)};
    if (!made.inside_cidr.empty()) taken.insert(made.inside_cidr);
    connection.tunnels.push_back(std::move(made));
  }
  for (auto& tunnel : connection.tunnels) {
    tunnel.outside_ip = estate.new_public_ip();
    if (tunnel.inside_cidr.empty()) {
      tunnel.inside_cidr = free_inside(estate, taken);
      taken.insert(tunnel.inside_cidr);
    }
    if (tunnel.key.empty()) tunnel.key = "k" + estate.fate().hex(31);
  }
}

void read_options(Estate& estate, const Call& call, VpnConnection& connection) {
  const auto options = object(call.input, "Options");
  check_members(options,
                "StaticRoutesOnly EnableAcceleration TunnelInsideIpVersion OutsideIpAddressType "
                "LocalIpv4NetworkCidr RemoteIpv4NetworkCidr TunnelOptions",
                "Options");
  connection.static_routes = flag(options, "StaticRoutesOnly", false);
  connection.local_cidr = read_cidr(options, "LocalIpv4NetworkCidr");
  connection.remote_cidr = read_cidr(options, "RemoteIpv4NetworkCidr");
  // Acceleration and IPv6 are those of transit gateways.
  if (flag(options, "EnableAcceleration", false)) throw wrong("enableAcceleration", "true");
  const auto version = text(options, "TunnelInsideIpVersion");
  if (!version.empty() && version != "ipv4") throw wrong("tunnelInsideIpVersion", version);
  const auto outside = text(options, "OutsideIpAddressType");
  if (!outside.empty() && outside != "PublicIpv4") throw wrong("outsideIpAddressType", outside);
  read_tunnels(estate, options, connection);
}

void check_quotas(const Estate& estate, const std::string& gateway) {
  const auto held = [&](const std::string& of) {
    return std::ranges::count_if(estate.model.vpn_connections, [&](const auto& entry) {
      return !entry.second.deleted && (of.empty() || entry.second.gateway == of);
    });
  };
  if (held({}) < quota && held(gateway) < quota_of_gateway) return;
  throw Error("VpnConnectionLimitExceeded",
              "The maximum number of VPN connections has been reached.");
}

json::object create(Estate& estate, const Call& call) {
  check_vpn_type(call);
  VpnConnection connection;
  connection.customer_gateway =
      named_customer_gateway(estate, required(call.input, "CustomerGatewayId")).id;
  connection.gateway = named_vpn_gateway(estate, required(call.input, "VpnGatewayId")).id;
  auto tags = tags_for(call, kind::vpn_connection.type);
  // "This is an idempotent operation."
  for (const auto& [id, other] : estate.model.vpn_connections) {
    if (!other.deleted && other.gateway == connection.gateway &&
        other.customer_gateway == connection.customer_gateway) {
      return {{"vpnConnection", vpn_connection_view(estate, other)}};
    }
  }
  check_quotas(estate, connection.gateway);
  read_options(estate, call, connection);
  estate.stamp(connection, kind::vpn_connection, std::move(tags));
  connection.available = estate.now() + estate.draw(estate.knobs.vpn_connection_create);
  const auto up = estate.draw(estate.knobs.vpn_tunnel_up);
  if (estate.chance(estate.knobs.vpn_device_chance)) connection.up = connection.available + up;
  const auto output = vpn_connection_view(estate, connection);
  estate.model.vpn_connections[connection.id] = std::move(connection);
  return {{"vpnConnection", output}};
}

json::object remove(Estate& estate, const Call& call) {
  auto& connection = named_vpn_connection(estate, call);
  if (!connection.deleted) {
    connection.deleted = estate.now() + estate.draw(estate.knobs.vpn_connection_delete);
  }
  return {{"return", true}};
}

// Where static routes can be changed.
VpnConnection& routed(Estate& estate, const Call& call) {
  auto& connection = named_vpn_connection(estate, call);
  if (!connection.static_routes) {
    throw Error(
        "InvalidVpnConnection.InvalidType",
        fmt::format("The VPN connection {} does not support static routes.", connection.id));
  }
  if (vpn_connection_state(connection, estate.now()) != "available") {
    throw Error("InvalidVpnConnection.InvalidState",
                fmt::format("The VPN connection {} must be in the available state to complete the "
                            "request.",
                            connection.id));
  }
  return connection;
}

std::string read_destination(const Call& call) {
  const auto given = required(call.input, "DestinationCidrBlock");
  if (const auto cidr = parse_cidr(given)) return cidr_text(*cidr);
  throw wrong("destinationCidrBlock", given);
}

VpnStaticRoute* find_route(VpnConnection& connection, const std::string& to) {
  for (auto& route : connection.routes) {
    if (route.destination == to && !route.deleted) return &route;
  }
  return nullptr;
}

json::object create_route(Estate& estate, const Call& call) {
  auto& connection = routed(estate, call);
  const auto to = read_destination(call);
  if (!find_route(connection, to)) {
    const auto available = estate.now() + estate.draw(estate.knobs.vpn_static_route);
    connection.routes.push_back({to, available});
  }
  return {{"return", true}};
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html has
// InvalidRoute.Malformed for a wrong block in the deletion of a VPN connection's route.
std::string read_removed(const Call& call) {
  const auto given = required(call.input, "DestinationCidrBlock");
  if (const auto cidr = parse_cidr(given)) return cidr_text(*cidr);
  throw Error("InvalidRoute.Malformed", fmt::format("The route '{}' is malformed", given));
}

json::object remove_route(Estate& estate, const Call& call) {
  auto& connection = routed(estate, call);
  const auto to = read_removed(call);
  auto* route = find_route(connection, to);
  if (!route) {
    throw Error("InvalidRoute.NotFound", fmt::format("no route with destination-cidr-block {} in "
                                                     "VPN connection {}",
                                                     to, connection.id));
  }
  route->deleted = estate.now() + estate.draw(estate.knobs.vpn_static_route);
  return {{"return", true}};
}

std::vector<Access> on_connection(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "VpnConnectionId"));
}

std::vector<Access> create_access(const Estate& estate, const Call& call) {
  return Gate(estate, call)
      .fresh(kind::vpn_connection.type)
      .on(text(call.input, "CustomerGatewayId"))
      .on(text(call.input, "VpnGatewayId"));
}

}  // namespace

void add_vpn_connection_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateVpnConnection", "CustomerGatewayId VpnGatewayId Type Options TagSpecification",
        create, create_access},
       {"DeleteVpnConnection", "VpnConnectionId", remove, on_connection},
       {"CreateVpnConnectionRoute", "VpnConnectionId DestinationCidrBlock", create_route,
        on_connection},
       {"DeleteVpnConnectionRoute", "VpnConnectionId DestinationCidrBlock", remove_route,
        on_connection}});
}

}  // namespace sim::ec2

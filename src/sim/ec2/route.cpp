// Routes.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
#include "sim/ec2/cidr.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/vpc_cidr.hpp"

namespace sim::ec2 {
namespace {

constexpr std::ptrdiff_t most_routes = 50;  // of one table beside the local ones, the default quota

// The one destination of a call, in AWS's normal form.
std::string destination(const Call& call) {
  const auto cidr = text(call.input, "DestinationCidrBlock");
  const auto cidr6 = text(call.input, "DestinationIpv6CidrBlock");
  const auto list = text(call.input, "DestinationPrefixListId");
  if (cidr.empty() && cidr6.empty() && list.empty()) {
    throw missing_parameter("destinationCidrBlock");
  }
  if (!cidr.empty()) {
    const auto parsed = parse_cidr(cidr);
    if (!parsed) {
      throw invalid_value(
          fmt::format("Value ({}) for parameter destinationCidrBlock is invalid. "
                      "This is not a valid CIDR block.",
                      cidr));
    }
    return cidr_text(*parsed);
  }
  if (!cidr6.empty() && !valid_cidr6(cidr6)) {
    throw invalid_value(
        fmt::format("Value ({}) for parameter destinationIpv6CidrBlock is invalid. "
                    "This is not a valid IPv6 CIDR block.",
                    cidr6));
  }
  return cidr6.empty() ? list : cidr6;
}

std::string_view destination_name(std::string_view text_of_destination) {
  if (text_of_destination.starts_with("pl-")) return "destination-prefix-list-id";
  return text_of_destination.find(':') == std::string_view::npos ? "destination-cidr-block"
                                                                 : "destination-ipv6-cidr-block";
}

Error different_networks(const RouteTable& table, std::string_view kind, const std::string& id) {
  return invalid_value(
      fmt::format("route table {} and {} {} belong to different networks", table.id, kind, id));
}

// An internet gateway or a virtual private gateway.
std::string gateway_target(const Estate& estate, const RouteTable& table, const std::string& id) {
  for (const auto* kind : {&kind::internet_gateway, &kind::vpn_gateway}) {
    if (id.starts_with(kind->prefix)) check_form(*kind, id);
  }
  const auto* internet = estate.find(estate.model.internet_gateways, id);
  const auto* vpn = estate.find(estate.model.vpn_gateways, id);
  if (!internet && (!vpn || vpn->deleted)) {
    throw Error("InvalidGatewayID.NotFound", fmt::format("The gateway ID '{}' does not exist", id));
  }
  if ((internet ? internet->vpc : vpn->vpc) != table.vpc) {
    throw different_networks(table, "network gateway", id);
  }
  return id;
}

// CreateRoute has codes of its own for NAT gateways.
std::string nat_target(const Estate& estate, const RouteTable& table, const std::string& id) {
  static constexpr Kind in_routes{"nat-", "natgateway", "InvalidNatGatewayID.NotFound",
                                  "InvalidNatGatewayID.Malformed",
                                  "The natGateway ID '{}' does not exist"};
  check_form(in_routes, id);
  const auto* gateway = estate.find(estate.model.nat_gateways, id);
  const auto state = gateway ? nat_state(*gateway, estate.now()) : "deleted";
  if (state == "deleted" || state == "failed") {
    throw not_found(in_routes, id);
  }
  if (gateway->vpc != table.vpc) throw different_networks(table, "NAT gateway", id);
  return id;
}

std::string peering_target(Estate& estate, const RouteTable& table, const std::string& id) {
  const auto& peering = estate.peering(id);
  if (peering_state(peering, estate.now()) != "active") {
    throw Error("InvalidStateTransition",
                fmt::format("VPC peering connection {} is not active", id));
  }
  if (peering.requester != table.vpc && peering.accepter != table.vpc) {
    throw different_networks(table, "VPC peering connection", id);
  }
  return id;
}

std::string egress_target(Estate& estate, const RouteTable& table, const std::string& id,
                          std::string_view to) {
  const auto& gateway = estate.get(estate.model.egress_gateways, kind::egress_gateway, id);
  if (gateway.vpc != table.vpc) {
    throw different_networks(table, "egress-only internet gateway", id);
  }
  if (!to.contains(':')) {
    throw invalid_value(
        fmt::format("The egress-only internet gateway {} takes IPv6 traffic only", id));
  }
  return id;
}

constexpr std::string_view target_names[] = {
    "GatewayId",  "NatGatewayId",           "NetworkInterfaceId",
    "InstanceId", "VpcPeeringConnectionId", "EgressOnlyInternetGatewayId"};

// The one target of a call.
std::string target(Estate& estate, const RouteTable& table, const Call& call, std::string_view to) {
  std::string_view given;
  for (const auto name : target_names) {
    if (text(call.input, name).empty()) continue;
    if (!given.empty()) {
      throw Error("InvalidParameterCombination",
                  fmt::format("The parameters {} and {} cannot be used together", given, name));
    }
    given = name;
  }
  if (given.empty()) {
    throw Error("MissingParameter",
                "The request must contain exactly one of gatewayId, natGatewayId, "
                "networkInterfaceId, instanceId, vpcPeeringConnectionId, "
                "egressOnlyInternetGatewayId, transitGatewayId");
  }
  const auto id = text(call.input, given);
  if (given == "GatewayId") return gateway_target(estate, table, id);
  if (given == "NatGatewayId") return nat_target(estate, table, id);
  if (given == "VpcPeeringConnectionId") return peering_target(estate, table, id);
  if (given == "EgressOnlyInternetGatewayId") return egress_target(estate, table, id, to);
  const auto interface = given == "InstanceId" ? estate.instance(id).interface : id;
  if (estate.interface(interface).vpc != table.vpc) {
    throw different_networks(table, "network interface", interface);
  }
  return interface;
}

Route* find_route(RouteTable& table, const std::string& to) {
  const auto found = std::ranges::find(table.routes, to, &Route::destination);
  return found == table.routes.end() ? nullptr : &*found;
}

bool is_propagated(const Route& route) {
  return route.origin == "EnableVgwRoutePropagation";
}

// The local route is the network's, an endpoint's routes go with it only, and a VPN gateway's come
// back as long as they are propagated.
void check_own(const RouteTable& table, const Route& route, std::string_view verb) {
  const bool local = route.target == "local";
  if (!local && !is_propagated(route) && !route.target.starts_with("vpce-")) return;
  const auto* kind = is_propagated(route) ? "propagated" : "VPC endpoint";
  throw invalid_value(fmt::format("cannot {} {} route {} in route table {}", verb,
                                  local ? "local" : kind, route.destination, table.id));
}

// Inside the VPC's own blocks a route leads to an interface, an instance or a NAT gateway only.
// https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
void check_outside(const Estate& estate, const RouteTable& table, const std::string& to,
                   const std::string& through) {
  const auto block = parse_cidr(to);
  if (!block || through.starts_with("eni-") || through.starts_with("nat-")) return;
  for (const auto& own : blocks_of(estate.model.vpcs.at(table.vpc))) {
    if (!own.contains(*block)) continue;
    throw invalid_value(
        fmt::format("The destination CIDR block {} is equal to or more specific than one of this "
                    "VPC's CIDR blocks. This route can target only an interface or an instance.",
                    to));
  }
}

json::object create(Estate& estate, const Call& call) {
  auto& table = estate.route_table(required(call.input, "RouteTableId"));
  const auto to = destination(call);
  auto through = target(estate, table, call, to);
  check_outside(estate, table, to, through);
  // It may stand beside a propagated one, and comes before it.
  // https://github.com/ansible/ansible/issues/43415
  const auto* there = find_route(table, to);
  if (there && !is_propagated(*there)) {
    throw Error("RouteAlreadyExists",
                fmt::format("The route identified by {} already exists.", to));
  }
  if (std::ranges::count(table.routes, "CreateRoute", &Route::origin) >= most_routes) {
    throw Error("RouteLimitExceeded",
                "The maximum number of routes per route table has been reached.");
  }
  std::erase_if(table.routes, [&](const Route& one) { return one.destination == to; });
  table.routes.push_back({to, std::move(through), "CreateRoute"});
  return {{"return", true}};
}

json::object replace(Estate& estate, const Call& call) {
  auto& table = estate.route_table(required(call.input, "RouteTableId"));
  const auto to = destination(call);
  auto* route = find_route(table, to);
  if (!route) {
    throw invalid_value(
        fmt::format("There is no route defined for '{}' in the route table. Use "
                    "CreateRoute instead.",
                    to));
  }
  check_own(table, *route, "replace");
  route->target = target(estate, table, call, to);
  return {{"return", true}};
}

json::object remove(Estate& estate, const Call& call) {
  auto& table = estate.route_table(required(call.input, "RouteTableId"));
  const auto to = destination(call);
  const auto* route = find_route(table, to);
  if (!route) {
    throw Error("InvalidRoute.NotFound", fmt::format("no route with {} {} in route table {}",
                                                     destination_name(to), to, table.id));
  }
  check_own(table, *route, "remove");
  std::erase_if(table.routes, [&](const Route& one) { return one.destination == to; });
  return {{"return", true}};
}

std::vector<Access> on_table(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "RouteTableId"));
}

}  // namespace

void add_route_operations(Estate& estate, Table& table) {
  constexpr std::string_view with_target =
      "RouteTableId DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId "
      "GatewayId NatGatewayId NetworkInterfaceId InstanceId VpcPeeringConnectionId "
      "EgressOnlyInternetGatewayId";
  add(estate, table,
      {{"CreateRoute", with_target, create, on_table},
       {"ReplaceRoute", with_target, replace, on_table},
       {"DeleteRoute",
        "RouteTableId DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId",
        remove, on_table}});
}

}  // namespace sim::ec2

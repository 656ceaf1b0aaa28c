// Authorization rules and routes of Client VPN endpoints.
// https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/cvpn-working-rules.html
#include <fmt/format.h>

#include "sim/ec2/cidr.hpp"
#include "sim/ec2/client_vpn.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tokens.hpp"

namespace sim::ec2 {
namespace {

std::string read_cidr(const Call& call, std::string_view name) {
  const auto given = required(call.input, name);
  const auto cidr = parse_cidr(given);
  if (cidr) return cidr_text(*cidr);
  throw invalid_value(fmt::format("The CIDR '{}' is invalid.", given));
}

std::string state(const VpnRule& rule, Instant now) {
  if (rule.revoked) return "revoking";
  return rule.active <= now ? "active" : "authorizing";
}

std::string state(const VpnRoute& route, Instant now) {
  if (route.deleted) return "deleting";
  return route.active <= now ? "active" : "creating";
}

// Authorization rules -----------------------------------------------------------------------------

// The group of a rule; "" stands for all clients. `all` names the parameter that says so.
std::string read_group(const Call& call, std::string_view all) {
  auto group = text(call.input, "AccessGroupId");
  const bool everyone = flag(call.input, all, false);
  if (everyone && !group.empty()) {
    throw Error("InvalidParameterCombination",
                fmt::format("AccessGroupId and {} cannot be used together.", all));
  }
  if (!everyone && group.empty()) throw missing_parameter("AccessGroupId");
  return group;
}

VpnRule* find_rule(ClientVpn& endpoint, const std::string& cidr, const std::string& group) {
  const auto found = std::ranges::find_if(endpoint.rules, [&](const VpnRule& rule) {
    return rule.cidr == cidr && rule.group == group;
  });
  return found == endpoint.rules.end() ? nullptr : &*found;
}

json::object authorize(Estate& estate, const Call& call) {
  auto& endpoint = changing_client_vpn(estate, call);
  const auto cidr = read_cidr(call, "TargetNetworkCidr");
  const auto group = read_group(call, "AuthorizeAllGroups");
  const json::object answer{{"status", vpn_status("authorizing")}};
  if (!made_before(estate, call).empty()) return answer;
  if (find_rule(endpoint, cidr, group)) {
    throw Error("InvalidClientVpnDuplicateAuthorizationRule",
                fmt::format("The authorization rule for {} already exists", cidr));
  }
  endpoint.rules.push_back({.cidr = cidr,
                            .group = group,
                            .description = text(call.input, "Description"),
                            .active = estate.now() + estate.draw(estate.knobs.vpn_change)});
  remember(estate, call, endpoint.id);
  return answer;
}

json::object revoke(Estate& estate, const Call& call) {
  auto& endpoint = changing_client_vpn(estate, call);
  const auto cidr = read_cidr(call, "TargetNetworkCidr");
  auto* rule = find_rule(endpoint, cidr, read_group(call, "RevokeAllGroups"));
  if (!rule) {
    throw Error("InvalidClientVpnEndpointAuthorizationRuleNotFound",
                fmt::format("The authorization rule for {} does not exist", cidr));
  }
  if (!rule->revoked) rule->revoked = estate.now() + estate.draw(estate.knobs.vpn_change);
  return {{"status", vpn_status("revoking")}};
}

constexpr Field<VpnRule> rule_fields[] = {
    {"description", [](const Estate&, const VpnRule& r) -> Texts { return {r.description}; }},
    {"destination-cidr", [](const Estate&, const VpnRule& r) -> Texts { return {r.cidr}; }},
    {"group-id", [](const Estate&, const VpnRule& r) -> Texts { return {r.group}; }},
};

json::object describe_rules(Estate& estate, const Call& call) {
  const auto& endpoint = named_client_vpn(estate, call);
  const auto filters = read_filters(call);
  check_filters<VpnRule>(filters, rule_fields);
  std::map<std::string, json::object> entries;
  for (const auto& rule : endpoint.rules) {
    if (!matches<VpnRule>(estate, rule, nullptr, filters, rule_fields)) continue;
    entries[rule.cidr + " " + rule.group] = {{"clientVpnEndpointId", endpoint.id},
                                             {"description", rule.description},
                                             {"groupId", rule.group},
                                             {"accessAll", rule.group.empty()},
                                             {"destinationCidr", rule.cidr},
                                             {"status", vpn_status(state(rule, estate.now()))}};
  }
  return page(call, "authorizationRule", std::move(entries), 1000);
}

// Routes ------------------------------------------------------------------------------------------

VpnRoute* find_route(ClientVpn& endpoint, const std::string& destination,
                     const std::string& subnet) {
  const auto found = std::ranges::find_if(endpoint.routes, [&](const VpnRoute& route) {
    return route.destination == destination && route.subnet == subnet;
  });
  return found == endpoint.routes.end() ? nullptr : &*found;
}

json::object create_route(Estate& estate, const Call& call) {
  auto& endpoint = changing_client_vpn(estate, call);
  const auto destination = read_cidr(call, "DestinationCidrBlock");
  const auto subnet = required(call.input, "TargetVpcSubnetId");
  const json::object answer{{"status", vpn_status("creating")}};
  if (!made_before(estate, call).empty()) return answer;
  if (client_vpn_state(endpoint, estate.now()) != "available") {
    throw Error("InvalidClientVpnActiveAssociationNotFound",
                fmt::format("Endpoint {} has no active association", endpoint.id));
  }
  const auto target = std::ranges::find(endpoint.associations, subnet, &VpnAssociation::subnet);
  if (target == endpoint.associations.end() || target->leaves || target->fails) {
    throw Error("InvalidClientVpnSubnetId.NotFound",
                fmt::format("The subnet {} is not associated with {}", subnet, endpoint.id));
  }
  if (find_route(endpoint, destination, subnet)) {
    throw Error("InvalidClientVpnDuplicateRoute",
                fmt::format("The route to {} through {} already exists", destination, subnet));
  }
  endpoint.routes.push_back({.destination = destination,
                             .subnet = subnet,
                             .origin = "add-route",
                             .description = text(call.input, "Description"),
                             .active = estate.now() + estate.draw(estate.knobs.vpn_change)});
  remember(estate, call, endpoint.id);
  return answer;
}

// "You cannot delete routes that were automatically added when associating a subnet."
json::object delete_route(Estate& estate, const Call& call) {
  auto& endpoint = changing_client_vpn(estate, call);
  const auto destination = read_cidr(call, "DestinationCidrBlock");
  auto* route = find_route(endpoint, destination, required(call.input, "TargetVpcSubnetId"));
  if (!route) {
    throw Error("InvalidClientVpnRouteNotFound",
                fmt::format("The route to {} does not exist", destination));
  }
  if (route->origin == "associate") {
    throw invalid_value(fmt::format("The route to {} was added with its association", destination));
  }
  if (!route->deleted) route->deleted = estate.now() + estate.draw(estate.knobs.vpn_change);
  return {{"status", vpn_status("deleting")}};
}

constexpr Field<VpnRoute> route_fields[] = {
    {"destination-cidr", [](const Estate&, const VpnRoute& r) -> Texts { return {r.destination}; }},
    {"origin", [](const Estate&, const VpnRoute& r) -> Texts { return {r.origin}; }},
    {"target-subnet", [](const Estate&, const VpnRoute& r) -> Texts { return {r.subnet}; }},
};

json::object describe_routes(Estate& estate, const Call& call) {
  const auto& endpoint = named_client_vpn(estate, call);
  const auto filters = read_filters(call);
  check_filters<VpnRoute>(filters, route_fields);
  std::map<std::string, json::object> entries;
  for (const auto& route : endpoint.routes) {
    if (!matches<VpnRoute>(estate, route, nullptr, filters, route_fields)) continue;
    entries[route.destination + " " + route.subnet] = {
        {"clientVpnEndpointId", endpoint.id},
        {"destinationCidr", route.destination},
        {"targetSubnet", route.subnet},
        {"type", "Nat"},
        {"origin", route.origin},
        {"status", vpn_status(state(route, estate.now()))},
        {"description", route.description}};
  }
  return page(call, "routes", std::move(entries), 1000);
}

std::vector<Access> on_endpoint(const Estate& estate, const Call& call) {
  return Gate(estate, call)
      .on(text(call.input, "ClientVpnEndpointId"))
      .on(text(call.input, "TargetVpcSubnetId"));
}

}  // namespace

void add_client_vpn_rule_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"AuthorizeClientVpnIngress",
        "ClientVpnEndpointId TargetNetworkCidr AccessGroupId AuthorizeAllGroups Description "
        "ClientToken",
        authorize, on_endpoint},
       {"RevokeClientVpnIngress",
        "ClientVpnEndpointId TargetNetworkCidr AccessGroupId RevokeAllGroups", revoke, on_endpoint},
       {"DescribeClientVpnAuthorizationRules", "ClientVpnEndpointId Filter MaxResults NextToken",
        describe_rules, on_endpoint},
       {"CreateClientVpnRoute",
        "ClientVpnEndpointId DestinationCidrBlock TargetVpcSubnetId Description ClientToken",
        create_route, on_endpoint},
       {"DeleteClientVpnRoute", "ClientVpnEndpointId DestinationCidrBlock TargetVpcSubnetId",
        delete_route, on_endpoint},
       {"DescribeClientVpnRoutes", "ClientVpnEndpointId Filter MaxResults NextToken",
        describe_routes, on_endpoint}});
}

}  // namespace sim::ec2

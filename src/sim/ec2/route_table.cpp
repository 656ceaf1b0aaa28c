// Route tables and their associations with subnets.
// https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"
#include "sim/ec2/vpc_cidr.hpp"

namespace sim::ec2 {
namespace {

// Tables of one VPC, the main one too: the default quota.
constexpr std::ptrdiff_t quota = 200;

// The element that names a route's target.
std::string_view target_element(std::string_view target) {
  if (target.starts_with("nat-")) return "natGatewayId";
  if (target.starts_with("eni-")) return "networkInterfaceId";
  if (target.starts_with("pcx-")) return "vpcPeeringConnectionId";
  if (target.starts_with("eigw-")) return "egressOnlyInternetGatewayId";
  return "gatewayId";  // local, igw-, vgw-, and the vpce- of a gateway endpoint
}

std::string_view destination_element(std::string_view destination) {
  if (destination.starts_with("pl-")) return "destinationPrefixListId";
  return destination.find(':') == std::string_view::npos ? "destinationCidrBlock"
                                                         : "destinationIpv6CidrBlock";
}

json::object view(const Estate& estate, const RouteTable& table) {
  json::array routes;
  for (const auto& route : table.routes) {
    json::object entry;
    entry[destination_element(route.destination)] = route.destination;
    entry[target_element(route.target)] = route.target;
    entry["state"] = route_state(estate, table, route);
    entry["origin"] = route.origin;
    routes.push_back(std::move(entry));
  }
  json::array associations;
  for (const auto& association : table.associations) {
    json::object entry{{"routeTableAssociationId", association.id}, {"routeTableId", table.id}};
    if (!association.subnet.empty()) entry["subnetId"] = association.subnet;
    entry["main"] = association.subnet.empty();
    entry["associationState"] = json::object{{"state", "associated"}};
    associations.push_back(std::move(entry));
  }
  json::array propagating;
  for (const auto& gateway : table.propagating) {
    propagating.push_back(json::object{{"gatewayId", gateway}});
  }
  return {{"routeTableId", table.id},
          {"vpcId", table.vpc},
          {"ownerId", estate.context.account},
          {"routeSet", std::move(routes)},
          {"associationSet", std::move(associations)},
          {"propagatingVgwSet", std::move(propagating)},
          {"tagSet", tag_set(table.tags)}};
}

template <class Function>
Texts of_routes(const RouteTable& table, Function function) {
  Texts values;
  for (const auto& route : table.routes) values.push_back(function(route));
  return values;
}

template <class Function>
Texts of_associations(const RouteTable& table, Function function) {
  Texts values;
  for (const auto& association : table.associations) values.push_back(function(association));
  return values;
}

Texts targets(const RouteTable& table, std::string_view element) {
  return of_routes(table, [&](const Route& route) {
    return target_element(route.target) == element ? route.target : std::string();
  });
}

constexpr Field<RouteTable> fields[] = {
    {"route-table-id", [](const Estate&, const RouteTable& table) { return Texts{table.id}; }},
    {"vpc-id", [](const Estate&, const RouteTable& table) { return Texts{table.vpc}; }},
    {"owner-id",
     [](const Estate& estate, const RouteTable&) { return Texts{estate.context.account}; }},
    {"association.subnet-id",
     [](const Estate&, const RouteTable& table) {
       return of_associations(table, [](const auto& one) { return one.subnet; });
     }},
    {"association.route-table-id",
     [](const Estate&, const RouteTable& table) { return Texts{table.id}; }},
    {"association.route-table-association-id",
     [](const Estate&, const RouteTable& table) {
       return of_associations(table, [](const auto& one) { return one.id; });
     }},
    {"association.main",
     [](const Estate&, const RouteTable& table) {
       return of_associations(table, [](const auto& one) {
         return std::string(one.subnet.empty() ? "true" : "false");
       });
     }},
    {"route.destination-cidr-block",
     [](const Estate&, const RouteTable& table) {
       return of_routes(table, [](const Route& route) { return route.destination; });
     }},
    {"route.destination-ipv6-cidr-block",
     [](const Estate&, const RouteTable& table) {
       return of_routes(table, [](const Route& route) { return route.destination; });
     }},
    {"route.gateway-id",
     [](const Estate&, const RouteTable& table) { return targets(table, "gatewayId"); }},
    {"route.nat-gateway-id",
     [](const Estate&, const RouteTable& table) { return targets(table, "natGatewayId"); }},
    {"route.vpc-peering-connection-id",
     [](const Estate&, const RouteTable& table) {
       return targets(table, "vpcPeeringConnectionId");
     }},
    {"route.egress-only-internet-gateway-id",
     [](const Estate&, const RouteTable& table) {
       return targets(table, "egressOnlyInternetGatewayId");
     }},
    {"route.destination-prefix-list-id",
     [](const Estate&, const RouteTable& table) {
       return of_routes(table, [](const Route& route) {
         return route.destination.starts_with("pl-") ? route.destination : std::string();
       });
     }},
    {"association.gateway-id", [](const Estate&, const RouteTable&) { return Texts(); }},
    {"route.state",
     [](const Estate& estate, const RouteTable& table) {
       return of_routes(table,
                        [&](const Route& route) { return route_state(estate, table, route); });
     }},
    {"route.origin",
     [](const Estate&, const RouteTable& table) {
       return of_routes(table, [](const Route& route) { return route.origin; });
     }},
};

json::object create(Estate& estate, const Call& call) {
  if (const auto before = made_before(estate, call); !before.empty()) {
    return {{"routeTable", view(estate, estate.route_table(before))}};
  }
  const auto& vpc = estate.vpc(required(call.input, "VpcId"));
  auto tags = tags_for(call, "route-table");
  const auto held = std::ranges::count_if(
      estate.model.route_tables, [&](const auto& entry) { return entry.second.vpc == vpc.id; });
  if (held >= quota) {
    throw Error("RouteTableLimitExceeded", "The maximum number of route tables has been reached.");
  }
  RouteTable table;
  estate.stamp(table, kind::route_table, std::move(tags));
  table.vpc = vpc.id;
  table.routes = local_routes(vpc);
  const auto output = view(estate, table);
  remember(estate, call, table.id);
  estate.model.route_tables[table.id] = std::move(table);
  return {{"routeTable", output}};
}

json::object remove(Estate& estate, const Call& call) {
  const auto& table = estate.route_table(required(call.input, "RouteTableId"));
  // A regional NAT gateway's table goes with it.
  if (!table.associations.empty() || !table.nat_gateway.empty()) {
    throw dependency_violation(
        fmt::format("The routeTable '{}' has dependencies and cannot be deleted.", table.id));
  }
  estate.model.route_tables.erase(std::string(table.id));
  return {{"return", true}};
}

json::object describe_tables(Estate& estate, const Call& call) {
  return describe<RouteTable>(
      estate, call, estate.model.route_tables,
      {"routeTableSet", "RouteTableId", kind::route_table, 100, fields, view});
}

json::object associated(const std::string& id, std::string_view name) {
  return {{name, id}, {"associationState", json::object{{"state", "associated"}}}};
}

void check_associable(const RouteTable& table, const Subnet& subnet) {
  if (!table.nat_gateway.empty()) {
    throw invalid_value(
        fmt::format("Route table {} belongs to NAT gateway {}", table.id, table.nat_gateway));
  }
  if (table.vpc == subnet.vpc) return;
  throw invalid_value(fmt::format("Route table {} and subnet {} belong to different networks",
                                  table.id, subnet.id));
}

json::object associate(Estate& estate, const Call& call) {
  auto& table = estate.route_table(required(call.input, "RouteTableId"));
  const auto& subnet = estate.subnet(required(call.input, "SubnetId"));
  check_associable(table, subnet);
  for (const auto& [id, other] : estate.model.route_tables) {
    for (const auto& association : other.associations) {
      if (association.subnet != subnet.id) continue;
      if (id == table.id) return associated(association.id, "associationId");
      throw Error("Resource.AlreadyAssociated",
                  fmt::format("the specified association for route table {} conflicts with an "
                              "existing association",
                              table.id));
    }
  }
  table.associations.push_back({estate.new_id("rtbassoc-"), subnet.id});
  return associated(table.associations.back().id, "associationId");
}

// The table and the position of an association. Throws InvalidAssociationID.NotFound.
std::pair<RouteTable*, std::size_t> find_association(Estate& estate, const std::string& id) {
  for (auto& [table_id, table] : estate.model.route_tables) {
    for (std::size_t i = 0; i < table.associations.size(); ++i) {
      if (table.associations[i].id == id) return {&table, i};
    }
  }
  throw Error("InvalidAssociationID.NotFound",
              fmt::format("The association ID '{}' does not exist", id));
}

json::object disassociate(Estate& estate, const Call& call) {
  const auto id = required(call.input, "AssociationId");
  const auto [table, index] = find_association(estate, id);
  if (table->associations[index].subnet.empty()) {
    throw invalid_value(fmt::format("cannot disassociate the main route table association {}", id));
  }
  table->associations.erase(table->associations.begin() + static_cast<std::ptrdiff_t>(index));
  return {{"return", true}};
}

json::object replace_association(Estate& estate, const Call& call) {
  const auto [from, index] = find_association(estate, required(call.input, "AssociationId"));
  auto& to = estate.route_table(required(call.input, "RouteTableId"));
  const TableAssociation moved{estate.new_id("rtbassoc-"), from->associations[index].subnet};
  if (moved.subnet.empty()) {
    if (to.vpc != from->vpc) {
      throw invalid_value(fmt::format("Route table {} belongs to another network", to.id));
    }
    estate.model.vpcs.at(to.vpc).main_table = to.id;
  } else {
    check_associable(to, estate.subnet(moved.subnet));
  }
  from->associations.erase(from->associations.begin() + static_cast<std::ptrdiff_t>(index));
  to.associations.push_back(moved);
  return associated(moved.id, "newAssociationId");
}

std::vector<Access> on_table(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "RouteTableId")).on(text(call.input, "SubnetId"));
}

// The table and the subnet behind an association.
std::vector<Access> on_association(const Estate& estate, const Call& call) {
  Gate gate(estate, call);
  const auto id = text(call.input, "AssociationId");
  for (const auto& [table_id, table] : estate.model.route_tables) {
    for (const auto& association : table.associations) {
      if (association.id == id) gate.on(table_id).on(association.subnet);
    }
  }
  return gate.on(text(call.input, "RouteTableId"));
}

}  // namespace

void add_route_table_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateRouteTable", "VpcId TagSpecification ClientToken", create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh("route-table").on(text(call.input, "VpcId"));
        }},
       {"DeleteRouteTable", "RouteTableId", remove, on_table},
       {"DescribeRouteTables", "RouteTableId Filter MaxResults NextToken", describe_tables},
       {"AssociateRouteTable", "RouteTableId SubnetId", associate, on_table},
       {"DisassociateRouteTable", "AssociationId", disassociate, on_association},
       {"ReplaceRouteTableAssociation", "AssociationId RouteTableId", replace_association,
        on_association}});
}

}  // namespace sim::ec2

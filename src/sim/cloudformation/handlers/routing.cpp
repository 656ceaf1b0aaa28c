// Route tables, routes and subnet associations.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/handlers.hpp"

namespace sim::cloudformation {

namespace {

Task<void> create_route_table(Work& work) {
  json::object input = pick(work, {"VpcId"});
  add_tag_specification(work, "route-table", input);
  const auto made = co_await work.call("ec2", "CreateRouteTable", std::move(input));
  work.initiated(at(made, "routeTable.routeTableId"));
  co_await tag_as_member(work);
  work.attributes["RouteTableId"] = work.id;
}

Task<void> remove_route_table(Work& work) {
  co_await work.call("ec2", "DeleteRouteTable", {{"RouteTableId", work.id}});
}

json::object route_input(const Work& work) {
  json::object input =
      pick(work, {"RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock",
                  "DestinationPrefixListId", "GatewayId", "NatGatewayId", "InstanceId",
                  "NetworkInterfaceId", "TransitGatewayId", "VpcPeeringConnectionId",
                  "EgressOnlyInternetGatewayId", "VpcEndpointId"});
  return input;
}

std::string destination(const Work& work) {
  for (const auto* name :
       {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"}) {
    if (work.has(name)) return work.text(name);
  }
  return {};
}

Task<void> create_route(Work& work) {
  co_await work.call("ec2", "CreateRoute", route_input(work));
  work.attributes["CidrBlock"] = destination(work);
  work.initiated(work.text("RouteTableId") + "|" + destination(work));
}

Task<void> update_route(Work& work) {
  co_await work.call("ec2", "ReplaceRoute", route_input(work));
}

Task<void> remove_route(Work& work) {
  co_await work.call("ec2", "DeleteRoute",
                     pick(work, {"RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock",
                                 "DestinationPrefixListId"}));
}

Task<void> create_subnet_association(Work& work) {
  const auto made =
      co_await work.call("ec2", "AssociateRouteTable", pick(work, {"RouteTableId", "SubnetId"}));
  work.initiated(at(made, "associationId"));
  work.attributes["Id"] = work.id;
}

Task<void> remove_subnet_association(Work& work) {
  co_await work.call("ec2", "DisassociateRouteTable", {{"AssociationId", work.id}});
}

}  // namespace

void add_routing(Handlers& table) {
  table["AWS::EC2::RouteTable"] = {.schema = {{"Tags", "VpcId"}, {"VpcId"}, {"RouteTableId"}},
                                   .create_only = {"VpcId"},
                                   .create = create_route_table,
                                   .update = update_ec2_tags,
                                   .remove = remove_route_table};
  table["AWS::EC2::Route"] = {
      .schema = {{"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId",
                  "EgressOnlyInternetGatewayId", "GatewayId", "InstanceId", "NatGatewayId",
                  "NetworkInterfaceId", "RouteTableId", "TransitGatewayId", "VpcEndpointId",
                  "VpcPeeringConnectionId"},
                 {"RouteTableId"},
                 {"CidrBlock"}},
      .create_only = {"RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock",
                      "DestinationPrefixListId"},
      .create = create_route,
      .update = update_route,
      .remove = remove_route};
  table["AWS::EC2::SubnetRouteTableAssociation"] = {
      .schema = {{"RouteTableId", "SubnetId"}, {"RouteTableId", "SubnetId"}, {"Id"}},
      .create_only = {"RouteTableId", "SubnetId"},
      .create = create_subnet_association,
      .update = nullptr,
      .remove = remove_subnet_association};
}

}  // namespace sim::cloudformation

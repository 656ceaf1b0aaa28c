// Gateways attached to VPCs, and Site-to-Site VPN: both ends, connections, routes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcgatewayattachment.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpnconnection.html
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "sim/cloudformation/handlers/ec2_parts.hpp"

namespace sim::cloudformation {

namespace {

// Attachment --------------------------------------------------------------------------------------

// One gateway, of either kind, and its VPC.
struct Attachment {
  bool vpn = false;
  std::string gateway, vpc;
};

Attachment attachment_of(const json::object& properties) {
  const std::string internet = at(properties, "InternetGatewayId");
  const std::string vpn = at(properties, "VpnGatewayId");
  if (internet.empty() == vpn.empty()) {
    throw Failure("Exactly one of InternetGatewayId and VpnGatewayId must be specified.");
  }
  return {!vpn.empty(), internet + vpn, at(properties, "VpcId")};
}

json::object input_of(const Attachment& one) {
  json::object input{{"VpcId", one.vpc}};
  input[one.vpn ? "VpnGatewayId" : "InternetGatewayId"] = one.gateway;
  return input;
}

// A VPN gateway takes a while to come and to go.
Task<void> settle_attachment(Work& work, Attachment one, std::string wanted) {
  if (!one.vpn) co_return;
  co_await settle(work, "DescribeVpnGateways", ids_of("VpnGatewayId", one.gateway),
                  "vpnGatewaySet.0.attachments.0.state", wanted, wanted == "detached");
}

Task<void> attach(Work& work, Attachment one) {
  const std::string action = one.vpn ? "AttachVpnGateway" : "AttachInternetGateway";
  co_await work.call("ec2", action, input_of(one));
  co_await settle_attachment(work, one, "attached");
}

Task<void> detach(Work& work, Attachment one) {
  const std::string action = one.vpn ? "DetachVpnGateway" : "DetachInternetGateway";
  co_await work.call("ec2", action, input_of(one));
  co_await settle_attachment(work, one, "detached");
}

Task<void> create_attachment(Work& work) {
  const auto one = attachment_of(work.properties);
  const std::string type = one.vpn ? "VGW" : "IGW";
  work.attributes["AttachmentType"] = type;
  if (!one.vpn) co_await attach(work, one);
  work.initiated(type + "|" + one.vpc);
  if (one.vpn) co_await attach(work, one);
}

Task<void> update_attachment(Work& work) {
  if (!any_changed(work, {"InternetGatewayId", "VpnGatewayId"})) co_return;
  const auto one = attachment_of(work.properties);
  co_await detach(work, attachment_of(work.old_properties));
  co_await attach(work, one);
  work.attributes["AttachmentType"] = one.vpn ? "VGW" : "IGW";
}

Task<void> remove_attachment(Work& work) {
  co_await detach(work, attachment_of(work.properties));
}

// VPN gateway -------------------------------------------------------------------------------------

Task<void> create_gateway(Work& work) {
  co_await create_tagged(work, "CreateVpnGateway", pick(work, {"Type", "AmazonSideAsn"}),
                         "vpn-gateway", "vpnGateway.vpnGatewayId");
  work.attributes["VPNGatewayId"] = work.id;
}

Task<void> remove_gateway(Work& work) {
  co_await work.call("ec2", "DeleteVpnGateway", {{"VpnGatewayId", work.id}});
}

// Route propagation -------------------------------------------------------------------------------

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Each table with the gateway whose routes it takes.
Pairs propagations(const json::object& properties) {
  Pairs pairs;
  const std::string gateway = at(properties, "VpnGatewayId");
  if (const auto* tables = properties.if_contains("RouteTableIds"); tables && tables->is_array()) {
    for (const auto& table : tables->as_array()) {
      pairs.emplace_back(std::string(table.as_string()), gateway);
    }
  }
  return pairs;
}

// `action` on every pair that is not in `but`.
Task<void> propagate(Work& work, std::string action, Pairs pairs, Pairs but) {
  for (const auto& one : pairs) {
    if (std::ranges::find(but, one) != but.end()) continue;
    co_await work.call("ec2", action, {{"RouteTableId", one.first}, {"GatewayId", one.second}});
  }
}

Task<void> create_propagation(Work& work) {
  work.initiated(work.generated_name());
  work.attributes["Id"] = work.id;
  co_await propagate(work, "EnableVgwRoutePropagation", propagations(work.properties), {});
}

Task<void> update_propagation(Work& work) {
  const auto before = propagations(work.old_properties);
  const auto after = propagations(work.properties);
  co_await propagate(work, "DisableVgwRoutePropagation", before, after);
  co_await propagate(work, "EnableVgwRoutePropagation", after, before);
}

Task<void> remove_propagation(Work& work) {
  co_await propagate(work, "DisableVgwRoutePropagation", propagations(work.properties), {});
}

// Customer gateway --------------------------------------------------------------------------------

Task<void> create_customer(Work& work) {
  co_await create_tagged(
      work, "CreateCustomerGateway",
      pick(work, {"Type", "IpAddress", "BgpAsn", "DeviceName", "CertificateArn"}),
      "customer-gateway", "customerGateway.customerGatewayId");
  work.attributes["CustomerGatewayId"] = work.id;
}

Task<void> remove_customer(Work& work) {
  co_await work.call("ec2", "DeleteCustomerGateway", {{"CustomerGatewayId", work.id}});
}

// Connection --------------------------------------------------------------------------------------

json::object connection_input(const Work& work) {
  json::object input =
      pick(work, {"CustomerGatewayId", "VpnGatewayId", "TransitGatewayId", "Type"});
  json::object options =
      pick(work, {"StaticRoutesOnly", "EnableAcceleration", "TunnelInsideIpVersion",
                  "LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr", "LocalIpv6NetworkCidr",
                  "RemoteIpv6NetworkCidr", "OutsideIpAddressType"});
  if (work.has("VpnTunnelOptionsSpecifications")) {
    options["TunnelOptions"] = as_texts(work.properties.at("VpnTunnelOptionsSpecifications"));
  }
  if (!options.empty()) input["Options"] = std::move(options);
  return input;
}

Task<void> settle_connection(Work& work, std::string wanted) {
  co_await settle(work, "DescribeVpnConnections", ids_of("VpnConnectionId", work.id),
                  "vpnConnectionSet.0.state", wanted, wanted == "deleted");
}

Task<void> create_connection(Work& work) {
  co_await create_tagged(work, "CreateVpnConnection", connection_input(work), "vpn-connection",
                         "vpnConnection.vpnConnectionId");
  work.attributes["VpnConnectionId"] = work.id;
  co_await settle_connection(work, "available");
}

Task<void> remove_connection(Work& work) {
  co_await work.call("ec2", "DeleteVpnConnection", {{"VpnConnectionId", work.id}});
  co_await settle_connection(work, "deleted");
}

json::object connection_route(const Work& work) {
  return pick(work, {"VpnConnectionId", "DestinationCidrBlock"});
}

Task<void> create_connection_route(Work& work) {
  co_await work.call("ec2", "CreateVpnConnectionRoute", connection_route(work));
  work.initiated(work.generated_name());
}

Task<void> remove_connection_route(Work& work) {
  co_await work.call("ec2", "DeleteVpnConnectionRoute", connection_route(work));
}

void add_connections(Handlers& table) {
  table["AWS::EC2::VPNConnection"] = {
      .schema = {{"CustomerGatewayId", "EnableAcceleration", "LocalIpv4NetworkCidr",
                  "LocalIpv6NetworkCidr", "OutsideIpAddressType", "RemoteIpv4NetworkCidr",
                  "RemoteIpv6NetworkCidr", "StaticRoutesOnly", "Tags", "TransitGatewayId",
                  "TunnelInsideIpVersion", "Type", "VpnGatewayId",
                  "VpnTunnelOptionsSpecifications"},
                 {"CustomerGatewayId", "Type"},
                 {"VpnConnectionId"}},
      .create_only = {"CustomerGatewayId", "EnableAcceleration", "LocalIpv4NetworkCidr",
                      "LocalIpv6NetworkCidr", "OutsideIpAddressType", "RemoteIpv4NetworkCidr",
                      "RemoteIpv6NetworkCidr", "StaticRoutesOnly", "TransitGatewayId",
                      "TunnelInsideIpVersion", "Type", "VpnGatewayId",
                      "VpnTunnelOptionsSpecifications"},
      .create = create_connection,
      .update = update_ec2_tags,
      .remove = remove_connection};
  table["AWS::EC2::VPNConnectionRoute"] = {
      .schema = {{"DestinationCidrBlock", "VpnConnectionId"},
                 {"DestinationCidrBlock", "VpnConnectionId"},
                 {}},
      .create_only = {"DestinationCidrBlock", "VpnConnectionId"},
      .create = create_connection_route,
      .update = nullptr,
      .remove = remove_connection_route};
}

}  // namespace

void add_ec2_vpn(Handlers& table) {
  table["AWS::EC2::VPCGatewayAttachment"] = {
      .schema = {{"InternetGatewayId", "VpcId", "VpnGatewayId"}, {"VpcId"}, {"AttachmentType"}},
      .create_only = {"VpcId"},
      .create = create_attachment,
      .update = update_attachment,
      .remove = remove_attachment};
  table["AWS::EC2::VPNGateway"] = {
      .schema = {{"AmazonSideAsn", "Tags", "Type"}, {"Type"}, {"VPNGatewayId"}},
      .create_only = {"AmazonSideAsn", "Type"},
      .create = create_gateway,
      .update = update_ec2_tags,
      .remove = remove_gateway};
  table["AWS::EC2::VPNGatewayRoutePropagation"] = {
      .schema = {{"RouteTableIds", "VpnGatewayId"}, {"RouteTableIds", "VpnGatewayId"}, {"Id"}},
      .create_only = {},
      .create = create_propagation,
      .update = update_propagation,
      .remove = remove_propagation};
  table["AWS::EC2::CustomerGateway"] = {
      .schema = {{"BgpAsn", "CertificateArn", "DeviceName", "IpAddress", "Tags", "Type"},
                 {"Type"},
                 {"CustomerGatewayId"}},
      .create_only = {"BgpAsn", "CertificateArn", "DeviceName", "IpAddress", "Type"},
      .create = create_customer,
      .update = update_ec2_tags,
      .remove = remove_customer};
  add_connections(table);
}

}  // namespace sim::cloudformation

#include "sim/ec2/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sim::ec2 {

namespace kind {
const Kind vpc{"vpc-", "vpc", "InvalidVpcID.NotFound", "InvalidVpcID.Malformed",
               "The vpc ID '{}' does not exist"};
const Kind subnet{"subnet-", "subnet", "InvalidSubnetID.NotFound", "InvalidSubnetID.Malformed",
                  "The subnet ID '{}' does not exist"};
const Kind route_table{"rtb-", "route-table", "InvalidRouteTableID.NotFound",
                       "InvalidRouteTableId.Malformed", "The routeTable ID '{}' does not exist"};
const Kind internet_gateway{"igw-", "internet-gateway", "InvalidInternetGatewayID.NotFound",
                            "InvalidInternetGatewayId.Malformed",
                            "The internetGateway ID '{}' does not exist"};
// A malformed allocation id is simply unknown.
const Kind address{"eipalloc-", "elastic-ip", "InvalidAllocationID.NotFound",
                   "InvalidAllocationID.NotFound", "The allocation ID '{}' does not exist"};
const Kind nat_gateway{"nat-", "natgateway", "NatGatewayNotFound", "NatGatewayMalformed",
                       "NAT gateway {} was not found"};
const Kind interface{"eni-", "network-interface", "InvalidNetworkInterfaceID.NotFound",
                     "InvalidNetworkInterfaceId.Malformed",
                     "The networkInterface ID '{}' does not exist"};
const Kind endpoint{"vpce-", "vpc-endpoint", "InvalidVpcEndpointId.NotFound",
                    "InvalidVpcEndpointId.Malformed", "The Vpc Endpoint Id '{}' does not exist"};
const Kind group{"sg-", "security-group", "InvalidGroup.NotFound", "InvalidGroupId.Malformed",
                 "The security group '{}' does not exist"};
const Kind instance{"i-", "instance", "InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed",
                    "The instance ID '{}' does not exist"};
const Kind image{"ami-", "image", "InvalidAMIID.NotFound", "InvalidAMIID.Malformed",
                 "The image id '[{}]' does not exist"};
const Kind acl{"acl-", "network-acl", "InvalidNetworkAclID.NotFound",
               "InvalidNetworkAclId.Malformed", "The networkAcl ID '{}' does not exist"};
const Kind rule{"sgr-", "security-group-rule", "InvalidSecurityGroupRuleId.NotFound",
                "InvalidSecurityGroupRuleId.Malformed",
                "The security group rule ID '{}' does not exist"};
const Kind dhcp_options{"dopt-", "dhcp-options", "InvalidDhcpOptionID.NotFound",
                        "InvalidDhcpOptionsId.Malformed", "The dhcpOption ID '{}' does not exist"};
const Kind peering{"pcx-", "vpc-peering-connection", "InvalidVpcPeeringConnectionID.NotFound",
                   "InvalidVpcPeeringConnectionId.Malformed",
                   "The vpcPeeringConnection ID '{}' does not exist"};
const Kind egress_gateway{"eigw-", "egress-only-internet-gateway",
                          "InvalidEgressOnlyInternetGatewayId.NotFound",
                          "InvalidEgressOnlyInternetGatewayId.Malformed",
                          "The egressOnlyInternetGateway ID '{}' does not exist"};
const Kind flow_log{"fl-", "vpc-flow-log", "InvalidFlowLogId.NotFound",
                    "InvalidFlowLogId.Malformed", "The flowLog ID '{}' does not exist"};
const Kind key_pair{"key-", "key-pair", "InvalidKeyPair.NotFound", "InvalidKeyPair.NotFound",
                    "The key pair ID '{}' does not exist"};
const Kind launch_template{"lt-", "launch-template", "InvalidLaunchTemplateId.NotFound",
                           "InvalidLaunchTemplateId.Malformed",
                           "The specified launch template, with template ID {}, does not exist."};
const Kind prefix_list{"pl-", "prefix-list", "InvalidPrefixListID.NotFound",
                       "InvalidPrefixListId.Malformed", "The prefix list ID '{}' does not exist"};
const Kind volume{"vol-", "volume", "InvalidVolume.NotFound", "InvalidVolumeID.Malformed",
                  "The volume '{}' does not exist."};
const Kind connect_endpoint{"eice-", "instance-connect-endpoint",
                            "InvalidInstanceConnectEndpointId.NotFound",
                            "InvalidInstanceConnectEndpointId.Malformed",
                            "The instanceConnectEndpoint ID '{}' does not exist"};
const Kind client_vpn{"cvpn-endpoint-", "client-vpn-endpoint",
                      "InvalidClientVpnEndpointId.NotFound", "InvalidClientVpnEndpointId.NotFound",
                      "Endpoint {} does not exist"};
const Kind snapshot{"snap-", "snapshot", "InvalidSnapshot.NotFound", "InvalidSnapshotID.Malformed",
                    "The snapshot '{}' does not exist."};
const Kind vpn_gateway{"vgw-", "vpn-gateway", "InvalidVpnGatewayID.NotFound",
                       "InvalidVpnGatewayId.Malformed", "The vpnGateway ID '{}' does not exist"};
const Kind customer_gateway{"cgw-", "customer-gateway", "InvalidCustomerGatewayID.NotFound",
                            "InvalidCustomerGatewayId.Malformed",
                            "The customerGateway ID '{}' does not exist"};
// Its reference lists no code of its own for a malformed id.
const Kind vpn_connection{"vpn-", "vpn-connection", "InvalidVpnConnectionID.NotFound",
                          "InvalidVpnConnectionID.NotFound",
                          "The vpnConnection ID '{}' does not exist"};
}  // namespace kind

const Kind* kind_of(std::string_view id) {
  static constexpr std::array kinds{
      &kind::vpc,
      &kind::subnet,
      &kind::route_table,
      &kind::internet_gateway,
      &kind::address,
      &kind::interface,
      &kind::nat_gateway,
      &kind::endpoint,
      &kind::group,
      &kind::rule,
      &kind::instance,
      &kind::image,
      &kind::acl,
      &kind::peering,
      &kind::dhcp_options,
      &kind::egress_gateway,
      &kind::flow_log,
      &kind::key_pair,
      &kind::launch_template,
      &kind::prefix_list,
      &kind::volume,
      &kind::connect_endpoint,
      &kind::client_vpn,
      &kind::snapshot,
      &kind::vpn_gateway,
      &kind::customer_gateway,
      &kind::vpn_connection,
  };
  const auto found =
      std::ranges::find_if(kinds, [&](const Kind* k) { return id.starts_with(k->prefix); });
  return found == kinds.end() ? nullptr : *found;
}

Error not_found(const Kind& kind, std::string_view id) {
  return {std::string(kind.not_found), fmt::format(fmt::runtime(kind.text), id)};
}

void check_form(const Kind& kind, std::string_view id) {
  if (!id.starts_with(kind.prefix)) {
    if (kind.malformed == kind.not_found) throw not_found(kind, id);
    throw Error(std::string(kind.malformed),
                fmt::format("Invalid id: \"{}\" (expecting \"{}...\")", id, kind.prefix));
  }
  const auto digits = id.substr(kind.prefix.size());
  const bool hexadecimal = std::ranges::all_of(
      digits, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!hexadecimal || (digits.size() != 8 && digits.size() != 17)) {
    if (kind.malformed == kind.not_found) throw not_found(kind, id);
    throw Error(std::string(kind.malformed), fmt::format("Invalid id: \"{}\"", id));
  }
}

Error missing_parameter(std::string_view name) {
  return {"MissingParameter", fmt::format("The request must contain the parameter {}", name)};
}

Error invalid_value(const std::string& message) {
  return {"InvalidParameterValue", message};
}

Error dependency_violation(const std::string& message) {
  return {"DependencyViolation", message};
}

Error auth_failure() {
  return {"AuthFailure", "You do not have permission to access the specified resource."};
}

}  // namespace sim::ec2

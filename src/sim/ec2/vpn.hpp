// What the operations on VPN gateways, customer gateways and VPN connections share.
#pragma once

#include <string>

#include "sim/core/call.hpp"
#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// The resource of this id for calls other than Describe, which alone knows deleted ones.
template <class T>
T& undeleted(Estate& estate, std::map<std::string, T>& all, const Kind& kind,
             const std::string& id) {
  auto& found = estate.get(all, kind, id);
  if (found.deleted && *found.deleted <= estate.now()) throw not_found(kind, id);
  return found;
}

VpnGateway& named_vpn_gateway(Estate& estate, const std::string& id);
CustomerGateway& named_customer_gateway(Estate& estate, const std::string& id);
VpnConnection& named_vpn_connection(Estate& estate, const Call& call);

// Throws unless Type is ipsec.1, the only one.
void check_vpn_type(const Call& call);
// An autonomous system number of the call; `otherwise` when it is not there.
std::int64_t read_asn(const Call& call, std::string_view name, std::int64_t otherwise);

// An XML document with all that the device at the other end must know, its pre-shared keys too.
std::string customer_gateway_configuration(const Estate& estate, const VpnConnection& connection);
json::object vpn_connection_view(const Estate& estate, const VpnConnection& connection);

}  // namespace sim::ec2

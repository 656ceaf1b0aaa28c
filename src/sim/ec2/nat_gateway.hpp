// What the operations on NAT gateways and those on their secondary addresses share.
#pragma once

#include <string>

#include "sim/core/call.hpp"
#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// A private address of its own for a secondary mapping.
std::string free_private_ip(Estate& estate, const NatGateway& gateway);

// assigning, associating, disassociating, succeeded, failed: NatGatewayAddressStatus.
std::string nat_address_status(const NatGateway& gateway, const NatAddress& address, Instant now);
json::object nat_address_view(const NatGateway& gateway, const NatAddress& address, Instant now);

}  // namespace sim::ec2

// What the operations on Client VPN endpoints and those on their rules and routes share.
#pragma once

#include <string>

#include "sim/core/call.hpp"
#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// The endpoint that ClientVpnEndpointId names. Throws MissingParameter,
// InvalidClientVpnEndpointId.NotFound.
ClientVpn& named_client_vpn(Estate& estate, const Call& call);
// The same, for changes: throws IncorrectState for one that is being deleted.
ClientVpn& changing_client_vpn(Estate& estate, const Call& call);

// {"code"}: the form of all states of Client VPN.
json::object vpn_status(std::string_view code);

}  // namespace sim::ec2

// Reading the parts of Client VPN endpoints that have no id of their own in EC2.
#pragma once

#include <optional>

#include "sim/cloudformation/handler.hpp"

namespace sim::cloudformation {

// For drift_readers.cpp: see Reader.
Task<std::optional<json::object>> read_client_vpn_rule(Work& work);
Task<std::optional<json::object>> read_client_vpn_route(Work& work);

}  // namespace sim::cloudformation

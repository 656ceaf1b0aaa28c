// CPU credits of burstable instances (t2, t3, t3a, t4g).
#pragma once

#include <string>

#include "sim/core/call.hpp"

namespace sim::ec2 {

// What an instance of this type gets by this call: standard or unlimited; empty for other types.
// Throws InvalidParameterValue.
std::string cpu_credits(const std::string& type, const Call& call);

}  // namespace sim::ec2

// The volumes that instances are launched with.
#pragma once

#include <string>

#include "sim/core/call.hpp"
#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// Refuses what BlockDeviceMapping cannot mean here.
void check_launch_volumes(const Call& call);

// Makes and attaches the root volume and those of BlockDeviceMapping. Returns the root's id.
std::string add_launch_volumes(Estate& estate, const Call& call, const Instance& instance);

}  // namespace sim::ec2

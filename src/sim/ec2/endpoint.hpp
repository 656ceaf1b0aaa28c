// What the users' VPC endpoints and those of AWS services share.
#pragma once

#include <string>

#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// The endpoint's own interface in one more subnet.
void place_interface(Estate& estate, Endpoint& endpoint, const std::string& subnet);

// Draws when it will be `deleted`, and when it is told no more.
void end_endpoint(Estate& estate, Endpoint& endpoint);

}  // namespace sim::ec2

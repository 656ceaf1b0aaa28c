// The DHCP options that a VPC is born with.
#pragma once

#include <string>

#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// The id of the Region's own set; it comes to be when first asked for.
std::string default_dhcp_options(Estate& estate);

}  // namespace sim::ec2

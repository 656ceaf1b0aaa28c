// What the pieces cost by the hour, on demand, and what a month without them saves.
#pragma once

#include <string_view>

#include "falsework/piece.hpp"

namespace falsework {

// AWS's own month: 730 hours.
inline constexpr int hours_per_month = 730;

// https://aws.amazon.com/vpc/pricing/
// The Region's own price, or the lowest known one, marked as such.
Price nat_gateway_hour(std::string_view region);
// The same in every Region since 2024-02-01, in use or idle.
// https://aws.amazon.com/blogs/aws/new-aws-public-ipv4-address-charge-public-ip-insights/
Price public_address_hour();

}  // namespace falsework

// The NAT gateway: the piece that costs, and the one that takes its time to go.
#pragma once

#include "falsework/kind.hpp"

namespace falsework {

// Ids: "nat-...".
const Kind& nat_gateway();

}  // namespace falsework

// The internet gateway.
#pragma once

#include "falsework/kind.hpp"

namespace falsework {

// Ids: "igw-...".
const Kind& internet_gateway();

}  // namespace falsework

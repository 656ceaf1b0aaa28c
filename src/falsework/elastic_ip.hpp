// The Elastic IP address.
#pragma once

#include "falsework/kind.hpp"

namespace falsework {

// Ids: "eipalloc-...".
const Kind& elastic_ip();

}  // namespace falsework

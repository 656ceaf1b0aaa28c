// Live properties that one call and a table do not tell: rules, attributes and policies that have
// calls of their own.
#pragma once

#include <string_view>

#include "sim/cloudformation/drift.hpp"

namespace sim::cloudformation {

// Adds to `actual` what the template says of it and these calls tell. Null for most types. Throws
// Error.
using Details = Task<void> (*)(Work& work, json::object& actual);
Details details_of(std::string_view type);

}  // namespace sim::cloudformation

// A call's members, as every operation here reads them.
#pragma once

#include "sim/core/fields.hpp"

namespace sim::ecs {

// What ECS calls most of what it does not take.
inline const std::string invalid = "InvalidParameterException";

inline Fields fields(const Call& call) {
  return Fields(call.input, invalid);
}

}  // namespace sim::ecs

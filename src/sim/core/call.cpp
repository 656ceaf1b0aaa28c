#include "sim/core/call.hpp"

namespace sim {

void Service::throttle(const Call&) {}

}  // namespace sim

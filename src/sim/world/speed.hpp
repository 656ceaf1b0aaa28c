// AWS in a hurry: the same embedded AWS with its own latencies shortened.
#pragma once

#include "sim/world/settings.hpp"

namespace sim::world {

// Every latency of AWS divided by `factor` (> 0; below 1 it makes AWS slower). What is no latency
// stays: how long deleted things stay visible, Lambda's limits and its functions' timeouts, custom
// resources' ServiceTimeout, the lifetime of URLs and credentials, token buckets: they measure the
// client, and the client is as fast as it was.
WorldSettings faster(WorldSettings settings, double factor);

}  // namespace sim::world

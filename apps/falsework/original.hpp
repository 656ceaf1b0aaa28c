// The order of work that Falsework replaces, as the article's function does it: both default
// routes, the NAT gateway, 60 seconds whatever happens, the address, detach and delete the internet
// gateway; the first refusal fails it all, and only Create does anything.
// It exists to be compared with, in the embedded AWS, on the same ground and over the same client.
#pragma once

#include "aws/settings.hpp"
#include "base/async.hpp"
#include "http/system.hpp"

namespace apps {

// Serves the Runtime API as cfn::bootstrap does, with that algorithm as its handler.
base::Task<int> original(http::System& system, aws::Environment environment);

}  // namespace apps

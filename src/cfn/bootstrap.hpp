// The whole Lambda function but its outside world: what apps/bootstrap runs for real and the demo
// runs inside its simulated one.
#pragma once

#include "aws/settings.hpp"
#include "base/async.hpp"
#include "http/system.hpp"
#include "lambda/loop.hpp"

namespace cfn {

using aws::Environment;

// Serves Custom::Falsework from the Runtime API at AWS_LAMBDA_RUNTIME_API, with the credentials and
// the Region of the environment, until that API is gone. Returns the process's exit code. A start
// that cannot work (no credentials, no Region) is reported to /init/error.
base::Task<int> bootstrap(http::System& system, Environment environment, lambda::Hooks hooks = {});

}  // namespace cfn

// The policy simulator: the same evaluation that decides real calls, asked in advance.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
#pragma once

#include "sim/iam/operations.hpp"

namespace sim::iam {

void add_simulations(Api api);

}  // namespace sim::iam

// ClientTokens: the same call with the same token makes nothing twice.
// https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
#pragma once

#include <string>

#include "sim/core/call.hpp"
#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// The id that an earlier call of this action with this ClientToken made; empty without a token or
// an earlier call. Throws IdempotentParameterMismatch when the other parameters differ.
std::string made_before(const Estate& estate, const Call& call);

// Keeps what this call made under its ClientToken, if it has one.
void remember(Estate& estate, const Call& call, const std::string& id);

}  // namespace sim::ec2

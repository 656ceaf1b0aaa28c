// Stack policies: which resources of a stack an update may touch, and how.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

// Throws ValidationError with AWS's text for anything that is no stack policy.
void check_stack_policy(const std::string& policy);

// Why the policy does not let an update act on a resource; nothing when it does. A Deny stands
// above every Allow, and what no statement speaks of is denied. `policy`: checked; an empty text is
// no policy and allows all. `action`: "Update:Modify", "Update:Replace" or "Update:Delete".
std::optional<std::string> denied_by(const std::string& policy, std::string_view action,
                                     const std::string& logical_id, const std::string& type);

// The policy of a request's members "<prefix>Body" and "<prefix>URL", read as the caller and
// checked; empty when there is neither. Throws Error.
Task<std::string> stack_policy_of(Engine& engine, Call call, std::string prefix);

}  // namespace sim::cloudformation

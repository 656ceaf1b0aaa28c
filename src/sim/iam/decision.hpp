// Everything that one decision needs, gathered from the store: whose policies, which keys.
#pragma once

#include <optional>
#include <string>

#include "sim/iam/evaluate.hpp"
#include "sim/iam/store.hpp"

namespace sim::iam {

// The identity behind a principal, or nullptr when it is gone or another of the same name.
const Identity* identity_of(const Store& store, const Principal& principal);

// The condition keys of a call by `principal`; `tags` are the identity's.
Keys keys_of(const Store& store, const Principal& principal, const Identity* identity,
             const std::vector<Tag>& tags, const Access& access);

// The policies that an identity's snapshot names. `in_force`: as the services know them by now,
// else as they are written. What they point to must outlive the answer.
Policies policies_of(const Store& store, const Effective& identity, bool in_force);

// What the principal goes by in resources' policies.
void name_caller(const Store& store, const Principal& principal, Policies& policies);

// `resource_policy`: that of the resource, if it has one.
Verdict verdict(const Store& store, const Principal& principal, const Access& access,
                const std::optional<std::string>& resource_policy = std::nullopt);

}  // namespace sim::iam

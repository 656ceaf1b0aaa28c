// What policies say about one request: pure, and the same code for every service.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
#pragma once

#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/iam/iam.hpp"
#include "sim/iam/policy.hpp"

namespace sim::iam {

// A named place in the evaluation, in the words of AWS's refusals.
enum class Layer { identity, boundary, session };

struct Policies {
  std::vector<const Policy*> identity;
  // Each that is present must allow the request as well.
  const Policy* boundary = nullptr;
  const Policy* session = nullptr;
};

struct Verdict {
  Decision decision = Decision::implicit_deny;
  Layer layer = Layer::identity;  // where the denial comes from
};

// An explicit deny anywhere wins; then every layer that is present must allow.
Verdict evaluate(const Policies& policies, const std::string& action, const std::string& resource,
                 const Keys& keys);

// What a trust policy says about `action` by a principal that goes by any of `names`.
Decision evaluate_trust(const Policy& policy, const std::string& action,
                        const std::vector<PrincipalElement>& names, const Keys& keys);

// "no identity-based policy allows the ec2:X action", "with an explicit deny in ...".
std::string reason(const Verdict& verdict, const std::string& action);

}  // namespace sim::iam

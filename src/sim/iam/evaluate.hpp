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
enum class Layer { identity, boundary, session, resource };

struct Policies {
  std::vector<const Policy*> identity;
  // Each that is present must allow the request as well.
  const Policy* boundary = nullptr;
  const Policy* session = nullptr;
  // The resource's own policy, of the same account: what it allows needs no identity-based policy.
  const Policy* resource = nullptr;
  // What the caller goes by in the resource's policy: the user or the session itself, ...
  std::vector<PrincipalElement> itself = {};
  // ... the role of a session, and the account, to which a policy can only delegate.
  std::vector<PrincipalElement> role = {};
  std::vector<PrincipalElement> account = {};
};

// A statement that applied: one of `policy`, by its position there.
struct Match {
  const Policy* policy = nullptr;
  std::size_t statement = 0;
};

struct Verdict {
  Decision decision = Decision::implicit_deny;
  Layer layer = Layer::identity;  // where the denial comes from
  std::vector<Match> matched = {};
};

// An explicit deny anywhere wins. Then the resource's policy may allow the caller itself; or every
// layer that is present must allow, the resource's policy standing in for the identity-based ones.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
Verdict evaluate(const Policies& policies, const std::string& action, const std::string& resource,
                 const Keys& keys);

// The condition keys that statements about this action name and the request does not carry.
std::vector<std::string> missing_keys(const Policies& policies, const std::string& action,
                                      const Keys& keys);

// What a trust policy says about `action` by a principal that goes by any of `names`.
Decision evaluate_trust(const Policy& policy, const std::string& action,
                        const std::vector<PrincipalElement>& names, const Keys& keys);

// "no identity-based policy allows the ec2:X action", "with an explicit deny in ...".
std::string reason(const Verdict& verdict, const std::string& action);

}  // namespace sim::iam

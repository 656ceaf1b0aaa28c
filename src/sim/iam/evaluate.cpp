#include "sim/iam/evaluate.hpp"

#include <algorithm>
#include <set>

namespace sim::iam {

namespace {

enum class Effect { none, allow, deny };

bool about_action(const Statement& statement, const std::string& action) {
  const bool named = std::ranges::any_of(
      statement.actions, [&](const std::string& wanted) { return action_matches(wanted, action); });
  return named != statement.not_actions;
}

bool about_resource(const Statement& statement, const std::string& resource, const Keys& keys,
                    Variables variables) {
  const bool named = std::ranges::any_of(statement.resources, [&](const std::string& wanted) {
    const auto text = pattern(wanted, keys, variables, Wildcards::match);
    return text && text->matches(resource);
  });
  return named != statement.not_resources;
}

bool conditions_hold(const Statement& statement, const Keys& keys, Variables variables) {
  return std::ranges::all_of(statement.conditions, [&](const Condition& condition) {
    return holds(condition, keys, variables);
  });
}

bool about_principal(const Statement& statement, const std::vector<PrincipalElement>& names) {
  const bool named = std::ranges::any_of(statement.principals, [&](const PrincipalElement& wanted) {
    if (wanted.type == "*") return true;
    return std::ranges::any_of(names, [&](const PrincipalElement& name) {
      if (name.type != wanted.type) return false;
      return name.value == wanted.value || (wanted.type == "AWS" && wanted.value == "*");
    });
  });
  return named != statement.not_principals;
}

// Collects the statements that apply; with `names`, only those about one of them.
Effect effect(const Policy& policy, const std::string& action, const std::string& resource,
              const Keys& keys, const std::vector<PrincipalElement>* names,
              std::vector<Match>& matched) {
  auto out = Effect::none;
  for (std::size_t i = 0; i < policy.statements.size(); ++i) {
    const auto& statement = policy.statements[i];
    if (names != nullptr && !about_principal(statement, *names)) continue;
    if (!about_action(statement, action)) continue;
    if (!about_resource(statement, resource, keys, policy.variables)) continue;
    if (!conditions_hold(statement, keys, policy.variables)) continue;
    matched.push_back({&policy, i});
    out = std::max(out, statement.allow ? Effect::allow : Effect::deny);
  }
  return out;
}

// Whether the policy allows it to one of these; `by_name`: not only as one of all ("*").
bool allows(const Policy& policy, const std::vector<PrincipalElement>& names, bool by_name,
            const std::string& action, const std::string& resource, const Keys& keys) {
  return std::ranges::any_of(policy.statements, [&](const Statement& statement) {
    if (!statement.allow || !about_principal(statement, names)) return false;
    const bool wildcard = statement.not_principals ||
                          std::ranges::any_of(statement.principals, [](const auto& principal) {
                            return principal.value == "*";
                          });
    return !(by_name && wildcard) && about_action(statement, action) &&
           about_resource(statement, resource, keys, policy.variables) &&
           conditions_hold(statement, keys, policy.variables);
  });
}

}  // namespace

Verdict evaluate(const Policies& policies, const std::string& action, const std::string& resource,
                 const Keys& keys) {
  struct Asked {
    Layer layer;
    Effect effect;
  };
  Verdict out;
  const auto ask = [&](const Policy& policy, const std::vector<PrincipalElement>* names) {
    return effect(policy, action, resource, keys, names, out.matched);
  };
  std::vector<Asked> layers = {{Layer::identity, Effect::none}};
  for (const auto* policy : policies.identity) {
    layers[0].effect = std::max(layers[0].effect, ask(*policy, nullptr));
  }
  if (policies.boundary != nullptr) {
    layers.push_back({Layer::boundary, ask(*policies.boundary, nullptr)});
  }
  if (policies.session != nullptr) {
    layers.push_back({Layer::session, ask(*policies.session, nullptr)});
  }
  auto of_resource = Effect::none;
  bool itself = false;
  if (const auto* policy = policies.resource) {
    // What is allowed to the account only is for its administrators to pass on.
    auto names = policies.itself;
    itself = allows(*policy, names, true, action, resource, keys);
    names.insert(names.end(), policies.role.begin(), policies.role.end());
    const bool granted = allows(*policy, names, false, action, resource, keys);
    names.insert(names.end(), policies.account.begin(), policies.account.end());
    of_resource = ask(*policy, &names);
    if (of_resource == Effect::allow && !granted) of_resource = Effect::none;
  }
  if (of_resource == Effect::deny) {
    out.decision = Decision::explicit_deny;
    out.layer = Layer::resource;
    return out;
  }
  for (const auto& asked : layers) {
    if (asked.effect != Effect::deny) continue;
    out.decision = Decision::explicit_deny;
    out.layer = asked.layer;
    return out;
  }
  if (of_resource == Effect::allow) layers[0].effect = Effect::allow;
  for (const auto& asked : layers) {
    if (asked.effect == Effect::allow || itself) continue;
    out.layer = asked.layer;
    return out;
  }
  out.decision = Decision::allowed;
  return out;
}

std::vector<std::string> missing_keys(const Policies& policies, const std::string& action,
                                      const Keys& keys) {
  std::set<std::string> missing;
  auto all = policies.identity;
  for (const auto* other : {policies.boundary, policies.session, policies.resource}) {
    if (other != nullptr) all.push_back(other);
  }
  for (const auto* policy : all) {
    for (const auto& statement : policy->statements) {
      if (!about_action(statement, action)) continue;
      for (const auto& condition : statement.conditions) {
        if (keys.find(condition.key) == nullptr) missing.insert(condition.key);
      }
    }
  }
  return {missing.begin(), missing.end()};
}

Decision evaluate_trust(const Policy& policy, const std::string& action,
                        const std::vector<PrincipalElement>& names, const Keys& keys) {
  auto out = Decision::implicit_deny;
  for (const auto& statement : policy.statements) {
    if (!about_principal(statement, names)) continue;
    if (!about_action(statement, action)) continue;
    if (!conditions_hold(statement, keys, policy.variables)) continue;
    if (!statement.allow) return Decision::explicit_deny;
    out = Decision::allowed;
  }
  return out;
}

std::string reason(const Verdict& verdict, const std::string& action) {
  const char* name = verdict.layer == Layer::identity   ? "identity-based policy"
                     : verdict.layer == Layer::boundary ? "permissions boundary"
                     : verdict.layer == Layer::session  ? "session policy"
                                                        : "resource-based policy";
  if (verdict.decision == Decision::explicit_deny) {
    const char* article = verdict.layer == Layer::identity ? "an " : "a ";
    return std::string("with an explicit deny in ") + article + name;
  }
  return std::string("because no ") + name + " allows the " + action + " action";
}

}  // namespace sim::iam

#include "sim/iam/evaluate.hpp"

#include <algorithm>

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

Effect effect(const Policy& policy, const std::string& action, const std::string& resource,
              const Keys& keys) {
  auto out = Effect::none;
  for (const auto& statement : policy.statements) {
    if (!about_action(statement, action)) continue;
    if (!about_resource(statement, resource, keys, policy.variables)) continue;
    if (!conditions_hold(statement, keys, policy.variables)) continue;
    if (!statement.allow) return Effect::deny;
    out = Effect::allow;
  }
  return out;
}

Effect effect(const std::vector<const Policy*>& policies, const std::string& action,
              const std::string& resource, const Keys& keys) {
  auto out = Effect::none;
  for (const auto* policy : policies) out = std::max(out, effect(*policy, action, resource, keys));
  return out;
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

}  // namespace

Verdict evaluate(const Policies& policies, const std::string& action, const std::string& resource,
                 const Keys& keys) {
  struct Asked {
    Layer layer;
    Effect effect;
  };
  std::vector<Asked> layers;
  layers.push_back({Layer::identity, effect(policies.identity, action, resource, keys)});
  if (policies.boundary != nullptr) {
    layers.push_back({Layer::boundary, effect(*policies.boundary, action, resource, keys)});
  }
  if (policies.session != nullptr) {
    layers.push_back({Layer::session, effect(*policies.session, action, resource, keys)});
  }
  for (const auto& asked : layers) {
    if (asked.effect == Effect::deny) return {Decision::explicit_deny, asked.layer};
  }
  for (const auto& asked : layers) {
    if (asked.effect != Effect::allow) return {Decision::implicit_deny, asked.layer};
  }
  return {Decision::allowed, Layer::identity};
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
                                                        : "session policy";
  if (verdict.decision == Decision::explicit_deny) {
    const char* article = verdict.layer == Layer::identity ? "an " : "a ";
    return std::string("with an explicit deny in ") + article + name;
  }
  return std::string("because no ") + name + " allows the " + action + " action";
}

}  // namespace sim::iam

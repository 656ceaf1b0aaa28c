#include "sim/iam/simulate.hpp"

#include <algorithm>
#include <set>

#include "sim/iam/decision.hpp"

namespace sim::iam {

namespace {

// What a simulation is about, with the policies that only it knows.
struct Subject {
  Principal principal;
  const Identity* identity = nullptr;
  std::vector<Tag> tags;
  Effective effective;
  std::vector<Policy> given;  // PolicyInputList
  std::vector<Policy> boundaries;
  std::optional<Policy> resource;
  Policies policies;  // points into the above and into the store
};

const char* word(Decision decision) {
  return decision == Decision::allowed         ? "allowed"
         : decision == Decision::explicit_deny ? "explicitDeny"
                                               : "implicitDeny";
}

std::vector<Policy> policy_list(const Fields& input, std::string_view member) {
  std::vector<Policy> out;
  for (const auto& text : input.texts(member)) {
    try {
      out.push_back(parse_policy(text, PolicyUse::identity));
    } catch (const Error& error) {
      throw Error("InvalidInput", error.what());
    }
  }
  return out;
}

void take_principal(const Store& store, const std::string& arn, Subject& subject) {
  using Kind = Principal::Kind;
  if (const auto* user = store.find_user(arn)) {
    subject.identity = user;
    subject.principal = {Kind::user, arn, {}, user->id};
  } else if (const auto* role = store.find_role(arn)) {
    subject.identity = role;
    const auto session = "arn:" + store.context.partition + ":sts::" + store.context.account +
                         ":assumed-role/" + role->name + "/simulation";
    subject.principal = {Kind::role_session, session, role->arn, role->id + ":simulation"};
  } else if (arn.find(":group/") != std::string::npos) {
    const auto found = store.groups.find(arn.substr(arn.rfind('/') + 1));
    if (found == store.groups.end() || found->second.arn != arn) {
      no_such_entity("The group with ARN " + arn + " cannot be found.");
    }
    subject.identity = &found->second;
    subject.principal = {Kind::user, arn, {}, found->second.id};
  } else {
    no_such_entity("The entity with ARN " + arn + " cannot be found.");
  }
  subject.effective = store.snapshot(*subject.identity);
  subject.tags = subject.identity->tags;
}

void take_inputs(const Store& store, const Fields& input, Subject& subject) {
  subject.given = policy_list(input, "PolicyInputList");
  subject.boundaries = policy_list(input, "PermissionsBoundaryPolicyInputList");
  subject.policies = policies_of(store, subject.effective, false);
  for (const auto& policy : subject.given) subject.policies.identity.push_back(&policy);
  if (!subject.boundaries.empty()) subject.policies.boundary = &subject.boundaries.front();
  if (!input.has("ResourcePolicy")) return;
  subject.resource = parse_policy(input.text("ResourcePolicy"), PolicyUse::resource);
  subject.policies.resource = &*subject.resource;
  if (const auto caller = input.text("CallerArn"); !caller.empty()) {
    if (subject.identity == nullptr) subject.principal = {Principal::Kind::user, caller, {}, ""};
  } else if (subject.identity == nullptr) {
    throw Error("InvalidInput", "CallerArn is required with a ResourcePolicy.");
  }
  name_caller(store, subject.principal, subject.policies);
}

void add_context(const Fields& input, Keys& keys) {
  for (const auto& entry : input.list("ContextEntries")) {
    if (!entry.is_object()) throw Error("InvalidInput", "A context entry must be a structure.");
    const Fields fields(entry.get_object(), "ValidationError");
    keys.set(fields.required("ContextKeyName"), fields.texts("ContextKeyValues"));
  }
}

json::object position(const Position& at) {
  return {{"Line", at.line}, {"Column", at.column}};
}

// Whose policy it is, in the simulator's words.
std::pair<std::string, std::string> source_of(const Store& store, const Subject& subject,
                                              const Policy* policy) {
  for (std::size_t i = 0; i < subject.given.size(); ++i) {
    if (policy == &subject.given[i]) {
      return {"PolicyInputList." + std::to_string(i + 1), "IAM Policy"};
    }
  }
  for (std::size_t i = 0; i < subject.boundaries.size(); ++i) {
    if (policy == &subject.boundaries[i]) {
      return {"PermissionsBoundaryPolicyInputList." + std::to_string(i + 1), "IAM Policy"};
    }
  }
  if (subject.resource && policy == &*subject.resource)
    return {"ResourcePolicy", "Resource Policy"};
  for (const auto& [arn, managed] : store.policies) {
    for (const auto& version : managed.versions) {
      if (&version.policy == policy) return {managed.name, "IAM Policy"};
    }
  }
  const auto inlined = [&](const auto& inline_policies, const std::string& kind,
                           const std::string& owner) -> std::string {
    for (const auto& [name, one] : inline_policies) {
      if (&one == policy) return kind + "_" + owner + "_" + name;
    }
    return {};
  };
  const bool role = subject.principal.kind == Principal::Kind::role_session;
  const auto owner = subject.identity != nullptr ? subject.identity->name : "";
  if (auto id = inlined(subject.effective.inline_policies, role ? "role" : "user", owner);
      !id.empty()) {
    return {std::move(id), "IAM Policy"};
  }
  for (const auto& [name, group] : store.groups) {
    if (auto id = inlined(group.inline_policies, "group", name); !id.empty()) {
      return {std::move(id), "IAM Policy"};
    }
  }
  return {"", "IAM Policy"};
}

json::array matched_statements(const Store& store, const Subject& subject, const Verdict& verdict) {
  json::array list;
  for (const auto& match : verdict.matched) {
    const auto spans = statement_spans(match.policy->text);
    const auto [id, type] = source_of(store, subject, match.policy);
    json::object out = {{"SourcePolicyId", id}, {"SourcePolicyType", type}};
    if (match.statement < spans.size()) {
      out["StartPosition"] = position(spans[match.statement].start);
      out["EndPosition"] = position(spans[match.statement].end);
    }
    list.emplace_back(std::move(out));
  }
  return list;
}

json::array texts(const std::vector<std::string>& values) {
  return json::array(values.begin(), values.end());
}

json::object result(const Store& store, const Subject& subject, const Fields& input,
                    const std::string& action, const std::string& resource) {
  auto keys = keys_of(store, subject.principal, subject.identity, subject.tags, {action, resource});
  add_context(input, keys);
  const auto verdict = evaluate(subject.policies, action, resource, keys);
  const auto matched = matched_statements(store, subject, verdict);
  const auto missing = texts(missing_keys(subject.policies, action, keys));
  json::object out = {{"EvalActionName", action},
                      {"EvalResourceName", resource},
                      {"EvalDecision", word(verdict.decision)},
                      {"MatchedStatements", matched},
                      {"MissingContextValues", missing}};
  if (subject.policies.boundary != nullptr) {
    Policies only;
    only.identity = {subject.policies.boundary};
    const bool allowed = evaluate(only, action, resource, keys).decision == Decision::allowed;
    out["PermissionsBoundaryDecisionDetail"] = {{"AllowedByPermissionsBoundary", allowed}};
  }
  if (resource != "*") {
    out["ResourceSpecificResults"] =
        json::array{json::object{{"EvalResourceName", resource},
                                 {"EvalResourceDecision", word(verdict.decision)},
                                 {"MatchedStatements", matched},
                                 {"MissingContextValues", missing}}};
  }
  return out;
}

json::object simulate(const Store& store, const Fields& input, const Subject& subject) {
  input.unsupported("the policy simulator", {"ResourceHandlingOption"});
  auto resources = input.texts("ResourceArns");
  if (resources.empty()) resources.emplace_back("*");
  const auto actions = input.texts("ActionNames");
  if (actions.empty()) input.required("ActionNames");
  json::array results;
  for (const auto& action : actions) {
    if (action.find(':') == std::string::npos) {
      throw Error("InvalidInput", "Invalid Entity Arn: " + action);
    }
    for (const auto& resource : resources) {
      results.emplace_back(result(store, subject, input, action, resource));
    }
  }
  return page(input, "EvaluationResults", results);
}

json::object keys_named(const std::vector<const Policy*>& policies) {
  std::set<std::string> keys;
  for (const auto* policy : policies) {
    for (const auto& key : context_keys(*policy)) keys.insert(key);
  }
  return {{"ContextKeyNames", json::array(keys.begin(), keys.end())}};
}

}  // namespace

void add_simulations(Api api) {
  auto& store = api.store;
  api.add("SimulatePrincipalPolicy", About::account, [&store](const Fields& input, const Call&) {
    Subject subject;
    take_principal(store, input.required("PolicySourceArn"), subject);
    take_inputs(store, input, subject);
    return simulate(store, input, subject);
  });
  api.add("SimulateCustomPolicy", About::account, [&store](const Fields& input, const Call&) {
    Subject subject;
    subject.principal.kind = Principal::Kind::user;
    take_inputs(store, input, subject);
    return simulate(store, input, subject);
  });
  api.add("GetContextKeysForPrincipalPolicy", About::account,
          [&store](const Fields& input, const Call&) {
            Subject subject;
            take_principal(store, input.required("PolicySourceArn"), subject);
            take_inputs(store, input, subject);
            return keys_named(subject.policies.identity);
          });
  api.add("GetContextKeysForCustomPolicy", About::account,
          [&store](const Fields& input, const Call&) {
            Subject subject;
            take_inputs(store, input, subject);
            return keys_named(subject.policies.identity);
          });
}

}  // namespace sim::iam

#include "sim/cloudformation/stack_policy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/cloudformation.hpp"
#include "sim/cloudformation/inputs.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::size_t max_policy_bytes = 16384;
constexpr std::string_view resource_prefix = "LogicalResourceId/";
constexpr std::array<std::string_view, 4> operators{"StringEquals", "StringNotEquals", "StringLike",
                                                    "StringNotLike"};

// [C] One text for whatever is wrong with it: recorded by localstack's test_stack_policies.
Error no_policy() {
  return invalid("Error validating stack policy: Invalid stack policy");
}

// A pattern with '*' for any text and '?' for any character.
bool fits(std::string_view pattern, std::string_view text) {
  std::size_t at = 0, in = 0, star = std::string_view::npos, behind = 0;
  while (in < text.size()) {
    if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[in])) {
      ++at;
      ++in;
    } else if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      behind = in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++behind;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

// A text, or a list of texts. Throws when it is neither.
std::vector<std::string> texts_of(const json::value& value) {
  std::vector<std::string> result;
  const auto add = [&](const json::value& one) {
    if (!one.is_string()) throw no_policy();
    result.emplace_back(one.as_string());
  };
  if (const auto* list = value.if_array()) {
    for (const auto& one : *list) add(one);
  } else {
    add(value);
  }
  return result;
}

bool any_fits(const std::vector<std::string>& patterns, std::string_view text) {
  return std::ranges::any_of(patterns, [&](const auto& one) { return fits(one, text); });
}

void check_condition(const json::value& value) {
  if (!value.is_object()) throw no_policy();
  for (const auto& test : value.as_object()) {
    if (!base::contains(operators, std::string_view(test.key())) || !test.value().is_object()) {
      throw no_policy();
    }
    for (const auto& key : test.value().as_object()) {
      if (key.key() != "ResourceType") throw no_policy();
      texts_of(key.value());
    }
  }
}

void check_statement(const json::value& value) {
  const auto* statement = value.if_object();
  if (statement == nullptr) throw no_policy();
  for (const auto& member : *statement) {
    const std::string_view name = member.key();
    if (name == "Effect") {
      if (member.value() != "Allow" && member.value() != "Deny") throw no_policy();
    } else if (name == "Principal") {
      if (texts_of(member.value()) != std::vector<std::string>{"*"}) throw no_policy();
    } else if (name == "Action" || name == "NotAction") {
      for (const auto& one : texts_of(member.value())) {
        if (one != "*" && !one.starts_with("Update:")) throw no_policy();
      }
    } else if (name == "Resource" || name == "NotResource") {
      for (const auto& one : texts_of(member.value())) {
        if (one != "*" && !one.starts_with(resource_prefix)) throw no_policy();
      }
    } else if (name == "Condition") {
      check_condition(member.value());
    } else if (name != "Sid") {
      throw no_policy();
    }
  }
  const bool actions = statement->contains("Action") != statement->contains("NotAction");
  const bool both = statement->contains("Resource") && statement->contains("NotResource");
  if (!statement->contains("Effect") || !statement->contains("Principal") || !actions || both) {
    throw no_policy();
  }
}

std::vector<json::object> statements(const std::string& policy) {
  boost::system::error_code malformed;
  const json::value value = json::parse(policy, malformed);
  if (malformed || !value.is_object()) throw no_policy();
  std::vector<json::object> result;
  for (const auto& member : value.as_object()) {
    if (member.key() == "Version" || member.key() == "Id") continue;
    if (member.key() != "Statement") throw no_policy();
    const auto add = [&](const json::value& one) {
      check_statement(one);
      result.push_back(one.as_object());
    };
    if (const auto* list = member.value().if_array()) {
      for (const auto& one : *list) add(one);
    } else {
      add(member.value());
    }
  }
  return result;
}

// Whether the statement's "NAME" or "NotNAME" speaks of the text. Without either it speaks of
// nothing: a Deny without Resource denies nothing (serverless#5012).
bool speaks_of(const json::object& statement, const std::string& name, std::string_view text) {
  if (const auto* listed = statement.if_contains(name)) return any_fits(texts_of(*listed), text);
  if (const auto* others = statement.if_contains("Not" + name)) {
    return !any_fits(texts_of(*others), text);
  }
  return false;
}

bool condition_holds(const json::object& statement, const std::string& type) {
  const auto* condition = statement.if_contains("Condition");
  if (condition == nullptr) return true;
  for (const auto& test : condition->as_object()) {
    const std::string_view name = test.key();
    for (const auto& key : test.value().as_object()) {
      const auto types = texts_of(key.value());
      const bool found =
          name.ends_with("Like") ? any_fits(types, type) : base::contains(types, type);
      if (found == name.contains("Not")) return false;
    }
  }
  return true;
}

std::string shown(const json::object& statement, const std::string& name) {
  const auto* listed = statement.if_contains(name);
  if (listed == nullptr) listed = statement.if_contains("Not" + name);
  return listed == nullptr ? std::string() : fmt::format("{}", fmt::join(texts_of(*listed), ", "));
}

}  // namespace

void check_stack_policy(const std::string& policy) {
  statements(policy);
}

std::optional<std::string> denied_by(const std::string& policy, std::string_view action,
                                     const std::string& logical_id, const std::string& type) {
  if (policy.empty()) return std::nullopt;
  const std::string resource = std::string(resource_prefix) + logical_id;
  bool allowed = false;
  std::string denials;
  int count = 0;
  for (const auto& statement : statements(policy)) {
    if (!speaks_of(statement, "Action", action) || !speaks_of(statement, "Resource", resource) ||
        !condition_holds(statement, type)) {
      continue;
    }
    if (statement.at("Effect") == "Allow") {
      allowed = true;
      continue;
    }
    // [C-P] The action and the resource are those of the statement, and every one ends with a
    // semicolon: recorded in awscfncli's README. [I] Only denials are counted.
    denials += fmt::format("{}Statement [#{}] does not allow [{}] for resource [{}];",
                           denials.empty() ? "" : " ", ++count, shown(statement, "Action"),
                           shown(statement, "Resource"));
  }
  if (!denials.empty()) return "Action denied by stack policy: " + denials;
  if (allowed) return std::nullopt;
  return std::string(
      "Action not allowed by stack policy");  // [C-P] localstack's stack policy tests
}

Task<std::string> stack_policy_of(Engine& engine, Call call, std::string prefix) {
  const std::string body = prefix + "Body", url = prefix + "URL";
  if (call.input.contains(body) && call.input.contains(url)) {
    throw invalid(fmt::format("You cannot specify both {} and {}", url, body));
  }
  std::string policy = at(call.input, body);
  if (call.input.contains(url)) {
    policy = co_await engine.template_at(at(call.input, url), call.caller);
  } else if (!call.input.contains(body)) {
    co_return std::string();
  }
  if (policy.empty() || policy.size() > max_policy_bytes) {
    std::string member = body;
    member.front() = 's';
    throw invalid(fmt::format(
        "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must "
        "have length {}",
        member, policy.empty() ? "greater than or equal to 1" : "less than or equal to 16384"));
  }
  check_stack_policy(policy);
  co_return policy;
}

Task<json::object> CloudFormation::set_stack_policy(Call call) {
  const std::string id = living(call).id;
  const std::string policy = co_await stack_policy_of(engine_, call, "StackPolicy");
  if (policy.empty()) {
    throw invalid("You must specify either StackPolicyURL or StackPolicyBody");  // [I] the wording
  }
  Stack* stack = engine_.find(id);
  if (stack == nullptr || stack->gone()) {
    throw invalid(fmt::format("Stack [{}] does not exist", at(call.input, "StackName")));
  }
  stack->policy = policy;
  co_return json::object{};
}

json::object CloudFormation::get_stack_policy(const Call& call) {
  const Stack& stack = living(call);
  // [C] While an update runs with a policy of its own, that is the one.
  const auto& policy =
      stack.policy_during_update.empty() ? stack.policy : stack.policy_during_update;
  if (policy.empty()) return {};
  return {{"StackPolicyBody", policy}};
}

bool Engine::deny(Stack& stack, Resource& resource, std::string_view action) {
  const auto& policy =
      stack.policy_during_update.empty() ? stack.policy : stack.policy_during_update;
  const auto reason = denied_by(policy, action, resource.logical_id, resource.type);
  if (!reason) return false;
  fail(stack, resource, *reason, "UPDATE_FAILED");
  return true;
}

void Engine::end_policies(Stack& stack, bool updated) {
  if (updated && !stack.next_policy.empty()) stack.policy = stack.next_policy;
  stack.next_policy.clear();
  stack.policy_during_update.clear();
}

}  // namespace sim::cloudformation

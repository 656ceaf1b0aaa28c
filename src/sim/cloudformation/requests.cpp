#include "sim/cloudformation/requests.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/inputs.hpp"
#include "sim/cloudformation/stack_policy.hpp"
#include "sim/cloudformation/views.hpp"
#include "templates/limits.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::size_t max_tags = 50;
constexpr std::size_t max_notifications = 5;

Error too_many(std::string_view member, std::size_t limit) {
  return invalid(fmt::format(
      "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must have "
      "length less than or equal to {}",
      member, limit));
}

void read_parameters(const json::object& input, const Stack* existing, Request& request) {
  const auto* list = input.if_contains("Parameters");
  if (list == nullptr || !list->is_array()) return;
  for (const auto& one : list->as_array()) {
    const std::string key = at(one, "ParameterKey");
    if (templates::lower(at(one, "UsePreviousValue")) != "true") {
      request.parameters[key] = at(one, "ParameterValue");
      continue;
    }
    if (existing == nullptr || !existing->parameters.contains(key)) {
      throw invalid(
          fmt::format("Invalid input for parameter key {}. Cannot specify usePreviousValue as "
                      "true for a parameter key not in the previous template",
                      key));
    }
    request.parameters[key] = existing->parameters.at(key);
  }
}

void read_tags(const json::object& input, const Stack* existing, Request& request) {
  // An empty list comes as an empty text, and takes all tags away.
  if (!input.contains("Tags")) {
    if (existing != nullptr) request.tags = existing->tags;
    return;
  }
  const auto* list = input.at("Tags").if_array();
  if (list == nullptr) return;
  if (list->size() > max_tags) throw too_many("tags", max_tags);
  for (const auto& one : *list) {
    const std::string key = at(one, "Key");
    if (key.starts_with("aws:")) {
      throw invalid("aws: prefixed tag key names are not allowed for external use.");
    }
    if (request.tags.contains(key)) {
      throw invalid(fmt::format("Duplicate tag keys found. Key: {}", key));  // [I] the wording
    }
    request.tags[key] = at(one, "Value");
  }
}

void read_failure(const json::object& input, Request& request) {
  check_one_of(input, "OnFailure", {"ROLLBACK", "DO_NOTHING", "DELETE"});
  check_one_of(input, "OnStackFailure", {"ROLLBACK", "DO_NOTHING", "DELETE"});
  std::string wish = at(input, "OnFailure");
  if (!wish.empty() && input.contains("DisableRollback")) {
    throw invalid("Specify either DisableRollback or OnFailure, but not both.");
  }
  if (wish.empty()) wish = at(input, "OnStackFailure");
  if (!wish.empty()) {
    request.on_failure = wish;
  } else if (flag(input, "DisableRollback")) {
    request.on_failure = "DO_NOTHING";
  }
  request.retain_except_on_create = flag(input, "RetainExceptOnCreate");
}

}  // namespace

Task<std::string> template_of(Engine& engine, Call call) {
  const auto& input = call.input;
  const bool has_body = input.contains("TemplateBody");
  const bool has_url = input.contains("TemplateURL");
  if (has_body == has_url) {
    throw invalid("Either Template URL or Template Body must be specified.");
  }
  if (has_url) co_return co_await engine.template_at(at(input, "TemplateURL"), call.caller);
  std::string body = at(input, "TemplateBody");
  if (body.empty() || body.size() > templates::max_body_bytes) {
    throw invalid(fmt::format(
        "1 validation error detected: Value '{}' at 'templateBody' failed to satisfy constraint: "
        "Member must have length {}",
        body.substr(0, 100),
        body.empty() ? "greater than or equal to 1" : "less than or equal to 51200"));
  }
  co_return body;
}

Principal acting_for(Principal caller) {
  caller.via.emplace_back("cloudformation.amazonaws.com");
  return caller;
}

Task<Request> request_of(Engine& engine, Caller& caller, Call call, const Stack* existing) {
  const auto& input = call.input;
  check_deployment(call);
  Request request;
  if (existing == nullptr) check_name(input, "StackName");
  request.name = existing != nullptr ? existing->name : at(input, "StackName");
  request.operation = call.action;
  if (existing != nullptr && flag(input, "UsePreviousTemplate")) {
    if (input.contains("TemplateBody") || input.contains("TemplateURL")) {
      throw invalid("You cannot specify both usePreviousTemplate and Template Body or URL.");
    }
    request.text = existing->text;
  } else {
    request.text = co_await template_of(engine, call);
  }
  request.file = input.contains("TemplateURL") ? at(input, "TemplateURL") : "TemplateBody";
  read_parameters(input, existing, request);
  read_tags(input, existing, request);
  read_failure(input, request);
  request.capabilities = texts(input, "Capabilities");
  request.rollback = rollback_configuration_of(
      input, existing == nullptr ? RollbackConfiguration() : existing->rollback);
  request.resource_types = texts(input, "ResourceTypes");
  request.notifications = texts(input, "NotificationARNs");
  if (request.notifications.size() > max_notifications) {
    throw too_many("notificationARNs", max_notifications);
  }
  if (existing != nullptr && !input.contains("NotificationARNs")) {
    request.notifications = existing->notifications;
  }
  request.token = at(input, "ClientRequestToken");
  request.protection = flag(input, "EnableTerminationProtection");
  if (const auto minutes = templates::number_of(at(input, "TimeoutInMinutes"))) {
    if (*minutes < 1) {
      throw invalid(fmt::format(
          "1 validation error detected: Value '{}' at 'timeoutInMinutes' failed to satisfy "
          "constraint: Member must have value greater than or equal to 1",
          at(input, "TimeoutInMinutes")));
    }
    request.timeout_minutes = static_cast<int>(*minutes);
  }
  request.policy = co_await stack_policy_of(engine, call, "StackPolicy");
  request.policy_during_update = co_await stack_policy_of(engine, call, "StackPolicyDuringUpdate");
  request.principal = acting_for(call.caller);
  request.role_arn = at(input, "RoleARN");
  if (request.role_arn.empty() && existing != nullptr) request.role_arn = existing->role_arn;
  if (!request.role_arn.empty()) {
    request.principal = co_await role_session(engine.context(), caller, request.role_arn);
  }
  co_return request;
}

bool is_repeated(const Stack& stack, const Call& call) {
  const auto found = stack.tokens.find(at(call.input, "ClientRequestToken"));
  if (found == stack.tokens.end()) return false;
  if (found->second == call.action) return true;
  throw Error(
      "TokenAlreadyExistsException",
      fmt::format("Token [{}] already exists for operation {}", found->first, found->second));
}

void remember_token(Stack& stack, const Call& call) {
  stack.token = at(call.input, "ClientRequestToken");
  if (!stack.token.empty()) stack.tokens[stack.token] = call.action;
}

}  // namespace sim::cloudformation

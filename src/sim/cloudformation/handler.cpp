#include "sim/cloudformation/handler.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "sim/cloudformation/handlers/handlers.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr int throttle_tries = 8;

std::string handler_code(const Error& error) {
  const std::string_view code = error.code;
  if (code.contains("AccessDenied") || code == "UnauthorizedOperation" || code == "AuthFailure") {
    return "AccessDenied";
  }
  if (is_throttled(error)) return "Throttling";
  if (is_gone(error)) return "NotFound";
  if (code.contains("AlreadyExists") || code.contains("Duplicate") ||
      code == "ResourceConflictException") {
    return "AlreadyExists";
  }
  if (code.contains("LimitExceeded")) return "ServiceLimitExceeded";
  if (code == "InternalFailure") return "InternalFailure";
  if (error.status >= 500) return "ServiceInternalError";
  return "InvalidRequest";
}

// "List.Member" is given when any of that list has it.
bool is_given(const json::object& properties, std::string_view name) {
  const auto dot = name.find('.');
  const auto* value = properties.if_contains(name.substr(0, dot));
  if (value == nullptr) return false;
  if (dot == std::string_view::npos) return at(properties, name) != "false";
  if (!value->is_array()) return false;
  return std::ranges::any_of(value->get_array(), [&](const json::value& one) {
    return one.is_object() && is_given(one.get_object(), name.substr(dot + 1));
  });
}

json::array merged_tags(std::map<std::string, std::string> all, const json::object& properties) {
  const auto* own = properties.if_contains("Tags");
  if (own != nullptr && own->is_array()) {
    for (const auto& tag : own->get_array()) all[at(tag, "Key")] = at(tag, "Value");
  } else if (own != nullptr && own->is_object()) {
    for (const auto& tag : own->get_object()) all[tag.key()] = templates::text_of(tag.value());
  }
  json::array result;
  for (const auto& [key, value] : all) {
    result.push_back(json::object{{"Key", key}, {"Value", value}});
  }
  return result;
}

}  // namespace

void Work::initiated(std::string physical_id) {
  id = std::move(physical_id);
  if (on_initiated) on_initiated();
}

Task<json::object> Work::call(std::string service, std::string action, json::object input) {
  return call_as(principal, std::move(service), std::move(action), std::move(input));
}

Task<json::object> Work::call_as(Principal caller_principal, std::string service,
                                 std::string action, json::object input) {
  double wait = 1;
  const auto limit = context.now() + base::from_seconds(knobs.not_found_limit);
  for (int attempt = 1;; ++attempt) {
    std::optional<Error> refused;
    try {
      co_return co_await caller.call(caller_principal, service, action, input);
    } catch (const Error& error) {
      refused = error;
    }
    const bool throttled = is_throttled(*refused) && attempt < throttle_tries;
    const bool unknown_yet = propagating && is_gone(*refused) && context.now() < limit;
    if (!throttled && !unknown_yet) throw *refused;
    co_await pause(throttled ? wait : knobs.not_found_wait);
    if (throttled) wait = std::min(wait * 2, 30.0);
  }
}

Task<json::object> Work::look(std::string service, std::string action, json::object input,
                              std::string path) {
  const auto limit = context.now() + base::from_seconds(knobs.not_found_limit);
  while (true) {
    auto answer = co_await call(service, action, input);
    if (!propagating || !at(answer, path).empty() || context.now() >= limit) co_return answer;
    co_await pause(knobs.not_found_wait);
  }
}

Task<void> Work::pause(double seconds) {
  if (cancelled) throw Cancelled{};
  co_await context.clock().sleep_for(base::from_seconds(seconds));
  if (cancelled) throw Cancelled{};
}

std::string Work::generated_name(std::size_t limit) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string suffix;
  for (int i = 0; i < 12; ++i) {
    suffix += letters[static_cast<std::size_t>(random.integer(0, 35))];
  }
  std::string stem = stack_name + "-" + logical_id;
  if (stem.size() + 13 > limit) {
    // AWS shortens the stack's name and the logical id; the suffix keeps it unique.
    stem = stem.substr(0, limit - 13);
  }
  return stem + "-" + suffix;
}

bool Work::has(std::string_view property) const {
  return properties.contains(property);
}

std::string Work::text(std::string_view property) const {
  const auto* value = properties.if_contains(property);
  return value == nullptr ? std::string() : templates::text_of(*value);
}

std::string Work::required(std::string_view property) const {
  if (!has(property)) {
    throw Failure(
        fmt::format("Property validation failure: [The property {{/{}}} is required]", property));
  }
  return text(property);
}

json::array Work::texts(std::string_view property) const {
  json::array result;
  const auto* value = properties.if_contains(property);
  if (value == nullptr) return result;
  if (const auto* list = value->if_array()) {
    for (const auto& one : *list) result.emplace_back(templates::text_of(one));
  } else {
    result.emplace_back(templates::text_of(*value));
  }
  return result;
}

bool Work::changed(std::string_view property) const {
  if (property == "Tags") return tags() != old_tags();
  const auto* before = old_properties.if_contains(property);
  const auto* after = properties.if_contains(property);
  if (before == nullptr || after == nullptr) return before != after;
  return *before != *after;
}

json::array Work::tags() const {
  return merged_tags(stack_tags, properties);
}

json::array Work::old_tags() const {
  return merged_tags(old_stack_tags, old_properties);
}

json::array Work::dropped_tags() const {
  std::set<std::string> kept;
  for (const auto& tag : tags()) kept.insert(at(tag, "Key"));
  json::array keys;
  for (const auto& tag : old_tags()) {
    if (const auto key = at(tag, "Key"); !kept.contains(key)) keys.emplace_back(key);
  }
  return keys;
}

const Handler* handler_of(std::string_view type) {
  // A constant: the same for every world.
  static const Handlers table = all_handlers();
  const auto found =
      table.find(templates::is_custom(type) ? "AWS::CloudFormation::CustomResource" : type);
  return found == table.end() ? nullptr : &found->second;
}

std::vector<std::string> supported_types() {
  std::vector<std::string> types;
  for (const auto& [type, handler] : all_handlers()) types.push_back(type);
  return types;
}

const templates::ResourceType* schema_of(std::string_view type) {
  const auto* handler = handler_of(type);
  return handler == nullptr ? nullptr : &handler->schema;
}

std::vector<std::string> unsupported_in(std::string_view type, const json::object& properties) {
  std::vector<std::string> found;
  const auto* handler = handler_of(type);
  if (handler == nullptr) return found;
  for (const auto& name : handler->unsupported) {
    if (is_given(properties, name)) found.push_back(name);
  }
  return found;
}

std::string handler_message(const Error& error, const std::string& token) {
  return fmt::format(
      "Resource handler returned message: \"{}\" (RequestToken: {}, HandlerErrorCode: {})",
      error.what(), token, handler_code(error));
}

std::string failure_message(std::exception_ptr failure, const std::string& token) {
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const Failure& reason) {
    return reason.what();
  } catch (const Error& error) {
    return handler_message(error, token);
  } catch (const std::exception& error) {
    return handler_message(Error("InternalFailure", error.what(), 500), token);
  }
}

bool recreates(const Handler& handler, const json::object& properties, std::string_view property) {
  if (handler.create_only.contains(property)) return true;
  return handler.create_only_unversioned.contains(property) &&
         at(properties, "UpdateMethod") != "NewVersion";
}

bool is_gone(const Error& error) {
  const std::string_view code = error.code;
  return code.ends_with("NotFound") || code.ends_with("NotFoundException") ||
         code == "NoSuchEntity" || code == "Gateway.NotAttached" || code == "ParameterNotFound" ||
         code == "NoSuchBucket" || code == "NoSuchHostedZone" ||
         code == "AssociationDoesNotExist" || code == "InvalidDocument" ||
         code == "AWS.SimpleQueueService.NonExistentQueue" || code == "ServiceNotActiveException";
}

bool is_throttled(const Error& error) {
  const std::string_view code = error.code;
  return code == "RequestLimitExceeded" || code == "Throttling" || code == "ThrottlingException" ||
         code == "TooManyRequestsException" || code == "SlowDown";
}

bool is_held(const Error& error) {
  constexpr std::array codes{"DependencyViolation",
                             "InvalidGroup.InUse",
                             "InvalidIPAddress.InUse",
                             "DeleteConflict",
                             "ClusterContainsServicesException",
                             "ClusterContainsTasksException",
                             "UpdateInProgressException"};
  return std::ranges::find(codes, error.code) != codes.end();
}

const json::value* find(const json::value& value, std::string_view path) {
  const json::value* here = &value;
  while (here != nullptr && !path.empty()) {
    const auto dot = path.find('.');
    const auto step = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    if (const auto* object = here->if_object()) {
      here = object->if_contains(step);
    } else if (const auto* array = here->if_array()) {
      std::size_t index = 0;
      const auto [rest, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      here = error == std::errc() && index < array->size() ? &(*array)[index] : nullptr;
    } else {
      return nullptr;
    }
  }
  return here;
}

const json::value* find(const json::object& object, std::string_view path) {
  const auto dot = path.find('.');
  const auto* first = object.if_contains(path.substr(0, dot));
  if (first == nullptr || dot == std::string_view::npos) return first;
  return find(*first, path.substr(dot + 1));
}

std::string at(const json::value& value, std::string_view path) {
  const auto* found = find(value, path);
  return found == nullptr || found->is_null() ? std::string() : templates::text_of(*found);
}

}  // namespace sim::cloudformation

#include "sim/core/fields.hpp"

#include <charconv>

namespace sim {

namespace {

[[noreturn]] void refuse_type(std::string_view name, std::string_view wanted) {
  throw Error("SerializationException", fmt::format("The value of {} is not {}.", name, wanted));
}

const json::value* find(const json::object& members, std::string_view name) {
  const auto* value = members.if_contains(name);
  return value && !value->is_null() ? value : nullptr;
}

}  // namespace

bool Fields::has(std::string_view name) const {
  return find(members_, name) != nullptr;
}

std::string Fields::text(std::string_view name, std::string fallback) const {
  const auto* value = find(members_, name);
  if (!value) return fallback;
  if (!value->is_string()) refuse_type(name, "a string");
  return std::string(value->get_string());
}

std::string Fields::required(std::string_view name) const {
  std::string value = text(name);
  if (value.empty()) {
    throw Error(missing_code_,
                fmt::format("1 validation error detected: Value null at '{}' failed to satisfy "
                            "constraint: Member must not be null",
                            name));
  }
  return value;
}

std::int64_t Fields::integer(std::string_view name, std::int64_t fallback) const {
  const auto* value = find(members_, name);
  if (!value) return fallback;
  if (value->is_int64()) return value->get_int64();
  if (value->is_string()) {
    const std::string_view digits = value->get_string();
    std::int64_t number = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failure == std::errc() && end == digits.data() + digits.size()) return number;
  }
  refuse_type(name, "an integer");
}

bool Fields::flag(std::string_view name, bool fallback) const {
  const auto* value = find(members_, name);
  if (!value) return fallback;
  if (value->is_bool()) return value->get_bool();
  if (value->is_string() && value->get_string() == "true") return true;
  if (value->is_string() && value->get_string() == "false") return false;
  refuse_type(name, "a boolean");
}

const json::array& Fields::list(std::string_view name) const {
  static const json::array none;
  const auto* value = find(members_, name);
  // The query protocol writes an empty list as an empty text.
  if (!value || (value->is_string() && value->get_string().empty())) return none;
  if (!value->is_array()) refuse_type(name, "a list");
  return value->get_array();
}

std::vector<std::string> Fields::texts(std::string_view name) const {
  std::vector<std::string> texts;
  for (const auto& value : list(name)) {
    if (!value.is_string()) refuse_type(name, "a list of strings");
    texts.emplace_back(value.get_string());
  }
  return texts;
}

const json::object& Fields::object(std::string_view name) const {
  static const json::object none;
  const auto* value = find(members_, name);
  if (!value) return none;
  if (!value->is_object()) refuse_type(name, "a structure");
  return value->get_object();
}

void Fields::unsupported(std::string_view operation,
                         std::initializer_list<std::string_view> names) const {
  for (const auto name : names) {
    const auto* value = find(members_, name);
    if (!value || (value->is_array() && value->get_array().empty())) continue;
    throw Error("NotImplemented",
                fmt::format("The embedded AWS has no {} for {}.", name, operation), 501);
  }
}

double epoch_seconds(base::Instant instant) {
  return static_cast<double>(base::unix_milliseconds(instant)) / 1000.0;
}

}  // namespace sim

#include "sim/ec2/input.hpp"

#include <fmt/format.h>

#include <charconv>

#include "sim/ec2/errors.hpp"

namespace sim::ec2 {

std::string text(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_uint64()) return std::to_string(value.get_uint64());
  if (value.is_double()) return fmt::format("{}", value.get_double());
  return {};
}

std::string text(const json::object& input, std::string_view name) {
  const auto* value = input.if_contains(name);
  return value ? text(*value) : std::string();
}

bool has(const json::object& input, std::string_view name) {
  const auto* value = input.if_contains(name);
  return value && !value->is_null();
}

std::string required(const json::object& input, std::string_view name) {
  auto value = text(input, name);
  if (value.empty()) throw missing_parameter(name);
  return value;
}

std::vector<std::string> texts(const json::object& input, std::string_view name) {
  std::vector<std::string> values;
  if (const auto* value = input.if_contains(name)) {
    if (const auto* list = value->if_array()) {
      for (const auto& item : *list) values.push_back(text(item));
    } else if (!value->is_null()) {
      values.push_back(text(*value));
    }
  }
  return values;
}

std::vector<json::object> objects(const json::object& input, std::string_view name) {
  std::vector<json::object> values;
  if (const auto* value = input.if_contains(name)) {
    if (const auto* list = value->if_array()) {
      for (const auto& item : *list) {
        if (const auto* one = item.if_object()) values.push_back(*one);
      }
    }
  }
  return values;
}

json::object object(const json::object& input, std::string_view name) {
  const auto* value = input.if_contains(name);
  return value && value->is_object() ? value->get_object() : json::object();
}

bool flag(const json::object& input, std::string_view name, bool otherwise) {
  const auto value = text(input, name);
  if (value.empty()) return otherwise;
  if (value == "true" || value == "True") return true;
  if (value == "false" || value == "False") return false;
  throw invalid_value(
      fmt::format("Invalid value '{}' for {}. Boolean expected (true or false).", value, name));
}

std::optional<int> number(const json::object& input, std::string_view name) {
  const auto value = text(input, name);
  if (value.empty()) return std::nullopt;
  int result = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
  if (error != std::errc() || end != value.data() + value.size()) {
    throw invalid_value(fmt::format("Invalid integer value {} for {}", value, name));
  }
  return result;
}

std::optional<bool> attribute(const json::object& input, std::string_view name) {
  if (!has(input, name)) return std::nullopt;
  return flag(object(input, name), "Value", false);
}

json::array array_of(const std::vector<std::string>& values) {
  json::array result;
  for (const auto& value : values) result.emplace_back(value);
  return result;
}

}  // namespace sim::ec2

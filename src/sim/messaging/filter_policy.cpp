#include "sim/messaging/filter_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "base/contains.hpp"
#include "sim/core/words.hpp"

namespace sim::messaging {

namespace {

constexpr std::string_view operators =
    "prefix suffix anything-but numeric exists equals-ignore-case";
constexpr std::string_view beyond = "wildcard cidr";

Error invalid(const std::string& why) {
  return {"InvalidParameter", "Invalid parameter: FilterPolicy: " + why};
}

std::optional<double> number_of(const json::value& value) {
  if (value.is_number()) return value.to_number<double>();
  return std::nullopt;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return out;
}

// Checks --------------------------------------------------------------------------------------

void check_numeric(const json::value& rule) {
  const auto* parts = rule.if_array();
  if (parts == nullptr || (parts->size() != 2 && parts->size() != 4)) {
    throw invalid("Value of numeric must be an array of operators and numbers");
  }
  for (std::size_t i = 0; i < parts->size(); i += 2) {
    const auto* sign = (*parts)[i].if_string();
    if (sign == nullptr || !base::contains(words_of("= < <= > >="), std::string(*sign)) ||
        !number_of((*parts)[i + 1])) {
      throw invalid("Unrecognized numeric range operator");
    }
  }
}

// https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
void check_anything_but(const json::value& rule) {
  if (const auto* object = rule.if_object()) {
    constexpr std::string_view inner = "prefix suffix equals-ignore-case";
    if (object->size() != 1 || !object->begin()->value().is_string() ||
        !base::contains(words_of(inner), std::string(object->begin()->key()))) {
      throw invalid("anything-but takes one of prefix, suffix and equals-ignore-case of a string");
    }
    return;
  }
  const auto plain = [](const json::value& one) { return one.is_string() || one.is_number(); };
  const auto* list = rule.if_array();
  const bool fine = list == nullptr ? plain(rule) : std::ranges::all_of(*list, plain);
  if (!fine || (list != nullptr && list->empty())) {
    throw invalid("Value of anything-but must be an array or single string/number value.");
  }
}

void check_condition(const json::value& condition) {
  const auto* object = condition.if_object();
  if (object == nullptr) {
    if (condition.is_array())
      throw invalid("Match value must be String, number, true, false, or null");
    return;
  }
  if (object->size() != 1) throw invalid("Only one key allowed in match expression");
  const std::string name = object->begin()->key();
  const auto& rule = object->begin()->value();
  if (base::contains(words_of(beyond), name)) {
    throw Error("NotImplemented",
                fmt::format("The embedded AWS has no {} in filter policies.", name), 501);
  }
  if (!base::contains(words_of(operators), name)) {
    throw invalid("Unrecognized match type " + name);
  }
  if (name == "numeric") check_numeric(rule);
  if (name == "anything-but") check_anything_but(rule);
  if (name == "exists" && !rule.is_bool())
    throw invalid("exists match pattern must be either true or false.");
  if ((name == "prefix" || name == "suffix" || name == "equals-ignore-case") && !rule.is_string()) {
    throw invalid(name + " match pattern must be a string");
  }
}

void check_level(const json::object& level) {
  if (level.empty()) throw invalid("Empty filter policy is not allowed");
  for (const auto& one : level) {
    if (one.key() == "$or") {
      throw Error("NotImplemented", "The embedded AWS has no $or in filter policies.", 501);
    }
    if (const auto* inner = one.value().if_object()) {
      check_level(*inner);
      continue;
    }
    const auto* conditions = one.value().if_array();
    if (conditions == nullptr)
      throw invalid(
          fmt::format("\"{}\" must be an object or an array", std::string_view(one.key())));
    if (conditions->empty()) throw invalid("Empty arrays are not allowed");
    for (const auto& condition : *conditions) check_condition(condition);
  }
}

// Matches -------------------------------------------------------------------------------------

bool same(const json::value& wanted, const json::value& value) {
  const auto left = number_of(wanted), right = number_of(value);
  if (left && right) return *left == *right;
  return wanted == value;
}

bool in_range(const json::array& parts, double value) {
  for (std::size_t i = 0; i < parts.size(); i += 2) {
    const std::string_view sign = parts[i].get_string();
    const auto bound = *number_of(parts[i + 1]);
    const bool good = sign == "="    ? value == bound
                      : sign == "<"  ? value < bound
                      : sign == "<=" ? value <= bound
                      : sign == ">"  ? value > bound
                                     : value >= bound;
    if (!good) return false;
  }
  return true;
}

bool matches(const json::value& condition, const json::value& value);

bool is_anything_but(const json::value& rule, const json::value& value) {
  if (const auto* list = rule.if_array()) {
    return std::ranges::none_of(*list, [&](const auto& one) { return same(one, value); });
  }
  return !matches(rule, value);
}

bool matches(const json::value& condition, const json::value& value) {
  const auto* object = condition.if_object();
  if (object == nullptr) return same(condition, value);
  const std::string_view name = object->begin()->key();
  const auto& rule = object->begin()->value();
  if (name == "exists") return rule.get_bool();
  if (name == "anything-but") return is_anything_but(rule, value);
  if (name == "numeric") {
    const auto number = number_of(value);
    return number && in_range(rule.get_array(), *number);
  }
  const auto* text = value.if_string();
  if (text == nullptr || !rule.is_string()) return false;
  const std::string_view wanted = rule.get_string(), given = *text;
  if (name == "prefix") return given.starts_with(wanted);
  if (name == "suffix") return given.ends_with(wanted);
  return lower(given) == lower(wanted);
}

bool wants_absence(const json::value& condition) {
  const auto* object = condition.if_object();
  if (object == nullptr) return false;
  const auto* exists = object->if_contains("exists");
  return exists != nullptr && *exists == false;
}

// Any condition with any of the values will do.
bool matches_any(const json::array& conditions, const json::value* value) {
  return std::ranges::any_of(conditions, [&](const json::value& condition) {
    if (value == nullptr) return wants_absence(condition);
    if (wants_absence(condition)) return false;
    const auto* list = value->if_array();
    if (list == nullptr) return matches(condition, *value);
    return std::ranges::any_of(*list, [&](const auto& one) { return matches(condition, one); });
  });
}

bool level_matches(const json::object& level, const json::object& values) {
  return std::ranges::all_of(level, [&](const auto& one) {
    const auto* value = values.if_contains(one.key());
    const auto* inner = one.value().if_object();
    if (inner == nullptr) return matches_any(one.value().get_array(), value);
    static const json::object nothing;
    const auto* object = value == nullptr ? nullptr : value->if_object();
    return level_matches(*inner, object == nullptr ? nothing : *object);
  });
}

// Binary attributes cannot be matched; a String.Array is all that it lists.
json::object values_of(const Attributes& attributes) {
  json::object values;
  for (const auto& [name, one] : attributes) {
    if (one.binary()) continue;
    json::error_code bad;
    auto parsed = json::parse(one.value, bad);
    const bool structured = one.type.starts_with("Number") || one.type == "String.Array";
    if (structured && !bad) {
      values[name] = std::move(parsed);
    } else {
      values[name] = one.value;
    }
  }
  return values;
}

}  // namespace

void check_filter_policy(const std::string& policy) {
  json::error_code bad;
  const auto parsed = json::parse(policy, bad);
  if (bad || !parsed.is_object()) throw invalid("failed to parse JSON.");
  check_level(parsed.get_object());
}

bool wants(const std::string& policy, bool by_body, const Attributes& attributes,
           const std::string& body) {
  const auto parsed = json::parse(policy);
  if (!by_body) return level_matches(parsed.as_object(), values_of(attributes));
  json::error_code bad;
  const auto values = json::parse(body, bad);
  return !bad && values.is_object() && level_matches(parsed.as_object(), values.get_object());
}

}  // namespace sim::messaging

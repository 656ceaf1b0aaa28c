#include "templates/parameters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <regex>

#include "templates/text.hpp"

namespace templates {

namespace {

constexpr std::size_t max_value_bytes = 4096;

// Nothing when the value is allowed.
std::optional<std::string> violation(const Parameter& parameter, const std::string& value) {
  const auto& name = parameter.name;
  if (!parameter.allowed_values.empty()) {
    const auto allowed = [&](const std::string& one) {
      return std::ranges::find(parameter.allowed_values, one) != parameter.allowed_values.end();
    };
    const bool fine = parameter.is_list() && !parameter.from_ssm()
                          ? std::ranges::all_of(comma_separated(value), allowed)
                          : allowed(value);
    if (!fine) return fmt::format("Parameter '{}' must be one of AllowedValues", name);
  }
  if (value.size() > max_value_bytes) {
    return fmt::format("Parameter '{}' must contain at most {} characters", name, max_value_bytes);
  }
  if (parameter.type == "Number") {
    const auto number = number_of(value);
    if (!number) return fmt::format("Parameter '{}' must be a number.", name);
    if (parameter.min_value && *number < *parameter.min_value) {
      return fmt::format("Parameter '{}' must be a number not less than {}", name,
                         *parameter.min_value);
    }
    if (parameter.max_value && *number > *parameter.max_value) {
      return fmt::format("Parameter '{}' must be a number not greater than {}", name,
                         *parameter.max_value);
    }
  }
  if (parameter.type == "List<Number>") {
    for (const auto& one : comma_separated(value)) {
      if (!number_of(one)) return fmt::format("Parameter '{}' must be a list of numbers.", name);
    }
  }
  const auto size = static_cast<std::int64_t>(value.size());
  if (parameter.min_length && size < *parameter.min_length) {
    return fmt::format("Parameter '{}' must contain at least {} characters", name,
                       *parameter.min_length);
  }
  if (parameter.max_length && size > *parameter.max_length) {
    return fmt::format("Parameter '{}' must contain at most {} characters", name,
                       *parameter.max_length);
  }
  if (parameter.allowed_pattern) {
    try {
      if (!std::regex_match(value, std::regex(*parameter.allowed_pattern))) {
        return fmt::format("Parameter '{}' must match pattern {}", name,
                           *parameter.allowed_pattern);
      }
    } catch (const std::regex_error&) {
      return fmt::format("Parameter '{}' has an AllowedPattern that is no regular expression",
                         name);
    }
  }
  return std::nullopt;
}

}  // namespace

ParameterReading read_parameters(const Template& source, const ParameterValues& given) {
  ParameterReading result;
  const auto problem = [&](const std::string& name, std::string text) {
    result.problems.push_back({source.file, source.positions.line("/Parameters/" + name), "",
                               std::move(text), Problem::Kind::parameter, name, "Parameters"});
  };
  std::vector<std::string> unknown, missing;
  for (const auto& [name, value] : given) {
    if (source.parameter(name) == nullptr) unknown.push_back(name);
  }
  for (const auto& parameter : source.parameters) {
    const auto found = given.find(parameter.name);
    if (found == given.end() && !parameter.default_value) {
      missing.push_back(parameter.name);
      continue;
    }
    const std::string& value = found == given.end() ? *parameter.default_value : found->second;
    if (auto text = violation(parameter, value)) {
      if (!parameter.constraint_description.empty()) {
        text = fmt::format("Parameter {} failed to satisfy constraint: {}", parameter.name,
                           parameter.constraint_description);
      }
      problem(parameter.name, std::move(*text));
    }
    result.values[parameter.name] = value;
  }
  if (!missing.empty()) {
    problem(missing.front(),
            fmt::format("Parameters: [{}] must have values", fmt::join(missing, ", ")));
  }
  if (!unknown.empty()) {
    problem("",
            fmt::format("Parameters: [{}] do not exist in the template", fmt::join(unknown, ", ")));
  }
  return result;
}

json::value reference_value(const Parameter& parameter, const std::string& value) {
  if (!parameter.is_list()) return json::value(value);
  json::array list;
  for (const auto& one : comma_separated(value)) list.emplace_back(one);
  return json::value(std::move(list));
}

}  // namespace templates

#include "templates/parameters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <regex>

#include "templates/limits.hpp"
#include "templates/text.hpp"

namespace templates {

namespace {

// [C] SSM: an AllowedPattern has at most 1024 characters. [I] CloudFormation has no more room.
constexpr std::size_t max_pattern = 1024;
constexpr int max_groups = 100;  // within each other

// The standard library's compiler recurses by term and by group: what is longer or deeper than
// anybody writes would end the program. Throws std::regex_error.
void check_readable(std::string_view text) {
  if (text.size() > max_pattern) throw std::regex_error(std::regex_constants::error_complexity);
  int open = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '(') {
      if (++open > max_groups) throw std::regex_error(std::regex_constants::error_complexity);
    } else if (text[at] == ')') {
      --open;
    }
  }
}

// CloudFormation's expressions are Java's; what the two languages write differently and templates
// use is put in the standard library's words. The polynomial matcher cannot be made to search for
// ever; it has no back-references.
std::regex regex_of(std::string text) {
  check_readable(text);
  auto flags = std::regex_constants::ECMAScript | std::regex_constants::__polynomial;
  if (text.starts_with("(?i)")) {
    text.erase(0, 4);
    flags |= std::regex_constants::icase;
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> words{{
      {"\\A", "^"},
      {"\\z", "$"},
      {"\\Z", "$"},
      {"\\p{Alnum}", "[[:alnum:]]"},
      {"\\p{Alpha}", "[[:alpha:]]"},
      {"\\p{Digit}", "[[:digit:]]"},
      {"\\p{Lower}", "[[:lower:]]"},
      {"\\p{Upper}", "[[:upper:]]"},
  }};
  for (const auto& [java, ours] : words) {
    for (auto at = text.find(java); at != std::string::npos; at = text.find(java, at)) {
      const bool escaped = at > 0 && text[at - 1] == '\\';
      if (!escaped) text.replace(at, java.size(), ours);
      at += escaped ? java.size() : ours.size();
    }
  }
  return std::regex(text, flags);
}

// Nothing when the number is within its bounds.
std::optional<std::string> out_of_bounds(const Parameter& parameter, const std::string& value) {
  const auto number = number_of(value);
  if (!number) return fmt::format("Parameter '{}' must be a number.", parameter.name);
  if (parameter.min_value && *number < *parameter.min_value) {
    return fmt::format("Parameter '{}' must be a number not less than {}", parameter.name,
                       *parameter.min_value);
  }
  if (parameter.max_value && *number > *parameter.max_value) {
    return fmt::format("Parameter '{}' must be a number not greater than {}", parameter.name,
                       *parameter.max_value);
  }
  return std::nullopt;
}

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
    if (auto text = out_of_bounds(parameter, value)) return text;
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
      if (!fits_pattern(value, *parameter.allowed_pattern)) {
        return fmt::format("Parameter '{}' must match pattern {}", name,
                           *parameter.allowed_pattern);
      }
    } catch (const std::regex_error&) {
      // Said when the template was read.
    }
  }
  return std::nullopt;
}

}  // namespace

bool is_pattern(const std::string& text) {
  try {
    regex_of(text);
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

bool fits_pattern(const std::string& text, const std::string& pattern) {
  return std::regex_match(text, regex_of(pattern));
}

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
    if (found == given.end() && parameter.default_unusable) {
      problem(parameter.name, "Template format error: Every Default member must be a string.");
      continue;
    }
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

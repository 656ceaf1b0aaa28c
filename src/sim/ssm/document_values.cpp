// A document's parameters: their values, checked, and put into its steps.
#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/contains.hpp"
#include "sim/core/call.hpp"
#include "sim/core/words.hpp"
#include "sim/ssm/document.hpp"
#include "templates/parameters.hpp"
#include "templates/text.hpp"

namespace sim::ssm {

namespace {

// Each {{ name }} by what `value_of` says.
template <class ValueOf>
std::string replaced(std::string_view text, ValueOf value_of) {
  std::string result;
  while (true) {
    const auto open = text.find("{{");
    const auto close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) return result.append(text);
    const auto words = words_of(text.substr(open + 2, close - open - 2));
    result += text.substr(0, open);
    const auto value = words.size() == 1 ? value_of(words.front()) : std::nullopt;
    result += value ? *value : std::string(text.substr(open, close + 2 - open));
    text.remove_prefix(close + 2);
  }
}

json::array list_of(const std::vector<std::string>& texts) {
  json::array list;
  for (const auto& one : texts) list.emplace_back(one);
  return list;
}

struct Filling {
  const Document& document;
  const Values& values;

  const DocumentParameter* parameter(std::string_view name) const {
    const auto found = std::ranges::find(document.parameters, name, &DocumentParameter::name);
    return found == document.parameters.end() ? nullptr : &*found;
  }
  std::vector<std::string> value(const DocumentParameter& of) const {
    const auto found = values.find(of.name);
    return found != values.end() ? found->second : of.fallback.value_or(std::vector<std::string>());
  }
  std::optional<std::string> text(std::string_view name) const {
    const auto* found = parameter(name);
    if (found == nullptr) return std::nullopt;
    const auto all = value(*found);
    if (found->type == "StringList") return json::serialize(list_of(all));
    return all.empty() ? std::string() : all.front();
  }
  // A text that is nothing but one {{ list }} becomes the list.
  json::value operator()(const json::value& from) const {
    if (const auto* object = from.if_object()) {
      json::object result;
      for (const auto& [key, value] : *object) result[key] = (*this)(value);
      return json::value(std::move(result));
    }
    if (const auto* array = from.if_array()) {
      json::array result;
      for (const auto& one : *array) result.push_back((*this)(one));
      return json::value(std::move(result));
    }
    if (!from.is_string()) return from;
    const std::string_view whole = from.get_string();
    if (whole.starts_with("{{") && whole.find("}}") == whole.size() - 2) {
      const auto words = words_of(whole.substr(2, whole.size() - 4));
      const auto* found = words.size() == 1 ? parameter(words.front()) : nullptr;
      if (found != nullptr && found->type == "StringList") {
        return json::value(list_of(value(*found)));
      }
    }
    return json::value(replaced(whole, [this](const std::string& name) { return text(name); }));
  }
};

void check_value(const DocumentParameter& parameter, const std::string& value) {
  if (value.contains("{{ssm:") || value.contains("{{ ssm:")) {
    throw Error("NotImplemented",
                "The embedded AWS has no parameters of Parameter Store in those of documents.",
                501);
  }
  const auto& allowed = parameter.allowed_values;
  if (!allowed.empty() && !base::contains(allowed, value)) {
    throw Error("InvalidParameters",
                fmt::format("Parameter \"{}\" has a value that is not allowed: {}.", parameter.name,
                            value));
  }
  const auto& pattern = parameter.allowed_pattern;
  if (pattern.empty() || templates::fits_pattern(value, pattern)) return;
  throw Error("InvalidParameters", fmt::format("Parameter \"{}\" does not match the pattern {}.",
                                               parameter.name, parameter.allowed_pattern));
}

}  // namespace

std::vector<std::string> texts_of(const json::value& value) {
  if (!value.is_array()) return {templates::text_of(value)};
  std::vector<std::string> texts;
  for (const auto& one : value.get_array()) texts.push_back(templates::text_of(one));
  return texts;
}

Values read_values(const Document& document, const json::object& given) {
  Values values;
  for (const auto& [name, value] : given) {
    const auto parameter =
        std::ranges::find(document.parameters, std::string_view(name), &DocumentParameter::name);
    if (parameter == document.parameters.end()) {
      throw Error("InvalidParameters",
                  fmt::format("{} is not a parameter of the document.", std::string_view(name)));
    }
    if (!value.is_array()) {
      throw Error("SerializationException", "The values of a parameter are a list.");
    }
    auto texts = texts_of(value);
    if (parameter->type != "StringList" && texts.size() != 1) {
      throw Error("InvalidParameters",
                  fmt::format("Parameter \"{}\" takes one value.", parameter->name));
    }
    for (const auto& one : texts) check_value(*parameter, one);
    values[parameter->name] = std::move(texts);
  }
  for (const auto& parameter : document.parameters) {
    const auto found = values.find(parameter.name);
    if (found == values.end() ? parameter.fallback.has_value() : !found->second.empty()) continue;
    throw Error("InvalidParameters",
                fmt::format("Parameter \"{}\" requires a value.", parameter.name));
  }
  return values;
}

std::vector<Step> filled_steps(const Document& document, const Values& values) {
  const Filling fill{document, values};
  auto steps = document.steps;
  for (auto& step : steps) step.inputs = std::move(fill(step.inputs).get_object());
  return steps;
}

std::vector<std::string> script_of(const Step& step) {
  std::vector<std::string> lines;
  const auto* script = step.inputs.if_contains("runCommand");
  if (script == nullptr) return lines;
  for (const auto& part : texts_of(*script)) {
    std::string_view rest = part;
    while (true) {
      const auto end = rest.find('\n');
      lines.emplace_back(rest.substr(0, end));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
  }
  return lines;
}

}  // namespace sim::ssm

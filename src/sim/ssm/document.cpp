#include "sim/ssm/document.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <regex>

#include "base/contains.hpp"
#include "sim/core/call.hpp"
#include "sim/core/words.hpp"
#include "templates/document.hpp"
#include "templates/text.hpp"

namespace sim::ssm {

namespace {

// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html
constexpr std::string_view plugins[] = {
    "aws:applications",      "aws:cloudWatch",          "aws:configureDocker",
    "aws:configurePackage",  "aws:domainJoin",          "aws:downloadContent",
    "aws:psModule",          "aws:refreshAssociation",  "aws:runDockerAction",
    "aws:runDocument",       "aws:runPowerShellScript", "aws:runShellScript",
    "aws:softwareInventory", "aws:updateAgent",         "aws:updateSsmAgent"};

[[noreturn]] void refuse(const std::string& text) {
  throw Error("InvalidDocumentContent", text);
}

std::string text_at(const json::object& members, std::string_view name) {
  const auto* value = members.if_contains(name);
  return value == nullptr || value->is_null() ? std::string() : templates::text_of(*value);
}

const json::object& object_at(const json::object& members, std::string_view name) {
  static const json::object none;
  const auto* value = members.if_contains(name);
  if (value == nullptr) return none;
  if (!value->is_object()) refuse(fmt::format("{} must be a map.", name));
  return value->get_object();
}

std::vector<std::string> texts_of(const json::value& value) {
  if (!value.is_array()) return {templates::text_of(value)};
  std::vector<std::string> texts;
  for (const auto& one : value.get_array()) texts.push_back(templates::text_of(one));
  return texts;
}

DocumentParameter read_parameter(std::string_view name, const json::value& value) {
  if (!value.is_object()) refuse(fmt::format("The parameter {} must be a map.", name));
  const auto& members = value.get_object();
  DocumentParameter parameter{std::string(name), text_at(members, "type"),
                              text_at(members, "description")};
  constexpr std::string_view known[] = {"String", "StringList", "Boolean", "Integer"};
  if (parameter.type == "MapList" || parameter.type == "StringMap") {
    throw Error(
        "NotImplemented",
        fmt::format("The embedded AWS has no document parameters of type {}.", parameter.type),
        501);
  }
  if (!base::contains(known, std::string_view(parameter.type))) {
    refuse(fmt::format("The parameter {} has the unknown type \"{}\".", name, parameter.type));
  }
  if (const auto* fallback = members.if_contains("default")) {
    parameter.fallback = texts_of(*fallback);
  }
  if (const auto* allowed = members.if_contains("allowedValues")) {
    parameter.allowed_values = texts_of(*allowed);
  }
  parameter.allowed_pattern = text_at(members, "allowedPattern");
  return parameter;
}

// {"StringEquals": ["platformType", "Linux"]}, the only form there is.
bool is_for_linux(const json::object& step) {
  const auto* condition = step.if_contains("precondition");
  if (condition == nullptr) return true;
  if (!condition->is_object()) refuse("A precondition must be a map.");
  const auto* sides = condition->get_object().if_contains("StringEquals");
  if (sides == nullptr || !sides->is_array() || sides->get_array().size() != 2 ||
      condition->get_object().size() != 1) {
    refuse("A precondition must be a StringEquals of two values.");
  }
  const auto values = texts_of(*sides);
  if (!base::contains(values, std::string("platformType"))) {
    throw Error("NotImplemented",
                "The embedded AWS has no preconditions but those on platformType.", 501);
  }
  return base::contains(values, std::string("Linux"));
}

void refuse_members(const json::object& members, const auto& allowed, std::string_view of) {
  for (const auto& [name, _] : members) {
    if (allowed(std::string_view(name))) continue;
    throw Error(
        "NotImplemented",
        fmt::format("The embedded AWS has no {} {} of a document.", of, std::string_view(name)),
        501);
  }
}

Step read_step(const json::value& value) {
  if (!value.is_object()) refuse("A step must be a map.");
  const auto& members = value.get_object();
  refuse_members(
      members,
      [](std::string_view name) {
        constexpr std::string_view known[] = {"action", "description", "inputs", "name",
                                              "precondition"};
        return base::contains(known, name);
      },
      "step member");
  refuse_members(
      object_at(members, "inputs"),
      [](std::string_view name) {
        constexpr std::string_view unknown[] = {"finallyStep", "onFailure", "onSuccess"};
        return !base::contains(unknown, name);
      },
      "input");
  Step step{text_at(members, "action"), text_at(members, "name"), object_at(members, "inputs"),
            is_for_linux(members)};
  if (step.name.empty()) refuse("A step must have a name.");
  if (!base::contains(plugins, std::string_view(step.action))) {
    refuse(fmt::format("The step {} has the unknown action \"{}\".", step.name, step.action));
  }
  return step;
}

// Schema 1.2: {"aws:runShellScript": {"properties": [{"id": "...", "runCommand": ...}]}}
void read_runtime(const json::object& root, Document& document) {
  for (const auto& [action, value] : object_at(root, "runtimeConfig")) {
    if (!base::contains(plugins, std::string_view(action))) {
      refuse(fmt::format("There is no plugin \"{}\".", std::string_view(action)));
    }
    if (!value.is_object()) refuse("A plugin must be a map.");
    const auto* properties = value.get_object().if_contains("properties");
    if (properties == nullptr) refuse("A plugin must have properties.");
    const auto list = properties->is_array() ? properties->get_array() : json::array{*properties};
    for (const auto& one : list) {
      if (!one.is_object()) refuse("The properties of a plugin must be maps.");
      document.steps.push_back({action, action, one.get_object()});
    }
  }
}

json::object root_of(std::string_view content, std::string_view format) {
  const bool is_json = content.find_first_not_of(" \t\r\n") != std::string_view::npos &&
                       content[content.find_first_not_of(" \t\r\n")] == '{';
  auto read = templates::parse(content, "document");
  if ((format == "JSON") != is_json || !read.problems.empty() || !read.root.is_object()) {
    refuse(fmt::format("{} not well-formed.", format));
  }
  return std::move(read.root.get_object());
}

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
  if (parameter.allowed_pattern.empty()) return;
  bool matches = false;
  try {
    // Polynomial: a pattern made to exhaust the machine does not.
    matches = std::regex_match(
        value, std::regex(parameter.allowed_pattern,
                          std::regex_constants::ECMAScript | std::regex_constants::__polynomial));
  } catch (const std::regex_error&) {
    throw Error("InvalidDocumentContent",
                fmt::format("The pattern of {} cannot be read.", parameter.name));
  }
  if (matches) return;
  throw Error("InvalidParameters", fmt::format("Parameter \"{}\" does not match the pattern {}.",
                                               parameter.name, parameter.allowed_pattern));
}

}  // namespace

Document read_document(std::string_view content, std::string_view format) {
  const auto root = root_of(content, format);
  Document document{text_at(root, "schemaVersion"), text_at(root, "description")};
  constexpr std::string_view known[] = {"1.2", "2.0", "2.2"};
  if (!base::contains(known, std::string_view(document.schema))) {
    throw Error("InvalidDocumentSchemaVersion",
                fmt::format("The schema version \"{}\" is not supported for Command documents.",
                            document.schema));
  }
  for (const auto& [name, value] : object_at(root, "parameters")) {
    document.parameters.push_back(read_parameter(name, value));
  }
  if (document.schema == "1.2") {
    read_runtime(root, document);
  } else if (const auto* steps = root.if_contains("mainSteps"); steps != nullptr) {
    if (!steps->is_array()) refuse("mainSteps must be a list.");
    for (const auto& one : steps->get_array()) document.steps.push_back(read_step(one));
  }
  if (document.steps.empty()) refuse("The document has no steps.");
  return document;
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

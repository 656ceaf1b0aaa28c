#include "sim/ssm/document.hpp"

#include "base/contains.hpp"
#include "sim/core/call.hpp"
#include "templates/document.hpp"
#include "templates/parameters.hpp"
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
  if (!templates::is_pattern(parameter.allowed_pattern)) {
    refuse(fmt::format("The pattern of the parameter {} cannot be read.", name));
  }
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

}  // namespace sim::ssm

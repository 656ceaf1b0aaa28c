// What the names in a stack stand for, its outputs, and what stacks give each other by exports.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/engine.hpp"
#include "sim/cloudformation/stack_output.hpp"
#include "sim/core/zones.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

// Every name that Fn::ImportValue is asked for, as far as it is known by now.
void imports_in(const json::value& value, const templates::Scope& scope,
                std::set<std::string>& found) {
  if (const auto* list = value.if_array()) {
    for (const auto& one : *list) imports_in(one, scope, found);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (member.key() != "Fn::ImportValue") {
        imports_in(member.value(), scope, found);
        continue;
      }
      try {
        const auto name = templates::resolve(member.value(), scope);
        if (name) found.insert(templates::text_of(*name));
      } catch (const templates::ResolveError&) {  // the resource's own failure will say so
      }
    }
  }
}

// Where the output's function is that asks for what its resource does not have. [I] The whole path.
std::string place_of_error(const Stack& stack, const templates::Output& output) {
  const std::string path = fmt::format("/Outputs/{}/Value", output.name);
  std::vector<templates::Use> uses;
  templates::uses(output.value, path, uses);
  for (const auto& use : uses) {
    const auto found = stack.resources.find(use.name);
    if (use.attribute.empty() || found == stack.resources.end()) continue;
    if (!found->second.attributes.contains(use.attribute)) return use.path;
  }
  return path;
}

}  // namespace

std::string enumerated(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

// What names in a stack's template stand for.
templates::Scope Engine::scope(const Stack& stack) const {
  templates::Scope scope{.source = *stack.source};
  scope.values = stack.values;
  scope.values["AWS::AccountId"] = context_.account;
  scope.values["AWS::Partition"] = context_.partition;
  scope.values["AWS::Region"] = context_.region;
  scope.values["AWS::StackId"] = stack.id;
  scope.values["AWS::StackName"] = stack.name;
  scope.values["AWS::URLSuffix"] = "amazonaws.com";
  json::array notifications;
  for (const auto& arn : stack.notifications) notifications.emplace_back(arn);
  scope.values["AWS::NotificationARNs"] = std::move(notifications);
  scope.conditions = stack.conditions;
  for (const char zone : zone_letters(context_.region)) {
    scope.zones.push_back(context_.region + zone);
  }
  scope.ref = [&stack](const std::string& id) -> json::value {
    const auto found = stack.resources.find(id);
    if (found == stack.resources.end() || !found->second.exists()) {
      throw templates::ResolveError(fmt::format(
          "Template format error: Unresolved resource dependencies [{}] in the Resources block of "
          "the template",
          id));
    }
    return json::value(found->second.physical_id);
  };
  scope.get_att = [&stack](const std::string& id, const std::string& attribute) -> json::value {
    const auto found = stack.resources.find(id);
    if (found == stack.resources.end() || !found->second.exists()) {
      throw templates::ResolveError(fmt::format(
          "Template error: instance of Fn::GetAtt references undefined resource {}", id));
    }
    const Resource& resource = found->second;
    if (const auto* value = resource.attributes.if_contains(attribute)) return *value;
    if (templates::is_custom(resource.type)) {
      // Data may nest: a dotted name walks into it.
      if (const auto* value = cloudformation::find(resource.attributes, attribute)) {
        return *value;
      }
      throw templates::ResolveError(fmt::format(
          "CustomResource attribute error: Vendor response doesn't contain {} attribute "
          "in object {}|{}|{}",
          attribute, stack.id, id, resource.token));
    }
    throw templates::ResolveError(fmt::format("Resource type {} does not support attribute {{{}}}",
                                              resource.type, attribute));
  };
  scope.stack_output = [&stack](const templates::StackOutput& wanted) -> json::value {
    const auto found = stack.looked_up.find(wanted);
    if (found == stack.looked_up.end()) throw MissingOutput(wanted);
    return json::value(found->second);
  };
  scope.import_value = [this](const std::string& name) { return exported(name); };
  return scope;
}

std::optional<std::string> Engine::exported(const std::string& name) const {
  for (const auto& stack : stacks_) {
    if (stack->gone()) continue;
    for (const auto& output : stack->outputs) {
      if (output.export_name == name) return output.value;
    }
  }
  return std::nullopt;
}

void Engine::note_imports(Stack& stack) const {
  stack.imports.clear();
  const auto names = scope(stack);
  for (const auto& resource : stack.source->resources) {
    if (wanted(stack, resource)) {
      imports_in(json::value(resource.properties), names, stack.imports);
    }
  }
  for (const auto& output : stack.source->outputs) imports_in(output.value, names, stack.imports);
}

std::vector<std::string> Engine::users_of(const std::string& export_name) const {
  std::vector<std::string> users;
  for (const auto& stack : stacks_) {
    if (!stack->gone() && stack->imports.contains(export_name)) users.push_back(stack->name);
  }
  return users;
}

templates::Scope Engine::next_scope(const Stack& stack, const Prepared& prepared) const {
  templates::Scope next = scope(stack);
  templates::Scope result{.source = *prepared.source};
  result.values = prepared.values;
  for (auto& [name, value] : next.values) {
    if (templates::is_pseudo_parameter(name)) result.values[name] = std::move(value);
  }
  result.zones = std::move(next.zones);
  result.ref = std::move(next.ref);
  result.get_att = std::move(next.get_att);
  result.stack_output = std::move(next.stack_output);
  result.import_value = std::move(next.import_value);
  try {
    result.conditions = templates::evaluate_conditions(result);
  } catch (const templates::ResolveError& error) {
    throw Failure(error.what());
  }
  return result;
}

void Engine::check_exports(const Stack& stack, const Stack::Output& output) {
  for (const auto& other : stacks_) {
    if (other.get() == &stack || other->gone()) continue;
    for (const auto& taken : other->outputs) {
      if (taken.export_name == output.export_name) {
        throw Failure(fmt::format(
            "Export with name {} is already exported by stack {}. Rollback requested by user.",
            output.export_name, other->name));
      }
    }
  }
}

void Engine::fill_outputs(Stack& stack) {
  const auto before = std::move(stack.outputs);
  stack.outputs.clear();
  const auto names = scope(stack);
  for (const auto& output : stack.source->outputs) {
    if (!output.condition.empty() && !stack.conditions.at(output.condition)) continue;
    try {
      const auto value = templates::resolve(output.value, names);
      if (!value) continue;
      Stack::Output filled{output.name, templates::text_of(*value), output.description, ""};
      if (!output.export_name.is_null()) {
        const auto name = templates::resolve(output.export_name, names);
        filled.export_name = name ? templates::text_of(*name) : "";
        check_exports(stack, filled);
      }
      stack.outputs.push_back(std::move(filled));
    } catch (const MissingOutput&) {
      stack.outputs = before;
      throw;
    } catch (const templates::ResolveError& error) {
      throw Failure(fmt::format("[Error] {}: {}. Rollback requested by user.",
                                place_of_error(stack, output), error.what()));
    }
  }
  // [C-P] What others import can be neither changed nor taken away; looked at when all resources
  // are done.
  for (const auto& old : before) {
    if (old.export_name.empty()) continue;
    const auto users = users_of(old.export_name);
    if (users.empty()) continue;
    const auto now = std::ranges::find(stack.outputs, old.export_name, &Stack::Output::export_name);
    if (now != stack.outputs.end() && now->value == old.value) continue;
    throw Failure(fmt::format("Export {} cannot be {} as it is in use by {}", old.export_name,
                              now == stack.outputs.end() ? "deleted" : "updated",
                              enumerated(users)));
  }
}

}  // namespace sim::cloudformation

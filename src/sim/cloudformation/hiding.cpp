#include "sim/cloudformation/hiding.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace sim::cloudformation {

bool is_hidden(const json::value& raw, const templates::Template& source,
               const std::map<std::string, Resource>& resources) {
  std::vector<templates::Use> uses;
  templates::uses(raw, "", uses);
  return std::ranges::any_of(uses, [&](const templates::Use& use) {
    if (!use.attribute.empty()) {
      const auto found = resources.find(use.name);
      return found != resources.end() && found->second.no_echo;
    }
    const auto& known = source.parameters;
    const auto found = std::ranges::find(known, use.name, &templates::Parameter::name);
    return found != known.end() && found->no_echo;
  });
}

std::set<std::string> hidden_properties(const Stack& stack, const templates::Resource& spec) {
  std::set<std::string> names;
  for (const auto& [name, raw] : spec.properties) {
    if (is_hidden(raw, *stack.source, stack.resources)) names.emplace(name);
  }
  return names;
}

json::object without_hidden(json::object properties, const std::set<std::string>& hidden) {
  for (const auto& name : hidden) {
    if (auto* value = properties.if_contains(name)) *value = hidden_value;
  }
  return properties;
}

}  // namespace sim::cloudformation

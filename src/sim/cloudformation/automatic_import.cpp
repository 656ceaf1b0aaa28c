#include "sim/cloudformation/automatic_import.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>

#include "sim/cloudformation/handler.hpp"
#include "templates/dynamic.hpp"

namespace sim::cloudformation {

std::vector<Import> named_additions(const json::array& changes, const templates::Template& next) {
  std::vector<Import> imports;
  for (const auto& one : changes) {
    if (at(one, "ResourceChange.Action") != "Add") continue;
    const auto* spec = next.resource(at(one, "ResourceChange.LogicalResourceId"));
    const auto* name =
        spec == nullptr ? nullptr : spec->properties.if_contains(identifier_of(spec->type));
    if (name == nullptr || !name->is_string() || name->get_string().empty() ||
        templates::has_dynamic_reference(name->get_string())) {
      continue;
    }
    imports.push_back({.type = spec->type,
                       .logical_id = spec->logical_id,
                       .physical_id = std::string(name->get_string())});
  }
  return imports;
}

std::string unretained_imports(const std::vector<Import>& imports,
                               const templates::Template& next) {
  std::vector<std::string> affected;
  for (const auto& import : imports) {
    const auto& policy = next.resource(import.logical_id)->deletion_policy;
    if (policy == "Retain" || policy == "RetainExceptOnCreate") continue;
    affected.push_back(fmt::format("{} ({{{}={}}})", import.logical_id, identifier_of(import.type),
                                   import.physical_id));
  }
  if (affected.empty()) return {};
  return fmt::format(
      "CloudFormation is attempting to import some resources because they already exist in your "
      "account. The resources must have the DeletionPolicy attribute set to 'Retain' or "
      "'RetainExceptOnCreate' in the template for successful import. The affected resources are {}",
      fmt::join(affected, ", "));
}

void show_imports(const std::vector<Import>& imports, json::array& changes) {
  for (auto& one : changes) {
    const auto found = std::ranges::find(imports, at(one, "ResourceChange.LogicalResourceId"),
                                         &Import::logical_id);
    if (found != imports.end()) one = import_changes({*found}).front();
  }
}

}  // namespace sim::cloudformation

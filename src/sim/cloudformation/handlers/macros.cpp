#include "sim/cloudformation/handlers/macros.hpp"

#include "sim/cloudformation/handlers/handlers.hpp"

namespace sim::cloudformation {

std::optional<Macro> find_macro(const std::vector<std::unique_ptr<Stack>>& stacks,
                                std::string_view name) {
  for (const auto& stack : stacks) {
    for (const auto& [id, resource] : stack->resources) {
      const bool is_it = resource.type == "AWS::CloudFormation::Macro" &&
                         resource.physical_id == name && resource.exists();
      // Between "Initiated" and CREATE_COMPLETE it cannot be used yet.
      if (!is_it || resource.status == "CREATE_IN_PROGRESS") continue;
      return Macro{.name = resource.physical_id,
                   .function = at(resource.properties, "FunctionName"),
                   .log_group = at(resource.properties, "LogGroupName"),
                   .log_role = at(resource.properties, "LogRoleARN")};
    }
  }
  return std::nullopt;
}

}  // namespace sim::cloudformation

// Rollback triggers: alarms that take an operation back, and for how long they are watched.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/core/call.hpp"

namespace sim::cloudformation {

struct RollbackConfiguration {
  struct Trigger {
    std::string arn, type;
  };
  std::vector<Trigger> triggers = {};
  std::optional<int> minutes = {};  // of monitoring, after everything is there
};

// What a call says of it; what it leaves out stays as it was. Throws Error (ValidationError).
RollbackConfiguration rollback_configuration_of(const json::object& input,
                                                const RollbackConfiguration& before);
json::object rollback_view(const RollbackConfiguration& configuration);

}  // namespace sim::cloudformation

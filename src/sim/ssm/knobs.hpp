// What is not established about Systems Manager's timing. Every value is inferred [I].
#pragma once

#include "base/time.hpp"

namespace sim::ssm {

struct Range {
  base::Duration low, high;
};

struct Knobs {
  // From "running" until the agent has started and asks for work.
  Range agent_start{std::chrono::seconds(20), std::chrono::seconds(60)};
  // From SendCommand until the agent starts the script.
  Range delivery{std::chrono::milliseconds(300), std::chrono::seconds(2)};
  // From SendCommand until the invocation can be looked up; before, InvocationDoesNotExist.
  base::Duration invocation_lag = std::chrono::milliseconds(300);
  // How often an association looks for instances that have come online since.
  base::Duration association_look = std::chrono::seconds(15);
};

}  // namespace sim::ssm

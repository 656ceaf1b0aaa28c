// Watching the alarms of an operation, while it goes on and after everything is there.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

// [I] As whoever the stack acts as, who needs cloudwatch:DescribeAlarms. Why the operation must be
// taken back; empty when it need not. The wording is ours.
Task<std::string> Engine::breached(Stack& stack) {
  json::array names;
  for (const auto& trigger : stack.rollback.triggers) {
    const auto name = trigger.arn.find(":alarm:");
    if (name != std::string::npos) names.emplace_back(trigger.arn.substr(name + 7));
  }
  json::object input{{"AlarmTypes", json::array{"MetricAlarm", "CompositeAlarm"}}};
  input["AlarmNames"] = names;
  const auto triggers = stack.rollback.triggers;
  json::object seen;
  try {
    if (!names.empty()) {
      seen =
          co_await caller_.call(stack.principal, "monitoring", "DescribeAlarms", std::move(input));
    }
  } catch (const Error& error) {
    if (is_throttled(error)) co_return std::string();
    co_return fmt::format("The rollback triggers cannot be monitored: {}", error.what());
  }
  for (const auto& trigger : triggers) {
    const bool metric = trigger.type == "AWS::CloudWatch::Alarm";
    const auto* alarms = seen.if_contains(metric ? "MetricAlarms" : "CompositeAlarms");
    std::string state;
    for (const auto& alarm : alarms == nullptr ? json::array() : alarms->as_array()) {
      if (at(alarm, "AlarmArn") == trigger.arn) state = at(alarm, "StateValue");
    }
    if (state.empty()) {
      co_return fmt::format("Rollback trigger [{}] does not exist.", trigger.arn);
    }
    if (state == "ALARM") {
      co_return fmt::format("Rollback trigger [{}] is in ALARM state.", trigger.arn);
    }
  }
  co_return std::string();
}

void Engine::watch_triggers(Stack& stack) {
  if (stack.rollback.triggers.empty()) return;
  stack.operation->number = ++operations_;
  context_.runtime.spawn(keep_watch(stack.id, operations_));
}

Task<void> Engine::keep_watch(std::string stack_id, std::uint64_t operation) {
  const auto watched = [&]() -> Stack* {
    Stack* stack = find(stack_id);
    const bool on = stack != nullptr && stack->operation && stack->operation->number == operation &&
                    !stack->operation->stopped;
    return on ? stack : nullptr;
  };
  while (Stack* stack = watched()) {
    std::string problem = co_await breached(*stack);
    stack = watched();
    if (stack == nullptr) co_return;
    if (!problem.empty()) {
      stack->operation->stop_reason = std::move(problem);
      cancel(*stack, true);
      co_return;
    }
    co_await context_.clock().sleep_for(base::from_seconds(knobs_.poll));
  }
}

// Until the monitoring time is over or something stops the operation.
Task<void> Engine::monitor(Stack& stack) {
  const auto& configuration = stack.rollback;
  const auto limit = context_.now() + std::chrono::minutes(configuration.minutes.value_or(0));
  while (!stack.operation->stopped && context_.now() < limit) {
    const auto poll = context_.now() + base::from_seconds(knobs_.poll);
    co_await context_.clock().sleep_until(std::min(poll, limit));
  }
  if (stack.operation->stopped || configuration.triggers.empty()) co_return;
  // What has come about since the last look counts, too.
  std::string problem = co_await breached(stack);
  if (stack.operation->stopped) co_return;
  stack.operation->stopped = !problem.empty();
  stack.operation->stop_reason = std::move(problem);
}

}  // namespace sim::cloudformation

// SignalResource and CreationPolicy: creations that wait until they are told that all is well.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html
#include <fmt/format.h>

#include <boost/json.hpp>
#include <stdexcept>

#include "base/contains.hpp"
#include "sim/cloudformation/cloudformation.hpp"
#include "sim/cloudformation/inputs.hpp"
#include "templates/creation_policy.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::size_t unique_id_limit = 64;

// An instance is signalled under its own id: that of another is no word of it.
bool counts(const Resource& resource, const std::string& unique_id) {
  return resource.type != "AWS::EC2::Instance" || unique_id == resource.physical_id;
}

}  // namespace

json::object CloudFormation::signal_resource(const Call& call) {
  for (const auto* member : {"StackName", "LogicalResourceId", "UniqueId", "Status"}) {
    check_given(call.input, member);
  }
  check_one_of(call.input, "Status", {"SUCCESS", "FAILURE"});
  const std::string unique_id = at(call.input, "UniqueId");
  if (unique_id.empty() || unique_id.size() > unique_id_limit) {
    throw invalid(fmt::format(
        "1 validation error detected: Value '{}' at 'uniqueId' failed to satisfy "
        "constraint: Member must have length {}",
        unique_id, unique_id.empty() ? "greater than or equal to 1" : "less than or equal to 64"));
  }
  engine_.signal(living(call), at(call.input, "LogicalResourceId"), unique_id,
                 at(call.input, "Status"));
  return {};
}

void Engine::signal(Stack& stack, const std::string& logical_id, const std::string& unique_id,
                    const std::string& status) {
  // [C] Groups that roll back wait for signals too: elastic-ci-stack-for-aws#130.
  constexpr std::array ready{"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS",
                             "UPDATE_ROLLBACK_IN_PROGRESS"};
  if (!base::contains(ready, stack.status) || !stack.operation) {
    // [C] aws-cloudformation-templates#34.
    throw Error("ValidationError", fmt::format("Stack {} is in {} state and cannot be signaled",
                                               stack.id, stack.status));
  }
  if (stack.source->resource(logical_id) == nullptr) {
    throw Error("ValidationError",
                fmt::format("Resource {} does not exist for stack {}", logical_id, stack.name));
  }
  Signals& signals = stack.operation->signals[logical_id];
  // [C-P] "for resource ... already exists.": kube-aws#1274.
  if (status == "SUCCESS" &&
      (signals.succeeded.contains(unique_id) || signals.failed.contains(unique_id))) {
    throw Error("ValidationError",
                fmt::format("Signal with ID {} for resource {} already exists. Signals may only be "
                            "updated with a FAILURE status.",
                            unique_id, logical_id));
  }
  if (status == "SUCCESS") {
    signals.succeeded.insert(unique_id);
  } else {
    signals.succeeded.erase(unique_id);
    signals.failed.insert(unique_id);
  }
  stack.operation->progress.notify();
}

Task<std::optional<std::string>> Engine::created(Stack& stack, Resource& resource, Work& work) {
  const auto begun = context_.now();
  try {
    // Wrong words in it are found before anything is made.
    const auto policy = signal_policy_of(stack, resource);
    work.signalled = policy.has_value();
    auto failed = co_await handled(stack, work, handler_of(resource.type)->create);
    if (!failed && !work.cancelled && policy) {
      co_await await_signals(stack, resource, work, *policy, begun);
    }
    co_return failed;
  } catch (const std::exception&) {
    co_return failure_message(std::current_exception(), work.token);
  } catch (const Cancelled&) {
    co_return std::nullopt;
  }
}

std::optional<templates::SignalPolicy> Engine::signal_policy_of(const Stack& stack,
                                                                const Resource& resource) const {
  const auto* spec = stack.source->resource(resource.logical_id);
  if (spec == nullptr || !templates::takes_signals(resource.type)) return std::nullopt;
  try {
    const auto value = templates::resolve(json::value(spec->creation_policy), scope(stack));
    if (!value || !value->is_object()) return std::nullopt;
    return templates::signal_policy(value->as_object());
  } catch (const templates::ResolveError& error) {
    throw Failure(error.what());
  } catch (const std::invalid_argument& error) {
    throw Failure(error.what());  // [I] the wording
  }
}

Task<void> Engine::await_signals(Stack& stack, Resource& resource, Work& work,
                                 templates::SignalPolicy policy, base::Instant begun) {
  if (resource.type == "AWS::AutoScaling::AutoScalingGroup") {
    co_await await_group_signals(stack, resource, work, policy, begun);
    co_return;
  }
  Progress& operation = *stack.operation;
  const std::string status = resource.status;  // CREATE_IN_PROGRESS, or UPDATE_IN_PROGRESS
  // [C] The timeout "expires no sooner than the time you specify".
  const auto limit = begun + policy.timeout;
  while (true) {
    if (work.cancelled) throw Cancelled{};
    Signals& signals = operation.signals[resource.logical_id];
    for (const auto& id : signals.failed) {
      if (counts(resource, id)) {
        throw Failure(fmt::format("Received FAILURE signal with UniqueId {}", id));
      }
    }
    for (const auto& id : signals.succeeded) {
      if (!counts(resource, id) || !signals.told.insert(id).second) continue;
      set(stack, resource, status, fmt::format("Received SUCCESS signal with UniqueId {}", id));
    }
    const auto received = static_cast<std::int64_t>(signals.told.size());
    if (received >= policy.count) co_return;
    if (context_.now() >= limit) {
      throw Failure(
          fmt::format("Failed to receive {} resource signal(s) within the specified duration",
                      policy.count - received));
    }
    co_await operation.progress.wait_until(context_.clock(), limit);
  }
}

}  // namespace sim::cloudformation

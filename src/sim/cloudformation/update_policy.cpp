// UpdatePolicy and CreationPolicy of Auto Scaling groups, as far as the engine is concerned: what
// the handler is told, when a change makes a new group, and how many signals a new group needs.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

#include "base/contains.hpp"
#include "sim/cloudformation/engine.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::string_view group_type = "AWS::AutoScaling::AutoScalingGroup";

bool changes(const json::object& before, const json::object& after, std::string_view name) {
  const auto* old = before.if_contains(name);
  const auto* now = after.if_contains(name);
  return (old == nullptr || now == nullptr) ? old != now : *old != *now;
}

}  // namespace

void Engine::give_policy(Stack& stack, Work& work) {
  if (work.type != group_type || !stack.operation) return;
  work.signals = &stack.operation->signals[work.logical_id];
  work.say = [this, &stack, id = work.logical_id](std::string reason) {
    const auto found = stack.resources.find(id);
    if (found == stack.resources.end()) return;
    set(stack, found->second, found->second.status, std::move(reason));
  };
  const auto* spec = stack.source->resource(work.logical_id);
  if (spec == nullptr) return;
  try {
    const auto policy = templates::resolve(json::value(spec->update_policy), scope(stack));
    if (policy && policy->is_object()) work.update_policy = policy->as_object();
  } catch (const templates::ResolveError& error) {
    throw Failure(error.what());
  }
}

// [C] Both policies are for changes of what is launched, and where; all else happens in place.
bool Engine::replaces_by_policy(const Stack& stack, const templates::Resource& spec,
                                const json::object& before, const json::object& after) const {
  if (spec.type != group_type) return false;
  const bool concerns = changes(before, after, "LaunchConfigurationName") ||
                        changes(before, after, "LaunchTemplate") ||
                        changes(before, after, "MixedInstancesPolicy") ||
                        changes(before, after, "VPCZoneIdentifier");
  if (!concerns) return false;
  try {
    const auto policy = templates::resolve(json::value(spec.update_policy), scope(stack));
    return policy && at(*policy, "AutoScalingReplacingUpdate.WillReplace") == "true";
  } catch (const templates::ResolveError& error) {
    throw Failure(error.what());
  }
}

// [C] The texts: widdix/aws-cf-templates#186, also that the event of a signal that did not come
// says UPDATE_IN_PROGRESS while the group is being created.
Task<void> Engine::await_group_signals(Stack& stack, Resource& resource, Work& work,
                                       templates::SignalPolicy policy, base::Instant begun) {
  const auto* spec = stack.source->resource(resource.logical_id);
  const auto given = spec == nullptr
                         ? std::optional<json::value>()
                         : templates::resolve(json::value(spec->creation_policy), scope(stack));
  const auto text =
      given ? at(*given, "AutoScalingCreationPolicy.MinSuccessfulInstancesPercent") : "";
  const auto percent = text.empty() ? 100 : templates::integer_of(text).value_or(-1);
  if (percent < 0 || percent > 100) {
    throw Failure("MinSuccessfulInstancesPercent must be a number from 0 to 100");
  }
  const auto needed = (policy.count * percent + 99) / 100;
  const auto limit = begun + policy.timeout;
  Progress& operation = *stack.operation;
  std::int64_t good = 0, bad = 0;
  while (good + bad < policy.count) {
    if (work.cancelled) throw Cancelled{};
    Signals& signals = operation.signals[resource.logical_id];
    for (const auto& [ids, word, tally] : {std::tuple{&signals.succeeded, "SUCCESS", &good},
                                           std::tuple{&signals.failed, "FAILURE", &bad}}) {
      for (const auto& id : *ids) {
        if (!signals.told.insert(id).second) continue;
        ++*tally;
        work.say(fmt::format("Received {} signal with UniqueId {}", word, id));
      }
    }
    if (good + bad >= policy.count || policy.count - bad < needed) break;
    if (context_.now() >= limit) {
      set(stack, resource, "UPDATE_IN_PROGRESS",
          fmt::format("Failed to receive {} resource signal(s) for the current batch.  Each "
                      "resource signal timeout is counted as a FAILURE.",
                      policy.count - good - bad));
      break;
    }
    co_await operation.progress.wait_until(context_.clock(), limit);
  }
  if (good >= needed) co_return;
  throw Failure(
      fmt::format("Received {} SUCCESS signal(s) out of {}.  Unable to satisfy {}% "
                  "MinSuccessfulInstancesPercent requirement",
                  good, policy.count, percent));
}

}  // namespace sim::cloudformation

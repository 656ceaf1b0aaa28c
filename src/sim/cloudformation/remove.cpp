// Deleting stacks and resources: dependents first, patient with what is still held, content with
// what is already gone.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

void Engine::remove(Stack& stack, std::vector<std::string> retained) {
  if (stack.gone() || stack.status == "DELETE_IN_PROGRESS") return;
  if (stack.protection) {
    throw Error("ValidationError",
                fmt::format("Stack [{}] cannot be deleted while TerminationProtection is enabled",
                            stack.name));
  }
  if (!retained.empty() && stack.status != "DELETE_FAILED") {
    throw Error(
        "ValidationError",
        fmt::format("Invalid operation on stack [{}]. Specify which resources to retain only "
                    "when the stack is in the DELETE_FAILED state.",
                    stack.id));
  }
  for (const auto& other : stacks_) {
    if (other.get() == &stack || other->gone()) continue;
    for (const auto& output : stack.outputs) {
      if (output.export_name.empty()) continue;
      // Imports are in the other's template text; its values were resolved long ago.
      json::object import;
      import["Fn::ImportValue"] = output.export_name;
      if (json::serialize(other->source->document).contains(json::serialize(import))) {
        throw Error("ValidationError",
                    fmt::format("Export {} cannot be deleted as it is in use by {}",
                                output.export_name, other->name));
      }
    }
  }
  const bool creating = stack.operation != nullptr && stack.status == "CREATE_IN_PROGRESS";
  if (stack.busy() && !creating) {
    throw Error("ValidationError", fmt::format("Stack [{}] cannot be deleted while in status {}",
                                               stack.name, stack.status));
  }
  set(stack, "DELETE_IN_PROGRESS", "User Initiated");
  if (creating) cancel(stack, true);
  context_.runtime.spawn(run_remove(stack, std::move(retained)));
}

Task<void> Engine::run_remove(Stack& stack, std::vector<std::string> retained) {
  while (stack.operation) co_await stack.changed.wait();  // a creation that is being left
  stack.operation = std::make_unique<Progress>();
  std::set<std::string> all;
  for (const auto& [id, resource] : stack.resources) all.insert(id);
  co_await remove_all(stack, std::move(all), Purpose::removal, std::move(retained));
  const auto failed = std::move(stack.operation->failed);
  stack.operation.reset();
  if (!failed.empty()) {
    set(stack, "DELETE_FAILED",
        fmt::format("The following resource(s) failed to delete: [{}]. ", fmt::join(failed, ", ")));
    co_return;
  }
  stack.outputs.clear();
  stack.deleted = context_.now();
  set(stack, "DELETE_COMPLETE");
}

Task<void> Engine::remove_all(Stack& stack, std::set<std::string> logical_ids, Purpose purpose,
                              std::vector<std::string> retained) {
  Progress& operation = *stack.operation;
  for (const auto& [id, resource] : stack.resources) {
    const bool gone = resource.status == "DELETE_COMPLETE" || resource.status == "DELETE_SKIPPED";
    if (!logical_ids.contains(id) || gone) operation.settled.insert(id);
  }
  std::vector<Task<void>> tasks;
  for (const auto& id : std::views::reverse(stack.order)) {
    if (operation.settled.contains(id)) continue;
    const bool kept = std::ranges::find(retained, id) != retained.end();
    tasks.push_back(remove_one(stack, id, purpose, kept));
  }
  co_await base::all(std::move(tasks));
}

Task<void> Engine::remove_one(Stack& stack, std::string logical_id, Purpose purpose,
                              bool retained) {
  Progress& operation = *stack.operation;
  // Dependents first. One whose deletion failed is not waited for any longer: coverage-roadmap#852.
  const auto held = [&] {
    return std::ranges::any_of(stack.resources, [&](const auto& entry) {
      return entry.second.needs.contains(logical_id) && !operation.settled.contains(entry.first);
    });
  };
  while (held()) co_await operation.progress.wait();
  Resource& resource = stack.resources.at(logical_id);
  const auto settle = [&] {
    operation.settled.insert(logical_id);
    operation.progress.notify();
  };
  const bool keeps =
      resource.deletion_policy == "Retain" ||
      (resource.deletion_policy == "RetainExceptOnCreate" && purpose != Purpose::rollback);
  if (resource.physical_id.empty()) {
    set(stack, resource, "DELETE_COMPLETE");  // it never came to be
    settle();
    co_return;
  }
  if (keeps || retained) {
    set(stack, resource, "DELETE_SKIPPED");
    settle();
    co_return;
  }
  set(stack, resource, "DELETE_IN_PROGRESS");
  std::optional<std::string> failed;
  try {
    co_await remove_physical(stack, resource);
  } catch (const Failure& failure) {
    failed = failure.what();
  }
  if (failed) {
    operation.failed.push_back(logical_id);
    set(stack, resource, "DELETE_FAILED", *failed);
  } else {
    set(stack, resource, "DELETE_COMPLETE");
  }
  settle();
}

Task<void> Engine::remove_physical(Stack& stack, Resource& resource) {
  Work work = work_for(stack, resource.logical_id, resource.type);
  work.id = resource.physical_id;
  work.properties = resource.properties;
  work.attributes = resource.attributes;
  co_await work.pause(before());
  const auto limit = context_.now() + base::from_seconds(knobs_.dependency_limit);
  double wait = knobs_.poll;
  while (true) {
    std::optional<Error> refused;
    try {
      co_await handler_of(resource.type)->remove(work);
    } catch (const Error& error) {
      refused = error;
    }
    // A handler's NotFound is the resource type's word for "deleted":
    // cloudformation-cli, resource-type-test-contract.
    // The NotFound of a custom resource is its function's, and says nothing about the resource.
    if (!refused || (is_gone(*refused) && !templates::is_custom(resource.type))) break;
    if (!is_held(*refused) || context_.now() >= limit) {
      throw Failure(handler_message(*refused, work.token));
    }
    co_await work.pause(wait);
    wait = std::min(wait * 1.5, 30.0);
  }
  co_await work.pause(after());
}

}  // namespace sim::cloudformation

// Deleting stacks and resources: dependents first, patient with what is still held, content with
// what is already gone.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

void Engine::remove(Stack& stack, std::vector<std::string> retained, bool force) {
  if (stack.gone() || stack.status == "DELETE_IN_PROGRESS") return;
  if (stack.protection) {
    throw Error("ValidationError",
                fmt::format("Stack [{}] cannot be deleted while TerminationProtection is enabled",
                            stack.name));
  }
  if (force && stack.status != "DELETE_FAILED") {
    throw Error("ValidationError",
                fmt::format("Invalid operation on stack [{}]. FORCE_DELETE_STACK can be used only "
                            "when the stack is in the DELETE_FAILED state.",
                            stack.id));
  }
  if (!retained.empty() && stack.status != "DELETE_FAILED") {
    throw Error(
        "ValidationError",
        fmt::format("Invalid operation on stack [{}]. Specify which resources to retain only "
                    "when the stack is in the DELETE_FAILED state.",
                    stack.id));
  }
  for (const auto& output : stack.outputs) {
    if (output.export_name.empty()) continue;
    if (const auto users = users_of(output.export_name); !users.empty()) {
      // [C-P] The call succeeds and nothing happens but this event: rlister/stax#40, aws-cdk#604.
      set(stack, stack.status,
          fmt::format("Export {} cannot be deleted as it is in use by {}", output.export_name,
                      enumerated(users)));
      return;
    }
  }
  const bool creating = stack.operation != nullptr && stack.status == "CREATE_IN_PROGRESS";
  if (stack.busy() && !creating) {
    throw Error("ValidationError", fmt::format("Stack [{}] cannot be deleted while in status {}",
                                               stack.name, stack.status));
  }
  set(stack, "DELETE_IN_PROGRESS", "User Initiated");
  if (creating) cancel(stack, true);
  begin(stack, run_remove(stack, std::move(retained), force));
}

Task<void> Engine::run_remove(Stack& stack, std::vector<std::string> retained, bool force) {
  while (stack.operation) co_await stack.changed.wait();  // a creation that is being left
  stack.operation = std::make_unique<Progress>();
  std::set<std::string> all;
  for (const auto& [id, resource] : stack.resources) all.insert(id);
  co_await remove_all(stack, std::move(all), Purpose::removal, std::move(retained));
  const auto failed = std::move(stack.operation->failed);
  stack.operation.reset();
  if (force) {
    // [C] What cannot be deleted after all is left behind.
    for (const auto& id : failed) set(stack, stack.resources.at(id), "DELETE_SKIPPED");
  } else if (!failed.empty()) {
    set(stack, "DELETE_FAILED",
        fmt::format("The following resource(s) failed to delete: [{}]. ", fmt::join(failed, ", ")));
    co_return;
  }
  stack.outputs.clear();
  stack.imports.clear();
  stack.undo.reset();
  stack.deleted = context_.now();
  set(stack, "DELETE_COMPLETE");
  discard_reviews_below(stack);
  compact_deleted();
}

void Engine::compact_deleted() {
  std::size_t seen = 0;
  const auto lifetime = base::from_seconds(knobs_.deleted_visible);
  for (auto stack = stacks_.rbegin(); stack != stacks_.rend(); ++stack) {
    if (!(*stack)->gone() || ++seen <= knobs_.deleted_in_full || (*stack)->compacted) continue;
    Stack& old = **stack;
    old.compacted = true;
    old.source = std::make_shared<const templates::Template>();
    old.text = {};
    old.parameters = {};
    old.values = {};
    old.ssm_values = {};
    old.conditions = {};
    old.resources = {};
    old.order = {};
    old.drift = {};
    old.events.erase(old.events.begin(), old.events.end() - 1);
    old.events.shrink_to_fit();
  }
  seen = 0;
  std::set<std::string> forgotten;
  for (auto stack = stacks_.rbegin(); stack != stacks_.rend(); ++stack) {
    if (!(*stack)->gone() || !(*stack)->compacted) continue;
    if (++seen + knobs_.deleted_in_full > knobs_.deleted_kept ||
        *(*stack)->deleted + lifetime <= context_.now()) {
      forgotten.insert((*stack)->id);
    }
  }
  std::erase_if(stacks_, [&](const auto& stack) { return forgotten.contains(stack->id); });
}

bool Engine::keeps(const Stack& stack, const Resource& resource, Purpose purpose) {
  const bool rollback = purpose == Purpose::rollback;
  if (rollback && resource.adopted) return true;  // the operation has not made it
  if (resource.deletion_policy == "Retain") return !rollback || !stack.retain_except_on_create;
  return resource.deletion_policy == "RetainExceptOnCreate" && !rollback;
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
  if (resource.physical_id.empty()) {
    set(stack, resource, "DELETE_COMPLETE");  // it never came to be
    settle();
    co_return;
  }
  if (keeps(stack, resource, purpose) || retained) {
    set(stack, resource, "DELETE_SKIPPED");
    settle();
    co_return;
  }
  set(stack, resource, "DELETE_IN_PROGRESS");
  std::optional<std::string> failed;
  try {
    co_await remove_physical(stack, resource);
  } catch (const std::exception&) {
    failed = failure_message(std::current_exception(), resource.token);
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
  work.properties = resource.applied.empty() ? resource.properties : resource.applied;
  work.attributes = resource.attributes;
  work.keeps_snapshot = resource.deletion_policy == "Snapshot";
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
    if (!refused) break;
    if (is_gone(*refused) && !templates::is_custom(resource.type)) {
      // Of what was made a moment ago it says nothing yet.
      const auto known = resource.made + base::from_seconds(knobs_.not_found_limit);
      if (context_.now() >= known) break;
      co_await work.pause(knobs_.not_found_wait);
      continue;
    }
    if (!is_held(*refused) || context_.now() >= limit) {
      throw Failure(handler_message(*refused, work.token));
    }
    co_await work.pause(wait);
    wait = std::min(wait * 1.5, 30.0);
  }
  co_await work.pause(after());
}

}  // namespace sim::cloudformation

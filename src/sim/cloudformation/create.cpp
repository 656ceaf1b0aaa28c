// Creating a stack, and rolling a failed creation back.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "sim/cloudformation/engine.hpp"
#include "sim/cloudformation/hiding.hpp"

namespace sim::cloudformation {

Task<void> Engine::run_create(Stack& stack, bool nested) {
  std::string problem = co_await missing_parameter(stack);
  try {
    if (problem.empty()) {
      co_await process(stack);
      note_imports(stack);
    }
  } catch (const std::exception& failure) {
    problem = failure.what();
  }
  if (problem.empty()) co_await create_all(stack);
  if (!stack.operation->failed.empty()) {
    problem = fmt::format("The following resource(s) failed to create: [{}]. ",
                          fmt::join(stack.operation->failed, ", "));
  }
  if (problem.empty()) co_await monitor(stack);
  if (!stack.operation->stop_reason.empty()) problem = stack.operation->stop_reason;
  if (problem.empty()) {
    try {
      co_await fill_outputs_now(stack);
    } catch (const std::exception& failure) {
      problem = failure.what();
    }
  }
  const bool deleting = stack.status == "DELETE_IN_PROGRESS";  // DeleteStack came meanwhile
  if (deleting) {
    stack.operation.reset();
    stack.changed.notify();
    co_return;
  }
  if (problem.empty()) {
    stack.operation.reset();
    set(stack, "CREATE_COMPLETE");
    co_return;
  }
  if (nested || stack.on_failure == "DO_NOTHING") {
    // A nested stack is removed by its parent's rollback.
    stack.operation.reset();
    set(stack, "CREATE_FAILED", problem);
    co_return;
  }
  if (!problem.ends_with("Rollback requested by user.")) {
    problem += problem.ends_with(' ') ? "" : problem.ends_with('.') ? " " : ". ";
    problem += "Rollback requested by user.";
  }
  set(stack, stack.on_failure == "DELETE" ? "DELETE_IN_PROGRESS" : "ROLLBACK_IN_PROGRESS", problem);
  co_await roll_back_create(stack);
}

Task<void> Engine::roll_back_create(Stack& stack) {
  const bool removing = stack.on_failure == "DELETE";
  stack.operation = std::make_unique<Progress>();
  std::set<std::string> all;
  for (const auto& [id, resource] : stack.resources) all.insert(id);
  co_await remove_all(stack, std::move(all), Purpose::rollback, {});
  const auto failed = std::move(stack.operation->failed);
  stack.operation.reset();
  if (!failed.empty()) {
    set(stack, removing ? "DELETE_FAILED" : "ROLLBACK_FAILED",
        fmt::format("The following resource(s) failed to delete: [{}]. ", fmt::join(failed, ", ")));
  } else if (removing) {
    stack.deleted = context_.now();
    set(stack, "DELETE_COMPLETE");
    compact_deleted();
  } else {
    set(stack, "ROLLBACK_COMPLETE");
  }
}

Task<void> Engine::create_all(Stack& stack) {
  // The template outlives the tasks even when an update replaces it.
  const auto source = stack.source;
  note_attributes(stack);
  std::vector<Task<void>> tasks;
  for (const auto& spec : source->resources) {
    if (!wanted(stack, spec)) {
      stack.operation->settled.insert(spec.logical_id);
      continue;
    }
    tasks.push_back(create_one(stack, spec));
  }
  co_await base::all(std::move(tasks));
}

void Engine::note_attributes(Stack& stack) {
  std::vector<templates::Use> uses;
  const json::value document(stack.source->document);
  templates::uses(document, "", uses);
  for (auto& use : uses) {
    stack.operation->attributes[use.name].insert(std::move(use.attribute));
  }
}

// Returns when every need is settled, or when nothing may start any more.
Task<void> Engine::wait_for_needs(Stack& stack, const std::set<std::string>& needs) {
  Progress& operation = *stack.operation;
  while (!operation.stopped && !std::ranges::includes(operation.settled, needs)) {
    co_await operation.progress.wait();
  }
}

Task<void> Engine::create_one(Stack& stack, const templates::Resource& spec) {
  co_await wait_for_needs(stack, spec.needs);
  Progress& operation = *stack.operation;
  if (operation.stopped) co_return;
  if (operation.adopted.contains(spec.logical_id)) {
    co_await adopt_one(stack, spec);
    co_return;
  }

  if (!stack.resources.contains(spec.logical_id)) stack.order.push_back(spec.logical_id);
  Resource& resource = stack.resources[spec.logical_id];
  resource = Resource{};
  resource.logical_id = spec.logical_id;
  resource.type = spec.type;
  resource.needs = spec.needs;
  resource.deletion_policy = spec.deletion_policy;
  resource.update_replace_policy = spec.update_replace_policy;
  resource.stack_tags = stack.tags;

  std::optional<std::string> failed;
  Work work = work_for(stack, spec.logical_id, spec.type);
  work.propagating = true;
  resource.token = work.token;
  operation.running[spec.logical_id] = &work.cancelled;
  try {
    work.properties = co_await resolved_now(stack, spec);
    resource.properties = work.properties;
    resource.hidden = hidden_properties(stack, spec);
  } catch (const std::exception&) {
    failed = failure_message(std::current_exception(), work.token);
  }
  set(stack, resource, "CREATE_IN_PROGRESS");
  if (!failed) {
    work.wanted = operation.attributes[spec.logical_id];
    work.on_initiated = [&] {
      resource.physical_id = work.id;
      resource.made = context_.now();
      if (!work.cancelled)
        set(stack, resource, "CREATE_IN_PROGRESS", "Resource creation Initiated");
    };
    failed = co_await created(stack, resource, work);
  }
  resource.physical_id = work.id;
  resource.attributes = std::move(work.attributes);
  resource.no_echo = work.no_echo;
  keep_applied(resource, work);
  operation.running.erase(spec.logical_id);
  if (work.cancelled) co_return;
  if (failed) {
    fail(stack, resource, *failed, "CREATE_FAILED");
    co_return;
  }
  set(stack, resource, "CREATE_COMPLETE");
  operation.settled.insert(spec.logical_id);
  operation.progress.notify();
}

void Engine::keep_applied(Resource& resource, Work& work) {
  resource.applied.clear();
  if (work.properties != resource.properties) resource.applied = std::move(work.properties);
}

void Engine::fail(Stack& stack, Resource& resource, std::string reason, std::string_view status) {
  set(stack, resource, std::string(status), std::move(reason));
  stack.operation->failed.push_back(resource.logical_id);
  cancel(stack, true);
}

void Engine::cancel(Stack& stack, bool custom_too) {
  Progress& operation = *stack.operation;
  operation.stopped = true;
  for (const auto& [id, cancelled] : operation.running) {
    Resource& resource = stack.resources[id];
    if (*cancelled || (!custom_too && templates::is_custom(resource.type))) continue;
    *cancelled = true;
    const bool updating = resource.status.starts_with("UPDATE");
    operation.failed.push_back(id);
    const std::string reason(updating ? cancelled_update : "Resource creation cancelled");
    set(stack, resource, updating ? "UPDATE_FAILED" : "CREATE_FAILED", reason);
    if (resource.type == "AWS::CloudFormation::Stack") {
      Stack* child = find(resource.physical_id);
      if (child != nullptr && child->operation) {
        if (child->operation->stop_reason.empty()) {
          child->operation->stop_reason = reason;
        }
        cancel(*child, true);
      }
    }
  }
  operation.progress.notify();
}

}  // namespace sim::cloudformation

// Taking an update back, and cleaning up after one.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

namespace {

constexpr int clean_up_tries = 3;

// Dependents first; among equals, what came last goes first. Old and new templates are mixed here:
// in a circle of the two, the last goes first too.
std::vector<std::size_t> in_order_of_removal(const std::vector<Resource>& left) {
  std::vector<std::size_t> waiting, order;
  for (std::size_t i = left.size(); i > 0; --i) waiting.push_back(i - 1);
  while (!waiting.empty()) {
    const auto free = std::ranges::find_if(waiting, [&](std::size_t one) {
      return std::ranges::none_of(waiting, [&](std::size_t other) {
        return other != one && left[other].needs.contains(left[one].logical_id);
      });
    });
    const auto next = free == waiting.end() ? waiting.begin() : free;
    order.push_back(*next);
    waiting.erase(next);
  }
  return order;
}

}  // namespace

void Engine::cancel_update(Stack& stack) {
  if (stack.status != "UPDATE_IN_PROGRESS" || !stack.operation) {
    throw Error("ValidationError", "CancelUpdateStack cannot be called from current stack status");
  }
  stack.operation->stop_reason = "User Initiated";
  cancel(stack, true);
}

void Engine::continue_rollback(Stack& stack, std::vector<std::string> skipped) {
  if (stack.status != "UPDATE_ROLLBACK_FAILED" || !stack.undo) {
    throw Error("ValidationError",
                fmt::format("Stack:{} is in {} state and can not continue rollback.", stack.id,
                            stack.status));
  }
  for (const auto& id : skipped) {
    const auto found = stack.resources.find(id);
    if (found == stack.resources.end() || found->second.status != "UPDATE_FAILED" ||
        found->second.reason == cancelled_update) {
      throw Error("ValidationError",
                  fmt::format("The following resource(s) to skip are not in UPDATE_FAILED state: "
                              "[{}]",
                              id));
    }
  }
  set(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated");
  begin(stack, roll_back_update(stack, std::move(skipped)));
}

void Engine::roll_back(Stack& stack) {
  if (stack.status == "UPDATE_FAILED" && stack.undo) {
    set(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated");
    begin(stack, roll_back_update(stack, {}));
  } else if (stack.status == "CREATE_FAILED" && !stack.undo) {
    stack.on_failure = "ROLLBACK";
    set(stack, "ROLLBACK_IN_PROGRESS", "User Initiated");
    begin(stack, roll_back_create(stack));
  } else {
    throw Error(
        "ValidationError",
        fmt::format("Stack:{} is in {} state and can not be rolled back.", stack.id, stack.status));
  }
}

Task<std::optional<std::string>> Engine::revert_nested(const Resource& resource) {
  Stack* child = find(resource.physical_id);
  if (child == nullptr || !child->undo) co_return std::nullopt;  // it was left as it was
  if (child->status != "UPDATE_ROLLBACK_IN_PROGRESS") {
    set(*child, "UPDATE_ROLLBACK_IN_PROGRESS");
  }
  co_await roll_back_update(*child, {});
  if (child->status == "UPDATE_ROLLBACK_COMPLETE") co_return std::nullopt;
  co_return fmt::format("Embedded stack {} was not successfully updated: {}", child->id,
                        child->reason);
}

Task<void> Engine::revert_one(Stack& stack, std::string logical_id) {
  Undo& undo = *stack.undo;
  Progress& operation = *stack.operation;
  const Resource old = undo.before.at(logical_id);
  co_await wait_for_needs(stack, old.needs);
  if (operation.stopped) co_return;
  Resource& resource = stack.resources.at(logical_id);
  const bool replaced = std::ranges::any_of(
      undo.made, [&](const auto& made) { return made.logical_id == logical_id; });
  // After a rollback that failed, what the update had tried is still there.
  const auto tried =
      undo.tried
          .try_emplace(logical_id,
                       resource.applied.empty() ? resource.properties : resource.applied,
                       resource.stack_tags)
          .first->second;
  const std::string asked = templates::is_custom(old.type) ? resource.physical_id : old.physical_id;
  Resource left = resource;
  resource = old;
  Work work = work_for(stack, logical_id, resource.type);
  operation.running[logical_id] = &work.cancelled;
  set(stack, resource, "UPDATE_IN_PROGRESS");
  std::optional<std::string> failed;
  if (resource.type == "AWS::CloudFormation::Stack") {
    if (Stack* child = find(resource.physical_id)) child->principal = stack.principal;
    failed = co_await revert_nested(resource);
  } else if (!replaced) {
    // A custom resource that changed its id has left the old one as it was.
    work.propagating = true;
    work.id = asked;
    resource.physical_id = asked;
    work.properties = old.properties;
    work.old_properties = tried.properties;
    work.old_stack_tags = tried.stack_tags;
    work.attributes = old.attributes;
    failed = co_await handled(stack, work, handler_of(resource.type)->update);
    if (!failed && !work.cancelled) {
      resource.attributes = std::move(work.attributes);
      keep_applied(resource, work);
      if (work.id != asked) undo.made.push_back(std::move(left));
      resource.physical_id = work.id;
      // An update that failed may have left another id than there was.
      undo.before.at(logical_id).physical_id = work.id;
    }
  }
  operation.running.erase(logical_id);
  if (work.cancelled) co_return;
  if (failed) {
    fail(stack, resource, *failed, "UPDATE_FAILED");
    co_return;
  }
  std::erase(undo.touched, logical_id);
  undo.tried.erase(logical_id);
  set(stack, resource, "UPDATE_COMPLETE");
  operation.settled.insert(logical_id);
  operation.progress.notify();
}

// What was updated in place goes back in the order of dependence, all else of it at once.
Task<void> Engine::revert_all(Stack& stack, std::vector<std::string> skipped) {
  Undo& undo = *stack.undo;
  for (const auto& id : skipped) {
    if (std::erase(undo.touched, id) == 0) continue;
    // [C] It is said to be complete; its template and what there is may differ from here on.
    undo.tried.erase(id);
    stack.resources.at(id) = undo.before.at(id);
    set(stack, stack.resources.at(id), "UPDATE_COMPLETE", "Resource update skipped by user");
  }
  const std::set<std::string> touched(undo.touched.begin(), undo.touched.end());
  for (const auto& [id, old] : undo.before) {
    for (const auto& need : old.needs) {
      if (!touched.contains(need)) stack.operation->settled.insert(need);
    }
  }
  std::vector<Task<void>> tasks;
  for (const auto& id : undo.order) {
    if (touched.contains(id)) tasks.push_back(revert_one(stack, id));
  }
  co_await base::all(std::move(tasks));
}

void Engine::restore(Stack& stack, const Undo& undo) {
  stack.source = undo.source;
  stack.text = undo.text;
  stack.transformed = undo.transformed;
  stack.parameters = undo.parameters;
  stack.values = undo.values;
  stack.ssm_values = undo.ssm_values;
  stack.conditions = undo.conditions;
  stack.tags = undo.tags;
  stack.outputs = undo.outputs;
  stack.imports = undo.imports;
}

Task<void> Engine::roll_back_update(Stack& stack, std::vector<std::string> skipped) {
  Undo& undo = *stack.undo;
  restore(stack, undo);
  stack.operation = std::make_unique<Progress>();
  note_attributes(stack);
  co_await revert_all(stack, std::move(skipped));
  if (!stack.operation->failed.empty()) {
    const std::string reason = fmt::format("The following resource(s) failed to update: [{}]. ",
                                           fmt::join(stack.operation->failed, ", "));
    stack.operation.reset();
    end_policies(stack, false);
    set(stack, "UPDATE_ROLLBACK_FAILED", reason);
    co_return;
  }
  // Replaced ones go back to the old physical resource; new ones leave the stack.
  std::vector<std::string> strangers;
  for (auto& [id, resource] : stack.resources) {
    const auto old = undo.before.find(id);
    if (old == undo.before.end()) {
      strangers.push_back(id);
    } else if (resource.physical_id != old->second.physical_id ||
               resource.properties != old->second.properties ||
               resource.status.ends_with("_FAILED")) {
      resource = old->second;
      set(stack, resource, "UPDATE_COMPLETE");
    }
  }
  for (const auto& id : strangers) {
    stack.resources.erase(id);
    std::erase(stack.order, id);
  }
  set(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
  co_await clean_up(stack, std::move(undo.made), Purpose::rollback);
  stack.operation.reset();
  stack.undo.reset();
  end_policies(stack, false);
  set(stack, "UPDATE_ROLLBACK_COMPLETE");
}

Task<bool> Engine::clean_up(Stack& stack, std::vector<Resource> left, Purpose purpose) {
  const auto order = in_order_of_removal(left);
  std::vector<bool> done(left.size(), false);
  bool clean = true;
  std::vector<Task<void>> tasks;
  for (std::size_t place = 0; place < order.size(); ++place) {
    tasks.push_back(clean_one(stack, purpose, CleanUp{left, order, place, done, clean}));
  }
  co_await base::all(std::move(tasks));
  co_return clean;
}

Task<void> Engine::clean_one(Stack& stack, Purpose purpose, CleanUp part) {
  Progress& operation = *stack.operation;
  Resource& resource = part.left[part.order[part.place]];
  // Those before it in the order that depend on it.
  const auto held = [&] {
    for (std::size_t before = 0; before < part.place; ++before) {
      const std::size_t other = part.order[before];
      if (!part.done[other] && part.left[other].needs.contains(resource.logical_id)) return true;
    }
    return false;
  };
  while (held()) co_await operation.progress.wait();
  if (keeps(stack, resource, purpose)) {
    set(stack, resource, "DELETE_SKIPPED");
  } else {
    // [C] Three tries; then the resource is let go and the update completes all the same.
    bool deleted = false;
    for (int attempt = 1; attempt <= clean_up_tries && !deleted; ++attempt) {
      set(stack, resource, "DELETE_IN_PROGRESS");
      std::optional<std::string> failed;
      try {
        co_await remove_physical(stack, resource);
      } catch (const std::exception&) {
        failed = failure_message(std::current_exception(), resource.token);
      }
      set(stack, resource, failed ? "DELETE_FAILED" : "DELETE_COMPLETE", failed.value_or(""));
      deleted = !failed;
    }
    part.clean = part.clean && deleted;
  }
  part.done[part.order[part.place]] = true;
  operation.progress.notify();
}

}  // namespace sim::cloudformation

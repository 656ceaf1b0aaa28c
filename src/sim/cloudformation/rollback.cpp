// Taking an update back, and cleaning up after one.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

namespace {

constexpr int clean_up_tries = 3;

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
    if (found == stack.resources.end() || found->second.status != "UPDATE_FAILED") {
      throw Error("ValidationError",
                  fmt::format("The following resource(s) to skip are not in UPDATE_FAILED state: "
                              "[{}]",
                              id));
    }
  }
  set(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated");
  context_.runtime.spawn(roll_back_update(stack, std::move(skipped)));
}

void Engine::roll_back(Stack& stack) {
  if (stack.status == "UPDATE_FAILED" && stack.undo) {
    set(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated");
    context_.runtime.spawn(roll_back_update(stack, {}));
  } else if (stack.status == "CREATE_FAILED" && !stack.undo) {
    stack.on_failure = "ROLLBACK";
    set(stack, "ROLLBACK_IN_PROGRESS", "User Initiated");
    context_.runtime.spawn(roll_back_create(stack));
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
  Resource& resource = stack.resources.at(logical_id);
  const Resource old = stack.undo->before.at(logical_id);
  const bool replaced = std::ranges::any_of(
      stack.undo->made, [&](const auto& made) { return made.logical_id == logical_id; });
  const json::object tried = resource.applied.empty() ? resource.properties : resource.applied;
  resource = old;
  set(stack, resource, "UPDATE_IN_PROGRESS");
  std::optional<std::string> failed;
  if (resource.type == "AWS::CloudFormation::Stack") {
    failed = co_await revert_nested(resource);
  } else if (!replaced) {
    // A custom resource that changed its id has left the old one as it was.
    Work work = work_for(stack, logical_id, resource.type);
    work.id = old.physical_id;
    work.properties = old.properties;
    work.old_properties = tried;
    work.attributes = old.attributes;
    failed = co_await handled(stack, work, handler_of(resource.type)->update);
    if (!failed) {
      resource.attributes = std::move(work.attributes);
      keep_applied(resource, work);
    }
  }
  if (failed) {
    stack.operation->failed.push_back(logical_id);
    set(stack, resource, "UPDATE_FAILED", *failed);
    co_return;
  }
  std::erase(stack.undo->touched, logical_id);
  set(stack, resource, "UPDATE_COMPLETE");
}

Task<void> Engine::roll_back_update(Stack& stack, std::vector<std::string> skipped) {
  Undo& undo = *stack.undo;
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
  stack.operation = std::make_unique<Progress>();
  note_attributes(stack);
  const auto touched = undo.touched;
  for (const auto& id : std::views::reverse(touched)) {
    if (base::contains(skipped, id)) {
      // [C] It is said to be complete; its template and what there is may differ from here on.
      std::erase(undo.touched, id);
      stack.resources.at(id) = undo.before.at(id);
      set(stack, stack.resources.at(id), "UPDATE_COMPLETE", "Resource update skipped by user");
      continue;
    }
    co_await revert_one(stack, id);
  }
  if (!stack.operation->failed.empty()) {
    const std::string reason = fmt::format("The following resource(s) failed to update: [{}]. ",
                                           fmt::join(stack.operation->failed, ", "));
    stack.operation.reset();
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
  set(stack, "UPDATE_ROLLBACK_COMPLETE");
}

Task<bool> Engine::clean_up(Stack& stack, std::vector<Resource> left, Purpose purpose) {
  bool clean = true;
  for (auto& resource : std::views::reverse(left)) {
    if (keeps(stack, resource, purpose)) {
      set(stack, resource, "DELETE_SKIPPED");
      continue;
    }
    // [C] Three tries; then the resource is let go and the update completes all the same.
    bool deleted = false;
    for (int attempt = 1; attempt <= clean_up_tries && !deleted; ++attempt) {
      set(stack, resource, "DELETE_IN_PROGRESS");
      std::optional<std::string> failed;
      try {
        co_await remove_physical(stack, resource);
      } catch (const Failure& failure) {
        failed = failure.what();
      }
      set(stack, resource, failed ? "DELETE_FAILED" : "DELETE_COMPLETE", failed.value_or(""));
      deleted = !failed;
    }
    clean = clean && deleted;
  }
  co_return clean;
}

}  // namespace sim::cloudformation

// Changing a stack: in place, by replacement, by clean-up. The way back is in rollback.cpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <boost/json.hpp>
#include <utility>

#include "base/contains.hpp"
#include "sim/cloudformation/engine.hpp"
#include "sim/cloudformation/hiding.hpp"

namespace sim::cloudformation {

namespace {

bool has_nested(const templates::Template& source) {
  return std::ranges::any_of(source.resources, [](const auto& resource) {
    return resource.type == "AWS::CloudFormation::Stack";
  });
}

// [C] None of the other sections can be updated by itself: User Guide, "Conditions", "Description",
// "Metadata".
json::object what_counts(const templates::Template& source) {
  json::object document = source.document;
  for (const auto* section : {"Conditions", "Description", "Metadata"}) document.erase(section);
  return document;
}

// [C-P] Both lists appear in one reason when both kinds have failed.
std::string failure_text(const Stack& stack) {
  std::vector<std::string> created, updated;
  for (const auto& id : stack.operation->failed) {
    const auto found = stack.resources.find(id);
    const std::string status = found == stack.resources.end() ? "" : found->second.status;
    const bool creation = status == "CREATE_FAILED" || status == "IMPORT_FAILED";
    (creation ? created : updated).push_back(id);
  }
  std::string text;
  if (!created.empty()) {
    text +=
        fmt::format("The following resource(s) failed to create: [{}]. ", fmt::join(created, ", "));
  }
  if (!updated.empty()) {
    text +=
        fmt::format("The following resource(s) failed to update: [{}]. ", fmt::join(updated, ", "));
  }
  return text;
}

// The tags of the stack are those of its resources too, of the types that have any.
bool same_tags(const Stack& stack, const Resource& resource) {
  const auto* schema = schema_of(resource.type);
  return schema == nullptr || !schema->properties.contains("Tags") ||
         stack.tags == resource.stack_tags;
}

bool create_only_changes(const Handler& handler, const json::object& before,
                         const json::object& after) {
  const auto differs = [&](const auto& name) {
    const auto* old = before.if_contains(name);
    const auto* now = after.if_contains(name);
    return (old == nullptr || now == nullptr) ? old != now : *old != *now;
  };
  return std::ranges::any_of(handler.schema.properties, [&](const auto& name) {
    return recreates(handler, after, name) && differs(name);
  });
}

}  // namespace

Error not_updatable(const Stack& stack) {
  return {"ValidationError",
          fmt::format("Stack:{} is in {} state and can not be updated.", stack.id, stack.status)};
}

std::unique_ptr<Undo> Engine::undo_of(const Stack& stack) {
  return std::make_unique<Undo>(Undo{.before = stack.resources,
                                     .order = stack.order,
                                     .outputs = stack.outputs,
                                     .source = stack.source,
                                     .text = stack.text,
                                     .transformed = stack.transformed,
                                     .parameters = stack.parameters,
                                     .values = stack.values,
                                     .ssm_values = stack.ssm_values,
                                     .conditions = stack.conditions,
                                     .tags = stack.tags,
                                     .imports = stack.imports});
}

bool Engine::differs(const Stack& stack, const Prepared& prepared, const Request& request) {
  return differs_itself(stack, prepared, request) || has_nested(*stack.source);
}

bool Engine::differs_itself(const Stack& stack, const Prepared& prepared, const Request& request) {
  return what_counts(*stack.source) != what_counts(*prepared.source) ||
         stack.values != prepared.values || stack.tags != request.tags;
}

void Engine::check_update(const Stack& stack, const Prepared& prepared) const {
  // CREATE_FAILED and UPDATE_FAILED: with rollback disabled, an update is the way on.
  constexpr std::array ready{
      "CREATE_COMPLETE", "UPDATE_COMPLETE",          "UPDATE_ROLLBACK_COMPLETE",
      "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "CREATE_FAILED",
      "UPDATE_FAILED"};
  if (!base::contains(ready, stack.status)) {
    throw not_updatable(stack);
  }
  std::vector<std::string> retyped;
  for (const auto& spec : prepared.source->resources) {
    const auto known = stack.resources.find(spec.logical_id);
    if (known != stack.resources.end() && known->second.exists() &&
        known->second.type != spec.type) {
      retyped.push_back(spec.logical_id);
    }
  }
  if (!retyped.empty()) {
    throw Error("ValidationError",
                fmt::format("Update of resource type is not permitted. The new template modifies "
                            "resource type of the following resources: [{}]",
                            fmt::join(retyped, ", ")));
  }
}

void Engine::update(Stack& stack, Request request, Prepared prepared) {
  check_update(stack, prepared);
  const bool retry = stack.status.ends_with("_FAILED");
  // A new stack policy alone is an update too: so in awscfncli's README.
  if (!retry && request.policy.empty() && !differs(stack, prepared, request)) {
    throw Error("ValidationError", "No updates are to be performed.");
  }
  stack.token = request.token;
  if (!stack.token.empty()) stack.tokens[stack.token] = request.operation;
  stack.operation = progress_of(request);
  set(stack, "UPDATE_IN_PROGRESS", "User Initiated");
  begin(stack, run_update(stack, std::move(request), std::move(prepared), false));
}

Task<void> Engine::run_update(Stack& stack, Request request, Prepared prepared, bool nested) {
  // After an update that failed and was left so, the way back still leads to before that.
  if (!stack.undo) stack.undo = undo_of(stack);
  stack.undo->kept.clear();
  const std::string on_failure = request.on_failure;
  stack.next_policy = request.policy;
  stack.policy_during_update = request.policy_during_update;
  fill(stack, std::move(request), std::move(prepared));
  stack.updated = context_.now();
  stack.looked_up.clear();
  if (!stack.operation) stack.operation = std::make_unique<Progress>();
  watch_triggers(stack);
  const std::string problem = co_await apply_update(stack);
  const bool cancelled = stack.operation->stop_reason == "User Initiated";
  stack.operation.reset();
  if (problem.empty()) {
    set(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
    // [I] A nested stack can be taken back until the whole tree has been updated.
    if (!nested) co_await finish_update(stack);
  } else if (on_failure == "DO_NOTHING" && !nested && !cancelled) {
    end_policies(stack, false);
    set(stack, "UPDATE_FAILED", problem);
  } else {
    set(stack, "UPDATE_ROLLBACK_IN_PROGRESS", problem);
    if (!nested) co_await roll_back_update(stack, {});
  }
}

Task<std::string> Engine::apply_update(Stack& stack) {
  if (std::string missing = co_await missing_parameter(stack); !missing.empty()) {
    co_return missing;
  }
  try {
    evaluate_conditions(stack);
    co_await process(stack);
    note_imports(stack);
  } catch (const std::exception& failure) {
    co_return std::string(failure.what());
  }
  const auto source = stack.source;  // outlives the tasks
  note_attributes(stack);
  std::vector<Task<void>> tasks;
  for (const auto& spec : source->resources) {
    if (!wanted(stack, spec)) {
      stack.operation->settled.insert(spec.logical_id);
      continue;
    }
    stack.undo->kept.insert(spec.logical_id);
    tasks.push_back(update_one(stack, spec));
  }
  deny_removals(stack);
  co_await base::all(std::move(tasks));
  if (stack.operation->failed.empty()) co_await monitor(stack);
  if (!stack.operation->stop_reason.empty()) co_return stack.operation->stop_reason;
  if (!stack.operation->failed.empty()) co_return failure_text(stack);
  try {
    co_await fill_outputs_now(stack);
  } catch (const std::exception& failure) {
    co_return std::string(failure.what());
  }
  co_return std::string();
}

// What the new template has no longer is deleted at the end; whether it may be is decided now.
void Engine::deny_removals(Stack& stack) {
  for (const auto& id : stack.undo->order) {
    const auto found = stack.resources.find(id);
    const bool stays = stack.undo->kept.contains(id) || found == stack.resources.end();
    if (!stays && found->second.exists()) deny(stack, found->second, "Update:Delete");
  }
}

Task<void> Engine::finish_update(Stack& stack) {
  for (const auto& id : stack.undo->touched) {
    const auto found = stack.resources.find(id);
    if (found == stack.resources.end() || found->second.type != "AWS::CloudFormation::Stack") {
      continue;
    }
    Stack* child = find(found->second.physical_id);
    if (child != nullptr && child->undo) co_await finish_update(*child);
  }
  stack.operation = std::make_unique<Progress>();
  // Replaced ones were finished in the order of dependence; dropped ones come before all of them.
  std::vector<Resource> left = std::move(stack.undo->replaced);
  for (const auto& id : stack.undo->order) {
    if (stack.undo->kept.contains(id)) continue;
    const auto found = stack.resources.find(id);
    if (found == stack.resources.end()) continue;
    if (found->second.exists()) left.push_back(found->second);
    stack.resources.erase(found);
    std::erase(stack.order, id);
  }
  const bool clean = co_await clean_up(stack, std::move(left), Purpose::cleanup);
  stack.operation.reset();
  stack.undo.reset();
  end_policies(stack, true);
  // [C] Troubleshooting: what cannot be deleted is let go.
  set(stack, "UPDATE_COMPLETE",
      clean ? "" : "Update successful. One or more resources could not be deleted.");
}

Task<void> Engine::update_one(Stack& stack, const templates::Resource& spec) {
  co_await wait_for_needs(stack, spec.needs);
  Progress& operation = *stack.operation;
  if (operation.stopped) co_return;
  const auto known = stack.resources.find(spec.logical_id);
  const bool broken = known != stack.resources.end() && known->second.status == "CREATE_FAILED";
  if (known == stack.resources.end() || !known->second.exists() || broken ||
      known->second.status.starts_with("DELETE")) {
    // What an earlier attempt has left half made goes when this one is done.
    if (broken && known->second.exists()) stack.undo->replaced.push_back(known->second);
    co_await create_one(stack, spec);
    if (stack.resources[spec.logical_id].exists()) {
      stack.undo->made.push_back(stack.resources[spec.logical_id]);
    }
    co_return;
  }
  Resource& resource = known->second;
  resource.needs = spec.needs;
  resource.deletion_policy = spec.deletion_policy;
  resource.update_replace_policy = spec.update_replace_policy;
  const bool nested = spec.type == "AWS::CloudFormation::Stack";
  std::optional<std::string> failed;
  try {
    json::object properties = co_await resolved_now(stack, spec);
    // A nested stack may change inside, unless a change set has looked there.
    const bool looked =
        !nested || (operation.whole_tree &&
                    std::ranges::find(operation.nested, spec.logical_id, &Foreseen::logical_id) ==
                        operation.nested.end());
    const bool same = properties == resource.properties && same_tags(stack, resource) &&
                      resource.status != "UPDATE_FAILED" && looked;
    if (same) {
      // Nothing to do.
    } else if (create_only_changes(*handler_of(spec.type), resource.properties, properties) ||
               replaces_by_policy(stack, spec, resource.properties, properties)) {
      if (deny(stack, resource, "Update:Replace")) co_return;
      co_await replace_one(stack, resource, std::move(properties));
    } else {
      if (deny(stack, resource, "Update:Modify")) co_return;
      co_await change_one(stack, resource, std::move(properties));
    }
  } catch (const std::exception&) {
    failed = failure_message(std::current_exception(), resource.token);
  } catch (const Cancelled&) {
    co_return;
  }
  operation.running.erase(spec.logical_id);
  if (failed) {
    if (!operation.stopped || resource.reason != cancelled_update) {
      fail(stack, resource, *failed, "UPDATE_FAILED");
    }
    co_return;
  }
  operation.settled.insert(spec.logical_id);
  operation.progress.notify();
}

Task<void> Engine::change_one(Stack& stack, Resource& resource, json::object properties) {
  const std::string logical_id = resource.logical_id;
  if (templates::is_custom(resource.type) &&
      at(properties, "ServiceToken") != at(resource.properties, "ServiceToken")) {
    throw Failure("Modifying service token is not allowed.");
  }
  const Resource old = resource;
  Work work = work_for(stack, logical_id, resource.type);
  work.propagating = true;
  work.id = resource.physical_id;
  work.old_properties = resource.applied.empty() ? resource.properties : resource.applied;
  work.old_stack_tags = std::exchange(resource.stack_tags, stack.tags);
  work.properties = properties;
  work.attributes = resource.attributes;
  work.wanted = stack.operation->attributes[logical_id];
  resource.properties = std::move(properties);
  resource.hidden = hidden_properties(stack, *stack.source->resource(logical_id));
  set(stack, resource, "UPDATE_IN_PROGRESS");
  if (!base::contains(stack.undo->touched, logical_id)) stack.undo->touched.push_back(logical_id);
  stack.operation->running[logical_id] = &work.cancelled;
  const auto failed = co_await handled(stack, work, handler_of(resource.type)->update);
  stack.operation->running.erase(logical_id);
  keep_applied(resource, work);
  if (work.cancelled) throw Cancelled{};
  if (failed) {
    if (templates::is_custom(resource.type)) resource.physical_id = work.id;
    throw Failure(*failed);
  }
  resource.attributes = std::move(work.attributes);
  resource.no_echo = work.no_echo;
  if (work.id != old.physical_id) {
    resource.physical_id = work.id;
    resource.adopted = false;
    set(stack, resource, "UPDATE_IN_PROGRESS",
        "Requested update required the provider to create a new physical resource");
    stack.undo->replaced.push_back(old);
    stack.undo->replaced.back().deletion_policy = old.update_replace_policy;
    stack.undo->made.push_back(resource);
  }
  set(stack, resource, "UPDATE_COMPLETE");
}

Task<void> Engine::replace_one(Stack& stack, Resource& resource, json::object properties) {
  const std::string logical_id = resource.logical_id;
  const Resource old = resource;
  resource.adopted = false;
  resource.stack_tags = stack.tags;
  Work work = work_for(stack, logical_id, resource.type);
  work.propagating = true;
  work.properties = properties;
  work.wanted = stack.operation->attributes[logical_id];
  resource.properties = std::move(properties);
  resource.hidden = hidden_properties(stack, *stack.source->resource(logical_id));
  set(stack, resource, "UPDATE_IN_PROGRESS",
      "Requested update requires the creation of a new physical resource; hence creating one.");
  stack.operation->running[logical_id] = &work.cancelled;
  work.on_initiated = [&] {
    resource.physical_id = work.id;
    resource.made = context_.now();
    if (!work.cancelled) set(stack, resource, "UPDATE_IN_PROGRESS", "Resource creation Initiated");
  };
  const auto failed = co_await created(stack, resource, work);
  stack.operation->running.erase(logical_id);
  resource.attributes = std::move(work.attributes);
  keep_applied(resource, work);
  if (!work.id.empty()) {
    resource.physical_id = work.id;
    stack.undo->made.push_back(resource);
  }
  if (work.cancelled) throw Cancelled{};
  if (failed) throw Failure(*failed);
  // [C] DeletionPolicy does not speak for what a replacement leaves: UpdateReplacePolicy does.
  stack.undo->replaced.push_back(old);
  stack.undo->replaced.back().deletion_policy = old.update_replace_policy;
  set(stack, resource, "UPDATE_COMPLETE");
}

}  // namespace sim::cloudformation

// Changing a stack: in place, by replacement, by clean-up; and the way back.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <boost/json.hpp>

#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

struct Engine::Update {
  std::map<std::string, Resource> before;
  std::vector<std::string> order;
  std::vector<Stack::Output> outputs;
  std::shared_ptr<const templates::Template> source;
  std::string text;
  templates::ParameterValues parameters;
  std::map<std::string, json::value, std::less<>> values;
  std::map<std::string, std::string> ssm_values;
  std::map<std::string, bool, std::less<>> conditions;
  std::map<std::string, std::string> tags;
  std::vector<std::string> touched;  // updates begun in place, in order
  std::vector<Resource> replaced;    // old ones whose successor exists
  std::vector<Resource> made;        // new ones, for the way back
};

namespace {

constexpr int clean_up_tries = 3;

bool same_template(const Stack& stack, const Engine::Prepared& prepared, const Request& request) {
  return stack.source->document == prepared.source->document && stack.values == prepared.values &&
         stack.tags == request.tags;
}

bool has_nested(const templates::Template& source) {
  return std::ranges::any_of(source.resources, [](const auto& resource) {
    return resource.type == "AWS::CloudFormation::Stack";
  });
}

}  // namespace

void Engine::update(Stack& stack, Request request, Prepared prepared) {
  constexpr std::array ready{"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE",
                             "IMPORT_COMPLETE"};
  if (std::ranges::find(ready, stack.status) == ready.end()) {
    throw Error("ValidationError", fmt::format("Stack:{} is in {} state and can not be updated.",
                                               stack.id, stack.status));
  }
  if (same_template(stack, prepared, request) && !has_nested(*stack.source)) {
    throw Error("ValidationError", "No updates are to be performed.");
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
  set(stack, "UPDATE_IN_PROGRESS", "User Initiated");
  context_.runtime.spawn(run_update(stack, std::move(request), std::move(prepared), false));
}

Task<void> Engine::run_update(Stack& stack, Request request, Prepared prepared, bool) {
  Update update{.before = stack.resources,
                .order = stack.order,
                .outputs = stack.outputs,
                .source = std::move(stack.source),
                .text = std::move(stack.text),
                .parameters = std::move(stack.parameters),
                .values = std::move(stack.values),
                .ssm_values = std::move(stack.ssm_values),
                .conditions = std::move(stack.conditions),
                .tags = std::move(stack.tags),
                .touched = {},
                .replaced = {},
                .made = {}};
  stack.source = std::move(prepared.source);
  stack.text = std::move(request.text);
  stack.parameters = std::move(prepared.parameters);
  stack.values = std::move(prepared.values);
  stack.ssm_values = std::move(prepared.ssm_values);
  stack.tags = std::move(request.tags);
  stack.capabilities = std::move(request.capabilities);
  stack.principal = std::move(request.principal);
  stack.description = stack.source->description;
  stack.updated = context_.now();
  stack.operation = std::make_unique<Progress>();
  std::string problem;
  const auto source = stack.source;
  try {
    stack.conditions.clear();
    stack.conditions = templates::evaluate_conditions(scope(stack));
  } catch (const templates::ResolveError& error) {
    problem = error.what();
  }
  std::set<std::string> kept;
  if (problem.empty()) {
    note_attributes(stack);
    std::vector<Task<void>> tasks;
    for (const auto& spec : source->resources) {
      if (!wanted(stack, spec)) {
        stack.operation->settled.insert(spec.logical_id);
        continue;
      }
      kept.insert(spec.logical_id);
      tasks.push_back(update_one(stack, spec, update));
    }
    co_await base::all(std::move(tasks));
    if (!stack.operation->failed.empty()) {
      problem = fmt::format("The following resource(s) failed to update: [{}]. ",
                            fmt::join(stack.operation->failed, ", "));
    } else {
      try {
        fill_outputs(stack);
      } catch (const Failure& failure) {
        problem = failure.what();
      }
    }
  }
  if (!problem.empty()) {
    set(stack, "UPDATE_ROLLBACK_IN_PROGRESS", problem);
    co_await roll_back_update(stack, update);
    co_return;
  }
  set(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  // Replaced ones were finished in the order of dependence; dropped ones come before all of them.
  std::vector<Resource> left = std::move(update.replaced);
  for (const auto& id : update.order) {
    if (kept.contains(id)) continue;
    const auto found = stack.resources.find(id);
    if (found == stack.resources.end()) continue;
    if (found->second.exists()) left.push_back(found->second);
    stack.resources.erase(found);
    std::erase(stack.order, id);
  }
  co_await clean_up(stack, std::move(left));
  stack.operation.reset();
  set(stack, "UPDATE_COMPLETE");
}

Task<void> Engine::update_one(Stack& stack, const templates::Resource& spec, Update& update) {
  co_await wait_for_needs(stack, spec.needs);
  Progress& operation = *stack.operation;
  if (operation.stopped) co_return;
  const auto known = stack.resources.find(spec.logical_id);
  if (known == stack.resources.end() || !known->second.exists() ||
      known->second.status.starts_with("DELETE")) {
    co_await create_one(stack, spec);
    if (stack.resources[spec.logical_id].exists()) {
      update.made.push_back(stack.resources[spec.logical_id]);
    }
    co_return;
  }
  Resource& resource = known->second;
  resource.needs = spec.needs;
  resource.deletion_policy = spec.deletion_policy;
  resource.update_replace_policy = spec.update_replace_policy;
  const Handler& handler = *handler_of(spec.type);
  std::optional<std::string> failed;
  try {
    json::object properties = resolved(stack, spec);
    const bool nested = spec.type == "AWS::CloudFormation::Stack";
    const bool same = properties == resource.properties;
    if (!same || nested) {
      const bool replaced = std::ranges::any_of(handler.create_only, [&](const auto& name) {
        const auto* old = resource.properties.if_contains(name);
        const auto* now = properties.if_contains(name);
        return (old == nullptr || now == nullptr) ? old != now : *old != *now;
      });
      if (replaced) {
        co_await replace_one(stack, resource, update, std::move(properties));
      } else {
        co_await change_one(stack, resource, update, std::move(properties));
      }
    }
  } catch (const Failure& failure) {
    failed = failure.what();
  } catch (const Cancelled&) {
    co_return;
  }
  operation.running.erase(spec.logical_id);
  if (failed) {
    if (!operation.stopped || resource.reason != "Resource update cancelled") {
      fail(stack, resource, *failed, "UPDATE_FAILED");
    }
    co_return;
  }
  operation.settled.insert(spec.logical_id);
  operation.progress.notify();
}

Task<void> Engine::change_one(Stack& stack, Resource& resource, Update& update,
                              json::object properties) {
  const std::string logical_id = resource.logical_id;
  if (templates::is_custom(resource.type) &&
      at(properties, "ServiceToken") != at(resource.properties, "ServiceToken")) {
    throw Failure("Modifying service token is not allowed.");
  }
  const Resource old = resource;
  Work work = work_for(stack, logical_id, resource.type);
  work.id = resource.physical_id;
  work.old_properties = resource.properties;
  work.properties = properties;
  work.attributes = resource.attributes;
  work.wanted = stack.operation->attributes[logical_id];
  resource.properties = std::move(properties);
  set(stack, resource, "UPDATE_IN_PROGRESS");
  update.touched.push_back(logical_id);
  stack.operation->running[logical_id] = &work.cancelled;
  std::optional<std::string> failed;
  try {
    co_await work.pause(before());
    const auto run = handler_of(resource.type)->update;
    if (run != nullptr) co_await run(work);
    co_await work.pause(after());
  } catch (const Failure& failure) {
    failed = failure.what();
  } catch (const Error& error) {
    failed = handler_message(error, work.token);
  } catch (const Cancelled&) {
    stack.operation->running.erase(logical_id);
    throw;
  }
  stack.operation->running.erase(logical_id);
  if (work.cancelled) throw Cancelled{};
  if (failed) throw Failure(*failed);
  resource.attributes = std::move(work.attributes);
  resource.no_echo = work.no_echo;
  if (work.id != old.physical_id) {
    resource.physical_id = work.id;
    set(stack, resource, "UPDATE_IN_PROGRESS",
        "Requested update required the provider to create a new physical resource");
    update.replaced.push_back(old);
    update.made.push_back(resource);
  }
  set(stack, resource, "UPDATE_COMPLETE");
}

Task<void> Engine::replace_one(Stack& stack, Resource& resource, Update& update,
                               json::object properties) {
  const std::string logical_id = resource.logical_id;
  const Resource old = resource;
  Work work = work_for(stack, logical_id, resource.type);
  work.creating = true;
  work.properties = properties;
  work.wanted = stack.operation->attributes[logical_id];
  resource.properties = std::move(properties);
  set(stack, resource, "UPDATE_IN_PROGRESS",
      "Requested update requires the creation of a new physical resource; hence creating one.");
  stack.operation->running[logical_id] = &work.cancelled;
  work.on_initiated = [&] {
    resource.physical_id = work.id;
    if (!work.cancelled) set(stack, resource, "UPDATE_IN_PROGRESS", "Resource creation Initiated");
  };
  std::optional<std::string> failed;
  bool cancelled = false;
  try {
    co_await work.pause(before());
    co_await handler_of(resource.type)->create(work);
    co_await work.pause(after());
  } catch (const Failure& failure) {
    failed = failure.what();
  } catch (const Error& error) {
    failed = handler_message(error, work.token);
  } catch (const Cancelled&) {
    cancelled = true;
  }
  stack.operation->running.erase(logical_id);
  resource.attributes = std::move(work.attributes);
  if (!work.id.empty()) {
    resource.physical_id = work.id;
    update.made.push_back(resource);
  }
  if (cancelled || work.cancelled) throw Cancelled{};
  if (failed) throw Failure(*failed);
  if (old.update_replace_policy != "Retain") update.replaced.push_back(old);
  set(stack, resource, "UPDATE_COMPLETE");
}

Task<void> Engine::revert_one(Stack& stack, std::string logical_id, Update& update) {
  Resource& resource = stack.resources.at(logical_id);
  const Resource old = update.before.at(logical_id);
  const bool replaced = std::ranges::any_of(
      update.made, [&](const auto& made) { return made.logical_id == logical_id; });
  const json::object tried = resource.properties;
  resource = old;
  set(stack, resource, "UPDATE_IN_PROGRESS");
  std::optional<std::string> failed;
  // A custom resource that changed its id has left the old one as it was.
  if (!replaced) {
    Work work = work_for(stack, logical_id, resource.type);
    work.id = old.physical_id;
    work.properties = old.properties;
    work.old_properties = tried;
    work.attributes = old.attributes;
    try {
      co_await work.pause(before());
      const auto run = handler_of(resource.type)->update;
      if (run != nullptr) co_await run(work);
    } catch (const Failure& failure) {
      failed = failure.what();
    } catch (const Error& error) {
      failed = handler_message(error, work.token);
    }
    if (!failed) resource.attributes = std::move(work.attributes);
  }
  if (failed) {
    stack.operation->failed.push_back(logical_id);
    set(stack, resource, "UPDATE_FAILED", *failed);
  } else {
    set(stack, resource, "UPDATE_COMPLETE");
  }
}

Task<void> Engine::roll_back_update(Stack& stack, Update& update) {
  stack.source = update.source;
  stack.text = update.text;
  stack.parameters = update.parameters;
  stack.values = update.values;
  stack.ssm_values = update.ssm_values;
  stack.conditions = update.conditions;
  stack.tags = update.tags;
  stack.outputs = update.outputs;
  stack.operation = std::make_unique<Progress>();
  note_attributes(stack);
  for (const auto& id : std::views::reverse(update.touched)) co_await revert_one(stack, id, update);
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
    const auto old = update.before.find(id);
    if (old == update.before.end()) {
      strangers.push_back(id);
    } else if (resource.physical_id != old->second.physical_id ||
               resource.properties != old->second.properties) {
      resource = old->second;
      set(stack, resource, "UPDATE_COMPLETE");
    }
  }
  for (const auto& id : strangers) {
    stack.resources.erase(id);
    std::erase(stack.order, id);
  }
  set(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
  co_await clean_up(stack, std::move(update.made));
  stack.operation.reset();
  set(stack, "UPDATE_ROLLBACK_COMPLETE");
}

Task<void> Engine::clean_up(Stack& stack, std::vector<Resource> left) {
  for (auto& resource : std::views::reverse(left)) {
    if (resource.deletion_policy == "Retain" ||
        resource.deletion_policy == "RetainExceptOnCreate") {
      set(stack, resource, "DELETE_SKIPPED");
      continue;
    }
    // [C] Three tries; then the resource is let go and the update completes all the same.
    for (int attempt = 1; attempt <= clean_up_tries; ++attempt) {
      set(stack, resource, "DELETE_IN_PROGRESS");
      std::optional<std::string> failed;
      try {
        co_await remove_physical(stack, resource);
      } catch (const Failure& failure) {
        failed = failure.what();
      }
      set(stack, resource, failed ? "DELETE_FAILED" : "DELETE_COMPLETE", failed.value_or(""));
      if (!failed) break;
    }
  }
}

}  // namespace sim::cloudformation

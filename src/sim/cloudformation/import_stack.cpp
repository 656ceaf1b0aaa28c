// Carrying an import out, and taking it back: the resources themselves are only read.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "sim/cloudformation/drift.hpp"
#include "sim/cloudformation/engine.hpp"
#include "sim/cloudformation/handlers/handlers.hpp"
#include "sim/cloudformation/hiding.hpp"

namespace sim::cloudformation {

namespace {

std::string not_found(const Import& import) {
  return fmt::format("Resource of type '{}' with identifier '{}' was not found.", import.type,
                     import.physical_id);
}

}  // namespace

Task<std::vector<Import>> Engine::existing(Stack& stack, std::vector<Import> imports,
                                           Principal principal) {
  std::vector<Import> found;
  for (auto& import : imports) {
    Work work = work_for(stack, import.logical_id, import.type);
    work.principal = principal;
    work.id = import.physical_id;
    try {
      const auto actual = co_await reader_of(import.type)(work);
      if (actual && is_identified(import, *actual)) found.push_back(std::move(import));
    } catch (const Error& error) {
      if (!is_gone(error) && !error.code.contains("Malformed")) throw;
    }
  }
  co_return found;
}

std::string Engine::import_conflict(const std::vector<Import>& imports) const {
  for (const auto& import : imports) {
    for (const auto& other : stacks_) {
      if (other->gone()) continue;
      for (const auto& [id, resource] : other->resources) {
        if (resource.exists() && resource.type == import.type &&
            resource.physical_id == import.physical_id) {
          return fmt::format("{} already exists in stack {}", import.physical_id, other->id);
        }
      }
    }
  }
  return {};
}

Task<std::string> Engine::import_problem(Stack& stack, std::vector<Import> imports,
                                         Principal principal) {
  for (const auto& import : imports) {
    std::vector<Import> one{import}, found;
    try {
      found = co_await existing(stack, std::move(one), principal);
    } catch (const std::exception& error) {
      co_return std::string(error.what());
    }
    if (found.empty()) co_return not_found(import);
    if (auto taken = import_conflict(found); !taken.empty()) co_return taken;
  }
  co_return std::string();
}

void Engine::import(Stack& stack, Request request, Prepared prepared, std::vector<Import> imports) {
  if (!stack.in_review()) check_update(stack, prepared);
  stack.token = request.token;
  if (!stack.token.empty()) stack.tokens[stack.token] = request.operation;
  stack.operation = std::make_unique<Progress>();
  set(stack, "IMPORT_IN_PROGRESS", "User Initiated");
  begin(stack, run_import(stack, std::move(request), std::move(prepared), std::move(imports)));
}

Task<void> Engine::run_import(Stack& stack, Request request, Prepared prepared,
                              std::vector<Import> imports) {
  stack.undo = undo_of(stack);
  fill(stack, std::move(request), std::move(prepared));
  stack.updated = context_.now();
  std::string problem;
  try {
    evaluate_conditions(stack);
    note_imports(stack);
  } catch (const std::exception& failure) {
    problem = failure.what();
  }
  if (problem.empty()) {
    for (const auto& spec : stack.source->resources) {
      if (std::ranges::find(imports, spec.logical_id, &Import::logical_id) == imports.end()) {
        stack.operation->settled.insert(spec.logical_id);
      }
    }
    std::vector<Task<void>> tasks;
    for (const auto& import : imports) tasks.push_back(import_one(stack, import));
    co_await base::all(std::move(tasks));
    if (!stack.operation->failed.empty()) {
      problem = fmt::format("The following resource(s) failed to import: [{}]. ",
                            fmt::join(stack.operation->failed, ", "));
    }
  }
  if (problem.empty()) {
    stack.operation.reset();
    stack.undo.reset();
    set(stack, "IMPORT_COMPLETE");
    co_return;
  }
  set(stack, "IMPORT_ROLLBACK_IN_PROGRESS", problem);
  for (const auto& import : imports) {
    const auto found = stack.resources.find(import.logical_id);
    if (found == stack.resources.end()) continue;
    set(stack, found->second, "IMPORT_ROLLBACK_IN_PROGRESS");
    set(stack, found->second, "IMPORT_ROLLBACK_COMPLETE");
    stack.resources.erase(found);
    std::erase(stack.order, import.logical_id);
  }
  restore(stack, *stack.undo);
  stack.operation.reset();
  stack.undo.reset();
  set(stack, "IMPORT_ROLLBACK_COMPLETE");
}

Task<void> Engine::import_one(Stack& stack, Import import) {
  const auto source = stack.source;
  const templates::Resource& spec = *source->resource(import.logical_id);
  co_await wait_for_needs(stack, spec.needs);
  Progress& operation = *stack.operation;
  if (operation.stopped) co_return;
  stack.order.push_back(spec.logical_id);
  const auto refused = co_await take_in(stack, spec, std::move(import));
  if (refused) {
    Resource& resource = stack.resources.at(spec.logical_id);
    set(stack, resource, std::string(refused->status), refused->reason);
    operation.failed.push_back(spec.logical_id);
    operation.stopped = true;
  } else {
    operation.settled.insert(spec.logical_id);
  }
  operation.progress.notify();
}

Task<void> Engine::adopt_one(Stack& stack, const templates::Resource& spec) {
  Progress& operation = *stack.operation;
  if (!stack.resources.contains(spec.logical_id)) stack.order.push_back(spec.logical_id);
  Resource& resource = stack.resources[spec.logical_id];
  resource = Resource{};
  resource.adopted = true;
  Import import{.type = spec.type,
                .logical_id = spec.logical_id,
                .physical_id = operation.adopted.at(spec.logical_id)};
  const auto refused = co_await take_in(stack, spec, std::move(import));
  if (refused) {
    // Not the stack's: nothing of it is there to be removed.
    if (refused->status == "IMPORT_FAILED") resource.physical_id.clear();
    fail(stack, resource, refused->reason, refused->status);
    co_return;
  }
  operation.settled.insert(spec.logical_id);
  operation.progress.notify();
}

Task<std::optional<Engine::Refused>> Engine::take_in(Stack& stack, const templates::Resource& spec,
                                                     Import import) {
  Resource& resource = stack.resources[spec.logical_id];
  resource.logical_id = spec.logical_id;
  resource.type = spec.type;
  resource.physical_id = import.physical_id;
  resource.needs = spec.needs;
  resource.deletion_policy = spec.deletion_policy;
  resource.update_replace_policy = spec.update_replace_policy;
  resource.stack_tags = stack.tags;
  Work work = work_for(stack, spec.logical_id, spec.type);
  work.id = import.physical_id;
  std::string failed;
  std::optional<json::object> actual;
  try {
    resource.properties = co_await resolved_now(stack, spec);
    resource.hidden = hidden_properties(stack, spec);
    work.properties = co_await settled_properties(stack, spec.type, resource.properties);
    set(stack, resource, "IMPORT_IN_PROGRESS", "Resource import started.");
    co_await work.pause(before());
    actual = co_await reader_of(import.type)(work);
    if (!actual || !is_identified(import, *actual)) failed = not_found(import);
  } catch (const std::exception&) {
    failed = failure_message(std::current_exception(), work.token);
  }
  if (!failed.empty()) co_return Refused{"IMPORT_FAILED", failed};
  resource.attributes = imported_attributes(import, *actual,
                                            {{"account", context_.account},
                                             {"region", context_.region},
                                             {"partition", context_.partition}});
  keep_applied(resource, work);
  set(stack, resource, "IMPORT_COMPLETE", "Resource import completed.");
  set(stack, resource, "UPDATE_IN_PROGRESS",
      "Apply stack-level tags to imported resource if applicable.");
  if (auto refused = co_await tag_imported(stack, spec.logical_id, import.physical_id)) {
    co_return Refused{"UPDATE_FAILED", std::move(*refused)};
  }
  set(stack, resource, "UPDATE_COMPLETE");
  co_return std::nullopt;
}

// EC2's resources alone: nothing else of what can be imported gets tags that its handler does not
// set by itself.
Task<std::optional<std::string>> Engine::tag_imported(Stack& stack, std::string logical_id,
                                                      std::string physical_id) {
  const Resource& resource = stack.resources.at(logical_id);
  Work work = work_for(stack, logical_id, resource.type);
  work.id = std::move(physical_id);
  // An address is tagged by its allocation.
  if (resource.type == "AWS::EC2::EIP") work.id = at(resource.attributes, "AllocationId");
  try {
    co_await work.pause(after());
    if (resource.type.starts_with("AWS::EC2::")) {
      co_await tag_as_member(work);
      if (json::array tags = work.tags(); !tags.empty()) {
        json::object input{{"ResourceId", json::array{json::string(work.id)}}};
        input["Tag"] = std::move(tags);
        co_await work.call("ec2", "CreateTags", std::move(input));
      }
    }
  } catch (const std::exception&) {
    co_return failure_message(std::current_exception(), work.token);
  }
  co_return std::nullopt;
}

}  // namespace sim::cloudformation

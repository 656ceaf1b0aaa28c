#include "sim/cloudformation/change_sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "sim/cloudformation/changes.hpp"
#include "sim/cloudformation/inputs.hpp"
#include "sim/cloudformation/requests.hpp"
#include "sim/cloudformation/views.hpp"

namespace sim::cloudformation {

namespace {

Error not_found(const std::string& name) {
  return {"ChangeSetNotFound", fmt::format("ChangeSet [{}] does not exist", name), 404};
}

// What differs from the change set that has the name already.
std::string mismatch(const ChangeSet& taken, const Request& request) {
  if (taken.request.text != request.text) return "Template";
  if (taken.request.parameters != request.parameters) return "Parameters";
  if (taken.request.tags != request.tags) return "Tags";
  return "ClientToken";
}

// A change as it is told to who does not ask for the resource's properties.
json::value without_values(json::value change) {
  auto& resource = change.at("ResourceChange").as_object();
  resource.erase("BeforeContext");
  resource.erase("AfterContext");
  return change;
}

// Its stack comes to be with it.
bool makes_stack(const Call& call, const Stack* stack) {
  const std::string type = at(call.input, "ChangeSetType");
  const bool fresh = stack == nullptr || stack->in_review();
  return type == "CREATE" || (type == "IMPORT" && fresh);
}

json::object summary(const ChangeSet& change_set, const std::string& stack_name) {
  json::object view{{"StackId", change_set.stack_id},
                    {"StackName", stack_name},
                    {"ChangeSetId", change_set.id},
                    {"ChangeSetName", change_set.name},
                    {"ExecutionStatus", change_set.execution_status},
                    {"Status", change_set.status}};
  if (!change_set.reason.empty()) view["StatusReason"] = change_set.reason;
  view["CreationTime"] = base::iso8601(change_set.created);
  if (!change_set.description.empty()) view["Description"] = change_set.description;
  view["IncludeNestedStacks"] = change_set.nested;
  if (!change_set.parent_id.empty()) {
    view["ParentChangeSetId"] = change_set.parent_id;
    view["RootChangeSetId"] = change_set.root_id;
  }
  view["ImportExistingResources"] = change_set.imports_existing;
  return view;
}

}  // namespace

ChangeSets::ChangeSets(Context context, Caller& caller, Engine& engine, Knobs knobs)
    : context_(context),
      caller_(caller),
      engine_(engine),
      knobs_(knobs),
      random_(context.random("cloudformation-change-sets")) {}

void ChangeSets::check_new(const Call& call, const Stack* stack) const {
  check_name(call.input, "ChangeSetName");
  check_one_of(call.input, "ChangeSetType", {"CREATE", "UPDATE", "IMPORT"});
  if (at(call.input, "ChangeSetType") != "IMPORT") refuse_options(call, {"ResourcesToImport"});
  refuse_options(call, {"DeploymentMode"});
  // [C] API_CreateChangeSet; [I] the wording.
  if (at(call.input, "OnStackFailure") == "DELETE" && at(call.input, "ChangeSetType") != "CREATE") {
    throw invalid("OnStackFailure DELETE is only valid when ChangeSetType is CREATE");
  }
  const std::string name = at(call.input, "StackName");
  const bool creates = makes_stack(call, stack);
  if (!creates && stack == nullptr) {
    throw invalid(fmt::format("Stack [{}] does not exist", name));
  }
  if (creates && stack != nullptr && !stack->in_review()) {
    throw invalid(
        fmt::format("Stack [{}] already exists and cannot be created again with the "
                    "changeSet [{}].",
                    stack->name, at(call.input, "ChangeSetName")));
  }
  if (!creates && (stack->in_review() || stack->gone())) throw not_updatable(*stack);
}

Stack& ChangeSets::stack_for(const Call& call, const Request& request, bool creates) {
  Stack* stack = engine_.find(at(call.input, "StackName"));
  if (stack == nullptr && creates) return engine_.review(request);
  if (stack == nullptr) throw invalid(fmt::format("Stack [{}] does not exist", request.name));
  return *stack;
}

Task<json::object> ChangeSets::create(Call call) {
  const std::string name = at(call.input, "ChangeSetName");
  const Stack* existing = engine_.find(at(call.input, "StackName"));
  const bool creates = makes_stack(call, existing);
  check_new(call, existing);
  if (existing != nullptr && existing->in_review()) existing = nullptr;
  Request request = co_await request_of(engine_, caller_, call, existing);
  request.by_change_set = true;
  request.operation = "ExecuteChangeSet";
  auto prepared = co_await engine_.prepare(request);
  const bool nested = flag(call.input, "IncludeNestedStacks");
  auto imports = checked_imports(call, request, prepared);
  Stack& stack = stack_for(call, request, creates);
  if (!creates) engine_.check_update(stack, prepared);
  const std::string token = at(call.input, "ClientToken");
  for (const auto& other : change_sets_) {
    if (other->stack_id != stack.id || other->name != name) continue;
    if (!token.empty() && other->token == token) {
      co_return json::object{{"Id", other->id}, {"StackId", stack.id}};
    }
    throw Error("AlreadyExistsException",
                fmt::format("ChangeSet {} cannot be created due to a mismatch with existing "
                            "attribute {}",
                            name, mismatch(*other, request)));
  }
  auto change_set = std::make_unique<ChangeSet>();
  change_set->name = name;
  change_set->id = fmt::format("arn:{}:cloudformation:{}:{}:changeSet/{}/{}", context_.partition,
                               context_.region, context_.account, name, random_.uuid());
  change_set->stack_id = stack.id;
  change_set->description = at(call.input, "Description");
  change_set->creates = creates;
  change_set->nested = nested;
  change_set->imports_existing = flag(call.input, "ImportExistingResources");
  change_set->decides_failure = call.input.contains("OnStackFailure");
  change_set->token = token;
  change_set->created = context_.now();
  change_set->request = std::move(request);
  change_set->prepared = std::move(prepared);
  change_set->imports = std::move(imports);
  if (creates) stack.change_set_id = change_set->id;
  const std::string id = change_set->id;
  change_sets_.push_back(std::move(change_set));
  context_.runtime.spawn(work_out(id));
  co_return json::object{{"Id", id}, {"StackId", stack.id}};
}

std::vector<Import> ChangeSets::checked_imports(const Call& call, const Request& request,
                                                const Engine::Prepared& prepared) const {
  if (at(call.input, "ChangeSetType") != "IMPORT") return {};
  if (!prepared.source->transforms.empty()) {
    throw Error("NotImplemented",
                "The embedded AWS does not support transforms in ChangeSetType IMPORT of "
                "cloudformation:CreateChangeSet.",
                501);
  }
  auto imports = imports_of(call.input, *prepared.source);
  Stack none;
  none.name = request.name;
  none.source = std::make_shared<const templates::Template>();
  none.tags = request.tags;
  const Stack* existing = engine_.find(request.name);
  const bool fresh = existing == nullptr || existing->in_review();
  const Stack& stack = fresh ? none : *existing;
  std::string refused;
  try {
    refused = import_refusal(
        imports, changes_between(stack, engine_.next_scope(stack, prepared), request.tags),
        *prepared.source, fresh ? nullptr : existing->source.get());
  } catch (const Failure& failure) {
    refused = failure.what();
  }
  if (!refused.empty()) throw invalid(refused);
  return imports;
}

ChangeSet* ChangeSets::find(std::string_view id) {
  for (const auto& one : change_sets_) {
    if (one->id == id) return one.get();
  }
  return nullptr;
}

const Stack* ChangeSets::stack_of(const Call& call) const {
  const std::string id = at(call.input, "ChangeSetName");
  for (const auto& one : change_sets_) {
    if (one->id == id) {
      for (const auto& stack : engine_.stacks()) {
        if (stack->id == one->stack_id) return stack.get();
      }
    }
  }
  return nullptr;
}

ChangeSet& ChangeSets::named(const Call& call) {
  const std::string name = at(call.input, "ChangeSetName");
  if (name.starts_with("arn:")) {
    if (auto* found = find(name)) return *found;
    throw not_found(name);
  }
  const std::string stack_name = at(call.input, "StackName");
  if (stack_name.empty()) {
    throw invalid("StackName must be specified if ChangeSetName is not specified as an ARN.");
  }
  const Stack* stack = engine_.find(stack_name);
  if (stack == nullptr) throw invalid(fmt::format("Stack [{}] does not exist", stack_name));
  for (const auto& one : change_sets_) {
    if (one->stack_id == stack->id && one->name == name) return *one;
  }
  throw not_found(name);
}

json::object ChangeSets::describe(const Call& call) {
  const ChangeSet& change_set = named(call);
  std::string stack_name = change_set.request.name;
  json::object view = summary(change_set, stack_name);
  const auto parameters = parameters_view(
      *change_set.prepared.source, change_set.prepared.parameters, change_set.prepared.ssm_values);
  if (!parameters.empty()) view["Parameters"] = parameters;
  json::array notifications, capabilities, tags;
  for (const auto& arn : change_set.request.notifications) notifications.emplace_back(arn);
  for (const auto& one : change_set.request.capabilities) capabilities.emplace_back(one);
  for (const auto& [key, value] : change_set.request.tags) {
    tags.push_back(json::object{{"Key", key}, {"Value", value}});
  }
  view["NotificationARNs"] = std::move(notifications);
  view["RollbackConfiguration"] = rollback_view(change_set.request.rollback);
  view["Capabilities"] = std::move(capabilities);
  if (!tags.empty()) view["Tags"] = std::move(tags);
  if (change_set.decides_failure) view["OnStackFailure"] = change_set.request.on_failure;
  const bool values = flag(call.input, "IncludePropertyValues");
  auto changes = page(call, change_set.changes, "Changes",
                      [&](const json::value& one) { return values ? one : without_values(one); });
  for (auto& member : changes) view[member.key()] = std::move(member.value());
  return view;
}

json::object ChangeSets::list(const Call& call) {
  const std::string name = at(call.input, "StackName");
  const Stack* stack = engine_.find(name);
  if (stack == nullptr) throw invalid(fmt::format("Stack [{}] does not exist", name));
  std::vector<const ChangeSet*> all;
  for (const auto& one : change_sets_) {
    const bool executed = one->execution_status.starts_with("EXECUTE");
    if (one->stack_id == stack->id && !executed) all.push_back(one.get());
  }
  return page(call, all, "Summaries",
              [&](const ChangeSet* one) { return summary(*one, stack->name); });
}

json::object ChangeSets::execute(const Call& call) {
  ChangeSet& change_set = named(call);
  Stack* stack = engine_.find(change_set.stack_id);
  if (stack == nullptr) {
    throw invalid(fmt::format("Stack [{}] does not exist", change_set.request.name));
  }
  if (is_repeated(*stack, call)) return {};
  if (change_set.status != "CREATE_COMPLETE") {
    throw Error("InvalidChangeSetStatus",
                fmt::format("ChangeSet [{}] cannot be executed in its current status of [{}]",
                            change_set.id, change_set.status));
  }
  if (change_set.execution_status != "AVAILABLE") {
    throw Error(
        "InvalidChangeSetStatus",
        fmt::format("ChangeSet [{}] cannot be executed in its current execution status of [{}]",
                    change_set.id, change_set.execution_status));
  }
  if (change_set.decides_failure && call.input.contains("DisableRollback")) {
    throw invalid("Specify either DisableRollback or OnStackFailure, but not both.");
  }
  Request request = change_set.request;
  if (flag(call.input, "DisableRollback")) request.on_failure = "DO_NOTHING";
  request.retain_except_on_create = flag(call.input, "RetainExceptOnCreate");
  request.token = at(call.input, "ClientRequestToken");
  if (request.role_arn.empty()) request.principal = call.caller;
  if (!change_set.imports.empty()) {
    engine_.import(*stack, std::move(request), change_set.prepared, change_set.imports);
  } else if (change_set.creates) {
    engine_.create_reviewed(*stack, std::move(request), change_set.prepared);
  } else {
    engine_.update(*stack, std::move(request), change_set.prepared);
  }
  stack->change_set_id = change_set.id;
  change_set.execution_status = "EXECUTE_IN_PROGRESS";
  // [C] All others of the stack are deleted.
  const std::string id = change_set.id;
  const std::string stack_id = change_set.stack_id;
  std::set<std::string> stacks{stack_id};
  for (const auto& one : change_sets_) {
    if (one->root_id == id) stacks.insert(one->stack_id);
  }
  std::erase_if(change_sets_, [&](const auto& one) {
    return stacks.contains(one->stack_id) && one->id != id && one->root_id != id;
  });
  context_.runtime.spawn(watch(id, stack_id));
  return {};
}

// Until the stack has settled; then the change set is only a record.
Task<void> ChangeSets::watch(std::string id, std::string stack_id) {
  Stack* stack = engine_.find(stack_id);
  while (stack != nullptr && stack->busy()) {
    co_await stack->changed.wait();
    stack = engine_.find(stack_id);
  }
  ChangeSet* change_set = find(id);
  if (change_set == nullptr) co_return;
  const bool done = stack != nullptr &&
                    (stack->status == "CREATE_COMPLETE" || stack->status == "UPDATE_COMPLETE" ||
                     stack->status == "IMPORT_COMPLETE");
  for (const auto& one : change_sets_) {
    if (one->id != id && one->root_id != id) continue;
    one->execution_status = done ? "EXECUTE_COMPLETE" : "EXECUTE_FAILED";
    // What a rollback has come before.
    if (Stack* left = engine_.find(one->stack_id); left != nullptr) engine_.discard_review(*left);
  }
}

json::object ChangeSets::remove(const Call& call) {
  const std::string name = at(call.input, "ChangeSetName");
  ChangeSet* change_set = nullptr;
  try {
    change_set = &named(call);
  } catch (const Error& error) {
    if (error.code != "ChangeSetNotFound" || name.starts_with("arn:")) throw;
    return {};  // [I] What does not exist is deleted, as for stacks.
  }
  if (change_set->execution_status == "EXECUTE_IN_PROGRESS") {
    throw Error("InvalidChangeSetStatus",
                fmt::format("ChangeSet [{}] cannot be deleted in its current execution status of "
                            "[{}]",
                            change_set->id, change_set->execution_status));
  }
  // [C] "The delete action must be executed from the root change set". [I] The wording.
  if (!change_set->parent_id.empty()) {
    throw Error("InvalidChangeSetStatus",
                fmt::format("ChangeSet [{}] can be deleted from its root change set [{}] only",
                            change_set->id, change_set->root_id));
  }
  const bool has_others = std::ranges::any_of(
      change_sets_, [&](const auto& one) { return one->root_id == change_set->id; });
  if (has_others) {
    remove_tree(*change_set);
  } else {
    std::erase_if(change_sets_, [&](const auto& one) { return one.get() == change_set; });
  }
  return {};
}

void ChangeSets::outdate(const std::string& stack_id) {
  for (const auto& one : change_sets_) {
    if (one->stack_id == stack_id && one->execution_status == "AVAILABLE") {
      one->execution_status = "OBSOLETE";
    }
  }
}

void ChangeSets::forget() {
  std::erase_if(change_sets_, [&](const auto& one) {
    const Stack* stack = engine_.find(one->stack_id);
    return stack == nullptr || stack->gone();
  });
}

}  // namespace sim::cloudformation

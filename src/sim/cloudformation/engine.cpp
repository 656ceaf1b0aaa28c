#include "sim/cloudformation/engine.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <boost/json.hpp>

#include "sim/cloudformation/dynamic.hpp"
#include "sim/cloudformation/hiding.hpp"
#include "sim/cloudformation/inputs.hpp"
#include "sim/cloudformation/macro.hpp"
#include "sim/cloudformation/notifications.hpp"
#include "sim/cloudformation/stack_output.hpp"

namespace sim::cloudformation {

namespace {

// A clean-up that ends early leaves things behind and the stack as it is: see clean_one().
std::string status_after_failure(const std::string& status) {
  constexpr std::string_view cleaning = "_COMPLETE_CLEANUP_IN_PROGRESS", going = "_IN_PROGRESS";
  if (status.ends_with(cleaning)) {
    return status.substr(0, status.size() - cleaning.size()) + "_COMPLETE";
  }
  if (status == "IMPORT_IN_PROGRESS") return "IMPORT_ROLLBACK_FAILED";
  if (!status.ends_with(going)) return status;
  return status.substr(0, status.size() - going.size()) + "_FAILED";
}

}  // namespace

Engine::Engine(Context context, Caller& caller, Objects& objects, Knobs knobs)
    : context_(context),
      caller_(caller),
      objects_(objects),
      knobs_(knobs),
      random_(context.random("cloudformation")) {}

void Engine::evaluate_conditions(Stack& stack) {
  stack.conditions.clear();
  if (has_macros(*stack.source)) return;  // they may still change
  try {
    stack.conditions = templates::evaluate_conditions(scope(stack));
  } catch (const templates::ResolveError& error) {
    throw Failure(error.what());
  }
}

Task<json::object> Engine::settled_properties(const Stack& stack, std::string type,
                                              json::object properties) {
  co_return co_await with_dynamic_values(caller_, stack.principal, std::move(type),
                                         std::move(properties));
}

Task<std::optional<std::string>> Engine::handled(Stack& stack, Work& work,
                                                 Task<void> (*run)(Work&)) {
  try {
    give_policy(stack, work);
    work.properties = co_await settled_properties(stack, work.type, std::move(work.properties));
    co_await work.pause(before());
    if (run != nullptr) co_await run(work);
    co_await work.pause(after());
  } catch (const std::exception&) {
    co_return failure_message(std::current_exception(), work.token);
  } catch (const Cancelled&) {
    // Its event was written when it was cancelled.
  }
  co_return std::nullopt;
}

bool Engine::has_macro(const std::string& name) const {
  return find_macro(stacks_, name).has_value();
}

Stack* Engine::find(std::string_view name_or_id) {
  Stack* result = nullptr;
  for (const auto& stack : stacks_) {
    if (stack->id == name_or_id) return stack.get();
    if (stack->name == name_or_id && !stack->gone()) result = stack.get();
  }
  return result;
}

std::string Engine::new_stack_id(const std::string& name) {
  return fmt::format("arn:{}:cloudformation:{}:{}:stack/{}/{}", context_.partition, context_.region,
                     context_.account, name, random_.uuid());
}

void Engine::fill(Stack& stack, Request request, Prepared prepared) {
  stack.description = prepared.source->description;
  stack.source = std::move(prepared.source);
  stack.text = std::move(request.text);
  stack.transformed = prepared.transformed;
  if (!request.token.empty()) stack.tokens[request.token] = request.operation;
  stack.token = std::move(request.token);
  stack.parameters = std::move(prepared.parameters);
  stack.values = std::move(prepared.values);
  stack.ssm_values = std::move(prepared.ssm_values);
  stack.tags = std::move(request.tags);
  stack.capabilities = std::move(request.capabilities);
  stack.notifications = std::move(request.notifications);
  stack.role_arn = std::move(request.role_arn);
  stack.principal = std::move(request.principal);
  stack.retain_except_on_create = request.retain_except_on_create;
  stack.rollback = std::move(request.rollback);
}

Stack& Engine::add_stack(Request request, Prepared prepared, const Stack* parent) {
  auto stack = std::make_unique<Stack>();
  stack->name = request.name;
  stack->id = new_stack_id(request.name);
  stack->on_failure = request.on_failure;
  stack->timeout_minutes = request.timeout_minutes;
  stack->protection = request.protection;
  stack->policy = request.policy;
  stack->created = context_.now();
  if (parent != nullptr) {
    stack->parent_id = parent->id;
    stack->root_id = parent->root_id.empty() ? parent->id : parent->root_id;
  }
  fill(*stack, std::move(request), std::move(prepared));
  stacks_.push_back(std::move(stack));
  return *stacks_.back();
}

Stack& Engine::create(Request request, Prepared prepared) {
  if (const Stack* taken = find(request.name)) {
    throw Error("AlreadyExistsException", fmt::format("Stack [{}] already exists", taken->name));
  }
  Stack& stack = add_stack(std::move(request), std::move(prepared), nullptr);
  try {
    evaluate_conditions(stack);
  } catch (const Failure& failure) {
    const std::string text = failure.what();
    stacks_.pop_back();
    throw invalid(text);
  }
  start_create(stack, std::make_unique<Progress>());
  return stack;
}

Stack& Engine::review(const Request& request) {
  Request named;
  named.name = request.name;
  named.tags = request.tags;
  Prepared empty;
  empty.source = std::make_shared<const templates::Template>();
  Stack& stack = add_stack(std::move(named), std::move(empty), nullptr);
  set(stack, "REVIEW_IN_PROGRESS", "User Initiated");
  return stack;
}

Stack& Engine::review_nested(const Stack& parent, const std::string& logical_id,
                             const Request& request) {
  Work named = work_for(*find(parent.id), logical_id, "AWS::CloudFormation::Stack");
  Request empty;
  empty.name = named.generated_name(128);
  empty.tags = request.tags;
  Prepared nothing;
  nothing.source = std::make_shared<const templates::Template>();
  Stack& stack = add_stack(std::move(empty), std::move(nothing), &parent);
  set(stack, "REVIEW_IN_PROGRESS", "User Initiated");
  return stack;
}

void Engine::discard_review(Stack& stack) {
  if (!stack.in_review()) return;
  stack.deleted = context_.now();
  set(stack, "DELETE_COMPLETE");
  discard_reviews_below(stack);
}

void Engine::discard_reviews_below(const Stack& stack) {
  for (const auto& other : stacks_) {
    if (other->parent_id == stack.id) discard_review(*other);
  }
}

void Engine::create_reviewed(Stack& stack, Request request, Prepared prepared) {
  stack.on_failure = request.on_failure;
  auto operation = progress_of(request);
  fill(stack, std::move(request), std::move(prepared));
  evaluate_conditions(stack);
  start_create(stack, std::move(operation));
}

std::unique_ptr<Progress> Engine::progress_of(const Request& request) {
  auto operation = std::make_unique<Progress>();
  for (const auto& import : request.adopted) {
    operation->adopted[import.logical_id] = import.physical_id;
  }
  operation->whole_tree = request.whole_tree;
  operation->nested = request.nested;
  return operation;
}

void Engine::start_create(Stack& stack, std::unique_ptr<Progress> operation) {
  stack.operation = std::move(operation);
  set(stack, "CREATE_IN_PROGRESS", "User Initiated");
  if (stack.timeout_minutes) {
    context_.runtime.spawn(
        watch_timeout(stack.id, stack.created + std::chrono::minutes(*stack.timeout_minutes)));
  }
  watch_triggers(stack);
  begin(stack, run_create(stack, false));
}

void Engine::begin(Stack& stack, Task<void> operation) {
  context_.runtime.spawn(guarded(stack, std::move(operation)));
}

// A mistake of the embedded AWS's own ends the operation, not the whole world, and nobody waits for
// the stack for ever.
Task<void> Engine::guarded(Stack& stack, Task<void> operation) {
  std::string failed;
  try {
    co_await std::move(operation);
  } catch (const std::exception& error) {
    failed = fmt::format("Internal Failure: {}", error.what());
  }
  if (failed.empty()) co_return;
  stack.operation.reset();
  set(stack, status_after_failure(stack.status), std::move(failed));
}

Task<void> Engine::watch_timeout(std::string stack_id, base::Instant limit) {
  co_await context_.clock().sleep_until(limit);
  Stack* stack = find(stack_id);
  if (stack == nullptr || stack->status != "CREATE_IN_PROGRESS" || !stack->operation) co_return;
  stack->operation->stop_reason = "Stack creation time exceeded the specified timeout.";
  // Custom resources are waited for all the same: operatingops.org, 2018-10-13.
  cancel(*stack, false);
}

bool Engine::wanted(const Stack& stack, const templates::Resource& spec) const {
  if (spec.condition.empty()) return true;
  const auto found = stack.conditions.find(spec.condition);
  return found == stack.conditions.end() || found->second;
}

json::object Engine::resolved(const Stack& stack, const templates::Resource& spec) const {
  json::object properties;
  try {
    auto value = templates::resolve(json::value(spec.properties), scope(stack));
    if (value && value->is_object()) properties = std::move(value->as_object());
  } catch (const MissingOutput&) {
    throw;
  } catch (const templates::ResolveError& error) {
    throw Failure(error.what());
  }
  const auto* schema = schema_of(spec.type);
  if (schema == nullptr) throw Failure(fmt::format("Unrecognized resource type {}", spec.type));
  // [C] for the wording of missing properties (recorded); unknown ones by analogy.
  std::vector<std::string> wrong;
  for (const auto& name : schema->required) {
    if (!properties.contains(name)) {
      wrong.push_back(fmt::format("The property {{/{}}} is required", name));
    }
  }
  std::vector<std::string> unknown;
  if (!schema->properties.empty()) {
    for (const auto& member : properties) {
      if (!schema->properties.contains(std::string_view(member.key()))) {
        unknown.emplace_back(member.key());
      }
    }
  }
  if (!unknown.empty()) {
    wrong.push_back(
        fmt::format("Encountered unsupported properties in {{/}}: [{}]", fmt::join(unknown, ", ")));
  }
  if (!wrong.empty()) {
    throw Failure(fmt::format("Property validation failure: [{}]", fmt::join(wrong, ", ")));
  }
  if (const auto names = unsupported_in(spec.type, properties); !names.empty()) {
    throw Failure(fmt::format("The embedded CloudFormation does not support {} of {}.",
                              fmt::join(names, ", "), spec.type));
  }
  return properties;
}

Work Engine::work_for(Stack& stack, const std::string& logical_id, const std::string& type) {
  Work work{.context = context_,
            .caller = caller_,
            .objects = objects_,
            .nesting = *this,
            .knobs = knobs_,
            .random = random_,
            .principal = stack.principal,
            .stack_name = stack.name,
            .stack_id = stack.id,
            .logical_id = logical_id,
            .type = type};
  work.stack_tags = stack.tags;
  work.token = random_.uuid();
  return work;
}

void Engine::set(Stack& stack, std::string status, std::string reason) {
  stack.status = std::move(status);
  stack.reason = std::move(reason);
  Event event;
  event.id = random_.uuid();
  event.time = context_.now();
  event.logical_id = stack.name;
  event.physical_id = stack.id;
  event.type = "AWS::CloudFormation::Stack";
  event.status = stack.status;
  event.reason = stack.reason;
  event.token = stack.token;
  add(stack, std::move(event));
  stack.changed.notify();
}

void Engine::set(Stack& stack, Resource& resource, std::string status, std::string reason) {
  resource.status = std::move(status);
  resource.reason = std::move(reason);
  resource.updated = context_.now();
  Event event;
  event.id = fmt::format("{}-{}-{}", resource.logical_id, resource.status,
                         base::iso8601(resource.updated));
  event.time = resource.updated;
  event.logical_id = resource.logical_id;
  event.physical_id = resource.physical_id;
  event.type = resource.type;
  event.status = resource.status;
  event.reason = resource.reason;
  event.token = stack.token;
  if (!resource.properties.empty()) {
    event.properties = json::serialize(without_hidden(resource.properties, resource.hidden));
  }
  add(stack, std::move(event));
}

void Engine::add(Stack& stack, Event event) {
  if (!stack.notifications.empty()) {
    context_.runtime.spawn(notify(caller_, stack.principal, stack.notifications,
                                  notification_of(stack, event, context_.account)));
  }
  stack.events.push_back(std::move(event));
}

double Engine::before() {
  return random_.uniform(knobs_.before_low, knobs_.before_high);
}
double Engine::after() {
  return random_.uniform(knobs_.after_low, knobs_.after_high);
}

}  // namespace sim::cloudformation

// The operations that change stacks.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/cloudformation.hpp"
#include "sim/cloudformation/inputs.hpp"
#include "sim/cloudformation/requests.hpp"
#include "sim/cloudformation/views.hpp"

namespace sim::cloudformation {

Task<json::object> CloudFormation::create_stack(Call call) {
  check_name(call.input, "StackName");
  const std::string name = at(call.input, "StackName");
  const auto check_free = [&] {
    const Stack* taken = engine_.find(name);
    if (taken == nullptr) return std::string();
    // [C] The same ClientRequestToken is the same request.
    if (is_repeated(*taken, call)) return taken->id;
    throw Error("AlreadyExistsException", fmt::format("Stack [{}] already exists", name));
  };
  if (const std::string id = check_free(); !id.empty()) co_return json::object{{"StackId", id}};
  Request request = co_await request_of(engine_, caller_, call, nullptr);
  auto prepared = co_await engine_.prepare(request);
  if (const std::string id = check_free(); !id.empty()) co_return json::object{{"StackId", id}};
  Stack& stack = engine_.create(std::move(request), std::move(prepared));
  co_return json::object{{"StackId", stack.id}};
}

Task<json::object> CloudFormation::update_stack(Call call) {
  const Stack& existing = known(call);
  const std::string id = existing.id;
  if (existing.gone()) throw not_updatable(existing);
  if (is_repeated(existing, call)) co_return json::object{{"StackId", id}};
  Request request = co_await request_of(engine_, caller_, call, &existing);
  auto prepared = co_await engine_.prepare(request);
  // Others may have come first while the template was read.
  Stack* stack = engine_.find(id);
  if (stack == nullptr) throw invalid(fmt::format("Stack [{}] does not exist", request.name));
  engine_.update(*stack, std::move(request), std::move(prepared));
  change_sets_.outdate(id);
  co_return json::object{{"StackId", id}};
}

Task<json::object> CloudFormation::delete_stack(Call call) {
  check_deployment(call);
  check_one_of(call.input, "DeletionMode", {"STANDARD", "FORCE_DELETE_STACK"});
  // Deleting what does not exist succeeds.
  Stack* stack = engine_.find(at(call.input, "StackName"));
  if (stack == nullptr || stack->gone()) co_return json::object{};
  if (!stack->parent_id.empty()) {
    const Stack* parent = engine_.find(stack->parent_id);
    if (parent != nullptr && parent->busy()) {
      throw invalid(
          fmt::format("Nested stack [{}] cannot be deleted while its parent is in status {}",
                      stack->id, parent->status));
    }
  }
  if (is_repeated(*stack, call)) co_return json::object{};
  co_await act(stack->id, call, [&](Stack& one) {
    remember_token(one, call);
    engine_.remove(one, texts(call.input, "RetainResources"),
                   at(call.input, "DeletionMode") == "FORCE_DELETE_STACK");
  });
  co_return json::object{};
}

json::object CloudFormation::cancel_update_stack(const Call& call) {
  Stack& stack = known(call);
  if (is_repeated(stack, call)) return {};
  engine_.cancel_update(stack);
  remember_token(stack, call);
  return {};
}

// Whoever the operation acts as: the role that it names, else the stack's own, else the caller.
// When the operation is refused, the stack acts as before.
Task<void> CloudFormation::act(std::string stack_id, Call call, std::function<void(Stack&)> run) {
  const std::string role = at(call.input, "RoleARN");
  std::optional<Principal> session;
  if (!role.empty()) session = co_await role_session(engine_.context(), caller_, role);
  Stack* stack = engine_.find(stack_id);
  if (stack == nullptr) throw invalid(fmt::format("Stack [{}] does not exist", stack_id));
  const auto before = std::pair(stack->role_arn, stack->principal);
  if (session) {
    stack->role_arn = role;
    stack->principal = std::move(*session);
  } else if (stack->role_arn.empty()) {
    stack->principal = acting_for(call.caller);
  }
  try {
    run(*stack);
  } catch (const Error&) {
    std::tie(stack->role_arn, stack->principal) = before;
    throw;
  }
}

Task<json::object> CloudFormation::continue_update_rollback(Call call) {
  Stack& stack = known(call);
  if (is_repeated(stack, call)) co_return json::object();
  co_await act(stack.id, call, [&](Stack& one) {
    engine_.continue_rollback(one, texts(call.input, "ResourcesToSkip"));
    remember_token(one, call);
  });
  co_return json::object();
}

Task<json::object> CloudFormation::rollback_stack(Call call) {
  check_deployment(call);
  Stack& stack = known(call);
  const std::string id = stack.id;
  if (!is_repeated(stack, call)) {
    co_await act(id, call, [&](Stack& one) {
      engine_.roll_back(one);
      one.retain_except_on_create = flag(call.input, "RetainExceptOnCreate");
      remember_token(one, call);
    });
  }
  co_return json::object{{"StackId", id}};
}

json::object CloudFormation::update_termination_protection(const Call& call) {
  if (!call.input.contains("EnableTerminationProtection")) {
    throw invalid(
        "1 validation error detected: Value null at 'enableTerminationProtection' failed to "
        "satisfy constraint: Member must not be null");
  }
  Stack& stack = living(call);
  // [C] A nested stack is protected by its root alone. [I] The wording.
  if (!stack.parent_id.empty()) {
    throw invalid(fmt::format(
        "Termination protection of nested stack [{}] cannot be changed: change its root stack's",
        stack.name));
  }
  stack.protection = flag(call.input, "EnableTerminationProtection");
  return {{"StackId", stack.id}};
}

}  // namespace sim::cloudformation

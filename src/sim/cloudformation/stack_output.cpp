#include "sim/cloudformation/stack_output.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

Task<void> Engine::read_attributes(Stack& stack, json::value raw) {
  std::vector<templates::Use> uses;
  templates::uses(raw, "", uses);
  for (const auto& use : uses) {
    const auto found = stack.resources.find(use.name);
    if (found == stack.resources.end() || !found->second.exists()) continue;
    const auto& readers = handler_of(found->second.type)->read;
    const auto reader = readers.find(use.attribute);
    if (reader == readers.end()) continue;
    Work work = work_for(stack, use.name, found->second.type);
    work.id = found->second.physical_id;
    json::value value;
    try {
      value = co_await reader->second(work);
    } catch (const Error& error) {
      throw Failure(handler_message(error, work.token));
    }
    stack.resources.at(use.name).attributes[use.attribute] = std::move(value);
  }
}

// Every turn fetches one of the outputs that the template names, so there are only so many.
Task<json::object> Engine::resolved_now(Stack& stack, const templates::Resource& spec) {
  co_await read_attributes(stack, json::value(spec.properties));
  while (true) {
    templates::StackOutput wanted;
    try {
      co_return resolved(stack, spec);
    } catch (const MissingOutput& missing) {
      wanted = missing.wanted;
    }
    co_await look_up_output(stack, std::move(wanted));
  }
}

Task<void> Engine::fill_outputs_now(Stack& stack) {
  const auto source = stack.source;
  for (const auto& output : source->outputs) co_await read_attributes(stack, output.value);
  while (true) {
    templates::StackOutput wanted;
    try {
      fill_outputs(stack);
      co_return;
    } catch (const MissingOutput& missing) {
      wanted = missing.wanted;
    }
    co_await look_up_output(stack, std::move(wanted));
  }
}

// By whoever the stack acts as, who must be allowed to. Throws Error. [I] The session's name.
Task<Principal> Engine::assumed(Principal by, std::string role) {
  const json::value session(
      co_await caller_.call(std::move(by), "sts", "AssumeRole",
                            {{"RoleArn", role}, {"RoleSessionName", "AWSCloudFormation"}}));
  co_return Principal{.kind = Principal::Kind::role_session,
                      .arn = at(session, "AssumedRoleUser.Arn"),
                      .role_arn = role,
                      .user_id = at(session, "AssumedRoleUser.AssumedRoleId")};
}

Task<void> Engine::look_up_output(Stack& stack, templates::StackOutput wanted) {
  if (!wanted.region.empty() && wanted.region != context_.region) {
    throw Failure(
        fmt::format("The embedded AWS has no region {} for Fn::GetStackOutput.", wanted.region));
  }
  json::object answer;
  try {
    Principal reader = stack.principal;
    if (!wanted.role.empty()) reader = co_await assumed(stack.principal, wanted.role);
    answer = co_await caller_.call(std::move(reader), "cloudformation", "DescribeStacks",
                                   {{"StackName", wanted.stack}});
  } catch (const Error& error) {
    throw Failure(
        fmt::format("Fn::GetStackOutput of stack {} failed: {}", wanted.stack, error.what()));
  }
  const json::value described(std::move(answer));
  const auto* outputs = cloudformation::find(described, "Stacks.0.Outputs");
  if (outputs != nullptr && at(described, "Stacks.0.StackStatus") != "DELETE_COMPLETE") {
    for (const auto& one : outputs->as_array()) {
      if (at(one, "OutputKey") != wanted.output) continue;
      stack.looked_up[wanted] = at(one, "OutputValue");
      co_return;
    }
  }
  throw Failure(
      fmt::format("Fn::GetStackOutput: stack {} has no output {}", wanted.stack, wanted.output));
}

}  // namespace sim::cloudformation

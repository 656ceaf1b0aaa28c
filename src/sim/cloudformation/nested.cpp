// AWS::CloudFormation::Stack: a stack as a resource of another.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/engine.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

Request request_for(const Work& work, const Stack& parent) {
  Request request;
  request.file = work.text("TemplateURL");
  request.principal = parent.principal;
  request.role_arn = parent.role_arn;
  request.capabilities = parent.capabilities;
  request.on_failure = "DO_NOTHING";
  request.token = parent.token;
  for (const auto& tag : work.tags()) request.tags[at(tag, "Key")] = at(tag, "Value");
  if (const auto* given = work.properties.if_contains("Parameters");
      given != nullptr && given->is_object()) {
    for (const auto& member : given->as_object()) {
      std::string text;
      if (const auto* list = member.value().if_array()) {
        for (const auto& one : *list) {
          text += (text.empty() ? "" : ",") + templates::text_of(one);
        }
      } else {
        text = templates::text_of(member.value());
      }
      request.parameters[std::string(member.key())] = std::move(text);
    }
  }
  return request;
}

void take_outputs(Work& work, const Stack& child) {
  work.attributes.clear();
  for (const auto& output : child.outputs) work.attributes["Outputs." + output.name] = output.value;
}

}  // namespace

Task<void> Engine::create_nested(Work& work) {
  Stack& parent = *find(work.stack_id);
  Request request = request_for(work, parent);
  request.name = work.generated_name(128);
  Prepared prepared;
  try {
    request.text = co_await template_at(request.file, request.principal);
    prepared = co_await prepare(request, true);
  } catch (const Error& error) {
    throw Failure(error.what());  // the event carries the text as it is
  }
  if (work.cancelled) throw Cancelled{};
  Stack& child = add_stack(std::move(request), std::move(prepared), &parent);
  child.operation = std::make_unique<Progress>();
  evaluate_conditions(child);
  set(child, "CREATE_IN_PROGRESS", "User Initiated");
  work.initiated(child.id);
  co_await run_create(child, true);
  if (child.status != "CREATE_COMPLETE") {
    if (work.cancelled) throw Cancelled{};
    throw Failure(
        fmt::format("Embedded stack {} was not successfully created: {}", child.id, child.reason));
  }
  take_outputs(work, child);
}

Task<void> Engine::update_nested(Work& work) {
  Stack& parent = *find(work.stack_id);
  Stack* child = find(work.id);
  if (child == nullptr || child->gone()) {
    throw Failure(fmt::format("Stack [{}] does not exist", work.id));
  }
  Request request = request_for(work, parent);
  request.name = child->name;
  Prepared prepared;
  try {
    request.text = co_await template_at(request.file, request.principal);
    prepared = co_await prepare(request, true);
  } catch (const Error& error) {
    throw Failure(error.what());
  }
  if (!differs(*child, prepared, request)) co_return;
  set(*child, "UPDATE_IN_PROGRESS", "User Initiated");
  co_await run_update(*child, std::move(request), std::move(prepared), true);
  if (child->status != "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") {
    throw Failure(fmt::format(
        "Embedded stack {} was not successfully updated. Currently in {} with reason: {}",
        child->id, child->status, child->reason));
  }
  take_outputs(work, *child);
}

Task<void> Engine::remove_nested(Work& work) {
  Stack* child = find(work.id);
  if (child == nullptr || child->gone()) co_return;
  child->principal = work.principal;
  set(*child, "DELETE_IN_PROGRESS", "User Initiated");
  co_await run_remove(*child, {}, false);
  if (!child->gone()) {
    throw Failure(fmt::format("Embedded stack {} was not successfully deleted: {}", child->id,
                              child->reason));
  }
}

}  // namespace sim::cloudformation

// AWS::CloudFormation::Stack: a stack as a resource of another.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/engine.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

// [C] operatingops.org, 2018-10-13.
constexpr int rollback_tries = 3;

// Who the parent is and what it may do, as its own request said it.
Request request_of(const Stack& parent) {
  Request request;
  request.principal = parent.principal;
  request.role_arn = parent.role_arn;
  request.capabilities = parent.capabilities;
  request.token = parent.token;
  request.tags = parent.tags;
  return request;
}

const Foreseen* foreseen(const Stack& parent, const std::string& logical_id) {
  if (!parent.operation) return nullptr;
  const auto& all = parent.operation->nested;
  const auto found = std::ranges::find(all, logical_id, &Foreseen::logical_id);
  return found == all.end() ? nullptr : &*found;
}

void take_outputs(Work& work, const Stack& child) {
  work.attributes.clear();
  for (const auto& output : child.outputs) work.attributes["Outputs." + output.name] = output.value;
}

}  // namespace

Request Engine::nested_request(const json::object& properties, const Request& parent) {
  Request request;
  request.file = at(properties, "TemplateURL");
  request.principal = parent.principal;
  request.role_arn = parent.role_arn;
  request.capabilities = parent.capabilities;
  request.on_failure = "DO_NOTHING";
  request.token = parent.token;
  request.tags = parent.tags;
  if (const auto* own = properties.if_contains("Tags"); own != nullptr && own->is_array()) {
    for (const auto& tag : own->as_array()) request.tags[at(tag, "Key")] = at(tag, "Value");
  }
  std::erase_if(request.tags, [](const auto& tag) { return tag.first.starts_with("aws:"); });
  if (const auto* topics = properties.if_contains("NotificationARNs");
      topics != nullptr && topics->is_array()) {
    for (const auto& topic : topics->as_array()) {
      request.notifications.push_back(templates::text_of(topic));
    }
  }
  if (const auto minutes = templates::integer_of(at(properties, "TimeoutInMinutes"))) {
    request.timeout_minutes = static_cast<int>(*minutes);
  }
  if (const auto* given = properties.if_contains("Parameters");
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

// The template and what else is to be done, as a change set has foreseen it, or as its URL says
// now. Throws Failure.
Task<Engine::Prepared> Engine::ask_nested(const Stack& parent, const Work& work, Request& request) {
  request.whole_tree = parent.operation && parent.operation->whole_tree;
  const auto* seen = foreseen(parent, work.logical_id);
  if (seen != nullptr) {
    request.text = seen->text;
    request.adopted = seen->adopted;
    request.nested = seen->nested;
    request.change_set_id = seen->change_set_id;
  }
  try {
    if (seen == nullptr) request.text = co_await template_at(request.file, request.principal);
    co_return co_await prepare(request, true);
  } catch (const Error& error) {
    throw Failure(error.what());  // the event carries the text as it is
  }
}

Task<void> Engine::create_nested(Work& work) {
  Stack& parent = *find(work.stack_id);
  Request request = nested_request(work.properties, request_of(parent));
  const auto* seen = foreseen(parent, work.logical_id);
  Stack* reviewed = seen == nullptr ? nullptr : find(seen->stack_id);
  if (reviewed != nullptr && !reviewed->in_review()) reviewed = nullptr;
  request.name = reviewed != nullptr ? reviewed->name : work.generated_name(128);
  Prepared prepared = co_await ask_nested(parent, work, request);
  if (work.cancelled) throw Cancelled{};
  auto operation = progress_of(request);
  const std::string change_set_id = request.change_set_id;
  const auto minutes = request.timeout_minutes;
  if (reviewed != nullptr) {
    reviewed->on_failure = request.on_failure;
    fill(*reviewed, std::move(request), std::move(prepared));
  }
  Stack& child =
      reviewed != nullptr ? *reviewed : add_stack(std::move(request), std::move(prepared), &parent);
  child.change_set_id = change_set_id;
  child.operation = std::move(operation);
  evaluate_conditions(child);
  set(child, "CREATE_IN_PROGRESS", "User Initiated");
  work.initiated(child.id);
  child.timeout_minutes = minutes;
  if (minutes) {
    const auto limit = context_.now() + std::chrono::minutes(*minutes);
    context_.runtime.spawn(watch_timeout(child.id, limit));
  }
  co_await guarded(child, run_create(child, true));
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
  Request request = nested_request(work.properties, request_of(parent));
  request.name = child->name;
  Prepared prepared = co_await ask_nested(parent, work, request);
  child->notifications = request.notifications;
  if (!differs(*child, prepared, request)) co_return;
  if (!request.change_set_id.empty()) child->change_set_id = request.change_set_id;
  child->operation = progress_of(request);
  set(*child, "UPDATE_IN_PROGRESS", "User Initiated");
  co_await guarded(*child, run_update(*child, std::move(request), std::move(prepared), true));
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
  const Stack* parent = find(work.stack_id);
  const bool rollback = parent != nullptr && parent->status == "ROLLBACK_IN_PROGRESS";
  // An update's clean-up has its own tries: see clean_one.
  const int tries = rollback ? rollback_tries : 1;
  for (int attempt = 1; attempt <= tries && !child->gone(); ++attempt) {
    set(*child, "DELETE_IN_PROGRESS", "User Initiated");
    co_await guarded(*child, run_remove(*child, {}, false));
  }
  if (!child->gone()) {
    throw Failure(fmt::format("Embedded stack {} was not successfully deleted: {}", child->id,
                              child->reason));
  }
}

}  // namespace sim::cloudformation

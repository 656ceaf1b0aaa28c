#include "sim/cloudformation/handlers/steps.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/core/words.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

std::string generated(Work& work, std::string_view how) {
  const auto words = words_of(how.substr(how.find('/') + 1));
  const auto has = [&](const char* word) { return base::contains(words, std::string(word)); };
  const auto limit = static_cast<std::size_t>(std::stoi(words.front()));
  Work naming = work;
  if (has("short")) {
    // [I] As published names of load balancers look: six characters, five, the suffix.
    naming.stack_name = naming.stack_name.substr(0, 6);
    naming.logical_id = naming.logical_id.substr(0, 5);
    if (naming.stack_name.ends_with('-')) naming.stack_name.pop_back();
  }
  auto name = naming.generated_name(limit);
  // [I] Secrets are named by the logical id alone.
  if (has("logical")) name = naming.logical_id + name.substr(name.size() - 13);
  const bool fifo = work.text("FifoTopic") == "true" || work.text("FifoQueue") == "true";
  if (has("fifo") && fifo) name = naming.generated_name(limit - 5) + ".fifo";
  return has("lower") ? templates::lower(name) : name;
}

// "Enabled:false" asks for the value too.
bool is_given(const Work& work, const std::string& condition) {
  const auto colon = condition.find(':');
  const auto name = condition.substr(0, colon);
  if (name == "Tags") return !work.tags().empty();
  if (colon == std::string::npos) return work.has(name);
  return work.text(name) == condition.substr(colon + 1);
}

bool has_changed(const Work& work, const std::string& condition) {
  const auto colon = condition.find(':');
  if (!work.changed(condition.substr(0, colon))) return false;
  return colon == std::string::npos || is_given(work, condition);
}

bool given(const Work& work, std::string_view names) {
  return names.empty() || std::ranges::any_of(words_of(names), [&](const std::string& name) {
           return is_given(work, name);
         });
}

bool touched(const Work& work, std::string_view names) {
  return std::ranges::any_of(words_of(names),
                             [&](const std::string& name) { return has_changed(work, name); });
}

void read_attributes(Work& work, const Calls& calls) {
  json::object attributes = std::move(work.attributes);
  work.attributes = attributes;
  for (const auto& pair : words_of(calls.attributes)) {
    const auto equals = pair.find('=');
    auto value = value_of(work, calls, std::string_view(pair).substr(equals + 1));
    if (!value.is_null()) attributes[pair.substr(0, equals)] = std::move(value);
  }
  attributes.erase(hidden_answer);
  attributes.erase(hidden_look);
  work.attributes = std::move(attributes);
}

Task<void> look_until_good(Work& work, const Calls& calls) {
  if (calls.look.action.empty()) co_return;
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  while (true) {
    const auto seen = co_await work.call(std::string(calls.service), std::string(calls.look.action),
                                         input_of(work, calls, calls.look.input));
    work.attributes[hidden_look] = seen;
    const std::string state = at(json::value(seen), calls.look.path);
    if (calls.look.path.empty() || state == calls.look.good) co_return;
    if (!calls.look.bad.empty() && state == calls.look.bad) {
      throw Failure(
          fmt::format("{} is in state {} and hence failed to stabilize.", work.id, state));
    }
    if (work.context.now() >= limit) {
      throw Failure(fmt::format("{} did not stabilize: it is in state {}.", work.id, state));
    }
    co_await work.pause(work.knobs.poll);
  }
}

Task<void> refuse_existing(Work& work, const Calls& calls) {
  json::object found;
  bool exists = true;
  try {
    found = co_await work.caller.call(work.principal, std::string(calls.service),
                                      std::string(calls.probe.action),
                                      input_of(work, calls, calls.probe.input));
  } catch (const Error& error) {
    if (!is_gone(error)) throw;
    exists = false;
  }
  if (exists && (calls.probe.when.empty() || find(found, calls.probe.when) != nullptr)) {
    throw already_exists(work, name_of(work, calls));
  }
}

Task<void> create_by_calls(Work& work) {
  const Calls& calls = *calls_of(work.type);
  const auto property = calls.name.substr(0, calls.name.find('/'));
  const bool named = !property.empty() && work.has(property);
  if (!calls.name.empty() && !named) work.attributes[hidden_name] = generated(work, calls.name);
  if (named && !calls.probe.action.empty()) co_await refuse_existing(work, calls);
  if (calls.prepare != nullptr) work.attributes[hidden_prepared] = co_await calls.prepare(work);
  co_await run(work, calls, calls.create);
  const bool known_late = calls.id.starts_with('&');
  if (known_late) co_await look_until_good(work, calls);
  work.initiated(templates::text_of(value_of(work, calls, calls.id)));
  if (calls.begun != nullptr) co_await calls.begun(work);
  if (!known_late) co_await look_until_good(work, calls);
  for (const auto& step : calls.more) {
    if (given(work, step.when)) co_await run(work, calls, step);
  }
  read_attributes(work, calls);
}

Task<void> retag(Work& work, const Calls& calls) {
  const auto& tagging = calls.tagging;
  if (tagging.add.empty()) co_return;
  const auto list = calls.camel ? TagForm::lower_list : TagForm::list;
  co_await update_tags(work, {.service = std::string(calls.service),
                              .add = std::string(tagging.add),
                              .remove = std::string(tagging.remove),
                              .who = input_of(work, calls, tagging.who),
                              .tags = std::string(tagging.tags),
                              .keys = std::string(tagging.keys),
                              .form = tagging.as_map ? TagForm::map : list});
}

Task<void> update_by_calls(Work& work) {
  const Calls& calls = *calls_of(work.type);
  for (const auto& name : words_of(calls.frozen)) {
    if (!work.changed(name)) continue;
    throw Failure(
        fmt::format("The embedded CloudFormation does not change {} of {}.", name, work.type));
  }
  for (const auto* steps : {&calls.update, &calls.more}) {
    for (const auto& step : *steps) {
      if (!touched(work, step.when)) continue;
      if (!step.undo.empty() && !given(work, step.when)) {
        co_await work.call(std::string(calls.service), std::string(step.undo),
                           input_of(work, calls, step.undo_input));
      } else {
        co_await run(work, calls, step);
      }
    }
  }
  co_await retag(work, calls);
  if (work.attributes.contains(hidden_look)) read_attributes(work, calls);
}

Task<void> remove_by_calls(Work& work) {
  const Calls& calls = *calls_of(work.type);
  for (const auto& step : calls.unlink) {
    if (given(work, step.when)) co_await run(work, calls, step);
  }
  co_await run(work, calls, calls.remove);
  if (!calls.look_after_removal) co_return;
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  // Its own refusal, NotFound, ends this: the engine takes it for what it is.
  while (true) {
    const auto seen = co_await work.call(std::string(calls.service), std::string(calls.look.action),
                                         input_of(work, calls, calls.look.input));
    if (at(json::value(seen), calls.look.path).empty()) co_return;
    if (work.context.now() >= limit) {
      throw Failure(fmt::format("{} did not stabilize: it is still there.", work.id));
    }
    co_await work.pause(work.knobs.poll);
  }
}

}  // namespace

Error already_exists(const Work& work, const std::string& id) {
  return {"AlreadyExists",
          fmt::format("Resource of type '{}' with identifier '{}' already exists.", work.type, id)};
}

Task<void> run(Work& work, const Calls& calls, const Step& step) {
  json::array items{json::value()};
  if (!step.each.empty()) {
    const bool old = step.each.starts_with("old:");
    const auto* list =
        find(old ? work.old_properties : work.properties, old ? step.each.substr(4) : step.each);
    items = json::array();
    if (list != nullptr && list->is_array()) {
      items = list->get_array();
    } else if (list != nullptr) {
      items.push_back(*list);
    }
  }
  for (auto& item : items) {
    work.attributes[hidden_each] = item;
    auto made = co_await work.call(std::string(calls.service), std::string(step.action),
                                   input_of(work, calls, step.input));
    if (&step == &calls.create) work.attributes[hidden_answer] = made;
    if (step.keep) work.attributes[hidden_look] = std::move(made);
  }
  work.attributes.erase(hidden_each);
}

const Calls* calls_of(std::string_view type) {
  for (const auto* all :
       {&balancing_calls(), &messaging_calls(), &monitoring_calls(), &secret_calls(),
        &storage_calls(), &naming_calls(), &people_calls(), &scaling_calls(), &lambda_calls()}) {
    const auto found = std::ranges::find(*all, type, &Calls::type);
    if (found != all->end()) return &*found;
  }
  return nullptr;
}

void add_calls(Handlers& table, const std::vector<Calls>& types) {
  for (const auto& calls : types) {
    Handler handler;
    for (auto property : words_of(calls.properties)) {
      const bool fixed = property.ends_with('*');
      if (fixed) property.pop_back();
      const bool required = property.ends_with('!');
      if (required) property.pop_back();
      handler.schema.properties.insert(property);
      if (required) handler.schema.required.insert(property);
      if (fixed) handler.create_only.insert(property);
    }
    for (const auto& property : words_of(calls.unsupported)) {
      handler.schema.properties.insert(property);
      handler.unsupported.insert(property);
    }
    for (const auto& pair : words_of(calls.attributes)) {
      handler.schema.attributes.insert(pair.substr(0, pair.find('=')));
    }
    handler.create = create_by_calls;
    handler.update = update_by_calls;
    handler.remove = calls.removal != nullptr ? calls.removal : remove_by_calls;
    table[std::string(calls.type)] = std::move(handler);
  }
}

}  // namespace sim::cloudformation

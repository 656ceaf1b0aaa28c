#include "templates/macros.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <stdexcept>

#include "base/contains.hpp"
#include "templates/document.hpp"

namespace templates {

namespace {

constexpr std::string_view snippet = "Fn::Transform";
constexpr std::string_view section = "Transform";

// Nothing when it has no readable name.
std::optional<MacroCall> call_of(const json::value& spec) {
  MacroCall call;
  if (const auto* name = spec.if_string()) {
    call.name = *name;
  } else if (const auto* object = spec.if_object()) {
    const auto* named = object->if_contains("Name");
    if (named == nullptr || !named->is_string()) return std::nullopt;
    call.name = named->as_string();
    if (const auto* given = object->if_contains("Parameters"); given != nullptr) {
      if (!given->is_object()) return std::nullopt;
      call.parameters = given->as_object();
    }
  }
  if (call.name.empty()) return std::nullopt;
  return call;
}

struct Found {
  std::vector<Step> place;
  const json::object* holder = nullptr;
};

// Every object with a readable Fn::Transform, in the order of the document, parents first.
void collect(const json::value& value, std::vector<Step>& place, std::vector<Found>& found) {
  if (const auto* list = value.if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      place.emplace_back(i);
      collect((*list)[i], place, found);
      place.pop_back();
    }
    return;
  }
  const auto* object = value.if_object();
  if (object == nullptr) return;
  if (const auto* spec = object->if_contains(snippet); spec != nullptr && call_of(*spec)) {
    found.push_back({place, object});
  }
  for (const auto& member : *object) {
    place.emplace_back(std::string(member.key()));
    collect(member.value(), place, found);
    place.pop_back();
  }
}

std::vector<Found> snippets(const json::object& document) {
  std::vector<Found> found;
  std::vector<Step> place;
  for (const auto& member : document) {
    if (member.key() == section) continue;
    place.assign(1, Step(std::string(member.key())));
    collect(member.value(), place, found);
  }
  return found;
}

json::object without(const json::object& source, std::string_view name) {
  json::object result;
  for (const auto& member : source) {
    if (member.key() != name) result[member.key()] = member.value();
  }
  return result;
}

std::vector<const json::value*> section_calls(const json::object& document) {
  std::vector<const json::value*> calls;
  const auto* spec = document.if_contains(section);
  if (spec == nullptr) return calls;
  if (const auto* list = spec->if_array()) {
    for (const auto& one : *list) calls.push_back(&one);
  } else {
    calls.push_back(spec);
  }
  return calls;
}

json::value* at(json::object& document, const std::vector<Step>& place) {
  json::value* value = nullptr;
  for (const auto& step : place) {
    if (const auto* name = std::get_if<std::string>(&step)) {
      json::object* object = value == nullptr ? &document : value->if_object();
      value = object == nullptr ? nullptr : object->if_contains(*name);
    } else {
      json::array* list = value == nullptr ? nullptr : value->if_array();
      const auto index = std::get<std::size_t>(step);
      value = list == nullptr || index >= list->size() ? nullptr : &(*list)[index];
    }
    if (value == nullptr) return nullptr;
  }
  return value;
}

bool calls_macros(const json::value& value) {
  std::vector<Step> place;
  std::vector<Found> found;
  collect(value, place, found);
  return !found.empty();
}

// The Transform section without the entry that has just been answered.
std::optional<json::value> rest_of_section(const json::object& document) {
  const auto* spec = document.if_contains(section);
  if (spec == nullptr || !spec->is_array()) return std::nullopt;
  json::array rest;
  bool dropped = false;
  for (const auto& one : spec->as_array()) {
    if (!dropped && call_of(one)) {
      dropped = true;
    } else {
      rest.push_back(one);
    }
  }
  if (rest.empty()) return std::nullopt;
  return json::value(std::move(rest));
}

}  // namespace

std::string MacroCall::path() const {
  std::string result;
  for (const auto& step : place) {
    if (const auto* member = std::get_if<std::string>(&step)) {
      result += "/" + *member;
    } else {
      result += fmt::format("/{}", std::get<std::size_t>(step));
    }
  }
  return result;
}

std::optional<MacroCall> next_macro(const json::object& document) {
  const Found* deepest = nullptr;
  const auto found = snippets(document);
  for (const auto& one : found) {
    if (deepest == nullptr || one.place.size() > deepest->place.size()) deepest = &one;
  }
  if (deepest != nullptr) {
    auto call = *call_of(deepest->holder->at(snippet));
    call.fragment = without(*deepest->holder, snippet);
    call.place = deepest->place;
    return call;
  }
  for (const auto* spec : section_calls(document)) {
    auto call = call_of(*spec);
    if (!call) continue;
    call->whole_template = true;
    call->fragment = without(document, section);
    return call;
  }
  return std::nullopt;
}

std::optional<std::string> put_result(json::object& document, const MacroCall& call,
                                      json::value result) {
  if (call.whole_template) {
    if (!result.is_object()) return "a whole template's macro must answer with a template";
    if (calls_macros(result) || result.as_object().contains(section)) {
      return "a macro may not call macros in its result";
    }
    auto rest = rest_of_section(document);
    document = std::move(result.as_object());
    if (rest) document[section] = std::move(*rest);
    return std::nullopt;
  }
  if (calls_macros(result)) return "a macro may not call macros in its result";
  json::value* holder = at(document, call.place);
  if (holder == nullptr) return "the template has no such place any more";
  *holder = std::move(result);
  return std::nullopt;
}

std::vector<std::string> macro_names(const json::object& document) {
  std::vector<std::string> names;
  const auto add = [&](std::string name) {
    if (!base::contains(names, name)) names.push_back(std::move(name));
  };
  for (const auto& one : snippets(document)) add(call_of(one.holder->at(snippet))->name);
  for (const auto* spec : section_calls(document)) {
    if (auto call = call_of(*spec)) add(std::move(call->name));
  }
  return names;
}

std::string include_location(const MacroCall& call) {
  const auto* location = call.parameters.if_contains("Location");
  if (location == nullptr || !location->is_string() || location->as_string().empty()) {
    throw std::invalid_argument(
        "The location parameter is not a valid S3 uri.");  // [I] the wording of a missing one
  }
  return std::string(location->as_string());
}

json::value included(const MacroCall& call, std::string_view text) {
  auto document = parse(text, "AWS::Include");
  if (!document.problems.empty()) throw std::invalid_argument(document.problems.front().text);
  if (document.short_tags) {  // [I] the wording; that they are not supported is documented
    throw std::invalid_argument("Shorthand notations are not supported in AWS::Include");
  }
  if (!document.root.is_object()) {
    throw std::invalid_argument("The specified S3 object's content should be valid Yaml/JSON");
  }
  json::object result = call.fragment.is_object() ? call.fragment.as_object() : json::object();
  for (const auto& member : document.root.as_object()) {
    json::value& own = result[member.key()];
    if (call.whole_template && own.is_object() && member.value().is_object()) {
      for (const auto& inner : member.value().as_object()) {
        own.as_object()[inner.key()] = inner.value();
      }
    } else {
      own = member.value();
    }
  }
  return json::value(std::move(result));
}

}  // namespace templates

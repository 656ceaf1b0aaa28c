// Where the members of a step's call come from: the notation of steps.hpp, read.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/bucket_parts.hpp"
#include "sim/cloudformation/handlers/steps.hpp"
#include "sim/core/words.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

// Every scalar as text: services read numbers and flags from text too.
json::value api_form(const json::value& value, bool camel) {
  if (const auto* list = value.if_array()) {
    json::array result;
    for (const auto& one : *list) result.push_back(api_form(one, camel));
    return json::value(std::move(result));
  }
  if (const auto* object = value.if_object()) {
    json::object result;
    for (const auto& member : *object) {
      std::string key = member.key();
      result[camel ? uncapitalized(std::move(key)) : key] = api_form(member.value(), camel);
    }
    return json::value(std::move(result));
  }
  return json::value(templates::text_of(value));
}

json::value from_hidden(const Work& work, std::string_view key, std::string_view path) {
  const auto* whole = work.attributes.if_contains(key);
  const auto* found = whole == nullptr ? nullptr : find(*whole, path);
  return found == nullptr ? json::value() : *found;
}

std::string filled(const Work& work, const Calls& calls, std::string_view pattern) {
  return expand(pattern, [&](std::string_view word) -> std::string {
    if (word == "id") return work.id;
    if (word == "name") return name_of(work, calls);
    if (word == "account") return work.context.account;
    if (word == "region") return work.context.region;
    if (word == "partition") return work.context.partition;
    return work.text(word);
  });
}

void put(json::object& into, std::string_view path, json::value value) {
  const auto dot = path.find('.');
  if (dot == std::string_view::npos) {
    into[path] = std::move(value);
    return;
  }
  auto head = path.substr(0, dot);
  const bool in_list = head.ends_with("[]");
  if (in_list) head.remove_suffix(2);
  auto& inner = into[head];
  if (in_list) {
    if (!inner.is_array()) inner = json::array{json::object()};
    put(inner.get_array().front().get_object(), path.substr(dot + 1), std::move(value));
    return;
  }
  if (!inner.is_object()) inner = json::object();
  put(inner.get_object(), path.substr(dot + 1), std::move(value));
}

std::string rest_of_id(const Work& work, std::string_view text, bool itself) {
  const auto found = work.id.find(text);
  if (found == std::string::npos) return {};
  return work.id.substr(itself ? found : found + text.size());
}

json::value all_of(const Work& work, std::string_view path) {
  const auto dot = path.find('.');
  const auto* list = find(work.properties, path.substr(0, dot));
  if (list == nullptr || !list->is_array()) return {};
  json::array values;
  for (const auto& one : list->get_array()) values.emplace_back(at(one, path.substr(dot + 1)));
  return json::value(std::move(values));
}

json::value wrapped(const Work& work, std::string_view rule) {
  const auto colon = rule.find(':');
  if (!work.has(rule.substr(colon + 1))) return {};
  json::array values;
  for (auto& one : work.texts(rule.substr(colon + 1))) {
    json::object wrap;
    wrap[rule.substr(0, colon)] = std::move(one);
    values.emplace_back(std::move(wrap));
  }
  return json::value(std::move(values));
}

json::value part_of(const Work& work, std::string_view rule) {
  const auto parts = words_of(work.text(rule.substr(2)), '|');
  const auto index = static_cast<std::size_t>(rule.front() - '0');
  return index < parts.size() ? json::value(parts[index]) : json::value();
}

// Sources with a colon: "@json:Policy".
json::value value_by_rule(const Work& work, const Calls& calls, std::string_view source) {
  const auto colon = source.find(':');
  const auto verb = source.substr(1, colon - 1);
  const auto rest = source.substr(colon + 1);
  if (verb == "json" && rest.starts_with("@each.")) {
    const auto document = from_hidden(work, hidden_each, rest.substr(6));
    return document.is_null() ? document : json::value(templates::text_of(document));
  }
  if (verb == "json") {
    const auto* document = find(work.properties, rest);
    return document == nullptr ? json::value() : json::value(templates::text_of(*document));
  }
  if (const auto* property = find(work.properties, rest); verb == "rules") {
    if (property == nullptr) return {};
    if (rest == "LifecycleConfiguration") return lifecycle_rules(*property);
    return rest == "CorsConfiguration" ? cors_rules(*property) : encryption_rules(*property);
  }
  if (verb == "acl")
    return work.has(rest) ? json::value(canned_acl(work.text(rest))) : json::value();
  if (verb == "after") return json::value(rest_of_id(work, rest, false));
  if (verb == "from") return json::value(rest_of_id(work, rest, true));
  if (verb == "all") return all_of(work, rest);
  if (verb == "wrap") return wrapped(work, rest);
  if (verb == "part") return part_of(work, rest);
  Work before = work;  // "old"
  before.properties = work.old_properties;
  return value_of(before, calls, rest);
}

}  // namespace

std::string name_of(const Work& work, const Calls& calls) {
  const auto property = calls.name.substr(0, calls.name.find('/'));
  if (!property.empty() && work.has(property)) return work.text(property);
  return at(work.attributes, hidden_name);
}

json::value value_of(const Work& work, const Calls& calls, std::string_view source) {
  if (source.starts_with('[')) {
    auto one = value_of(work, calls, source.substr(1, source.size() - 2));
    return one.is_null() ? json::value() : json::value(json::array{std::move(one)});
  }
  if (source.starts_with('\'')) return json::value(source.substr(1));
  if (source.starts_with('#')) return json::value(filled(work, calls, source.substr(1)));
  if (source.starts_with('%')) return from_hidden(work, hidden_answer, source.substr(1));
  if (source.starts_with('&')) return from_hidden(work, hidden_look, source.substr(1));
  if (source == "@id") return json::value(work.id);
  if (source == "@name") return json::value(name_of(work, calls));
  if (source == "@token") return json::value(work.token);
  if (source == "@prepared") return from_hidden(work, hidden_prepared, {});
  if (source == "@each") return from_hidden(work, hidden_each, {});
  if (source.starts_with("@each.")) return from_hidden(work, hidden_each, source.substr(6));
  if (source == "@tags" || source == "@tagmap") {
    if (work.tags().empty()) return {};
    const auto list = calls.camel ? TagForm::lower_list : TagForm::list;
    return tags_for(work, source == "@tagmap" ? TagForm::map : list);
  }
  if (source.starts_with('@')) return value_by_rule(work, calls, source);
  const auto* value = find(work.properties, source);
  return value == nullptr ? json::value() : api_form(*value, calls.camel);
}

json::object input_of(const Work& work, const Calls& calls, std::string_view pairs) {
  json::object input;
  for (const auto& pair : words_of(pairs)) {
    const auto equals = pair.find('=');
    const bool plain = equals == std::string::npos;
    auto value = value_of(work, calls, plain ? pair : std::string_view(pair).substr(equals + 1));
    if (value.is_null()) continue;
    put(input, plain ? (calls.camel ? uncapitalized(pair) : pair) : pair.substr(0, equals),
        std::move(value));
  }
  return input;
}

}  // namespace sim::cloudformation

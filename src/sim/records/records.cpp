#include "sim/records/records.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/contains.hpp"
#include "sim/core/words.hpp"

namespace sim::records {

std::string text_of(const json::object& members, std::string_view name) {
  const auto* value = members.if_contains(name);
  if (value == nullptr) return {};
  if (value->is_string()) return std::string(value->get_string());
  if (value->is_int64()) return fmt::format("{}", value->get_int64());
  return {};
}

std::map<std::string, std::string> read_tags(const json::value& given) {
  std::map<std::string, std::string> tags;
  if (const auto* map = given.if_object()) {
    for (const auto& one : *map) tags[one.key()] = text_of(*map, one.key());
  }
  const auto* list = given.if_array();
  if (list == nullptr) return tags;
  for (const auto& one : *list) {
    if (!one.is_object()) continue;
    std::string key, value;
    for (const auto* name : {"Key", "key", "TagKey"}) key += text_of(one.get_object(), name);
    for (const auto* name : {"Value", "value", "TagValue"}) {
      value += text_of(one.get_object(), name);
    }
    tags[key] = value;
  }
  return tags;
}

Book::Book(Context context, Caller& caller, Words words, std::vector<Type> types)
    : context_(context),
      caller_(caller),
      words_(words),
      random_(context.random(fmt::format("records.{}", words.name))) {
  for (auto& type : types) {
    const auto members = parse_members(type.members);
    auto later = members;
    for (auto& member : parse_members(type.later)) later.push_back(std::move(member));
    entries_.push_back({.type = type, .members = members, .later = std::move(later), .shelf = {}});
    add_type(entries_.back());
  }
  if (words_.tags) add_tagging(*words_.tags);
}

void Book::add_type(Entry& entry) {
  const auto put_in = [&](std::string action, std::string_view identifier,
                          std::function<Task<json::object>(Call)> run) {
    if (action.empty()) return;
    operations_[action] = {
        .run = std::move(run),
        .access = [this, &entry, action, identifier](const Call& call) -> std::vector<Access> {
          return {access(entry, action, identifier, call)};
        }};
  };
  const auto& type = entry.type;
  put_in(std::string(type.create), type.put ? type.identifier : std::string_view(),
         [this, &entry](Call call) { return create(entry, std::move(call)); });
  for (const auto& action : words_of(type.update)) {
    put_in(action, type.identifier,
           [this, &entry](Call call) { return change(entry, std::move(call)); });
  }
  for (const auto& rule : words_of(type.sets)) {
    const auto equals = rule.find('=');
    put_in(rule.substr(0, equals), type.identifier,
           at_once([this, &entry, pairs = rule.substr(equals + 1)](const Call& call) {
             return set(entry, call, pairs);
           }));
  }
  put_in(std::string(type.describe), type.identifier,
         at_once([this, &entry](const Call& call) { return describe(entry, call); }));
  put_in(std::string(type.remove), type.identifier,
         at_once([this, &entry](const Call& call) { return remove(entry, call); }));
}

void Book::add(std::string_view action, std::string_view about, std::string_view identifier,
               std::function<Task<json::object>(Call)> run, std::string_view permission) {
  const auto asked = permission.empty() ? action : permission;
  operations_[std::string(action)] = {
      .run = std::move(run),
      .access = [this, asked, about, identifier](const Call& call) -> std::vector<Access> {
        return {access(entry(about), asked, identifier, call)};
      }};
}

// On the ARN that the caller names, or would create; with the tags it has, or would have.
Access Book::access(const Entry& entry, std::string_view action, std::string_view identifier,
                    const Call& call) const {
  Access asked{fmt::format("{}:{}", words_.prefix, action), "*", {}};
  const auto given = text_of(call.input, identifier);
  if (!identifier.empty() && !given.empty()) {
    const auto id = id_of(entry, given);
    const auto found = entry.shelf.find(id);
    if (found != entry.shelf.end()) {
      asked.resource = found->second.arn;
      for (const auto& [key, value] : found->second.tags) {
        asked.context["aws:ResourceTag/" + key] = value;
      }
      return asked;
    }
  }
  if (entry.type.create != action && given.empty()) return asked;
  const auto fill = [&](std::string_view word) -> std::string {
    if (word == "account") return context_.account;
    if (word == "region") return context_.region;
    if (word == "partition") return context_.partition;
    if (word == "id") return named(entry, call.input);
    const auto known = text_of(call.input, word);
    return known.empty() ? "*" : known;
  };
  asked.resource = given.starts_with("arn:") ? given : arn(expand(entry.type.arn, fill));
  for (const auto& member : entry.members) {
    const auto* value = call.input.if_contains(member.name);
    if (member.kind != Member::Kind::tags || value == nullptr) continue;
    for (const auto& [key, text] : read_tags(*value)) asked.context["aws:RequestTag/" + key] = text;
  }
  return asked;
}

// The id that creation will give, as far as the input tells.
std::string Book::named(const Entry& entry, const json::object& input) const {
  return expand(entry.type.id, [&](std::string_view word) -> std::string {
    const auto known = text_of(input, word);
    return known.empty() ? "*" : known;
  });
}

std::string Book::arn(std::string_view rest) const {
  if (rest.starts_with("arn:")) return std::string(rest);
  return fmt::format("arn:{}:{}:{}:{}:{}", context_.partition, words_.prefix, context_.region,
                     context_.account, rest);
}

std::string Book::id_of(const Entry& entry, std::string_view id_or_arn) const {
  if (id_or_arn.starts_with("arn:")) {
    for (const auto& [id, record] : entry.shelf) {
      if (record.arn == id_or_arn) return id;
    }
  }
  if (entry.type.meant) return entry.type.meant(*this, id_or_arn);
  return std::string(id_or_arn);
}

const Book::Entry& Book::entry(std::string_view type) const {
  return *std::ranges::find(entries_, type, [](const Entry& one) { return one.type.name; });
}

Book::Entry& Book::entry(std::string_view type) {
  return const_cast<Entry&>(std::as_const(*this).entry(type));
}

Book::Shelf& Book::all(std::string_view type) {
  return entry(type).shelf;
}

Record* Book::find(std::string_view type, std::string_view id_or_arn) {
  auto& all_of_it = entry(type);
  const auto found = all_of_it.shelf.find(id_of(all_of_it, id_or_arn));
  if (found == all_of_it.shelf.end() || found->second.leaves) return nullptr;
  return &found->second;
}

Record& Book::get(std::string_view type, const std::string& id_or_arn) {
  if (auto* found = find(type, id_or_arn)) return *found;
  throw refusal(entry(type).type.missing, id_or_arn);
}

Error Book::refusal(std::string_view words, std::string_view id) const {
  const auto parts = words_of(words, '|');
  const auto message = expand(parts.at(1), [&](std::string_view word) {
    return std::string(word == "id" ? id : std::string_view());
  });
  return {parts.at(0), message, parts.size() > 2 ? 404 : 400};
}

base::Duration Book::draw(Range range) {
  return base::from_seconds(random_.uniform(base::seconds(range.low), base::seconds(range.high)));
}

Task<json::object> Book::ask(std::string service, std::string action, json::object input) {
  const Principal itself{.kind = Principal::Kind::service,
                         .arn = fmt::format("{}.amazonaws.com", words_.name),
                         .role_arn = {},
                         .user_id = {}};
  co_return co_await caller_.call(itself, std::move(service), std::move(action), std::move(input));
}

void Book::erase(std::string_view type, const std::string& id, base::Duration after) {
  auto& from = entry(type);
  const auto found = from.shelf.find(id);
  if (found == from.shelf.end() || found->second.leaves) return;
  const auto finish = [this, &from, id] {
    const auto node = from.shelf.extract(id);
    if (!node.empty() && from.type.ended) from.type.ended(*this, node.mapped());
  };
  if (after <= base::Duration::zero()) {
    finish();
    return;
  }
  found->second.leaves = context_.now() + after;
  context_.clock().call_at(*found->second.leaves, finish);
}

}  // namespace sim::records

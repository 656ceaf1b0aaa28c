// What is done with one type: create, describe, change, delete.
#include <fmt/format.h>

#include <algorithm>

#include "base/contains.hpp"
#include "sim/core/words.hpp"
#include "sim/records/records.hpp"

namespace sim::records {

namespace {

constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

}  // namespace

std::string Book::value_of(std::string_view word, const Record& record) {
  if (word == "id") return record.id;
  if (word == "arn") return record.arn;
  if (word == "account") return context_.account;
  if (word == "region") return context_.region;
  if (word == "partition") return context_.partition;
  if (word == "uuid") return random_.uuid();
  const auto colon = word.find(':');
  if (colon == std::string_view::npos) return text_of(record.members, word);
  const int digits = std::stoi(std::string(word.substr(colon + 1)));
  if (word.starts_with("hex")) return random_.hex(digits);
  std::string letters;
  for (int i = 0; i < digits; ++i) {
    letters += capitals[static_cast<std::size_t>(random_.integer(0, 35))];
  }
  return letters;
}

json::object Book::taken(const Entry& entry, const Call& call, bool creating,
                         Record& record) const {
  const Fields in(call.input, std::string(words_.invalid));
  const auto& known = creating ? entry.members : entry.later;
  for (const auto& given : call.input) {
    const auto name = std::string_view(given.key());
    if (name == entry.type.identifier) continue;
    if (std::ranges::find(known, name, &Member::name) == known.end()) {
      in.unsupported(call.action, {name});
    }
  }
  json::object members;
  for (const auto& member : known) {
    if (in.has(member.name)) {
      take(member, call.input, members, record);
    } else if (member.required && creating) {
      in.required(member.name);
    }
  }
  return members;
}

void Book::take(const Member& member, const json::object& given, json::object& members,
                Record& record) const {
  const Fields in(given, std::string(words_.invalid));
  switch (member.kind) {
    using enum Member::Kind;
    case tags:
      record.tags = read_tags(given.at(member.name));
      break;
    case number:
      members[member.name] = in.integer(member.name, 0);
      break;
    case flag:
      members[member.name] = in.flag(member.name);
      break;
    case list:
      members[member.name] = in.list(member.name);
      break;
    case map:
      members[member.name] = in.object(member.name);
      break;
    case any:
    case reference:
      members[member.name] = given.at(member.name);
      break;
    case word:
      if (!base::contains(member.words, in.text(member.name))) {
        throw invalid(
            fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy "
                        "constraint: Member must satisfy enum value set: [{}]",
                        in.text(member.name), member.name, fmt::join(member.words, ", ")));
      }
      [[fallthrough]];
    case text:
      members[member.name] = in.text(member.name);
  }
}

Task<json::object> Book::create(Entry& entry, Call call) {
  const auto& type = entry.type;
  Record made;
  made.members = taken(entry, call, true, made);
  co_await check_references(entry, made.members);
  if (type.inquire != nullptr) co_await type.inquire(*this, call, made.members);
  made.id = expand(type.id, [&](std::string_view word) { return value_of(word, made); });
  const auto found = entry.shelf.find(made.id);
  if (found != entry.shelf.end() && !type.put) throw refusal(type.exists, made.id);
  const Record* before = found == entry.shelf.end() ? nullptr : &found->second;
  made.arn = before != nullptr ? before->arn : arn(expand(type.arn, [&](std::string_view word) {
    return value_of(word, made);
  }));
  for (const auto& shown_as : words_of(type.shows)) {
    const auto equals = shown_as.find('=');
    made.members[shown_as.substr(0, equals)] = expand(
        shown_as.substr(equals + 1), [&](std::string_view word) { return value_of(word, made); });
  }
  made.created = context_.now();
  made.ready = made.created + draw(type.creating);
  if (before != nullptr) {
    made.created = before->created;
    if (made.tags.empty()) made.tags = before->tags;
    made.hidden = before->hidden;
  }
  if (type.check) type.check(*this, call, before, made);
  if (type.begun && before == nullptr) type.begun(*this, made);  // may still refuse
  auto& stored = entry.shelf[made.id] = std::move(made);
  co_return answer(entry, stored, type.returns);
}

Task<json::object> Book::change(Entry& entry, Call call) {
  const auto& type = entry.type;
  const auto id = Fields(call.input, std::string(words_.invalid)).required(type.identifier);
  get(type.name, id);
  Record given;
  auto members = taken(entry, call, false, given);
  co_await check_references(entry, members);
  if (type.inquire != nullptr) co_await type.inquire(*this, call, members);
  auto& record = get(type.name, id);
  Record after = record;
  for (const auto& member : members) {
    if (member.key() != type.identifier) after.members[member.key()] = member.value();
  }
  if (type.check) type.check(*this, call, &record, after);
  record = std::move(after);
  co_return answer(entry, record, type.returns);
}

json::object Book::describe(Entry& entry, const Call& call) {
  const auto& type = entry.type;
  const Fields in(call.input, std::string(words_.invalid));
  for (const auto& given : call.input) {
    const std::string name = given.key();
    if (name == type.identifier || name == type.within) continue;
    if (base::contains(words_of(type.many), name)) continue;
    in.unsupported(call.action, {std::string_view(given.key())});
  }
  if (type.many.empty()) {
    const auto id = in.required(type.identifier);
    const auto found = entry.shelf.find(id_of(entry, id));
    if (found == entry.shelf.end()) throw refusal(type.missing, id);
    auto view = shown(type.name, found->second);
    const auto wrapper = type.list.empty() ? type.output : type.list;
    if (wrapper.empty()) return view;
    json::object output;
    output[wrapper] = std::move(view);
    return output;
  }
  json::array list;
  std::vector<std::string> wanted;
  for (const auto& member : words_of(type.many)) {
    for (auto& id : in.texts(member)) wanted.push_back(std::move(id));
  }
  if (in.has(type.identifier)) wanted.push_back(in.text(type.identifier));
  for (const auto& id : wanted) {
    const auto found = entry.shelf.find(id_of(entry, id));
    if (found == entry.shelf.end()) {
      if (type.quiet) continue;
      throw refusal(type.missing, id);
    }
    list.emplace_back(shown(type.name, found->second));
  }
  if (wanted.empty()) {
    for (const auto& [id, record] : entry.shelf) {
      if (in.has(type.within) &&
          text_of(record.members, type.within) != text_of(call.input, type.within)) {
        continue;
      }
      list.emplace_back(shown(type.name, record));
    }
  }
  json::object output;
  output[type.list] = std::move(list);
  return output;
}

json::object Book::set(Entry& entry, const Call& call, std::string_view pairs) {
  const auto& identifier = entry.type.identifier;
  auto& record =
      get(entry.type.name, Fields(call.input, std::string(words_.invalid)).required(identifier));
  for (const auto part : std::views::split(pairs, ',')) {
    const std::string_view pair(part);
    const auto member = pair.substr(0, pair.find(':')), value = pair.substr(pair.find(':') + 1);
    if (value.empty()) {
      record.members.erase(member);
    } else if (value == "true" || value == "false") {
      record.members[member] = value == "true";
    } else {
      record.members[member] = value;
    }
  }
  return {};
}

json::object Book::remove(Entry& entry, const Call& call) {
  const auto& type = entry.type;
  const auto id = Fields(call.input, std::string(words_.invalid)).required(type.identifier);
  const auto* record = find(type.name, id);
  if (record == nullptr) {
    if (type.gone_is_fine) return {};
    throw refusal(type.missing, id);
  }
  if (type.check_removal) type.check_removal(*this, call, *record);
  erase(type.name, std::string(record->id), draw(type.deleting));
  return {};
}

json::object Book::shown(std::string_view type_name, const Record& record) {
  const auto& type = entry(type_name).type;
  json::object view = record.members;
  if (!type.created.empty()) {
    if (words_.query) {
      view[type.created] = base::iso8601(record.created);
    } else {
      view[type.created] = epoch_seconds(record.created);
    }
  }
  if (const auto state = words_of(type.state); state.size() == 4) {
    const bool ready = record.ready <= context_.now();
    view[state[0]] = record.leaves ? state[3] : ready ? state[2] : state[1];
  }
  if (type.view) type.view(*this, record, view);
  return view;
}

json::object Book::answer(const Entry& entry, const Record& record, std::string_view only) {
  auto view = shown(entry.type.name, record);
  if (only == "-") return {};
  if (!only.empty()) {
    json::object few;
    for (const auto& name : words_of(only)) {
      if (const auto* value = view.if_contains(name)) few[name] = *value;
      if (const auto* value = record.hidden.if_contains(name)) few[name] = *value;
    }
    view = std::move(few);
  }
  if (entry.type.output.empty() || !only.empty()) return view;
  json::object output;
  if (!entry.type.many.empty() && words_.query) {
    output[entry.type.output] = json::array{std::move(view)};  // CreateLoadBalancer returns a list
  } else {
    output[entry.type.output] = std::move(view);
  }
  return output;
}

}  // namespace sim::records

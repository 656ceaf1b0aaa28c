#include "sim/records/records.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/contains.hpp"

namespace sim::records {

namespace {

constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

}  // namespace

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
  for (const auto& action : split(type.update)) {
    put_in(action, type.identifier,
           [this, &entry](Call call) { return change(entry, std::move(call)); });
  }
  for (const auto& rule : split(type.sets)) {
    const auto equals = rule.find('='), colon = rule.find(':');
    const auto member = rule.substr(equals + 1, colon - equals - 1);
    put_in(rule.substr(0, equals), type.identifier,
           at_once([this, &entry, member, value = rule.substr(colon + 1)](const Call& call) {
             return set(entry, call, member, value);
           }));
  }
  put_in(std::string(type.describe), type.identifier,
         at_once([this, &entry](const Call& call) { return describe(entry, call); }));
  put_in(std::string(type.remove), type.identifier,
         at_once([this, &entry](const Call& call) { return remove(entry, call); }));
}

void Book::add(std::string_view action, std::string_view about, std::string_view identifier,
               std::function<Task<json::object>(Call)> run) {
  operations_[std::string(action)] = {
      .run = std::move(run),
      .access = [this, action, about, identifier](const Call& call) -> std::vector<Access> {
        return {access(entry(about), action, identifier, call)};
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
  const auto parts = split(words, '|');
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
  for (const auto& shown_as : split(type.shows)) {
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
    if (base::contains(split(type.many), name)) continue;
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
  for (const auto& member : split(type.many)) {
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

json::object Book::set(Entry& entry, const Call& call, std::string_view member,
                       std::string_view value) {
  const auto& identifier = entry.type.identifier;
  auto& record =
      get(entry.type.name, Fields(call.input, std::string(words_.invalid)).required(identifier));
  if (value.empty()) {
    record.members.erase(member);
  } else if (value == "true" || value == "false") {
    record.members[member] = value == "true";
  } else {
    record.members[member] = value;
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
  if (const auto state = split(type.state); state.size() == 4) {
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
    for (const auto& name : split(only)) {
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

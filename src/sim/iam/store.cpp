#include "sim/iam/store.hpp"

#include <algorithm>

#include "sim/iam/managed_policies.hpp"

namespace sim::iam {

namespace {

std::string draw(base::Random& random, std::string_view alphabet, int length) {
  std::string out;
  for (int i = 0; i < length; ++i) {
    const auto last = static_cast<std::int64_t>(alphabet.size()) - 1;
    out.push_back(alphabet[static_cast<std::size_t>(random.integer(0, last))]);
  }
  return out;
}

constexpr std::string_view id_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view secret_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

template <class Map>
auto& find_or_throw(Map& map, std::string_view name, const std::string& message) {
  const auto found = map.find(name);
  if (found == map.end()) no_such_entity(message);
  return found->second;
}

template <class Map>
auto find_by_arn_or_name(const Map& map, std::string_view arn_or_name) -> const
    typename Map::mapped_type* {
  auto name = arn_or_name;
  if (name.starts_with("arn:")) name = name.substr(name.rfind('/') + 1);
  const auto found = map.find(name);
  if (found == map.end()) return nullptr;
  if (name != arn_or_name && found->second.arn != arn_or_name) return nullptr;
  return &found->second;
}

}  // namespace

void no_such_entity(const std::string& message) {
  throw Error("NoSuchEntity", message, 404);
}

const PolicyVersion& ManagedPolicy::current() const {
  return *std::ranges::find(versions, default_version, &PolicyVersion::id);
}

namespace {

// The last that has begun.
template <class List, class Since>
auto in_force(const List& list, base::Instant now, Since since) -> decltype(&list.front()) {
  for (auto i = list.rbegin(); i != list.rend(); ++i) {
    if (since(*i) <= now) return &*i;
  }
  return nullptr;
}

}  // namespace

const Effective* Identity::effective(base::Instant now) const {
  return in_force(history, now, [](const Effective& one) { return one.since; });
}

const Policy* ManagedPolicy::effective(base::Instant now) const {
  if (of_aws) return &current().policy;
  const auto* found = in_force(history, now, [](const auto& one) { return one.first; });
  return found == nullptr ? nullptr : &found->second;
}

base::Instant Store::reaches_services() {
  const auto& range = knobs.propagation;
  return context.now() +
         base::from_seconds(delays.uniform(base::seconds(range.low), base::seconds(range.high)));
}

Effective Store::snapshot(const Identity& identity, const Policy& trust) const {
  Effective out{
      {}, identity.inline_policies, identity.attached, {}, identity.boundary, identity.tags, trust};
  const auto user = users.find(identity.name);
  if (user != users.end() && &user->second == &identity) out.groups = user->second.groups;
  return out;
}

void Store::settle(Identity& identity, const Policy& trust) {
  const auto now = context.now();
  // Only what is in force and what is to come is asked for again.
  auto& history = identity.history;
  while (history.size() > 1 && history[1].since <= now) history.erase(history.begin());
  auto next = snapshot(identity, trust);
  next.since = reaches_services();
  if (!history.empty()) next.since = std::max(next.since, history.back().since);
  history.push_back(std::move(next));
}

void Store::settle(ManagedPolicy& policy) {
  const auto now = context.now();
  auto& history = policy.history;
  while (history.size() > 1 && history[1].first <= now) history.erase(history.begin());
  auto since = reaches_services();
  if (!history.empty()) since = std::max(since, history.back().first);
  history.emplace_back(since, policy.current().policy);
}

Store::Store(Context given, Knobs chosen)
    : context(given),
      knobs(chosen),
      random(given.random("iam")),
      delays(given.random("iam.propagation")) {}

ManagedPolicy& Store::take_managed(const ManagedPolicyText& text) {
  ManagedPolicy policy;
  const auto slash = text.name.rfind('/');
  policy.name = text.name.substr(slash == std::string_view::npos ? 0 : slash + 1);
  policy.path = "/";
  if (slash != std::string_view::npos) policy.path += text.name.substr(0, slash + 1);
  policy.arn = "arn:" + context.partition + ":iam::aws:policy/" + std::string(text.name);
  // The same in every account.
  base::SeededRandom of_aws(0, text.name);
  policy.id = "ANPA" + draw(of_aws, id_alphabet, 17);
  policy.created = base::Instant(std::chrono::sys_days{std::chrono::year{2015} / 2 / 6});
  policy.versions.push_back({std::string(text.version),
                             parse_policy(text.document, PolicyUse::identity), policy.created});
  policy.default_version = text.version;
  policy.of_aws = true;
  auto arn = policy.arn;
  return policies.emplace(std::move(arn), std::move(policy)).first->second;
}

void Store::take_all_managed() {
  const auto prefix = "arn:" + context.partition + ":iam::aws:policy/";
  for (const auto list : {aws_managed_policies(), more_managed_policies()}) {
    for (const auto& text : list) {
      if (!policies.contains(prefix + std::string(text.name))) take_managed(text);
    }
  }
}

User& Store::user(std::string_view name) {
  return find_or_throw(users, name,
                       "The user with name " + std::string(name) + " cannot be found.");
}

Group& Store::group(std::string_view name) {
  return find_or_throw(groups, name,
                       "The group with name " + std::string(name) + " cannot be found.");
}

Role& Store::role(std::string_view name) {
  return find_or_throw(roles, name,
                       "The role with name " + std::string(name) + " cannot be found.");
}

ManagedPolicy& Store::policy(std::string_view arn_text) {
  const std::string prefix = "arn:" + context.partition + ":iam::aws:policy/";
  if (arn_text.starts_with(prefix) && !policies.contains(arn_text)) {
    const auto name = arn_text.substr(prefix.size());
    for (const auto list : {aws_managed_policies(), more_managed_policies()}) {
      const auto found = std::ranges::find(list, name, &ManagedPolicyText::name);
      if (found != list.end()) return take_managed(*found);
    }
    throw Error(
        "NotImplemented",
        "The embedded AWS does not have the AWS managed policy " + std::string(arn_text) + ".",
        501);
  }
  return find_or_throw(policies, arn_text,
                       "Policy " + std::string(arn_text) + " does not exist or is not attachable.");
}

InstanceProfile& Store::profile(std::string_view name) {
  return find_or_throw(profiles, name,
                       "Instance Profile " + std::string(name) + " cannot be found.");
}

const User* Store::find_user(std::string_view user_arn) const {
  return find_by_arn_or_name(users, user_arn);
}

const Role* Store::find_role(std::string_view arn_or_name) const {
  return find_by_arn_or_name(roles, arn_or_name);
}

const InstanceProfile* Store::find_profile(std::string_view arn_or_name) const {
  return find_by_arn_or_name(profiles, arn_or_name);
}

std::string Store::arn(std::string_view kind, std::string_view path, std::string_view name) const {
  std::string out = "arn:" + context.partition + ":iam::" + context.account + ":";
  return out.append(kind).append(path).append(name);
}

std::string Store::unique_id(std::string_view prefix) {
  return std::string(prefix) + draw(random, id_alphabet, 17);
}

Key Store::new_key(Principal principal, std::optional<base::Instant> expires) {
  Key key;
  key.access_key_id = (expires ? "ASIA" : "AKIA") + draw(random, id_alphabet, 16);
  key.secret = draw(random, secret_alphabet, 40);
  if (expires) key.session_token = draw(random, secret_alphabet, 200);
  key.principal = std::move(principal);
  key.expires = expires;
  return key;
}

int Store::attachments(const std::string& policy_arn) const {
  const auto attached = [&](const auto& entry) {
    return std::ranges::count(entry.second.attached, policy_arn) > 0;
  };
  return static_cast<int>(std::ranges::count_if(users, attached) +
                          std::ranges::count_if(groups, attached) +
                          std::ranges::count_if(roles, attached));
}

int Store::boundaries(const std::string& policy_arn) const {
  const auto bounded = [&](const auto& entry) { return entry.second.boundary == policy_arn; };
  return static_cast<int>(std::ranges::count_if(users, bounded) +
                          std::ranges::count_if(roles, bounded));
}

}  // namespace sim::iam

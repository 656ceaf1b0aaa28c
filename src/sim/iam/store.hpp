// Everything IAM remembers: one account's users, roles, policies, instance profiles and keys.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/context.hpp"
#include "sim/iam/iam.hpp"
#include "sim/iam/knobs.hpp"
#include "sim/iam/managed_policies.hpp"
#include "sim/iam/policy.hpp"

namespace sim::iam {

struct Tag {
  std::string key;
  std::string value;
};

// What is in force of an identity since a moment: changes take a while to reach the services.
struct Effective {
  base::Instant since;
  std::map<std::string, Policy> inline_policies;
  std::vector<std::string> attached;
  std::vector<std::string> groups;
  std::string boundary;
  std::vector<Tag> tags;
  Policy trust;  // roles only
};

// What a user, a group and a role have in common.
struct Identity {
  std::string name;
  std::string path;
  std::string arn;
  std::string id;
  base::Instant created;
  std::map<std::string, Policy> inline_policies;
  std::vector<std::string> attached;  // ARNs of managed policies, in the order of attachment
  std::string boundary;               // the ARN of a managed policy, or empty
  std::vector<Tag> tags;
  std::vector<Effective> history;  // in order of time; the last may be still to come

  // nullptr while it is too new.
  const Effective* effective(base::Instant now) const;
};

struct User : Identity {
  std::vector<std::string> groups;  // their names
};

struct Group : Identity {};

struct Role : Identity {
  Policy trust;
  std::string description;
  std::int64_t longest_session = 3600;  // seconds
  std::string service;                  // service-linked roles: whose
};

struct PolicyVersion {
  std::string id;  // "v1"
  Policy policy;
  base::Instant created;
};

struct ManagedPolicy {
  std::string name;
  std::string path;
  std::string arn;
  std::string id;
  std::string description;
  base::Instant created;
  std::vector<PolicyVersion> versions;
  std::string default_version;
  int versions_made = 1;
  bool of_aws = false;
  std::vector<Tag> tags;
  // Which version is in force since when.
  std::vector<std::pair<base::Instant, Policy>> history = {};

  const PolicyVersion& current() const;
  // nullptr while it is too new.
  const Policy* effective(base::Instant now) const;
};

struct InstanceProfile {
  std::string name;
  std::string path;
  std::string arn;
  std::string id;
  base::Instant created;
  std::string role;  // its name, or empty
  std::vector<Tag> tags;
  base::Instant usable = {};  // from then on the services know it
};

struct AccessKey {
  Key key;
  std::string user;  // empty: not a user's long-term key
  bool active = true;
  base::Instant created;
  base::Instant usable = {};  // from then on the services know it
};

struct Store {
  Store(Context context, Knobs knobs);

  Context context;
  Knobs knobs;
  base::SeededRandom random;
  base::SeededRandom delays;
  std::map<std::string, User, std::less<>> users;
  std::map<std::string, Group, std::less<>> groups;
  std::map<std::string, Role, std::less<>> roles;
  // By ARN. AWS's own are taken in when they are first named, or all when they are listed.
  std::map<std::string, ManagedPolicy, std::less<>> policies;
  std::map<std::string, InstanceProfile, std::less<>> profiles;
  std::map<std::string, AccessKey, std::less<>> keys;  // by access key id

  // Each throws NoSuchEntity, 404.
  User& user(std::string_view name);
  Group& group(std::string_view name);
  Role& role(std::string_view name);
  ManagedPolicy& policy(std::string_view arn);
  InstanceProfile& profile(std::string_view name);
  ManagedPolicy& take_managed(const ManagedPolicyText& text);
  void take_all_managed();

  // nullptr when there is none. A role or profile is named by its name or its ARN.
  const User* find_user(std::string_view arn) const;
  const Role* find_role(std::string_view arn_or_name) const;
  const InstanceProfile* find_profile(std::string_view arn_or_name) const;

  std::string arn(std::string_view kind, std::string_view path, std::string_view name) const;
  // "AROA" and 17 letters and digits.
  std::string unique_id(std::string_view prefix);
  // A new pair; with a session token when it is temporary.
  Key new_key(Principal principal, std::optional<base::Instant> expires);
  int attachments(const std::string& policy_arn) const;
  int boundaries(const std::string& policy_arn) const;

  // An identity as it is now, in force or not.
  Effective snapshot(const Identity& identity, const Policy& trust = {}) const;
  // What was changed takes its way through the services; to be called after every change.
  void settle(Identity& identity, const Policy& trust = {});
  void settle(Role& role) { settle(role, role.trust); }
  void settle(ManagedPolicy& policy);
  base::Instant reaches_services();
};

[[noreturn]] void no_such_entity(const std::string& message);

}  // namespace sim::iam

// Everything IAM remembers: one account's users, roles, policies, instance profiles and keys.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/context.hpp"
#include "sim/iam/iam.hpp"
#include "sim/iam/policy.hpp"

namespace sim::iam {

struct Tag {
  std::string key;
  std::string value;
};

// What a user and a role have in common.
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
};

struct User : Identity {};

struct Role : Identity {
  Policy trust;
  std::string description;
  std::int64_t longest_session = 3600;  // seconds
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

  const PolicyVersion& current() const;
};

struct InstanceProfile {
  std::string name;
  std::string path;
  std::string arn;
  std::string id;
  base::Instant created;
  std::string role;  // its name, or empty
  std::vector<Tag> tags;
};

struct AccessKey {
  Key key;
  std::string user;  // empty: not a user's long-term key
  bool active = true;
  base::Instant created;
};

struct Store {
  explicit Store(Context context);

  Context context;
  base::SeededRandom random;
  std::map<std::string, User, std::less<>> users;
  std::map<std::string, Role, std::less<>> roles;
  std::map<std::string, ManagedPolicy, std::less<>> policies;  // by ARN
  std::map<std::string, InstanceProfile, std::less<>> profiles;
  std::map<std::string, AccessKey, std::less<>> keys;  // by access key id

  // Each throws NoSuchEntity, 404.
  User& user(std::string_view name);
  Role& role(std::string_view name);
  ManagedPolicy& policy(std::string_view arn);
  InstanceProfile& profile(std::string_view name);

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
};

[[noreturn]] void no_such_entity(const std::string& message);

}  // namespace sim::iam

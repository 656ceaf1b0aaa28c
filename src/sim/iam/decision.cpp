#include "sim/iam/decision.hpp"

#include "base/contains.hpp"

namespace sim::iam {

namespace {

const char* principal_type(Principal::Kind kind) {
  switch (kind) {
    case Principal::Kind::root:
      return "Account";
    case Principal::Kind::user:
      return "User";
    case Principal::Kind::role_session:
      return "AssumedRole";
    case Principal::Kind::service:
      return "Service";
    case Principal::Kind::anonymous:
      break;
  }
  return "Anonymous";
}

// EC2 knows resource tags under two names.
void add_tag_synonyms(const std::map<std::string, std::string>& context, Keys& keys) {
  for (const auto& [name, value] : context) {
    if (name.starts_with("aws:ResourceTag/")) keys.set("ec2:" + name.substr(4), {value});
    if (name.starts_with("ec2:ResourceTag/")) keys.set("aws:" + name.substr(4), {value});
  }
}

// What a boundary that no longer exists allows.
const Policy nothing;

void add_managed(const Store& store, const std::vector<std::string>& arns, bool in_force,
                 std::vector<const Policy*>& into) {
  for (const auto& arn : arns) {
    const auto found = store.policies.find(arn);
    if (found == store.policies.end()) continue;
    const auto* policy =
        in_force ? found->second.effective(store.context.now()) : &found->second.current().policy;
    if (policy != nullptr) into.push_back(policy);
  }
}

void add_own(const Store& store, const Effective& identity, bool in_force,
             std::vector<const Policy*>& into) {
  for (const auto& [name, policy] : identity.inline_policies) into.push_back(&policy);
  add_managed(store, identity.attached, in_force, into);
}

// The root user needs no policy. The policy of a bucket or a queue can keep it out, but never from
// mending that policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
Verdict verdict_of_root(const Principal& principal, const Access& access, Policies& policies,
                        const Keys& keys) {
  static const Policy everything = parse_policy(
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
      PolicyUse::identity);
  policies.identity = {&everything};
  if (access.action.ends_with("BucketPolicy") || access.action == "sqs:SetQueueAttributes" ||
      access.action == "sqs:GetQueueAttributes") {
    policies.resource = nullptr;
  }
  Policy session;
  if (!principal.session_policy.empty()) {
    session = parse_policy(principal.session_policy, PolicyUse::identity);
    policies.session = &session;
  }
  auto out = evaluate(policies, access.action, access.resource, keys);
  out.matched.clear();
  return out;
}

}  // namespace

const Identity* identity_of(const Store& store, const Principal& principal) {
  const Identity* found = nullptr;
  if (principal.kind == Principal::Kind::user) found = store.find_user(principal.arn);
  if (principal.kind == Principal::Kind::role_session) {
    found = store.find_role(principal.role_arn);
  }
  if (found == nullptr || !principal.user_id.starts_with(found->id)) return nullptr;
  return found;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
Keys keys_of(const Store& store, const Principal& principal, const Identity* identity,
             const std::vector<Tag>& tags, const Access& access) {
  Keys keys;
  const auto& context = store.context;
  const bool session = principal.kind == Principal::Kind::role_session;
  keys.set("aws:PrincipalArn", {session ? principal.role_arn : principal.arn});
  keys.set("aws:PrincipalAccount", {context.account});
  keys.set("aws:PrincipalType", {principal_type(principal.kind)});
  keys.set("aws:userid", {principal.user_id});
  if (principal.kind == Principal::Kind::user && identity != nullptr) {
    keys.set("aws:username", {identity->name});
  }
  if (session) keys.set("aws:MultiFactorAuthPresent", {"false"});
  for (const auto& tag : tags) keys.set("aws:PrincipalTag/" + tag.key, {tag.value});
  keys.set("aws:PrincipalIsAWSService",
           {principal.kind == Principal::Kind::service ? "true" : "false"});
  if (!principal.source.empty()) {
    keys.set("aws:SourceArn", {principal.source});
    keys.set("aws:SourceAccount", {context.account});
    keys.set("aws:SourceOwner", {context.account});
  }
  const auto now = context.now();
  keys.set("aws:CurrentTime", {base::iso8601(now)});
  keys.set("aws:EpochTime", {std::to_string(base::unix_milliseconds(now) / 1000)});
  // IAM and STS answer in one region for all.
  const bool global = access.action.starts_with("iam:");
  keys.set("aws:RequestedRegion", {global ? "us-east-1" : context.region});
  keys.set("aws:ResourceAccount", {context.account});
  if (access.action.starts_with("ec2:")) keys.set("ec2:Region", {context.region});
  keys.set("aws:SecureTransport", {"true"});
  keys.set("aws:ViaAWSService", {principal.via.empty() ? "false" : "true"});
  if (!principal.via.empty()) {
    keys.set("aws:CalledVia", Keys::Values(principal.via.begin(), principal.via.end()));
    keys.set("aws:CalledViaFirst", {principal.via.front()});
    keys.set("aws:CalledViaLast", {principal.via.back()});
  }
  keys.set("aws:SourceIp", {"127.0.0.1"});
  add_tag_synonyms(access.context, keys);
  Keys::Values tag_keys;
  for (const auto& [name, value] : access.context) {
    keys.set(name, {value});
    if (name.starts_with("aws:RequestTag/")) tag_keys.push_back(name.substr(15));
  }
  if (!tag_keys.empty()) keys.set("aws:TagKeys", std::move(tag_keys));
  return keys;
}

Policies policies_of(const Store& store, const Effective& identity, bool in_force) {
  Policies policies;
  add_own(store, identity, in_force, policies.identity);
  for (const auto& name : identity.groups) {
    const auto group = store.groups.find(name);
    if (group == store.groups.end()) continue;
    if (in_force) {
      const auto* effective = group->second.effective(store.context.now());
      if (effective != nullptr) add_own(store, *effective, in_force, policies.identity);
    } else {
      for (const auto& [policy_name, policy] : group->second.inline_policies) {
        policies.identity.push_back(&policy);
      }
      add_managed(store, group->second.attached, in_force, policies.identity);
    }
  }
  if (!identity.boundary.empty()) {
    std::vector<const Policy*> boundary;
    add_managed(store, {identity.boundary}, in_force, boundary);
    policies.boundary = boundary.empty() ? &nothing : boundary.front();
  }
  return policies;
}

void name_caller(const Store& store, const Principal& principal, Policies& policies) {
  const bool anonymous = principal.kind == Principal::Kind::anonymous;
  policies.itself = {{"AWS", anonymous ? "anonymous" : principal.arn}};
  if (anonymous) return;
  if (!principal.role_arn.empty()) policies.role = {{"AWS", principal.role_arn}};
  policies.account = {{"AWS", store.context.account}, {"AWS", store.arn("root", "", "")}};
}

Verdict verdict(const Store& store, const Principal& principal, const Access& access,
                const std::optional<std::string>& resource_policy) {
  using Kind = Principal::Kind;
  const bool plain_root = principal.kind == Kind::root && principal.session_policy.empty();
  if (principal.kind == Kind::service || (plain_root && !resource_policy)) {
    return {Decision::allowed, Layer::identity};
  }
  const auto* identity = identity_of(store, principal);
  const auto* effective = identity != nullptr ? identity->effective(store.context.now()) : nullptr;
  static const Effective new_identity;
  if (effective == nullptr) effective = &new_identity;
  const bool known = identity != nullptr || principal.kind == Kind::root;
  if (!known && !resource_policy) return {};
  auto policies = policies_of(store, *effective, true);
  name_caller(store, principal, policies);
  Policy resource;
  if (resource_policy) {
    resource = parse_policy(*resource_policy, PolicyUse::resource);
    policies.resource = &resource;
  }
  const auto keys = keys_of(store, principal, identity, effective->tags, access);
  if (principal.kind == Kind::root) return verdict_of_root(principal, access, policies, keys);
  Policy session;
  if (!principal.session_policy.empty()) {
    session = parse_policy(principal.session_policy, PolicyUse::identity);
    policies.session = &session;
  }
  auto out = evaluate(policies, access.action, access.resource, keys);
  // What it points to ends here, but for the store's own.
  std::erase_if(out.matched, [&](const Match& match) {
    return match.policy == &session || match.policy == &resource;
  });
  return out;
}

}  // namespace sim::iam

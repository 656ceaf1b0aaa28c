#include "sim/iam/iam.hpp"

#include <algorithm>

#include "sim/iam/decision.hpp"
#include "sim/iam/messages.hpp"
#include "sim/iam/operations.hpp"
#include "sim/iam/simulate.hpp"

namespace sim::iam {

namespace {

[[noreturn]] void refuse(const Context& context, const Principal& principal, const Access& access,
                         const Verdict& verdict, ErrorStyle style) {
  if (principal.kind == Principal::Kind::anonymous) {
    throw Error(style == ErrorStyle::s3 ? "AccessDenied" : "MissingAuthenticationToken",
                style == ErrorStyle::s3 ? "Access Denied" : "Missing Authentication Token", 403);
  }
  auto action = access.action;
  if (style == ErrorStyle::sns) action.replace(0, 3, "SNS");
  std::string text = "User: " + principal.arn + " is not authorized to perform: " + action;
  if (style == ErrorStyle::s3) {
    text += " on resource: \"" + access.resource + "\"";
  } else if (style != ErrorStyle::ec2 || access.resource != "*") {
    text += " on resource: " + access.resource;
  }
  text += " " + reason(verdict, action);
  switch (style) {
    case ErrorStyle::ec2:
      throw Error("UnauthorizedOperation",
                  "You are not authorized to perform this operation. " + text +
                      ". Encoded authorization failure message: " +
                      encode_message(refusal_text(principal, access, verdict, context.region),
                                     context.seed),
                  403);
    case ErrorStyle::json:
      throw Error("AccessDeniedException", text, 400);
    case ErrorStyle::rest:
      throw Error("AccessDeniedException", text, 403);
    case ErrorStyle::sns:
      throw Error("AuthorizationError", text, 403);
    case ErrorStyle::query:
    case ErrorStyle::s3:
      break;
  }
  throw Error("AccessDenied", text, 403);
}

// sts:AssumeRole has its own way: the trust policy may allow a principal by itself.
// IAM User Guide, reference_policies_evaluation-logic_policy-eval-basics-res-id.html
bool may_assume(const Store& store, const Principal& caller, const Role& role, const Keys& keys) {
  std::vector<PrincipalElement> itself = {{"AWS", caller.arn}};
  if (!caller.role_arn.empty()) itself.push_back({"AWS", caller.role_arn});
  const auto& account = store.context.account;
  std::vector<PrincipalElement> anyone = itself;
  anyone.push_back({"AWS", account});
  anyone.push_back({"AWS", store.arn("root", "", "")});
  const auto own = verdict(store, caller, {"sts:AssumeRole", role.arn});
  if (own.decision == Decision::explicit_deny) return false;
  const auto* known = role.effective(store.context.now());
  if (known == nullptr) return false;
  if (evaluate_trust(known->trust, "sts:AssumeRole", anyone, keys) != Decision::allowed) {
    return false;
  }
  if (evaluate_trust(known->trust, "sts:AssumeRole", itself, keys) == Decision::allowed) {
    return true;
  }
  return own.decision == Decision::allowed;
}

Principal session_of(const Store& store, const Role& role, const std::string& session_name,
                     std::string session_policy) {
  return {Principal::Kind::role_session,
          "arn:" + store.context.partition + ":sts::" + store.context.account + ":assumed-role/" +
              role.name + "/" + session_name,
          role.arn, role.id + ":" + session_name, std::move(session_policy)};
}

Key issue(Store& store, Principal principal, std::optional<base::Instant> expires) {
  // Session keys that have long been over need not be remembered.
  const auto now = store.context.now();
  std::erase_if(store.keys, [&](const auto& entry) {
    const auto& expiry = entry.second.key.expires;
    return expiry && *expiry + std::chrono::hours(1) < now;
  });
  auto key = store.new_key(std::move(principal), expires);
  store.keys.emplace(key.access_key_id, AccessKey{key, {}, true, now});
  return key;
}

}  // namespace

ErrorStyle error_style(std::string_view service) {
  if (service == "ec2") return ErrorStyle::ec2;
  if (service == "s3") return ErrorStyle::s3;
  if (service == "lambda") return ErrorStyle::rest;
  if (service == "sns") return ErrorStyle::sns;
  for (const std::string_view query :
       {"iam", "sts", "cloudformation", "elasticloadbalancing", "sqs", "monitoring"}) {
    if (service == query) return ErrorStyle::query;
  }
  return ErrorStyle::json;
}

Iam::Iam(Context context, Knobs knobs)
    : context_(context), store_(std::make_unique<Store>(context, knobs)) {
  const Api api{operations_, *store_};
  add_user_operations(api);
  add_role_operations(api);
  add_policy_operations(api);
  add_profile_operations(api);
  add_group_operations(api);
  add_account_operations(api);
  add_simulations(api);
}

Iam::~Iam() = default;

const std::map<std::string, Operation, std::less<>>& Iam::operations() const {
  return operations_;
}

void Iam::authorize(const Principal& principal, const std::vector<Access>& accesses,
                    ErrorStyle style) const {
  for (const auto& access : accesses) {
    const auto result = verdict(*store_, principal, access, policy_of(access, principal));
    if (result.decision != Decision::allowed) refuse(context_, principal, access, result, style);
  }
}

Decision Iam::decide(const Principal& principal, const Access& access) const {
  return verdict(*store_, principal, access, policy_of(access, principal)).decision;
}

bool Iam::policy_lets(const std::string& policy, const Principal& service,
                      const Access& access) const {
  const auto parsed = parse_policy(policy, PolicyUse::resource);
  Policies policies;
  policies.resource = &parsed;
  // {"AWS": "*"} is anybody, services too.
  policies.itself = {{"Service", service.arn}, {"AWS", service.arn}};
  const auto keys = keys_of(*store_, service, nullptr, {}, access);
  return evaluate(policies, access.action, access.resource, keys).decision == Decision::allowed;
}

std::optional<std::string> Iam::policy_of(const Access& access, const Principal& principal) const {
  if (!resource_policies_) return std::nullopt;
  return resource_policies_(access.resource, principal);
}

bool Iam::check_resource_policy(const std::string& text, const std::string& arn) const {
  return checked_resource_policy(*store_, text, arn);
}

void Iam::check_policy(const std::string& text, const std::string& code,
                       const std::string& message) {
  if (text.empty()) return;
  try {
    parse_policy(text, PolicyUse::resource);
  } catch (const Error&) {
    throw Error(code, message);
  }
}

std::optional<std::string> Iam::decoded(std::string_view message) const {
  return decode_message(message, context_.seed);
}

std::optional<Key> Iam::key(std::string_view access_key_id) const {
  const auto found = store_->keys.find(access_key_id);
  if (found == store_->keys.end() || !found->second.active) return std::nullopt;
  if (found->second.usable > context_.now()) return std::nullopt;
  return found->second.key;
}

Key Iam::root_key() {
  return issue(*store_, {Principal::Kind::root, store_->arn("root", "", ""), {}, context_.account},
               std::nullopt);
}

Key Iam::create_user_key(const std::string& name) {
  auto& user = store_->users[name];
  if (user.id.empty()) {
    user.name = name;
    user.path = "/";
    user.arn = store_->arn("user", "/", name);
    user.id = store_->unique_id("AIDA");
    user.created = context_.now();
    store_->settle(user);
    user.history.back().since = context_.now();
  }
  const auto key = issue(*store_, {Principal::Kind::user, user.arn, {}, user.id}, std::nullopt);
  store_->keys.at(key.access_key_id).user = name;
  return key;
}

Key Iam::service_key(const std::string& service_principal) {
  return issue(*store_, {Principal::Kind::service, service_principal, {}, service_principal},
               std::nullopt);
}

Key Iam::assume(const std::string& role_arn_or_name, const std::string& session_name,
                const std::string& service_principal, base::Duration lifetime) {
  const auto* role = store_->find_role(role_arn_or_name);
  if (role == nullptr) {
    no_such_entity("The role with name " + role_arn_or_name + " cannot be found.");
  }
  Keys keys;
  // Against the confused deputy: what the service says about the resource it acts for.
  auto service = service_principal.substr(0, service_principal.find('.'));
  if (service == "ecs-tasks") service = "ecs";
  keys.set("aws:SourceAccount", {context_.account});
  keys.set("aws:SourceArn", {"arn:" + context_.partition + ":" + service + ":" + context_.region +
                             ":" + context_.account + ":*"});
  keys.set("sts:RoleSessionName", {session_name});
  const auto* known = role->effective(context_.now());
  const auto decision = known == nullptr ? Decision::implicit_deny
                                         : evaluate_trust(known->trust, "sts:AssumeRole",
                                                          {{"Service", service_principal}}, keys);
  if (decision != Decision::allowed) {
    throw Error("AccessDenied",
                "User: " + service_principal +
                    " is not authorized to perform: sts:AssumeRole on resource: " + role->arn,
                403);
  }
  return issue(*store_, session_of(*store_, *role, session_name, {}), context_.now() + lifetime);
}

Key Iam::assume(const Principal& caller, const std::string& role_arn,
                const std::string& session_name, const std::string& session_policy,
                const std::string& external_id, base::Duration lifetime) {
  if (caller.kind == Principal::Kind::root) {
    throw Error("AccessDenied", "Roles may not be assumed by root accounts.", 403);
  }
  const auto* role = role_arn.starts_with("arn:") ? store_->find_role(role_arn) : nullptr;
  bool allowed = false;
  if (role != nullptr) {
    const auto* identity = identity_of(*store_, caller);
    auto keys = keys_of(*store_, caller, identity, identity ? identity->tags : std::vector<Tag>(),
                        {"sts:AssumeRole", role_arn});
    keys.set("sts:RoleSessionName", {session_name});
    if (!external_id.empty()) keys.set("sts:ExternalId", {external_id});
    allowed = may_assume(*store_, caller, *role, keys);
  }
  if (!allowed) {
    throw Error("AccessDenied",
                "User: " + caller.arn +
                    " is not authorized to perform: sts:AssumeRole on resource: " + role_arn,
                403);
  }
  if (lifetime > std::chrono::seconds(role->longest_session)) {
    throw Error("ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  if (!session_policy.empty()) parse_policy(session_policy, PolicyUse::identity);
  return issue(*store_, session_of(*store_, *role, session_name, session_policy),
               context_.now() + lifetime);
}

Key Iam::session_token(const Principal& caller, base::Duration lifetime) {
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html: nothing of IAM
  // without MFA, and of STS only these.
  constexpr const char* limits =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","sts:*"],)"
      R"("Resource":"*"},{"Effect":"Allow","Action":["sts:AssumeRole","sts:GetCallerIdentity"],)"
      R"("Resource":"*"}]})";
  if (caller.kind != Principal::Kind::user && caller.kind != Principal::Kind::root) {
    throw Error("AccessDenied", "Cannot call GetSessionToken with session credentials", 403);
  }
  if (!caller.session_policy.empty()) {
    throw Error("AccessDenied", "Cannot call GetSessionToken with session credentials", 403);
  }
  auto principal = caller;
  principal.session_policy = limits;
  return issue(*store_, std::move(principal), context_.now() + lifetime);
}

std::optional<Principal> Iam::session(std::string_view role_arn_or_name,
                                      const std::string& session_name) const {
  const auto* role = store_->find_role(role_arn_or_name);
  if (role == nullptr) return std::nullopt;
  return session_of(*store_, *role, session_name, {});
}

bool Iam::role_allows(std::string_view role_arn_or_name, const std::string& action,
                      const std::string& resource) const {
  const auto* role = store_->find_role(role_arn_or_name);
  if (role == nullptr) return false;
  return decide(session_of(*store_, *role, "service", {}), {action, resource}) == Decision::allowed;
}

std::string Iam::policy_text(const std::string& arn) const {
  return store_->policy(arn).current().policy.text;
}

std::optional<RoleView> Iam::role(std::string_view arn_or_name) const {
  const auto* role = store_->find_role(arn_or_name);
  if (role == nullptr) return std::nullopt;
  return RoleView{role->name, role->arn, role->id};
}

std::optional<ProfileView> Iam::instance_profile(std::string_view arn_or_name) const {
  const auto* profile = store_->find_profile(arn_or_name);
  if (profile == nullptr || profile->usable > context_.now()) return std::nullopt;
  return ProfileView{profile->name, profile->arn, profile->id, role(profile->role)};
}

}  // namespace sim::iam

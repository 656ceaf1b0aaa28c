#include "sim/iam/iam.hpp"

#include <algorithm>

#include "sim/iam/evaluate.hpp"
#include "sim/iam/operations.hpp"
#include "sim/iam/store.hpp"

namespace sim::iam {

namespace {

// The identity behind a principal, or nullptr when it is gone or another of the same name.
const Identity* identity_of(const Store& store, const Principal& principal) {
  const Identity* found = nullptr;
  if (principal.kind == Principal::Kind::user) found = store.find_user(principal.arn);
  if (principal.kind == Principal::Kind::role_session) {
    found = store.find_role(principal.role_arn);
  }
  if (found == nullptr || !principal.user_id.starts_with(found->id)) return nullptr;
  return found;
}

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

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
Keys keys_of(const Store& store, const Principal& principal, const Identity* identity,
             const Access& access) {
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
  if (identity != nullptr) {
    for (const auto& tag : identity->tags) keys.set("aws:PrincipalTag/" + tag.key, {tag.value});
  }
  const auto now = context.now();
  keys.set("aws:CurrentTime", {base::iso8601(now)});
  keys.set("aws:EpochTime", {std::to_string(base::unix_milliseconds(now) / 1000)});
  keys.set("aws:RequestedRegion", {context.region});
  if (access.action.starts_with("ec2:")) keys.set("ec2:Region", {context.region});
  keys.set("aws:SecureTransport", {"true"});
  keys.set("aws:ViaAWSService", {"false"});
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

Verdict verdict(const Store& store, const Principal& principal, const Access& access) {
  if (principal.kind == Principal::Kind::root || principal.kind == Principal::Kind::service) {
    return {Decision::allowed, Layer::identity};
  }
  const auto* identity = identity_of(store, principal);
  if (identity == nullptr) return {};
  Policies policies;
  for (const auto& [name, policy] : identity->inline_policies) policies.identity.push_back(&policy);
  for (const auto& arn : identity->attached) {
    policies.identity.push_back(&store.policies.at(arn).current().policy);
  }
  // A boundary that no longer exists allows nothing.
  static const Policy nothing;
  if (!identity->boundary.empty()) {
    const auto found = store.policies.find(identity->boundary);
    policies.boundary = found == store.policies.end() ? &nothing : &found->second.current().policy;
  }
  Policy session;
  if (!principal.session_policy.empty()) {
    session = parse_policy(principal.session_policy, PolicyUse::identity);
    policies.session = &session;
  }
  return evaluate(policies, access.action, access.resource,
                  keys_of(store, principal, identity, access));
}

[[noreturn]] void refuse(const Principal& principal, const Access& access, const Verdict& verdict,
                         ErrorStyle style) {
  const std::string who =
      principal.kind == Principal::Kind::anonymous ? "anonymous" : principal.arn;
  std::string text = "User: " + who + " is not authorized to perform: " + access.action;
  if (style == ErrorStyle::s3) {
    text += " on resource: \"" + access.resource + "\"";
  } else if (style != ErrorStyle::ec2 || access.resource != "*") {
    text += " on resource: " + access.resource;
  }
  text += " " + reason(verdict, access.action);
  switch (style) {
    case ErrorStyle::ec2:
      throw Error("UnauthorizedOperation",
                  "You are not authorized to perform this operation. " + text, 403);
    case ErrorStyle::json:
      throw Error("AccessDeniedException", text, 400);
    case ErrorStyle::rest:
      throw Error("AccessDeniedException", text, 403);
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
  if (evaluate_trust(role.trust, "sts:AssumeRole", anyone, keys) != Decision::allowed) return false;
  if (evaluate_trust(role.trust, "sts:AssumeRole", itself, keys) == Decision::allowed) return true;
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

const char* word(Decision decision) {
  return decision == Decision::allowed         ? "allowed"
         : decision == Decision::explicit_deny ? "explicitDeny"
                                               : "implicitDeny";
}

json::object simulate(const Iam& iam, const Store& store, const Fields& input) {
  const auto arn = input.required("PolicySourceArn");
  Principal principal;
  if (const auto* user = store.find_user(arn)) {
    principal = {Principal::Kind::user, arn, {}, user->id};
  } else if (const auto* role = store.find_role(arn)) {
    principal = session_of(store, *role, "simulation", {});
  } else {
    no_such_entity("The requested principal " + arn + " cannot be found.");
  }
  std::map<std::string, std::string> context;
  for (const auto& entry : input.list("ContextEntries")) {
    if (!entry.is_object()) throw Error("InvalidInput", "A context entry must be a structure.");
    const Fields fields(entry.get_object(), "ValidationError");
    const auto values = fields.texts("ContextKeyValues");
    if (!values.empty()) context[fields.required("ContextKeyName")] = values.front();
  }
  auto resources = input.texts("ResourceArns");
  if (resources.empty()) resources.emplace_back("*");
  json::array results;
  for (const auto& action : input.texts("ActionNames")) {
    for (const auto& resource : resources) {
      const auto decision = iam.decide(principal, {action, resource, context});
      results.push_back(json::object{{"EvalActionName", action},
                                     {"EvalResourceName", resource},
                                     {"EvalDecision", word(decision)}});
    }
  }
  return page(input, "EvaluationResults", results);
}

}  // namespace

ErrorStyle error_style(std::string_view service) {
  if (service == "ec2") return ErrorStyle::ec2;
  if (service == "s3") return ErrorStyle::s3;
  if (service == "lambda") return ErrorStyle::rest;
  if (service == "iam" || service == "sts" || service == "cloudformation") return ErrorStyle::query;
  return ErrorStyle::json;
}

Iam::Iam(Context context) : context_(context), store_(std::make_unique<Store>(context)) {
  const Api api{operations_, *store_};
  add_user_operations(api);
  add_role_operations(api);
  add_policy_operations(api);
  add_profile_operations(api);
  Api(api).add("SimulatePrincipalPolicy", About::account, [this](const Fields& input, const Call&) {
    return simulate(*this, *store_, input);
  });
}

Iam::~Iam() = default;

const std::map<std::string, Operation, std::less<>>& Iam::operations() const {
  return operations_;
}

void Iam::authorize(const Principal& principal, const std::vector<Access>& accesses,
                    ErrorStyle style) const {
  for (const auto& access : accesses) {
    const auto result = verdict(*store_, principal, access);
    if (result.decision != Decision::allowed) refuse(principal, access, result, style);
  }
}

Decision Iam::decide(const Principal& principal, const Access& access) const {
  return verdict(*store_, principal, access).decision;
}

std::optional<Key> Iam::key(std::string_view access_key_id) const {
  const auto found = store_->keys.find(access_key_id);
  if (found == store_->keys.end() || !found->second.active) return std::nullopt;
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
  const auto decision =
      evaluate_trust(role->trust, "sts:AssumeRole", {{"Service", service_principal}}, keys);
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
    auto keys =
        keys_of(*store_, caller, identity_of(*store_, caller), {"sts:AssumeRole", role_arn});
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

bool Iam::role_allows(std::string_view role_arn_or_name, const std::string& action,
                      const std::string& resource) const {
  const auto* role = store_->find_role(role_arn_or_name);
  if (role == nullptr) return false;
  return decide(session_of(*store_, *role, "service", {}), {action, resource}) == Decision::allowed;
}

std::optional<RoleView> Iam::role(std::string_view arn_or_name) const {
  const auto* role = store_->find_role(arn_or_name);
  if (role == nullptr) return std::nullopt;
  return RoleView{role->name, role->arn, role->id};
}

std::optional<ProfileView> Iam::instance_profile(std::string_view arn_or_name) const {
  const auto* profile = store_->find_profile(arn_or_name);
  if (profile == nullptr) return std::nullopt;
  return ProfileView{profile->name, profile->arn, profile->id, role(profile->role)};
}

}  // namespace sim::iam

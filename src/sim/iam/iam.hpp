// The embedded AWS's identities: who may do what. Owns users, roles, policies, instance profiles
// and every access key; decides each call of every service, as IAM's evaluation logic does:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/iam/knobs.hpp"

namespace sim::iam {

struct Store;

// A pair of credentials and whom they stand for. Never logged.
struct Key {
  std::string access_key_id;
  std::string secret;
  std::string session_token;  // empty for long-term keys
  Principal principal;
  std::optional<base::Instant> expires = {};
};

// In which words a service refuses.
enum class ErrorStyle {
  ec2,    // UnauthorizedOperation, 403
  query,  // AccessDenied, 403: iam, sts, cloudformation, sqs, ...
  sns,    // AuthorizationError, 403
  json,   // AccessDeniedException, 400: ecs, ssm, logs
  rest,   // AccessDeniedException, 403: lambda
  s3,     // AccessDenied, 403
};
// The style of a service by its signing name.
ErrorStyle error_style(std::string_view service);

struct RoleView {
  std::string name, arn, id;
};

struct ProfileView {
  std::string name, arn, id;
  std::optional<RoleView> role;
};

// The result of one decision, in the words of iam:SimulatePrincipalPolicy.
enum class Decision { allowed, explicit_deny, implicit_deny };

class Iam final : public Service {
 public:
  // Without knobs, changes hold at once.
  explicit Iam(Context context, Knobs knobs = Knobs::at_once());
  ~Iam() override;

  std::string_view name() const override { return "iam"; }
  const std::map<std::string, Operation, std::less<>>& operations() const override;

  // Throws Error, in the service's own words, unless every access is allowed. The account's root
  // and AWS services are always allowed; nobody unsigned ever is.
  void authorize(const Principal& principal, const std::vector<Access>& accesses,
                 ErrorStyle style) const;
  Decision decide(const Principal& principal, const Access& access) const;

  // Whether a resource's policy, by itself, lets an AWS service do this: services have no policies
  // of their own. Conditions see what it acts for (Principal::source). Throws when `policy` is
  // none.
  bool policy_lets(const std::string& policy, const Principal& service, const Access& access) const;

  // Where the policies of resources are found: by the resource's ARN, for this caller.
  using ResourcePolicies =
      std::function<std::optional<std::string>(const std::string& arn, const Principal& caller)>;
  void set_resource_policies(ResourcePolicies find) { resource_policies_ = std::move(find); }
  // Throws Error MalformedPolicy, in S3's words, unless `text` is a policy for the bucket `arn`.
  // True when it is public.
  bool check_resource_policy(const std::string& text, const std::string& arn) const;
  // Throws Error `code` with `message` when `text` is no resource's policy; an empty text is none
  // and fine.
  static void check_policy(const std::string& text, const std::string& code,
                           const std::string& message);
  // What a refusal's encoded message says; nothing when it is none of this account's.
  std::optional<std::string> decoded(std::string_view message) const;

  // Credentials. A key that has expired is still returned: the caller words the refusal.
  std::optional<Key> key(std::string_view access_key_id) const;
  // The account's own key: the operator of a new world. Each call makes another one.
  Key root_key();
  // Creates the user if need be.
  Key create_user_key(const std::string& user);
  // A key with which an AWS service signs for itself ("cloudformation.amazonaws.com").
  Key service_key(const std::string& service_principal);

  // Session credentials of a role for an AWS service ("lambda.amazonaws.com",
  // "ecs-tasks.amazonaws.com", "ec2.amazonaws.com"). Throws NoSuchEntity, or AccessDenied when the
  // role's trust policy does not name that service. Lasts `lifetime`.
  Key assume(const std::string& role_arn_or_name, const std::string& session_name,
             const std::string& service_principal,
             base::Duration lifetime = std::chrono::hours(12));
  // As sts:AssumeRole: the caller must be allowed by its own policies, by the trust policy, or
  // both.
  Key assume(const Principal& caller, const std::string& role_arn, const std::string& session_name,
             const std::string& session_policy, const std::string& external_id,
             base::Duration lifetime);
  // As sts:GetSessionToken. Throws AccessDenied for session credentials.
  Key session_token(const Principal& caller, base::Duration lifetime);
  // Who acts when an AWS service does something with a role that it may assume; nothing when there
  // is no such role.
  std::optional<Principal> session(std::string_view role_arn_or_name,
                                   const std::string& session_name) const;
  // True when the role exists and its policies allow the action.
  bool role_allows(std::string_view role_arn_or_name, const std::string& action,
                   const std::string& resource) const;

  // The text of a managed policy. Throws NoSuchEntity.
  std::string policy_text(const std::string& arn) const;
  std::optional<RoleView> role(std::string_view arn_or_name) const;
  std::optional<ProfileView> instance_profile(std::string_view arn_or_name) const;

 private:
  std::optional<std::string> policy_of(const Access& access, const Principal& principal) const;

  Context context_;
  ResourcePolicies resource_policies_;
  std::unique_ptr<Store> store_;
  std::map<std::string, Operation, std::less<>> operations_;
};

}  // namespace sim::iam

#include "sim/iam/sts.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "sim/iam/operations.hpp"

namespace sim::iam {

namespace {

json::object credentials(const Key& key) {
  return {{"AccessKeyId", key.access_key_id},
          {"SecretAccessKey", key.secret},
          {"SessionToken", key.session_token},
          {"Expiration", when(*key.expires)}};
}

base::Duration duration(const Fields& input, std::int64_t fallback, std::int64_t longest) {
  const auto seconds = input.integer("DurationSeconds", fallback);
  if (seconds < 900 || seconds > longest) {
    throw Error("ValidationError",
                "1 validation error detected: Value '" + std::to_string(seconds) +
                    "' at 'durationSeconds' failed to satisfy constraint: Member must have value "
                    "between 900 and " +
                    std::to_string(longest));
  }
  return std::chrono::seconds(seconds);
}

// The policies of a session together: one that says what all of them say.
std::string session_policy(Iam& iam, const Fields& input) {
  auto text = input.text("Policy");
  std::vector<std::string> arns;
  for (const auto& one : input.list("PolicyArns")) {
    if (const auto* members = one.if_object()) {
      arns.push_back(Fields(*members, "ValidationError").required("arn"));
    }
  }
  if (arns.size() > 10) {
    throw Error("ValidationError",
                "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: "
                "Member must have length less than or equal to 10");
  }
  if (text.size() > 2048) {
    throw Error("PackedPolicyTooLarge", "Packed policy consumes more than 100% of the quota.");
  }
  if (arns.empty()) return text;
  json::array statements;
  const auto add = [&](const std::string& document) {
    auto parsed = json::parse(document).as_object().at("Statement");
    if (parsed.is_array()) {
      for (const auto& statement : parsed.get_array()) statements.push_back(statement);
    } else {
      statements.push_back(parsed);
    }
  };
  if (!text.empty()) {
    parse_policy(text, PolicyUse::identity);
    add(text);
  }
  for (const auto& arn : arns) add(iam.policy_text(arn));
  return json::serialize(
      json::object{{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
}

json::object assume_role(Iam& iam, const Fields& input, const Call& call) {
  const auto role = input.required("RoleArn");
  const auto session = valid_name(input, "RoleSessionName", 64);
  if (session.size() < 2) {
    throw Error("ValidationError",
                "1 validation error detected: Value '" + session +
                    "' at 'roleSessionName' failed to satisfy constraint: Member must have length "
                    "greater than or equal to 2");
  }
  input.unsupported("sts:AssumeRole", {"Tags", "TransitiveTagKeys", "SerialNumber", "TokenCode",
                                       "SourceIdentity", "ProvidedContexts"});
  const auto lifetime = duration(input, 3600, 43200);
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
  if (!call.caller.role_arn.empty() && lifetime > std::chrono::hours(1)) {
    throw Error("ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
                "by role chaining");
  }
  const auto key = iam.assume(call.caller, role, session, session_policy(iam, input),
                              input.text("ExternalId"), lifetime);
  return {{"Credentials", credentials(key)},
          {"AssumedRoleUser",
           json::object{{"AssumedRoleId", key.principal.user_id}, {"Arn", key.principal.arn}}}};
}

json::object session_token(Iam& iam, const Fields& input, const Call& call) {
  input.unsupported("sts:GetSessionToken", {"SerialNumber", "TokenCode"});
  const bool root = call.caller.kind == Principal::Kind::root;
  const auto lifetime = duration(input, root ? 3600 : 43200, root ? 3600 : 129600);
  return {{"Credentials", credentials(iam.session_token(call.caller, lifetime))}};
}

json::object decode_message(Iam& iam, const Fields& input) {
  const auto text = iam.decoded(input.required("EncodedMessage"));
  if (!text) {
    throw Error("InvalidAuthorizationMessageException",
                "Message to decode is invalid or was not encoded for this account.");
  }
  return {{"DecodedMessage", *text}};
}

json::object access_key_info(const Context& context, const Iam& iam, const Fields& input) {
  if (!iam.key(input.required("AccessKeyId"))) {
    throw Error("ValidationError", "The access key ID does not belong to an account.");
  }
  return {{"Account", context.account}};
}

}  // namespace

Sts::Sts(Context context, Iam& iam) {
  // None of these needs a permission: AssumeRole is decided by the trust policy together with the
  // caller's own.
  const auto no_permission = [](const Call&) { return std::vector<Access>(); };
  operations_["GetCallerIdentity"] = {at_once([context](const Call& call) {
                                        return json::object{{"Arn", call.caller.arn},
                                                            {"UserId", call.caller.user_id},
                                                            {"Account", context.account}};
                                      }),
                                      no_permission};
  operations_["AssumeRole"] = {at_once([&iam](const Call& call) {
                                 return assume_role(iam, Fields(call.input, "ValidationError"),
                                                    call);
                               }),
                               no_permission};
  operations_["GetSessionToken"] = {at_once([&iam](const Call& call) {
                                      return session_token(
                                          iam, Fields(call.input, "ValidationError"), call);
                                    }),
                                    no_permission};
  operations_["DecodeAuthorizationMessage"] = {at_once([&iam](const Call& call) {
    return decode_message(iam, Fields(call.input, "ValidationError"));
  })};
  operations_["GetAccessKeyInfo"] = {at_once([context, &iam](const Call& call) {
    return access_key_info(context, iam, Fields(call.input, "ValidationError"));
  })};
}

}  // namespace sim::iam

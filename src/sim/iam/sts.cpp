#include "sim/iam/sts.hpp"

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

json::object assume_role(Iam& iam, const Fields& input, const Call& call) {
  const auto role = input.required("RoleArn");
  const auto session = valid_name(input, "RoleSessionName", 64);
  if (session.size() < 2) {
    throw Error("ValidationError",
                "1 validation error detected: Value at 'roleSessionName' failed to satisfy "
                "constraint: Member must have length greater than or equal to 2");
  }
  input.unsupported("sts:AssumeRole", {"PolicyArns", "Tags", "SerialNumber", "TokenCode"});
  const auto key = iam.assume(call.caller, role, session, input.text("Policy"),
                              input.text("ExternalId"), duration(input, 3600, 43200));
  return {{"Credentials", credentials(key)},
          {"AssumedRoleUser",
           json::object{{"AssumedRoleId", key.principal.user_id}, {"Arn", key.principal.arn}}}};
}

}  // namespace

Sts::Sts(Context context, Iam& iam) {
  // Neither needs a permission: the first works for everybody, the second is decided by the trust
  // policy together with the caller's own.
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
}

}  // namespace sim::iam

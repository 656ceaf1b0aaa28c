// Who else may invoke a function, and what becomes of asynchronous invocations.
#include <boost/json/serialize.hpp>

#include "sim/lambda/lambda.hpp"

namespace sim::lambda {

namespace {

[[noreturn]] void no_policy() {
  throw Error("ResourceNotFoundException", "The resource you requested does not exist.", 404);
}

// Policies belong to the function, or to one version or alias of it.
std::string policy_key(const Function& function, const Call& call) {
  const Fields in(call.input);
  auto qualifier = parse_name(in.required("FunctionName")).qualifier;
  if (qualifier.empty()) qualifier = in.text("Qualifier");
  return qualifier.empty() || qualifier == "$LATEST" ? function.name
                                                     : function.name + ":" + qualifier;
}

std::string config_key(const Function& function, const Call& call) {
  const auto key = policy_key(function, call);
  return key == function.name ? key + ":$LATEST" : key;
}

// Where a record of the event may go.
std::string destination(const Fields& destinations, const char* when) {
  const auto where = Fields(destinations.object(when)).text("Destination");
  if (where.empty()) return where;
  const auto found = destination_of(where);
  // [C] Buckets are for failures only.
  if (found && (found->service != "s3" || when == std::string_view("OnFailure"))) return where;
  if (found) {
    throw Error("InvalidParameterValueException",
                "The destination ARN " + where + " is invalid: S3 takes failures only.");
  }
  throw Error("NotImplemented",
              fmt::format("The embedded AWS has no {} destinations but functions, queues, topics "
                          "and buckets: {}",
                          when, where),
              501);
}

json::object config_view(const std::string& arn, const AsyncConfig& config) {
  json::object out{
      {"LastModified", static_cast<double>(base::unix_milliseconds(config.modified)) / 1000.0},
      {"FunctionArn", arn},
      {"MaximumRetryAttempts", config.retries},
      {"MaximumEventAgeInSeconds",
       std::chrono::duration_cast<std::chrono::seconds>(config.oldest).count()}};
  json::object destinations{{"OnSuccess", json::object()}, {"OnFailure", json::object()}};
  if (!config.on_success.empty()) destinations["OnSuccess"] = {{"Destination", config.on_success}};
  if (!config.on_failure.empty()) destinations["OnFailure"] = {{"Destination", config.on_failure}};
  out["DestinationConfig"] = std::move(destinations);
  return out;
}

}  // namespace

json::object Lambda::add_permission(const Call& call) {
  const auto function = find(call);
  const Fields in(call.input);
  in.unsupported("AddPermission", {"EventSourceToken", "PrincipalOrgID", "FunctionUrlAuthType"});
  const auto id = in.required("StatementId");
  const auto principal = in.required("Principal");
  check_revision(call, function->revision);
  const auto key = policy_key(*function, call);
  auto& statements = policies_[key];
  for (const auto& one : statements) {
    if (one.at("Sid").as_string() == id) {
      throw Error("ResourceConflictException",
                  fmt::format("The statement id ({}) provided already exists. Please provide a new "
                              "statement id, or remove the existing statement.",
                              id),
                  409);
    }
  }
  json::object statement{{"Sid", id}, {"Effect", "Allow"}};
  if (principal.ends_with(".amazonaws.com")) {
    statement["Principal"] = {{"Service", principal}};
  } else if (principal == "*") {
    statement["Principal"] = "*";
  } else {
    const bool is_account = principal.find_first_not_of("0123456789") == std::string::npos;
    statement["Principal"] = {
        {"AWS", is_account ? fmt::format("arn:{}:iam::{}:root", context_.partition, principal)
                           : principal}};
  }
  statement["Action"] = in.required("Action");
  statement["Resource"] = arn(key);
  json::object condition;
  if (in.has("SourceArn")) {
    condition["ArnLike"] = {{"AWS:SourceArn", in.text("SourceArn")}};
  }
  if (in.has("SourceAccount")) {
    condition["StringEquals"] = {{"AWS:SourceAccount", in.text("SourceAccount")}};
  }
  if (!condition.empty()) statement["Condition"] = std::move(condition);
  const auto text = json::serialize(statement);
  statements.push_back(std::move(statement));
  return {{"Statement", text}};
}

json::object Lambda::remove_permission(const Call& call) {
  const auto function = find(call);
  check_revision(call, function->revision);
  const auto id = Fields(call.input).required("StatementId");
  auto& statements = policies_[policy_key(*function, call)];
  for (auto one = statements.begin(); one != statements.end(); ++one) {
    if (one->at("Sid").as_string() != id) continue;
    statements.erase(one);
    return {};
  }
  throw Error("ResourceNotFoundException",
              fmt::format("Statement {} is not found in resource policy.", id), 404);
}

json::object Lambda::get_policy(const Call& call) {
  const auto function = find(call);
  const auto found = policies_.find(policy_key(*function, call));
  if (found == policies_.end() || found->second.empty()) no_policy();
  const json::object policy{
      {"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", found->second}};
  return {{"Policy", json::serialize(policy)}, {"RevisionId", function->revision}};
}

// A dead-letter queue must be one that the role may write to.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
void Lambda::check_dead_letters(const Function& function) const {
  if (function.dead_letters.empty()) return;
  const auto target = destination_of(function.dead_letters);
  if (!target || (target->service != "sqs" && target->service != "sns")) {
    throw Error("ValidationException",
                fmt::format("1 validation error detected: Value '{}' at "
                            "'deadLetterConfig.targetArn' failed to satisfy constraint: Member "
                            "must be the ARN of an SQS queue or an SNS topic",
                            function.dead_letters));
  }
  if (iam_.role_allows(function.role, target->permission, target->arn)) return;
  throw Error(
      "InvalidParameterValueException",
      "The provided execution role does not have permissions to call " + described(*target));
}

// An account principal only hands the decision on to that account's policies; and a condition on
// the source is not met by a call that has none.
bool Lambda::policy_allows(const Principal& caller, const std::string& key) const {
  const auto found = policies_.find(key);
  if (found == policies_.end() || found->second.empty()) return false;
  if (caller.kind == Principal::Kind::service) {
    const json::object policy{{"Version", "2012-10-17"}, {"Statement", found->second}};
    return iam_.policy_lets(json::serialize(policy), caller, {"lambda:InvokeFunction", arn(key)});
  }
  return std::ranges::any_of(found->second, [&](const json::value& statement) {
    if (statement.as_object().contains("Condition")) return false;
    const auto& action = statement.at("Action").as_string();
    if (action != "lambda:InvokeFunction" && action != "lambda:*") return false;
    const auto& who = statement.at("Principal");
    if (who.is_string()) return true;  // "*"
    if (who.as_object().contains("Service")) return false;
    const auto& arn = who.at("AWS").as_string();
    return arn == caller.arn || (!caller.role_arn.empty() && arn == caller.role_arn);
  });
}

// Asynchronous invocation -------------------------------------------------------------------------

json::object Lambda::store(const Call& call, AsyncConfig config) {
  const auto function = find(call);
  const Fields in(call.input);
  config.retries = static_cast<int>(in.integer("MaximumRetryAttempts", config.retries));
  const auto before = std::chrono::duration_cast<std::chrono::seconds>(config.oldest).count();
  const auto oldest = in.integer("MaximumEventAgeInSeconds", before);
  if (config.retries < 0 || config.retries > 2 || oldest < 60 || oldest > 21'600) {
    throw Error("InvalidParameterValueException",
                "MaximumRetryAttempts must be between 0 and 2, MaximumEventAgeInSeconds between 60 "
                "and 21600.");
  }
  config.oldest = std::chrono::seconds(oldest);
  if (in.has("DestinationConfig")) {
    const Fields destinations(in.object("DestinationConfig"));
    config.on_success = destination(destinations, "OnSuccess");
    config.on_failure = destination(destinations, "OnFailure");
  }
  for (const auto& where : {config.on_success, config.on_failure}) {
    const auto target = destination_of(where);
    if (target && !iam_.role_allows(function->role, target->permission, resource_of(*target))) {
      throw Error("InvalidParameterValueException",
                  fmt::format("The function's execution role does not have permissions to call {} "
                              "on {}",
                              target->permission.substr(target->permission.find(':') + 1), where));
    }
  }
  config.modified = context_.now();
  const auto key = config_key(*function, call);
  async_[key] = config;
  return config_view(arn(key), config);
}

json::object Lambda::put_event_invoke_config(const Call& call) {
  return store(call, {});
}

json::object Lambda::update_event_invoke_config(const Call& call) {
  get_event_invoke_config(call);
  return store(call, async_.at(config_key(*find(call), call)));
}

json::object Lambda::get_event_invoke_config(const Call& call) {
  const auto key = config_key(*find(call), call);
  const auto found = async_.find(key);
  if (found == async_.end()) {
    throw Error("ResourceNotFoundException",
                fmt::format("The function {} doesn't have an EventInvokeConfig", arn(key)), 404);
  }
  return config_view(arn(key), found->second);
}

json::object Lambda::list_event_invoke_configs(const Call& call) {
  const auto name = find(call)->name;
  json::array all;
  for (const auto& [key, config] : async_) {
    if (key.starts_with(name + ":")) all.push_back(config_view(arn(key), config));
  }
  return {{"FunctionEventInvokeConfigs", std::move(all)}};
}

json::object Lambda::delete_event_invoke_config(const Call& call) {
  get_event_invoke_config(call);
  async_.erase(config_key(*find(call), call));
  return {};
}

}  // namespace sim::lambda

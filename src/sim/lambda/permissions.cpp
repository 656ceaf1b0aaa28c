// Who else may invoke a function, and what becomes of asynchronous invocations.
#include <boost/json/serialize.hpp>

#include "sim/lambda/lambda.hpp"

namespace sim::lambda {

namespace {

[[noreturn]] void no_policy() {
  throw Error("ResourceNotFoundException", "The resource you requested does not exist.", 404);
}

json::object shown(const Function& function, const AsyncConfig& config) {
  json::object out{
      {"LastModified", static_cast<double>(base::unix_milliseconds(config.modified)) / 1000.0},
      {"FunctionArn", function.arn + ":$LATEST"},
      {"MaximumRetryAttempts", config.retries},
      {"MaximumEventAgeInSeconds",
       std::chrono::duration_cast<std::chrono::seconds>(config.oldest).count()}};
  json::object destinations{{"OnSuccess", json::object()}, {"OnFailure", json::object()}};
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
  auto& statements = policies_[function->name];
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
  statement["Resource"] = function->arn;
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
  const auto id = Fields(call.input).required("StatementId");
  auto& statements = policies_[function->name];
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
  const auto found = policies_.find(function->name);
  if (found == policies_.end() || found->second.empty()) no_policy();
  const json::object policy{
      {"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", found->second}};
  return {{"Policy", json::serialize(policy)}, {"RevisionId", function->revision}};
}

json::object Lambda::put_event_invoke_config(const Call& call) {
  const auto function = find(call);
  const Fields in(call.input);
  AsyncConfig config;
  config.retries = static_cast<int>(in.integer("MaximumRetryAttempts", 2));
  const auto oldest = in.integer("MaximumEventAgeInSeconds", 21'600);
  if (config.retries < 0 || config.retries > 2 || oldest < 60 || oldest > 21'600) {
    throw Error("InvalidParameterValueException",
                "MaximumRetryAttempts must be between 0 and 2, MaximumEventAgeInSeconds between 60 "
                "and 21600.");
  }
  config.oldest = std::chrono::seconds(oldest);
  const Fields destinations(in.object("DestinationConfig"));
  if (!destinations.object("OnSuccess").empty()) {
    throw Error("NotImplemented", "The embedded AWS has no on-success destinations.", 501);
  }
  config.on_failure = Fields(destinations.object("OnFailure")).text("Destination");
  if (!config.on_failure.empty() && !config.on_failure.contains(":lambda:")) {
    throw Error("NotImplemented",
                "The embedded AWS has no on-failure destinations but Lambda functions.", 501);
  }
  config.modified = context_.now();
  async_[function->name] = config;
  return shown(*function, config);
}

json::object Lambda::get_event_invoke_config(const Call& call) {
  const auto function = find(call);
  const auto found = async_.find(function->name);
  if (found == async_.end()) {
    throw Error("ResourceNotFoundException",
                fmt::format("The function {} doesn't have an EventInvokeConfig", function->arn),
                404);
  }
  return shown(*function, found->second);
}

json::object Lambda::delete_event_invoke_config(const Call& call) {
  get_event_invoke_config(call);
  async_.erase(find(call)->name);
  return {};
}

}  // namespace sim::lambda

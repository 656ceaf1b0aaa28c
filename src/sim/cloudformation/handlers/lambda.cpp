// Lambda functions, who may invoke them, and what becomes of failed asynchronous invocations.
#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "sim/cloudformation/handlers/handlers.hpp"
#include "sim/cloudformation/zip.hpp"
#include "sim/s3/digest.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::size_t function_name_limit = 64;
// A role made a moment ago may not be assumable yet; the real handler waits for it.
constexpr int role_tries = 10;
// How long the removal of a function waits for its interfaces, and how often it looks.
constexpr auto interfaces_limit = std::chrono::minutes(45);
constexpr double interfaces_poll = 30;

json::value number(const Work& work, std::string_view property) {
  const auto value = templates::number_of(work.text(property));
  if (!value) throw Failure(fmt::format("Property {} must be a number.", property));
  return static_cast<std::int64_t>(*value);
}

json::object code_of(const Work& work) {
  const auto* code = work.properties.if_contains("Code");
  json::object result;
  if (code == nullptr || !code->is_object()) return result;
  for (const auto& member : code->as_object()) {
    const std::string text = templates::text_of(member.value());
    if (member.key() != "ZipFile") {
      result[member.key()] = text;
      continue;
    }
    // Inline code is one file, index.*, for Node.js and Python only.
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-lambda-function-code.html
    const std::string runtime = work.text("Runtime");
    if (runtime.starts_with("python")) {
      result["ZipFile"] =
          s3::base64(zip_of({{"index.py", text}, {"cfnresponse.py", python_cfnresponse()}}));
    } else if (runtime.starts_with("nodejs")) {
      result["ZipFile"] = s3::base64(zip_of("index.js", text));
    } else {
      throw Failure("ZipFile can only be used when Runtime is set to either of nodejs, python.");
    }
  }
  return result;
}

json::object configuration(const Work& work) {
  json::object input;
  for (const auto* name : {"Description", "Handler", "Role", "Runtime"}) {
    if (work.has(name)) input[name] = work.text(name);
  }
  for (const auto* name : {"MemorySize", "Timeout"}) {
    if (work.has(name)) input[name] = number(work, name);
  }
  for (const auto* name :
       {"DeadLetterConfig", "Environment", "TracingConfig", "VpcConfig", "LoggingConfig"}) {
    if (work.has(name)) input[name] = templates::stringified(work.properties.at(name));
  }
  if (work.has("EphemeralStorage")) {
    const auto size = templates::number_of(at(work.properties.at("EphemeralStorage"), "Size"));
    json::object storage;
    storage["Size"] = static_cast<std::int64_t>(size.value_or(512));
    input["EphemeralStorage"] = std::move(storage);
  }
  return input;
}

// [C] While one change of a function is under way, the next is refused: the handler waits for each.
// https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
Task<void> wait_for_function(Work& work) {
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  while (true) {
    const auto seen = co_await work.call("lambda", "GetFunction", {{"FunctionName", work.id}});
    // A subnet without addresses left shows only now.
    if (at(seen, "Configuration.State") == "Failed" ||
        at(seen, "Configuration.LastUpdateStatus") == "Failed") {
      throw Failure(fmt::format("Function {} did not stabilize: {}", work.id,
                                at(seen, "Configuration.StateReason")));
    }
    if (at(seen, "Configuration.State") != "Pending" &&
        at(seen, "Configuration.LastUpdateStatus") != "InProgress") {
      co_return;
    }
    if (work.context.now() >= limit) {
      throw Failure(fmt::format("Function {} did not stabilize.", work.id));
    }
    co_await work.pause(work.knobs.poll);
  }
}

Task<json::object> call_with_role(Work& work, std::string action, json::object input) {
  for (int attempt = 1;; ++attempt) {
    try {
      co_return co_await work.call("lambda", action, input);
    } catch (const Error& error) {
      const std::string_view why = error.what();
      const bool role = why.contains("cannot be assumed by Lambda") ||
                        why.contains("execution role does not have permissions");
      if (!role || attempt == role_tries) throw;
    }
    co_await work.pause(work.knobs.poll);
  }
}

constexpr std::string_view reserved = "ReservedConcurrentExecutions";

Task<void> reserve_concurrency(Work& work) {
  json::object input{{"FunctionName", work.id}};
  if (work.has(reserved)) {
    input[reserved] = number(work, reserved);
    co_await work.call("lambda", "PutFunctionConcurrency", std::move(input));
  } else if (work.old_properties.contains(reserved)) {
    co_await work.call("lambda", "DeleteFunctionConcurrency", std::move(input));
  }
}

Task<void> create_function(Work& work) {
  const std::string name = work.has("FunctionName") ? work.text("FunctionName")
                                                    : work.generated_name(function_name_limit);
  json::object input = configuration(work);
  input["FunctionName"] = name;
  input["Code"] = code_of(work);
  if (work.has("Architectures")) input["Architectures"] = work.texts("Architectures");
  if (work.has("PackageType")) input["PackageType"] = work.text("PackageType");
  json::object tags;
  for (const auto& tag : work.tags()) tags[at(tag, "Key")] = at(tag, "Value");
  if (!tags.empty()) input["Tags"] = std::move(tags);
  const auto made = co_await call_with_role(work, "CreateFunction", std::move(input));
  work.attributes["Arn"] = at(made, "FunctionArn");
  work.initiated(name);
  co_await wait_for_function(work);
  co_await reserve_concurrency(work);
}

// Properties of which an update says all anew, and what one that is gone falls back to.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
constexpr std::pair<std::string_view, std::string_view> configured[] = {
    {"DeadLetterConfig", R"({"TargetArn":""})"},
    {"Description", R"("")"},
    {"Environment", R"({"Variables":{}})"},
    {"EphemeralStorage", R"({"Size":512})"},
    {"Handler", ""},
    {"LoggingConfig", ""},
    {"MemorySize", "128"},
    {"Role", ""},
    {"Runtime", ""},
    {"Timeout", "3"},
    {"TracingConfig", R"({"Mode":"PassThrough"})"},
    {"VpcConfig", R"({"SubnetIds":[],"SecurityGroupIds":[]})"}};

Task<void> update_configuration(Work& work) {
  json::object input = configuration(work);
  bool changed = false;
  for (const auto& [property, fallback] : configured) {
    if (!work.changed(property)) continue;
    changed = true;
    if (!work.has(property) && !fallback.empty()) input[property] = json::parse(fallback);
    if (property == "LoggingConfig" && !work.has(property)) {
      input[property] = {{"LogFormat", "Text"}, {"LogGroup", "/aws/lambda/" + work.id}};
    }
  }
  if (!changed) co_return;
  input["FunctionName"] = work.id;
  co_await call_with_role(work, "UpdateFunctionConfiguration", std::move(input));
  co_await wait_for_function(work);
}

Task<void> update_function(Work& work) {
  if (work.changed("Code") || work.changed("Architectures")) {
    json::object input = code_of(work);
    input["FunctionName"] = work.id;
    input["Architectures"] = work.has("Architectures") ? work.texts("Architectures")
                                                       : json::array{json::value("x86_64")};
    co_await work.call("lambda", "UpdateFunctionCode", std::move(input));
    co_await wait_for_function(work);
  }
  co_await update_configuration(work);
  if (work.changed(reserved)) co_await reserve_concurrency(work);
  json::object who{{"Resource", at(work.attributes, "Arn")}};
  co_await update_tags(work, {.service = "lambda",
                              .add = "TagResource",
                              .remove = "UntagResource",
                              .who = std::move(who),
                              .form = TagForm::map});
}

// The interfaces of a function in a VPC hold its subnets and groups for a while after it.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
Task<bool> has_interfaces(Work& work) {
  json::object filter{{"Name", "description"}};
  filter["Value"] = json::array{"AWS Lambda VPC ENI-" + work.id + "-*"};
  json::array filters;
  filters.push_back(std::move(filter));
  try {
    const auto found =
        co_await work.call("ec2", "DescribeNetworkInterfaces", {{"Filter", std::move(filters)}});
    co_return !at(found, "networkInterfaceSet.0.networkInterfaceId").empty();
  } catch (const Error& error) {
    if (error.code != "UnauthorizedOperation") throw;
    co_return false;  // what it may not see it does not wait for
  }
}

Task<void> remove_function(Work& work) {
  co_await work.call("lambda", "DeleteFunction", {{"FunctionName", work.id}});
  if (!work.has("VpcConfig")) co_return;
  const auto limit = work.context.now() + interfaces_limit;
  while (work.context.now() < limit && co_await has_interfaces(work)) {
    co_await work.pause(interfaces_poll);
  }
}

// Permission --------------------------------------------------------------------------------------

Task<void> create_permission(Work& work) {
  json::object input =
      pick(work, {"Action", "FunctionName", "Principal", "SourceAccount", "SourceArn"});
  const std::string id = work.generated_name(100);
  input["StatementId"] = id;
  co_await work.call("lambda", "AddPermission", std::move(input));
  work.attributes["Id"] = id;
  work.initiated(id);
}

Task<void> remove_permission(Work& work) {
  co_await work.call("lambda", "RemovePermission",
                     {{"FunctionName", work.text("FunctionName")}, {"StatementId", work.id}});
}

// Event invoke configuration
// ------------------------------------------------------------------------

json::object invoke_configuration(const Work& work) {
  json::object input = pick(work, {"FunctionName", "Qualifier"});
  for (const auto* name : {"MaximumEventAgeInSeconds", "MaximumRetryAttempts"}) {
    if (work.has(name)) input[name] = number(work, name);
  }
  if (work.has("DestinationConfig")) {
    input["DestinationConfig"] = work.properties.at("DestinationConfig");
  }
  return input;
}

Task<void> create_invoke_config(Work& work) {
  co_await work.call("lambda", "PutFunctionEventInvokeConfig", invoke_configuration(work));
  work.initiated(work.text("FunctionName") + "|" + work.text("Qualifier"));
}

Task<void> update_invoke_config(Work& work) {
  co_await work.call("lambda", "PutFunctionEventInvokeConfig", invoke_configuration(work));
}

Task<void> remove_invoke_config(Work& work) {
  co_await work.call("lambda", "DeleteFunctionEventInvokeConfig",
                     pick(work, {"FunctionName", "Qualifier"}));
}

}  // namespace

void add_lambda(Handlers& table) {
  table["AWS::Lambda::Function"] = {
      .schema = {{"Architectures", "Code", "DeadLetterConfig", "Description", "Environment",
                  "EphemeralStorage", "FunctionName", "Handler", "LoggingConfig", "MemorySize",
                  "PackageType", "ReservedConcurrentExecutions", "Role", "Runtime", "Tags",
                  "Timeout", "TracingConfig", "VpcConfig"},
                 {"Code", "Role"},
                 {"Arn"}},
      .create_only = {"FunctionName", "PackageType"},
      .create = create_function,
      .update = update_function,
      .remove = remove_function};
  const std::set<std::string, std::less<>> permission{"Action", "FunctionName", "Principal",
                                                      "SourceAccount", "SourceArn"};
  table["AWS::Lambda::Permission"] = {
      .schema = {permission, {"Action", "FunctionName", "Principal"}, {"Id"}},
      .create_only = permission,
      .create = create_permission,
      .update = nullptr,
      .remove = remove_permission};
  table["AWS::Lambda::EventInvokeConfig"] = {
      .schema = {{"DestinationConfig", "FunctionName", "MaximumEventAgeInSeconds",
                  "MaximumRetryAttempts", "Qualifier"},
                 {"FunctionName", "Qualifier"},
                 {}},
      .create_only = {"FunctionName", "Qualifier"},
      .create = create_invoke_config,
      .update = update_invoke_config,
      .remove = remove_invoke_config};
}

}  // namespace sim::cloudformation

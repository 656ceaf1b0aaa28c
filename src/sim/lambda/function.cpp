#include "sim/lambda/function.hpp"

namespace sim::lambda {

namespace {

[[noreturn]] void invalid(const std::string& text) {
  throw Error("InvalidParameterValueException", text);
}

// Every runtime that Lambda has had in the last years: deprecated ones stay usable for templates
// that name them.
constexpr std::string_view runtimes[] = {
    "provided.al2023", "provided.al2", "provided",   "python3.8",  "python3.9",  "python3.10",
    "python3.11",      "python3.12",   "python3.13", "python3.14", "nodejs18.x", "nodejs20.x",
    "nodejs22.x",      "nodejs24.x",   "java11",     "java17",     "java21",     "dotnet8",
    "ruby3.2",         "ruby3.3",      "ruby3.4"};

void require_range(std::string_view name, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return;
  const bool small = value < low;
  throw Error("ValidationException",
              fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy "
                          "constraint: Member must have value {} than or equal to {}",
                          value, name, small ? "greater" : "less", small ? low : high));
}

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
bool reserved(std::string_view name) {
  static constexpr std::string_view names[] = {"_HANDLER",
                                               "_X_AMZN_TRACE_ID",
                                               "AWS_DEFAULT_REGION",
                                               "AWS_REGION",
                                               "AWS_EXECUTION_ENV",
                                               "AWS_LAMBDA_FUNCTION_NAME",
                                               "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                               "AWS_LAMBDA_FUNCTION_VERSION",
                                               "AWS_LAMBDA_INITIALIZATION_TYPE",
                                               "AWS_LAMBDA_LOG_GROUP_NAME",
                                               "AWS_LAMBDA_LOG_STREAM_NAME",
                                               "AWS_ACCESS_KEY",
                                               "AWS_ACCESS_KEY_ID",
                                               "AWS_SECRET_ACCESS_KEY",
                                               "AWS_SESSION_TOKEN",
                                               "AWS_LAMBDA_RUNTIME_API",
                                               "LAMBDA_TASK_ROOT",
                                               "LAMBDA_RUNTIME_DIR"};
  return std::ranges::find(names, name) != std::end(names);
}

void read_variables(const Fields& in, Function& function) {
  if (!in.has("Environment")) return;
  function.variables.clear();
  std::size_t size = 0;
  std::string taken;
  for (const auto& [name, value] : Fields(in.object("Environment")).object("Variables")) {
    if (!value.is_string()) {
      throw Error("SerializationException", "The values of Environment.Variables are strings.");
    }
    if (reserved(name)) taken += (taken.empty() ? "" : ", ") + std::string(name);
    size += name.size() + value.get_string().size();
    function.variables[name] = std::string(value.get_string());
  }
  if (!taken.empty()) {
    invalid(
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided contains reserved keys that are currently not supported for "
        "modification. Reserved keys used in this request: " +
        taken);
  }
  if (size > 4096) {
    invalid(
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided exceeded the 4KB limit.");
  }
}

std::vector<std::string> read_ids(const Fields& vpc, std::string_view member, std::size_t most) {
  auto ids = vpc.texts(member);
  if (ids.size() > most) {
    throw Error("ValidationException",
                fmt::format("1 validation error detected: Value '[{}]' at 'vpcConfig.{}' failed to "
                            "satisfy constraint: Member must have length less than or equal to {}",
                            fmt::join(ids, ", "),
                            member == "SubnetIds" ? "subnetIds" : "securityGroupIds", most));
  }
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  ids.erase(repeated.begin(), repeated.end());
  return ids;
}

// https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html
void read_network(const Fields& in, Function& function) {
  if (!in.has("VpcConfig")) return;
  const Fields vpc(in.object("VpcConfig"));
  if (vpc.flag("Ipv6AllowedForDualStack")) {
    throw Error("NotImplemented", "The embedded AWS has no functions with IPv6.", 501);
  }
  Network network;
  network.subnets = read_ids(vpc, "SubnetIds", 16);
  network.groups = read_ids(vpc, "SecurityGroupIds", 5);
  if (network.subnets.empty() != network.groups.empty()) {
    invalid("SubnetIds and SecurityIds must coexist or be both empty list.");
  }
  // What is asked again keeps its place.
  const auto& before = function.network;
  if (network.subnets == before.subnets && network.groups == before.groups) return;
  function.network = std::move(network);
}

std::string last_modified(base::Instant instant) {
  auto text = base::iso8601(instant);
  text.pop_back();
  return text + "+0000";
}

// https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
void add_states(const Function& function, base::Instant now, json::object& out) {
  const bool pending = now < function.active;
  const bool updating = now < function.updated;
  const bool failed = function.network.exhausted && !pending && !updating;
  const auto* reason = "The function could not be created: a subnet is out of IP addresses.";
  out["State"] = pending ? "Pending" : failed ? "Failed" : "Active";
  if (pending) {
    out["StateReason"] = "The function is being created.";
    out["StateReasonCode"] = "Creating";
  } else if (failed) {
    out["StateReason"] = reason;
    out["StateReasonCode"] = "SubnetOutOfIPAddresses";
  }
  out["LastUpdateStatus"] = updating ? "InProgress" : failed ? "Failed" : "Successful";
  if (failed) {
    out["LastUpdateStatusReason"] = reason;
    out["LastUpdateStatusReasonCode"] = "SubnetOutOfIPAddresses";
  }
}

}  // namespace

void read_configuration(const Fields& in, std::string_view operation, Function& function) {
  in.unsupported(operation, {"Layers", "FileSystemConfigs", "ImageConfig", "SnapStart", "KMSKeyArn",
                             "CodeSigningConfigArn"});
  if (in.text("PackageType", "Zip") != "Zip") {
    throw Error("NotImplemented", "The embedded AWS has no functions from container images.", 501);
  }
  function.runtime = in.text("Runtime", function.runtime);
  if (std::ranges::find(runtimes, function.runtime) == std::end(runtimes)) {
    invalid(
        fmt::format("Value {} at 'runtime' failed to satisfy constraint: Member must satisfy "
                    "enum value set: [{}] or be a valid ARN",
                    function.runtime, fmt::join(runtimes, ", ")));
  }
  function.handler = in.text("Handler", function.handler);
  if (function.handler.empty()) {
    invalid(
        "Runtime and Handler are mandatory parameters for functions created with deployment "
        "packages.");
  }
  function.role = in.text("Role", function.role);
  function.description = in.text("Description", function.description);
  function.timeout = static_cast<int>(in.integer("Timeout", function.timeout));
  require_range("timeout", function.timeout, 1, 900);
  function.memory = static_cast<int>(in.integer("MemorySize", function.memory));
  require_range("memorySize", function.memory, 128, 10'240);
  if (in.has("EphemeralStorage")) {
    function.storage = static_cast<int>(Fields(in.object("EphemeralStorage")).integer("Size", 512));
    require_range("ephemeralStorage.size", function.storage, 512, 10'240);
  }
  if (in.has("Architectures")) {
    const auto names = in.texts("Architectures");
    if (names.size() != 1 || (names[0] != "x86_64" && names[0] != "arm64")) {
      throw Error("ValidationException",
                  "1 validation error detected: Value at 'architectures' failed to satisfy "
                  "constraint: Member must satisfy enum value set: [x86_64, arm64]");
    }
    function.architecture = names[0];
  }
  if (in.has("TracingConfig")) {
    function.tracing = Fields(in.object("TracingConfig")).text("Mode", "PassThrough");
  }
  if (in.has("LoggingConfig")) {
    const Fields logging(in.object("LoggingConfig"));
    if (logging.text("LogFormat", "Text") != "Text") {
      throw Error("NotImplemented", "The embedded AWS has no LogFormat JSON for functions.", 501);
    }
    function.log_group = logging.text("LogGroup", function.log_group);
  }
  read_network(in, function);
  if (in.has("DeadLetterConfig")) {
    function.dead_letters = Fields(in.object("DeadLetterConfig")).text("TargetArn");
  }
  read_variables(in, function);
}

std::string version_arn(const Function& function) {
  return function.arn + ":" + function.version;
}

json::object configuration(const Function& function, base::Instant now) {
  json::object out{
      {"FunctionName", function.name},
      {"FunctionArn", function.version == "$LATEST" ? function.arn : version_arn(function)},
      {"Runtime", function.runtime},
      {"Role", function.role},
      {"Handler", function.handler},
      {"CodeSize", function.code.size()},
      {"Description", function.description},
      {"Timeout", function.timeout},
      {"MemorySize", function.memory},
      {"LastModified", last_modified(function.modified)},
      {"CodeSha256", function.code_sha256},
      {"Version", function.version},
      {"TracingConfig", {{"Mode", function.tracing}}},
      {"RevisionId", function.revision},
      {"PackageType", "Zip"},
      {"Architectures", json::array({json::value(function.architecture)})},
      {"EphemeralStorage", {{"Size", function.storage}}},
      {"SnapStart", {{"ApplyOn", "None"}, {"OptimizationStatus", "Off"}}},
      {"LoggingConfig", {{"LogFormat", "Text"}, {"LogGroup", function.log_group}}}};
  if (!function.variables.empty()) {
    json::object variables;
    for (const auto& [name, value] : function.variables) variables[name] = value;
    out["Environment"] = {{"Variables", std::move(variables)}};
  }
  if (!function.dead_letters.empty()) {
    out["DeadLetterConfig"] = {{"TargetArn", function.dead_letters}};
  }
  if (!function.network.subnets.empty()) {
    json::array subnets(function.network.subnets.begin(), function.network.subnets.end());
    json::array groups(function.network.groups.begin(), function.network.groups.end());
    out["VpcConfig"] = {{"SubnetIds", std::move(subnets)},
                        {"SecurityGroupIds", std::move(groups)},
                        {"VpcId", function.network.vpc},
                        {"Ipv6AllowedForDualStack", false}};
  }
  add_states(function, now, out);
  return out;
}

FunctionName parse_name(std::string_view text) {
  // arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER], ACCOUNT:function:NAME[:QUALIFIER],
  // NAME[:QUALIFIER]
  if (const auto at = text.find(":function:"); at != std::string_view::npos) {
    text.remove_prefix(at + 10);
  } else if (text.starts_with("function:")) {
    text.remove_prefix(9);
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

}  // namespace sim::lambda

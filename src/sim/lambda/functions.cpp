// The operations on functions themselves.
#include "sim/lambda/lambda.hpp"

namespace sim::lambda {

namespace {

std::string text_of(const json::object& input, std::string_view name) {
  const auto* value = input.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string function_of(const Call& call) {
  auto name = text_of(call.input, "FunctionName");
  if (name.empty()) name = text_of(call.input, "Resource");
  return parse_name(name).name;
}

}  // namespace

Lambda::Lambda(Context context, iam::Iam& iam, logs::Logs& logs, s3::S3& s3, Knobs knobs)
    : context_(std::move(context)),
      iam_(iam),
      logs_(logs),
      s3_(s3),
      knobs_(std::move(knobs)),
      random_(context_.random("lambda")) {
  add("CreateFunction", &Lambda::create_function);
  add("GetFunction", &Lambda::get_function);
  add("GetFunctionConfiguration", &Lambda::get_function_configuration);
  add("UpdateFunctionCode", &Lambda::update_function_code);
  add("UpdateFunctionConfiguration", &Lambda::update_function_configuration);
  add("DeleteFunction", &Lambda::delete_function);
  add("ListFunctions", &Lambda::list_functions);
  add("TagResource", &Lambda::tag_resource);
  add("UntagResource", &Lambda::untag_resource);
  add("ListTags", &Lambda::list_tags);
  add("AddPermission", &Lambda::add_permission);
  add("RemovePermission", &Lambda::remove_permission);
  add("GetPolicy", &Lambda::get_policy);
  add("PutFunctionEventInvokeConfig", &Lambda::put_event_invoke_config);
  add("GetFunctionEventInvokeConfig", &Lambda::get_event_invoke_config);
  add("DeleteFunctionEventInvokeConfig", &Lambda::delete_event_invoke_config);
  add("UpdateFunctionEventInvokeConfig", &Lambda::update_event_invoke_config);
  add("ListFunctionEventInvokeConfigs", &Lambda::list_event_invoke_configs);
  add("PublishVersion", &Lambda::publish_version);
  add("ListVersionsByFunction", &Lambda::list_versions);
  add("CreateAlias", &Lambda::create_alias);
  add("GetAlias", &Lambda::get_alias);
  add("UpdateAlias", &Lambda::update_alias);
  add("DeleteAlias", &Lambda::delete_alias);
  add("ListAliases", &Lambda::list_aliases);
  add("PutFunctionConcurrency", &Lambda::put_concurrency);
  add("GetFunctionConcurrency", &Lambda::get_concurrency);
  add("DeleteFunctionConcurrency", &Lambda::delete_concurrency);
  add("GetAccountSettings", &Lambda::get_account_settings);
  operations_["Invoke"] = {.run = [this](Call call) { return invoke(std::move(call)); },
                           .access = [this](const Call& call) { return invoke_access(call); }};
}

Lambda::~Lambda() = default;

void Lambda::add(const std::string& action, json::object (Lambda::*run)(const Call&)) {
  operations_[action] = {
      .run = at_once([this, run](const Call& call) { return (this->*run)(call); }),
      .access = [this, action](const Call& call) {
        const bool one = action != "ListFunctions" && action != "GetAccountSettings";
        std::vector<Access> accesses{{"lambda:" + action, one ? arn(function_of(call)) : "*"}};
        const auto role = text_of(call.input, "Role");
        if (!role.empty()) {
          accesses.push_back(
              {"iam:PassRole", role, {{"iam:PassedToService", "lambda.amazonaws.com"}}});
        }
        const auto* code = call.input.if_contains("Code");
        const auto& from = code && code->is_object() ? code->get_object() : call.input;
        const auto bucket = text_of(from, "S3Bucket");
        if (!bucket.empty()) {
          accesses.push_back({"s3:GetObject", fmt::format("arn:{}:s3:::{}/{}", context_.partition,
                                                          bucket, text_of(from, "S3Key"))});
        }
        return accesses;
      }};
}

void Lambda::set_launcher(Launcher& launcher, http::Transport& world) {
  launcher_ = &launcher;
  world_ = &world;
}

std::string Lambda::arn(const std::string& function) const {
  return fmt::format("arn:{}:lambda:{}:{}:function:{}", context_.partition, context_.region,
                     context_.account, function);
}

base::Duration Lambda::draw(Range range) {
  return base::Duration(random_.integer(range.low.count(), range.high.count()));
}

Lambda::FunctionPointer Lambda::find(const Call& call) const {
  const Fields in(call.input);
  const auto given = in.has("FunctionName") ? in.required("FunctionName") : in.required("Resource");
  auto [name, qualifier] = parse_name(given);
  if (qualifier.empty()) qualifier = in.text("Qualifier");
  auto found = resolve(name, qualifier);
  if (!found) {
    throw Error("ResourceNotFoundException",
                fmt::format("Function not found: {}{}", arn(name),
                            qualifier.empty() ? "" : ":" + qualifier),
                404);
  }
  return found;
}

Lambda::FunctionPointer Lambda::find_for_update(const Call& call) const {
  auto function = find(call);
  if (function->version != "$LATEST") {
    throw Error("InvalidParameterValueException",
                "This operation is permitted on Lambda functions' unpublished version only: " +
                    version_arn(*function));
  }
  const bool pending = context_.now() < function->active;
  if (pending || context_.now() < function->updated) {
    throw Error("ResourceConflictException",
                pending ? "The operation cannot be performed at this time. The function is "
                          "currently in the following state: Pending"
                        : "The operation cannot be performed at this time. An update is in "
                          "progress for resource: " +
                              function->arn,
                409);
  }
  return function;
}

void Lambda::check_revision(const Call& call, const std::string& current) const {
  const auto wanted = Fields(call.input).text("RevisionId");
  if (wanted.empty() || wanted == current) return;
  throw Error("PreconditionFailedException",
              "The RevisionId provided does not match the latest RevisionId. Call the "
              "GetFunction/GetAlias API to retrieve the latest RevisionId",
              412);
}

void Lambda::check_role(const std::string& role) const {
  // Trust is decided by IAM itself, as when the function runs.
  bool assumable = false;
  try {
    iam_.assume(role, "lambda-check", "lambda.amazonaws.com");
    assumable = true;
  } catch (const Error&) {
    assumable = false;
  }
  if (!assumable) {
    throw Error("InvalidParameterValueException",
                "The role defined for the function cannot be assumed by Lambda.");
  }
}

json::object Lambda::replace(Function function) {
  function.revision = random_.uuid();
  function.modified = context_.now();
  const auto stored = std::make_shared<const Function>(std::move(function));
  functions_[stored->name] = stored;
  sweep();
  return configuration(*stored, context_.now());
}

json::object Lambda::create_function(const Call& call) {
  const Fields in(call.input);
  in.unsupported("CreateFunction", {"CapacityProviderConfig", "DurableConfig"});
  Function function;
  function.name = parse_name(in.required("FunctionName")).name;
  const bool named_well =
      function.name.size() <= 64 && std::ranges::all_of(function.name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
      });
  if (!named_well) {
    throw Error("ValidationException",
                fmt::format("1 validation error detected: Value '{}' at 'functionName' failed to "
                            "satisfy constraint: Member must satisfy regular expression pattern: "
                            "[a-zA-Z0-9-_]+",
                            function.name));
  }
  function.arn = arn(function.name);
  function.log_group = "/aws/lambda/" + function.name;
  in.required("Role");
  read_configuration(in, "CreateFunction", function);
  check_role(function.role);
  check_dead_letters(function);
  check_network(call, function);
  if (functions_.contains(function.name)) {
    throw Error("ResourceConflictException", "Function already exist: " + function.name, 409);
  }
  read_code(Fields(in.object("Code")), function);
  for (const auto& [key, value] : in.object("Tags")) {
    if (value.is_string()) tags_[function.name][key] = std::string(value.get_string());
  }
  function.active = context_.now() + draw(knobs_.create);
  if (enter_network(function)) function.active += draw(knobs_.network);
  function.updated = context_.now();
  const auto made = replace(function);
  return in.flag("Publish")
             ? configuration(*publish(*functions_.at(function.name), {}), context_.now())
             : made;
}

json::object Lambda::get_function(const Call& call) {
  const auto function = find(call);
  json::object out{{"Configuration", configuration(*function, context_.now())},
                   {"Code", {{"RepositoryType", "S3"}, {"Location", code_location(*function)}}}};
  if (const auto tags = tags_.find(function->name); tags != tags_.end()) {
    json::object shown;
    for (const auto& [key, value] : tags->second) shown[key] = value;
    out["Tags"] = std::move(shown);
  }
  if (const auto own = reserved_.find(function->name); own != reserved_.end()) {
    out["Concurrency"] = {{"ReservedConcurrentExecutions", own->second}};
  }
  return out;
}

json::object Lambda::get_function_configuration(const Call& call) {
  return configuration(*find(call), context_.now());
}

json::object Lambda::update_function_code(const Call& call) {
  const Fields in(call.input);
  Function function = *find_for_update(call);
  check_revision(call, function.revision);
  if (in.has("Architectures")) {
    const json::object only{{"Architectures", call.input.at("Architectures")}};
    read_configuration(Fields(only), "UpdateFunctionCode", function);
  }
  read_code(in, function);
  if (in.flag("DryRun")) return configuration(function, context_.now());
  function.updated = context_.now() + draw(knobs_.create);
  const auto changed = replace(function);
  return in.flag("Publish")
             ? configuration(*publish(*functions_.at(function.name), {}), context_.now())
             : changed;
}

json::object Lambda::update_function_configuration(const Call& call) {
  Function function = *find_for_update(call);
  check_revision(call, function.revision);
  const auto role = function.role;
  const auto network = function.network;
  const Fields in(call.input);
  read_configuration(in, "UpdateFunctionConfiguration", function);
  if (function.role != role) check_role(function.role);
  if (in.has("DeadLetterConfig") || function.role != role) check_dead_letters(function);
  if (function.network != network || function.role != role) check_network(call, function);
  function.updated = context_.now() + draw(knobs_.create);
  if (enter_network(function)) function.updated += draw(knobs_.network);
  const auto changed = replace(std::move(function));
  leave_networks();
  return changed;
}

json::object Lambda::delete_function(const Call& call) {
  const auto name = find(call)->name;
  auto qualifier = parse_name(Fields(call.input).required("FunctionName")).qualifier;
  if (qualifier.empty()) qualifier = Fields(call.input).text("Qualifier");
  if (!qualifier.empty()) return delete_version(name, qualifier);
  functions_.erase(name);
  versions_.erase(name);
  last_version_.erase(name);
  aliases_.erase(name);
  reserved_.erase(name);
  tags_.erase(name);
  const auto of_it = [&](const auto& entry) {
    return entry.first == name || entry.first.starts_with(name + ":");
  };
  std::erase_if(policies_, of_it);
  std::erase_if(async_, of_it);
  leave_networks();
  sweep();  // its log group stays, as on AWS; what runs, runs to its end
  return {};
}

json::object Lambda::list_functions(const Call& call) {
  const Fields in(call.input);
  in.unsupported("ListFunctions", {"FunctionVersion", "MasterRegion"});
  const auto most =
      static_cast<std::size_t>(std::clamp<std::int64_t>(in.integer("MaxItems", 50), 1, 50));
  const auto after = in.text("Marker");
  json::array shown;
  json::object out;
  for (auto one = functions_.upper_bound(after); one != functions_.end(); ++one) {
    if (shown.size() == most) {
      out["NextMarker"] = std::prev(one)->first;
      break;
    }
    shown.push_back(configuration(*one->second, context_.now()));
  }
  out["Functions"] = std::move(shown);
  return out;
}

json::object Lambda::tag_resource(const Call& call) {
  auto& tags = tags_[find(call)->name];
  for (const auto& [key, value] : Fields(call.input).object("Tags")) {
    if (value.is_string()) tags[key] = std::string(value.get_string());
  }
  return {};
}

json::object Lambda::untag_resource(const Call& call) {
  auto& tags = tags_[find(call)->name];
  for (const auto& key : Fields(call.input).texts("TagKeys")) tags.erase(key);
  return {};
}

json::object Lambda::list_tags(const Call& call) {
  json::object shown;
  for (const auto& [key, value] : tags_[find(call)->name]) shown[key] = value;
  return {{"Tags", std::move(shown)}};
}

}  // namespace sim::lambda

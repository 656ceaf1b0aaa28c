#include "sim/cloudformation/engine.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <boost/json.hpp>

#include "http/message.hpp"
#include "sim/cloudformation/settle.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::size_t max_template_bytes = 1024 * 1024;

Error invalid(const std::string& text) {
  return Error("ValidationError", text);
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
void check_capabilities(const templates::Template& source, const Request& request, bool nested) {
  const auto given = [&](std::string_view name) {
    return std::ranges::find(request.capabilities, name) != request.capabilities.end();
  };
  constexpr std::array naming{"RoleName", "ManagedPolicyName", "InstanceProfileName", "UserName",
                              "GroupName"};
  bool iam = false, named = false;
  for (const auto& resource : source.resources) {
    if (!resource.type.starts_with("AWS::IAM::")) continue;
    iam = true;
    for (const auto* name : naming) named = named || resource.properties.contains(name);
  }
  std::string missing;
  if (named && !given("CAPABILITY_NAMED_IAM")) {
    missing = "CAPABILITY_NAMED_IAM";
  } else if (iam && !given("CAPABILITY_IAM") && !given("CAPABILITY_NAMED_IAM")) {
    missing = "CAPABILITY_IAM";
  } else if (!source.transforms.empty() && !nested && !given("CAPABILITY_AUTO_EXPAND")) {
    missing = "CAPABILITY_AUTO_EXPAND";
  }
  if (!missing.empty()) {
    throw Error("InsufficientCapabilitiesException",
                fmt::format("Requires capabilities : [{}]", missing));
  }
}

}  // namespace

Engine::Engine(Context context, Caller& caller, Objects& objects, Knobs knobs)
    : context_(context),
      caller_(caller),
      objects_(objects),
      knobs_(knobs),
      random_(context.random("cloudformation")) {}

std::shared_ptr<const templates::Template> Engine::read(const std::string& text,
                                                        const std::string& file, bool) const {
  if (text.size() > max_template_bytes) {
    throw invalid("Template may not exceed 1000000 bytes in size.");
  }
  auto reading = templates::read(text, file, schema_of);
  if (const std::string refused = templates::refusal(reading.problems); !refused.empty()) {
    throw invalid(refused);
  }
  for (const auto& transform : reading.value.transforms) {
    if (transform != "AWS::LanguageExtensions") {
      throw invalid(fmt::format("No transform named {} found.", transform));
    }
  }
  return std::make_shared<const templates::Template>(std::move(reading.value));
}

Task<Engine::Prepared> Engine::prepare(Request request, bool nested) {
  Prepared result;
  result.source = read(request.text, request.file, nested);
  auto reading = templates::read_parameters(*result.source, request.parameters);
  if (!reading.problems.empty()) throw invalid(reading.problems.front().text);
  check_capabilities(*result.source, request, nested);
  result.parameters = std::move(reading.values);

  json::array names;
  for (const auto& parameter : result.source->parameters) {
    if (parameter.from_ssm()) names.emplace_back(result.parameters.at(parameter.name));
  }
  std::map<std::string, std::string> found;
  if (!names.empty()) {
    json::object input;
    input["Names"] = std::move(names);
    json::object answer;
    try {
      answer = co_await caller_.call(request.principal, "ssm", "GetParameters", std::move(input));
    } catch (const Error& error) {
      throw invalid(error.what());
    }
    if (const auto* list = answer.if_contains("Parameters"); list != nullptr && list->is_array()) {
      for (const auto& one : list->as_array()) found[at(one, "Name")] = at(one, "Value");
    }
  }
  std::vector<std::string> unknown;
  for (const auto& parameter : result.source->parameters) {
    std::string value = result.parameters.at(parameter.name);
    if (parameter.from_ssm()) {
      const auto entry = found.find(value);
      if (entry == found.end()) {
        unknown.push_back(value);
        continue;
      }
      value = entry->second;
      result.ssm_values[parameter.name] = value;
    }
    result.values[parameter.name] = templates::reference_value(parameter, value);
  }
  if (!unknown.empty()) {
    throw invalid(
        fmt::format("Unable to fetch parameters [{}] from parameter store for this account.",
                    fmt::join(unknown, ",")));
  }
  result.source = settled(std::move(result.source), result.values, context_, request.name);
  co_return result;
}

std::string Engine::template_at(const std::string& url) const {
  const auto refuse = [](const std::string& text) { return invalid(text); };
  http::Url parsed;
  try {
    parsed = http::Url::parse(url);
  } catch (const std::invalid_argument&) {
    throw refuse("TemplateURL must be a supported URL.");
  }
  const std::string path = http::percent_decode(parsed.path());
  std::string_view host = parsed.host;
  constexpr std::string_view domain = ".amazonaws.com";
  if (!host.ends_with(domain)) {
    // A local endpoint is path style; anything else is no S3.
    if (host != "localhost" && host != "127.0.0.1") {
      throw refuse(
          fmt::format("S3 error: Domain name specified in {} is not a valid S3 domain", host));
    }
    host = "s3";
  } else {
    host.remove_suffix(domain.size());
  }
  std::string bucket, key;
  const auto first_slash = path.find('/', 1);
  if (host == "s3" || host.starts_with("s3.") || host.starts_with("s3-")) {
    if (first_slash == std::string::npos) throw refuse("TemplateURL must be a supported URL.");
    bucket = path.substr(1, first_slash - 1);
    key = path.substr(first_slash + 1);
  } else {
    auto dot = host.rfind(".s3");
    if (dot == std::string_view::npos || dot == 0) {
      throw refuse(fmt::format("S3 error: Domain name specified in {} is not a valid S3 domain",
                               parsed.host));
    }
    bucket = host.substr(0, dot);
    key = path.substr(1);
  }
  auto body = objects_.get(bucket, key);
  if (!body) {
    throw refuse(
        "S3 error: The specified key does not exist.\nFor more information check "
        "http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html");
  }
  return std::move(*body);
}

Stack* Engine::find(std::string_view name_or_id) {
  Stack* result = nullptr;
  for (const auto& stack : stacks_) {
    if (stack->id == name_or_id) return stack.get();
    if (stack->name == name_or_id && !stack->gone()) result = stack.get();
  }
  return result;
}

std::string Engine::new_stack_id(const std::string& name) {
  return fmt::format("arn:{}:cloudformation:{}:{}:stack/{}/{}", context_.partition, context_.region,
                     context_.account, name, random_.uuid());
}

Stack& Engine::add_stack(Request request, Prepared prepared, const Stack* parent) {
  auto stack = std::make_unique<Stack>();
  stack->name = request.name;
  stack->id = new_stack_id(request.name);
  stack->description = prepared.source->description;
  stack->source = std::move(prepared.source);
  stack->text = std::move(request.text);
  stack->token = std::move(request.token);
  stack->parameters = std::move(prepared.parameters);
  stack->values = std::move(prepared.values);
  stack->ssm_values = std::move(prepared.ssm_values);
  stack->tags = std::move(request.tags);
  stack->capabilities = std::move(request.capabilities);
  stack->notifications = std::move(request.notifications);
  stack->role_arn = std::move(request.role_arn);
  stack->principal = std::move(request.principal);
  stack->on_failure = std::move(request.on_failure);
  stack->timeout_minutes = request.timeout_minutes;
  stack->protection = request.protection;
  stack->created = context_.now();
  if (parent != nullptr) {
    stack->parent_id = parent->id;
    stack->root_id = parent->root_id.empty() ? parent->id : parent->root_id;
  }
  stacks_.push_back(std::move(stack));
  return *stacks_.back();
}

Stack& Engine::create(Request request, Prepared prepared) {
  if (const Stack* taken = find(request.name)) {
    throw Error("AlreadyExistsException", fmt::format("Stack [{}] already exists", taken->name));
  }
  Stack& stack = add_stack(std::move(request), std::move(prepared), nullptr);
  try {
    stack.conditions = templates::evaluate_conditions(scope(stack));
  } catch (const templates::ResolveError& error) {
    const std::string text = error.what();
    stacks_.pop_back();
    throw invalid(text);
  }
  stack.operation = std::make_unique<Progress>();
  set(stack, "CREATE_IN_PROGRESS", "User Initiated");
  if (stack.timeout_minutes) {
    context_.runtime.spawn(watch_timeout(
        stack.id, stack.created, stack.created + std::chrono::minutes(*stack.timeout_minutes)));
  }
  context_.runtime.spawn(run_create(stack, false));
  return stack;
}

Task<void> Engine::watch_timeout(std::string stack_id, base::Instant, base::Instant limit) {
  co_await context_.clock().sleep_until(limit);
  Stack* stack = find(stack_id);
  if (stack == nullptr || stack->status != "CREATE_IN_PROGRESS" || !stack->operation) co_return;
  stack->operation->stop_reason = "Stack creation time exceeded the specified timeout.";
  // Custom resources are waited for all the same: operatingops.org, 2018-10-13.
  cancel(*stack, false);
}

// What names in a stack's template stand for.
templates::Scope Engine::scope(const Stack& stack) const {
  templates::Scope scope{.source = *stack.source};
  scope.values = stack.values;
  scope.values["AWS::AccountId"] = context_.account;
  scope.values["AWS::Partition"] = context_.partition;
  scope.values["AWS::Region"] = context_.region;
  scope.values["AWS::StackId"] = stack.id;
  scope.values["AWS::StackName"] = stack.name;
  scope.values["AWS::URLSuffix"] = "amazonaws.com";
  json::array notifications;
  for (const auto& arn : stack.notifications) notifications.emplace_back(arn);
  scope.values["AWS::NotificationARNs"] = std::move(notifications);
  scope.conditions = stack.conditions;
  for (const char zone : {'a', 'c', 'd'}) scope.zones.push_back(context_.region + zone);
  scope.ref = [&stack](const std::string& id) -> json::value {
    const auto found = stack.resources.find(id);
    if (found == stack.resources.end() || !found->second.exists()) {
      throw templates::ResolveError(fmt::format(
          "Template format error: Unresolved resource dependencies [{}] in the Resources block of "
          "the template",
          id));
    }
    return json::value(found->second.physical_id);
  };
  scope.get_att = [&stack](const std::string& id, const std::string& attribute) -> json::value {
    const auto found = stack.resources.find(id);
    if (found == stack.resources.end() || !found->second.exists()) {
      throw templates::ResolveError(fmt::format(
          "Template error: instance of Fn::GetAtt references undefined resource {}", id));
    }
    const Resource& resource = found->second;
    if (const auto* value = resource.attributes.if_contains(attribute)) return *value;
    if (templates::is_custom(resource.type)) {
      // Data may nest: a dotted name walks into it.
      if (const auto* value = cloudformation::find(json::value(resource.attributes), attribute)) {
        return *value;
      }
      throw templates::ResolveError(fmt::format(
          "CustomResource attribute error: Vendor response doesn't contain {} attribute "
          "in object {}|{}|{}",
          attribute, stack.id, id, resource.token));
    }
    throw templates::ResolveError(
        fmt::format("Template error: resource {} does not support attribute type {} in Fn::GetAtt",
                    id, attribute));
  };
  scope.import_value = [this](const std::string& name) { return exported(name); };
  return scope;
}

std::optional<std::string> Engine::exported(const std::string& name) const {
  for (const auto& stack : stacks_) {
    if (stack->gone()) continue;
    for (const auto& output : stack->outputs) {
      if (output.export_name == name) return output.value;
    }
  }
  return std::nullopt;
}

bool Engine::wanted(const Stack& stack, const templates::Resource& spec) const {
  if (spec.condition.empty()) return true;
  const auto found = stack.conditions.find(spec.condition);
  return found == stack.conditions.end() || found->second;
}

json::object Engine::resolved(const Stack& stack, const templates::Resource& spec) const {
  json::object properties;
  try {
    auto value = templates::resolve(json::value(spec.properties), scope(stack));
    if (value && value->is_object()) properties = std::move(value->as_object());
  } catch (const templates::ResolveError& error) {
    throw Failure(error.what());
  }
  const auto* schema = schema_of(spec.type);
  if (schema == nullptr) throw Failure(fmt::format("Unrecognized resource type {}", spec.type));
  // [C] for the wording of missing properties (recorded); unknown ones by analogy.
  std::vector<std::string> wrong;
  for (const auto& name : schema->required) {
    if (!properties.contains(name)) {
      wrong.push_back(fmt::format("The property {{/{}}} is required", name));
    }
  }
  std::vector<std::string> unknown;
  if (!schema->properties.empty()) {
    for (const auto& member : properties) {
      if (!schema->properties.contains(std::string_view(member.key()))) {
        unknown.emplace_back(member.key());
      }
    }
  }
  if (!unknown.empty()) {
    wrong.push_back(
        fmt::format("Encountered unsupported properties in {{/}}: [{}]", fmt::join(unknown, ", ")));
  }
  if (!wrong.empty()) {
    throw Failure(fmt::format("Property validation failure: [{}]", fmt::join(wrong, ", ")));
  }
  return properties;
}

void Engine::fill_outputs(Stack& stack) {
  stack.outputs.clear();
  const auto names = scope(stack);
  for (const auto& output : stack.source->outputs) {
    if (!output.condition.empty() && !stack.conditions.at(output.condition)) continue;
    try {
      const auto value = templates::resolve(output.value, names);
      if (!value) continue;
      Stack::Output filled{output.name, templates::text_of(*value), output.description, ""};
      if (!output.export_name.is_null()) {
        const auto name = templates::resolve(output.export_name, names);
        filled.export_name = name ? templates::text_of(*name) : "";
        for (const auto& other : stacks_) {
          if (other.get() == &stack || other->gone()) continue;
          for (const auto& taken : other->outputs) {
            if (taken.export_name == filled.export_name) {
              throw Failure(
                  fmt::format("Export with name {} is already exported by stack {}. Rollback "
                              "requested by user.",
                              filled.export_name, other->name));
            }
          }
        }
      }
      stack.outputs.push_back(std::move(filled));
    } catch (const templates::ResolveError& error) {
      throw Failure(fmt::format("[Error] /Outputs/{}/Value: {}. Rollback requested by user.",
                                output.name, error.what()));
    }
  }
}

Work Engine::work_for(Stack& stack, const std::string& logical_id, const std::string& type) {
  Work work{.context = context_,
            .caller = caller_,
            .objects = objects_,
            .nesting = *this,
            .knobs = knobs_,
            .random = random_,
            .principal = stack.principal,
            .stack_name = stack.name,
            .stack_id = stack.id,
            .logical_id = logical_id,
            .type = type};
  work.stack_tags = stack.tags;
  work.token = random_.uuid();
  return work;
}

void Engine::set(Stack& stack, std::string status, std::string reason) {
  stack.status = std::move(status);
  stack.reason = std::move(reason);
  Event event;
  event.id = random_.uuid();
  event.time = context_.now();
  event.logical_id = stack.name;
  event.physical_id = stack.id;
  event.type = "AWS::CloudFormation::Stack";
  event.status = stack.status;
  event.reason = stack.reason;
  stack.events.push_back(std::move(event));
  stack.changed.notify();
}

void Engine::set(Stack& stack, Resource& resource, std::string status, std::string reason) {
  resource.status = std::move(status);
  resource.reason = std::move(reason);
  resource.updated = context_.now();
  Event event;
  event.id = fmt::format("{}-{}-{}", resource.logical_id, resource.status,
                         base::iso8601(resource.updated));
  event.time = resource.updated;
  event.logical_id = resource.logical_id;
  event.physical_id = resource.physical_id;
  event.type = resource.type;
  event.status = resource.status;
  event.reason = resource.reason;
  if (!resource.properties.empty()) event.properties = json::serialize(resource.properties);
  stack.events.push_back(std::move(event));
}

double Engine::before() {
  return random_.uniform(knobs_.before_low, knobs_.before_high);
}
double Engine::after() {
  return random_.uniform(knobs_.after_low, knobs_.after_high);
}

}  // namespace sim::cloudformation

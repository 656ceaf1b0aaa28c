#include "sim/cloudformation/cloudformation.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "sim/cloudformation/views.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
constexpr std::size_t max_body_bytes = 51'200;
constexpr std::size_t page_size = 100;

Error invalid(const std::string& text) {
  return Error("ValidationError", text);
}

std::vector<std::string> texts(const json::object& input, std::string_view name) {
  std::vector<std::string> result;
  if (const auto* list = input.if_contains(name); list != nullptr && list->is_array()) {
    for (const auto& one : list->as_array()) result.push_back(templates::text_of(one));
  }
  return result;
}

bool flag(const json::object& input, std::string_view name) {
  return templates::lower(at(input, name)) == "true";
}

void unsupported(const json::object& input, std::string_view operation,
                 std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (input.contains(name)) {
      throw Error("NotImplemented",
                  fmt::format("The embedded AWS does not support {} of cloudformation:{}.", name,
                              operation),
                  501);
    }
  }
}

bool valid_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 &&
         std::isalpha(static_cast<unsigned char>(name.front())) != 0 &&
         std::ranges::all_of(name,
                             [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
}

// One page of a list; NextToken is the index of the first that is left.
template <class Range, class View>
json::object page(const Call& call, const Range& all, std::string_view member, View view) {
  std::size_t start = 0;
  if (const std::string token = at(call.input, "NextToken"); !token.empty()) {
    const auto [rest, error] = std::from_chars(token.data(), token.data() + token.size(), start);
    if (error != std::errc() || rest != token.data() + token.size() || start > all.size()) {
      throw invalid("Invalid NextToken");
    }
  }
  const std::size_t end = std::min(start + page_size, all.size());
  json::array list;
  for (std::size_t i = start; i < end; ++i) list.push_back(view(all[i]));
  json::object output;
  output[member] = std::move(list);
  if (end < all.size()) output["NextToken"] = std::to_string(end);
  return output;
}

}  // namespace

CloudFormation::CloudFormation(Context context, Caller& caller, s3::S3& s3, Knobs knobs)
    : CloudFormation(context, caller, objects_in(s3), knobs) {}

CloudFormation::CloudFormation(Context context, Caller& caller, std::unique_ptr<Objects> objects,
                               Knobs knobs)
    : objects_(std::move(objects)),
      engine_(context, caller, *objects_, knobs),
      drift_(context, caller, *objects_, engine_, knobs),
      caller_(caller) {
  add_waiting("CreateStack", &CloudFormation::create_stack);
  add_waiting("UpdateStack", &CloudFormation::update_stack);
  add("DeleteStack", &CloudFormation::delete_stack);
  add("DescribeStacks", &CloudFormation::describe_stacks);
  add("DescribeStackEvents", &CloudFormation::describe_stack_events);
  add("DescribeStackResources", &CloudFormation::describe_stack_resources);
  add("DescribeStackResource", &CloudFormation::describe_stack_resource);
  add("ListStackResources", &CloudFormation::list_stack_resources);
  add("ListStacks", &CloudFormation::list_stacks);
  add("ListExports", &CloudFormation::list_exports);
  add("GetTemplate", &CloudFormation::get_template);
  add("ValidateTemplate", &CloudFormation::validate_template);
  add("DetectStackDrift", &CloudFormation::detect_stack_drift);
  add_waiting("DetectStackResourceDrift", &CloudFormation::detect_stack_resource_drift);
  add("DescribeStackDriftDetectionStatus", &CloudFormation::describe_drift_detection_status);
  add("DescribeStackResourceDrifts", &CloudFormation::describe_stack_resource_drifts);
}

void CloudFormation::add(std::string name, json::object (CloudFormation::*run)(const Call&)) {
  operations_[std::move(name)] = {
      at_once([this, run](const Call& call) { return (this->*run)(call); }),
      [this](const Call& call) { return access(call); }};
}

void CloudFormation::add_waiting(std::string name,
                                 Task<json::object> (CloudFormation::*run)(Call)) {
  operations_[std::move(name)] = {[this, run](Call call) { return (this->*run)(std::move(call)); },
                                  [this](const Call& call) { return access(call); }};
}

std::vector<Access> CloudFormation::access(const Call& call) const {
  std::string resource = "*";
  const std::string stack = at(call.input, "StackName");
  if (!stack.empty()) {
    const auto& context = engine_.context();
    resource = stack.starts_with("arn:")
                   ? stack
                   : fmt::format("arn:{}:cloudformation:{}:{}:stack/{}/*", context.partition,
                                 context.region, context.account, stack);
  }
  std::vector<Access> result{{"cloudformation:" + call.action, resource}};
  if (const std::string role = at(call.input, "RoleARN"); !role.empty()) {
    result.push_back(
        {"iam:PassRole", role, {{"iam:PassedToService", "cloudformation.amazonaws.com"}}});
  }
  return result;
}

Stack& CloudFormation::named(const Call& call) {
  const std::string name = at(call.input, "StackName");
  if (name.empty())
    throw invalid(
        "1 validation error detected: Value null at 'stackName' failed to "
        "satisfy constraint: Member must not be null");
  Stack* stack = engine_.find(name);
  if (stack == nullptr) {
    if (call.action == "DescribeStackEvents") {
      throw invalid(fmt::format("Stack [{}] does not exist", name));
    }
    throw invalid(fmt::format("Stack with id {} does not exist", name));
  }
  return *stack;
}

std::string CloudFormation::template_of(const json::object& input) const {
  const bool has_body = input.contains("TemplateBody");
  const bool has_url = input.contains("TemplateURL");
  if (has_body == has_url) {
    throw invalid("Either Template URL or Template Body must be specified.");
  }
  if (has_url) return engine_.template_at(at(input, "TemplateURL"));
  std::string body = at(input, "TemplateBody");
  if (body.empty() || body.size() > max_body_bytes) {
    throw invalid(fmt::format(
        "1 validation error detected: Value '{}' at 'templateBody' failed to satisfy constraint: "
        "Member must have length {}",
        body.substr(0, 100),
        body.empty() ? "greater than or equal to 1" : "less than or equal to 51200"));
  }
  return body;
}

Task<Request> CloudFormation::request_from(Call call, const Stack* existing) {
  const auto& input = call.input;
  unsupported(input, call.action,
              {"StackPolicyBody", "StackPolicyURL", "RollbackConfiguration", "ResourceTypes",
               "StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL", "DeploymentConfig"});
  Request request;
  request.name = existing != nullptr ? existing->name : at(input, "StackName");
  if (!valid_name(request.name)) {
    throw invalid(fmt::format(
        "1 validation error detected: Value '{}' at 'stackName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
        request.name));
  }
  request.text = existing != nullptr && flag(input, "UsePreviousTemplate") ? existing->text
                                                                           : template_of(input);
  request.file = input.contains("TemplateURL") ? at(input, "TemplateURL") : "TemplateBody";
  if (const auto* list = input.if_contains("Parameters"); list != nullptr && list->is_array()) {
    for (const auto& one : list->as_array()) {
      const std::string key = at(one, "ParameterKey");
      if (existing != nullptr && templates::lower(at(one, "UsePreviousValue")) == "true") {
        const auto old = existing->parameters.find(key);
        if (old == existing->parameters.end()) {
          throw invalid(
              fmt::format("Invalid input for parameter key {}. Cannot specify "
                          "usePreviousValue as true for a parameter key not in the "
                          "previous template",
                          key));
        }
        request.parameters[key] = old->second;
      } else {
        request.parameters[key] = at(one, "ParameterValue");
      }
    }
  }
  if (const auto* list = input.if_contains("Tags"); list != nullptr && list->is_array()) {
    for (const auto& one : list->as_array()) request.tags[at(one, "Key")] = at(one, "Value");
  } else if (existing != nullptr) {
    request.tags = existing->tags;
  }
  request.capabilities = texts(input, "Capabilities");
  request.notifications = texts(input, "NotificationARNs");
  request.token = at(input, "ClientRequestToken");
  request.protection = flag(input, "EnableTerminationProtection");
  if (const std::string wish = at(input, "OnFailure"); !wish.empty()) {
    if (input.contains("DisableRollback")) {
      throw invalid("Specify either DisableRollback or OnFailure, but not both.");
    }
    if (wish != "ROLLBACK" && wish != "DO_NOTHING" && wish != "DELETE") {
      throw invalid(
          fmt::format("1 validation error detected: Value '{}' at 'onFailure' failed to "
                      "satisfy constraint: Member must satisfy enum value set: "
                      "[ROLLBACK, DO_NOTHING, DELETE]",
                      wish));
    }
    request.on_failure = wish;
  } else if (flag(input, "DisableRollback")) {
    request.on_failure = "DO_NOTHING";
  }
  if (const auto minutes = templates::number_of(at(input, "TimeoutInMinutes"))) {
    request.timeout_minutes = static_cast<int>(*minutes);
  }
  request.principal = call.caller;
  request.role_arn = at(input, "RoleARN");
  if (request.role_arn.empty() && existing != nullptr) request.role_arn = existing->role_arn;
  if (!request.role_arn.empty()) {
    request.principal = co_await role_session(engine_.context(), caller_, request.role_arn);
  }
  co_return request;
}

Task<json::object> CloudFormation::create_stack(Call call) {
  const std::string name = at(call.input, "StackName");
  if (const Stack* taken = engine_.find(name)) {
    // [C] The same ClientRequestToken is the same request.
    const std::string token = at(call.input, "ClientRequestToken");
    if (!token.empty() && taken->token == token) co_return json::object{{"StackId", taken->id}};
    throw Error("AlreadyExistsException", fmt::format("Stack [{}] already exists", name));
  }
  Request request = co_await request_from(std::move(call), nullptr);
  auto prepared = co_await engine_.prepare(request);
  Stack& stack = engine_.create(std::move(request), std::move(prepared));
  co_return json::object{{"StackId", stack.id}};
}

Task<json::object> CloudFormation::update_stack(Call call) {
  const std::string name = at(call.input, "StackName");
  Stack* stack = engine_.find(name);
  if (stack == nullptr || stack->gone()) {
    throw invalid(fmt::format("Stack [{}] does not exist", name));
  }
  Request request = co_await request_from(std::move(call), stack);
  auto prepared = co_await engine_.prepare(request);
  engine_.update(*stack, std::move(request), std::move(prepared));
  co_return json::object{{"StackId", stack->id}};
}

json::object CloudFormation::delete_stack(const Call& call) {
  unsupported(call.input, call.action, {"DeletionMode", "DeploymentConfig"});
  const std::string name = at(call.input, "StackName");
  // Deleting what does not exist succeeds.
  Stack* stack = engine_.find(name);
  if (stack == nullptr) return {};
  if (!stack->parent_id.empty() && !stack->gone()) {
    const Stack* parent = engine_.find(stack->parent_id);
    if (parent != nullptr && parent->busy()) {
      throw invalid(
          fmt::format("Nested stack [{}] cannot be deleted while its parent is in status {}",
                      stack->id, parent->status));
    }
  }
  engine_.remove(*stack, texts(call.input, "RetainResources"));
  return {};
}

json::object CloudFormation::describe_stacks(const Call& call) {
  std::vector<const Stack*> found;
  if (call.input.contains("StackName")) {
    const std::string name = at(call.input, "StackName");
    const Stack* stack = engine_.find(name);
    if (stack == nullptr) throw invalid(fmt::format("Stack with id {} does not exist", name));
    found.push_back(stack);
  } else {
    for (const auto& stack : std::views::reverse(engine_.stacks())) {
      if (!stack->gone()) found.push_back(stack.get());
    }
  }
  return page(call, found, "Stacks", [](const Stack* stack) { return stack_view(*stack); });
}

json::object CloudFormation::describe_stack_events(const Call& call) {
  const Stack& stack = named(call);
  const auto newest_first = std::views::reverse(stack.events);
  return page(call, newest_first, "StackEvents",
              [&](const Event& event) { return event_view(stack, event); });
}

json::object CloudFormation::describe_stack_resources(const Call& call) {
  const Stack* stack = nullptr;
  const std::string logical = at(call.input, "LogicalResourceId");
  if (const std::string physical = at(call.input, "PhysicalResourceId"); !physical.empty()) {
    for (const auto& one : engine_.stacks()) {
      for (const auto& [id, resource] : one->resources) {
        if (resource.physical_id == physical && !one->gone()) stack = one.get();
      }
    }
    if (stack == nullptr) {
      throw invalid(fmt::format("Stack for {} does not exist", physical));
    }
  } else {
    stack = &named(call);
  }
  json::array list;
  for (const auto& [id, resource] : stack->resources) {
    if (!logical.empty() && logical != id) continue;
    if (list.size() == page_size) break;
    list.push_back(resource_view(*stack, resource, "Timestamp"));
  }
  json::object output;
  output["StackResources"] = std::move(list);
  return output;
}

json::object CloudFormation::describe_stack_resource(const Call& call) {
  const Stack& stack = named(call);
  const std::string logical = at(call.input, "LogicalResourceId");
  const auto found = stack.resources.find(logical);
  if (found == stack.resources.end()) {
    throw invalid(fmt::format("Resource {} does not exist for stack {}", logical, stack.name));
  }
  json::object output;
  json::object detail = resource_view(stack, found->second, "LastUpdatedTimestamp");
  if (const auto* spec = stack.source->resource(logical);
      spec != nullptr && !spec->metadata.is_null()) {
    detail["Metadata"] = json::serialize(spec->metadata);
  }
  output["StackResourceDetail"] = std::move(detail);
  return output;
}

json::object CloudFormation::list_stack_resources(const Call& call) {
  const Stack& stack = named(call);
  std::vector<const Resource*> all;
  for (const auto& [id, resource] : stack.resources) all.push_back(&resource);
  return page(call, all, "StackResourceSummaries", [&](const Resource* resource) {
    json::object view = resource_view(stack, *resource, "LastUpdatedTimestamp");
    view.erase("StackId");
    view.erase("StackName");
    return view;
  });
}

json::object CloudFormation::list_stacks(const Call& call) {
  const auto filter = texts(call.input, "StackStatusFilter");
  std::vector<const Stack*> all;
  for (const auto& stack : std::views::reverse(engine_.stacks())) {
    if (filter.empty() || std::ranges::find(filter, stack->status) != filter.end()) {
      all.push_back(stack.get());
    }
  }
  return page(call, all, "StackSummaries",
              [](const Stack* stack) { return stack_summary(*stack); });
}

json::object CloudFormation::list_exports(const Call& call) {
  std::vector<json::object> all;
  for (const auto& stack : engine_.stacks()) {
    if (stack->gone()) continue;
    for (const auto& output : stack->outputs) {
      if (output.export_name.empty()) continue;
      all.push_back(
          {{"ExportingStackId", stack->id}, {"Name", output.export_name}, {"Value", output.value}});
    }
  }
  return page(call, all, "Exports", [](const json::object& one) { return one; });
}

json::object CloudFormation::get_template(const Call& call) {
  const Stack& stack = named(call);
  json::object output;
  output["TemplateBody"] = stack.text;
  output["StagesAvailable"] = json::array{"Original", "Processed"};
  return output;
}

json::object CloudFormation::validate_template(const Call& call) {
  const std::string text = template_of(call.input);
  const auto source = engine_.read(text, "TemplateBody");
  return validation_view(*source);
}

json::object CloudFormation::detect_stack_drift(const Call& call) {
  return drift_.detect(named(call), call);
}

Task<json::object> CloudFormation::detect_stack_resource_drift(Call call) {
  Stack& stack = named(call);
  co_return co_await drift_.detect_resource(stack, std::move(call));
}

json::object CloudFormation::describe_drift_detection_status(const Call& call) {
  return drift_.describe_status(call);
}

json::object CloudFormation::describe_stack_resource_drifts(const Call& call) {
  return drift_.describe_drifts(named(call), call);
}

std::vector<templates::Problem> problems_of(const std::string& text, const std::string& file) {
  return templates::read(text, file, schema_of).problems;
}

}  // namespace sim::cloudformation

// The operations that only look.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/cloudformation.hpp"
#include "sim/cloudformation/inputs.hpp"
#include "sim/cloudformation/requests.hpp"
#include "sim/cloudformation/views.hpp"

namespace sim::cloudformation {

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
              [&](const Event& event, const json::storage_ptr& memory) {
                return event_view(stack, event, memory);
              });
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

json::object CloudFormation::list_imports(const Call& call) {
  const std::string name = at(call.input, "ExportName");
  const auto users = engine_.users_of(name);
  if (users.empty()) {
    throw invalid(fmt::format("Export '{}' is not imported by any stack.", name));
  }
  return page(call, users, "Imports", [](const std::string& one) { return json::value(one); });
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
json::object CloudFormation::describe_account_limits(const Call&) {
  json::array limits;
  for (const auto& [name, value] :
       {std::pair{"StackLimit", 2000}, std::pair{"StackOutputsLimit", 200},
        std::pair{"ConcurrentResourcesLimit", 2500}}) {
    limits.push_back(json::object{{"Name", name}, {"Value", value}});
  }
  json::object output;
  output["AccountLimits"] = std::move(limits);
  return output;
}

json::object CloudFormation::get_template(const Call& call) {
  check_one_of(call.input, "TemplateStage", {"Original", "Processed"});
  const bool original = at(call.input, "TemplateStage") == "Original";
  const auto answer = [&](const std::string& text, bool transformed,
                          const templates::Template& source) {
    json::object output;
    output["TemplateBody"] = transformed && !original ? json::serialize(source.document) : text;
    output["StagesAvailable"] = json::array{"Original", "Processed"};
    return output;
  };
  if (call.input.contains("ChangeSetName")) {
    const ChangeSet& change_set = change_sets_.named(call);
    return answer(change_set.request.text, change_set.prepared.transformed,
                  *change_set.prepared.source);
  }
  const Stack& stack = named(call);
  return answer(stack.text, stack.transformed, *stack.source);
}

Task<json::object> CloudFormation::validate_template(Call call) {
  const std::string text = co_await template_of(engine_, std::move(call));
  const auto source = engine_.read(text, "TemplateBody");
  co_return validation_view(*source);
}

Task<json::object> CloudFormation::get_template_summary(Call call) {
  refuse_options(call, {"StackSetName"});
  std::string text;
  if (call.input.contains("StackName")) {
    const Stack& stack = named(call);
    if (stack.in_review()) {
      throw invalid("GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.");
    }
    text = stack.text;
  } else {
    text = co_await template_of(engine_, call);
  }
  const auto* config = call.input.if_contains("TemplateSummaryConfig");
  const bool lenient = config != nullptr && config->is_object() &&
                       flag(config->get_object(), "TreatUnrecognizedResourceTypesAsWarnings");
  std::set<std::string> strange;
  auto view = summary_view(*engine_.read(text, "TemplateBody", lenient ? &strange : nullptr));
  if (lenient) {
    json::array types(strange.begin(), strange.end());
    view["Warnings"] = json::object{{"UnrecognizedResourceTypes", std::move(types)}};
  }
  co_return view;
}

}  // namespace sim::cloudformation

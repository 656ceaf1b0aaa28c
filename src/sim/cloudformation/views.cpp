#include "sim/cloudformation/views.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "sim/cloudformation/imports.hpp"

namespace sim::cloudformation {

json::array parameters_view(const templates::Template& source,
                            const templates::ParameterValues& given,
                            const std::map<std::string, std::string>& ssm_values) {
  json::array parameters;
  for (const auto& [key, value] : given) {
    const auto* declared = source.parameter(key);
    const bool hidden = declared != nullptr && declared->no_echo;
    json::object one{{"ParameterKey", key}, {"ParameterValue", hidden ? "****" : value}};
    if (const auto found = ssm_values.find(key); found != ssm_values.end()) {
      one["ResolvedValue"] = found->second;
    }
    parameters.push_back(std::move(one));
  }
  return parameters;
}

json::object stack_view(const Stack& stack) {
  json::object view{{"StackId", stack.id}, {"StackName", stack.name}};
  if (!stack.description.empty()) view["Description"] = stack.description;
  if (!stack.change_set_id.empty()) view["ChangeSetId"] = stack.change_set_id;
  auto parameters = parameters_view(*stack.source, stack.parameters, stack.ssm_values);
  if (!parameters.empty()) view["Parameters"] = std::move(parameters);
  view["CreationTime"] = base::iso8601(stack.created);
  if (stack.deleted) view["DeletionTime"] = base::iso8601(*stack.deleted);
  if (stack.updated) view["LastUpdatedTime"] = base::iso8601(*stack.updated);
  view["RollbackConfiguration"] = rollback_view(stack.rollback);
  view["StackStatus"] = stack.status;
  if (!stack.reason.empty()) view["StackStatusReason"] = stack.reason;
  view["DisableRollback"] = stack.on_failure == "DO_NOTHING";
  json::array notifications;
  for (const auto& arn : stack.notifications) notifications.emplace_back(arn);
  view["NotificationARNs"] = std::move(notifications);
  if (stack.timeout_minutes) view["TimeoutInMinutes"] = *stack.timeout_minutes;
  if (!stack.capabilities.empty()) {
    json::array capabilities;
    for (const auto& one : stack.capabilities) capabilities.emplace_back(one);
    view["Capabilities"] = std::move(capabilities);
  }
  if (!stack.outputs.empty()) {
    json::array outputs;
    for (const auto& output : stack.outputs) {
      json::object one{{"OutputKey", output.name}, {"OutputValue", output.value}};
      if (!output.description.empty()) one["Description"] = output.description;
      if (!output.export_name.empty()) one["ExportName"] = output.export_name;
      outputs.push_back(std::move(one));
    }
    view["Outputs"] = std::move(outputs);
  }
  if (!stack.role_arn.empty()) view["RoleARN"] = stack.role_arn;
  json::array tags;
  for (const auto& [key, value] : stack.tags) {
    tags.push_back(json::object{{"Key", key}, {"Value", value}});
  }
  view["Tags"] = std::move(tags);
  view["EnableTerminationProtection"] = stack.protection;
  if (!stack.parent_id.empty()) {
    view["ParentId"] = stack.parent_id;
    view["RootId"] = stack.root_id;
  }
  view["DriftInformation"] = stack_drift_view(stack);
  return view;
}

json::object stack_summary(const Stack& stack) {
  json::object view{{"StackId", stack.id}, {"StackName", stack.name}};
  if (!stack.description.empty()) view["TemplateDescription"] = stack.description;
  view["CreationTime"] = base::iso8601(stack.created);
  if (stack.updated) view["LastUpdatedTime"] = base::iso8601(*stack.updated);
  if (stack.deleted) view["DeletionTime"] = base::iso8601(*stack.deleted);
  view["StackStatus"] = stack.status;
  if (!stack.reason.empty()) view["StackStatusReason"] = stack.reason;
  if (!stack.parent_id.empty()) {
    view["ParentId"] = stack.parent_id;
    view["RootId"] = stack.root_id;
  }
  view["DriftInformation"] = stack_drift_view(stack);
  return view;
}

json::object event_view(const Stack& stack, const Event& event, const json::storage_ptr& memory) {
  json::object view({{"StackId", stack.id},
                     {"EventId", event.id},
                     {"StackName", stack.name},
                     {"LogicalResourceId", event.logical_id},
                     {"PhysicalResourceId", event.physical_id},
                     {"ResourceType", event.type},
                     {"Timestamp", base::iso8601(event.time)},
                     {"ResourceStatus", event.status}},
                    11, memory);
  if (!event.reason.empty()) view["ResourceStatusReason"] = event.reason;
  if (!event.properties.empty()) view["ResourceProperties"] = event.properties;
  if (!event.token.empty()) view["ClientRequestToken"] = event.token;
  return view;
}

json::object resource_view(const Stack& stack, const Resource& resource, std::string_view time) {
  json::object view{
      {"StackName", stack.name}, {"StackId", stack.id}, {"LogicalResourceId", resource.logical_id}};
  if (!resource.physical_id.empty()) view["PhysicalResourceId"] = resource.physical_id;
  view["ResourceType"] = resource.type;
  view[time] = base::iso8601(resource.updated);
  view["ResourceStatus"] = resource.status;
  if (!resource.reason.empty()) view["ResourceStatusReason"] = resource.reason;
  view["DriftInformation"] = resource_drift_view(stack, resource.logical_id);
  return view;
}

json::object validation_view(const templates::Template& source) {
  json::object view;
  json::array parameters;
  for (const auto& parameter : source.parameters) {
    json::object one{{"ParameterKey", parameter.name}};
    if (parameter.default_value) one["DefaultValue"] = *parameter.default_value;
    one["NoEcho"] = parameter.no_echo;
    if (!parameter.description.empty()) one["Description"] = parameter.description;
    parameters.push_back(std::move(one));
  }
  view["Parameters"] = std::move(parameters);
  if (!source.description.empty()) view["Description"] = source.description;
  std::vector<std::string> iam;
  bool named = false;
  for (const auto& resource : source.resources) {
    if (!resource.type.starts_with("AWS::IAM::")) continue;
    iam.push_back(resource.type);
    for (const auto* name : {"RoleName", "ManagedPolicyName", "InstanceProfileName"}) {
      named = named || resource.properties.contains(name);
    }
  }
  if (!iam.empty()) {
    view["Capabilities"] = json::array{named ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM"};
    std::ranges::sort(iam);
    iam.erase(std::ranges::unique(iam).begin(), iam.end());
    view["CapabilitiesReason"] =
        fmt::format("The following resource(s) require capabilities: [{}]", fmt::join(iam, ", "));
  }
  if (!source.transforms.empty()) {
    json::array transforms;
    for (const auto& one : source.transforms) transforms.emplace_back(one);
    view["DeclaredTransforms"] = std::move(transforms);
  }
  return view;
}

json::object summary_view(const templates::Template& source) {
  json::object view = validation_view(source);
  json::array parameters;
  for (const auto& parameter : source.parameters) {
    json::object one{{"ParameterKey", parameter.name}};
    if (parameter.default_value) one["DefaultValue"] = *parameter.default_value;
    one["ParameterType"] = parameter.type;
    one["NoEcho"] = parameter.no_echo;
    if (!parameter.description.empty()) one["Description"] = parameter.description;
    json::object constraints;
    if (!parameter.allowed_values.empty()) {
      json::array values;
      for (const auto& value : parameter.allowed_values) values.emplace_back(value);
      constraints["AllowedValues"] = std::move(values);
    }
    one["ParameterConstraints"] = std::move(constraints);
    parameters.push_back(std::move(one));
  }
  view["Parameters"] = std::move(parameters);
  json::array types;
  std::set<std::string> seen;
  for (const auto& resource : source.resources) {
    if (seen.insert(resource.type).second) types.emplace_back(resource.type);
  }
  view["ResourceTypes"] = std::move(types);
  view["ResourceIdentifierSummaries"] = identifier_summaries(source);
  view["Version"] = at(source.document, "AWSTemplateFormatVersion");
  if (at(view, "Version").empty()) view.erase("Version");
  if (!source.metadata.is_null()) view["Metadata"] = json::serialize(source.metadata);
  return view;
}

Task<Principal> role_session(Context context, Caller& caller, std::string role_arn) {
  const Error refusal("ValidationError",
                      fmt::format("Role {} is invalid or cannot be assumed", role_arn));
  const Principal cloudformation{.kind = Principal::Kind::service,
                                 .arn = "cloudformation.amazonaws.com",
                                 .role_arn = {},
                                 .user_id = {}};
  const auto slash = role_arn.rfind('/');
  if (!role_arn.contains(":role/")) throw refusal;
  const std::string name = role_arn.substr(slash + 1);
  json::object role;
  try {
    role = co_await caller.call(cloudformation, "iam", "GetRole", {{"RoleName", name}});
  } catch (const Error&) {
    throw refusal;
  }
  // The trust policy comes URL-encoded; the name it must hold is not changed by that.
  if (!at(role, "Role.AssumeRolePolicyDocument").contains("cloudformation.amazonaws.com")) {
    throw refusal;
  }
  co_return Principal{.kind = Principal::Kind::role_session,
                      .arn = fmt::format("arn:{}:sts::{}:assumed-role/{}/AWSCloudFormation",
                                         context.partition, context.account, name),
                      .role_arn = role_arn,
                      .user_id = at(role, "Role.RoleId") + ":AWSCloudFormation"};
}

}  // namespace sim::cloudformation

#include "sim/cloudformation/cloudformation.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/inputs.hpp"

namespace sim::cloudformation {

CloudFormation::CloudFormation(Context context, Caller& caller, s3::S3& s3, Knobs knobs)
    : CloudFormation(context, caller, objects_in(s3), knobs) {}

CloudFormation::CloudFormation(Context context, Caller& caller, std::unique_ptr<Objects> objects,
                               Knobs knobs)
    : objects_(std::move(objects)),
      engine_(context, caller, *objects_, knobs),
      drift_(context, caller, *objects_, engine_, knobs),
      change_sets_(context, caller, engine_, knobs),
      caller_(caller) {
  add_waiting("CreateStack", &CloudFormation::create_stack);
  add_waiting("UpdateStack", &CloudFormation::update_stack);
  add_waiting("DeleteStack", &CloudFormation::delete_stack);
  add("CancelUpdateStack", &CloudFormation::cancel_update_stack);
  add_waiting("ContinueUpdateRollback", &CloudFormation::continue_update_rollback);
  add_waiting("RollbackStack", &CloudFormation::rollback_stack);
  add("UpdateTerminationProtection", &CloudFormation::update_termination_protection);
  add("SignalResource", &CloudFormation::signal_resource);
  add_waiting("SetStackPolicy", &CloudFormation::set_stack_policy);
  add("GetStackPolicy", &CloudFormation::get_stack_policy);
  add("DescribeStacks", &CloudFormation::describe_stacks);
  add("DescribeStackEvents", &CloudFormation::describe_stack_events);
  add("DescribeStackResources", &CloudFormation::describe_stack_resources);
  add("DescribeStackResource", &CloudFormation::describe_stack_resource);
  add("ListStackResources", &CloudFormation::list_stack_resources);
  add("ListStacks", &CloudFormation::list_stacks);
  add("ListExports", &CloudFormation::list_exports);
  add("ListImports", &CloudFormation::list_imports);
  add("DescribeAccountLimits", &CloudFormation::describe_account_limits);
  add("GetTemplate", &CloudFormation::get_template);
  add_waiting("ValidateTemplate", &CloudFormation::validate_template);
  add_waiting("GetTemplateSummary", &CloudFormation::get_template_summary);
  add_waiting("CreateChangeSet", &CloudFormation::create_change_set);
  add("DescribeChangeSet", &CloudFormation::describe_change_set);
  add("ListChangeSets", &CloudFormation::list_change_sets);
  add("ExecuteChangeSet", &CloudFormation::execute_change_set);
  add("DeleteChangeSet", &CloudFormation::delete_change_set);
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

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
std::vector<Access> CloudFormation::access(const Call& call) const {
  std::string resource = "*";
  std::string stack = at(call.input, "StackName");
  if (stack.empty()) {
    if (const Stack* of_change_set = change_sets_.stack_of(call)) stack = of_change_set->id;
  }
  if (!stack.empty()) {
    const auto& context = engine_.context();
    resource = stack.starts_with("arn:")
                   ? stack
                   : fmt::format("arn:{}:cloudformation:{}:{}:stack/{}/*", context.partition,
                                 context.region, context.account, stack);
  }
  Access own{"cloudformation:" + call.action, resource};
  for (const auto& [member, key] : {std::pair{"ChangeSetName", "cloudformation:ChangeSetName"},
                                    std::pair{"TemplateURL", "cloudformation:TemplateUrl"},
                                    std::pair{"StackPolicyURL", "cloudformation:StackPolicyUrl"},
                                    std::pair{"RoleARN", "cloudformation:RoleArn"}}) {
    if (call.input.contains(member)) own.context[key] = at(call.input, member);
  }
  if (const auto* tags = call.input.if_contains("Tags"); tags != nullptr && tags->is_array()) {
    for (const auto& tag : tags->as_array()) {
      own.context["aws:RequestTag/" + at(tag, "Key")] = at(tag, "Value");
    }
  }
  std::vector<Access> result{std::move(own)};
  if (const std::string role = at(call.input, "RoleARN"); !role.empty()) {
    result.push_back(
        {"iam:PassRole", role, {{"iam:PassedToService", "cloudformation.amazonaws.com"}}});
  }
  return result;
}

Stack& CloudFormation::named(const Call& call) {
  const std::string name = at(call.input, "StackName");
  if (name.empty()) {
    throw invalid(
        "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: "
        "Member must not be null");
  }
  Stack* stack = engine_.find(name);
  if (stack == nullptr) {
    if (call.action == "DescribeStackEvents") {
      throw invalid(fmt::format("Stack [{}] does not exist", name));
    }
    throw invalid(fmt::format("Stack with id {} does not exist", name));
  }
  return *stack;
}

Stack& CloudFormation::known(const Call& call) {
  const std::string name = at(call.input, "StackName");
  Stack* stack = engine_.find(name);
  if (stack == nullptr) throw invalid(fmt::format("Stack [{}] does not exist", name));
  return *stack;
}

Stack& CloudFormation::living(const Call& call) {
  const std::string name = at(call.input, "StackName");
  Stack* stack = engine_.find(name);
  if (stack == nullptr || stack->gone()) {
    throw invalid(fmt::format("Stack [{}] does not exist", name));
  }
  return *stack;
}

Task<json::object> CloudFormation::create_change_set(Call call) {
  change_sets_.forget();
  co_return co_await change_sets_.create(std::move(call));
}

json::object CloudFormation::describe_change_set(const Call& call) {
  return change_sets_.describe(call);
}

json::object CloudFormation::list_change_sets(const Call& call) {
  return change_sets_.list(call);
}

json::object CloudFormation::execute_change_set(const Call& call) {
  return change_sets_.execute(call);
}

json::object CloudFormation::delete_change_set(const Call& call) {
  return change_sets_.remove(call);
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

}  // namespace sim::cloudformation

// The CloudFormation API of the embedded AWS: the table of operations over the Engine.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/
#pragma once

#include <functional>
#include <memory>

#include "sim/cloudformation/change_sets.hpp"
#include "sim/cloudformation/drift_detection.hpp"
#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

class CloudFormation final : public Service {
 public:
  // All three must outlive this, and this the runtime's tasks.
  CloudFormation(Context context, Caller& caller, s3::S3& s3, Knobs knobs = {});
  CloudFormation(Context context, Caller& caller, std::unique_ptr<Objects> objects,
                 Knobs knobs = {});

  std::string_view name() const override { return "cloudformation"; }
  const std::map<std::string, Operation, std::less<>>& operations() const override {
    return operations_;
  }

  // For tools and tests: the stacks as they are.
  Engine& engine() { return engine_; }

 private:
  void add(std::string name, json::object (CloudFormation::*run)(const Call&));
  void add_waiting(std::string name, Task<json::object> (CloudFormation::*run)(Call));
  std::vector<Access> access(const Call& call) const;

  // stack_operations.cpp
  Task<json::object> create_stack(Call call);
  Task<json::object> update_stack(Call call);
  Task<json::object> delete_stack(Call call);
  json::object cancel_update_stack(const Call& call);
  Task<json::object> continue_update_rollback(Call call);
  Task<json::object> rollback_stack(Call call);
  json::object update_termination_protection(const Call& call);
  json::object signal_resource(const Call& call);
  Task<json::object> set_stack_policy(Call call);
  json::object get_stack_policy(const Call& call);

  // queries.cpp
  json::object describe_stacks(const Call& call);
  json::object describe_stack_events(const Call& call);
  json::object describe_stack_resources(const Call& call);
  json::object describe_stack_resource(const Call& call);
  json::object list_stack_resources(const Call& call);
  json::object list_stacks(const Call& call);
  json::object list_exports(const Call& call);
  json::object list_imports(const Call& call);
  json::object describe_account_limits(const Call& call);
  json::object get_template(const Call& call);
  Task<json::object> validate_template(Call call);
  Task<json::object> get_template_summary(Call call);

  Task<json::object> create_change_set(Call call);
  json::object describe_change_set(const Call& call);
  json::object list_change_sets(const Call& call);
  json::object execute_change_set(const Call& call);
  json::object delete_change_set(const Call& call);

  json::object detect_stack_drift(const Call& call);
  Task<json::object> detect_stack_resource_drift(Call call);
  json::object describe_drift_detection_status(const Call& call);
  json::object describe_stack_resource_drifts(const Call& call);

  // The stack that a call names. Throws Error.
  Stack& named(const Call& call);
  // The same, with the words of the operations that change stacks: a deleted one by its id too.
  Stack& known(const Call& call);
  // The same, for operations on living stacks only: "Stack [x] does not exist".
  Stack& living(const Call& call);
  // Runs it on the stack, which acts as whom the call says.
  Task<void> act(std::string stack_id, Call call, std::function<void(Stack&)> run);

  std::unique_ptr<Objects> objects_;
  Engine engine_;
  DriftDetection drift_;
  ChangeSets change_sets_;
  Caller& caller_;
  std::map<std::string, Operation, std::less<>> operations_;
};

// What is wrong with a template as this engine sees it, including properties its types do not have:
// for tools that explain before anything is made.
std::vector<templates::Problem> problems_of(const std::string& text, const std::string& file);

}  // namespace sim::cloudformation

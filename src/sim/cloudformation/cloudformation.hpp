// The CloudFormation API of the embedded AWS: the table of operations over the Engine.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/
#pragma once

#include <memory>

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

  Task<json::object> create_stack(Call call);
  Task<json::object> update_stack(Call call);
  json::object delete_stack(const Call& call);
  json::object describe_stacks(const Call& call);
  json::object describe_stack_events(const Call& call);
  json::object describe_stack_resources(const Call& call);
  json::object describe_stack_resource(const Call& call);
  json::object list_stack_resources(const Call& call);
  json::object list_stacks(const Call& call);
  json::object list_exports(const Call& call);
  json::object get_template(const Call& call);
  json::object validate_template(const Call& call);

  json::object detect_stack_drift(const Call& call);
  Task<json::object> detect_stack_resource_drift(Call call);
  json::object describe_drift_detection_status(const Call& call);
  json::object describe_stack_resource_drifts(const Call& call);

  Task<Request> request_from(Call call, const Stack* existing);
  std::string template_of(const json::object& input) const;
  Stack& named(const Call& call);

  std::unique_ptr<Objects> objects_;
  Engine engine_;
  DriftDetection drift_;
  Caller& caller_;
  std::map<std::string, Operation, std::less<>> operations_;
};

// What is wrong with a template as this engine sees it, including properties its types do not have:
// for tools that explain before anything is made.
std::vector<templates::Problem> problems_of(const std::string& text, const std::string& file);

}  // namespace sim::cloudformation

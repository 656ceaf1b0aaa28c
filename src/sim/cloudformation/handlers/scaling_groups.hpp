// What the handlers of Auto Scaling groups share with their rolling updates.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/cloudformation/handlers/handlers.hpp"

namespace sim::cloudformation {

// {"AutoScalingGroupName"} of the group; and what creation and updates have in common.
json::object group_name(const Work& work);
json::object group_settings(const Work& work);

// The resource's own tags as they say; those of the stack go to the instances too.
json::array group_tags(const Work& work, const std::string& group);

// LifecycleHookSpecificationList, every scalar as text.
json::value group_hooks(const Work& work);

// The handler's update: scaling_group_update.cpp.
Task<void> update_group(Work& work);

// As DescribeAutoScalingGroups shows it; null when there is none.
Task<json::value> look_at_group(Work& work);

// A number of the group; 0 when there is none.
int number_at(const json::value& group, std::string_view path);

// Waits until as many instances are in service. Throws Failure when they do not come.
Task<void> wait_for_instances(Work& work, std::vector<std::string> but, int many);

struct RollingUpdate {
  int batch = 1, in_service = 0, percent = 100;
  double pause = 0;  // seconds
  std::string pause_text = "PT0S";
  bool signals = false;
  json::array suspended = {};
};

// The policy AutoScalingRollingUpdate; nothing without one. Throws Failure for one that is none.
std::optional<RollingUpdate> rolling_update_of(const Work& work);

// Replaces the instances that are not what the group launches now, batch after batch.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
Task<void> roll(Work& work, RollingUpdate rules);

}  // namespace sim::cloudformation

// Auto Scaling groups.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html
#include "sim/cloudformation/handlers/scaling_groups.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/handlers/ec2_parts.hpp"
#include "sim/core/words.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr const char* scaling = "autoscaling";

// The tags that only AWS may set; instances inherit them.
Task<void> tag_group_as_member(Work& work) {
  json::array tags;
  for (const auto& [key, value] :
       {std::pair{"logical-id", work.logical_id}, std::pair{"stack-id", work.stack_id},
        std::pair{"stack-name", work.stack_name}}) {
    tags.push_back(json::object{{"ResourceId", work.id},
                                {"ResourceType", "auto-scaling-group"},
                                {"Key", fmt::format("aws:cloudformation:{}", key)},
                                {"Value", value},
                                {"PropagateAtLaunch", "true"}});
  }
  const Principal cloudformation{.kind = Principal::Kind::service,
                                 .arn = "cloudformation.amazonaws.com",
                                 .role_arn = {},
                                 .user_id = {}};
  co_await work.call_as(cloudformation, scaling, "CreateOrUpdateTags", {{"Tags", std::move(tags)}});
}

// [I] ValidationError is all that Auto Scaling says of a subnet or a template that it does not
// know, or not yet.
Task<void> make(Work& work, json::object input) {
  const auto limit = work.context.now() + base::from_seconds(work.knobs.not_found_limit);
  while (true) {
    std::optional<Error> refused;
    try {
      co_await work.call(scaling, "CreateAutoScalingGroup", input);
      co_return;
    } catch (const Error& error) {
      refused = error;
    }
    const bool unknown_yet = work.propagating && refused->code == "ValidationError";
    if (!unknown_yet || work.context.now() >= limit) throw *refused;
    co_await work.pause(work.knobs.not_found_wait);
  }
}

Task<void> create_group(Work& work) {
  const auto name = work.has("AutoScalingGroupName") ? work.text("AutoScalingGroupName")
                                                     : work.generated_name(255);
  auto input = group_settings(work);
  input["AutoScalingGroupName"] = name;
  if (work.has("TargetGroupARNs")) input["TargetGroupARNs"] = work.texts("TargetGroupARNs");
  if (work.has("LifecycleHookSpecificationList")) {
    input["LifecycleHookSpecificationList"] = group_hooks(work);
  }
  if (auto tags = group_tags(work, name); !tags.empty()) input["Tags"] = std::move(tags);
  co_await make(work, std::move(input));
  work.initiated(name);
  co_await tag_group_as_member(work);
  const auto group = co_await look_at_group(work);
  work.attributes["AutoScalingGroupARN"] = at(group, "AutoScalingGroupARN");
  // With signals, it is they that tell when all is well.
  if (!work.signalled) {
    co_await wait_for_instances(work, {}, number_at(group, "DesiredCapacity"));
  }
}

// The group is emptied before it is deleted.
Task<void> remove_group(Work& work) {
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  bool emptied = false, deleted = false;
  while (true) {
    const auto group = co_await look_at_group(work);
    if (group.is_null()) co_return;
    if (!emptied && at(group, "Status").empty()) {
      auto input = group_name(work);
      for (const auto* size : {"MinSize", "MaxSize", "DesiredCapacity"}) input[size] = "0";
      co_await work.call(scaling, "UpdateAutoScalingGroup", std::move(input));
    }
    emptied = true;
    if (!deleted && find(group, "Instances.0") == nullptr) {
      std::optional<Error> refused;
      try {
        co_await work.call(scaling, "DeleteAutoScalingGroup", group_name(work));
        deleted = true;
      } catch (const Error& error) {
        refused = error;
      }
      // Activities may be under way for some seconds more.
      if (refused && refused->code != "ScalingActivityInProgress") throw *refused;
    }
    if (work.context.now() >= limit) {
      throw Failure(fmt::format("Group {} did not stabilize.", work.id));
    }
    co_await work.pause(work.knobs.poll);
  }
}

// What the newest activity that failed says.
Task<std::string> last_failure(Work& work) {
  const auto seen =
      json::value(co_await work.call(scaling, "DescribeScalingActivities", group_name(work)));
  for (const auto& one : find(seen, "Activities")->as_array()) {
    if (at(one, "StatusCode") == "Failed") co_return at(one, "StatusMessage");
  }
  co_return std::string();
}

}  // namespace

json::object group_name(const Work& work) {
  return {{"AutoScalingGroupName", work.id}};
}

json::object group_settings(const Work& work) {
  json::object input =
      pick(work, {"DefaultInstanceWarmup", "HealthCheckGracePeriod", "HealthCheckType",
                  "LaunchConfigurationName", "NewInstancesProtectedFromScaleIn",
                  "ServiceLinkedRoleARN", "MinSize", "MaxSize", "DesiredCapacity"});
  if (work.has("Cooldown")) input["DefaultCooldown"] = work.text("Cooldown");
  for (const auto* source : {"LaunchTemplate", "MixedInstancesPolicy"}) {
    if (work.has(source)) input[source] = as_texts(work.properties.at(source));
  }
  std::string subnets;
  for (const auto& one : work.texts("VPCZoneIdentifier")) {
    subnets += (subnets.empty() ? "" : ",") + std::string(one.as_string());
  }
  if (!subnets.empty()) input["VPCZoneIdentifier"] = subnets;
  for (const auto* list : {"AvailabilityZones", "TerminationPolicies"}) {
    if (work.has(list)) input[list] = work.texts(list);
  }
  return input;
}

json::array group_tags(const Work& work, const std::string& group) {
  std::map<std::string, std::string> own;
  if (const auto* list = work.properties.if_contains("Tags"); list && list->is_array()) {
    for (const auto& tag : list->as_array()) own[at(tag, "Key")] = at(tag, "PropagateAtLaunch");
  }
  json::array tags;
  for (const auto& tag : work.tags()) {
    const auto key = at(tag, "Key");
    const auto found = own.find(key);
    tags.push_back(
        json::object{{"ResourceId", group},
                     {"ResourceType", "auto-scaling-group"},
                     {"Key", key},
                     {"Value", at(tag, "Value")},
                     {"PropagateAtLaunch", found == own.end() ? "true" : found->second}});
  }
  return tags;
}

json::value group_hooks(const Work& work) {
  const auto* hooks = work.properties.if_contains("LifecycleHookSpecificationList");
  return hooks == nullptr ? json::value(json::array()) : as_texts(*hooks);
}

Task<json::value> look_at_group(Work& work) {
  json::object input;
  input["AutoScalingGroupNames"] = json::array{json::value(work.id)};
  const auto seen =
      json::value(co_await work.call(scaling, "DescribeAutoScalingGroups", std::move(input)));
  const auto* group = find(seen, "AutoScalingGroups.0");
  co_return group == nullptr ? json::value() : *group;
}

int number_at(const json::value& group, std::string_view path) {
  return static_cast<int>(templates::integer_of(at(group, path)).value_or(0));
}

Task<void> wait_for_instances(Work& work, std::vector<std::string> but, int many) {
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  while (true) {
    const auto group = co_await look_at_group(work);
    const auto* instances = find(group, "Instances");
    int ready = 0;
    if (instances != nullptr) {
      for (const auto& one : instances->as_array()) {
        const bool counts =
            at(one, "LifecycleState") == "InService" && !base::contains(but, at(one, "InstanceId"));
        ready += counts ? 1 : 0;
      }
    }
    if (ready >= many) co_return;
    if (work.context.now() >= limit) {
      const auto why = co_await last_failure(work);
      throw Failure("Group did not stabilize." +
                    (why.empty() ? why : " Last scaling activity: " + why));
    }
    co_await work.pause(work.knobs.poll);
  }
}

void add_scaling_groups(Handlers& table) {
  table["AWS::AutoScaling::AutoScalingGroup"] = {
      .schema = {{"AutoScalingGroupName", "AvailabilityZones", "Cooldown", "DefaultInstanceWarmup",
                  "DesiredCapacity", "HealthCheckGracePeriod", "HealthCheckType",
                  "LaunchConfigurationName", "LaunchTemplate", "LifecycleHookSpecificationList",
                  "MaxSize", "MinSize", "MixedInstancesPolicy", "NewInstancesProtectedFromScaleIn",
                  "ServiceLinkedRoleARN", "Tags", "TargetGroupARNs", "TerminationPolicies",
                  "VPCZoneIdentifier"},
                 {"MaxSize", "MinSize"},
                 {"AutoScalingGroupARN"}},
      .create_only = {"AutoScalingGroupName"},
      .create = create_group,
      .update = update_group,
      .remove = remove_group};
}

}  // namespace sim::cloudformation

// Groups: made, changed, shown and deleted.
// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

namespace {

constexpr std::string_view linked_role = "AWSServiceRoleForAutoScaling";

// [C] The policies that are not honoured here: AllocationStrategy, and Lambda functions.
constexpr std::string_view policies[] = {"Default",
                                         "OldestInstance",
                                         "NewestInstance",
                                         "OldestLaunchConfiguration",
                                         "OldestLaunchTemplate",
                                         "ClosestToNextInstanceHour"};

void check_name(const std::string& name) {
  const bool fine = name.size() <= 255 && !name.contains(':') && !name.contains('/');
  if (!fine) {
    throw invalid(
        fmt::format("1 validation error detected: Value '{}' at 'autoScalingGroupName' "
                    "failed to satisfy constraint: Member must have length less than or "
                    "equal to 255 and contain neither ':' nor '/'",
                    name));
  }
}

int size_of(const Fields& in, std::string_view name, int fallback) {
  const auto value = in.integer(name, fallback);
  if (value < 0) throw invalid(fmt::format("{} must not be negative.", name));
  return static_cast<int>(std::min<std::int64_t>(value, 1'000'000));
}

}  // namespace

void AutoScaling::read_sizes(const Fields& in, Group& group, bool creating) const {
  for (const auto* name : {"MinSize", "MaxSize"}) {
    if (creating && !in.has(name)) {
      throw invalid(
          fmt::format("1 validation error detected: Value null at '{}' failed to satisfy "
                      "constraint: Member must not be null",
                      std::string_view(name) == "MinSize" ? "minSize" : "maxSize"));
    }
  }
  group.least = size_of(in, "MinSize", group.least);
  group.most = size_of(in, "MaxSize", group.most);
  if (group.most < group.least) {
    throw invalid(fmt::format("Max bound, {}, must be greater than or equal to min bound, {}",
                              group.most, group.least));
  }
  if (!in.has("DesiredCapacity")) {
    // [C] A size outside the new bounds follows them.
    group.desired = creating ? group.least : std::clamp(group.desired, group.least, group.most);
    return;
  }
  group.desired = size_of(in, "DesiredCapacity", 0);
  if (group.desired < group.least || group.desired > group.most) {
    throw invalid(
        fmt::format("Desired capacity:{} must be between the specified min size:{} and "
                    "max size:{}",
                    group.desired, group.least, group.most));
  }
}

void AutoScaling::read_settings(const Fields& in, Group& group) const {
  group.cooldown = size_of(in, "DefaultCooldown", group.cooldown);
  group.grace = size_of(in, "HealthCheckGracePeriod", group.grace);
  group.health_check = in.text("HealthCheckType", group.health_check);
  if (group.health_check != "EC2" && group.health_check != "ELB") {
    throw invalid(
        fmt::format("Invalid Health Check Type {}. Health Check Type must be either EC2 "
                    "or ELB.",
                    group.health_check));
  }
  group.guards_new = in.flag("NewInstancesProtectedFromScaleIn", group.guards_new);
  if (in.has("DefaultInstanceWarmup")) {
    const auto warmup = in.integer("DefaultInstanceWarmup", -1);
    group.warmup = warmup < 0 ? std::nullopt : std::optional(static_cast<int>(warmup));
  }
  if (!in.list("TerminationPolicies").empty()) {
    group.termination = in.texts("TerminationPolicies");
    for (const auto& one : group.termination) {
      if (base::contains(policies, one)) continue;
      throw Error("NotImplemented",
                  fmt::format("The embedded AWS has no termination policy {}.", one), 501);
    }
  }
  const auto role = in.text("ServiceLinkedRoleARN");
  if (!role.empty() && !role.ends_with(linked_role)) {
    throw Error("NotImplemented",
                "The embedded AWS has no service-linked role of your own for Auto Scaling.", 501);
  }
}

// The first group of an account makes the role, as whoever asks for the group.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html
Task<void> AutoScaling::need_linked_role(Principal caller) {
  if (iam_.role(linked_role)) co_return;
  std::string problem;
  try {
    co_await caller_.call(std::move(caller), "iam", "CreateServiceLinkedRole",
                          {{"AWSServiceName", "autoscaling.amazonaws.com"}});
  } catch (const Error& error) {
    problem = error.what();
  }
  if (problem.empty() || iam_.role(linked_role)) co_return;
  throw Error("AccessDenied",
              "The default Service-Linked Role for Auto Scaling could not be created. " + problem,
              403);
}

void AutoScaling::check_free(const std::string& group_name) const {
  if (const auto* other = find(group_name); other != nullptr) {
    throw Error("AlreadyExists",
                fmt::format("AutoScalingGroup by this name already exists - A group with the name "
                            "{} {}",
                            group_name, other->deleting ? "is pending delete" : "already exists"));
  }
}

Task<json::object> AutoScaling::create_group(Call call) {
  const Fields in(call.input, "ValidationError");
  auto group = std::make_unique<Group>();
  group->name = in.required("AutoScalingGroupName");
  check_name(group->name);
  check_free(group->name);
  if (groups_.size() >= static_cast<std::size_t>(knobs_.groups)) {
    throw Error("LimitExceeded", "You have reached the maximum number of Auto Scaling groups.");
  }
  read_sizes(in, *group, true);
  read_settings(in, *group);
  co_await need_linked_role(call.caller);
  co_await read_places(call, *group, true);
  co_await read_source(call, *group, true);
  group->target_groups = in.texts("TargetGroupARNs");
  co_await check_targets(group->target_groups);
  check_free(group->name);  // another call may have been quicker
  group->arn = arn("autoScalingGroup", random_.uuid(), group->name);
  group->created = context_.now();
  const auto made = group->arn;
  const auto wanted = group->desired;
  group->desired = 0;
  begin(std::move(group));
  auto& begun = *groups_.at(made);
  std::exception_ptr failure;
  try {
    co_await dress(call, made);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    begun.gone = true;
    wake(begun);
    std::rethrow_exception(failure);
  }
  if (wanted > 0) {
    begun.desired = wanted;
    begun.reason = fmt::format(
        "At {} a user request created an AutoScalingGroup changing the "
        "desired capacity from 0 to {}.",
        now_text(), wanted);
  }
  wake(begun);
  co_return json::object();
}

Task<void> AutoScaling::dress(Call call, std::string group_arn) {
  const Fields in(call.input, "ValidationError");
  const auto group_name = groups_.at(group_arn)->name;
  json::array tags;
  for (const auto& value : in.list("Tags")) {
    auto tag = structure(value);
    tag["ResourceId"] = group_name;
    tag["ResourceType"] = "auto-scaling-group";
    tags.push_back(std::move(tag));
  }
  const Call tagging{call.caller, call.service, call.action, {{"Tags", std::move(tags)}}, {}};
  put_tags(tagging);
  for (const auto& value : in.list("LifecycleHookSpecificationList")) {
    Call hooking{call.caller, call.service, call.action, structure(value), call.request_id};
    hooking.input["AutoScalingGroupName"] = group_name;
    co_await put_hook(std::move(hooking));
  }
}

Task<json::object> AutoScaling::update_group(Call call) {
  const Fields in(call.input, "ValidationError");
  get(in);
  Group changed;
  const auto copy = [](const Group& from, Group& to) {
    to.name = from.name;
    std::tie(to.least, to.most, to.desired) = std::tie(from.least, from.most, from.desired);
    std::tie(to.configuration, to.launch_template, to.mixed, to.types, to.places, to.zones) =
        std::tie(from.configuration, from.launch_template, from.mixed, from.types, from.places,
                 from.zones);
    std::tie(to.termination, to.health_check, to.grace, to.cooldown, to.warmup, to.guards_new) =
        std::tie(from.termination, from.health_check, from.grace, from.cooldown, from.warmup,
                 from.guards_new);
  };
  copy(get(in), changed);
  read_sizes(in, changed, false);
  read_settings(in, changed);
  co_await read_places(call, changed, false);
  co_await read_source(call, changed, false);
  auto& group = get(in);  // it may have gone meanwhile
  const auto before = group.desired;
  copy(changed, group);
  if (group.desired != before) {
    group.reason = fmt::format(
        "At {} a user request update of AutoScalingGroup constraints to min: {}, max: {}, desired: "
        "{} changing the desired capacity from {} to {}.",
        now_text(), group.least, group.most, group.desired, before, group.desired);
  }
  wake(group);
  co_return json::object();
}

json::object AutoScaling::delete_group(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto group_name = in.required("AutoScalingGroupName");
  auto* group = find(group_name);
  if (group == nullptr) {
    // [C] kube-deploy#99.
    throw invalid(fmt::format("AutoScalingGroup name not found - AutoScalingGroup '{}' not found",
                              group_name));
  }
  if (!in.flag("ForceDelete")) {
    // [C] ansible#8503 and cloud-custodian#1689.
    const bool any =
        std::ranges::any_of(group->members, [](const auto& one) { return !one.leaving(); });
    if (any) {
      throw Error("ResourceInUse",
                  "You cannot delete an AutoScalingGroup while there are instances or pending Spot "
                  "instance request(s) still in the group.");
    }
    if (is_busy(*group)) {
      throw Error("ScalingActivityInProgress",
                  "You cannot delete an AutoScalingGroup while there are scaling activities in "
                  "progress for that group.");
    }
  }
  if (!group->deleting) {
    group->deleting = true;
    const auto before = group->desired;
    group->least = group->desired = 0;
    if (before > 0) {
      group->reason = fmt::format(
          "At {} a user request force deleted AutoScalingGroup changing the desired capacity from "
          "{} to 0.",
          now_text(), before);
    }
    wake(*group);
    group->act_at = context_.now() + draw(knobs_.deregister);
  }
  return {};
}

json::object AutoScaling::describe_groups(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto names = in.texts("AutoScalingGroupNames");
  const auto filters = filters_of(in, {"tag-key", "tag-value", "tag:"});
  const auto fits = [&](const Group& group) {
    return std::ranges::all_of(filters, [&](const auto& filter) {
      const auto& [name, values] = filter;
      return std::ranges::any_of(group.tags, [&](const auto& tag) {
        if (name == "tag-key") return base::contains(values, tag.first);
        const bool key = name == "tag-value" || name.substr(4) == tag.first;
        return key && base::contains(values, tag.second.value);
      });
    });
  };
  std::map<std::string, const Group*> found;
  for (const auto& [key, group] : groups_) {
    const bool asked =
        names.empty() || base::contains(names, group->name) || base::contains(names, group->arn);
    if (asked && !group->gone && fits(*group)) found[group->name] = group.get();
  }
  json::array all;
  for (const auto& [name, group] : found) {
    all.push_back(shown(*group, in.flag("IncludeInstances", true)));
  }
  return page_of(in, "AutoScalingGroups", std::move(all), 50, 100);
}

json::object AutoScaling::account_limits(const Call&) {
  return {{"MaxNumberOfAutoScalingGroups", knobs_.groups},
          {"MaxNumberOfLaunchConfigurations", knobs_.configurations},
          {"NumberOfAutoScalingGroups", groups_.size()},
          {"NumberOfLaunchConfigurations", configurations_.size()}};
}

}  // namespace sim::autoscaling

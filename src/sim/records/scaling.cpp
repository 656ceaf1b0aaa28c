// Application Auto Scaling: targets and policies. They exist and are refused; nothing scales.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/
#include <fmt/format.h>

#include "sim/core/words.hpp"
#include "sim/records/services.hpp"

namespace sim::records {

namespace {

constexpr std::string_view dimensions =
    "ScalableDimension!:ecs:service:DesiredCount|dynamodb:table:ReadCapacityUnits|"
    "dynamodb:table:WriteCapacityUnits";

std::string target_of(const json::object& members) {
  return fmt::format("{}|{}|{}", text_of(members, "ResourceId"),
                     text_of(members, "ScalableDimension"), text_of(members, "ServiceNamespace"));
}

[[noreturn]] void no_target(const json::object& members) {
  throw Error("ObjectNotFoundException",
              fmt::format("No scalable target registered for service namespace: {}, resource ID: "
                          "{}, scalable dimension: {}",
                          text_of(members, "ServiceNamespace"), text_of(members, "ResourceId"),
                          text_of(members, "ScalableDimension")));
}

// service/CLUSTER/NAME must be a service that exists.
Task<void> ask_service(Book& book, const Call&, json::object& members) {
  if (text_of(members, "ServiceNamespace") != "ecs") co_return;
  const auto parts = words_of(text_of(members, "ResourceId"), '/');
  bool there = parts.size() == 3 && parts[0] == "service";
  if (there) {
    json::object look{{"cluster", parts[1]}};
    look["services"] = json::array{json::value(parts[2])};
    try {
      const auto found = co_await book.ask("ecs", "DescribeServices", std::move(look));
      const auto& services = found.at("services").as_array();
      there = !services.empty() && services[0].at("status") == "ACTIVE";
    } catch (const Error&) {
      there = false;
    }
  }
  if (!there) {
    throw book.invalid(
        fmt::format("ECS service doesn't exist: {}", text_of(members, "ResourceId")));
  }
}

void check_target(Book& book, const Call&, const Record* before, Record& target) {
  for (const auto* name : {"MinCapacity", "MaxCapacity"}) {
    if (target.members.contains(name)) continue;
    if (before == nullptr) {
      throw book.invalid(fmt::format("{} is required for a new scalable target.", name));
    }
    target.members[name] = before->members.at(name);
  }
  if (target.members.at("MinCapacity").as_int64() > target.members.at("MaxCapacity").as_int64()) {
    throw book.invalid("Maximum capacity cannot be less than minimum capacity");
  }
}

void check_policy(Book& book, const Call&, const Record*, Record& policy) {
  if (book.find("target", target_of(policy.members)) == nullptr) no_target(policy.members);
  const auto type = text_of(policy.members, "PolicyType");
  const bool fits =
      (type == "TargetTrackingScaling" &&
       policy.members.contains("TargetTrackingScalingPolicyConfiguration")) ||
      (type == "StepScaling" && policy.members.contains("StepScalingPolicyConfiguration"));
  if (!fits) {
    throw book.invalid(fmt::format("The configuration of a policy of type {} is missing.", type));
  }
}

// Its policies go with it.
json::object deregister(Book& book, const Call& call) {
  const auto id = target_of(call.input);
  if (book.find("target", id) == nullptr) no_target(call.input);
  std::vector<std::string> policies;
  for (const auto& [key, policy] : book.all("policy")) {
    if (target_of(policy.members) == id) policies.push_back(key);
  }
  for (const auto& key : policies) book.erase("policy", key);
  book.erase("target", id);
  return {};
}

json::object delete_policy(Book& book, const Call& call) {
  const auto id = fmt::format("{}|{}", target_of(call.input), text_of(call.input, "PolicyName"));
  if (book.find("policy", id) == nullptr) {
    throw Error(
        "ObjectNotFoundException",
        fmt::format("No scaling policy found for service namespace: {}, resource ID: {}, "
                    "scalable dimension: {}, policy name: {}",
                    text_of(call.input, "ServiceNamespace"), text_of(call.input, "ResourceId"),
                    text_of(call.input, "ScalableDimension"), text_of(call.input, "PolicyName")));
  }
  book.erase("policy", id);
  return {};
}

}  // namespace

BookPointer autoscaling(const Context& context, Caller& caller) {
  static const std::string target_members = fmt::format(
      "ServiceNamespace!:ecs|dynamodb ResourceId! {} MinCapacity:number "
      "MaxCapacity:number RoleARN:@role SuspendedState:map Tags:tags",
      dimensions);
  static const std::string policy_members = fmt::format(
      "PolicyName! ServiceNamespace!:ecs|dynamodb ResourceId! {} "
      "PolicyType!:TargetTrackingScaling|StepScaling StepScalingPolicyConfiguration:map "
      "TargetTrackingScalingPolicyConfiguration:map",
      dimensions);
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "application-autoscaling",
            .prefix = "application-autoscaling",
            .tags = TagWords{.arn = "ResourceARN", .as_map = true}},
      std::vector<Type>{
          {.name = "target",
           .create = "RegisterScalableTarget",
           .members = target_members,
           .id = "{ResourceId}|{ScalableDimension}|{ServiceNamespace}",
           .arn = "scalable-target/{hex:34}",
           .shows = "ScalableTargetARN={arn}",
           .returns = "ScalableTargetARN",
           .missing = "ObjectNotFoundException|No scalable target {id}",
           .put = true,
           .inquire = ask_service,
           .check = check_target},
          {.name = "policy",
           .create = "PutScalingPolicy",
           .members = policy_members,
           .id = "{ResourceId}|{ScalableDimension}|{ServiceNamespace}|{PolicyName}",
           .arn = "arn:{partition}:autoscaling:{region}:{account}:scalingPolicy:{uuid}:resource/"
                  "{ServiceNamespace}/{ResourceId}:policyName/{PolicyName}",
           .shows = "PolicyARN={arn}",
           .returns = "PolicyARN",
           .missing = "ObjectNotFoundException|No scaling policy {id}",
           .put = true,
           .check = check_policy}});
  add(*book, "DeregisterScalableTarget", "target", "", deregister);
  add(*book, "DeleteScalingPolicy", "policy", "", delete_policy);
  return book;
}

}  // namespace sim::records

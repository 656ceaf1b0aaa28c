// The target groups of groups: instances in service are registered with them, and drain when they
// leave. Through the operations of Elastic Load Balancing, as Auto Scaling itself.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/attach-load-balancer-asg.html
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

namespace {

constexpr const char* balancing = "elasticloadbalancing";

json::object target(const std::string& target_group, const std::string& id) {
  json::object input{{"TargetGroupArn", target_group}};
  input["Targets"] = json::array{json::object{{"Id", id}}};
  return input;
}

}  // namespace

Task<void> AutoScaling::check_targets(std::vector<std::string> arns) {
  for (const auto& one : arns) {
    json::object look, found;
    look["TargetGroupArns"] = json::array{json::value(one)};
    try {
      found = co_await ask(balancing, "DescribeTargetGroups", std::move(look));
    } catch (const Error&) {
      found = {};
    }
    if (text_at(found, "TargetGroups.0.TargetType") == "instance") continue;
    throw invalid(
        "Provided Target Groups may not be valid. Please ensure they exist and try again.");
  }
}

Task<void> AutoScaling::register_member(std::vector<std::string> arns, std::string id) {
  for (const auto& one : arns) {
    try {
      co_await ask(balancing, "RegisterTargets", target(one, id));
    } catch (const Error&) {
      continue;  // a target group that was deleted meanwhile
    }
  }
}

Task<std::vector<std::string>> AutoScaling::deregister_member(std::vector<std::string> arns,
                                                              std::string id) {
  std::vector<std::string> draining;
  for (const auto& one : arns) {
    const auto state = co_await health(one, id);
    if (state.empty()) continue;
    try {
      co_await ask(balancing, "DeregisterTargets", target(one, id));
    } catch (const Error&) {
      continue;
    }
    // [C] What no load balancer uses has nothing to drain.
    if (state != "unused") draining.push_back(one);
  }
  co_return draining;
}

Task<std::string> AutoScaling::health(std::string target_group, std::string id) {
  json::object look{{"TargetGroupArn", target_group}}, found;
  try {
    found = co_await ask(balancing, "DescribeTargetHealth", std::move(look));
  } catch (const Error&) {
    co_return std::string();
  }
  for (const auto& one : found.at("TargetHealthDescriptions").as_array()) {
    if (text_at(one, "Target.Id") == id) co_return text_at(one, "TargetHealth.State");
  }
  co_return std::string();
}

Task<json::object> AutoScaling::attach_targets(Call call) {
  const Fields in(call.input, "ValidationError");
  get(in);
  const auto arns = in.texts("TargetGroupARNs");
  co_await check_targets(arns);
  auto& group = get(in);
  std::vector<std::string> fresh;
  for (const auto& one : arns) {
    if (base::contains(group.target_groups, one)) continue;
    group.target_groups.push_back(one);
    fresh.push_back(one);
  }
  std::vector<std::string> ids;
  for (const auto& member : group.members) {
    if (member.state == "InService") ids.push_back(member.id);
  }
  if (!group.runs("AddToLoadBalancer")) ids.clear();
  for (const auto& id : ids) co_await register_member(fresh, id);
  co_return json::object();
}

Task<json::object> AutoScaling::detach_targets(Call call) {
  const Fields in(call.input, "ValidationError");
  auto& group = get(in);
  const auto arns = in.texts("TargetGroupARNs");
  for (const auto& one : arns) {
    if (!base::contains(group.target_groups, one)) {
      throw invalid("Trying to remove Target Groups that are not part of the group: " + one);
    }
  }
  std::erase_if(group.target_groups, [&](const auto& one) { return base::contains(arns, one); });
  std::vector<std::string> ids;
  for (const auto& member : group.members) ids.push_back(member.id);
  for (const auto& id : ids) co_await deregister_member(arns, id);
  co_return json::object();
}

Task<json::object> AutoScaling::describe_targets(Call call) {
  const Fields in(call.input, "ValidationError");
  const auto arns = get(in).target_groups;
  json::array all;
  for (const auto& one : arns) {
    std::vector<std::string> ids;
    for (const auto& member : get(in).members) ids.push_back(member.id);
    bool healthy = false;
    for (const auto& id : ids) healthy = co_await health(one, id) == "healthy" || healthy;
    all.push_back(json::object{{"LoadBalancerTargetGroupARN", one},
                               {"State", healthy ? "InService" : "Added"}});
  }
  co_return page_of(in, "LoadBalancerTargetGroups", std::move(all), 100, 100);
}

}  // namespace sim::autoscaling

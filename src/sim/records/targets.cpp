// Target groups: their targets and whether these are healthy.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>
#include <optional>

#include "base/contains.hpp"
#include "sim/core/words.hpp"
#include "sim/records/load_balancing.hpp"

namespace sim::records {

namespace {

constexpr std::string_view group_attributes =
    "deregistration_delay.timeout_seconds deregistration_delay.connection_termination.enabled "
    "slow_start.duration_seconds stickiness.enabled stickiness.type "
    "stickiness.lb_cookie.duration_seconds stickiness.app_cookie.cookie_name "
    "stickiness.app_cookie.duration_seconds load_balancing.algorithm.type "
    "load_balancing.cross_zone.enabled preserve_client_ip.enabled proxy_protocol_v2.enabled "
    "lambda.multi_value_headers.enabled";
constexpr std::string_view delay_key = "deregistration_delay.timeout_seconds";
// [C] API_TargetGroupAttribute: 0-3600 seconds, and no other attribute has more than a week.
constexpr std::int64_t default_delay = 300, max_delay = 3600, week = 604'800;

std::string key_of(const std::string& id, std::int64_t port) {
  return fmt::format("{}:{}", id, port);
}

json::object& targets_of(Record& group) {
  auto& targets = group.hidden["Targets"];
  if (!targets.is_object()) targets = json::object();
  return targets.get_object();
}

std::optional<std::int64_t> seconds_in(std::string_view text) {
  std::int64_t seconds = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  const bool whole = error == std::errc() && rest == end;
  return whole && seconds >= 0 ? std::optional(seconds) : std::nullopt;
}

base::Duration delay_of(const Record& group) {
  const auto given = text_of(group.hidden, delay_key);
  return std::chrono::seconds(seconds_in(given).value_or(default_delay));
}

std::int64_t interval_of(const Record& group) {
  return group.members.at("HealthCheckIntervalSeconds").as_int64();
}

json::object register_targets(Book& book, const Call& call) {
  const Fields in(call.input, "ValidationError");
  auto& group = book.get("target group", in.required("TargetGroupArn"));
  if (text_of(group.members, "TargetType") == "lambda") {
    throw Error("NotImplemented", "The embedded AWS has no functions as targets.", 501);
  }
  for (const auto& one : in.list("Targets")) {
    const Fields target(one.as_object(), "ValidationError");
    const auto id = target.required("Id");
    const bool ip = text_of(group.members, "TargetType") == "ip";
    if (ip == id.starts_with("i-")) {
      throw Error(
          ip ? "ValidationError" : "InvalidTarget",
          fmt::format("The target '{}' is not a valid {}", id, ip ? "IP address" : "instance"));
    }
    const auto port = target.integer("Port", group.members.at("Port").as_int64());
    register_target(book, group.arn, id, static_cast<int>(port));
  }
  return {};
}

json::object deregister_targets(Book& book, const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto& group = book.get("target group", in.required("TargetGroupArn"));
  for (const auto& one : in.list("Targets")) {
    const Fields target(one.as_object(), "ValidationError");
    const auto port = target.integer("Port", group.members.at("Port").as_int64());
    deregister_target(book, group.arn, target.required("Id"), static_cast<int>(port));
  }
  return {};
}

json::object describe_health(Book& book, const Call& call, const Probe& probe) {
  const Fields in(call.input, "ValidationError");
  in.unsupported("DescribeTargetHealth", {"Include"});
  auto& group = book.get("target group", in.required("TargetGroupArn"));
  json::array list;
  for (const auto& [key, target] : targets_of(group)) {
    const auto id = text_of(target.as_object(), "Id");
    const auto port = static_cast<int>(target.at("Port").as_int64());
    const auto health = target_health(book, probe, group.arn, id, port);
    json::object shown{{"State", health.state}};
    if (!health.reason.empty()) shown["Reason"] = health.reason;
    json::object one{{"Target", json::object{{"Id", id}, {"Port", port}}}};
    one["HealthCheckPort"] = fmt::format("{}", port);
    one["TargetHealth"] = std::move(shown);
    list.push_back(std::move(one));
  }
  return {{"TargetHealthDescriptions", std::move(list)}};
}

json::object modify_attributes(Book& book, const Call& call) {
  const Fields in(call.input, "ValidationError");
  auto& group = book.get("target group", in.required("TargetGroupArn"));
  for (const auto& one : in.list("Attributes")) {
    const auto key = text_of(one.as_object(), "Key");
    if (!base::contains(words_of(group_attributes), key)) {
      throw Error("InvalidConfigurationRequest",
                  fmt::format("Target group attribute key '{}' is not recognized", key));
    }
    const auto value = text_of(one.as_object(), "Value");
    const bool number = key.ends_with("_seconds");
    const auto limit = key == delay_key ? max_delay : week;
    if (const auto seconds = number ? seconds_in(value) : 0; !seconds || *seconds > limit) {
      throw Error("InvalidConfigurationRequest",
                  fmt::format("'{}' is not a valid value of {}", value, key));
    }
    group.hidden[key] = value;
  }
  return {{"Attributes", in.list("Attributes")}};
}

}  // namespace

void check_target_group(Book&, const Call&, const Record* before, Record& group) {
  auto& members = group.members;
  const auto fall_back = [&](std::string_view name, json::value value) {
    if (!members.contains(name)) members[name] = std::move(value);
  };
  if (group.id.size() > 32 || group.id.starts_with('-') || group.id.ends_with('-')) {
    throw Error("ValidationError", fmt::format("Target group name '{}' is not valid", group.id));
  }
  fall_back("TargetType", "instance");
  const bool function = text_of(members, "TargetType") == "lambda";
  for (const auto* name : {"Protocol", "Port", "VpcId"}) {
    if (function == members.contains(name)) {
      throw Error("ValidationError",
                  function
                      ? fmt::format("{} cannot be specified for target groups with target type "
                                    "lambda",
                                    name)
                      : fmt::format("A {} must be specified", name));
    }
  }
  const auto protocol = text_of(members, "Protocol");
  const bool http = protocol == "HTTP" || protocol == "HTTPS";
  fall_back("HealthCheckProtocol", json::value(http ? protocol : "TCP"));
  fall_back("HealthCheckPort", "traffic-port");
  fall_back("HealthCheckEnabled", !function);
  fall_back("HealthCheckIntervalSeconds", function ? 35 : 30);
  fall_back("HealthCheckTimeoutSeconds", http ? 5 : 10);
  fall_back("HealthyThresholdCount", 5);
  fall_back("UnhealthyThresholdCount", 2);
  if (http) fall_back("HealthCheckPath", "/");
  if (http && !members.contains("Matcher")) members["Matcher"] = json::object{{"HttpCode", "200"}};
  const auto interval = interval_of(group);
  if (interval < 5 || interval > 300) {
    throw Error("ValidationError",
                "Health check interval must be between 5 and 300 seconds inclusive");
  }
  if (http && members.at("HealthCheckTimeoutSeconds").as_int64() >= interval) {
    throw Error("ValidationError",
                fmt::format("Health check timeout '{}' must be smaller than the interval '{}'",
                            members.at("HealthCheckTimeoutSeconds").as_int64(), interval));
  }
  if (before != nullptr && before->members.at("TargetType") != members.at("TargetType")) {
    throw Error("ValidationError", "The target type cannot be changed");
  }
}

void register_target(Book& book, const std::string& arn, const std::string& ip, int port) {
  auto& group = book.get("target group", arn);
  json::object target{{"Id", ip}, {"Port", port}};
  target["Since"] = base::unix_milliseconds(book.context().now());
  targets_of(group)[key_of(ip, port)] = std::move(target);
}

base::Duration deregister_target(Book& book, const std::string& arn, const std::string& ip,
                                 int port) {
  auto* group = book.find("target group", arn);
  if (group == nullptr) return {};
  const auto found = targets_of(*group).find(key_of(ip, port));
  if (found == targets_of(*group).end()) return {};
  const auto delay = delay_of(*group);
  auto& target = found->value().as_object();
  if (target.contains("Draining")) return delay;
  target["Draining"] = true;
  book.context().clock().call_at(book.context().now() + delay,
                                 [&book, arn, key = key_of(ip, port)] {
                                   auto* later = book.find("target group", arn);
                                   if (later == nullptr) return;
                                   const auto left = targets_of(*later).find(key);
                                   // It may have been registered again meanwhile.
                                   const bool there = left != targets_of(*later).end();
                                   if (there && left->value().as_object().contains("Draining"))
                                     targets_of(*later).erase(left);
                                 });
  return delay;
}

TargetHealth target_health(Book& book, const Probe& probe, const std::string& arn,
                           const std::string& ip, int port) {
  auto* group = book.find("target group", arn);
  if (group == nullptr) return {"unused", "Target.NotRegistered"};
  const auto* target = targets_of(*group).if_contains(key_of(ip, port));
  if (target == nullptr) return {"unused", "Target.NotRegistered"};
  if (target->as_object().contains("Draining")) {
    return {"draining", "Target.DeregistrationInProgress"};
  }
  const auto balancers = balancers_of(book, arn);
  if (balancers.empty()) return {"unused", "Target.NotInUse"};
  const auto* balancer = book.find("balancer", std::string_view(balancers.at(0).as_string()));
  const auto now = base::unix_milliseconds(book.context().now());
  const auto looked = target->at("Since").as_int64() + interval_of(*group) * 1000;
  if (balancer == nullptr || balancer->ready > book.context().now() || now < looked) {
    return {"initial", "Elb.InitialHealthChecking"};
  }
  for (const auto& interface : balancer->hidden.at("Interfaces").as_array()) {
    if (probe && !probe(std::string(interface.as_string()), ip, port)) {
      return {"unhealthy", "Target.Timeout"};
    }
  }
  return {"healthy", {}};
}

void add_target_operations(Book& book, Probe probe) {
  const auto put = [&](std::string_view action, auto run) {
    add(book, action, "target group", "TargetGroupArn", std::move(run));
  };
  put("RegisterTargets", register_targets);
  put("DeregisterTargets", deregister_targets);
  put("ModifyTargetGroupAttributes", modify_attributes);
  put("DescribeTargetHealth", [probe = std::move(probe)](Book& self, const Call& call) {
    return describe_health(self, call, probe);
  });
}

}  // namespace sim::records

// CPU credits and detailed monitoring: settings that clients read back and that change nothing else
// here.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html
#include "sim/ec2/credits.hpp"

#include <fmt/format.h>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"

namespace sim::ec2 {
namespace {

void check_credits(const std::string& value) {
  if (value == "standard" || value == "unlimited") return;
  throw invalid_value(
      fmt::format("Value ({}) for parameter cpuCredits is invalid. It must be standard or "
                  "unlimited.",
                  value));
}

constexpr Field<Instance> fields[] = {
    {"instance-id", [](const Estate&, const Instance& i) -> Texts { return {i.id}; }},
};

json::object describe_credits(Estate& estate, const Call& call) {
  const auto ids = texts(call.input, "InstanceId");
  for (const auto& id : ids) {
    if (!estate.instance(id).cpu_credits.empty()) continue;
    throw Error("InvalidInstanceCreditSpecification.NotSupported",
                fmt::format("The specified instance {} does not support CPU credits", id));
  }
  const auto filters = read_filters(call);
  check_filters<Instance>(filters, fields);
  std::map<std::string, json::object> entries;
  for (const auto& [id, instance] : estate.model.instances) {
    const bool asked =
        ids.empty() ? instance.cpu_credits == "unlimited" : std::ranges::find(ids, id) != ids.end();
    if (!asked || !matches<Instance>(estate, instance, &instance.tags, filters, fields)) continue;
    entries[id] = {{"instanceId", id}, {"cpuCredits", instance.cpu_credits}};
  }
  return page(call, "instanceCreditSpecificationSet", std::move(entries), 1000);
}

// Each instance has its own outcome.
json::object modify_credits(Estate& estate, const Call& call) {
  json::array done;
  json::array refused;
  for (const auto& one : objects(call.input, "InstanceCreditSpecification")) {
    const auto id = required(one, "InstanceId");
    const auto credits = required(one, "CpuCredits");
    check_credits(credits);
    auto* instance = estate.find(estate.model.instances, id);
    if (instance && !instance->cpu_credits.empty()) {
      instance->cpu_credits = credits;
      done.push_back(json::object{{"instanceId", id}});
      continue;
    }
    json::object item{{"instanceId", id}};
    const bool known = instance != nullptr;
    item["error"] = json::object{
        {"code", known ? "InstanceCreditSpecification.NotSupported" : "InvalidInstanceID.NotFound"},
        {"message", known ? "The instance does not support CPU credits"
                          : fmt::format("The instance ID '{}' does not exist", id)}};
    refused.push_back(std::move(item));
  }
  json::object output;
  output["successfulInstanceCreditSpecificationSet"] = std::move(done);
  output["unsuccessfulInstanceCreditSpecificationSet"] = std::move(refused);
  return output;
}

template <bool detailed>
json::object monitor(Estate& estate, const Call& call) {
  const auto ids = texts(call.input, "InstanceId");
  if (ids.empty()) throw missing_parameter("InstanceId");
  for (const auto& id : ids) estate.instance(id);
  json::array set;
  for (const auto& id : ids) {
    estate.instance(id).detailed_monitoring = detailed;
    json::object entry{{"instanceId", id}};
    entry["monitoring"] = json::object{{"state", detailed ? "pending" : "disabling"}};
    set.push_back(std::move(entry));
  }
  json::object output;
  output["instancesSet"] = std::move(set);
  return output;
}

std::vector<Access> on_instances(const Estate& estate, const Call& call) {
  Gate gate(estate, call);
  gate.on_all(texts(call.input, "InstanceId"));
  for (const auto& one : objects(call.input, "InstanceCreditSpecification")) {
    gate.on(text(one, "InstanceId"));
  }
  return gate;
}

}  // namespace

std::string cpu_credits(const std::string& type, const Call& call) {
  const auto asked = text(object(call.input, "CreditSpecification"), "CpuCredits");
  if (!asked.empty()) check_credits(asked);
  if (type.empty() || type.front() != 't') {
    if (asked.empty()) return {};
    throw Error("InvalidParameterCombination",
                fmt::format("The instance type {} does not support CPU credits", type));
  }
  if (!asked.empty()) return asked;
  return type.starts_with("t2.") ? "standard" : "unlimited";
}

void add_credit_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"DescribeInstanceCreditSpecifications", "InstanceId Filter MaxResults NextToken",
        describe_credits},
       {"ModifyInstanceCreditSpecification", "InstanceCreditSpecification ClientToken",
        modify_credits, on_instances},
       {"MonitorInstances", "InstanceId", monitor<true>, on_instances},
       {"UnmonitorInstances", "InstanceId", monitor<false>, on_instances}});
}

}  // namespace sim::ec2

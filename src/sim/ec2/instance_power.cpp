// Starting, stopping and rebooting instances, and their attributes.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/instance_types.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/views.hpp"

namespace sim::ec2 {
namespace {

std::vector<std::string> named(Estate& estate, const Call& call) {
  auto ids = texts(call.input, "InstanceId");
  if (ids.empty()) throw missing_parameter("InstanceId");
  // One bad id fails the whole call.
  for (const auto& id : ids) estate.instance(id);
  return ids;
}

Error wrong_state(const std::string& id, std::string_view what) {
  return {"IncorrectInstanceState",
          fmt::format("The instance '{}' is not in a state from which it can be {}.", id, what)};
}

void start_one(Estate& estate, Instance& instance) {
  const auto state = instance_state(instance, estate.now());
  if (state == "running" || state == "pending") return;
  if (state != "stopped") throw wrong_state(instance.id, "started");
  instance.stop_called.reset();
  instance.stopped.reset();
  instance.stop_done = false;
  instance.running = estate.now() + estate.draw(estate.knobs.instance_start);
  instance.checked = instance.running + estate.draw(estate.knobs.instance_checks);
  for (auto& [id, interface] : estate.model.interfaces) {
    // Another public address than before.
    const bool wants = interface.instance == instance.id && interface.wants_public_ip;
    if (wants) interface.auto_public_ip = estate.new_public_ip();
  }
}

void stop_one(Estate& estate, Instance& instance) {
  const auto state = instance_state(instance, estate.now());
  if (state == "stopped" || state == "stopping") return;
  if (state != "running") throw wrong_state(instance.id, "stopped");
  if (instance.stop_protected) {
    throw Error("OperationNotPermitted",
                fmt::format("The instance '{}' may not be stopped. Modify its 'disableApiStop' "
                            "instance attribute and try again.",
                            instance.id));
  }
  instance.stop_called = estate.now();
  instance.stopped = estate.now() + estate.draw(estate.knobs.instance_stop);
}

template <void (*change)(Estate&, Instance&)>
json::object change_all(Estate& estate, const Call& call) {
  if (flag(call.input, "Hibernate", false)) {
    throw Error("UnsupportedHibernationConfiguration",
                "The embedded EC2 has no instances that hibernate.");
  }
  json::array changes;
  for (const auto& id : named(estate, call)) {
    auto& instance = estate.instance(id);
    json::object entry{{"instanceId", id}};
    const auto before = instance_state(instance, estate.now());
    change(estate, instance);
    entry["currentState"] = state_view(instance_state(instance, estate.now()));
    entry["previousState"] = state_view(before);
    changes.push_back(std::move(entry));
  }
  json::object output;
  output["instancesSet"] = std::move(changes);
  return output;
}

json::object reboot(Estate& estate, const Call& call) {
  for (const auto& id : named(estate, call)) {
    const auto state = instance_state(estate.instance(id), estate.now());
    if (state != "running" && state != "pending") throw wrong_state(id, "rebooted");
  }
  return {{"return", true}};
}

NetworkInterface& primary_interface(Estate& estate, const Instance& instance) {
  return estate.interface(instance.interface);
}

void check_stopped(const Estate& estate, const Instance& instance) {
  if (instance_state(instance, estate.now()) == "stopped") return;
  throw Error("IncorrectInstanceState",
              fmt::format("The instance '{}' is not in the 'stopped' state.", instance.id));
}

void change_type(Estate& estate, Instance& instance, const std::string& name) {
  check_stopped(estate, instance);
  const auto type = find_instance_type(name);
  if (!type || type->architecture != instance.architecture) {
    throw invalid_value(fmt::format("Invalid value '{}' for InstanceType.", name));
  }
  instance.type = type->name;
}

// AWS's names of the attributes: in Attribute, and as parameters of their own.
constexpr std::pair<std::string_view, std::string_view> attributes[] = {
    {"instanceType", "InstanceType"},
    {"userData", "UserData"},
    {"disableApiTermination", "DisableApiTermination"},
    {"disableApiStop", "DisableApiStop"},
    {"instanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior"},
    {"ebsOptimized", "EbsOptimized"},
    {"sourceDestCheck", "SourceDestCheck"}};

// The one attribute of a call and its value: {"Attribute", "Value"} or a parameter of its own.
std::pair<std::string, json::object> read_attribute(const Call& call) {
  std::pair<std::string, json::object> chosen;
  for (const auto& [attribute, parameter] : attributes) {
    if (!has(call.input, parameter)) continue;
    if (!chosen.first.empty()) {
      throw Error("InvalidParameterCombination", "Fields for multiple attribute types specified");
    }
    const auto given = object(call.input, parameter);
    // A blob such as UserData may come without its "Value".
    chosen = {std::string(parameter),
              {{"Value", given.empty() ? text(call.input, parameter) : text(given, "Value")}}};
  }
  const auto name = text(call.input, "Attribute");
  if (name.empty()) return chosen;
  for (const auto& [attribute, parameter] : attributes) {
    if (name == attribute) {
      return {std::string(parameter), {{"Value", text(call.input, "Value")}}};
    }
  }
  throw invalid_value(
      fmt::format("Value ({}) for parameter attribute is invalid. Unknown attribute.", name));
}

json::object modify(Estate& estate, const Call& call) {
  auto& instance = estate.instance(required(call.input, "InstanceId"));
  const auto groups = texts(call.input, "GroupId");
  const auto [name, holder] = read_attribute(call);
  const auto value = text(holder, "Value");
  if (name.empty() && groups.empty()) {
    throw Error("InvalidParameterCombination", "No attributes specified.");
  }
  if (!groups.empty()) {
    check_groups(estate, groups, estate.subnet(instance.subnet));
    primary_interface(estate, instance).groups = groups;
  }
  if (name == "InstanceType") change_type(estate, instance, value);
  if (name == "UserData") {
    check_stopped(estate, instance);
    instance.user_data = value;
  }
  if (name == "EbsOptimized") {
    check_stopped(estate, instance);
    instance.ebs_optimized = flag(holder, "Value", false);
  }
  if (name == "DisableApiTermination") {
    instance.termination_protected = flag(holder, "Value", false);
  }
  if (name == "DisableApiStop") instance.stop_protected = flag(holder, "Value", false);
  if (name == "SourceDestCheck") {
    primary_interface(estate, instance).source_dest_check = flag(holder, "Value", true);
  }
  if (name == "InstanceInitiatedShutdownBehavior") {
    if (value != "stop" && value != "terminate") {
      throw invalid_value(fmt::format(
          "Value ({}) for parameter instanceInitiatedShutdownBehavior is invalid.", value));
    }
    instance.shutdown_behavior = value;
  }
  return {{"return", true}};
}

json::value attribute_of(const Estate& estate, const Instance& instance, const std::string& name) {
  const auto* interface = estate.find(estate.model.interfaces, instance.interface);
  if (name == "disableApiTermination") return instance.termination_protected;
  if (name == "disableApiStop") return instance.stop_protected;
  if (name == "instanceType") return json::string(instance.type);
  if (name == "userData" && !instance.user_data.empty()) return json::string(instance.user_data);
  if (name == "ebsOptimized") return instance.ebs_optimized;
  if (name == "instanceInitiatedShutdownBehavior") return json::string(instance.shutdown_behavior);
  if (name == "sourceDestCheck") return !interface || interface->source_dest_check;
  if (name == "enaSupport") return true;
  if (name == "rootDeviceName") return "/dev/xvda";
  for (const auto* none : {"userData", "kernel", "ramdisk", "sriovNetSupport"}) {
    if (name == none) return nullptr;
  }
  throw invalid_value(
      fmt::format("Value ({}) for parameter attribute is invalid. Unknown attribute.", name));
}

json::object describe_attribute(Estate& estate, const Call& call) {
  const auto& instance = estate.instance(required(call.input, "InstanceId"));
  const auto name = required(call.input, "Attribute");
  json::object output{{"instanceId", instance.id}};
  if (name == "groupSet") {
    const auto* interface = estate.find(estate.model.interfaces, instance.interface);
    output[name] = interface ? group_set(estate, interface->groups) : json::array();
  } else if (name == "productCodes") {
    output[name] = json::array();
  } else if (name == "blockDeviceMapping") {
    output[name] = instance_view(estate, instance)["blockDeviceMapping"];
  } else {
    json::object holder;
    if (auto value = attribute_of(estate, instance, name); !value.is_null()) {
      holder["value"] = std::move(value);
    }
    output[name] = std::move(holder);
  }
  return output;
}

std::vector<Access> on_instances(const Estate& estate, const Call& call) {
  return Gate(estate, call).on_all(texts(call.input, "InstanceId"));
}

}  // namespace

void add_instance_power_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"StartInstances", "InstanceId", change_all<start_one>, on_instances},
       {"StopInstances", "InstanceId Hibernate Force", change_all<stop_one>, on_instances},
       {"RebootInstances", "InstanceId", reboot, on_instances},
       {"ModifyInstanceAttribute",
        "InstanceId Attribute Value GroupId InstanceType UserData DisableApiTermination "
        "DisableApiStop InstanceInitiatedShutdownBehavior EbsOptimized SourceDestCheck",
        modify, on_instances},
       {"DescribeInstanceAttribute", "InstanceId Attribute", describe_attribute, on_instances}});
}

}  // namespace sim::ec2

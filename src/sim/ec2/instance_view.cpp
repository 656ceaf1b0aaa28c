// DescribeInstances and DescribeInstanceStatus.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/views.hpp"

namespace sim::ec2 {
namespace {

const NetworkInterface* interface_of(const Estate& estate, const Instance& instance) {
  const auto* interface = estate.find(estate.model.interfaces, instance.interface);
  return interface && interface->instance == instance.id ? interface : nullptr;
}

Texts groups_of(const Estate& estate, const Instance& instance) {
  const auto* interface = interface_of(estate, instance);
  return interface ? interface->groups : Texts();
}

Texts public_ip_of(const Estate& estate, const Instance& instance) {
  const auto* interface = interface_of(estate, instance);
  return interface ? Texts{estate.public_ip(*interface)} : Texts();
}

// A terminated instance has left its network.
Texts while_attached(const Estate& estate, const Instance& instance, const std::string& value) {
  return interface_of(estate, instance) ? Texts{value} : Texts();
}

Texts code_of(const Estate& e, const Instance& i) {
  return {std::to_string(instance_state_code(instance_state(i, e.now())))};
}

constexpr Field<Instance> fields[] = {
    {"instance-id", [](const Estate&, const Instance& i) -> Texts { return {i.id}; }},
    {"instance-state-name",
     [](const Estate& e, const Instance& i) -> Texts { return {instance_state(i, e.now())}; }},
    {"instance-state-code", code_of},
    {"instance-type", [](const Estate&, const Instance& i) -> Texts { return {i.type}; }},
    {"image-id", [](const Estate&, const Instance& i) -> Texts { return {i.image}; }},
    {"architecture", [](const Estate&, const Instance& i) -> Texts { return {i.architecture}; }},
    {"availability-zone", [](const Estate&, const Instance& i) -> Texts { return {i.zone}; }},
    {"client-token", [](const Estate&, const Instance& i) -> Texts { return {i.client_token}; }},
    {"reservation-id", [](const Estate&, const Instance& i) -> Texts { return {i.reservation}; }},
    {"owner-id", [](const Estate& e, const Instance&) -> Texts { return {e.context.account}; }},
    {"iam-instance-profile.arn",
     [](const Estate&, const Instance& i) -> Texts { return {i.profile_arn}; }},
    {"iam-instance-profile.id",
     [](const Estate&, const Instance& i) -> Texts { return {i.profile_id}; }},
    {"launch-time",
     [](const Estate&, const Instance& i) -> Texts { return {base::iso8601(i.created)}; }},
    {"vpc-id",
     [](const Estate& e, const Instance& i) -> Texts { return while_attached(e, i, i.vpc); }},
    {"subnet-id",
     [](const Estate& e, const Instance& i) -> Texts { return while_attached(e, i, i.subnet); }},
    {"private-ip-address",
     [](const Estate& e, const Instance& i) -> Texts {
       return while_attached(e, i, i.private_ip);
     }},
    {"private-dns-name",
     [](const Estate& e, const Instance& i) -> Texts {
       return while_attached(e, i, private_dns_name(e, i.private_ip));
     }},
    {"network-interface.network-interface-id",
     [](const Estate& e, const Instance& i) -> Texts { return while_attached(e, i, i.interface); }},
    {"network-interface.vpc-id",
     [](const Estate& e, const Instance& i) -> Texts { return while_attached(e, i, i.vpc); }},
    {"network-interface.subnet-id",
     [](const Estate& e, const Instance& i) -> Texts { return while_attached(e, i, i.subnet); }},
    {"ip-address", public_ip_of},
    {"instance.group-id", groups_of},
    {"network-interface.group-id", groups_of},
};

// Pages count instances; those of one reservation stand together.
json::object describe_all(Estate& estate, const Call& call) {
  const auto filters = read_filters(call);
  check_filters<Instance>(filters, fields);
  std::map<std::string, json::object> entries;
  const auto consider = [&](const Instance& instance) {
    if (!matches<Instance>(estate, instance, &instance.tags, filters, fields)) return;
    auto& entry = entries[instance.reservation + "|" + instance.id];
    entry["reservation"] = instance.reservation;
    entry["instance"] = instance_view(estate, instance);
  };
  const auto ids = texts(call.input, "InstanceId");
  if (!ids.empty()) refuse_page(call, "InstanceId");
  for (const auto& id : ids) consider(estate.instance(id));
  if (ids.empty()) {
    for (const auto& [id, instance] : estate.model.instances) {
      if (instance.visible <= estate.now()) consider(instance);
    }
  }
  auto output = page(call, "reservationSet", std::move(entries), 1000);
  json::array reservations;
  for (auto& entry : output["reservationSet"].get_array()) {
    const auto id = entry.at("reservation").get_string();
    if (reservations.empty() || reservations.back().at("reservationId") != id) {
      json::object reservation{{"reservationId", id}, {"ownerId", estate.context.account}};
      reservation["groupSet"] = json::array();
      reservation["instancesSet"] = json::array();
      reservations.push_back(std::move(reservation));
    }
    reservations.back().at("instancesSet").as_array().push_back(entry.at("instance"));
  }
  output["reservationSet"] = std::move(reservations);
  return output;
}

std::string check_of(const Estate& estate, const Instance& instance) {
  if (instance_state(instance, estate.now()) != "running") return "not-applicable";
  return instance.checked <= estate.now() ? "ok" : "initializing";
}

json::object check_view(const std::string& status) {
  json::object detail{{"name", "reachability"}, {"status", status == "ok" ? "passed" : status}};
  json::object view{{"status", status}};
  json::array details;
  if (status != "not-applicable") details.push_back(std::move(detail));
  view["details"] = std::move(details);
  return view;
}

json::object status_view(const Estate& estate, const Instance& instance) {
  json::object view{{"instanceId", instance.id}, {"availabilityZone", instance.zone}};
  view["instanceState"] = state_view(instance_state(instance, estate.now()));
  view["systemStatus"] = check_view(check_of(estate, instance));
  view["instanceStatus"] = check_view(check_of(estate, instance));
  return view;
}

constexpr Field<Instance> status_fields[] = {
    {"instance-state-name",
     [](const Estate& e, const Instance& i) -> Texts { return {instance_state(i, e.now())}; }},
    {"instance-state-code", code_of},
    {"availability-zone", [](const Estate&, const Instance& i) -> Texts { return {i.zone}; }},
    {"instance-status.status",
     [](const Estate& e, const Instance& i) -> Texts { return {check_of(e, i)}; }},
    {"system-status.status",
     [](const Estate& e, const Instance& i) -> Texts { return {check_of(e, i)}; }},
};

json::object describe_status(Estate& estate, const Call& call) {
  const bool all = flag(call.input, "IncludeAllInstances", false);
  const auto filters = read_filters(call);
  check_filters<Instance>(filters, status_fields);
  std::map<std::string, json::object> entries;
  const auto consider = [&](const Instance& instance) {
    if (!all && instance_state(instance, estate.now()) != "running") return;
    if (!matches<Instance>(estate, instance, &instance.tags, filters, status_fields)) return;
    entries[instance.id] = status_view(estate, instance);
  };
  const auto ids = texts(call.input, "InstanceId");
  if (!ids.empty()) refuse_page(call, "InstanceId");
  for (const auto& id : ids) consider(estate.instance(id));
  if (ids.empty()) {
    for (const auto& [id, instance] : estate.model.instances) {
      if (instance.visible <= estate.now()) consider(instance);
    }
  }
  return page(call, "instanceStatusSet", std::move(entries), 1000);
}

}  // namespace

void add_instance_view_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"DescribeInstances", "InstanceId Filter MaxResults NextToken", describe_all},
       {"DescribeInstanceStatus", "InstanceId Filter IncludeAllInstances MaxResults NextToken",
        describe_status}});
}

}  // namespace sim::ec2

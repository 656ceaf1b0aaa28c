#include "sim/ec2/table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/words.hpp"
#include "sim/ec2/tags.hpp"

namespace sim::ec2 {
namespace {

void check_parameters(const Call& call, const std::vector<std::string>& known) {
  for (const auto& [name, value] : call.input) {
    if (name == "DryRun" || name == "Action" || name == "Version") continue;
    if (std::ranges::find(known, name) != known.end()) continue;
    throw Error("UnknownParameter",
                fmt::format("The parameter {} is not recognized: the embedded EC2 does not support "
                            "it for {}.",
                            std::string_view(name), call.action));
  }
}

bool reads(std::string_view action) {
  return action.starts_with("Describe") || action.starts_with("Get");
}

// Puts the model as it was before a late write in the place of the true one, and back.
class StaleView {
 public:
  explicit StaleView(Estate& estate) : estate_(estate), truth_(std::move(estate.model)) {
    estate_.model = estate_.stale_model();
  }
  ~StaleView() { estate_.model = std::move(truth_); }
  StaleView(const StaleView&) = delete;
  StaleView& operator=(const StaleView&) = delete;

 private:
  Estate& estate_;
  Model truth_;
};

json::object perform(Estate& estate, const Call& call, json::object (*run)(Estate&, const Call&)) {
  estate.settle();
  if (reads(call.action)) {
    if (!estate.reads_stale()) return run(estate, call);
    const StaleView view(estate);
    return run(estate, call);
  }
  struct Write {
    Estate& estate;
    explicit Write(Estate& all) : estate(all) { estate.before_write(); }
    ~Write() { estate.after_write(); }
  };
  const Write write(estate);
  return run(estate, call);
}

Keys vpc_key(const Estate& estate, const std::string& vpc) {
  return {{"ec2:Vpc", estate.arn(kind::vpc, vpc)}};
}

// The keys of one type beside tags and Region.
Keys own_keys(const Estate& estate, const std::string& id) {
  const auto& model = estate.model;
  const auto* kind = kind_of(id);
  if (kind == &kind::vpc) return {{"ec2:VpcID", id}, {"ec2:Tenancy", model.vpcs.at(id).tenancy}};
  if (kind == &kind::subnet) {
    auto keys = vpc_key(estate, model.subnets.at(id).vpc);
    keys["ec2:SubnetID"] = id;
    keys["ec2:AvailabilityZone"] = model.subnets.at(id).zone;
    return keys;
  }
  if (kind == &kind::route_table) {
    auto keys = vpc_key(estate, model.route_tables.at(id).vpc);
    keys["ec2:RouteTableID"] = id;
    return keys;
  }
  if (kind == &kind::internet_gateway) return {{"ec2:InternetGatewayID", id}};
  if (kind == &kind::address) {
    return {{"ec2:AllocationId", id},
            {"ec2:Domain", "vpc"},
            {"ec2:PublicIpAddress", model.addresses.at(id).ip}};
  }
  if (kind == &kind::group) {
    auto keys = vpc_key(estate, model.groups.at(id).vpc);
    keys["ec2:SecurityGroupID"] = id;
    return keys;
  }
  if (kind == &kind::interface) {
    const auto& interface = model.interfaces.at(id);
    auto keys = vpc_key(estate, interface.vpc);
    keys["ec2:NetworkInterfaceID"] = id;
    keys["ec2:Subnet"] = estate.arn(kind::subnet, interface.subnet);
    keys["ec2:AvailabilityZone"] = interface.zone;
    return keys;
  }
  if (kind == &kind::endpoint) return {{"ec2:VpceServiceName", model.endpoints.at(id).service}};
  if (kind == &kind::acl) {
    auto keys = vpc_key(estate, model.acls.at(id).vpc);
    keys["ec2:NetworkAclID"] = id;
    return keys;
  }
  if (kind == &kind::peering) {
    const auto& peering = model.peerings.at(id);
    return {{"ec2:VpcPeeringConnectionID", id},
            {"ec2:RequesterVpc", estate.arn(kind::vpc, peering.requester)},
            {"ec2:AccepterVpc", estate.arn(kind::vpc, peering.accepter)}};
  }
  if (kind == &kind::dhcp_options) return {{"ec2:DhcpOptionsID", id}};
  if (kind == &kind::key_pair) {
    return {{"ec2:KeyPairName", model.key_pairs.at(id).name},
            {"ec2:KeyPairType", model.key_pairs.at(id).type}};
  }
  if (kind == &kind::volume) {
    const auto& volume = model.volumes.at(id);
    return {{"ec2:VolumeID", id},
            {"ec2:VolumeType", volume.type},
            {"ec2:VolumeSize", std::to_string(volume.size)},
            {"ec2:Encrypted", volume.encrypted ? "true" : "false"},
            {"ec2:AvailabilityZone", volume.zone}};
  }
  if (kind == &kind::snapshot) {
    const auto& snapshot = model.snapshots.at(id);
    return {{"ec2:SnapshotID", id},
            {"ec2:VolumeSize", std::to_string(snapshot.size)},
            {"ec2:Encrypted", snapshot.encrypted ? "true" : "false"},
            {"ec2:ParentVolume", estate.arn(kind::volume, snapshot.volume)}};
  }
  if (kind == &kind::instance) {
    const auto& instance = model.instances.at(id);
    return {{"ec2:InstanceID", id},
            {"ec2:InstanceType", instance.type},
            {"ec2:AvailabilityZone", instance.zone},
            {"ec2:Tenancy", "default"}};
  }
  return {};
}

}  // namespace

void add(Estate& estate, Table& table, std::vector<Row> rows) {
  for (const auto& row : rows) {
    Operation operation;
    operation.run = at_once([&estate, run = row.run, known = words_of(row.parameters)](Call call) {
      check_parameters(call, known);
      return perform(estate, call, run);
    });
    // What a call may not say is refused before it is asked who may make it, also when it is dry.
    operation.access = [&estate, access = row.access,
                        known = words_of(row.parameters)](const Call& call) {
      check_parameters(call, known);
      estate.settle();
      return access ? access(estate, call) : std::vector<Access>{{"ec2:" + call.action, "*"}};
    };
    table.emplace(row.action, std::move(operation));
  }
}

Keys keys_of(const Estate& estate, const std::string& id) {
  Keys keys{{"ec2:Region", estate.context.region}};
  const auto* resource = estate.resource(id);
  if (!resource) return keys;
  keys.merge(own_keys(estate, id));
  for (const auto& [key, value] : resource->tags) {
    keys["aws:ResourceTag/" + key] = value;
    keys["ec2:ResourceTag/" + key] = value;
  }
  return keys;
}

Gate::Gate(const Estate& estate, const Call& call) : estate_(estate), call_(call) {}

Gate& Gate::on(const std::string& id) {
  const auto* kind = kind_of(id);
  if (id.empty()) return *this;
  list_.push_back(
      {"ec2:" + call_.action, kind ? estate_.arn(*kind, id) : "*", keys_of(estate_, id)});
  return *this;
}

Gate& Gate::on_all(const std::vector<std::string>& ids) {
  for (const auto& id : ids) on(id);
  return *this;
}

Gate& Gate::fresh(std::string_view type, Keys keys) {
  keys["ec2:Region"] = estate_.context.region;
  std::string names;
  for (const auto& [key, value] : requested_tags(call_, type)) {
    keys["aws:RequestTag/" + key] = value;
    names += (names.empty() ? "" : ",") + key;
  }
  if (!names.empty()) keys["aws:TagKeys"] = names;
  const auto arn = estate_.arn(type, "*");
  list_.push_back({"ec2:" + call_.action, arn, keys});
  if (!names.empty()) {
    keys["ec2:CreateAction"] = call_.action;
    list_.push_back({"ec2:CreateTags", arn, std::move(keys)});
  }
  return *this;
}

Gate& Gate::also(std::string action, std::string resource, Keys keys) {
  keys["ec2:Region"] = estate_.context.region;
  list_.push_back({std::move(action), std::move(resource), std::move(keys)});
  return *this;
}

Gate::operator std::vector<Access>() const {
  if (!list_.empty()) return list_;
  return {{"ec2:" + call_.action, "*", {{"ec2:Region", estate_.context.region}}}};
}

}  // namespace sim::ec2

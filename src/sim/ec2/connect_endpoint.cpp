// EC2 Instance Connect Endpoints: one in a VPC, with an interface that holds its subnet and groups.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInstanceConnectEndpoint.html
#include <fmt/format.h>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"
#include "sim/ec2/views.hpp"
#include "sim/ec2/zones.hpp"

namespace sim::ec2 {
namespace {

constexpr std::ptrdiff_t quota = 5;  // of an account in a Region, the default quota

ConnectEndpoint& find_endpoint(Estate& estate, const std::string& id) {
  return estate.get(estate.model.connect_endpoints, kind::connect_endpoint, id);
}

json::object view(const Estate& estate, const ConnectEndpoint& endpoint) {
  const auto state = connect_endpoint_state(endpoint, estate.now());
  const auto zone = find_zone(estate.context.region, endpoint.zone);
  const auto dns = fmt::format("{}.{}.ec2-instance-connect-endpoint.{}.amazonaws.com", endpoint.id,
                               endpoint.id.substr(endpoint.id.size() - 8), estate.context.region);
  Texts interfaces;
  if (!endpoint.interface.empty()) interfaces.push_back(endpoint.interface);
  return {{"instanceConnectEndpointId", endpoint.id},
          {"instanceConnectEndpointArn", estate.arn(kind::connect_endpoint, endpoint.id)},
          {"ownerId", estate.context.account},
          {"state", state},
          {"stateMessage", state.ends_with("-failed") ? "Internal error" : ""},
          {"dnsName", state == "create-in-progress" ? std::string() : dns},
          {"networkInterfaceIdSet", array_of(interfaces)},
          {"vpcId", endpoint.vpc},
          {"subnetId", endpoint.subnet},
          {"availabilityZone", endpoint.zone},
          {"availabilityZoneId", zone ? zone->id : std::string()},
          {"createdAt", base::iso8601(endpoint.created)},
          {"preserveClientIp", endpoint.preserve_client_ip},
          {"ipAddressType", "ipv4"},
          {"securityGroupIdSet", array_of(endpoint.groups)},
          {"tagSet", tag_set(endpoint.tags)}};
}

constexpr Field<ConnectEndpoint> fields[] = {
    {"instance-connect-endpoint-id",
     [](const Estate&, const ConnectEndpoint& e) -> Texts { return {e.id}; }},
    {"state",
     [](const Estate& estate, const ConnectEndpoint& e) -> Texts {
       return {connect_endpoint_state(e, estate.now())};
     }},
    {"subnet-id", [](const Estate&, const ConnectEndpoint& e) -> Texts { return {e.subnet}; }},
    {"vpc-id", [](const Estate&, const ConnectEndpoint& e) -> Texts { return {e.vpc}; }},
};

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-quotas.html: one in a VPC, so one in a
// subnet.
void check_quota(const Estate& estate, const Subnet& subnet) {
  std::ptrdiff_t held = 0;
  for (const auto& [id, endpoint] : estate.model.connect_endpoints) {
    if (connect_endpoint_state(endpoint, estate.now()) == "delete-complete") continue;
    ++held;
    if (endpoint.vpc != subnet.vpc) continue;
    throw Error("InstanceConnectEndpointLimitExceeded",
                fmt::format("The maximum number of EC2 Instance Connect Endpoints in VPC {} has "
                            "been reached.",
                            subnet.vpc));
  }
  if (held < quota) return;
  throw Error("InstanceConnectEndpointLimitExceeded",
              "The maximum number of EC2 Instance Connect Endpoints has been reached.");
}

void check_address_type(const Call& call) {
  const auto type = text(call.input, "IpAddressType");
  if (type.empty() || type == "ipv4") return;
  throw Error(
      "UnsupportedOperation",
      fmt::format("The embedded EC2 has no subnets with IPv6 for endpoints of type {}.", type));
}

void check_group_count(const Texts& groups) {
  if (groups.size() > 16) throw invalid_value("You can specify at most 16 security groups.");
}

json::object answer(const Estate& estate, const Call& call, const ConnectEndpoint& endpoint) {
  json::object output{{"instanceConnectEndpoint", view(estate, endpoint)}};
  if (has(call.input, "ClientToken")) output["clientToken"] = text(call.input, "ClientToken");
  return output;
}

// What is off takes nothing from the chance of all else.
bool fails(Estate& estate, double chance) {
  return chance > 0 && estate.chance(chance);
}

json::object create(Estate& estate, const Call& call) {
  if (const auto before = made_before(estate, call); !before.empty()) {
    return answer(estate, call, find_endpoint(estate, before));
  }
  const auto subnet = estate.subnet(required(call.input, "SubnetId"));
  check_address_type(call);
  const auto groups = texts(call.input, "SecurityGroupId");
  check_group_count(groups);
  check_groups(estate, groups, subnet);
  const bool preserve = flag(call.input, "PreserveClientIp", false);
  auto tags = tags_for(call, kind::connect_endpoint.type);
  check_quota(estate, subnet);
  auto& interface = estate.create_interface(subnet, groups, "", {});
  ConnectEndpoint endpoint;
  estate.stamp(endpoint, kind::connect_endpoint, std::move(tags));
  manage_interface(estate, interface, "eice");
  interface.description = "EC2 Instance Connect Endpoint " + endpoint.id;
  endpoint.vpc = subnet.vpc;
  endpoint.subnet = subnet.id;
  endpoint.zone = subnet.zone;
  endpoint.interface = interface.id;
  endpoint.groups = interface.groups;
  endpoint.preserve_client_ip = preserve;
  endpoint.complete = estate.now() + estate.draw(estate.knobs.connect_create);
  endpoint.create_fails = fails(estate, estate.knobs.connect_create_failed_chance);
  remember(estate, call, endpoint.id);
  const auto id = endpoint.id;
  return answer(estate, call, estate.model.connect_endpoints[id] = std::move(endpoint));
}

Error incorrect_state(const ConnectEndpoint& endpoint, std::string_view state) {
  return {"IncorrectState", fmt::format("The EC2 Instance Connect Endpoint {} is in the state {}.",
                                        endpoint.id, state)};
}

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/modify-ec2-instance-connect-endpoint.html
json::object modify(Estate& estate, const Call& call) {
  auto& endpoint = find_endpoint(estate, required(call.input, "InstanceConnectEndpointId"));
  const auto state = connect_endpoint_state(endpoint, estate.now());
  if (state != "create-complete" && state != "update-complete" && state != "update-failed") {
    throw incorrect_state(endpoint, state);
  }
  check_address_type(call);
  const auto groups = texts(call.input, "SecurityGroupId");
  check_group_count(groups);
  check_groups(estate, groups, estate.subnet(endpoint.subnet));
  endpoint.next_groups = groups.empty() ? endpoint.groups : groups;
  endpoint.next_preserve_client_ip =
      flag(call.input, "PreserveClientIp", endpoint.preserve_client_ip);
  endpoint.updated = estate.now() + estate.draw(estate.knobs.connect_update);
  endpoint.update_fails = fails(estate, estate.knobs.connect_update_failed_chance);
  return {{"return", true}};
}

json::object remove(Estate& estate, const Call& call) {
  auto& endpoint = find_endpoint(estate, required(call.input, "InstanceConnectEndpointId"));
  const auto state = connect_endpoint_state(endpoint, estate.now());
  if (state == "create-in-progress" || state == "update-in-progress") {
    throw incorrect_state(endpoint, state);
  }
  if (!endpoint.delete_called || state == "delete-failed") {
    endpoint.delete_called = estate.now();
    endpoint.deleted = estate.now() + estate.draw(estate.knobs.connect_delete);
    endpoint.delete_fails = fails(estate, estate.knobs.connect_delete_failed_chance);
  }
  return {{"instanceConnectEndpoint", view(estate, endpoint)}};
}

json::object describe_endpoints(Estate& estate, const Call& call) {
  static const Description<ConnectEndpoint> description{.set = "instanceConnectEndpointSet",
                                                        .ids = "InstanceConnectEndpointId",
                                                        .kind = kind::connect_endpoint,
                                                        .most = 50,
                                                        .fields = fields,
                                                        .view = view,
                                                        .least = 1};
  return describe(estate, call, estate.model.connect_endpoints, description);
}

std::vector<Access> remove_access(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "InstanceConnectEndpointId"));
}

std::vector<Access> modify_access(const Estate& estate, const Call& call) {
  return Gate(estate, call)
      .on(text(call.input, "InstanceConnectEndpointId"))
      .on_all(texts(call.input, "SecurityGroupId"));
}

std::vector<Access> create_access(const Estate& estate, const Call& call) {
  return Gate(estate, call)
      .fresh(kind::connect_endpoint.type)
      .on(text(call.input, "SubnetId"))
      .on_all(texts(call.input, "SecurityGroupId"));
}

}  // namespace

void add_connect_endpoint_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateInstanceConnectEndpoint",
        "SubnetId SecurityGroupId PreserveClientIp IpAddressType ClientToken TagSpecification",
        create, create_access},
       {"ModifyInstanceConnectEndpoint",
        "InstanceConnectEndpointId SecurityGroupId PreserveClientIp IpAddressType", modify,
        modify_access},
       {"DeleteInstanceConnectEndpoint", "InstanceConnectEndpointId", remove, remove_access},
       {"DescribeInstanceConnectEndpoints", "InstanceConnectEndpointId Filter MaxResults NextToken",
        describe_endpoints}});
}

}  // namespace sim::ec2

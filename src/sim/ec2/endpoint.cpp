// VPC endpoints: interface endpoints live in subnets, gateway endpoints in route tables.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
#include "sim/ec2/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "sim/ec2/endpoint_services.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"
#include "sim/ec2/views.hpp"

namespace sim::ec2 {

void place_interface(Estate& estate, Endpoint& endpoint, const std::string& subnet) {
  auto& interface = estate.create_interface(estate.subnet(subnet), endpoint.groups, {}, {});
  interface.type = "vpc_endpoint";
  interface.description = fmt::format("VPC Endpoint Interface {}", endpoint.id);
  manage_interface(estate, interface, "vpce");
  interface.delete_on_termination = false;
  endpoint.interfaces.push_back(interface.id);
}

void end_endpoint(Estate& estate, Endpoint& endpoint) {
  const auto lasts = endpoint.type == "Gateway" ? estate.draw(estate.knobs.gateway_endpoint_delete)
                                                : estate.draw(estate.knobs.endpoint_delete);
  endpoint.deleted = estate.now() + lasts;
  // Of its own chance: how long one is told changes nothing of all else.
  auto fate = estate.context.random("ec2.endpoint-told." + endpoint.id);
  endpoint.forgotten = *endpoint.deleted + draw(fate, estate.knobs.endpoint_visible);
}

namespace {

constexpr std::string_view full_access =
    R"({"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]})";

Error bad_parameter(const std::string& message) {
  return {"InvalidParameter", message};
}

EndpointService find_service(const Estate& estate, const std::string& name, bool gateway) {
  std::optional<EndpointService> other;
  for (auto& service : endpoint_services(estate.context.region)) {
    if (service.name != name) continue;
    if (service.gateway == gateway) return service;
    other = service;
  }
  if (!other) {
    throw Error("InvalidServiceName",
                fmt::format("The Vpc Endpoint Service '{}' does not exist", name));
  }
  throw bad_parameter(
      fmt::format("Endpoint type ({}) does not match available service types ([{}]).",
                  gateway ? "Gateway" : "Interface", gateway ? "Interface" : "Gateway"));
}

// What is `deleted` is only told: no other call finds it.
bool is_gone(const Estate& estate, const Endpoint& endpoint) {
  return endpoint_state(endpoint, estate.now()) == "deleted";
}

Endpoint& living_endpoint(Estate& estate, const std::string& id) {
  auto& endpoint = estate.get(estate.model.endpoints, kind::endpoint, id);
  if (is_gone(estate, endpoint)) throw not_found(kind::endpoint, id);
  return endpoint;
}

// One VPC has one owner for a private name.
void check_private_dns(const Estate& estate, const Endpoint& endpoint,
                       const EndpointService& service) {
  const auto& vpc = estate.model.vpcs.at(endpoint.vpc);
  if (!vpc.dns_support || !vpc.dns_hostnames) {
    throw bad_parameter(
        fmt::format("Enabling private DNS requires both enableDnsSupport and enableDnsHostnames "
                    "VPC attributes set to true for {}",
                    vpc.id));
  }
  for (const auto& [id, other] : estate.model.endpoints) {
    if (id == endpoint.id || other.vpc != endpoint.vpc || other.service != endpoint.service ||
        !other.private_dns || is_gone(estate, other)) {
      continue;
    }
    throw bad_parameter(
        fmt::format("private-dns-enabled cannot be set because there is already a conflicting DNS "
                    "domain for {} in the VPC {}",
                    service.private_dns, endpoint.vpc));
  }
}

std::string read_policy(const Call& call) {
  auto policy = text(call.input, "PolicyDocument");
  if (policy.empty()) return std::string(full_access);
  boost::system::error_code failed;
  const auto parsed = json::parse(policy, failed);
  if (failed || !parsed.is_object()) {
    throw Error("InvalidPolicyDocument", "The policy document is not valid JSON.");
  }
  return policy;
}

void refuse(const Call& call, const Texts& names, std::string_view type) {
  for (const auto& name : names) {
    if (!has(call.input, name)) continue;
    throw bad_parameter(fmt::format("{} cannot be specified for {} endpoints.", name, type));
  }
}

// Subnets of the endpoint's VPC, each in a zone of its own.
void check_subnets(Estate& estate, const std::string& vpc, const Texts& subnets) {
  std::set<std::string> zones;
  for (const auto& id : subnets) {
    const auto& subnet = estate.subnet(id);
    if (subnet.vpc != vpc) {
      throw bad_parameter(fmt::format("Subnet {} does not belong to VPC {}", id, vpc));
    }
    if (!zones.insert(subnet.zone).second) {
      throw Error(
          "DuplicateSubnetsInSameZone",
          fmt::format("Found another VPC endpoint subnet in the availability zone of {}", id));
    }
  }
}

void check_endpoint_groups(Estate& estate, const std::string& vpc, const Texts& groups) {
  for (const auto& id : groups) {
    if (estate.group(id).vpc != vpc) {
      throw bad_parameter(fmt::format("Security group {} does not belong to VPC {}", id, vpc));
    }
  }
}

void check_route_tables(Estate& estate, const Endpoint& endpoint, const Texts& tables) {
  for (const auto& id : tables) {
    const auto& table = estate.route_table(id);
    if (table.vpc != endpoint.vpc) {
      throw bad_parameter(
          fmt::format("Route table {} does not belong to VPC {}", id, endpoint.vpc));
    }
    const auto there = std::ranges::find(table.routes, endpoint.prefix_list, &Route::destination);
    if (there != table.routes.end()) {
      throw Error("RouteAlreadyExists", fmt::format("route table {} already has a route with "
                                                    "destination-prefix-list-id {}",
                                                    id, endpoint.prefix_list));
    }
  }
}

void add_routes(Estate& estate, const Endpoint& endpoint, const Texts& tables) {
  for (const auto& id : tables) {
    estate.route_table(id).routes.push_back({endpoint.prefix_list, endpoint.id, "CreateRoute"});
  }
}

void remove_routes(Estate& estate, const std::string& endpoint, const std::string& table) {
  const auto found = estate.model.route_tables.find(table);
  if (found == estate.model.route_tables.end()) return;
  std::erase_if(found->second.routes, [&](const Route& route) { return route.target == endpoint; });
}

void make_interfaces(Estate& estate, const Call& call, const EndpointService& service,
                     Endpoint& endpoint) {
  refuse(call, {"RouteTableId"}, "Interface");
  endpoint.groups = texts(call.input, "SecurityGroupId");
  endpoint.subnets = texts(call.input, "SubnetId");
  // S3 and DynamoDB give theirs no private name unless asked.
  const bool shared = service.service == "s3" || service.service == "dynamodb";
  endpoint.private_dns = flag(call.input, "PrivateDnsEnabled", !shared);
  if (endpoint.private_dns && shared) {
    throw Error(
        "UnsupportedOperation",
        "The embedded EC2 has no private DNS for interface endpoints of " + service.service + ".");
  }
  check_subnets(estate, endpoint.vpc, endpoint.subnets);
  check_endpoint_groups(estate, endpoint.vpc, endpoint.groups);
  if (endpoint.groups.empty()) {
    endpoint.groups = {estate.model.vpcs.at(endpoint.vpc).default_group};
  }
  if (endpoint.private_dns) check_private_dns(estate, endpoint, service);
  for (const auto& id : endpoint.subnets) {
    if (estate.free_addresses(estate.subnet(id)) > 0) continue;
    throw Error("InsufficientFreeAddressesInSubnet",
                fmt::format("There are not enough free addresses in subnet '{}'.", id));
  }
  for (const auto& subnet : endpoint.subnets) place_interface(estate, endpoint, subnet);
}

void make_routes(Estate& estate, const Call& call, const EndpointService& service,
                 Endpoint& endpoint) {
  refuse(call, {"SubnetId", "SecurityGroupId"}, "Gateway");
  if (flag(call.input, "PrivateDnsEnabled", false)) {
    throw bad_parameter("Private DNS can't be enabled because the service does not support it.");
  }
  endpoint.prefix_list = prefix_list_of(service);
  endpoint.route_tables = texts(call.input, "RouteTableId");
  check_route_tables(estate, endpoint, endpoint.route_tables);
  add_routes(estate, endpoint, endpoint.route_tables);
}

json::array dns_entries(const Estate& estate, const Endpoint& endpoint) {
  json::array entries;
  if (endpoint.type != "Interface") return entries;
  const auto service = find_service(estate, endpoint.service, false);
  const auto base = fmt::format("{}-{}", endpoint.id, endpoint.id.substr(endpoint.id.size() - 8));
  const auto zone = fmt::format("{}.{}.vpce.amazonaws.com", service.service, estate.context.region);
  // The hosted zone of AWS's vpce names, and the private one of this endpoint.
  const auto put = [&](const std::string& name, const std::string& hosted_zone) {
    entries.push_back(json::object{{"dnsName", name}, {"hostedZoneId", hosted_zone}});
  };
  put(fmt::format("{}.{}", base, zone), "Z2E726K9Y6RL4W");
  for (const auto& id : endpoint.subnets) {
    const auto found = estate.model.subnets.find(id);
    if (found == estate.model.subnets.end()) continue;
    put(fmt::format("{}-{}.{}", base, found->second.zone, zone), "Z2E726K9Y6RL4W");
  }
  if (endpoint.private_dns) {
    auto hosted = endpoint.id.substr(5);
    std::ranges::transform(hosted, hosted.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    put(service.private_dns, "Z" + hosted);
  }
  return entries;
}

json::object view(const Estate& estate, const Endpoint& endpoint) {
  json::object result{{"vpcEndpointId", endpoint.id},
                      {"vpcEndpointType", endpoint.type},
                      {"vpcId", endpoint.vpc},
                      {"serviceName", endpoint.service},
                      {"state", endpoint_state(endpoint, estate.now())},
                      {"policyDocument", endpoint.policy},
                      {"privateDnsEnabled", endpoint.private_dns},
                      {"requesterManaged", !endpoint.requester.empty()},
                      {"creationTimestamp", base::iso8601(endpoint.created)},
                      {"ownerId", estate.context.account},
                      {"serviceRegion", estate.context.region}};
  if (endpoint.type == "Interface") result["ipAddressType"] = "ipv4";
  result["routeTableIdSet"] = array_of(endpoint.route_tables);
  result["subnetIdSet"] = array_of(endpoint.subnets);
  result["groupSet"] = group_set(estate, endpoint.groups);
  result["networkInterfaceIdSet"] = array_of(endpoint.interfaces);
  result["dnsEntrySet"] = dns_entries(estate, endpoint);
  result["tagSet"] = tag_set(endpoint.tags);
  return result;
}

// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html: 20 gateway
// endpoints in a Region, 50 interface endpoints in a VPC.
void check_quota(const Estate& estate, const std::string& vpc, const std::string& type) {
  const bool gateway = type == "Gateway";
  const auto held = std::ranges::count_if(estate.model.endpoints, [&](const auto& entry) {
    const auto& other = entry.second;
    return other.type == type && (gateway || other.vpc == vpc) && !is_gone(estate, other);
  });
  if (held < (gateway ? 20 : 50)) return;
  throw Error("VpcEndpointLimitExceeded", "The maximum number of VPC endpoints has been reached.");
}

json::object created(const Estate& estate, const Endpoint& endpoint) {
  json::object output;
  output["vpcEndpoint"] = view(estate, endpoint);
  if (!endpoint.client_token.empty()) output["clientToken"] = endpoint.client_token;
  return output;
}

json::object create(Estate& estate, const Call& call) {
  const auto vpc = required(call.input, "VpcId");
  const auto name = required(call.input, "ServiceName");
  auto type = text(call.input, "VpcEndpointType");
  if (type.empty()) type = "Gateway";
  const auto token = text(call.input, "ClientToken");
  const auto before = estate.model.endpoints.find(made_before(estate, call));
  if (before != estate.model.endpoints.end() && !is_gone(estate, before->second)) {
    return created(estate, before->second);
  }
  estate.vpc(vpc);
  if (type != "Gateway" && type != "Interface") {
    throw Error("UnsupportedOperation",
                fmt::format("The embedded EC2 has no endpoints of type {}.", type));
  }
  const auto service = find_service(estate, name, type == "Gateway");
  check_quota(estate, vpc, type);
  Endpoint endpoint;
  endpoint.vpc = vpc;
  endpoint.type = type;
  endpoint.service = name;
  endpoint.policy = read_policy(call);
  endpoint.client_token = token;
  estate.stamp(endpoint, kind::endpoint, tags_for(call, kind::endpoint.type));
  endpoint.available = estate.now();
  if (type == "Gateway") {
    make_routes(estate, call, service, endpoint);
  } else {
    make_interfaces(estate, call, service, endpoint);
    endpoint.available += estate.draw(estate.knobs.endpoint_create);
  }
  remember(estate, call, endpoint.id);
  const auto id = endpoint.id;
  return created(estate, estate.model.endpoints[id] = std::move(endpoint));
}

std::vector<Access> create_access(const Estate& estate, const Call& call) {
  const auto& input = call.input;
  Gate gate(estate, call);
  gate.fresh(kind::endpoint.type, {{"ec2:VpceServiceName", text(input, "ServiceName")},
                                   {"ec2:VpceServiceOwner", "amazon"}});
  gate.on(text(input, "VpcId"))
      .on_all(texts(input, "RouteTableId"))
      .on_all(texts(input, "SubnetId"))
      .on_all(texts(input, "SecurityGroupId"));
  // https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
  const bool interface = text(input, "VpcEndpointType") == "Interface";
  if (interface && flag(input, "PrivateDnsEnabled", true)) {
    const auto vpc = text(input, "VpcId");
    gate.also("route53:AssociateVPCWithHostedZone", "*", {{"route53:VPCs", vpc}});
  }
  return gate;
}

// https://repost.aws/knowledge-center/vpc-delete-requester-managed-endpoint
void check_own(const Endpoint& endpoint) {
  if (endpoint.requester.empty()) return;
  throw bad_parameter(fmt::format(
      "Operation is not allowed for requester-managed VPC endpoints for the service {}.",
      endpoint.service));
}

// The other calls say InvalidVpcEndpointId.NotFound; terraform expects this one of a deletion.
// https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_endpoint.go
std::string code_in_list(const Error& error) {
  return error.code == kind::endpoint.not_found ? "InvalidVpcEndpoint.NotFound" : error.code;
}

// Each id has its own outcome: what fails is told inside a success.
json::object remove(Estate& estate, const Call& call) {
  const auto ids = texts(call.input, "VpcEndpointId");
  if (ids.empty()) throw missing_parameter("VpcEndpointId");
  json::array unsuccessful;
  for (const auto& id : ids) {
    try {
      auto& endpoint = living_endpoint(estate, id);
      check_own(endpoint);
      if (endpoint.deleted) continue;
      end_endpoint(estate, endpoint);
      for (const auto& table : endpoint.route_tables) remove_routes(estate, id, table);
    } catch (const Error& error) {
      json::object item{{"resourceId", id}};
      item["error"] = json::object{{"code", code_in_list(error)}, {"message", error.what()}};
      unsuccessful.push_back(std::move(item));
    }
  }
  json::object output;
  output["unsuccessful"] = std::move(unsuccessful);
  return output;
}

std::vector<Access> remove_access(const Estate& estate, const Call& call) {
  return Gate(estate, call).on_all(texts(call.input, "VpcEndpointId"));
}

void modify_interfaces(Estate& estate, const Call& call, Endpoint& endpoint) {
  refuse(call, {"AddRouteTableId", "RemoveRouteTableId"}, "Interface");
  auto groups = endpoint.groups;
  const auto added = texts(call.input, "AddSecurityGroupId");
  check_endpoint_groups(estate, endpoint.vpc, added);
  for (const auto& id : texts(call.input, "RemoveSecurityGroupId")) std::erase(groups, id);
  for (const auto& id : added) {
    if (std::ranges::find(groups, id) == groups.end()) groups.push_back(id);
  }
  if (groups.empty()) {
    throw bad_parameter("At least one security group is required for Interface endpoints.");
  }
  const auto gone = texts(call.input, "RemoveSubnetId");
  auto subnets = endpoint.subnets;
  std::erase_if(subnets, [&](const auto& id) { return std::ranges::find(gone, id) != gone.end(); });
  const auto fresh = texts(call.input, "AddSubnetId");
  subnets.insert(subnets.end(), fresh.begin(), fresh.end());
  check_subnets(estate, endpoint.vpc, subnets);
  const bool named = flag(call.input, "PrivateDnsEnabled", endpoint.private_dns);
  if (named && !endpoint.private_dns) {
    check_private_dns(estate, endpoint, find_service(estate, endpoint.service, false));
  }

  endpoint.private_dns = named;
  endpoint.groups = std::move(groups);
  endpoint.subnets = std::move(subnets);
  std::erase_if(endpoint.interfaces, [&](const auto& id) {
    auto& interface = estate.model.interfaces.at(id);
    interface.groups = endpoint.groups;
    if (std::ranges::find(gone, interface.subnet) == gone.end()) return false;
    estate.remove_interface(id);
    return true;
  });
  for (const auto& subnet : fresh) place_interface(estate, endpoint, subnet);
}

void modify_routes(Estate& estate, const Call& call, Endpoint& endpoint) {
  refuse(call,
         {"AddSubnetId", "RemoveSubnetId", "AddSecurityGroupId", "RemoveSecurityGroupId",
          "PrivateDnsEnabled"},
         "Gateway");
  const auto added = texts(call.input, "AddRouteTableId");
  check_route_tables(estate, endpoint, added);
  for (const auto& id : texts(call.input, "RemoveRouteTableId")) {
    std::erase(endpoint.route_tables, id);
    remove_routes(estate, endpoint.id, id);
  }
  add_routes(estate, endpoint, added);
  endpoint.route_tables.insert(endpoint.route_tables.end(), added.begin(), added.end());
}

json::object modify(Estate& estate, const Call& call) {
  auto& endpoint = living_endpoint(estate, required(call.input, "VpcEndpointId"));
  check_own(endpoint);
  if (endpoint_state(endpoint, estate.now()) != "available") {
    throw Error("IncorrectState",
                fmt::format("The VPC endpoint {} is not in the state available.", endpoint.id));
  }
  auto policy = endpoint.policy;
  if (has(call.input, "PolicyDocument")) policy = read_policy(call);
  if (flag(call.input, "ResetPolicy", false)) policy = full_access;
  if (endpoint.type == "Interface") {
    modify_interfaces(estate, call, endpoint);
  } else {
    modify_routes(estate, call, endpoint);
  }
  endpoint.policy = std::move(policy);
  return {{"return", true}};
}

std::vector<Access> modify_access(const Estate& estate, const Call& call) {
  const auto& input = call.input;
  return Gate(estate, call)
      .on(text(input, "VpcEndpointId"))
      .on_all(texts(input, "AddRouteTableId"))
      .on_all(texts(input, "RemoveRouteTableId"))
      .on_all(texts(input, "AddSubnetId"))
      .on_all(texts(input, "RemoveSubnetId"))
      .on_all(texts(input, "AddSecurityGroupId"))
      .on_all(texts(input, "RemoveSecurityGroupId"));
}

constexpr Field<Endpoint> fields[] = {
    {"vpc-endpoint-id", [](const Estate&, const Endpoint& e) -> Texts { return {e.id}; }},
    {"vpc-endpoint-type", [](const Estate&, const Endpoint& e) -> Texts { return {e.type}; }},
    {"vpc-id", [](const Estate&, const Endpoint& e) -> Texts { return {e.vpc}; }},
    {"service-name", [](const Estate&, const Endpoint& e) -> Texts { return {e.service}; }},
    {"vpc-endpoint-state",
     [](const Estate& estate, const Endpoint& e) -> Texts {
       return {endpoint_state(e, estate.now())};
     }},
};

json::object describe_endpoints(Estate& estate, const Call& call) {
  static const Description<Endpoint> description{
      "vpcEndpointSet", "VpcEndpointId", kind::endpoint, 1000, fields, view};
  return describe(estate, call, estate.model.endpoints, description);
}

json::array one(std::string_view name, json::value value) {
  json::object holder;
  holder[name] = std::move(value);
  json::array list;
  list.push_back(std::move(holder));
  return list;
}

json::object service_view(const EndpointService& service) {
  json::object view{{"serviceName", service.name},
                    {"owner", "amazon"},
                    {"vpcEndpointPolicySupported", true},
                    {"acceptanceRequired", false},
                    {"managesVpcEndpoints", false}};
  view["serviceType"] = one("serviceType", service.gateway ? "Gateway" : "Interface");
  if (!service.gateway) {
    view["privateDnsName"] = service.private_dns;
    view["privateDnsNameSet"] = one("privateDnsName", json::string(service.private_dns));
  }
  return view;
}

constexpr Field<EndpointService> service_fields[] = {
    {"service-name", [](const Estate&, const EndpointService& s) -> Texts { return {s.name}; }},
    {"service-type",
     [](const Estate&, const EndpointService& s) -> Texts {
       return {s.gateway ? "Gateway" : "Interface"};
     }},
    {"owner", [](const Estate&, const EndpointService&) -> Texts { return {"amazon"}; }},
};

json::object describe_services(Estate& estate, const Call& call) {
  const auto filters = read_filters(call);
  const auto wanted = texts(call.input, "ServiceName");
  std::map<std::string, json::object> details;
  std::set<std::string> seen;
  for (const auto& service : endpoint_services(estate.context.region)) {
    if (!wanted.empty() && std::ranges::find(wanted, service.name) == wanted.end()) continue;
    if (!matches<EndpointService>(estate, service, nullptr, filters, service_fields)) continue;
    seen.insert(service.name);
    details[service.name + (service.gateway ? " Gateway" : " Interface")] = service_view(service);
  }
  for (const auto& name : wanted) {
    if (seen.contains(name)) continue;
    throw Error("InvalidServiceName",
                fmt::format("The Vpc Endpoint Service '{}' does not exist", name));
  }
  auto output = page(call, "serviceDetailSet", std::move(details), 1000);
  json::array names;
  for (const auto& detail : output["serviceDetailSet"].as_array()) {
    const auto& name = detail.at("serviceName");
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  output["serviceNameSet"] = std::move(names);
  return output;
}

}  // namespace

void add_endpoint_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateVpcEndpoint",
        "VpcId ServiceName VpcEndpointType SubnetId SecurityGroupId RouteTableId "
        "PrivateDnsEnabled PolicyDocument ClientToken TagSpecification",
        create, create_access},
       {"DeleteVpcEndpoints", "VpcEndpointId", remove, remove_access},
       {"ModifyVpcEndpoint",
        "VpcEndpointId PolicyDocument ResetPolicy PrivateDnsEnabled AddSubnetId RemoveSubnetId "
        "AddSecurityGroupId RemoveSecurityGroupId AddRouteTableId RemoveRouteTableId",
        modify, modify_access},
       {"DescribeVpcEndpoints", "VpcEndpointId Filter MaxResults NextToken", describe_endpoints},
       {"DescribeVpcEndpointServices", "ServiceName Filter MaxResults NextToken",
        describe_services}});
}

}  // namespace sim::ec2

#include "aws/ec2/ec2.hpp"

#include "aws/errors.hpp"
#include "aws/xml.hpp"

namespace aws::ec2 {

namespace {

using xml::items;
using xml::optional_id;
using xml::text;

base::Task<pugi::xml_document> call(Client& client, std::string operation, http::Query parameters) {
  return client.query("ec2", "2016-11-15", std::move(operation), std::move(parameters));
}

// One filter takes at most 200 values.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
constexpr std::size_t filter_values = 200;

// Asks for every id by filter, page by page, and turns each item of the set into a T.
template <class T>
base::Task<std::vector<T>> find(Client& client, std::string operation, const char* filter,
                                std::vector<std::string> ids, const char* set,
                                T (*parse)(pugi::xml_node)) {
  std::vector<T> found;
  for (std::size_t first = 0; first < ids.size(); first += filter_values) {
    const auto last = std::min(ids.size(), first + filter_values);
    const auto from = ids.begin() + static_cast<std::ptrdiff_t>(first);
    http::Query query{{"Filter.1.Name", filter}};
    protocol::add_list(query, "Filter.1.Value",
                       {from, ids.begin() + static_cast<std::ptrdiff_t>(last)});
    std::string token;
    do {
      auto page = query;
      if (!token.empty()) page.emplace_back("NextToken", token);
      const auto document = co_await call(client, operation, std::move(page));
      const auto root = document.document_element();
      for (const auto item : items(root.child(set))) found.push_back(parse(item));
      token = text(root, "nextToken");
    } while (!token.empty());
  }
  co_return found;
}

template <class Id>
std::vector<std::string> values(std::vector<Id> ids) {
  std::vector<std::string> out;
  out.reserve(ids.size());
  for (auto& id : ids) out.push_back(std::move(id.value));
  return out;
}

Tags tags_of(pugi::xml_node node) {
  Tags tags;
  for (const auto tag : items(node.child("tagSet"))) tags[text(tag, "key")] = text(tag, "value");
  return tags;
}

NatGatewayAddress parse_gateway_address(pugi::xml_node node) {
  return {.allocation = optional_id<AllocationId>(node, "allocationId"),
          .public_ip = text(node, "publicIp"),
          .interface = optional_id<NetworkInterfaceId>(node, "networkInterfaceId"),
          .primary = text(node, "isPrimary") == "true",
          .status = text(node, "status")};
}

NatGateway parse_nat_gateway(pugi::xml_node node) {
  NatGateway out{.id = {text(node, "natGatewayId")},
                 .state = text(node, "state"),
                 .failure = text(node, "failureCode"),
                 .vpc = {text(node, "vpcId")},
                 .addresses = {},
                 .tags = tags_of(node)};
  if (!out.failure.empty()) out.failure += ": " + text(node, "failureMessage");
  for (const auto item : items(node.child("natGatewayAddressSet"))) {
    out.addresses.push_back(parse_gateway_address(item));
  }
  return out;
}

Address parse_address(pugi::xml_node node) {
  return {.allocation = {text(node, "allocationId")},
          .public_ip = text(node, "publicIp"),
          .association = text(node, "associationId"),
          .interface = optional_id<NetworkInterfaceId>(node, "networkInterfaceId"),
          .instance = optional_id<InstanceId>(node, "instanceId"),
          .service_managed = text(node, "serviceManaged"),
          .tags = tags_of(node)};
}

InternetGateway parse_internet_gateway(pugi::xml_node node) {
  InternetGateway out{
      .id = {text(node, "internetGatewayId")}, .attached = {}, .tags = tags_of(node)};
  for (const auto item : items(node.child("attachmentSet"))) {
    out.attached.push_back({text(item, "vpcId")});
  }
  return out;
}

std::string first_text(pugi::xml_node node, std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    if (auto value = text(node, name); !value.empty()) return value;
  }
  return {};
}

Route parse_route(pugi::xml_node node) {
  return {.destination = first_text(node, {"destinationCidrBlock", "destinationIpv6CidrBlock",
                                           "destinationPrefixListId"}),
          .target = first_text(
              node, {"natGatewayId", "gatewayId", "egressOnlyInternetGatewayId", "transitGatewayId",
                     "vpcPeeringConnectionId", "localGatewayId", "carrierGatewayId",
                     "coreNetworkArn", "odbNetworkArn", "networkInterfaceId", "instanceId"}),
          .state = text(node, "state"),
          .origin = text(node, "origin")};
}

RouteTable parse_route_table(pugi::xml_node node) {
  RouteTable out{.id = {text(node, "routeTableId")},
                 .vpc = {text(node, "vpcId")},
                 .subnets = {},
                 .routes = {},
                 .tags = tags_of(node)};
  for (const auto item : items(node.child("associationSet"))) {
    if (text(item, "main") == "true") out.main = true;
    if (auto subnet = text(item, "subnetId"); !subnet.empty()) {
      out.subnets.push_back(std::move(subnet));
    }
  }
  for (const auto item : items(node.child("routeSet"))) out.routes.push_back(parse_route(item));
  return out;
}

NetworkInterface parse_interface(pugi::xml_node node) {
  const auto association = node.child("association");
  return {.id = {text(node, "networkInterfaceId")},
          .vpc = {text(node, "vpcId")},
          .private_ip = text(node, "privateIpAddress"),
          .public_ip = text(association, "publicIp"),
          .allocation = optional_id<AllocationId>(association, "allocationId"),
          .type = text(node, "interfaceType"),
          .description = text(node, "description")};
}

InstanceStatus parse_instance_status(pugi::xml_node node) {
  return {.id = {text(node, "instanceId")},
          .state = text(node.child("instanceState"), "name"),
          .system_status = text(node.child("systemStatus"), "status"),
          .instance_status = text(node.child("instanceStatus"), "status")};
}

// This operation has no filter by id, so an unknown id fails the whole call. False then.
base::Task<bool> add_statuses(Client& client, std::vector<std::string> ids,
                              std::vector<InstanceStatus>& found) {
  http::Query query{{"IncludeAllInstances", "true"}};
  protocol::add_list(query, "InstanceId", ids);
  try {
    const auto document = co_await call(client, "DescribeInstanceStatus", std::move(query));
    for (const auto item : items(document.document_element().child("instanceStatusSet"))) {
      found.push_back(parse_instance_status(item));
    }
  } catch (const ServiceError& error) {
    if (!is_not_found(error.code)) throw;
    co_return false;
  }
  co_return true;
}

base::Task<void> change(Client& client, std::string operation, http::Query parameters) {
  co_await call(client, std::move(operation), std::move(parameters));
}

}  // namespace

base::Task<std::vector<NatGateway>> find_nat_gateways(Client& client,
                                                      std::vector<NatGatewayId> ids) {
  return find(client, "DescribeNatGateways", "nat-gateway-id", values(std::move(ids)),
              "natGatewaySet", parse_nat_gateway);
}

base::Task<std::vector<Address>> find_addresses(Client& client, std::vector<AllocationId> ids) {
  return find(client, "DescribeAddresses", "allocation-id", values(std::move(ids)), "addressesSet",
              parse_address);
}

base::Task<std::vector<InternetGateway>> find_internet_gateways(
    Client& client, std::vector<InternetGatewayId> ids) {
  return find(client, "DescribeInternetGateways", "internet-gateway-id", values(std::move(ids)),
              "internetGatewaySet", parse_internet_gateway);
}

base::Task<std::vector<InternetGateway>> internet_gateways_of(Client& client,
                                                              std::vector<VpcId> vpcs) {
  return find(client, "DescribeInternetGateways", "attachment.vpc-id", values(std::move(vpcs)),
              "internetGatewaySet", parse_internet_gateway);
}

base::Task<std::vector<RouteTable>> find_route_tables(Client& client,
                                                      std::vector<RouteTableId> ids) {
  return find(client, "DescribeRouteTables", "route-table-id", values(std::move(ids)),
              "routeTableSet", parse_route_table);
}

base::Task<std::vector<RouteTable>> route_tables_of(Client& client, std::vector<VpcId> vpcs) {
  return find(client, "DescribeRouteTables", "vpc-id", values(std::move(vpcs)), "routeTableSet",
              parse_route_table);
}

base::Task<std::vector<NetworkInterface>> network_interfaces_of(Client& client, VpcId vpc) {
  return find(client, "DescribeNetworkInterfaces", "vpc-id", values(std::vector{std::move(vpc)}),
              "networkInterfaceSet", parse_interface);
}

base::Task<std::vector<InstanceStatus>> instance_statuses(Client& client,
                                                          std::vector<InstanceId> ids) {
  std::vector<InstanceStatus> found;
  if (ids.empty()) co_return found;
  const auto all = values(std::move(ids));
  if (co_await add_statuses(client, all, found)) co_return found;
  found.clear();
  for (const auto& id : all) co_await add_statuses(client, {id}, found);
  co_return found;
}

base::Task<void> delete_route(Client& client, RouteTableId table, std::string destination) {
  const auto* parameter = destination.starts_with("pl-")               ? "DestinationPrefixListId"
                          : destination.find(':') != std::string::npos ? "DestinationIpv6CidrBlock"
                                                                       : "DestinationCidrBlock";
  return change(client, "DeleteRoute",
                {{"RouteTableId", std::move(table.value)}, {parameter, std::move(destination)}});
}

base::Task<void> delete_nat_gateway(Client& client, NatGatewayId id) {
  return change(client, "DeleteNatGateway", {{"NatGatewayId", std::move(id.value)}});
}

base::Task<void> release_address(Client& client, AllocationId id) {
  return change(client, "ReleaseAddress", {{"AllocationId", std::move(id.value)}});
}

base::Task<void> detach_internet_gateway(Client& client, InternetGatewayId id, VpcId vpc) {
  return change(client, "DetachInternetGateway",
                {{"InternetGatewayId", std::move(id.value)}, {"VpcId", std::move(vpc.value)}});
}

base::Task<void> delete_internet_gateway(Client& client, InternetGatewayId id) {
  return change(client, "DeleteInternetGateway", {{"InternetGatewayId", std::move(id.value)}});
}

}  // namespace aws::ec2

#include "cli/survey.hpp"

#include <algorithm>

#include "aws/ec2/ec2.hpp"
#include "aws/errors.hpp"
#include "aws/xml.hpp"
#include "base/contains.hpp"

namespace cli {

namespace {

using aws::xml::items;
using aws::xml::text;

std::string after_last(const std::string& value, std::string_view marks) {
  const auto at = value.find_last_of(marks);
  return at == std::string::npos ? value : value.substr(at + 1);
}

std::string name_of(const Place& place, const std::string& id) {
  const auto found = place.names.find(id);
  return found == place.names.end() ? std::string() : found->second;
}

// What holds in a subnet: its own table, or the VPC's main one.
const aws::ec2::RouteTable* table_of(const std::vector<aws::ec2::RouteTable>& tables,
                                     const std::string& subnet) {
  const auto own = std::ranges::find_if(
      tables, [&](const auto& table) { return base::contains(table.subnets, subnet); });
  if (own != tables.end()) return &*own;
  const auto main = std::ranges::find_if(tables, &aws::ec2::RouteTable::main);
  return main == tables.end() ? nullptr : &*main;
}

void take_routes(Subnet& subnet, const aws::ec2::RouteTable& table) {
  subnet.route_table = table.id.value;
  for (const auto& route : table.routes) {
    subnet.routes.push_back({route.destination, route.target, route.state});
  }
}

base::Task<void> look_at_subnets(aws::Client& client, const Place& place, Topology& topology) {
  const auto tables = co_await aws::ec2::route_tables_of(client, {aws::VpcId{place.vpc}});
  co_await describe(client, "DescribeSubnets", "vpc-id", place.vpc, "subnetSet",
                    [&](pugi::xml_node node) {
                      Subnet subnet;
                      subnet.id = text(node, "subnetId");
                      subnet.name = name_of(place, subnet.id);
                      if (subnet.name.empty()) subnet.name = subnet.id;
                      subnet.cidr = text(node, "cidrBlock");
                      if (const auto* table = table_of(tables, subnet.id))
                        take_routes(subnet, *table);
                      topology.subnets.push_back(std::move(subnet));
                    });
  std::ranges::sort(topology.subnets, {}, [](const Subnet& s) { return s.cidr + s.id; });
}

base::Task<void> look_at_gateways(aws::Client& client, const Place& place, Topology& topology) {
  for (const auto& gateway :
       co_await aws::ec2::internet_gateways_of(client, {aws::VpcId{place.vpc}})) {
    topology.nodes.push_back({gateway.id.value, "internet_gateway",
                              name_of(place, gateway.id.value), "", "", "attached"});
  }
  std::vector<aws::AllocationId> allocations;
  std::map<std::string, std::string> subnets;
  const auto take = [&](pugi::xml_node node) {
    const auto state = text(node, "state");
    if (state == "deleted") return;
    Node gateway{text(node, "natGatewayId"), "nat_gateway", "", text(node, "subnetId"), "", state};
    gateway.name = name_of(place, gateway.id);
    for (const auto address : items(node.child("natGatewayAddressSet"))) {
      if (gateway.address.empty()) gateway.address = text(address, "privateIp");
      const auto allocation = text(address, "allocationId");
      if (allocation.empty()) continue;
      allocations.push_back({allocation});
      subnets[allocation] = gateway.subnet;
    }
    topology.nodes.push_back(std::move(gateway));
  };
  co_await describe(client, "DescribeNatGateways", "vpc-id", place.vpc, "natGatewaySet", take);
  if (allocations.empty()) co_return;
  for (const auto& address : co_await aws::ec2::find_addresses(client, allocations)) {
    topology.nodes.push_back({address.allocation.value, "elastic_ip",
                              name_of(place, address.public_ip), subnets[address.allocation.value],
                              address.public_ip,
                              address.association.empty() ? "free" : "associated"});
  }
}

base::Task<void> look_at_workload(aws::Client& client, const Place& place, Topology& topology) {
  co_await describe(client, "DescribeInstances", "vpc-id", place.vpc, "reservationSet",
                    [&](pugi::xml_node reservation) {
                      for (const auto node : items(reservation.child("instancesSet"))) {
                        const auto state = text(node.child("instanceState"), "name");
                        if (state == "terminated") continue;
                        Node instance{
                            text(node, "instanceId"),       "instance", "", text(node, "subnetId"),
                            text(node, "privateIpAddress"), state};
                        instance.name = name_of(place, instance.id);
                        topology.nodes.push_back(std::move(instance));
                      }
                    });
  co_await describe(client, "DescribeVpcEndpoints", "vpc-id", place.vpc, "vpcEndpointSet",
                    [&](pugi::xml_node node) {
                      const auto state = text(node, "state");
                      if (state == "deleted") return;
                      for (const auto subnet : items(node.child("subnetIdSet"))) {
                        topology.nodes.push_back({text(node, "vpcEndpointId"), "endpoint",
                                                  after_last(text(node, "serviceName"), "."),
                                                  subnet.text().as_string(), "", state});
                      }
                    });
  if (!place.service) co_return;
  const auto service = co_await aws::ecs::find_service(client, *place.service);
  if (!service) co_return;
  std::map<std::string, std::string> subnets;  // of interfaces
  co_await describe(client, "DescribeNetworkInterfaces", "vpc-id", place.vpc, "networkInterfaceSet",
                    [&](pugi::xml_node node) {
                      subnets[text(node, "networkInterfaceId")] = text(node, "subnetId");
                    });
  for (const auto& task : co_await aws::ecs::tasks_of(client, *place.service)) {
    topology.nodes.push_back({after_last(task.arn, "/"), "task", "", subnets[task.interface],
                              task.private_ip, task.last_status});
  }
}

}  // namespace

base::Task<void> describe(aws::Client& client, std::string operation, std::string filter,
                          std::string value, std::string set,
                          std::function<void(pugi::xml_node)> take) {
  std::string token;
  do {
    http::Query query;
    if (!filter.empty()) query = {{"Filter.1.Name", filter}, {"Filter.1.Value.1", value}};
    if (!token.empty()) query.emplace_back("NextToken", token);
    const auto document = co_await client.query("ec2", "2016-11-15", operation, std::move(query));
    const auto root = document.document_element();
    for (const auto item : items(root.child(set.c_str()))) take(item);
    token = text(root, "nextToken");
  } while (!token.empty());
}

base::Task<Topology> survey(aws::Client& client, Place place) {
  Topology topology;
  topology.vpc = place.vpc;
  co_await describe(client, "DescribeVpcs", "vpc-id", place.vpc, "vpcSet",
                    [&](pugi::xml_node node) { topology.cidr = text(node, "cidrBlock"); });
  co_await look_at_subnets(client, place, topology);
  co_await look_at_gateways(client, place, topology);
  co_await look_at_workload(client, place, topology);
  co_return topology;
}

base::Task<std::vector<std::string>> remains(aws::Client& client, std::string vpc) {
  struct Kind {
    const char* operation;
    const char* set;
    const char* id;
  };
  static constexpr Kind kinds[] = {
      {"DescribeVpcs", "vpcSet", "vpcId"},
      {"DescribeSubnets", "subnetSet", "subnetId"},
      {"DescribeRouteTables", "routeTableSet", "routeTableId"},
      {"DescribeSecurityGroups", "securityGroupInfo", "groupId"},
      {"DescribeVpcEndpoints", "vpcEndpointSet", "vpcEndpointId"},
      {"DescribeNetworkInterfaces", "networkInterfaceSet", "networkInterfaceId"}};
  std::vector<std::string> found;
  for (const auto& kind : kinds) {
    co_await describe(client, kind.operation, "vpc-id", vpc, kind.set, [&](pugi::xml_node node) {
      const auto state = text(node, "state");
      if (state != "deleted" && state != "deleting") found.push_back(text(node, kind.id));
    });
  }
  co_return found;
}

}  // namespace cli

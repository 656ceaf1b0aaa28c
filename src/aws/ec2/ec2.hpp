// The EC2 operations that the strike needs, each one call. Lookups page to the end. Errors are
// aws::ServiceError; lookups by filter never fail on an unknown id, they just do not return it.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/client.hpp"
#include "aws/ids.hpp"

namespace aws::ec2 {

using Tags = std::map<std::string, std::string>;

struct NatGatewayAddress {
  std::optional<AllocationId> allocation;  // absent for private gateways
  std::string public_ip;
  std::optional<NetworkInterfaceId> interface;
  bool primary = false;
  std::string status;  // assigning, unassigning, associating, disassociating, succeeded, failed
};

struct NatGateway {
  NatGatewayId id;
  std::string state;    // pending, failed, available, deleting, deleted
  std::string failure;  // "Gateway.NotAttached: ..." when failed
  VpcId vpc;
  std::vector<NatGatewayAddress> addresses;
  Tags tags;
};

struct Address {
  AllocationId allocation;
  std::string public_ip;
  std::string association;  // eipassoc-..., empty when free
  std::optional<NetworkInterfaceId> interface;
  std::optional<InstanceId> instance;
  std::string service_managed;  // alb, nlb, rnat, rds: AWS owns it and it must not be released
  Tags tags;
};

struct InternetGateway {
  InternetGatewayId id;
  std::vector<VpcId> attached;
  Tags tags;
};

struct Route {
  std::string destination;  // 10.0.0.0/16, ::/0 or pl-...
  std::string target;       // nat-..., igw-..., local, eni-..., vpce-..., ...
  std::string state;        // active, blackhole, filtered
  std::string origin;       // CreateRouteTable, CreateRoute, EnableVgwRoutePropagation, ...
};

struct RouteTable {
  RouteTableId id;
  VpcId vpc;
  bool main = false;  // of its VPC: for every subnet that names no other
  std::vector<std::string> subnets;
  std::vector<Route> routes;
  Tags tags;
};

struct NetworkInterface {
  NetworkInterfaceId id;
  VpcId vpc;
  std::string private_ip;
  std::string public_ip;  // of its association, empty without one
  std::optional<AllocationId> allocation;
  std::string type;  // interface, nat_gateway, network_load_balancer, ...
  std::string description;
};

struct InstanceStatus {
  InstanceId id;
  std::string state;            // pending, running, shutting-down, terminated, stopping, stopped
  std::string system_status;    // ok, impaired, initializing, insufficient-data, not-applicable
  std::string instance_status;  // the same
};

// All that exist of those ids, found by filter. Deleted gateways stay visible for about an hour.
base::Task<std::vector<NatGateway>> find_nat_gateways(Client& client,
                                                      std::vector<NatGatewayId> ids);
base::Task<std::vector<Address>> find_addresses(Client& client, std::vector<AllocationId> ids);
base::Task<std::vector<InternetGateway>> find_internet_gateways(Client& client,
                                                                std::vector<InternetGatewayId> ids);
base::Task<std::vector<RouteTable>> find_route_tables(Client& client,
                                                      std::vector<RouteTableId> ids);
// Those attached to one of these VPCs.
base::Task<std::vector<InternetGateway>> internet_gateways_of(Client& client,
                                                              std::vector<VpcId> vpcs);
// Every route table of these VPCs.
base::Task<std::vector<RouteTable>> route_tables_of(Client& client, std::vector<VpcId> vpcs);
base::Task<std::vector<NetworkInterface>> network_interfaces_of(Client& client, VpcId vpc);
base::Task<std::vector<InstanceStatus>> instance_statuses(Client& client,
                                                          std::vector<InstanceId> ids);

// `destination` decides between DestinationCidrBlock, ...Ipv6CidrBlock and ...PrefixListId.
base::Task<void> delete_route(Client& client, RouteTableId table, std::string destination);
base::Task<void> delete_nat_gateway(Client& client, NatGatewayId id);
base::Task<void> release_address(Client& client, AllocationId id);
base::Task<void> detach_internet_gateway(Client& client, InternetGatewayId id, VpcId vpc);
base::Task<void> delete_internet_gateway(Client& client, InternetGatewayId id);

}  // namespace aws::ec2

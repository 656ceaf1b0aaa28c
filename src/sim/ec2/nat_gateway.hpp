// What the operations on NAT gateways share: creation, their addresses, deletion and views.
#pragma once

#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// A private address of its own for a secondary mapping: `wanted`, or any when it is empty.
// Throws InsufficientFreeAddressesInSubnet, InvalidIPAddress.InUse, InvalidParameterValue.
std::string take_private_ip(Estate& estate, const Subnet& subnet, const std::string& wanted = "");

// How many secondary private addresses are asked for: a count, or those `named`; `held` are there.
// Throws InvalidParameterValue, PrivateIpAddressLimitExceeded.
int check_private_count(const Estate& estate, std::optional<int> count, std::size_t named,
                        std::size_t held);
// Throws what take_private_ip throws, and InvalidParameterValue for one that comes twice.
void check_private_ips(Estate& estate, const Subnet& subnet,
                       const std::vector<std::string>& wanted);

// What makes a gateway fail: the first thing that goes wrong is the one that is told.
void fail(NatGateway& gateway, const Error& why);

// The Elastic IPs of one zone of a regional gateway.
struct ZoneAddresses {
  std::string zone;
  std::vector<std::string> allocations;
};

// The zone that AvailabilityZone or AvailabilityZoneId names. Throws InvalidParameterValue,
// InvalidParameterCombination; MissingParameter when neither is there.
std::string named_zone(const Estate& estate, const json::object& input);
// AvailabilityZoneAddresses of a call: one entry a zone.
std::vector<ZoneAddresses> read_zone_addresses(const Estate& estate, const Call& call);
// Its own route table and its addresses: those of `zones`, or AWS's own where the VPC has subnets.
void make_regional(Estate& estate, const std::vector<ZoneAddresses>& zones, NatGateway& gateway);
// The zones in which a VPC has subnets, and since when.
std::map<std::string, Instant> zones_with_subnets(const Estate& estate, const std::string& vpc);

// Attached or on its way; also while it detaches.
bool is_attached(const NatAppliance& appliance, Instant now);
json::array appliances_view(const Estate& estate, const NatGateway& gateway);
json::object nat_gateway_view(const Estate& estate, const NatGateway& gateway);
json::array nat_addresses_view(const Estate& estate, const NatGateway& gateway);
json::object describe_nat_gateways(Estate& estate, const Call& call);

json::object delete_nat_gateway(Estate& estate, const Call& call);

}  // namespace sim::ec2

// How resources look in answers: pieces that several Describe calls share.
#pragma once

#include <string>
#include <vector>

#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// {"groupId", "groupName"} of each group.
json::array group_set(const Estate& estate, const std::vector<std::string>& groups);
std::string private_dns_name(const Estate& estate, const std::string& ip);
// Empty unless the VPC gives its public addresses names.
std::string public_dns_name(const Estate& estate, const std::string& vpc, const std::string& ip);
// {"publicIp", "ipOwnerId", ...} of an interface, empty without a public address. An Elastic IP is
// its account's, any other Amazon's.
json::object association_view(const Estate& estate, const NetworkInterface& interface);
// ipv6AddressesSet: gateways and endpoints have none.
json::array ipv6_addresses(const NetworkInterface& interface);
json::object attachment_view(const Estate& estate, const NetworkInterface& interface);
// available, attaching, in-use, detaching: NetworkInterfaceStatus.
std::string interface_status(const Estate& estate, const NetworkInterface& interface);
json::object instance_view(const Estate& estate, const Instance& instance);
int instance_state_code(const std::string& state);
// {"code", "name"}.
json::object state_view(const std::string& state);

// Every group must exist and be of this VPC. Throws InvalidGroup.NotFound and its like.
void check_groups(Estate& estate, const std::vector<std::string>& groups, const Subnet& subnet);

}  // namespace sim::ec2

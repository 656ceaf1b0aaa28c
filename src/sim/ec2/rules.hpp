// The rules of security groups: reading them from a request, comparing, showing them.
#pragma once

#include <string>
#include <vector>

#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// All that make a rule the same rule: everything but its id and its description.
bool same_permission(const Rule& one, const Rule& other);

// The rules a request names, by IpPermissions or (ingress) in the flat form; without ids.
// Throws InvalidParameterValue, MissingParameter, and the not-found error of a group it names.
std::vector<Rule> read_rules(Estate& estate, const SecurityGroup& group, const json::object& input,
                             bool egress);

// "0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW": as refusals name a rule.
std::string rule_text(const Rule& rule);

// ipPermissions and ipPermissionsEgress: rules of the same protocol and ports in one entry.
json::array permission_set(const Estate& estate, const SecurityGroup& group, bool egress);
// An entry of securityGroupRuleSet.
json::object rule_view(const Estate& estate, const SecurityGroup& group, const Rule& rule);

}  // namespace sim::ec2

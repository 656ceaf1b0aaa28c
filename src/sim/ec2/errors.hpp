// The kinds of ids of EC2 and its refusals, with AWS's codes and texts.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
#pragma once

#include <string>
#include <string_view>

#include "sim/core/call.hpp"

namespace sim::ec2 {

// The spelling of the codes follows no rule (ID, Id, none): they are data.
struct Kind {
  std::string_view prefix;     // "nat-"
  std::string_view type;       // in ARNs and tags: "natgateway"
  std::string_view not_found;  // the code
  std::string_view malformed;  // the code
  std::string_view text;       // of not_found, {} is the id
};

namespace kind {
extern const Kind vpc, subnet, route_table, internet_gateway, address, nat_gateway, interface,
    endpoint, group, rule, instance, image, acl, dhcp_options, peering, egress_gateway, flow_log,
    key_pair, launch_template, prefix_list, volume, connect_endpoint, client_vpn, snapshot,
    vpn_gateway, customer_gateway, vpn_connection;
}  // namespace kind

// The kind whose prefix `id` carries, or nullptr.
const Kind* kind_of(std::string_view id);

Error not_found(const Kind& kind, std::string_view id);
// Throws the kind's malformed error unless `id` is the prefix and 8 or 17 hexadecimal digits.
void check_form(const Kind& kind, std::string_view id);

Error missing_parameter(std::string_view name);
Error invalid_value(const std::string& message);  // InvalidParameterValue
Error dependency_violation(const std::string& message);
// The misleading one: the address belongs to a service.
Error auth_failure();

}  // namespace sim::ec2

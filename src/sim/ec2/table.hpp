// How a family of operations is declared: one row each, with the parameters it understands and
// what a policy must allow.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/ec2/estate.hpp"
#include "sim/ec2/input.hpp"

namespace sim::ec2 {

using Table = std::map<std::string, Operation, std::less<>>;
using Keys = std::map<std::string, std::string>;

struct Row {
  std::string_view action;
  // Names of the parameters that are understood, separated by spaces. Any other is refused: a
  // parameter is never ignored silently.
  std::string_view parameters;
  json::object (*run)(Estate&, const Call&);
  // Absent: {"ec2:Action" on "*"}.
  std::vector<Access> (*access)(const Estate&, const Call&) = nullptr;
};

void add(Estate& estate, Table& table, std::vector<Row> rows);

// Builds the accesses of one call. Condition keys follow the Service Authorization Reference.
class Gate {
 public:
  Gate(const Estate& estate, const Call& call);
  // An existing resource, with its tags and keys; nothing when `id` is empty.
  Gate& on(const std::string& id);
  Gate& on_all(const std::vector<std::string>& ids);
  // A resource that the call creates, with the request's tags; when there are tags, also
  // ec2:CreateTags on it.
  Gate& fresh(std::string_view type, Keys keys = {});
  Gate& also(std::string action, std::string resource, Keys keys = {});
  operator std::vector<Access>() const;

 private:
  const Estate& estate_;
  const Call& call_;
  std::vector<Access> list_;
};

// The condition keys of an existing resource: tags and the type's own; only ec2:Region when it does
// not exist.
Keys keys_of(const Estate& estate, const std::string& id);

// The families.
void add_vpc_operations(Estate&, Table&);
void add_subnet_operations(Estate&, Table&);
void add_route_table_operations(Estate&, Table&);
void add_route_operations(Estate&, Table&);
void add_internet_gateway_operations(Estate&, Table&);
void add_address_operations(Estate&, Table&);
void add_nat_gateway_operations(Estate&, Table&);
void add_nat_address_operations(Estate&, Table&);
void add_endpoint_operations(Estate&, Table&);
void add_security_group_operations(Estate&, Table&);
void add_rule_operations(Estate&, Table&);
void add_instance_operations(Estate&, Table&);
void add_instance_view_operations(Estate&, Table&);
void add_interface_operations(Estate&, Table&);
void add_catalog_operations(Estate&, Table&);
void add_tag_operations(Estate&, Table&);
void add_instance_power_operations(Estate&, Table&);
void add_credit_operations(Estate&, Table&);
void add_attachment_operations(Estate&, Table&);
void add_acl_operations(Estate&, Table&);
void add_peering_operations(Estate&, Table&);
void add_dhcp_operations(Estate&, Table&);
void add_flow_log_operations(Estate&, Table&);
void add_key_pair_operations(Estate&, Table&);
void add_egress_gateway_operations(Estate&, Table&);
void add_launch_template_operations(Estate&, Table&);
void add_prefix_list_operations(Estate&, Table&);
void add_cidr_operations(Estate&, Table&);
void add_volume_operations(Estate&, Table&);
void add_snapshot_operations(Estate&, Table&);
void add_address_attribute_operations(Estate&, Table&);
void add_connect_endpoint_operations(Estate&, Table&);
void add_client_vpn_operations(Estate&, Table&);
void add_client_vpn_network_operations(Estate&, Table&);
void add_client_vpn_rule_operations(Estate&, Table&);
void add_vpn_gateway_operations(Estate&, Table&);
void add_customer_gateway_operations(Estate&, Table&);
void add_vpn_connection_operations(Estate&, Table&);
void add_vpn_view_operations(Estate&, Table&);

}  // namespace sim::ec2

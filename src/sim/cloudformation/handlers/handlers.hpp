// The tables of resource types, one a service. Each adds its entries.
#pragma once

#include "sim/cloudformation/handler.hpp"

namespace sim::cloudformation {

void add_network(Handlers& table);  // VPC, subnets, gateways, addresses
void add_routing(Handlers& table);  // route tables, routes, associations
void add_nat_gateway(Handlers& table);
void add_security_groups(Handlers& table);
void add_compute(Handlers& table);  // VPC endpoints, instances
void add_ec2_acls(Handlers& table);
void add_ec2_interfaces(Handlers& table);  // interfaces, attachments, address associations
void add_client_vpn(Handlers& table);
void add_ec2_vpc(Handlers& table);     // blocks, DHCP options, peerings, flow logs, lists
void add_ec2_vpn(Handlers& table);     // attachments of gateways, VPN
void add_ec2_launch(Handlers& table);  // key pairs, launch templates, volumes
void add_ecs(Handlers& table);
void add_scaling_groups(Handlers& table);
void add_iam(Handlers& table);
void add_iam_policies(Handlers& table);
void add_lambda(Handlers& table);
void add_lambda_versions(Handlers& table);
void add_others(Handlers& table);           // log groups, parameters
void add_systems_manager(Handlers& table);  // associations, documents
void add_own(Handlers& table);              // nested stacks, wait conditions, macros
void add_custom_resource(Handlers& table);
void add_unsupported(Handlers& table);  // last: to the types that are there

Handlers all_handlers();

// Sets the aws:cloudformation: tags of an EC2 resource; only AWS itself may.
Task<void> tag_as_member(Work& work);
// {"TagSpecification": [...]} for a creation, when there is a tag.
void add_tag_specification(const Work& work, std::string_view resource_type, json::object& input);
// Brings an EC2 resource's own tags to what the properties say.
Task<void> update_ec2_tags(Work& work);

// How a service writes tags: [{"Key", "Value"}], [{"key", "value"}] or {"key": "value"}.
enum class TagForm { list, lower_list, map };
// The resource's tags and its stack's in that form.
json::value tags_for(const Work& work, TagForm form);

// How a service changes the tags of a thing that is there.
struct TagCalls {
  std::string service, add, remove;
  json::object who;  // the members that name the thing
  std::string tags = "Tags";
  std::string keys = "TagKeys";  // the same member as `tags`: tags without values are removed
  TagForm form = TagForm::list;
};
// Brings the resource's own tags to what the properties say.
Task<void> update_tags(Work& work, TagCalls calls);
Task<void> update_ssm_tags(Work& work, std::string resource_type);  // "Parameter"

// The named properties that are given, as text.
json::object pick(const Work& work, std::initializer_list<std::string_view> names);
// Any of the named properties differs between old and new.
bool any_changed(const Work& work, std::initializer_list<std::string_view> names);

// The text of the module cfnresponse, which stands beside inline Python code.
std::string_view python_cfnresponse();

}  // namespace sim::cloudformation

#include "sim/ec2/ec2.hpp"

namespace sim::ec2 {

Ec2::Ec2(Context context, Knobs knobs) : estate_(std::move(context), knobs), throttle_(knobs) {
  for (const auto add_family : {add_vpc_operations,
                                add_subnet_operations,
                                add_route_table_operations,
                                add_route_operations,
                                add_internet_gateway_operations,
                                add_address_operations,
                                add_nat_gateway_operations,
                                add_nat_address_operations,
                                add_endpoint_operations,
                                add_security_group_operations,
                                add_rule_operations,
                                add_instance_operations,
                                add_instance_view_operations,
                                add_interface_operations,
                                add_catalog_operations,
                                add_tag_operations,
                                add_instance_power_operations,
                                add_credit_operations,
                                add_attachment_operations,
                                add_acl_operations,
                                add_peering_operations,
                                add_dhcp_operations,
                                add_flow_log_operations,
                                add_key_pair_operations,
                                add_egress_gateway_operations,
                                add_launch_template_operations,
                                add_prefix_list_operations,
                                add_cidr_operations,
                                add_volume_operations,
                                add_snapshot_operations,
                                add_address_attribute_operations,
                                add_connect_endpoint_operations,
                                add_client_vpn_operations,
                                add_client_vpn_network_operations,
                                add_client_vpn_rule_operations,
                                add_vpn_gateway_operations,
                                add_customer_gateway_operations,
                                add_vpn_connection_operations,
                                add_vpn_view_operations}) {
    add_family(estate_, operations_);
  }
}

namespace {

Address* free_address(Estate& estate, const std::string& allocation) {
  if (allocation.empty()) return nullptr;
  auto& address = estate.address(allocation);
  if (address.held_by.empty() && address.association.empty()) return &address;
  throw Error("Resource.AlreadyAssociated",
              fmt::format("Elastic IP address [{}] is already associated", allocation));
}

void hold(Estate& estate, Address& address, const NetworkInterface& interface) {
  address.held_by = interface.id;
  address.association = estate.new_id("eipassoc-");
  address.interface = interface.id;
  address.private_ip = interface.private_ip;
}

}  // namespace

std::string Ec2::create_managed_interface(const ManagedInterface& request) {
  estate_.settle();
  const auto& subnet = estate_.subnet(request.subnet);
  for (const auto& id : request.groups) {
    if (estate_.group(id).vpc != subnet.vpc) {
      throw invalid_value(fmt::format(
          "Security group {} and subnet {} belong to different networks", id, subnet.id));
    }
  }
  auto* address = free_address(estate_, request.allocation);
  auto& interface = estate_.create_interface(subnet, request.groups, "", {});
  manage_interface(estate_, interface, request.owner_service);
  interface.type = request.type;
  interface.description = request.description;
  interface.requester_id = request.requester_id;
  if (address) {
    hold(estate_, *address, interface);
  } else if (request.public_ip) {
    interface.auto_public_ip = estate_.new_public_ip();
  }
  return interface.id;
}

void Ec2::end_managed_interface(const std::string& id, std::optional<Instant> when) {
  estate_.settle();
  const auto found = estate_.model.interfaces.find(id);
  if (found != estate_.model.interfaces.end()) found->second.ends = when;
}

std::string Ec2::vpc_of_subnet(const std::string& id) const {
  estate_.settle();
  return estate_.subnet(id).vpc;
}

std::string Ec2::vpc_of_group(const std::string& id) const {
  estate_.settle();
  return estate_.group(id).vpc;
}

void Ec2::delete_managed_interface(const std::string& id) {
  estate_.settle();
  estate_.remove_interface(id);
}

std::optional<InterfaceView> Ec2::interface(const std::string& id) const {
  estate_.settle();
  const auto* found = estate_.find(std::as_const(estate_.model.interfaces), id);
  if (!found) return std::nullopt;
  return InterfaceView{.id = found->id,
                       .subnet = found->subnet,
                       .vpc = found->vpc,
                       .zone = found->zone,
                       .private_ip = found->private_ip,
                       .public_ip = estate_.public_ip(*found),
                       .mac = found->mac,
                       .groups = found->groups};
}

std::optional<InstanceView> Ec2::instance(const std::string& id) const {
  estate_.settle();
  const auto* found = estate_.find(std::as_const(estate_.model.instances), id);
  if (!found) return std::nullopt;
  return InstanceView{.id = found->id,
                      .state = instance_state(*found, estate_.now()),
                      .interface_id = found->interface,
                      .private_ip = found->private_ip,
                      .profile_arn = found->profile_arn,
                      .image_id = found->image,
                      .running = found->running,
                      .tags = found->tags};
}

std::vector<std::string> Ec2::instance_ids() const {
  estate_.settle();
  std::vector<std::string> ids;
  for (const auto& [id, instance] : estate_.model.instances) ids.push_back(id);
  return ids;
}

StrikeFacts Ec2::strike_facts(const std::string& id) const {
  const auto found = estate_.model.nat_gateways.find(id);
  if (found == estate_.model.nat_gateways.end()) return {};
  const auto& gateway = found->second;
  StrikeFacts facts{.delete_called = gateway.delete_called,
                    .deleted = gateway.deleted,
                    .address_releasable = gateway.releasable,
                    .gateway_detachable = gateway.unmapped};
  for (const auto& entry : gateway.addresses) {
    const auto address = estate_.model.addresses.find(entry.allocation);
    if (address == estate_.model.addresses.end() || !address->second.race_until) continue;
    facts.address_releasable = std::max(*facts.address_releasable, *address->second.race_until);
  }
  return facts;
}

}  // namespace sim::ec2

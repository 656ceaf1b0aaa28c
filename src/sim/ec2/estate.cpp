#include "sim/ec2/estate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/cidr.hpp"

namespace sim::ec2 {

Estate::Estate(Context context_, Knobs knobs_)
    : context(std::move(context_)),
      knobs(knobs_),
      ids_(context.random("ec2.ids")),
      fate_(context.random("ec2.fate")),
      lag_(context.random("ec2.lag")) {}

void Estate::before_write() {
  write_lag_ = Duration::zero();
  if (knobs.lag_chance <= 0 || !lag_.chance(knobs.lag_chance)) return;
  write_lag_ = base::from_seconds(lag_.uniform(knobs.lag.low, knobs.lag.high));
  if (lag_ends_ > now()) return;  // the older view is still being told
  before_lag_ = model;
  lag_ends_ = now() + write_lag_;
}

bool Estate::reads_stale() {
  return lag_ends_ > now() && lag_.chance(knobs.stale_read_chance);
}

std::string Estate::new_id(std::string_view prefix) {
  return fmt::format("{}0{}", prefix, ids_.hex(16));
}

void Estate::stamp(Resource& resource, const Kind& kind, Tags tags) {
  resource.id = new_id(kind.prefix);
  resource.tags = std::move(tags);
  resource.created = now();
  resource.visible = resource.created;
  if (knobs.creation_lag.high > 0) resource.visible += draw(knobs.creation_lag);
  resource.visible += write_lag_;
  if (knobs.lag_tail_chance > 0 && lag_.chance(knobs.lag_tail_chance)) {
    resource.visible += ec2::draw(lag_, knobs.lag_tail);
  }
}

Duration draw(base::Random& fate, Span span) {
  return base::from_seconds(fate.uniform(span.low, span.high));
}

Duration draw(base::Random& fate, Bell bell) {
  return base::from_seconds(fate.normal(bell.mean, bell.deviation, bell.low, bell.high));
}

std::string Estate::arn(const Kind& kind, std::string_view id) const {
  // Public images belong to no account of ours, and no ARN of a snapshot names one.
  const bool ours = &kind != &kind::image && &kind != &kind::snapshot;
  return fmt::format("arn:{}:ec2:{}:{}:{}/{}", context.partition, context.region,
                     ours ? context.account : "", kind.type, id);
}

std::string Estate::arn(std::string_view type, std::string_view id) const {
  return fmt::format("arn:{}:ec2:{}:{}:{}/{}", context.partition, context.region,
                     type == kind::snapshot.type ? "" : context.account, type, id);
}

const Resource* Estate::resource(const std::string& id) const {
  const auto* kind = kind_of(id);
  if (kind == &kind::vpc) return find(model.vpcs, id);
  if (kind == &kind::acl) return find(model.acls, id);
  if (kind == &kind::subnet) return find(model.subnets, id);
  if (kind == &kind::route_table) return find(model.route_tables, id);
  if (kind == &kind::internet_gateway) return find(model.internet_gateways, id);
  if (kind == &kind::address) return find(model.addresses, id);
  if (kind == &kind::nat_gateway) return find(model.nat_gateways, id);
  if (kind == &kind::interface) return find(model.interfaces, id);
  if (kind == &kind::endpoint) return find(model.endpoints, id);
  if (kind == &kind::group) return find(model.groups, id);
  if (kind == &kind::instance) return find(model.instances, id);
  if (kind == &kind::dhcp_options) return find(model.dhcp_options, id);
  if (kind == &kind::peering) return find(model.peerings, id);
  if (kind == &kind::egress_gateway) return find(model.egress_gateways, id);
  if (kind == &kind::flow_log) return find(model.flow_logs, id);
  if (kind == &kind::key_pair) return find(model.key_pairs, id);
  if (kind == &kind::launch_template) return find(model.launch_templates, id);
  if (kind == &kind::prefix_list) return find(model.prefix_lists, id);
  if (kind == &kind::volume) return find(model.volumes, id);
  if (kind == &kind::connect_endpoint) return find(model.connect_endpoints, id);
  if (kind == &kind::client_vpn) return find(model.client_vpns, id);
  if (kind == &kind::snapshot) return find(model.snapshots, id);
  if (kind == &kind::vpn_gateway) return find(model.vpn_gateways, id);
  if (kind == &kind::customer_gateway) return find(model.customer_gateways, id);
  if (kind == &kind::vpn_connection) return find(model.vpn_connections, id);
  return nullptr;
}

Resource* Estate::resource(const std::string& id) {
  return const_cast<Resource*>(std::as_const(*this).resource(id));
}

const InternetGateway* Estate::attached_gateway(const std::string& vpc) const {
  for (const auto& [id, gateway] : model.internet_gateways) {
    if (gateway.vpc == vpc) return &gateway;
  }
  return nullptr;
}

const Address* Estate::address_of(const std::string& interface) const {
  for (const auto& [id, address] : model.addresses) {
    if (address.interface == interface) return &address;
  }
  return nullptr;
}

std::string Estate::public_ip(const NetworkInterface& interface) const {
  // A NAT gateway's first address is the one its interface shows; the set of private addresses of
  // an interface has at most one of its own otherwise.
  for (const auto& [id, address] : model.addresses) {
    if (address.interface == interface.id && address.private_ip == interface.private_ip) {
      return address.ip;
    }
  }
  return interface.auto_public_ip;
}

const RouteTable* Estate::table_of(const Subnet& subnet) const {
  const RouteTable* main = nullptr;
  for (const auto& [id, table] : model.route_tables) {
    if (table.vpc != subnet.vpc) continue;
    for (const auto& association : table.associations) {
      if (association.subnet == subnet.id) return &table;
      if (association.subnet.empty()) main = &table;
    }
  }
  return main;
}

namespace {

bool taken(const Model& model, const std::string& subnet, const std::string& ip) {
  for (const auto& [id, interface] : model.interfaces) {
    if (interface.subnet == subnet && interface.private_ip == ip) return true;
  }
  for (const auto& [id, gateway] : model.nat_gateways) {
    if (gateway.subnet != subnet || gateway.delete_done) continue;
    for (const auto& address : gateway.addresses) {
      if (address.private_ip == ip) return true;
    }
  }
  return false;
}

}  // namespace

std::uint64_t Estate::free_addresses(const Subnet& subnet) const {
  const auto used = std::ranges::count_if(
      model.interfaces, [&](const auto& entry) { return entry.second.subnet == subnet.id; });
  std::size_t secondary = 0;
  for (const auto& [id, gateway] : model.nat_gateways) {
    if (gateway.subnet != subnet.id || gateway.delete_done) continue;
    if (gateway.interface.empty() && !gateway.coming) continue;
    secondary += gateway.addresses.size() - (gateway.coming ? 0 : 1);
  }
  // AWS keeps the first four and the last.
  return parse_cidr(subnet.cidr)->size() - 5 - static_cast<std::uint64_t>(used) - secondary;
}

NetworkInterface& Estate::create_interface(const Subnet& subnet, std::vector<std::string> groups,
                                           const std::string& private_ip, Tags tags) {
  const auto block = *parse_cidr(subnet.cidr);
  std::string ip = private_ip;
  if (!ip.empty()) {
    const auto wanted = parse_ip(ip);
    if (!wanted || !block.contains(*wanted)) {
      throw invalid_value(
          fmt::format("Address {} does not fall within the subnet's address range", ip));
    }
    if (taken(model, subnet.id, ip)) {
      throw Error("InvalidIPAddress.InUse", fmt::format("Address {} is in use.", ip));
    }
  } else {
    if (free_addresses(subnet) == 0) {
      throw Error("InsufficientFreeAddressesInSubnet",
                  fmt::format("There are not enough free addresses in subnet '{}' to satisfy the "
                              "requested number of instances.",
                              subnet.id));
    }
    const auto usable = static_cast<std::int64_t>(block.size() - 5);
    auto offset = ids_.integer(0, usable - 1);
    for (std::int64_t i = 0; i < usable; ++i, offset = (offset + 1) % usable) {
      ip = ip_text(block.base + 4 + static_cast<std::uint32_t>(offset));
      if (!taken(model, subnet.id, ip)) break;
    }
  }
  if (groups.empty()) groups = {model.vpcs.at(subnet.vpc).default_group};

  NetworkInterface interface;
  stamp(interface, kind::interface, std::move(tags));
  interface.vpc = subnet.vpc;
  interface.subnet = subnet.id;
  interface.zone = subnet.zone;
  interface.private_ip = std::move(ip);
  interface.groups = std::move(groups);
  if (subnet.assign_ipv6) {
    const auto host = static_cast<std::uint64_t>(ids_.integer(1, (std::int64_t{1} << 62) - 1));
    interface.ipv6 = address6(*parse_cidr6(subnet.block6.cidr), host);
  }
  const auto digits = ids_.hex(10);
  interface.mac = fmt::format("06:{}:{}:{}:{}:{}", digits.substr(0, 2), digits.substr(2, 2),
                              digits.substr(4, 2), digits.substr(6, 2), digits.substr(8, 2));
  const auto id = interface.id;
  return model.interfaces[id] = std::move(interface);
}

void Estate::remove_interface(const std::string& id) {
  for (auto& [allocation, address] : model.addresses) {
    if (address.interface != id) continue;
    if (address.held_by == id) address.held_by.clear();
    address.association.clear();
    address.interface.clear();
    address.private_ip.clear();
  }
  model.interfaces.erase(id);
}

std::string Estate::new_public_ip() {
  while (true) {
    const auto ip = ip_text((13U << 24) | (112U << 16) |
                            static_cast<std::uint32_t>(ids_.integer(1, (1 << 18) - 2)));
    const bool used =
        std::ranges::any_of(model.addresses, [&](auto& entry) { return entry.second.ip == ip; }) ||
        std::ranges::any_of(model.interfaces,
                            [&](auto& entry) { return entry.second.auto_public_ip == ip; });
    if (!used && !model.released.contains(ip)) return ip;
  }
}

void manage_interface(Estate& estate, NetworkInterface& interface, std::string_view service) {
  interface.requester_managed = true;
  interface.requester_id = "amazon-aws";
  interface.owner_service = service;
  interface.attachment = estate.new_id("ela-attach-");
  interface.attachment_owner = "amazon-aws";
}

json::array tag_set(const Tags& tags) {
  json::array set;
  for (const auto& [key, value] : tags) set.push_back(json::object{{"key", key}, {"value", value}});
  return set;
}

}  // namespace sim::ec2

// All that EC2 holds in one account and Region, and what every family of operations works with:
// ids, time, lookups. The families add their operations to one table (table.hpp).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/context.hpp"
#include "sim/ec2/errors.hpp"
#include "sim/ec2/knobs.hpp"
#include "sim/ec2/model.hpp"

namespace sim::ec2 {

struct Profile {
  std::string arn;
  std::string id;
  std::string role_arn;
};

Duration draw(base::Random& fate, Span span);
Duration draw(base::Random& fate, Bell bell);

class Estate {
 public:
  Estate(Context context, Knobs knobs);

  Context context;
  Knobs knobs;
  Model model;
  // Instance profiles by name or ARN, when the world has IAM.
  std::function<std::optional<Profile>(const std::string&)> find_profile;

  Instant now() const { return context.now(); }
  // Brings the model up to date: does, in order, everything whose instant has come. Before every
  // operation and every view.
  void settle();

  // The knobs of lag (knobs.hpp). Around every operation: a write may be one that is seen late; a
  // read may then be answered from the model as it stood before that write.
  void before_write();
  void after_write() { write_lag_ = Duration::zero(); }
  bool reads_stale();
  const Model& stale_model() const { return before_lag_; }

  std::string new_id(std::string_view prefix);
  // Gives a new resource its id, its tags and its instants.
  void stamp(Resource& resource, const Kind& kind, Tags tags);
  Duration draw(Span span) { return ec2::draw(fate_, span); }
  Duration draw(Bell bell) { return ec2::draw(fate_, bell); }
  bool chance(double probability) { return fate_.chance(probability); }
  base::Random& fate() { return fate_; }

  std::string arn(const Kind& kind, std::string_view id) const;
  std::string arn(std::string_view type, std::string_view id) const;

  // Throws the malformed or not-found error of the kind.
  template <class T>
  T& get(std::map<std::string, T>& all, const Kind& kind, const std::string& id) {
    check_form(kind, id);
    auto* found = find(all, id);
    if (!found) throw not_found(kind, id);
    return *found;
  }
  Vpc& vpc(const std::string& id) { return get(model.vpcs, kind::vpc, id); }
  Subnet& subnet(const std::string& id) { return get(model.subnets, kind::subnet, id); }
  RouteTable& route_table(const std::string& id) {
    return get(model.route_tables, kind::route_table, id);
  }
  InternetGateway& internet_gateway(const std::string& id) {
    return get(model.internet_gateways, kind::internet_gateway, id);
  }
  Address& address(const std::string& id) { return get(model.addresses, kind::address, id); }
  NatGateway& nat_gateway(const std::string& id) {
    return get(model.nat_gateways, kind::nat_gateway, id);
  }
  NetworkInterface& interface(const std::string& id) {
    return get(model.interfaces, kind::interface, id);
  }
  SecurityGroup& group(const std::string& id) { return get(model.groups, kind::group, id); }
  Instance& instance(const std::string& id) { return get(model.instances, kind::instance, id); }
  NetworkAcl& acl(const std::string& id) { return get(model.acls, kind::acl, id); }
  Peering& peering(const std::string& id) { return get(model.peerings, kind::peering, id); }
  VpnGateway& vpn_gateway(const std::string& id) {
    return get(model.vpn_gateways, kind::vpn_gateway, id);
  }
  Volume& volume(const std::string& id) { return get(model.volumes, kind::volume, id); }
  Snapshot& snapshot(const std::string& id) { return get(model.snapshots, kind::snapshot, id); }

  // nullptr when unknown or not yet visible.
  template <class T>
  T* find(std::map<std::string, T>& all, const std::string& id) const {
    const auto found = all.find(id);
    return found == all.end() || found->second.visible > now() ? nullptr : &found->second;
  }
  template <class T>
  const T* find(const std::map<std::string, T>& all, const std::string& id) const {
    const auto found = all.find(id);
    return found == all.end() || found->second.visible > now() ? nullptr : &found->second;
  }

  // The resource of any kind with this id, or nullptr.
  Resource* resource(const std::string& id);
  const Resource* resource(const std::string& id) const;

  const InternetGateway* attached_gateway(const std::string& vpc) const;
  const Address* address_of(const std::string& interface) const;
  std::string public_ip(const NetworkInterface& interface) const;
  // The table that routes for this subnet: its own association's, or the VPC's main one.
  const RouteTable* table_of(const Subnet& subnet) const;

  // A new interface with a free address of the subnet (or `private_ip`, which must be free).
  // Throws InsufficientFreeAddressesInSubnet, InvalidIPAddress.InUse, InvalidParameterValue.
  NetworkInterface& create_interface(const Subnet& subnet, std::vector<std::string> groups,
                                     const std::string& private_ip, Tags tags);
  void remove_interface(const std::string& id);
  std::uint64_t free_addresses(const Subnet& subnet) const;
  std::string new_public_ip();

 private:
  void settle_nat_gateways(Instant now);
  void age_nat_gateways(Instant now);
  void free_nat_addresses(Instant now);
  void follow_zones(NatGateway& gateway, Instant now);
  void settle_endpoints(Instant now);
  void settle_instances(Instant now);
  void settle_attachments(Instant now);
  void settle_volumes(Instant now);
  void settle_peerings(Instant now);
  void settle_ways_in(Instant now);
  void settle_vpn(Instant now);

  base::SeededRandom ids_;
  base::SeededRandom fate_;
  base::SeededRandom lag_;
  Duration write_lag_ = Duration::zero();
  Model before_lag_;
  Instant lag_ends_ = {};
};

// Makes it the interface of an AWS service, which its users can neither detach nor delete.
void manage_interface(Estate& estate, NetworkInterface& interface, std::string_view service);

// States as AWS names them, at `now`. `nat_state` is the truth, `shown_nat_state` what Describe
// tells (it may lag behind a delete).
std::string nat_state(const NatGateway& gateway, Instant now);
std::string shown_nat_state(const NatGateway& gateway, Instant now);
std::string instance_state(const Instance& instance, Instant now);
std::string endpoint_state(const Endpoint& endpoint, Instant now);
std::string connect_endpoint_state(const ConnectEndpoint& endpoint, Instant now);
std::string client_vpn_state(const ClientVpn& endpoint, Instant now);
std::string peering_state(const Peering& peering, Instant now);
std::string vpn_gateway_state(const VpnGateway& gateway, Instant now);
std::string vpn_attachment_state(const VpnGateway& gateway, Instant now);
std::string customer_gateway_state(const CustomerGateway& gateway, Instant now);
std::string vpn_connection_state(const VpnConnection& connection, Instant now);
std::string volume_state(const Volume& volume, Instant now);
std::string snapshot_state(const Snapshot& snapshot, Instant now);
// attaching, attached, detaching; empty without an attachment.
std::string attachment_state(const NetworkInterface& interface, Instant now);
std::string route_state(const Estate& estate, const RouteTable& table, const Route& route);

// {"key", "value"} of each tag.
json::array tag_set(const Tags& tags);

}  // namespace sim::ec2

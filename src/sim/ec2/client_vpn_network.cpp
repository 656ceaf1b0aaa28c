// The subnets that a Client VPN endpoint reaches. Each association has an interface, which holds
// its subnet. https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/cvpn-working-target.html
#include <fmt/format.h>

#include "sim/ec2/cidr.hpp"
#include "sim/ec2/client_vpn.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tokens.hpp"
#include "sim/ec2/vpc_cidr.hpp"

namespace sim::ec2 {
namespace {

std::string association_state(const VpnAssociation& association, Instant now) {
  if (association.leaves) return "disassociating";
  if (association.associated > now) return "associating";
  return association.fails ? "association-failed" : "associated";
}

json::object association_answer(const VpnAssociation& association, Instant now) {
  return {{"associationId", association.id},
          {"status", vpn_status(association_state(association, now))}};
}

void check_target(Estate& estate, const ClientVpn& endpoint, const Subnet& subnet) {
  if (!endpoint.vpc.empty() && endpoint.vpc != subnet.vpc) {
    throw Error("InvalidClientVpnSubnetId.NotFound",
                fmt::format("The subnet {} was not found in VPC {}", subnet.id, endpoint.vpc));
  }
  for (const auto& one : endpoint.associations) {
    if (one.subnet == subnet.id) {
      throw Error("InvalidClientVpnDuplicateAssociationException",
                  fmt::format("The subnet {} is already associated", subnet.id));
    }
    if (estate.subnet(one.subnet).zone == subnet.zone) {
      throw Error("InvalidClientVpnSubnetId.DuplicateAz",
                  fmt::format("A subnet of {} is already associated", subnet.zone));
    }
  }
  const auto clients = *parse_cidr(endpoint.client_cidr);
  for (const auto& block : blocks_of(estate.vpc(subnet.vpc))) {
    if (!block.overlaps(clients)) continue;
    throw Error("InvalidClientVpnSubnetId.OverlappingCidr",
                fmt::format("The CIDR of {} overlaps with the client CIDR {}", subnet.id,
                            endpoint.client_cidr));
  }
}

json::object associate(Estate& estate, const Call& call) {
  auto& endpoint = changing_client_vpn(estate, call);
  if (const auto before = made_before(estate, call); !before.empty()) {
    const auto found = std::ranges::find(endpoint.associations, before, &VpnAssociation::id);
    if (found != endpoint.associations.end()) return association_answer(*found, estate.now());
  }
  const auto subnet = estate.subnet(required(call.input, "SubnetId"));
  check_target(estate, endpoint, subnet);
  auto& interface = estate.create_interface(subnet, endpoint.groups, "", {});
  manage_interface(estate, interface, "clientvpn");
  interface.description = "ClientVPN Endpoint resource";
  endpoint.vpc = subnet.vpc;
  endpoint.groups = interface.groups;
  endpoint.associations.push_back(
      {.id = estate.new_id("cvpn-assoc-"),
       .subnet = subnet.id,
       .interface = interface.id,
       .associated = estate.now() + estate.draw(estate.knobs.vpn_associate)});
  auto& made = endpoint.associations.back();
  const auto failed = estate.knobs.vpn_association_failed_chance;
  made.fails = failed > 0 && estate.chance(failed);
  if (!made.fails) {
    endpoint.routes.push_back({.destination = estate.vpc(subnet.vpc).cidr,
                               .subnet = subnet.id,
                               .origin = "associate",
                               .description = "Default Route",
                               .active = made.associated});
  }
  remember(estate, call, made.id);
  return association_answer(made, estate.now());
}

json::object disassociate(Estate& estate, const Call& call) {
  auto& endpoint = named_client_vpn(estate, call);
  const auto id = required(call.input, "AssociationId");
  const auto found = std::ranges::find(endpoint.associations, id, &VpnAssociation::id);
  if (found == endpoint.associations.end()) {
    throw Error("InvalidClientVpnAssociationIdNotFound",
                fmt::format("The association {} does not exist", id));
  }
  if (!found->leaves) {
    found->leaves =
        std::max(estate.now(), found->associated) + estate.draw(estate.knobs.vpn_disassociate);
  }
  return association_answer(*found, estate.now());
}

constexpr Field<VpnAssociation> association_fields[] = {
    {"association-id", [](const Estate&, const VpnAssociation& a) -> Texts { return {a.id}; }},
    {"target-network-id",
     [](const Estate&, const VpnAssociation& a) -> Texts { return {a.subnet}; }},
    {"vpc-id",
     [](const Estate& estate, const VpnAssociation& a) -> Texts {
       const auto found = estate.model.subnets.find(a.subnet);
       return {found == estate.model.subnets.end() ? std::string() : found->second.vpc};
     }},
};

json::object describe_networks(Estate& estate, const Call& call) {
  const auto& endpoint = named_client_vpn(estate, call);
  const auto filters = read_filters(call);
  check_filters<VpnAssociation>(filters, association_fields);
  const auto wanted = texts(call.input, "AssociationIds");
  for (const auto& id : wanted) {
    if (std::ranges::find(endpoint.associations, id, &VpnAssociation::id) !=
        endpoint.associations.end()) {
      continue;
    }
    throw Error("InvalidClientVpnAssociationIdNotFound",
                fmt::format("The association {} does not exist", id));
  }
  std::map<std::string, json::object> entries;
  for (const auto& one : endpoint.associations) {
    if (!wanted.empty() && std::ranges::find(wanted, one.id) == wanted.end()) continue;
    if (!matches<VpnAssociation>(estate, one, nullptr, filters, association_fields)) continue;
    entries[one.id] = {{"associationId", one.id},
                       {"vpcId", endpoint.vpc},
                       {"targetNetworkId", one.subnet},
                       {"clientVpnEndpointId", endpoint.id},
                       {"status", vpn_status(association_state(one, estate.now()))},
                       {"securityGroups", array_of(endpoint.groups)}};
  }
  return page(call, "clientVpnTargetNetworks", std::move(entries), 1000);
}

std::vector<Access> on_endpoint(const Estate& estate, const Call& call) {
  return Gate(estate, call)
      .on(text(call.input, "ClientVpnEndpointId"))
      .on(text(call.input, "SubnetId"));
}

}  // namespace

void add_client_vpn_network_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"AssociateClientVpnTargetNetwork", "ClientVpnEndpointId SubnetId ClientToken", associate,
        on_endpoint},
       {"DisassociateClientVpnTargetNetwork", "ClientVpnEndpointId AssociationId", disassociate,
        on_endpoint},
       {"DescribeClientVpnTargetNetworks",
        "ClientVpnEndpointId AssociationIds Filter MaxResults NextToken", describe_networks}});
}

}  // namespace sim::ec2

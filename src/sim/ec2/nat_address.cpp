// Secondary addresses of a NAT gateway. The primary one cannot be taken away.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateNatGatewayAddress.html
#include "sim/ec2/cidr.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/nat_gateway.hpp"
#include "sim/ec2/table.hpp"

namespace sim::ec2 {
namespace {

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateNatGatewayAddress.html
constexpr int longest_drain = 4000;  // seconds; 350 when nothing is said

NatGateway& available_gateway(Estate& estate, const Call& call) {
  auto& gateway = estate.nat_gateway(required(call.input, "NatGatewayId"));
  if (nat_state(gateway, estate.now()) != "available" || gateway.connectivity != "public") {
    throw Error("InvalidParameterValue",
                fmt::format("NAT gateway {} is not an available public NAT gateway", gateway.id));
  }
  // While one address drains, no other comes or goes; the gateway may still be deleted.
  const bool drains = std::ranges::any_of(
      gateway.addresses, [](const NatAddress& one) { return one.unmaps_at.has_value(); });
  if (drains) {
    throw Error(
        "IncorrectState",
        fmt::format("NAT gateway {} has an address that is being disassociated", gateway.id));
  }
  return gateway;
}

json::object output(const NatGateway& gateway, Instant now) {
  json::array addresses;
  for (const auto& address : gateway.addresses) {
    addresses.push_back(nat_address_view(gateway, address, now));
  }
  return {{"natGatewayId", gateway.id}, {"natGatewayAddressSet", std::move(addresses)}};
}

json::object associate(Estate& estate, const Call& call) {
  auto& gateway = available_gateway(estate, call);
  const auto allocations = texts(call.input, "AllocationId");
  if (allocations.empty()) throw missing_parameter("AllocationId");
  const auto most = estate.knobs.nat_addresses;
  if (gateway.addresses.size() + allocations.size() > static_cast<std::size_t>(most)) {
    throw Error("AddressLimitExceeded",
                fmt::format("A NAT gateway holds at most {} addresses", most));
  }
  for (const auto& id : allocations) {
    const auto& address = estate.address(id);
    if (!address.held_by.empty() || !address.association.empty()) {
      throw Error("Resource.AlreadyAssociated",
                  fmt::format("Elastic IP address [{}] is already associated", id));
    }
  }
  const auto maps_at = estate.now() + estate.draw(estate.knobs.nat_address_associate);
  for (const auto& id : allocations) {
    estate.address(id).held_by = gateway.id;
    gateway.addresses.push_back(
        {.allocation = id, .private_ip = free_private_ip(estate, gateway), .maps_at = maps_at});
  }
  return output(gateway, estate.now());
}

json::object disassociate(Estate& estate, const Call& call) {
  auto& gateway = available_gateway(estate, call);
  const auto drain = number(call.input, "MaxDrainDurationSeconds").value_or(350);
  if (drain < 1 || drain > longest_drain) {
    throw invalid_value(fmt::format(
        "Value ({}) for parameter maxDrainDurationSeconds is invalid. It must be between 1 and {}.",
        drain, longest_drain));
  }
  // Here nothing flows that could take the whole drain.
  const auto unmaps_at = estate.now() + estate.draw(estate.knobs.nat_address_disassociate);
  const auto associations = texts(call.input, "AssociationId");
  if (associations.empty()) throw missing_parameter("AssociationId");
  std::vector<NatAddress*> leaving;
  for (const auto& id : associations) {
    const auto found = std::ranges::find(gateway.addresses, id, &NatAddress::association);
    if (found == gateway.addresses.end()) {
      throw Error("InvalidAssociationID.NotFound",
                  fmt::format("The association ID '{}' does not exist", id));
    }
    if (found->primary) {
      throw invalid_value(
          fmt::format("The primary address of NAT gateway {} cannot be disassociated", gateway.id));
    }
    leaving.push_back(&*found);
  }
  for (auto* address : leaving) address->unmaps_at = unmaps_at;
  return output(gateway, estate.now());
}

}  // namespace

void add_nat_address_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"AssociateNatGatewayAddress", "NatGatewayId AllocationId", associate,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call)
              .on(text(call.input, "NatGatewayId"))
              .on_all(texts(call.input, "AllocationId"));
        }},
       {"DisassociateNatGatewayAddress", "NatGatewayId AssociationId MaxDrainDurationSeconds",
        disassociate, [](const Estate& all, const Call& call) -> std::vector<Access> {
          Gate gate(all, call);
          gate.on(text(call.input, "NatGatewayId"));
          for (const auto& [id, address] : all.model.addresses) {
            for (const auto& association : texts(call.input, "AssociationId")) {
              if (address.association == association) gate.on(id);
            }
          }
          return gate;
        }}});
}

}  // namespace sim::ec2

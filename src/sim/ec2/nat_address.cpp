// Secondary addresses of a NAT gateway: Elastic IPs of public ones, private addresses of private
// ones. The primary one cannot be taken away; a regional gateway has none.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateNatGatewayAddress.html
#include <set>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/nat_gateway.hpp"
#include "sim/ec2/table.hpp"

namespace sim::ec2 {

int check_private_count(const Estate& estate, std::optional<int> count, std::size_t named,
                        std::size_t held) {
  if (count && (*count < 1 || *count > 31)) {
    throw invalid_value(fmt::format(
        "Value ({}) for parameter privateIpAddressCount is invalid. It must be between 1 and 31.",
        *count));
  }
  const auto more = count ? *count : static_cast<int>(named);
  if (held + static_cast<std::size_t>(more) >
      static_cast<std::size_t>(estate.knobs.nat_private_addresses)) {
    throw Error("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.");
  }
  return more;
}

void check_private_ips(Estate& estate, const Subnet& subnet,
                       const std::vector<std::string>& wanted) {
  std::set<std::string> seen;
  for (const auto& ip : wanted) {
    take_private_ip(estate, subnet, ip);
    if (seen.insert(ip).second) continue;
    throw invalid_value(fmt::format("The private IP address {} is specified more than once.", ip));
  }
}

namespace {

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateNatGatewayAddress.html
constexpr int longest_drain = 4000;  // seconds; 350 when nothing is said

NatGateway& available_gateway(Estate& estate, const Call& call, std::string_view connectivity) {
  auto& gateway = estate.nat_gateway(required(call.input, "NatGatewayId"));
  if (nat_state(gateway, estate.now()) != "available" || gateway.connectivity != connectivity) {
    throw invalid_value(
        fmt::format("NAT gateway {} is not an available {} NAT gateway", gateway.id, connectivity));
  }
  // In automatic mode the addresses are AWS's.
  if (gateway.automatic) {
    throw Error("OperationNotPermitted",
                fmt::format("The addresses of NAT gateway {} are managed by AWS", gateway.id));
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

json::object output(const Estate& estate, const NatGateway& gateway) {
  return {{"natGatewayId", gateway.id},
          {"natGatewayAddressSet", nat_addresses_view(estate, gateway)}};
}

// Where the addresses of an association go: "" for a zonal gateway.
std::string zone_of(const Estate& estate, const Call& call, const NatGateway& gateway) {
  if (gateway.regional) {
    if (has(call.input, "PrivateIpAddress")) {
      throw Error("InvalidParameterCombination",
                  "PrivateIpAddress cannot be specified for a regional NAT gateway.");
    }
    return named_zone(estate, call.input);
  }
  for (const auto* name : {"AvailabilityZone", "AvailabilityZoneId"}) {
    if (!has(call.input, name)) continue;
    throw Error("InvalidParameterCombination",
                fmt::format("{} cannot be specified for a zonal NAT gateway.", name));
  }
  return {};
}

void check_allocations(Estate& estate, const Texts& allocations) {
  if (allocations.empty()) throw missing_parameter("AllocationId");
  std::set<std::string> seen;
  for (const auto& id : allocations) {
    const auto& address = estate.address(id);
    if (!address.held_by.empty() || !address.association.empty() || !seen.insert(id).second) {
      throw Error("Resource.AlreadyAssociated",
                  fmt::format("Elastic IP address [{}] is already associated", id));
    }
  }
}

json::object associate(Estate& estate, const Call& call) {
  auto& gateway = available_gateway(estate, call, "public");
  const auto zone = zone_of(estate, call, gateway);
  const auto allocations = texts(call.input, "AllocationId");
  check_allocations(estate, allocations);
  const auto held = std::ranges::count(gateway.addresses, zone, &NatAddress::zone);
  const auto most = estate.knobs.nat_addresses;
  if (held + std::ssize(allocations) > most) {
    throw Error("AddressLimitExceeded",
                fmt::format("A NAT gateway holds at most {} addresses", most));
  }
  const auto private_ips = texts(call.input, "PrivateIpAddress");
  if (!private_ips.empty() && private_ips.size() != allocations.size()) {
    throw Error("InvalidParameterCombination",
                "The number of PrivateIpAddresses must be that of AllocationIds.");
  }
  if (!gateway.regional) check_private_ips(estate, estate.subnet(gateway.subnet), private_ips);
  const auto maps_at = estate.now() + estate.draw(estate.knobs.nat_address_associate);
  for (std::size_t i = 0; i < allocations.size(); ++i) {
    estate.address(allocations[i]).held_by = gateway.id;
    NatAddress entry{.allocation = allocations[i], .zone = zone, .maps_at = maps_at};
    if (!gateway.regional) {
      entry.private_ip = take_private_ip(estate, estate.subnet(gateway.subnet),
                                         private_ips.empty() ? "" : private_ips[i]);
    }
    gateway.addresses.push_back(std::move(entry));
  }
  return output(estate, gateway);
}

// Starts the drain of the named addresses, which ends at its limit at the latest.
void drain(Estate& estate, const Call& call, const std::vector<NatAddress*>& leaving) {
  const auto longest = number(call.input, "MaxDrainDurationSeconds").value_or(350);
  if (longest < 1 || longest > longest_drain) {
    throw invalid_value(fmt::format(
        "Value ({}) for parameter maxDrainDurationSeconds is invalid. It must be between 1 and {}.",
        longest, longest_drain));
  }
  const auto drained = estate.draw(estate.knobs.nat_address_disassociate);
  const auto unmaps_at = estate.now() + std::min<Duration>(drained, std::chrono::seconds(longest));
  for (auto* address : leaving) address->unmaps_at = unmaps_at;
}

json::object disassociate(Estate& estate, const Call& call) {
  auto& gateway = available_gateway(estate, call, "public");
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
  drain(estate, call, leaving);
  return output(estate, gateway);
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssignPrivateNatGatewayAddress.html
json::object assign(Estate& estate, const Call& call) {
  auto& gateway = available_gateway(estate, call, "private");
  const auto wanted = texts(call.input, "PrivateIpAddress");
  const auto count = number(call.input, "PrivateIpAddressCount");
  if (wanted.empty() && !count) throw missing_parameter("PrivateIpAddressCount");
  if (!wanted.empty() && count) {
    throw Error("InvalidParameterCombination",
                "You can specify either PrivateIpAddresses or PrivateIpAddressCount, but not "
                "both.");
  }
  const auto more = check_private_count(estate, count, wanted.size(), gateway.addresses.size() - 1);
  const auto& subnet = estate.subnet(gateway.subnet);
  check_private_ips(estate, subnet, wanted);
  if (estate.free_addresses(subnet) < static_cast<std::uint64_t>(more)) {
    throw Error("InsufficientFreeAddressesInSubnet",
                fmt::format("There are not enough free addresses in subnet '{}'.", subnet.id));
  }
  const auto maps_at = estate.now() + estate.draw(estate.knobs.nat_address_associate);
  for (std::size_t i = 0; i < static_cast<std::size_t>(more); ++i) {
    auto ip = take_private_ip(estate, subnet, wanted.empty() ? "" : wanted[i]);
    gateway.addresses.push_back({.private_ip = std::move(ip), .maps_at = maps_at});
  }
  return output(estate, gateway);
}

json::object unassign(Estate& estate, const Call& call) {
  auto& gateway = available_gateway(estate, call, "private");
  const auto ips = texts(call.input, "PrivateIpAddress");
  if (ips.empty()) throw missing_parameter("PrivateIpAddress");
  std::vector<NatAddress*> leaving;
  for (const auto& ip : ips) {
    const auto found = std::ranges::find(gateway.addresses, ip, &NatAddress::private_ip);
    if (found == gateway.addresses.end()) {
      throw invalid_value(
          fmt::format("The address {} is not assigned to NAT gateway {}", ip, gateway.id));
    }
    if (found->primary) {
      throw invalid_value(
          fmt::format("The primary address of NAT gateway {} cannot be unassigned", gateway.id));
    }
    leaving.push_back(&*found);
  }
  drain(estate, call, leaving);
  return output(estate, gateway);
}

std::vector<Access> on_gateway(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "NatGatewayId"));
}

std::vector<Access> associate_access(const Estate& estate, const Call& call) {
  return Gate(estate, call)
      .on(text(call.input, "NatGatewayId"))
      .on_all(texts(call.input, "AllocationId"));
}

std::vector<Access> disassociate_access(const Estate& estate, const Call& call) {
  Gate gate(estate, call);
  gate.on(text(call.input, "NatGatewayId"));
  for (const auto& [id, address] : estate.model.addresses) {
    for (const auto& association : texts(call.input, "AssociationId")) {
      if (address.association == association) gate.on(id);
    }
  }
  return gate;
}

}  // namespace

void add_nat_address_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"AssociateNatGatewayAddress",
        "NatGatewayId AllocationId PrivateIpAddress AvailabilityZone AvailabilityZoneId", associate,
        associate_access},
       {"DisassociateNatGatewayAddress", "NatGatewayId AssociationId MaxDrainDurationSeconds",
        disassociate, disassociate_access},
       {"AssignPrivateNatGatewayAddress", "NatGatewayId PrivateIpAddress PrivateIpAddressCount",
        assign, on_gateway},
       {"UnassignPrivateNatGatewayAddress", "NatGatewayId PrivateIpAddress MaxDrainDurationSeconds",
        unassign, on_gateway}});
}

}  // namespace sim::ec2

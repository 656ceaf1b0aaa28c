// What DescribeNatGateways tells.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
#include "sim/ec2/filters.hpp"
#include "sim/ec2/nat_gateway.hpp"
#include "sim/ec2/zones.hpp"

namespace sim::ec2 {
namespace {

// NatGatewayAddressStatus.
std::string status_of(const NatGateway& gateway, const NatAddress& address, Instant now) {
  const bool is_public = gateway.connectivity == "public";
  const auto state = nat_state(gateway, now);
  if (!address.failure.empty() || state == "failed") return "failed";
  if (address.unmaps_at) return is_public ? "disassociating" : "unassigning";
  if (address.maps_at || (!address.mapped && state == "pending")) {
    return is_public ? "associating" : "assigning";
  }
  return "succeeded";
}

json::object address_view(const Estate& estate, const NatGateway& gateway,
                          const NatAddress& address) {
  json::object shown;
  if (!address.allocation.empty()) shown["allocationId"] = address.allocation;
  if (!address.association.empty()) shown["associationId"] = address.association;
  if (!gateway.interface.empty()) {
    shown["networkInterfaceId"] = gateway.interface;
    shown["privateIp"] = address.private_ip;
  }
  if (!address.public_ip.empty()) shown["publicIp"] = address.public_ip;
  if (gateway.regional) {
    const auto zone = find_zone(estate.context.region, address.zone);
    shown["availabilityZone"] = address.zone;
    shown["availabilityZoneId"] = zone ? zone->id : std::string();
  } else {
    shown["isPrimary"] = address.primary;
  }
  if (!address.failure.empty()) shown["failureMessage"] = address.failure;
  shown["status"] = status_of(gateway, address, estate.now());
  return shown;
}

constexpr Field<NatGateway> fields[] = {
    {"nat-gateway-id", [](const Estate&, const NatGateway& gateway) { return Texts{gateway.id}; }},
    {"state",
     [](const Estate& estate, const NatGateway& gateway) {
       return Texts{shown_nat_state(gateway, estate.now())};
     }},
    {"subnet-id", [](const Estate&, const NatGateway& gateway) { return Texts{gateway.subnet}; }},
    {"vpc-id", [](const Estate&, const NatGateway& gateway) { return Texts{gateway.vpc}; }},
};

}  // namespace

json::array nat_addresses_view(const Estate& estate, const NatGateway& gateway) {
  json::array addresses;
  for (const auto& address : gateway.addresses) {
    addresses.push_back(address_view(estate, gateway, address));
  }
  return addresses;
}

json::object nat_gateway_view(const Estate& estate, const NatGateway& gateway) {
  const auto state = shown_nat_state(gateway, estate.now());
  json::object shown{{"natGatewayId", gateway.id},
                     {"state", state},
                     {"vpcId", gateway.vpc},
                     {"connectivityType", gateway.connectivity},
                     {"availabilityMode", gateway.regional ? "regional" : "zonal"},
                     {"createTime", base::iso8601(gateway.created)},
                     {"natGatewayAddressSet", nat_addresses_view(estate, gateway)},
                     {"tagSet", tag_set(gateway.tags)}};
  if (gateway.regional) {
    const auto* automatic = gateway.automatic ? "enabled" : "disabled";
    shown["autoProvisionZones"] = automatic;
    shown["autoScalingIps"] = automatic;
    shown["routeTableId"] = gateway.route_table;
  } else {
    shown["subnetId"] = gateway.subnet;
  }
  if (!gateway.appliances.empty()) {
    shown["attachedApplianceSet"] = appliances_view(estate, gateway);
  }
  if (state == "failed") {
    shown["failureCode"] = gateway.failure_code;
    shown["failureMessage"] = gateway.failure_message;
    shown["deleteTime"] = base::iso8601(gateway.settled);
  }
  if (state == "deleting" || state == "deleted") {
    shown["deleteTime"] = base::iso8601(*gateway.delete_called);
  }
  return shown;
}

json::object describe_nat_gateways(Estate& estate, const Call& call) {
  return describe<NatGateway>(
      estate, call, estate.model.nat_gateways,
      {"natGatewaySet", "NatGatewayId", kind::nat_gateway, 1000, fields, nat_gateway_view});
}

}  // namespace sim::ec2

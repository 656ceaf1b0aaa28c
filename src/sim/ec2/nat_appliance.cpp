// Appliances attached to NAT gateways: what Network Firewall's proxy does to them. There is no
// Network Firewall here; this is what its users see of it in EC2.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGatewayAttachedAppliance.html
#include "sim/ec2/ec2.hpp"
#include "sim/ec2/nat_gateway.hpp"

namespace sim::ec2 {

bool is_attached(const NatAppliance& appliance, Instant now) {
  return !appliance.leaves || *appliance.leaves > now;
}

json::array appliances_view(const Estate& estate, const NatGateway& gateway) {
  json::array shown;
  for (const auto& one : gateway.appliances) {
    const auto now = estate.now();
    const auto* state = one.leaves            ? (is_attached(one, now) ? "detaching" : "detached")
                        : one.attached <= now ? "attached"
                                              : "attaching";
    shown.push_back(json::object{{"type", one.type},
                                 {"applianceArn", one.arn},
                                 {"vpcEndpointId", one.endpoint},
                                 {"attachmentState", state}});
  }
  return shown;
}

void Ec2::attach_appliance(const std::string& nat_gateway, const std::string& arn) {
  estate_.settle();
  estate_.nat_gateway(nat_gateway)
      .appliances.push_back(
          {.type = "network-firewall-proxy",
           .arn = arn,
           .endpoint = estate_.new_id(kind::endpoint.prefix),
           .attached = estate_.now() + estate_.draw(estate_.knobs.nat_appliance_change)});
}

void Ec2::detach_appliance(const std::string& nat_gateway, const std::string& arn) {
  estate_.settle();
  for (auto& one : estate_.nat_gateway(nat_gateway).appliances) {
    if (one.arn != arn || one.leaves) continue;
    one.leaves = estate_.now() + estate_.draw(estate_.knobs.nat_appliance_change);
  }
}

}  // namespace sim::ec2

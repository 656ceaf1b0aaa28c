// Virtual private gateways: attached to at most one VPC, whose route tables may take the routes of
// its VPN connections.
// https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html
#include <charconv>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/vpn.hpp"
#include "sim/ec2/zones.hpp"

namespace sim::ec2 {

VpnGateway& named_vpn_gateway(Estate& estate, const std::string& id) {
  return undeleted(estate, estate.model.vpn_gateways, kind::vpn_gateway, id);
}

void check_vpn_type(const Call& call) {
  const auto type = required(call.input, "Type");
  if (type == "ipsec.1") return;
  throw invalid_value(fmt::format("Value ({}) for parameter type is invalid.", type));
}

std::int64_t read_asn(const Call& call, std::string_view name, std::int64_t otherwise) {
  const auto given = text(call.input, name);
  if (given.empty()) return otherwise;
  std::int64_t asn = 0;
  const auto* end = given.data() + given.size();
  const auto [stop, error] = std::from_chars(given.data(), end, asn);
  if (error == std::errc{} && stop == end && asn >= 1 && asn <= 4294967294) return asn;
  std::string parameter(name);
  parameter.front() = static_cast<char>(parameter.front() - 'A' + 'a');
  throw invalid_value(fmt::format("Value ({}) for parameter {} is invalid.", given, parameter));
}

namespace {

constexpr std::ptrdiff_t quota = 5;  // gateways per Region, the default quota

json::object attachment_view(const Estate& estate, const VpnGateway& gateway) {
  return {{"vpcId", gateway.vpc}, {"state", vpn_attachment_state(gateway, estate.now())}};
}

json::object view(const Estate& estate, const VpnGateway& gateway) {
  json::array attachments;
  if (!gateway.vpc.empty()) attachments.push_back(attachment_view(estate, gateway));
  json::object shown{{"vpnGatewayId", gateway.id},
                     {"state", vpn_gateway_state(gateway, estate.now())},
                     {"type", "ipsec.1"},
                     {"amazonSideAsn", gateway.asn},
                     {"attachments", std::move(attachments)},
                     {"tagSet", tag_set(gateway.tags)}};
  if (!gateway.zone.empty()) shown["availabilityZone"] = gateway.zone;
  return shown;
}

constexpr Field<VpnGateway> fields[] = {
    {"vpn-gateway-id", [](const Estate&, const VpnGateway& one) { return Texts{one.id}; }},
    {"amazon-side-asn",
     [](const Estate&, const VpnGateway& one) { return Texts{std::to_string(one.asn)}; }},
    {"attachment.vpc-id",
     [](const Estate&, const VpnGateway& one) {
       return one.vpc.empty() ? Texts{} : Texts{one.vpc};
     }},
    {"attachment.state",
     [](const Estate& estate, const VpnGateway& one) {
       return one.vpc.empty() ? Texts{} : Texts{vpn_attachment_state(one, estate.now())};
     }},
    {"availability-zone", [](const Estate&, const VpnGateway& one) { return Texts{one.zone}; }},
    {"state", [](const Estate& estate,
                 const VpnGateway& one) { return Texts{vpn_gateway_state(one, estate.now())}; }},
    {"type", [](const Estate&, const VpnGateway&) { return Texts{"ipsec.1"}; }},
};

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpnGateway.html
std::int64_t private_asn(const Call& call) {
  const auto asn = read_asn(call, "AmazonSideAsn", 64512);
  if ((asn >= 64512 && asn <= 65534) || asn >= 4200000000) return asn;
  throw invalid_value(fmt::format("Value ({}) for parameter amazonSideAsn is invalid.", asn));
}

json::object create(Estate& estate, const Call& call) {
  check_vpn_type(call);
  VpnGateway gateway;
  gateway.asn = private_asn(call);
  gateway.zone = text(call.input, "AvailabilityZone");
  if (!gateway.zone.empty() && !find_zone(estate.context.region, gateway.zone)) {
    throw invalid_value(
        fmt::format("Value ({}) for parameter availabilityZone is invalid.", gateway.zone));
  }
  auto tags = tags_for(call, kind::vpn_gateway.type);
  const auto held = std::ranges::count_if(estate.model.vpn_gateways,
                                          [](const auto& entry) { return !entry.second.deleted; });
  if (held >= quota) {
    throw Error("VpnGatewayLimitExceeded",
                "The maximum number of virtual private gateways has been reached.");
  }
  estate.stamp(gateway, kind::vpn_gateway, std::move(tags));
  const auto output = view(estate, gateway);
  estate.model.vpn_gateways[gateway.id] = std::move(gateway);
  return {{"vpnGateway", output}};
}

json::object attach(Estate& estate, const Call& call) {
  auto& gateway = named_vpn_gateway(estate, required(call.input, "VpnGatewayId"));
  const auto& vpc = estate.vpc(required(call.input, "VpcId"));
  if (!gateway.vpc.empty() && (gateway.vpc != vpc.id || gateway.leaves)) {
    throw Error("VpnGatewayAttachmentLimitExceeded",
                "The maximum number of virtual private gateway attachments has been reached.");
  }
  for (const auto& [id, other] : estate.model.vpn_gateways) {
    if (other.vpc != vpc.id || id == gateway.id) continue;
    throw Error(
        "InvalidVpcState",
        fmt::format("VPC {} is currently attached to the Virtual Private Gateway {}", vpc.id, id));
  }
  if (gateway.vpc.empty()) {
    gateway.vpc = vpc.id;
    gateway.attached = estate.now() + estate.draw(estate.knobs.vpn_gateway_attach);
  }
  return {{"attachment", attachment_view(estate, gateway)}};
}

json::object detach(Estate& estate, const Call& call) {
  auto& gateway = named_vpn_gateway(estate, required(call.input, "VpnGatewayId"));
  const auto vpc = required(call.input, "VpcId");
  if (gateway.vpc != vpc) {
    // https://github.com/hashicorp/terraform-provider-aws/pull/9650
    throw Error("InvalidVpnGatewayAttachment.NotFound",
                fmt::format("The attachment with vpn gateway ID '{}' and vpc ID '{}' does not "
                            "exist",
                            gateway.id, vpc));
  }
  if (!gateway.leaves) {
    gateway.leaves = estate.now() + estate.draw(estate.knobs.vpn_gateway_detach);
  }
  return {{"return", true}};
}

json::object remove(Estate& estate, const Call& call) {
  auto& gateway = named_vpn_gateway(estate, required(call.input, "VpnGatewayId"));
  const bool connected = std::ranges::any_of(estate.model.vpn_connections, [&](const auto& entry) {
    return entry.second.gateway == gateway.id &&
           vpn_connection_state(entry.second, estate.now()) != "deleted";
  });
  if (!gateway.vpc.empty() || connected) {
    // https://github.com/hashicorp/terraform-provider-aws/pull/5831
    throw Error("IncorrectState", "The VPN gateway is in use.");
  }
  gateway.deleted = estate.now();
  return {{"return", true}};
}

json::object describe_gateways(Estate& estate, const Call& call) {
  return describe<VpnGateway>(
      estate, call, estate.model.vpn_gateways,
      {"vpnGatewaySet", "VpnGatewayId", kind::vpn_gateway, 1000, fields, view});
}

json::object enable(Estate& estate, const Call& call) {
  auto& table = estate.route_table(required(call.input, "RouteTableId"));
  const auto& gateway = named_vpn_gateway(estate, required(call.input, "GatewayId"));
  if (gateway.vpc != table.vpc || vpn_attachment_state(gateway, estate.now()) != "attached") {
    throw Error("Gateway.NotAttached",
                fmt::format("resource {} is not attached to network {}", gateway.id, table.vpc));
  }
  auto& all = table.propagating;
  if (std::ranges::find(all, gateway.id) == all.end()) all.push_back(gateway.id);
  return {{"return", true}};
}

json::object disable(Estate& estate, const Call& call) {
  auto& table = estate.route_table(required(call.input, "RouteTableId"));
  std::erase(table.propagating, named_vpn_gateway(estate, required(call.input, "GatewayId")).id);
  return {{"return", true}};
}

std::vector<Access> on_gateway(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "VpnGatewayId")).on(text(call.input, "VpcId"));
}

std::vector<Access> on_table(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "RouteTableId")).on(text(call.input, "GatewayId"));
}

}  // namespace

void add_vpn_gateway_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateVpnGateway", "Type AvailabilityZone AmazonSideAsn TagSpecification", create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh(kind::vpn_gateway.type);
        }},
       {"AttachVpnGateway", "VpnGatewayId VpcId", attach, on_gateway},
       {"DetachVpnGateway", "VpnGatewayId VpcId", detach, on_gateway},
       {"DeleteVpnGateway", "VpnGatewayId", remove, on_gateway},
       {"DescribeVpnGateways", "VpnGatewayId Filter", describe_gateways},
       {"EnableVgwRoutePropagation", "RouteTableId GatewayId", enable, on_table},
       {"DisableVgwRoutePropagation", "RouteTableId GatewayId", disable, on_table}});
}

}  // namespace sim::ec2

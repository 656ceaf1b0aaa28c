// Customer gateways: the other end of a VPN connection, known by its address and its ASN.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCustomerGateway.html
#include "sim/ec2/cidr.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/vpn.hpp"

namespace sim::ec2 {

CustomerGateway& named_customer_gateway(Estate& estate, const std::string& id) {
  return undeleted(estate, estate.model.customer_gateways, kind::customer_gateway, id);
}

namespace {

constexpr std::ptrdiff_t quota = 50;  // gateways per Region, the default quota

json::object view(const Estate& estate, const CustomerGateway& gateway) {
  json::object shown{{"customerGatewayId", gateway.id},
                     {"state", customer_gateway_state(gateway, estate.now())},
                     {"type", "ipsec.1"},
                     {"bgpAsn", std::to_string(gateway.asn)},
                     {"tagSet", tag_set(gateway.tags)}};
  if (!gateway.ip.empty()) shown["ipAddress"] = gateway.ip;
  if (!gateway.device.empty()) shown["deviceName"] = gateway.device;
  if (!gateway.certificate.empty()) shown["certificateArn"] = gateway.certificate;
  return shown;
}

constexpr Field<CustomerGateway> fields[] = {
    {"customer-gateway-id",
     [](const Estate&, const CustomerGateway& one) { return Texts{one.id}; }},
    {"bgp-asn",
     [](const Estate&, const CustomerGateway& one) { return Texts{std::to_string(one.asn)}; }},
    {"ip-address", [](const Estate&, const CustomerGateway& one) { return Texts{one.ip}; }},
    {"state",
     [](const Estate& estate, const CustomerGateway& one) {
       return Texts{customer_gateway_state(one, estate.now())};
     }},
    {"type", [](const Estate&, const CustomerGateway&) { return Texts{"ipsec.1"}; }},
};

// PublicIp is the older name of IpAddress.
std::string read_address(const Call& call, const std::string& certificate) {
  const auto newer = text(call.input, "IpAddress");
  const auto older = text(call.input, "PublicIp");
  if (!newer.empty() && !older.empty()) {
    throw Error("InvalidParameterCombination",
                "The parameters IpAddress and PublicIp cannot be used together");
  }
  const auto given = newer.empty() ? older : newer;
  if (given.empty() && certificate.empty()) throw missing_parameter("IpAddress");
  if (given.empty() || parse_ip(given)) return given;
  throw invalid_value(fmt::format("Value ({}) for parameter ipAddress is invalid.", given));
}

json::object create(Estate& estate, const Call& call) {
  check_vpn_type(call);
  CustomerGateway gateway;
  gateway.certificate = text(call.input, "CertificateArn");
  gateway.ip = read_address(call, gateway.certificate);
  gateway.device = text(call.input, "DeviceName");
  gateway.asn = read_asn(call, "BgpAsn", 65000);
  if (gateway.asn > 2147483647) {
    throw invalid_value(fmt::format("Value ({}) for parameter bgpAsn is invalid.", gateway.asn));
  }
  auto tags = tags_for(call, kind::customer_gateway.type);
  // The same address and ASN again are the same gateway.
  std::ptrdiff_t held = 0;
  for (const auto& [id, other] : estate.model.customer_gateways) {
    if (other.deleted) continue;
    ++held;
    const bool same = other.ip == gateway.ip && other.asn == gateway.asn &&
                      other.certificate == gateway.certificate;
    if (same) return {{"customerGateway", view(estate, other)}};
  }
  if (held >= quota) {
    throw Error("CustomerGatewayLimitExceeded",
                "The maximum number of customer gateways has been reached.");
  }
  estate.stamp(gateway, kind::customer_gateway, std::move(tags));
  const auto output = view(estate, gateway);
  estate.model.customer_gateways[gateway.id] = std::move(gateway);
  return {{"customerGateway", output}};
}

json::object remove(Estate& estate, const Call& call) {
  auto& gateway = named_customer_gateway(estate, required(call.input, "CustomerGatewayId"));
  const bool used = std::ranges::any_of(estate.model.vpn_connections, [&](const auto& entry) {
    return entry.second.customer_gateway == gateway.id &&
           vpn_connection_state(entry.second, estate.now()) != "deleted";
  });
  if (used) throw Error("IncorrectState", "The customer gateway is in use.");
  gateway.deleted = estate.now();
  return {{"return", true}};
}

json::object describe_gateways(Estate& estate, const Call& call) {
  return describe<CustomerGateway>(
      estate, call, estate.model.customer_gateways,
      {"customerGatewaySet", "CustomerGatewayId", kind::customer_gateway, 1000, fields, view});
}

}  // namespace

void add_customer_gateway_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateCustomerGateway",
        "Type IpAddress PublicIp BgpAsn DeviceName CertificateArn TagSpecification", create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh(kind::customer_gateway.type);
        }},
       {"DeleteCustomerGateway", "CustomerGatewayId", remove,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).on(text(call.input, "CustomerGatewayId"));
        }},
       {"DescribeCustomerGateways", "CustomerGatewayId Filter", describe_gateways}});
}

}  // namespace sim::ec2

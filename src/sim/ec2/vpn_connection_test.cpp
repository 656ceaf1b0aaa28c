// Site-to-Site VPN connections.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpnConnection.html
#include "sim/ec2/vpn_fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;
using test::VpnFacts;

TEST_F(VpnFacts, a_connection_comes_slowly_and_holds_both_its_ends) {
  gateway = make_gateway();
  customer = make_customer();
  EXPECT_EQ(make_customer(), customer) << "the same address and ASN are the same gateway";
  connection =
      text("CreateVpnConnection", connection_input(gateway), "/vpnConnection/vpnConnectionId");
  const json::object path{{"VpnConnectionId", connection},
                          {"DestinationCidrBlock", "192.168.0.0/16"}};
  EXPECT_EQ(of_connection("/state"), "pending");
  EXPECT_EQ(
      text("CreateVpnConnection", connection_input(gateway), "/vpnConnection/vpnConnectionId"),
      connection);
  expect_refused(
      {{"pending", "CreateVpnConnectionRoute", path, "InvalidVpnConnection.InvalidState"}});
  wait(420s);
  EXPECT_EQ(of_connection("/state"), "available");
  expect_refused(
      {{"its gateway", "DeleteVpnGateway", {{"VpnGatewayId", gateway}}, "IncorrectState"},
       {"its customer gateway",
        "DeleteCustomerGateway",
        {{"CustomerGatewayId", customer}},
        "IncorrectState",
        "The customer gateway is in use."},
       {"no such route", "DeleteVpnConnectionRoute", path, "InvalidRoute.NotFound"},
       {"no block (facts §4)",
        "DeleteVpnConnectionRoute",
        {{"VpnConnectionId", connection}, {"DestinationCidrBlock", "192.168.0.0"}},
        "InvalidRoute.Malformed"}});
  call("DeleteVpnConnection", {{"VpnConnectionId", connection}});
  EXPECT_EQ(of_connection("/state"), "deleting");
  EXPECT_EQ(of_connection("/customerGatewayConfiguration"), "");
  wait(60s);
  EXPECT_EQ(of_connection("/state"), "deleted");
  EXPECT_EQ(refusal("DeleteCustomerGateway", {{"CustomerGatewayId", customer}}), "");
  EXPECT_EQ(refusal("DeleteVpnGateway", {{"VpnGatewayId", gateway}}), "");
}

TEST_F(VpnFacts, a_connection_without_static_routes_takes_none) {
  gateway = make_gateway();
  customer = make_customer();
  auto input = connection_input(gateway);
  input.erase("Options");
  connection = text("CreateVpnConnection", input, "/vpnConnection/vpnConnectionId");
  wait(420s);
  expect_refused({{"dynamic",
                   "CreateVpnConnectionRoute",
                   {{"VpnConnectionId", connection}, {"DestinationCidrBlock", "192.168.0.0/16"}},
                   "InvalidVpnConnection.InvalidType"}});
}

// The keys of a tunnel are given or drawn, and told with the configuration of the other end.
TEST_F(VpnFacts, the_configuration_of_the_other_end_holds_the_keys) {
  gateway = make_gateway();
  customer = make_customer();
  auto input = connection_input(gateway);
  json::array tunnels;
  tunnels.push_back(
      json::object{{"PreSharedKey", "abc.DEF_123"}, {"TunnelInsideCidr", "169.254.10.0/30"}});
  input["Options"].as_object()["TunnelOptions"] = std::move(tunnels);
  connection = text("CreateVpnConnection", input, "/vpnConnection/vpnConnectionId");
  const auto key = of_connection("/options/tunnelOptionSet/1/preSharedKey");
  EXPECT_EQ(of_connection("/options/tunnelOptionSet/0/preSharedKey"), "abc.DEF_123");
  EXPECT_EQ(key.size(), 32U);
  const auto document = of_connection("/customerGatewayConfiguration");
  for (const auto& part :
       {std::string("abc.DEF_123"), key, std::string("169.254.10.2"), std::string("198.51.100.7"),
        of_connection("/options/tunnelOptionSet/1/outsideIpAddress")}) {
    EXPECT_NE(document.find(part), std::string::npos) << part;
  }
}

TEST_F(VpnFacts, what_tunnels_are_refused) {
  gateway = make_gateway();
  customer = make_customer();
  struct Row {
    const char* member;
    const char* value;
    const char* code;
  };
  const Row rows[] = {{"PreSharedKey", "short", "InvalidParameterValue"},
                      {"PreSharedKey", "01234567", "InvalidParameterValue"},
                      {"PreSharedKey", "with space", "InvalidParameterValue"},
                      {"TunnelInsideCidr", "169.254.10.0/29", "InvalidParameterValue"},
                      {"TunnelInsideCidr", "169.254.5.0/30", "InvalidParameterValue"},
                      {"TunnelInsideCidr", "10.0.0.0/30", "InvalidParameterValue"},
                      {"StartupAction", "start", "UnknownParameter"}};
  for (const auto& row : rows) {
    auto input = connection_input(gateway);
    json::array tunnels;
    tunnels.push_back(json::object{{row.member, row.value}});
    input["Options"].as_object()["TunnelOptions"] = std::move(tunnels);
    EXPECT_EQ(refusal("CreateVpnConnection", input), row.code) << row.member << " " << row.value;
  }
}

// https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html: the default quotas. What is
// deleted makes room.
TEST_F(VpnFacts, each_kind_has_its_default_quota) {
  gateway = make_gateway();
  const auto address = [](int i) { return "198.51.100." + std::to_string(i + 1); };
  std::vector<std::string> ends;
  for (int i = 0; i < 50; ++i) ends.push_back(make_customer(address(i)));
  expect_refused({{"customer gateways of a Region",
                   "CreateCustomerGateway",
                   {{"Type", "ipsec.1"}, {"IpAddress", "203.0.113.1"}},
                   "CustomerGatewayLimitExceeded"}});
  const auto connect_to = [&](const std::string& end) {
    customer = end;
    return refusal("CreateVpnConnection", connection_input(gateway));
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(connect_to(ends[std::size_t(i)]), "") << i;
  EXPECT_EQ(connect_to(ends[10]), "VpnConnectionLimitExceeded") << "of one gateway";
  const auto first = text("DescribeVpnConnections", {}, "/vpnConnectionSet/0/vpnConnectionId");
  call("DeleteVpnConnection", {{"VpnConnectionId", first}});
  EXPECT_EQ(connect_to(ends[10]), "");
  // Four gateways more: forty connections, of which the Region takes all.
  for (int more = 0; more < 4; ++more) {
    gateway = make_gateway();
    for (int i = 0; i < 10; ++i) EXPECT_EQ(connect_to(ends[std::size_t(i)]), "") << more << i;
  }
  expect_refused({{"gateways of a Region",
                   "CreateVpnGateway",
                   {{"Type", "ipsec.1"}},
                   "VpnGatewayLimitExceeded"}});
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html: which
// resources each call asks IAM about.
TEST_F(VpnFacts, each_call_asks_iam_about_what_it_touches) {
  gateway = make_gateway();
  customer = make_customer();
  connection =
      text("CreateVpnConnection", connection_input(gateway), "/vpnConnection/vpnConnectionId");
  const json::object both{{"VpnGatewayId", gateway}, {"VpcId", vpc}};
  const json::object propagation{{"RouteTableId", table}, {"GatewayId", gateway}};
  const json::object path{{"VpnConnectionId", connection},
                          {"DestinationCidrBlock", "192.168.0.0/16"}};
  const auto vgw = "vpn-gateway/" + gateway;
  const auto vpn = "vpn-connection/" + connection;
  struct Row {
    const char* action;
    json::object input;
    std::vector<std::string> resources;
  };
  const Row rows[] = {
      {"CreateVpnGateway", {{"Type", "ipsec.1"}}, {"vpn-gateway/*"}},
      {"AttachVpnGateway", both, {vgw, "vpc/" + vpc}},
      {"DetachVpnGateway", both, {vgw, "vpc/" + vpc}},
      {"DeleteVpnGateway", {{"VpnGatewayId", gateway}}, {vgw}},
      {"EnableVgwRoutePropagation", propagation, {"route-table/" + table, vgw}},
      {"DisableVgwRoutePropagation", propagation, {"route-table/" + table, vgw}},
      {"CreateCustomerGateway", {{"Type", "ipsec.1"}}, {"customer-gateway/*"}},
      {"DeleteCustomerGateway",
       {{"CustomerGatewayId", customer}},
       {"customer-gateway/" + customer}},
      {"CreateVpnConnection",
       connection_input(gateway),
       {"vpn-connection/*", "customer-gateway/" + customer, vgw}},
      {"DeleteVpnConnection", {{"VpnConnectionId", connection}}, {vpn}},
      {"CreateVpnConnectionRoute", path, {vpn}},
      {"DeleteVpnConnectionRoute", path, {vpn}},
  };
  for (const auto& row : rows) {
    std::vector<std::string> asked;
    const auto& operation = ec2.operations().at(row.action);
    for (const auto& access : operation.access(Call{{}, "ec2", row.action, row.input, "r"})) {
      EXPECT_EQ(access.action, std::string("ec2:") + row.action);
      asked.push_back(access.resource.substr(access.resource.rfind(':') + 1));
    }
    EXPECT_EQ(asked, row.resources) << row.action;
  }
}

TEST_F(VpnFacts, they_carry_tags_from_their_creation_on) {
  const auto tagged = [](json::object input, const char* type) {
    json::object specification{{"ResourceType", type}};
    specification["Tag"] = json::array{json::object{{"Key", "Name"}, {"Value", type}}};
    input["TagSpecification"] = json::array{std::move(specification)};
    return input;
  };
  gateway = text("CreateVpnGateway", tagged({{"Type", "ipsec.1"}}, "vpn-gateway"),
                 "/vpnGateway/vpnGatewayId");
  customer = text("CreateCustomerGateway",
                  tagged({{"Type", "ipsec.1"}, {"IpAddress", "198.51.100.7"}}, "customer-gateway"),
                  "/customerGateway/customerGatewayId");
  connection = text("CreateVpnConnection", tagged(connection_input(gateway), "vpn-connection"),
                    "/vpnConnection/vpnConnectionId");
  for (const auto& [id, type] :
       {std::pair(gateway, "vpn-gateway"), std::pair(customer, "customer-gateway"),
        std::pair(connection, "vpn-connection")}) {
    const json::object look{{"Filter", test::Cloud::filter("resource-id", id)}};
    EXPECT_EQ(text("DescribeTags", look, "/tagSet/0/value"), type);
    EXPECT_EQ(text("DescribeTags", look, "/tagSet/0/resourceType"), type);
  }
}

}  // namespace
}  // namespace sim::ec2

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
       {"no such route", "DeleteVpnConnectionRoute", path, "InvalidRoute.NotFound"}});
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

}  // namespace
}  // namespace sim::ec2

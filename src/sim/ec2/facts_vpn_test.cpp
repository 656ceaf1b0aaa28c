// facts §4, VPN gateways: routes with origin EnableVgwRoutePropagation, and all that they need to
// come about. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
#include "sim/ec2/vpn_fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

using test::VpnFacts;

// "origins CreateRouteTable, CreateRoute, EnableVgwRoutePropagation, ...": a static route of the
// connection is propagated while a tunnel is up, as
// https://docs.aws.amazon.com/vpn/latest/s2svpn/SetUpVPNConnections.html says.
TEST_F(VpnFacts, a_static_route_of_a_connection_appears_in_a_table_that_propagates) {
  attach();
  connect();
  EXPECT_EQ(route("/routeSet/1"), "");
  enable();
  EXPECT_EQ(route("/propagatingVgwSet/0/gatewayId"), gateway);
  EXPECT_EQ(route("/routeSet/1/destinationCidrBlock"), "192.168.0.0/16");
  EXPECT_EQ(route("/routeSet/1/gatewayId"), gateway);
  EXPECT_EQ(route("/routeSet/1/origin"), "EnableVgwRoutePropagation");
  EXPECT_EQ(route("/routeSet/1/state"), "active");
  enable("DisableVgwRoutePropagation");
  EXPECT_EQ(route("/routeSet/1"), "");
  EXPECT_EQ(route("/propagatingVgwSet/0"), "");
}

// "Only CreateRoute routes are user-deletable". A route of the user's own may stand in its place.
TEST_F(VpnFacts, a_propagated_route_is_not_the_user_s_to_delete_or_replace) {
  attach();
  connect();
  enable();
  const auto destination = "192.168.0.0/16";
  auto through = to(destination);
  through["NetworkInterfaceId"] = make_interface();
  expect_refused({{"delete", "DeleteRoute", to(destination), "InvalidParameterValue"},
                  {"replace", "ReplaceRoute", through, "InvalidParameterValue"}});
  call("CreateRoute", through);
  EXPECT_EQ(route("/routeSet/1/origin"), "CreateRoute");
  EXPECT_EQ(route("/routeSet/2"), "");
  call("DeleteRoute", to(destination));
  EXPECT_EQ(route("/routeSet/1/origin"), "EnableVgwRoutePropagation");
}

// What has to hold for a propagated route to be there, one after the other.
TEST_F(VpnFacts, a_propagated_route_goes_with_what_brought_it) {
  attach();
  connect();
  enable();
  call("DeleteVpnConnectionRoute",
       {{"VpnConnectionId", connection}, {"DestinationCidrBlock", "192.168.0.0/16"}});
  EXPECT_EQ(route("/routeSet/1"), "");
  call("CreateVpnConnectionRoute",
       {{"VpnConnectionId", connection}, {"DestinationCidrBlock", "172.16.0.0/12"}});
  EXPECT_EQ(route("/routeSet/1"), "");
  wait(10s);
  EXPECT_EQ(route("/routeSet/1/destinationCidrBlock"), "172.16.0.0/12");
  call("DetachVpnGateway", {{"VpnGatewayId", gateway}, {"VpcId", vpc}});
  EXPECT_EQ(route("/routeSet/1/state"), "blackhole");
  wait(20s);
  EXPECT_EQ(route("/routeSet/1"), "");
  EXPECT_EQ(route("/propagatingVgwSet/0"), "");
}

class NoDevice : public VpnFacts {
 protected:
  static Knobs alone() {
    Knobs knobs;
    knobs.vpn_device_chance = 0;
    return knobs;
  }
  NoDevice() : VpnFacts(alone()) {}
};

TEST_F(NoDevice, nothing_is_propagated_while_both_tunnels_are_down) {
  attach();
  connect();
  enable();
  EXPECT_EQ(of_connection("/vgwTelemetry/0/status"), "DOWN");
  EXPECT_EQ(of_connection("/vgwTelemetry/1/status"), "DOWN");
  EXPECT_EQ(route("/routeSet/1"), "");
}

// "Route states: active, blackhole": a static route through the gateway. "filtered" exists in the
// model, and nothing that is documented brings it about: the filter takes it and finds none.
TEST_F(VpnFacts, a_static_route_to_it_is_a_black_hole_once_it_is_detached) {
  attach();
  auto input = to("192.168.0.0/16");
  input["GatewayId"] = gateway;
  call("CreateRoute", input);
  const auto with_state = [&](const char* state) {
    return text("DescribeRouteTables", {{"Filter", test::Cloud::filter("route.state", state)}},
                "/routeTableSet/0/routeTableId");
  };
  EXPECT_EQ(route("/routeSet/1/state"), "active");
  EXPECT_EQ(route("/routeSet/1/origin"), "CreateRoute");
  EXPECT_EQ(with_state("blackhole"), "");
  call("DetachVpnGateway", {{"VpnGatewayId", gateway}, {"VpcId", vpc}});
  wait(20s);
  EXPECT_EQ(route("/routeSet/1/state"), "blackhole");
  EXPECT_EQ(with_state("blackhole"), table);
  EXPECT_EQ(with_state("filtered"), "");
  EXPECT_EQ(refusal("DeleteRoute", to("192.168.0.0/16")), "");
}

// DescribeVpnGateways: attaching | attached | detaching | detached, and deleted.
TEST_F(VpnFacts, its_states_follow_each_other) {
  attach(0s);
  EXPECT_EQ(of_gateway("/state"), "available");
  EXPECT_EQ(of_gateway("/attachments/0/state"), "attaching");
  wait(20s);
  EXPECT_EQ(of_gateway("/attachments/0/state"), "attached");
  EXPECT_EQ(of_gateway("/attachments/0/vpcId"), vpc);
  EXPECT_EQ(of_gateway("/amazonSideAsn"), "64512");
  call("DetachVpnGateway", {{"VpnGatewayId", gateway}, {"VpcId", vpc}});
  EXPECT_EQ(of_gateway("/attachments/0/state"), "detaching");
  wait(20s);
  EXPECT_EQ(of_gateway("/attachments/0"), "");
  call("DeleteVpnGateway", {{"VpnGatewayId", gateway}});
  EXPECT_EQ(of_gateway("/state"), "deleted");
  wait(3601s);
  expect_refused({{"gone",
                   "DescribeVpnGateways",
                   {{"VpnGatewayId", json::array{gateway}}},
                   "InvalidVpnGatewayID.NotFound"}});
}

// The codes of https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html; the
// texts where public reports have them.
TEST_F(VpnFacts, what_is_refused) {
  attach();
  const auto unknown = "vgw-0123456789abcdef0";
  const auto other_vpc = make_vpc("10.1.0.0/16");
  const auto other = make_gateway();
  json::object foreign = to("192.168.0.0/16");
  foreign["GatewayId"] = other;
  expect_refused({
      {"unknown", "DeleteVpnGateway", {{"VpnGatewayId", unknown}}, "InvalidVpnGatewayID.NotFound"},
      {"a second one of a VPC",
       "AttachVpnGateway",
       {{"VpnGatewayId", other}, {"VpcId", vpc}},
       "InvalidVpcState"},
      {"a second VPC",
       "AttachVpnGateway",
       {{"VpnGatewayId", gateway}, {"VpcId", other_vpc}},
       "VpnGatewayAttachmentLimitExceeded"},
      {"not attached to it",
       "DetachVpnGateway",
       {{"VpnGatewayId", gateway}, {"VpcId", other_vpc}},
       "InvalidVpnGatewayAttachment.NotFound",
       "The attachment with vpn gateway ID '" + gateway + "' and vpc ID '" + other_vpc +
           "' does not exist"},
      {"attached",
       "DeleteVpnGateway",
       {{"VpnGatewayId", gateway}},
       "IncorrectState",
       "The VPN gateway is in use."},
      {"its VPC", "DeleteVpc", {{"VpcId", vpc}}, "DependencyViolation"},
      {"propagates without an attachment",
       "EnableVgwRoutePropagation",
       {{"RouteTableId", table}, {"GatewayId", other}},
       "Gateway.NotAttached"},
      {"a route to one of another network", "CreateRoute", foreign, "InvalidParameterValue"},
      {"type", "CreateVpnGateway", {{"Type", "ipsec.2"}}, "InvalidParameterValue"},
      {"ASN",
       "CreateVpnGateway",
       {{"Type", "ipsec.1"}, {"AmazonSideAsn", "65535"}},
       "InvalidParameterValue"},
      {"transit gateways are not here",
       "CreateVpnConnection",
       {{"Type", "ipsec.1"}, {"TransitGatewayId", "tgw-1"}},
       "UnknownParameter"},
  });
  for (int i = 0; i < 3; ++i) make_gateway();
  expect_refused(
      {{"the sixth", "CreateVpnGateway", {{"Type", "ipsec.1"}}, "VpnGatewayLimitExceeded"}});
}

// A VPC that had one can be deleted once the gateway is detached, not while it is detaching.
TEST_F(VpnFacts, its_vpc_is_held_until_it_is_detached) {
  const auto place = make_vpc("10.1.0.0/16");
  gateway = make_gateway();
  call("AttachVpnGateway", {{"VpnGatewayId", gateway}, {"VpcId", place}});
  wait(20s);
  call("DetachVpnGateway", {{"VpnGatewayId", gateway}, {"VpcId", place}});
  EXPECT_EQ(refusal("DeleteVpc", {{"VpcId", place}}), "DependencyViolation");
  wait(20s);
  EXPECT_EQ(refusal("DeleteVpc", {{"VpcId", place}}), "");
}

// Filters of the three Describe calls, one row each.
TEST_F(VpnFacts, they_are_found_by_their_filters) {
  attach();
  connect();
  struct Row {
    const char* action;
    const char* filter;
    std::string value, set;
  };
  const std::string gateways = "/vpnGatewaySet/0/vpnGatewayId";
  const std::string customers = "/customerGatewaySet/0/customerGatewayId";
  const std::string connections = "/vpnConnectionSet/0/vpnConnectionId";
  const Row rows[] = {
      {"DescribeVpnGateways", "attachment.vpc-id", vpc, gateways},
      {"DescribeVpnGateways", "attachment.state", "attached", gateways},
      {"DescribeVpnGateways", "amazon-side-asn", "64512", gateways},
      {"DescribeVpnGateways", "state", "available", gateways},
      {"DescribeVpnGateways", "type", "ipsec.1", gateways},
      {"DescribeVpnGateways", "vpn-gateway-id", gateway, gateways},
      {"DescribeCustomerGateways", "bgp-asn", "65000", customers},
      {"DescribeCustomerGateways", "ip-address", "198.51.100.7", customers},
      {"DescribeCustomerGateways", "customer-gateway-id", customer, customers},
      {"DescribeVpnConnections", "vpn-gateway-id", gateway, connections},
      {"DescribeVpnConnections", "customer-gateway-id", customer, connections},
      {"DescribeVpnConnections", "option.static-routes-only", "true", connections},
      {"DescribeVpnConnections", "route.destination-cidr-block", "192.168.0.0/16", connections},
      {"DescribeVpnConnections", "bgp-asn", "65000", connections},
      {"DescribeVpnConnections", "state", "available", connections},
  };
  for (const auto& row : rows) {
    const auto find = [&](const std::string& value) {
      return text(row.action, {{"Filter", test::Cloud::filter(row.filter, value)}}, row.set);
    };
    EXPECT_NE(find(row.value), "") << row.filter;
    EXPECT_EQ(find("nothing"), "") << row.filter;
  }
}

}  // namespace
}  // namespace sim::ec2

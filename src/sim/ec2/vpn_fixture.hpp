// For tests: a VPN gateway, a customer gateway, and a connection between them.
#pragma once

#include "sim/ec2/fixture.hpp"

namespace sim::ec2::test {

class VpnFacts : public Fixture {
 protected:
  explicit VpnFacts(Knobs knobs = {}) : Fixture(knobs) {}

  std::string make_gateway() {
    return text("CreateVpnGateway", {{"Type", "ipsec.1"}}, "/vpnGateway/vpnGatewayId");
  }

  std::string make_customer(const std::string& ip = "198.51.100.7") {
    return text("CreateCustomerGateway", {{"Type", "ipsec.1"}, {"IpAddress", ip}},
                "/customerGateway/customerGatewayId");
  }

  json::object connection_input(const std::string& on) {
    json::object input{{"Type", "ipsec.1"}, {"VpnGatewayId", on}};
    input["CustomerGatewayId"] = customer;
    input["Options"] = json::object{{"StaticRoutesOnly", "true"}};
    return input;
  }

  void attach(base::Duration then = std::chrono::seconds(20)) {
    gateway = make_gateway();
    call("AttachVpnGateway", {{"VpnGatewayId", gateway}, {"VpcId", vpc}});
    wait(then);
  }

  // One connection with a static route to 192.168.0.0/16, its tunnels up unless nobody answers.
  void connect() {
    customer = make_customer();
    connection =
        text("CreateVpnConnection", connection_input(gateway), "/vpnConnection/vpnConnectionId");
    wait(std::chrono::seconds(420));
    call("CreateVpnConnectionRoute",
         {{"VpnConnectionId", connection}, {"DestinationCidrBlock", "192.168.0.0/16"}});
    wait(std::chrono::seconds(100));
  }

  void enable(const char* action = "EnableVgwRoutePropagation") {
    call(action, {{"RouteTableId", table}, {"GatewayId", gateway}});
  }

  std::string route(const std::string& pointer) {
    return text("DescribeRouteTables", {{"RouteTableId", json::array{table}}},
                "/routeTableSet/0" + pointer);
  }

  std::string of_gateway(const std::string& pointer) {
    return text("DescribeVpnGateways", {{"VpnGatewayId", json::array{gateway}}},
                "/vpnGatewaySet/0" + pointer);
  }

  std::string of_connection(const std::string& pointer) {
    return text("DescribeVpnConnections", {{"VpnConnectionId", json::array{connection}}},
                "/vpnConnectionSet/0" + pointer);
  }

  json::object to(const char* destination) {
    return {{"RouteTableId", table}, {"DestinationCidrBlock", destination}};
  }

  std::string gateway, customer, connection, table = make_table();
};

}  // namespace sim::ec2::test

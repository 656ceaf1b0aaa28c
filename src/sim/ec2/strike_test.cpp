// The refusals of a strike, each as the fact it rests on says.
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

// Everything the strike takes down.
class Network : public test::Fixture {
 protected:
  using test::Fixture::Fixture;

  void build() {
    gateway = text("CreateInternetGateway", {}, "/internetGateway/internetGatewayId");
    call("AttachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
    table = text("CreateRouteTable", {{"VpcId", vpc}}, "/routeTable/routeTableId");
    allocation = text("AllocateAddress", {}, "/allocationId");
    make_nat_gateway();
    call("CreateRoute",
         {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NatGatewayId", nat}});
  }

  void make_nat_gateway() {
    nat = text("CreateNatGateway", {{"SubnetId", subnet}, {"AllocationId", allocation}},
               "/natGateway/natGatewayId");
  }

  std::string nat_state() {
    return text("DescribeNatGateways", {{"NatGatewayId", json::array{nat}}},
                "/natGatewaySet/0/state");
  }

  std::string route_state() {
    return text("DescribeRouteTables", {{"RouteTableId", json::array{table}}},
                "/routeTableSet/0/routeSet/1/state");
  }

  std::string gateway, table, allocation, nat;
};

TEST_F(Network, a_nat_gateway_is_pending_for_84_to_125_seconds) {
  build();
  wait(83s);
  EXPECT_EQ(nat_state(), "pending");
  wait(43s);
  EXPECT_EQ(nat_state(), "available");
}

TEST_F(Network, a_nat_gateway_without_an_internet_gateway_fails_later_and_not_at_the_call) {
  build();
  call("DeleteNatGateway", {{"NatGatewayId", nat}});
  wait(6min);
  call("DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
  make_nat_gateway();
  wait(130s);
  EXPECT_EQ(nat_state(), "failed");
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", allocation}}), "");
}

TEST_F(Network, its_address_is_refused_with_auth_failure_while_it_stands_and_while_it_goes) {
  build();
  wait(130s);
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", allocation}}), "AuthFailure");
  EXPECT_EQ(message, "You do not have permission to access the specified resource.");
  call("DeleteNatGateway", {{"NatGatewayId", nat}});
  wait(30s);
  EXPECT_EQ(nat_state(), "deleting");
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", allocation}}), "AuthFailure");
}

TEST_F(Network, deleting_it_again_changes_nothing) {
  build();
  wait(130s);
  call("DeleteNatGateway", {{"NatGatewayId", nat}});
  const auto deleted = ec2.strike_facts(nat).deleted;
  wait(10s);
  EXPECT_EQ(refusal("DeleteNatGateway", {{"NatGatewayId", nat}}), "");
  EXPECT_EQ(ec2.strike_facts(nat).deleted, deleted);
}

TEST_F(Network, a_deleted_one_stays_visible_for_an_hour_and_is_then_not_found) {
  build();
  wait(130s);
  call("DeleteNatGateway", {{"NatGatewayId", nat}});
  wait(10min);
  EXPECT_EQ(nat_state(), "deleted");
  EXPECT_EQ(route_state(), "blackhole");
  wait(61min);
  EXPECT_EQ(refusal("DescribeNatGateways", {{"NatGatewayId", json::array{nat}}}),
            "NatGatewayNotFound");
  EXPECT_EQ(refusal("DeleteNatGateway", {{"NatGatewayId", nat}}), "NatGatewayNotFound");
}

TEST_F(Network, the_internet_gateway_stays_attached_while_an_address_is_mapped) {
  build();
  wait(130s);
  EXPECT_EQ(refusal("DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}}),
            "DependencyViolation");
  EXPECT_NE(message.find("has some mapped public address(es)"), std::string::npos);
  EXPECT_EQ(refusal("DeleteInternetGateway", {{"InternetGatewayId", gateway}}),
            "DependencyViolation");
  call("DeleteNatGateway", {{"NatGatewayId", nat}});
  const auto facts = ec2.strike_facts(nat);
  wait(*facts.gateway_detachable - runtime->clock().now() - 1ms);
  EXPECT_EQ(refusal("DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}}),
            "DependencyViolation");
  wait(2ms);
  EXPECT_EQ(refusal("DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}}), "");
  EXPECT_EQ(refusal("DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}}),
            "Gateway.NotAttached");
  EXPECT_EQ(refusal("DeleteInternetGateway", {{"InternetGatewayId", gateway}}), "");
  EXPECT_EQ(refusal("DeleteInternetGateway", {{"InternetGatewayId", gateway}}),
            "InvalidInternetGatewayID.NotFound");
}

TEST_F(Network, releasing_is_refused_to_the_last_moment_and_then_done_once) {
  build();
  wait(130s);
  call("DeleteNatGateway", {{"NatGatewayId", nat}});
  const auto facts = ec2.strike_facts(nat);
  EXPECT_GE(*facts.address_releasable, std::min(*facts.deleted, *facts.gateway_detachable));
  wait(*facts.address_releasable - runtime->clock().now() - 1ms);
  EXPECT_NE(refusal("ReleaseAddress", {{"AllocationId", allocation}}), "");
  wait(2ms);
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", allocation}}), "");
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", allocation}}),
            "InvalidAllocationID.NotFound");
  EXPECT_EQ(message, "The allocation ID '" + allocation + "' does not exist");
}

class Race : public Network {
 protected:
  static Knobs always() {
    Knobs knobs;
    knobs.interface_race_chance = 1;
    return knobs;
  }
  Race() : Network(always()) {}
};

TEST_F(Race, the_vanishing_interface_is_named_for_a_moment) {
  build();
  wait(130s);
  call("DeleteNatGateway", {{"NatGatewayId", nat}});
  const auto facts = ec2.strike_facts(nat);
  wait(*facts.address_releasable - runtime->clock().now() - 100ms);
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", allocation}}),
            "InvalidNetworkInterfaceID.NotFound");
  wait(200ms);
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", allocation}}), "");
}

TEST_F(Network, routes_are_deleted_once_and_the_local_one_never) {
  build();
  const json::object route{{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}};
  EXPECT_EQ(refusal("DeleteRoute", route), "");
  EXPECT_EQ(refusal("DeleteRoute", route), "InvalidRoute.NotFound");
  EXPECT_EQ(message, "no route with destination-cidr-block 0.0.0.0/0 in route table " + table);
  EXPECT_EQ(
      refusal("DeleteRoute", {{"RouteTableId", table}, {"DestinationCidrBlock", "10.0.0.0/16"}}),
      "InvalidParameterValue");
  EXPECT_EQ(refusal("DeleteRoute", {{"RouteTableId", "rtb-00000000000000000"},
                                    {"DestinationCidrBlock", "0.0.0.0/0"}}),
            "InvalidRouteTableID.NotFound");
}

TEST_F(Network, what_has_dependents_is_not_deleted) {
  build();
  wait(4s);
  EXPECT_EQ(refusal("DeleteVpc", {{"VpcId", vpc}}), "DependencyViolation");
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "DependencyViolation");
  call("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", subnet}});
  EXPECT_EQ(refusal("DeleteRouteTable", {{"RouteTableId", table}}), "DependencyViolation");
}

TEST_F(Network, the_eleventh_deletion_at_once_is_throttled) {
  // DeleteNatGateway has a bucket of 10 that refills by 1 a second.
  const Call again{{}, "ec2", "DeleteNatGateway", {{"NatGatewayId", "nat-00000000000000000"}}, "r"};
  for (int i = 0; i < 10; ++i) ec2.throttle(again);
  EXPECT_THROW(ec2.throttle(again), Error);
  wait(1s);
  EXPECT_NO_THROW(ec2.throttle(again));
  EXPECT_THROW(ec2.throttle(again), Error);
}

TEST_F(Network, an_interface_reaches_the_internet_only_while_every_hop_stands) {
  build();
  call("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", subnet}});
  const auto inside = make_subnet("10.0.2.0/24", "ap-northeast-1a");
  call("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", inside}});
  const auto interface = ec2.create_managed_interface({.subnet = inside, .owner_service = "ecs"});
  EXPECT_EQ(ec2.reach_internet(interface, 443).why, "NAT gateway " + nat + " is pending");
  wait(130s);
  // The gateway's own subnet still routes to the gateway itself.
  EXPECT_FALSE(ec2.reach_internet(interface, 443).open);
  call("ReplaceRoute",
       {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", gateway}});
  EXPECT_EQ(ec2.reach_internet(interface, 443).why, interface + " has no public address");
  const auto private_table = text("CreateRouteTable", {{"VpcId", vpc}}, "/routeTable/routeTableId");
  call("CreateRoute", {{"RouteTableId", private_table},
                       {"DestinationCidrBlock", "0.0.0.0/0"},
                       {"NatGatewayId", nat}});
  for (const auto& association : call("DescribeRouteTables", {{"RouteTableId", json::array{table}}})
                                     .at("routeTableSet")
                                     .at(0)
                                     .at("associationSet")
                                     .as_array()) {
    if (association.at("subnetId").as_string() != inside) continue;
    call("ReplaceRouteTableAssociation",
         {{"AssociationId", association.at("routeTableAssociationId").as_string()},
          {"RouteTableId", private_table}});
  }
  EXPECT_TRUE(ec2.reach_internet(interface, 443).open);
  call("DeleteNatGateway", {{"NatGatewayId", nat}});
  EXPECT_FALSE(ec2.reach_internet(interface, 443).open);
}

}  // namespace
}  // namespace sim::ec2

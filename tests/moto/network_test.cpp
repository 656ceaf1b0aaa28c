// EC2: what the strike looks at, what it removes, and the codes by which it knows that a piece is
// gone already.
#include <gmock/gmock.h>

#include "aws/ec2/ec2.hpp"
#include "aws/errors.hpp"
#include "tests/moto/moto.hpp"

namespace moto {
namespace {

using aws::ec2::delete_internet_gateway;
using aws::ec2::delete_nat_gateway;
using aws::ec2::delete_route;
using aws::ec2::detach_internet_gateway;
using aws::ec2::find_addresses;
using aws::ec2::find_internet_gateways;
using aws::ec2::find_nat_gateways;
using aws::ec2::find_route_tables;
using aws::ec2::instance_statuses;
using aws::ec2::internet_gateways_of;
using aws::ec2::network_interfaces_of;
using aws::ec2::release_address;
using aws::ec2::route_tables_of;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

const std::string nowhere = "0123456789abcdef0";

struct Gateway {
  std::string id;
  std::string allocation;
  std::string public_ip;
};

class Network : public Moto {
 protected:
  Gateway nat_gateway(const std::string& subnet) {
    Gateway made;
    made.allocation = ec2("AllocateAddress", {{"Domain", "vpc"}}, "allocationId");
    made.public_ip = run(find_addresses(client(), {{made.allocation}})).at(0).public_ip;
    made.id = ec2("CreateNatGateway",
                  {{"SubnetId", subnet},
                   {"AllocationId", made.allocation},
                   {"TagSpecification.1.ResourceType", "natgateway"},
                   {"TagSpecification.1.Tag.1.Key", "Name"},
                   {"TagSpecification.1.Tag.1.Value", "a & b <ü>"}},
                  "natGatewayId");
    return made;
  }
};

TEST_F(Network, a_nat_gateway_is_found_with_its_address_and_tags) {
  const auto net = network();
  const auto made = nat_gateway(net.subnet);
  const auto found = run(find_nat_gateways(client(), {{made.id}, {"nat-" + nowhere}}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id.value, made.id);
  EXPECT_EQ(found[0].vpc.value, net.vpc);
  EXPECT_EQ(found[0].state, "available");  // moto: at once, never pending
  EXPECT_EQ(found[0].failure, "");
  EXPECT_THAT(found[0].tags, ElementsAre(std::pair("Name", "a & b <ü>")));
  ASSERT_EQ(found[0].addresses.size(), 1U);
  const auto& address = found[0].addresses[0];
  EXPECT_EQ(address.allocation->value, made.allocation);
  EXPECT_EQ(address.public_ip, made.public_ip);
  EXPECT_THAT(address.interface->value, StartsWith("eni-"));
}

TEST_F(Network, an_address_says_who_holds_it) {
  const auto free = ec2("AllocateAddress", {{"Domain", "vpc"}}, "allocationId");
  const auto held = nat_gateway(network().subnet);
  const auto gateway = run(find_nat_gateways(client(), {{held.id}})).at(0);
  const auto idle = run(find_addresses(client(), {{free}})).at(0);
  EXPECT_EQ(idle.association, "");
  EXPECT_FALSE(idle.interface);
  EXPECT_FALSE(idle.instance);
  const auto busy = run(find_addresses(client(), {{held.allocation}})).at(0);
  EXPECT_THAT(busy.association, StartsWith("eipassoc-"));
  EXPECT_EQ(busy.interface, gateway.addresses.at(0).interface);
  EXPECT_FALSE(busy.instance);
  EXPECT_EQ(busy.service_managed, "");
}

TEST_F(Network, an_internet_gateway_is_found_by_id_and_by_vpc) {
  const auto net = network();
  network();
  const auto by_id = run(find_internet_gateways(client(), {{net.gateway}}));
  const auto by_vpc = run(internet_gateways_of(client(), {{net.vpc}}));
  ASSERT_EQ(by_id.size(), 1U);
  ASSERT_EQ(by_vpc.size(), 1U);
  EXPECT_EQ(by_id[0].id.value, net.gateway);
  EXPECT_EQ(by_vpc[0].id.value, net.gateway);
  EXPECT_THAT(by_id[0].attached, ElementsAre(aws::VpcId{net.vpc}));
}

TEST_F(Network, routes_name_destination_target_and_origin) {
  const auto net = network();
  const auto nat = nat_gateway(net.subnet);
  const auto table = ec2("CreateRouteTable", {{"VpcId", net.vpc}}, "routeTableId");
  ec2("CreateRoute",
      {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NatGatewayId", nat.id}});
  ec2("CreateRoute",
      {{"RouteTableId", table}, {"DestinationIpv6CidrBlock", "::/0"}, {"GatewayId", net.gateway}});
  const auto found = run(find_route_tables(client(), {{table}}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].vpc.value, net.vpc);
  std::vector<std::string> lines;
  for (const auto& route : found[0].routes) {
    lines.push_back(
        fmt::format("{} {} {} {}", route.destination, route.target, route.state, route.origin));
  }
  EXPECT_THAT(lines, ElementsAre("10.0.0.0/16 local active CreateRouteTable",
                                 "0.0.0.0/0 " + nat.id + " active CreateRoute",
                                 "::/0 " + net.gateway + " active CreateRoute"));
  // The main table and ours.
  EXPECT_EQ(run(route_tables_of(client(), {{net.vpc}})).size(), 2U);
}

TEST_F(Network, the_interfaces_of_a_vpc_show_its_public_addresses) {
  const auto net = network();
  const auto nat = nat_gateway(net.subnet);
  const auto found = run(network_interfaces_of(client(), {net.vpc}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].vpc.value, net.vpc);
  EXPECT_EQ(found[0].public_ip, nat.public_ip);
  EXPECT_EQ(found[0].allocation->value, nat.allocation);
  EXPECT_EQ(found[0].type, "interface");  // moto: AWS says nat_gateway
  EXPECT_NE(found[0].private_ip, "");
}

TEST_F(Network, an_unknown_instance_does_not_hide_the_status_of_the_others) {
  const auto net = network();
  const auto instance = ec2(
      "RunInstances",
      {{"ImageId", "ami-12345678"}, {"MinCount", "1"}, {"MaxCount", "1"}, {"SubnetId", net.subnet}},
      "instanceId");
  const auto found = run(instance_statuses(client(), {{instance}, {"i-" + nowhere}}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id.value, instance);
  EXPECT_EQ(found[0].state, "running");  // moto: at once
  EXPECT_EQ(found[0].system_status, "ok");
  EXPECT_EQ(found[0].instance_status, "ok");
}

TEST_F(Network, a_lookup_beyond_one_filters_values_asks_again_and_finds_all) {
  const auto allocation = ec2("AllocateAddress", {{"Domain", "vpc"}}, "allocationId");
  std::vector<aws::AllocationId> ids;
  for (int i = 0; i < 450; ++i) ids.push_back({fmt::format("eipalloc-{:017x}", i)});
  ids.push_back({allocation});
  const auto found = run(find_addresses(client(), ids));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].allocation.value, allocation);
}

TEST_F(Network, lookups_do_not_fail_on_ids_that_are_not_there) {
  EXPECT_THAT(run(find_nat_gateways(client(), {{"nat-" + nowhere}})), IsEmpty());
  EXPECT_THAT(run(find_addresses(client(), {{"eipalloc-" + nowhere}})), IsEmpty());
  EXPECT_THAT(run(find_internet_gateways(client(), {{"igw-" + nowhere}})), IsEmpty());
  EXPECT_THAT(run(internet_gateways_of(client(), {{"vpc-" + nowhere}})), IsEmpty());
  EXPECT_THAT(run(find_route_tables(client(), {{"rtb-" + nowhere}})), IsEmpty());
  EXPECT_THAT(run(route_tables_of(client(), {{"vpc-" + nowhere}})), IsEmpty());
  EXPECT_THAT(run(network_interfaces_of(client(), {"vpc-" + nowhere})), IsEmpty());
  EXPECT_THAT(run(instance_statuses(client(), {{"i-" + nowhere}})), IsEmpty());
}

TEST_F(Network, removing_what_was_never_there_says_not_found) {
  const auto net = network();
  const std::vector<std::pair<std::string, std::string>> rows{
      {"InvalidRouteTableID.NotFound",
       refusal(delete_route(client(), {"rtb-" + nowhere}, "0.0.0.0/0"))},
      {"InvalidAllocationID.NotFound", refusal(release_address(client(), {"eipalloc-" + nowhere}))},
      {"InvalidInternetGatewayID.NotFound",
       refusal(detach_internet_gateway(client(), {"igw-" + nowhere}, {net.vpc}))},
      {"Gateway.NotAttached",
       refusal(detach_internet_gateway(client(), {net.gateway}, {"vpc-" + nowhere}))},
      {"InvalidInternetGatewayID.NotFound",
       refusal(delete_internet_gateway(client(), {"igw-" + nowhere}))},
  };
  for (const auto& [expected, code] : rows) {
    EXPECT_EQ(code, expected);
    EXPECT_TRUE(aws::is_not_found(code)) << code;
  }
}

// moto: AWS says NatGatewayNotFound. HTML where XML belongs is no reason to crash or to believe
// that the gateway is gone: it is an error of its own, after the retries that a 500 deserves.
TEST_F(Network, an_unknown_nat_gateway_breaks_moto_and_is_not_taken_for_gone) {
  const auto code = refusal(delete_nat_gateway(client(), {"nat-" + nowhere}));
  EXPECT_EQ(code, "HTTP 500");
  EXPECT_FALSE(aws::is_not_found(code));
}

TEST_F(Network, everything_is_removed_once_and_then_says_not_found) {
  const auto net = network();
  const auto nat = nat_gateway(net.subnet);
  const auto table = ec2("CreateRouteTable", {{"VpcId", net.vpc}}, "routeTableId");
  ec2("CreateRoute",
      {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NatGatewayId", nat.id}});
  ec2("CreateRoute",
      {{"RouteTableId", table}, {"DestinationIpv6CidrBlock", "::/0"}, {"GatewayId", net.gateway}});
  for (const std::string destination : {"0.0.0.0/0", "::/0"}) {
    EXPECT_EQ(refusal(delete_route(client(), {table}, destination)), "none");
    EXPECT_EQ(refusal(delete_route(client(), {table}, destination)), "InvalidRoute.NotFound");
  }
  EXPECT_EQ(run(find_route_tables(client(), {{table}})).at(0).routes.size(), 1U);

  EXPECT_EQ(refusal(delete_nat_gateway(client(), {nat.id})), "none");
  // moto: deleted at once, without the minute that AWS takes, and deleted again without complaint.
  EXPECT_EQ(run(find_nat_gateways(client(), {{nat.id}})).at(0).state, "deleted");
  EXPECT_EQ(refusal(delete_nat_gateway(client(), {nat.id})), "none");

  EXPECT_EQ(refusal(release_address(client(), {nat.allocation})), "none");
  EXPECT_THAT(run(find_addresses(client(), {{nat.allocation}})), IsEmpty());
  EXPECT_EQ(refusal(release_address(client(), {nat.allocation})), "InvalidAllocationID.NotFound");

  const auto still_attached = refusal(delete_internet_gateway(client(), {net.gateway}));
  EXPECT_EQ(still_attached, "DependencyViolation");
  EXPECT_TRUE(aws::is_still_in_use(still_attached));
  EXPECT_EQ(refusal(detach_internet_gateway(client(), {net.gateway}, {net.vpc})), "none");
  EXPECT_EQ(refusal(detach_internet_gateway(client(), {net.gateway}, {net.vpc})),
            "Gateway.NotAttached");
  EXPECT_THAT(run(find_internet_gateways(client(), {{net.gateway}})).at(0).attached, IsEmpty());
  EXPECT_EQ(refusal(delete_internet_gateway(client(), {net.gateway})), "none");
  EXPECT_EQ(refusal(delete_internet_gateway(client(), {net.gateway})),
            "InvalidInternetGatewayID.NotFound");
}

// moto: AWS refuses both while the gateway stands, AuthFailure and DependencyViolation.
TEST_F(Network, moto_lets_go_what_a_nat_gateway_holds) {
  const auto net = network();
  const auto nat = nat_gateway(net.subnet);
  EXPECT_EQ(refusal(detach_internet_gateway(client(), {net.gateway}, {net.vpc})), "none");
  EXPECT_EQ(refusal(release_address(client(), {nat.allocation})), "none");
}

}  // namespace
}  // namespace moto

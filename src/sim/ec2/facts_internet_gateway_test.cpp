// facts §3, internet gateways: each test cites the line that it holds the embedded EC2 to.
#include "sim/core/images.hpp"
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

class GatewayFacts : public test::Fixture {
 protected:
  explicit GatewayFacts(Knobs knobs = {}) : Fixture(knobs), gateway(make_attached_gateway()) {}

  json::object both() { return {{"InternetGatewayId", gateway}, {"VpcId", vpc}}; }

  std::string mapped() {
    return "Network " + vpc +
           " has some mapped public address(es). Please unmap those public address(es) before "
           "detaching the gateway.";
  }

  std::string run_public_instance() {
    json::object interface{
        {"DeviceIndex", "0"}, {"SubnetId", subnet}, {"AssociatePublicIpAddress", "true"}};
    json::array list;
    list.push_back(std::move(interface));
    json::object input{{"ImageId", images().front().id},
                       {"InstanceType", "t4g.nano"},
                       {"MinCount", "1"},
                       {"MaxCount", "1"}};
    input["NetworkInterface"] = std::move(list);
    return text("RunInstances", std::move(input), "/instancesSet/0/instanceId");
  }

  std::string gateway;
};

// "DetachInternetGateway needs InternetGatewayId + VpcId"; "Detach errors"; "DeleteInternetGateway
// while attached ... Unknown id ... The reference also has InvalidInternetGatewayId.Malformed"
TEST_F(GatewayFacts, its_calls_are_refused_with_the_codes_of_the_reference) {
  const auto other = make_vpc("10.9.0.0/16");
  const auto unknown = "igw-0123456789abcdef0";
  expect_refused({
      {"no VPC", "DetachInternetGateway", {{"InternetGatewayId", gateway}}, "MissingParameter"},
      {"no gateway", "DetachInternetGateway", {{"VpcId", vpc}}, "MissingParameter"},
      {"attached elsewhere",
       "DetachInternetGateway",
       {{"InternetGatewayId", gateway}, {"VpcId", other}},
       "Gateway.NotAttached",
       "resource " + gateway + " is not attached to network " + other},
      {"unknown",
       "DetachInternetGateway",
       {{"InternetGatewayId", unknown}, {"VpcId", vpc}},
       "InvalidInternetGatewayID.NotFound",
       "The internetGateway ID 'igw-0123456789abcdef0' does not exist"},
      {"deleted while attached",
       "DeleteInternetGateway",
       {{"InternetGatewayId", gateway}},
       "DependencyViolation",
       "The internetGateway '" + gateway + "' has dependencies and cannot be deleted."},
      {"unknown to delete",
       "DeleteInternetGateway",
       {{"InternetGatewayId", unknown}},
       "InvalidInternetGatewayID.NotFound"},
      {"malformed",
       "DeleteInternetGateway",
       {{"InternetGatewayId", "igw-1"}},
       "InvalidInternetGatewayId.Malformed"},
      {"unknown to describe",
       "DescribeInternetGateways",
       {{"InternetGatewayId", json::array{unknown}}},
       "InvalidInternetGatewayID.NotFound"},
  });
  EXPECT_EQ(status, 400);
}

// "Mapped addresses include NAT EIPs, EC2 auto-public IPs, NLB/ALB addresses, Fargate tasks with
// assignPublicIp"
TEST_F(GatewayFacts, any_mapped_public_address_keeps_it_attached) {
  const auto refused = [&](const char* who) {
    expect_refused({{who, "DetachInternetGateway", both(), "DependencyViolation", mapped()}});
  };
  const auto task =
      ec2.create_managed_interface({.subnet = subnet, .owner_service = "ecs", .public_ip = true});
  refused("a Fargate task");
  ec2.delete_managed_interface(task);

  const auto instance = run_public_instance();
  wait(30s);
  refused("an instance's own address");
  call("TerminateInstances", {{"InstanceId", json::array{instance}}});
  refused("one that is shutting down");
  wait(62s);

  const auto allocation = allocate();
  const auto interface = make_interface();
  const auto association =
      text("AssociateAddress", {{"AllocationId", allocation}, {"NetworkInterfaceId", interface}},
           "/associationId");
  refused("an Elastic IP");
  call("DisassociateAddress", {{"AssociationId", association}});

  const auto id = make_nat_gateway(allocation);
  wait(125s);
  refused("a NAT gateway");
  call("DeleteNatGateway", {{"NatGatewayId", id}});
  wait(320s);
  EXPECT_EQ(refusal("DetachInternetGateway", both()), "");
}

// "Attachment.State is `available` while attached; when detached the attachment set is empty"
TEST_F(GatewayFacts, its_attachment_is_available_or_not_there) {
  const json::object look{{"InternetGatewayId", json::array{gateway}}};
  const auto set = "/internetGatewaySet/0/attachmentSet";
  EXPECT_EQ(text("DescribeInternetGateways", look, std::string(set) + "/0/state"), "available");
  EXPECT_EQ(text("DescribeInternetGateways", look, std::string(set) + "/0/vpcId"), vpc);
  call("DetachInternetGateway", both());
  EXPECT_EQ(text("DescribeInternetGateways", look, set), "[]");
}

// "NotAttached ≠ deleted; still call delete"
TEST_F(GatewayFacts, one_that_is_detached_is_still_there) {
  call("DetachInternetGateway", both());
  expect_refused({{"again", "DetachInternetGateway", both(), "Gateway.NotAttached"}});
  EXPECT_EQ(refusal("DeleteInternetGateway", {{"InternetGatewayId", gateway}}), "");
}

// "When the NAT is already gone, detach+delete completes in 0–1 s; ... the EIP unmaps at or just
// before `deleted`"
TEST_F(GatewayFacts, it_lets_go_within_two_seconds_of_the_nat_gateway_s_end) {
  const auto id = make_nat_gateway(allocate());
  wait(125s);
  call("DeleteNatGateway", {{"NatGatewayId", id}});
  const auto facts = ec2.strike_facts(id);
  EXPECT_LE(base::seconds(*facts.gateway_detachable - *facts.deleted), 2);
  EXPECT_GE(base::seconds(*facts.gateway_detachable - *facts.deleted), -2);
  wait(*facts.gateway_detachable - now());
  const auto before = now();
  EXPECT_EQ(refusal("DetachInternetGateway", both()), "");
  EXPECT_EQ(refusal("DeleteInternetGateway", {{"InternetGatewayId", gateway}}), "");
  EXPECT_EQ(now(), before);
}

// "A route whose IGW is detached becomes blackhole"; "routes to an IGW do not block detach/delete"
TEST_F(GatewayFacts, its_routes_do_not_hold_it_and_go_nowhere_afterwards) {
  const auto table = make_table();
  const auto state = [&] {
    return text("DescribeRouteTables", {{"RouteTableId", json::array{table}}},
                "/routeTableSet/0/routeSet/1/state");
  };
  call("CreateRoute",
       {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", gateway}});
  EXPECT_EQ(state(), "active");
  call("DetachInternetGateway", both());
  EXPECT_EQ(state(), "blackhole");
  EXPECT_EQ(refusal("DeleteInternetGateway", {{"InternetGatewayId", gateway}}), "");
  EXPECT_EQ(state(), "blackhole");
}

class HeldByRoutes : public GatewayFacts {
 protected:
  static Knobs held() {
    Knobs knobs;
    knobs.routes_hold_gateway = true;
    return knobs;
  }
  HeldByRoutes() : GatewayFacts(held()) {}
};

// "[I] routes to an IGW do not block detach/delete (no source shows them doing so ...)": the other
// side of the knob routes_hold_gateway
TEST_F(HeldByRoutes, it_stays_attached_until_its_routes_are_gone) {
  const auto table = make_table();
  json::object route{{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}};
  auto through = route;
  through["GatewayId"] = gateway;
  call("CreateRoute", std::move(through));
  expect_refused({{"a route", "DetachInternetGateway", both(), "DependencyViolation"}});
  call("DeleteRoute", std::move(route));
  EXPECT_EQ(refusal("DetachInternetGateway", both()), "");
}

// CAPA's whole-network order: "VPC endpoints → route tables → NATs → release EIPs → IGW → carrier
// GW → egress-only IGW → subnets → VPC"
TEST_F(GatewayFacts, the_whole_network_goes_in_the_order_of_the_tools) {
  const auto table = make_table();
  const auto endpoint = text("CreateVpcEndpoint",
                             {{"VpcId", vpc}, {"ServiceName", "com.amazonaws.ap-northeast-1.s3"}},
                             "/vpcEndpoint/vpcEndpointId");
  const auto egress = text("CreateEgressOnlyInternetGateway", {{"VpcId", vpc}},
                           "/egressOnlyInternetGateway/egressOnlyInternetGatewayId");
  const auto allocation = allocate();
  const auto id = make_nat_gateway(allocation);
  wait(125s);
  const std::string whole = "The vpc '" + vpc + "' has dependencies and cannot be deleted.";
  const auto held = [&] {
    expect_refused({{"held", "DeleteVpc", {{"VpcId", vpc}}, "DependencyViolation", whole}});
  };
  held();
  call("DeleteVpcEndpoints", {{"VpcEndpointId", json::array{endpoint}}});
  call("DeleteRouteTable", {{"RouteTableId", table}});
  call("DeleteNatGateway", {{"NatGatewayId", id}});
  wait(320s);
  call("ReleaseAddress", {{"AllocationId", allocation}});
  held();
  call("DetachInternetGateway", both());
  call("DeleteInternetGateway", {{"InternetGatewayId", gateway}});
  held();
  call("DeleteEgressOnlyInternetGateway", {{"EgressOnlyInternetGatewayId", egress}});
  held();
  call("DeleteSubnet", {{"SubnetId", subnet}});
  EXPECT_EQ(refusal("DeleteVpc", {{"VpcId", vpc}}), "");
}

}  // namespace
}  // namespace sim::ec2

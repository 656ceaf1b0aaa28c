// facts §1, regional NAT gateways and secondary addresses: each test cites the line that it holds
// the embedded EC2 to.
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

Knobs exact() {
  Knobs knobs;
  knobs.nat_describe_lag = {0, 0};
  knobs.nat_delete_tail_chance = 0;
  knobs.nat_zone_change = {600, 1200};
  return knobs;
}

class RegionalFacts : public test::Fixture {
 protected:
  RegionalFacts() : Fixture(exact()) {}

  json::object wanted() { return {{"AvailabilityMode", "regional"}, {"VpcId", vpc}}; }

  std::string make(json::object input) {
    return text("CreateNatGateway", std::move(input), "/natGateway/natGatewayId");
  }

  static json::object in_zone(const std::string& zone, const std::string& allocation) {
    json::object one{{"AvailabilityZone", zone}};
    one["AllocationId"] = json::array{allocation};
    return one;
  }

  json::object manual(std::vector<json::object> zones) {
    auto input = wanted();
    json::array list;
    for (auto& one : zones) list.push_back(std::move(one));
    input["AvailabilityZoneAddress"] = std::move(list);
    return input;
  }

  json::object associating(const std::string& id, const std::string& allocation) {
    json::object input{{"NatGatewayId", id}};
    input["AllocationId"] = json::array{allocation};
    return input;
  }

  // What is said of the only address that is not the user's.
  std::string managed(const std::string& member) {
    const json::value output = call("DescribeAddresses");
    for (const auto& one : output.at("addressesSet").as_array()) {
      if (!one.as_object().contains("serviceManaged")) continue;
      return one.as_object().contains(member) ? std::string(one.at(member).as_string()) : "";
    }
    return "";
  }

  Reach reach(const std::string& from) {
    const auto interface = ec2.create_managed_interface({.subnet = from, .owner_service = "ecs"});
    auto result = ec2.reach_internet(interface, 443);
    ec2.delete_managed_interface(interface);
    return result;
  }

  void route_everything_to(const std::string& id) {
    const auto main =
        text("DescribeRouteTables", {{"Filter", test::Cloud::filter("association.main", "true")}},
             "/routeTableSet/0/routeTableId");
    call("CreateRoute",
         {{"RouteTableId", main}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NatGatewayId", id}});
  }
};

// "AvailabilityMode=regional, VpcId instead of SubnetId, public only, no public subnet needed;
// automatic mode auto-allocates EIPs per AZ (AutoProvisionZones, AutoScalingIps); ... the gateway
// has its own RouteTableId"
TEST_F(RegionalFacts, an_automatic_one_has_an_address_in_every_zone_and_a_table_of_its_own) {
  const auto gateway = make_attached_gateway();
  make_subnet("10.0.2.0/24", "ap-northeast-1c");
  const auto id = make(wanted());
  EXPECT_EQ(nat(id), "pending");
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/0/status"), "associating");
  wait(125s);
  EXPECT_EQ(nat(id), "available");
  const std::pair<const char*, std::string> members[] = {
      {"/availabilityMode", "regional"},
      {"/autoProvisionZones", "enabled"},
      {"/autoScalingIps", "enabled"},
      {"/connectivityType", "public"},
      {"/vpcId", vpc},
      {"/subnetId", ""},
      {"/natGatewayAddressSet/0/availabilityZone", "ap-northeast-1a"},
      {"/natGatewayAddressSet/0/availabilityZoneId", "apne1-az1"},
      {"/natGatewayAddressSet/0/status", "succeeded"},
      {"/natGatewayAddressSet/0/networkInterfaceId", ""},
      {"/natGatewayAddressSet/1/availabilityZone", "ap-northeast-1c"},
      {"/natGatewayAddressSet/2", ""}};
  for (const auto& [pointer, value] : members) EXPECT_EQ(nat(id, pointer), value) << pointer;
  const auto table = nat(id, "/routeTableId");
  EXPECT_EQ(text("DescribeRouteTables", {{"RouteTableId", json::array{table}}},
                 "/routeTableSet/0/routeSet/1/gatewayId"),
            gateway);
  expect_refused({{"its table is its own",
                   "DeleteRouteTable",
                   {{"RouteTableId", table}},
                   "DependencyViolation"},
                  {"and no subnet's",
                   "AssociateRouteTable",
                   {{"RouteTableId", table}, {"SubnetId", subnet}},
                   "InvalidParameterValue"}});
}

// "EIPs owned by it appear with Address.ServiceManaged = rnat"; "AWS owns their lifecycle"
TEST_F(RegionalFacts, its_addresses_come_and_go_with_it_and_are_never_the_user_s) {
  for (int i = 0; i < 5; ++i) allocate();  // the quota of the user's own is not touched
  const auto gateway = make_attached_gateway();
  const auto id = make(wanted());
  wait(125s);
  EXPECT_EQ(managed("serviceManaged"), "rnat");
  const auto allocation = managed("allocationId");
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/0/allocationId"), allocation);
  expect_refused({{"release", "ReleaseAddress", {{"AllocationId", allocation}}, "AuthFailure"},
                  {"disassociate",
                   "DisassociateAddress",
                   {{"AssociationId", managed("associationId")}},
                   "AuthFailure"},
                  {"one more", "AssociateNatGatewayAddress",
                   associating(id, text("DescribeAddresses", {}, "/addressesSet/0/allocationId")),
                   "OperationNotPermitted"},
                  {"the internet gateway is held",
                   "DetachInternetGateway",
                   {{"InternetGatewayId", gateway}, {"VpcId", vpc}},
                   "DependencyViolation"}});
  const auto table = nat(id, "/routeTableId");
  call("DeleteNatGateway", {{"NatGatewayId", id}});
  EXPECT_EQ(nat(id), "deleting");
  wait(100s);
  EXPECT_EQ(nat(id), "deleted");
  EXPECT_EQ(managed("allocationId"), "");
  EXPECT_EQ(refusal("DescribeAddresses", {{"AllocationId", json::array{allocation}}}),
            "InvalidAllocationID.NotFound");
  EXPECT_EQ(refusal("DescribeRouteTables", {{"RouteTableId", json::array{table}}}),
            "InvalidRouteTableID.NotFound");
  EXPECT_EQ(refusal("DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}}), "");
}

// AutoProvisionZones: it "expands to new AZs when you create subnets there, and retracts from AZs
// where you've removed all subnets" (botocore: NatGateway)
TEST_F(RegionalFacts, an_automatic_one_follows_the_subnets_within_the_hour) {
  make_attached_gateway();
  const auto id = make(wanted());
  wait(125s);
  const auto other = make_subnet("10.0.2.0/24", "ap-northeast-1c");
  route_everything_to(id);
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/1"), "");
  EXPECT_TRUE(reach(other).open);  // from the zone that it is in already
  wait(1200s);                     // knob nat_zone_change
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/1/availabilityZone"), "ap-northeast-1c");
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/1/status"), "succeeded");
  call("DeleteSubnet", {{"SubnetId", subnet}});
  EXPECT_NE(nat(id, "/natGatewayAddressSet/1"), "");
  wait(1200s);
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/0/availabilityZone"), "ap-northeast-1c");
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/1"), "");
}

// "manual mode lists AvailabilityZoneAddresses"; "With manual regional NAT, terraform hit
// `disassociating EC2 EIP` errors when the EIP was removed before the gateway let go"
TEST_F(RegionalFacts, a_manual_one_serves_the_zones_that_it_was_given) {
  make_attached_gateway();
  const auto other = make_subnet("10.0.2.0/24", "ap-northeast-1c");
  const auto first = allocate();
  const auto id = make(manual({in_zone("ap-northeast-1a", first)}));
  wait(125s);
  EXPECT_EQ(nat(id, "/autoProvisionZones"), "disabled");
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/0/allocationId"), first);
  const auto association = nat(id, "/natGatewayAddressSet/0/associationId");
  expect_refused(
      {{"held", "ReleaseAddress", {{"AllocationId", first}}, "AuthFailure"},
       {"held", "DisassociateAddress", {{"AssociationId", association}}, "AuthFailure"}});
  route_everything_to(id);
  EXPECT_TRUE(reach(subnet).open);
  EXPECT_FALSE(reach(other).open);
  const auto second = allocate();
  auto more = associating(id, second);
  expect_refused({{"no zone", "AssociateNatGatewayAddress", more, "MissingParameter"}});
  more["AvailabilityZone"] = "ap-northeast-1z";
  expect_refused({{"unknown zone", "AssociateNatGatewayAddress", more, "InvalidParameterValue"}});
  more["AvailabilityZone"] = "ap-northeast-1c";
  call("AssociateNatGatewayAddress", more);
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/1/status"), "associating");
  wait(15s);
  EXPECT_TRUE(reach(other).open);
  json::object leaving{{"NatGatewayId", id}};
  leaving["AssociationId"] = json::array{association};
  call("DisassociateNatGatewayAddress", leaving);
  wait(15s);
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", first}}), "");
  EXPECT_FALSE(reach(subnet).open);
  call("DeleteNatGateway", {{"NatGatewayId", id}});
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", second}}), "AuthFailure");
  wait(100s);
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", second}}), "");
}

// "VpcId instead of SubnetId, public only"
TEST_F(RegionalFacts, what_does_not_go_together_is_refused) {
  const auto mixed = [&](const char* parameter, json::value value) {
    auto input = wanted();
    input[parameter] = std::move(value);
    return input;
  };
  const auto allocation = allocate();
  const json::object zonal_with_vpc{
      {"SubnetId", subnet}, {"AllocationId", allocation}, {"VpcId", vpc}};
  auto both_names = in_zone("ap-northeast-1a", allocation);
  both_names["AvailabilityZoneId"] = "apne1-az1";
  auto by_id = in_zone("", allocation);
  by_id["AvailabilityZoneId"] = "apne1-az9";
  expect_refused({
      {"a mode unheard of", "CreateNatGateway", mixed("AvailabilityMode", "global"),
       "InvalidParameterValue"},
      {"no VPC", "CreateNatGateway", {{"AvailabilityMode", "regional"}}, "MissingParameter"},
      {"a subnet", "CreateNatGateway", mixed("SubnetId", json::string(subnet)),
       "InvalidParameterCombination"},
      {"an address of none", "CreateNatGateway", mixed("AllocationId", json::string(allocation)),
       "InvalidParameterCombination"},
      {"private", "CreateNatGateway", mixed("ConnectivityType", "private"),
       "InvalidParameterCombination"},
      {"zonal with a VPC", "CreateNatGateway", zonal_with_vpc, "InvalidParameterCombination"},
      {"a zone twice", "CreateNatGateway",
       manual({in_zone("ap-northeast-1a", allocation), in_zone("ap-northeast-1a", allocation)}),
       "InvalidParameterValue"},
      {"an address twice", "CreateNatGateway",
       manual({in_zone("ap-northeast-1a", allocation), in_zone("ap-northeast-1c", allocation)}),
       "InvalidParameterValue"},
      {"an unknown address", "CreateNatGateway",
       manual({in_zone("ap-northeast-1a", "eipalloc-0123456789abcdef0")}),
       "InvalidElasticIpID.NotFound"},
      {"name and id", "CreateNatGateway", manual({both_names}), "InvalidParameterCombination"},
      {"an unknown zone", "CreateNatGateway", manual({by_id}), "InvalidParameterValue"},
  });
}

// "no IGW attached" is an asynchronous failure of regional gateways too
TEST_F(RegionalFacts, without_an_internet_gateway_it_fails_and_lets_go) {
  const auto automatic = make(wanted());
  const auto allocation = allocate();
  const auto given = make(manual({in_zone("ap-northeast-1a", allocation)}));
  wait(125s);
  for (const auto& id : {automatic, given}) {
    EXPECT_EQ(nat(id), "failed");
    EXPECT_EQ(nat(id, "/failureCode"), "Gateway.NotAttached");
  }
  EXPECT_EQ(managed("allocationId"), "");
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", allocation}}), "");
  call("DeleteSubnet", {{"SubnetId", subnet}});
  EXPECT_EQ(refusal("DeleteVpc", {{"VpcId", vpc}}), "");
}

// "pending, available and deleting count against the per-AZ NAT quota (default 5 ...)"
TEST_F(RegionalFacts, it_counts_in_each_of_its_zones) {
  make_subnet("10.0.2.0/24", "ap-northeast-1c");
  for (int i = 0; i < 5; ++i) make(wanted());
  expect_refused({{"regional", "CreateNatGateway", wanted(), "NatGatewayLimitExceeded"},
                  {"zonal",
                   "CreateNatGateway",
                   {{"SubnetId", subnet}, {"ConnectivityType", "private"}},
                   "NatGatewayLimitExceeded"}});
}

// "Address sub-status NatGatewayAddressStatus = assigning, unassigning, ..."; of private gateways
TEST_F(RegionalFacts, a_private_one_takes_more_private_addresses) {
  const auto id = make({{"SubnetId", subnet},
                        {"ConnectivityType", "private"},
                        {"SecondaryPrivateIpAddressCount", "2"}});
  wait(125s);
  const auto status = [&](int i) {
    return nat(id, "/natGatewayAddressSet/" + std::to_string(i) + "/status");
  };
  EXPECT_EQ(status(2), "succeeded");
  EXPECT_EQ(status(3), "");
  json::object more{{"NatGatewayId", id}};
  more["PrivateIpAddress"] = json::array{"10.0.1.77"};
  call("AssignPrivateNatGatewayAddress", more);
  EXPECT_EQ(status(3), "assigning");
  wait(15s);
  EXPECT_EQ(status(3), "succeeded");
  json::object first{{"NatGatewayId", id}};
  first["PrivateIpAddress"] =
      json::array{json::string(nat(id, "/natGatewayAddressSet/0/privateIp"))};
  json::object stranger{{"NatGatewayId", id}};
  stranger["PrivateIpAddress"] = json::array{"10.0.1.78"};
  auto both = more;
  both["PrivateIpAddressCount"] = "1";
  expect_refused({
      {"taken", "AssignPrivateNatGatewayAddress", more, "InvalidIPAddress.InUse"},
      {"both forms", "AssignPrivateNatGatewayAddress", both, "InvalidParameterCombination"},
      {"neither", "AssignPrivateNatGatewayAddress", {{"NatGatewayId", id}}, "MissingParameter"},
      {"more than its quota",
       "AssignPrivateNatGatewayAddress",
       {{"NatGatewayId", id}, {"PrivateIpAddressCount", "5"}},
       "PrivateIpAddressLimitExceeded"},
      {"out of range",
       "AssignPrivateNatGatewayAddress",
       {{"NatGatewayId", id}, {"PrivateIpAddressCount", "32"}},
       "InvalidParameterValue"},
      {"the primary one", "UnassignPrivateNatGatewayAddress", first, "InvalidParameterValue"},
      {"not its own", "UnassignPrivateNatGatewayAddress", stranger, "InvalidParameterValue"},
      {"an Elastic IP", "AssociateNatGatewayAddress", associating(id, allocate()),
       "InvalidParameterValue"},
  });
  call("UnassignPrivateNatGatewayAddress", more);
  EXPECT_EQ(status(3), "unassigning");
  expect_refused({{"while it drains",
                   "AssignPrivateNatGatewayAddress",
                   {{"NatGatewayId", id}, {"PrivateIpAddressCount", "1"}},
                   "IncorrectState"}});
  wait(15s);
  EXPECT_EQ(status(3), "");
}

// Secondary private addresses of either kind: CreateNatGateway's SecondaryPrivateIpAddresses and
// SecondaryPrivateIpAddressCount ("[Private NAT gateway only]", botocore)
TEST_F(RegionalFacts, secondary_private_addresses_are_taken_in_the_subnet) {
  make_attached_gateway();
  const auto free = [&] {
    return std::stoi(text("DescribeSubnets", {{"SubnetId", json::array{subnet}}},
                          "/subnetSet/0/availableIpAddressCount"));
  };
  const auto before = free();
  json::object input{{"SubnetId", subnet}, {"AllocationId", allocate()}};
  input["SecondaryAllocationId"] = json::array{allocate()};
  input["SecondaryPrivateIpAddress"] = json::array{"10.0.1.99"};
  const auto id = make(input);
  EXPECT_EQ(free(), before - 2);
  wait(4s);
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/1/privateIp"), "10.0.1.99");
  EXPECT_EQ(free(), before - 2);
  expect_refused({{"taken",
                   "CreateNetworkInterface",
                   {{"SubnetId", subnet}, {"PrivateIpAddress", "10.0.1.99"}},
                   "InvalidIPAddress.InUse"}});
  auto outside = input;
  outside["SecondaryPrivateIpAddress"] = json::array{"10.9.1.99"};
  auto unequal = input;
  unequal["SecondaryPrivateIpAddress"] = json::array{"10.0.1.97", "10.0.1.98"};
  auto counted = input;
  counted["SecondaryPrivateIpAddressCount"] = "1";
  expect_refused({{"outside", "CreateNatGateway", outside, "InvalidParameterValue"},
                  {"one too many", "CreateNatGateway", unequal, "InvalidParameterCombination"},
                  {"a count", "CreateNatGateway", counted, "InvalidParameterCombination"}});
}

}  // namespace
}  // namespace sim::ec2

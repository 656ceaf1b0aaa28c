// facts §1, NAT gateways: each test cites the line that it holds the embedded EC2 to.
#include <algorithm>

#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

Knobs exact() {
  Knobs knobs;
  knobs.nat_describe_lag = {0, 0};
  return knobs;
}

class NatFacts : public test::Fixture {
 protected:
  explicit NatFacts(Knobs knobs = exact()) : Fixture(knobs) {}

  void build() {
    gateway = make_attached_gateway();
    allocation = allocate();
    id = make_nat_gateway(allocation);
  }

  void remove() { call("DeleteNatGateway", {{"NatGatewayId", id}}); }

  std::string make_private() {
    return text("CreateNatGateway", {{"SubnetId", subnet}, {"ConnectivityType", "private"}},
                "/natGateway/natGatewayId");
  }

  json::object address_input(const char* list, const std::string& of) {
    json::object input{{"NatGatewayId", id}};
    input[list] = json::array{of};
    return input;
  }

  std::string gateway, allocation, id;
};

// "NatGatewayState = pending, failed, available, deleting, deleted"
TEST_F(NatFacts, its_states_follow_each_other) {
  build();
  EXPECT_EQ(nat(id), "pending");
  wait(125s);
  EXPECT_EQ(nat(id), "available");
  wait(24h);
  EXPECT_EQ(nat(id), "available");  // "persists until deletion"
  remove();
  EXPECT_EQ(nat(id), "deleting");
  wait(300s);
  EXPECT_EQ(nat(id), "deleted");
}

// "Address sub-status NatGatewayAddressStatus"
TEST_F(NatFacts, the_status_of_its_address_is_told) {
  build();
  const auto status = "/natGatewayAddressSet/0/status";
  EXPECT_EQ(nat(id, status), "associating");
  wait(125s);
  EXPECT_EQ(nat(id, status), "succeeded");
  const auto second = allocate();
  call("AssociateNatGatewayAddress", address_input("AllocationId", second));
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/1/status"), "associating");
  wait(15s);
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/1/status"), "succeeded");
  const auto association = nat(id, "/natGatewayAddressSet/1/associationId");
  call("DisassociateNatGatewayAddress", address_input("AssociationId", association));
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/1/status"), "disassociating");
  wait(15s);
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/1"), "");
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", second}}), "");
}

// "assigning, unassigning, associating, disassociating, succeeded": those of a private one
TEST_F(NatFacts, a_private_address_is_assigned_and_unassigned) {
  id = make_private();
  const auto first = "/natGatewayAddressSet/0/status";
  const auto second = "/natGatewayAddressSet/1/status";
  EXPECT_EQ(nat(id, first), "assigning");
  wait(125s);
  EXPECT_EQ(nat(id, first), "succeeded");
  call("AssignPrivateNatGatewayAddress", {{"NatGatewayId", id}, {"PrivateIpAddressCount", "1"}});
  EXPECT_EQ(nat(id, second), "assigning");
  wait(15s);
  EXPECT_EQ(nat(id, second), "succeeded");
  call("UnassignPrivateNatGatewayAddress",
       address_input("PrivateIpAddress", nat(id, "/natGatewayAddressSet/1/privateIp")));
  EXPECT_EQ(nat(id, second), "unassigning");
}

// "A failed NAT is removed by AWS after about an hour"
TEST_F(NatFacts, a_failed_one_goes_by_itself_after_an_hour) {
  allocation = allocate();
  id = make_nat_gateway(allocation);
  wait(125s);
  EXPECT_EQ(nat(id), "failed");
  wait(58min);
  EXPECT_EQ(nat(id), "failed");
  wait(3min);
  expect_refused({{"then it is not found",
                   "DescribeNatGateways",
                   {{"NatGatewayId", json::array{id}}},
                   "NatGatewayNotFound"}});
}

// "A deleted NAT's entry stays visible about an hour and cannot be removed by the user ... After
// that DescribeNatGateways by ID fails with NatGatewayNotFound"; "Real message text ..., HTTP 400"
TEST_F(NatFacts, a_deleted_one_stays_visible_for_an_hour_whatever_is_done) {
  build();
  wait(125s);
  remove();
  wait(300s);
  remove();
  wait(54min);
  EXPECT_EQ(nat(id), "deleted");
  wait(7min);
  expect_refused(
      {{"not found by id",
        "DescribeNatGateways",
        {{"NatGatewayId", json::array{id}}},
        "NatGatewayNotFound",
        "NAT gateway " + id + " was not found"},
       {"nor for deletion", "DeleteNatGateway", {{"NatGatewayId", id}}, "NatGatewayNotFound"}});
  EXPECT_EQ(status, 400);
  EXPECT_EQ(text("DescribeNatGateways", {{"Filter", test::Cloud::filter("nat-gateway-id", id)}},
                 "/natGatewaySet"),
            "[]");
}

// "pending, available and deleting count against the per-AZ NAT quota (default 5 ...)"
TEST_F(NatFacts, five_fit_into_a_zone_and_only_the_deleted_make_room) {
  std::vector<std::string> made;
  made.reserve(5);
  for (int i = 0; i < 5; ++i) made.push_back(make_private());
  const json::object sixth{{"SubnetId", subnet}, {"ConnectivityType", "private"}};
  const auto over = [&](const char* when) {
    expect_refused({{when, "CreateNatGateway", sixth, "NatGatewayLimitExceeded",
                     "Performing this operation would exceed the limit of 5 NAT gateways"}});
  };
  over("pending");
  wait(125s);
  over("available");
  call("DeleteNatGateway", {{"NatGatewayId", made.front()}});
  over("deleting");
  const auto elsewhere = make_subnet("10.0.2.0/24", "ap-northeast-1c");
  EXPECT_EQ(refusal("CreateNatGateway", {{"SubnetId", elsewhere}, {"ConnectivityType", "private"}}),
            "");
  wait(300s);
  EXPECT_EQ(refusal("CreateNatGateway", sixth), "");
}

// "pending, available and deleting count": a failed one does not
TEST_F(NatFacts, a_failed_one_makes_room_in_its_zone) {
  const auto failing = make_nat_gateway(allocate());
  for (int i = 0; i < 4; ++i) make_private();
  const json::object sixth{{"SubnetId", subnet}, {"ConnectivityType", "private"}};
  EXPECT_EQ(refusal("CreateNatGateway", sixth), "NatGatewayLimitExceeded");
  wait(125s);
  EXPECT_EQ(nat(failing), "failed");
  EXPECT_EQ(refusal("CreateNatGateway", sixth), "");
  EXPECT_EQ(refusal("CreateNatGateway", sixth), "NatGatewayLimitExceeded");
}

// "Routes to the NAT are not removed by its deletion; they stay in state blackhole until
// deleted/replaced"; "Deleting a public NAT disassociates its EIP but does not release it"
TEST_F(NatFacts, its_deletion_leaves_routes_and_its_address_behind) {
  build();
  const auto table = make_table();
  call("CreateRoute",
       {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NatGatewayId", id}});
  wait(125s);
  remove();
  wait(320s);
  EXPECT_EQ(text("DescribeRouteTables", {{"RouteTableId", json::array{table}}},
                 "/routeTableSet/0/routeSet/1/state"),
            "blackhole");
  const json::object look{{"AllocationId", json::array{allocation}}};
  EXPECT_EQ(text("DescribeAddresses", look, "/addressesSet/0/allocationId"), allocation);
  EXPECT_EQ(text("DescribeAddresses", look, "/addressesSet/0/associationId"), "");
  call("ReplaceRoute",
       {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", gateway}});
  EXPECT_EQ(text("DescribeRouteTables", {{"RouteTableId", json::array{table}}},
                 "/routeTableSet/0/routeSet/1/state"),
            "active");
}

// "Request: NatGatewayId (+DryRun). Response: NatGatewayId only; returns at once."
TEST_F(NatFacts, its_deletion_answers_with_the_id_only) {
  build();
  const auto before = now();
  const auto output = call("DeleteNatGateway", {{"NatGatewayId", id}});
  EXPECT_EQ(json::serialize(output), R"({"natGatewayId":")" + id + R"("})");
  EXPECT_EQ(now(), before);
}

// "Error codes that exist in the EC2 error reference ..."; "InvalidNatGatewayID.NotFound is what
// CreateRoute/ReplaceRoute give ...; NatGatewayNotFound is what Describe/Delete give"
TEST_F(NatFacts, each_call_has_its_own_code_for_an_unknown_one) {
  const auto table = make_table();
  const auto unknown = "nat-0123456789abcdef0";
  json::object route{
      {"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NatGatewayId", unknown}};
  expect_refused({
      {"Delete", "DeleteNatGateway", {{"NatGatewayId", unknown}}, "NatGatewayNotFound"},
      {"Delete, malformed", "DeleteNatGateway", {{"NatGatewayId", "nat-1"}}, "NatGatewayMalformed"},
      {"Describe",
       "DescribeNatGateways",
       {{"NatGatewayId", json::array{unknown}}},
       "NatGatewayNotFound"},
      {"CreateRoute", "CreateRoute", route, "InvalidNatGatewayID.NotFound"},
  });
  call("CreateRoute", {{"RouteTableId", table},
                       {"DestinationCidrBlock", "0.0.0.0/0"},
                       {"GatewayId", make_attached_gateway()}});
  expect_refused({{"ReplaceRoute", "ReplaceRoute", route, "InvalidNatGatewayID.NotFound"}});
}

// "Calling DeleteNatGateway again on a NAT already in deleted does not error while the entry is
// visible"; "Same for deleting"; "pending and failed NATs are deletable"
TEST_F(NatFacts, it_can_be_deleted_in_every_state) {
  struct Row {
    const char* state;
    bool attached;
    base::Duration created, deleted;  // how long after the creation, and after a first deletion
  };
  const Row rows[] = {{"failed", false, 125s, 0s},
                      {"pending", true, 10s, 0s},
                      {"available", true, 125s, 0s},
                      {"deleting", true, 125s, 10s},
                      {"deleted", true, 125s, 310s}};
  for (const auto& row : rows) {
    if (row.attached && gateway.empty()) gateway = make_attached_gateway();
    id = make_nat_gateway(allocation.empty() ? allocation = allocate() : allocation);
    wait(row.created);
    if (row.deleted > 0s) remove();
    wait(row.deleted);
    EXPECT_EQ(nat(id), row.state);
    const auto end = ec2.strike_facts(id).deleted;
    EXPECT_EQ(refusal("DeleteNatGateway", {{"NatGatewayId", id}}), "") << row.state;
    if (end) {
      EXPECT_EQ(ec2.strike_facts(id).deleted, end) << row.state;
    }
    wait(320s);
    EXPECT_EQ(nat(id), "deleted") << row.state;
  }
}

struct Durations {
  std::vector<double> create, remove;
};

Durations measure(Knobs knobs, int seeds) {
  Durations found;
  for (int seed = 1; seed <= seeds; ++seed) {
    test::Cloud cloud(knobs, static_cast<std::uint64_t>(seed));
    const auto id = cloud.text("CreateNatGateway",
                               {{"SubnetId", cloud.subnet}, {"ConnectivityType", "private"}},
                               "/natGateway/natGatewayId");
    const auto created = cloud.now();
    while (cloud.nat(id) == "pending") cloud.wait(1s);
    found.create.push_back(base::seconds(cloud.now() - created));
    cloud.call("DeleteNatGateway", {{"NatGatewayId", id}});
    const auto facts = cloud.ec2.strike_facts(id);
    found.remove.push_back(base::seconds(*facts.deleted - *facts.delete_called));
  }
  std::ranges::sort(found.create);
  std::ranges::sort(found.remove);
  return found;
}

// "24 creation logs: min 84 s, p25 104, median 111, p75 117, max 125 s"; "21 public
// terraform-destroy logs ...: min 37 s, ... median 53, ... max 79" (10 s of it the poll's)
TEST(NatDurations, they_are_those_of_the_public_logs) {
  const auto found = measure(exact(), 200);
  EXPECT_GE(found.create.front(), 84);
  EXPECT_LE(found.create.back(), 126);
  EXPECT_NEAR(found.create[100], 109, 4);
  EXPECT_GE(found.remove.front(), 37);
  EXPECT_NEAR(found.remove[100], 51, 4);
  EXPECT_LE(found.remove[190], 79);
  EXPECT_LE(found.remove.back(), 300);
  // "2/21 (10 %) are certainly >60 s": a fixed sleep of 60 s is not enough.
  EXPECT_GT(std::ranges::count_if(found.remove, [](double one) { return one > 60; }), 10);
}

// "stuck case up to 30 min (terraform's ceiling) for fault runs": knob nat_stuck_chance
TEST(NatDurations, a_stuck_one_takes_half_an_hour) {
  auto knobs = exact();
  knobs.nat_stuck_chance = 1;
  EXPECT_EQ(measure(knobs, 1).remove.front(), 1800);
  knobs.nat_stuck_chance = 0.25;
  const auto found = measure(knobs, 80);
  const auto stuck = std::ranges::count(found.remove, 1800);
  EXPECT_GT(stuck, 8);
  EXPECT_LT(stuck, 35);
}

// "Public NAT: up to 8 IPv4 (1 primary + 7 secondary), default quota 2 EIPs; ... CreateNatGateway
// also has SecondaryAllocationIds"
TEST_F(NatFacts, two_addresses_are_its_quota) {
  build();
  wait(125s);
  const auto second = allocate();
  const auto third = allocate();
  call("AssociateNatGatewayAddress", address_input("AllocationId", second));
  json::object greedy{{"SubnetId", subnet}, {"AllocationId", allocate()}};
  greedy["SecondaryAllocationId"] = json::array{third, allocate()};
  expect_refused({{"associated later", "AssociateNatGatewayAddress",
                   address_input("AllocationId", third), "AddressLimitExceeded"},
                  {"from the start", "CreateNatGateway", greedy, "AddressLimitExceeded"}});
}

// "DisassociateNatGatewayAddress works only for secondary EIPs; primary cannot be disassociated;
// drain default MaxDrainDurationSeconds = 350 s; during drain no other associate/disassociate, but
// DeleteNatGateway is allowed"
TEST_F(NatFacts, while_one_address_drains_no_other_moves_but_the_gateway_may_go) {
  build();
  wait(125s);
  call("AssociateNatGatewayAddress", address_input("AllocationId", allocate()));
  wait(15s);
  const auto first = nat(id, "/natGatewayAddressSet/0/associationId");
  const auto second = nat(id, "/natGatewayAddressSet/1/associationId");
  auto endless = address_input("AssociationId", second);
  endless["MaxDrainDurationSeconds"] = "4001";
  expect_refused({{"the primary one", "DisassociateNatGatewayAddress",
                   address_input("AssociationId", first), "InvalidParameterValue"},
                  {"beyond the longest drain", "DisassociateNatGatewayAddress", endless,
                   "InvalidParameterValue"}});
  call("DisassociateNatGatewayAddress", address_input("AssociationId", second));
  expect_refused({{"another association", "AssociateNatGatewayAddress",
                   address_input("AllocationId", allocate()), "IncorrectState"},
                  {"another disassociation", "DisassociateNatGatewayAddress",
                   address_input("AssociationId", second), "IncorrectState"}});
  EXPECT_EQ(refusal("DeleteNatGateway", {{"NatGatewayId", id}}), "");
}

// "every address in NatGatewayAddresses[] (IsPrimary true and false) must be released after
// deletion"
TEST_F(NatFacts, all_its_addresses_are_left_to_be_released) {
  gateway = make_attached_gateway();
  const auto primary = allocate();
  const auto secondary = allocate();
  json::object input{{"SubnetId", subnet}, {"AllocationId", primary}};
  input["SecondaryAllocationId"] = json::array{secondary};
  id = text("CreateNatGateway", input, "/natGateway/natGatewayId");
  wait(125s);
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/0/isPrimary"), "true");
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/1/isPrimary"), "false");
  remove();
  for (const auto& one : {primary, secondary}) {
    EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", one}}), "AuthFailure");
  }
  wait(320s);
  for (const auto& one : {primary, secondary}) {
    EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", one}}), "");
  }
}

// "Private NAT: ConnectivityType=private, no AllocationId/PublicIp, needs no IGW. Nothing to
// release."
TEST_F(NatFacts, a_private_one_needs_neither_address_nor_internet_gateway) {
  id = make_private();
  wait(125s);
  EXPECT_EQ(nat(id), "available");
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/0/publicIp"), "");
  EXPECT_EQ(nat(id, "/natGatewayAddressSet/0/allocationId"), "");
  expect_refused(
      {{"with an address",
        "CreateNatGateway",
        {{"SubnetId", subnet}, {"ConnectivityType", "private"}, {"AllocationId", allocate()}},
        "InvalidParameterCombination"}});
}

}  // namespace
}  // namespace sim::ec2

// facts §7, eventual consistency: each test cites the line that it holds the embedded EC2 to.
#include "sim/core/images.hpp"
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

Knobs late() {
  Knobs knobs;
  knobs.creation_lag = {3, 3};
  return knobs;
}

// With a lag, calls that build on each other need a pause between them.
struct LagWorld {
  explicit LagWorld(Knobs knobs)
      : runtime(base::virtual_runtime(test::start)), ec2(Context{*runtime, 7}, knobs) {
    vpc = made("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}, "/vpc/vpcId");
    settle();
    subnet =
        made("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", "10.0.1.0/24"}}, "/subnet/subnetId");
    settle();
  }

  json::object call(const std::string& action, json::object input) {
    return sim::test::ask(*runtime, ec2, action, std::move(input));
  }

  std::string made(const std::string& action, json::object input, std::string_view pointer) {
    const json::value output = call(action, std::move(input));
    return std::string(output.at_pointer(pointer).as_string());
  }

  std::string refusal(const std::string& action, json::object input) {
    try {
      call(action, std::move(input));
      return "";
    } catch (const Error& error) {
      return error.code;
    }
  }

  void settle(base::Duration duration = 10s) { runtime->run(runtime->clock().sleep_for(duration)); }

  std::unique_ptr<base::Runtime> runtime;
  Ec2 ec2;
  std::string vpc, subnet;
};

void expect_known_after_a_while(LagWorld& world, const char* action, const json::object& input,
                                const char* code) {
  EXPECT_EQ(world.refusal(action, input), code) << action;
  world.settle();
  EXPECT_EQ(world.refusal(action, input), "") << action;
  world.settle();
}

json::object tagging(const std::string& id) {
  json::array tags;
  tags.push_back(json::object{{"Key", "Name"}, {"Value", "private"}});
  json::object input{{"ResourceId", id}};
  input["Tag"] = std::move(tags);
  return input;
}

// "a new id can be unknown to a following call"; "NotFound after create seen for: NAT id in
// CreateRoute ...; EIP allocation in CreateNatGateway ... and AssociateAddress ...; IGW in
// AttachInternetGateway ...; IGW and route table still unknown to CreateTags"; "Named examples:
// InvalidInstanceID.NotFound, InvalidGroup.NotFound"
void expect_new_ids_to_be_unknown(Knobs knobs) {
  LagWorld world(knobs);
  const auto made = [&](const char* action, json::object input, const char* pointer) {
    return world.made(action, std::move(input), pointer);
  };
  const auto gateway = made("CreateInternetGateway", {}, "/internetGateway/internetGatewayId");
  expect_known_after_a_while(world, "AttachInternetGateway",
                             {{"InternetGatewayId", gateway}, {"VpcId", world.vpc}},
                             "InvalidInternetGatewayID.NotFound");
  const auto second_gateway =
      made("CreateInternetGateway", {}, "/internetGateway/internetGatewayId");
  expect_known_after_a_while(world, "CreateTags", tagging(second_gateway),
                             "InvalidInternetGatewayID.NotFound");
  const auto table = made("CreateRouteTable", {{"VpcId", world.vpc}}, "/routeTable/routeTableId");
  expect_known_after_a_while(world, "CreateTags", tagging(table), "InvalidRouteTableID.NotFound");
  const auto allocation = made("AllocateAddress", {}, "/allocationId");
  json::object wanted{{"SubnetId", world.subnet}, {"AllocationId", allocation}};
  EXPECT_EQ(world.refusal("CreateNatGateway", wanted), "InvalidElasticIpID.NotFound");
  world.settle();
  const auto nat = made("CreateNatGateway", wanted, "/natGateway/natGatewayId");
  expect_known_after_a_while(
      world, "CreateRoute",
      {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NatGatewayId", nat}},
      "InvalidNatGatewayID.NotFound");
  const auto interface = made("CreateNetworkInterface", {{"SubnetId", world.subnet}},
                              "/networkInterface/networkInterfaceId");
  world.settle();
  const auto second = made("AllocateAddress", {}, "/allocationId");
  expect_known_after_a_while(world, "AssociateAddress",
                             {{"AllocationId", second}, {"NetworkInterfaceId", interface}},
                             "InvalidAllocationID.NotFound");
  const auto group =
      made("CreateSecurityGroup",
           {{"VpcId", world.vpc}, {"GroupName", "g"}, {"GroupDescription", "g"}}, "/groupId");
  expect_known_after_a_while(world, "DescribeSecurityGroups", {{"GroupId", json::array{group}}},
                             "InvalidGroup.NotFound");
  const auto instance = made("RunInstances",
                             {{"ImageId", images().front().id},
                              {"InstanceType", "t4g.nano"},
                              {"MinCount", "1"},
                              {"MaxCount", "1"},
                              {"SubnetId", world.subnet}},
                             "/instancesSet/0/instanceId");
  expect_known_after_a_while(world, "DescribeInstances", {{"InstanceId", json::array{instance}}},
                             "InvalidInstanceID.NotFound");
}

// "IGW and route table still unknown to CreateTags after ~135 s (..., extreme tail)": knobs
// lag_tail_chance and lag_tail
TEST(LagFacts, in_the_extreme_a_new_id_is_unknown_for_minutes) {
  Knobs knobs;
  knobs.lag_tail_chance = 1;
  knobs.lag_tail = {135, 135};
  struct Row {
    const char* action;
    const char* pointer;
    const char* code;
  };
  const Row rows[] = {{"CreateInternetGateway", "/internetGateway/internetGatewayId",
                       "InvalidInternetGatewayID.NotFound"},
                      {"AllocateAddress", "/allocationId", "InvalidAllocationID.NotFound"}};
  for (const auto& row : rows) {
    for (const bool tail : {false, true}) {
      const auto runtime = base::virtual_runtime(test::start);
      Ec2 ec2(Context{*runtime, 7}, tail ? knobs : Knobs{});
      const json::value output = sim::test::ask(*runtime, ec2, row.action, {});
      const auto id = std::string(output.at_pointer(row.pointer).as_string());
      const auto refused = [&]() -> std::string {
        try {
          sim::test::ask(*runtime, ec2, "CreateTags", tagging(id));
          return "";
        } catch (const Error& error) {
          return error.code;
        }
      };
      runtime->run(runtime->clock().sleep_for(134s));
      EXPECT_EQ(refused(), tail ? row.code : "") << row.action;
      runtime->run(runtime->clock().sleep_for(1s));
      EXPECT_EQ(refused(), "") << row.action;
    }
  }
}

// "a filter-based verifier cannot tell `gone` from `not visible yet`"
TEST(LagFacts, by_a_filter_what_is_new_looks_like_what_is_gone) {
  LagWorld world(late());
  const auto seen = [&](const std::string& id) {
    return json::serialize(
        world.call("DescribeAddresses", {{"Filter", test::Cloud::filter("allocation-id", id)}})
            .at("addressesSet"));
  };
  const auto by_id = [&](const std::string& id) {
    return world.refusal("DescribeAddresses", {{"AllocationId", json::array{id}}});
  };
  const auto fresh = world.made("AllocateAddress", {}, "/allocationId");
  const auto looks = std::pair(seen(fresh), by_id(fresh));
  world.settle();
  EXPECT_NE(seen(fresh), "[]");
  world.call("ReleaseAddress", {{"AllocationId", fresh}});
  EXPECT_EQ(looks, std::pair(seen(fresh), by_id(fresh)));
  EXPECT_EQ(looks, std::pair(std::string("[]"), std::string("InvalidAllocationID.NotFound")));
}

TEST(LagFacts, a_new_id_is_unknown_to_the_calls_that_follow_at_once) {
  expect_new_ids_to_be_unknown(late());
  Knobs knobs;
  knobs.lag_chance = 1;
  knobs.lag = {3, 3};
  knobs.stale_read_chance = 0;
  expect_new_ids_to_be_unknown(knobs);
}

// "two consecutive reads for routes/route tables": "evidence that a read after delete can flap"
// (§4)
TEST(LagFacts, reads_after_a_write_may_disagree_until_it_is_everywhere) {
  Knobs knobs;
  knobs.lag_chance = 1;
  knobs.lag = {5, 5};
  LagWorld world(knobs);
  const auto table =
      world.made("CreateRouteTable", {{"VpcId", world.vpc}}, "/routeTable/routeTableId");
  world.settle();
  const auto gateway =
      world.made("CreateInternetGateway", {}, "/internetGateway/internetGatewayId");
  world.settle();
  world.call("AttachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", world.vpc}});
  world.settle();
  const json::object route{{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}};
  auto with_target = route;
  with_target["GatewayId"] = gateway;
  world.call("CreateRoute", with_target);
  world.settle();
  world.call("DeleteRoute", route);
  const auto routes = [&] {
    return world.call("DescribeRouteTables", {{"RouteTableId", json::array{table}}})
        .at("routeTableSet")
        .at(0)
        .at("routeSet")
        .as_array()
        .size();
  };
  int gone = 0;
  int still = 0;
  for (int i = 0; i < 40; ++i) (routes() == 1 ? gone : still) += 1;
  EXPECT_GT(gone, 5);
  EXPECT_GT(still, 5);
  world.settle();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(routes(), 1U);
  // The write itself was done at once: only reads are late.
  EXPECT_EQ(world.refusal("DeleteRoute", route), "InvalidRoute.NotFound");
}

TEST(LagFacts, the_rate_is_the_share_of_writes_that_are_late) {
  Knobs knobs;
  knobs.lag_chance = 0.2;
  knobs.stale_read_chance = 1;
  LagWorld world(knobs);
  int late_ones = 0;
  for (int i = 0; i < 100; ++i) {
    world.settle();
    const auto id =
        world.made("CreateRouteTable", {{"VpcId", world.vpc}}, "/routeTable/routeTableId");
    const json::object look{{"RouteTableId", json::array{id}}};
    if (!world.refusal("DescribeRouteTables", look).empty()) ++late_ones;
    world.settle();
    world.call("DeleteRouteTable", {{"RouteTableId", id}});
  }
  EXPECT_GT(late_ones, 8);
  EXPECT_LT(late_ones, 35);
}

TEST(LagFacts, without_the_setting_every_write_is_seen_at_once) {
  LagWorld world(Knobs{});
  for (int i = 0; i < 50; ++i) {
    const auto id =
        world.made("CreateRouteTable", {{"VpcId", world.vpc}}, "/routeTable/routeTableId");
    EXPECT_EQ(world.refusal("DescribeRouteTables", {{"RouteTableId", json::array{id}}}), "");
  }
}

class DescribeLag : public test::Fixture {
 protected:
  static Knobs late_by_four() {
    Knobs knobs;
    knobs.nat_describe_lag = {4, 4};
    return knobs;
  }
  DescribeLag() : Fixture(late_by_four()) {}
};

// "Right after DeleteNatGateway a Describe may still say available ... Simulate 0–5 s"
TEST_F(DescribeLag, a_nat_gateway_reads_available_for_seconds_after_its_deletion) {
  make_attached_gateway();
  const auto id = make_nat_gateway(allocate());
  wait(125s);
  call("DeleteNatGateway", {{"NatGatewayId", id}});
  EXPECT_EQ(nat(id), "available");
  wait(3s);
  EXPECT_EQ(nat(id), "available");
  wait(1s);
  EXPECT_EQ(nat(id), "deleting");
}

}  // namespace
}  // namespace sim::ec2

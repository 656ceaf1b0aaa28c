// facts §1, what time does to NAT gateways where no source gives a figure: each test cites the line
// and the knob.
#include <algorithm>

#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

// A public gateway, zonal or regional, behind an attached internet gateway.
struct Site : test::Cloud {
  Site(Knobs knobs, bool zonal) : Cloud(knobs), gateway(make_attached_gateway()) {
    id = zonal ? make_nat_gateway(allocate())
               : text("CreateNatGateway", {{"VpcId", vpc}, {"AvailabilityMode", "regional"}},
                      "/natGateway/natGatewayId");
  }

  // A table whose default route leads to the target, for this subnet.
  void route(const std::string& from, const char* member, const std::string& target) {
    const auto table = make_table();
    call("CreateRoute",
         {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {member, target}});
    call("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", from}});
  }

  std::string gateway, id;
};

// "pending and failed NATs are deletable ... No source states the transition time"; "Not found:
// regional deletion time": knobs nat_delete_pending and nat_delete_regional
TEST(NatKnobs, a_pending_gateway_and_a_regional_one_have_deletion_times_of_their_own) {
  struct Row {
    const char* which;
    bool zonal;
    base::Duration age;
    double lasts;
  };
  const Row rows[] = {
      {"pending", true, 10s, 11}, {"available", true, 125s, 22}, {"regional", false, 125s, 33}};
  for (const auto& row : rows) {
    Knobs knobs;
    knobs.nat_delete_pending = {11, 0, 11, 11};
    knobs.nat_delete = {22, 0, 22, 22};
    knobs.nat_delete_regional = {33, 0, 33, 33};
    knobs.nat_delete_tail_chance = 0;
    Site site(knobs, row.zonal);
    site.wait(row.age);
    site.call("DeleteNatGateway", {{"NatGatewayId", site.id}});
    const auto facts = site.ec2.strike_facts(site.id);
    EXPECT_EQ(base::seconds(*facts.deleted - *facts.delete_called), row.lasts) << row.which;
  }
}

// "\"deleting\" may still pass traffic; \"deleted\" passes none": knob nat_passes_while_deleting
TEST(NatKnobs, one_that_is_deleting_passes_traffic_for_as_long_as_its_knob_says) {
  struct Row {
    const char* which;
    bool zonal;
    double passes;
    base::Duration open, blocked;  // after the call
  };
  const Row rows[] = {{"not at all", true, 0, -1s, 0s},
                      {"for a while", true, 20, 19s, 20s},
                      {"to its end", true, 900, 36s, 80s},
                      {"regional", false, 20, 19s, 20s}};
  for (const auto& row : rows) {
    Knobs knobs;
    knobs.nat_passes_while_deleting = {row.passes, row.passes};
    knobs.nat_delete_tail_chance = 0;
    Site site(knobs, row.zonal);
    const auto within = site.make_subnet("10.0.2.0/24", "ap-northeast-1a");
    site.route(site.subnet, "GatewayId", site.gateway);
    site.route(within, "NatGatewayId", site.id);
    const auto task = site.ec2.create_managed_interface({.subnet = within, .owner_service = "ecs"});
    site.wait(125s);
    EXPECT_TRUE(site.ec2.reach_internet(task, 443).open) << row.which;
    site.call("DeleteNatGateway", {{"NatGatewayId", site.id}});
    if (row.open >= 0s) {
      site.wait(row.open);
      EXPECT_TRUE(site.ec2.reach_internet(task, 443).open) << row.which;
    }
    site.wait(row.blocked - std::max<base::Duration>(row.open, 0s));
    EXPECT_FALSE(site.ec2.reach_internet(task, 443).open) << row.which;
  }
}

// "drain default MaxDrainDurationSeconds = 350 s"
TEST(NatKnobs, an_address_is_gone_when_its_longest_drain_is_over) {
  struct Row {
    const char* given;
    base::Duration lasts;
  };
  Knobs knobs;
  knobs.nat_address_disassociate = {600, 600};  // connections that do not end by themselves
  Site site(knobs, true);
  site.wait(125s);
  for (const auto& row : {Row{nullptr, 350s}, Row{"20", 20s}}) {
    json::object more{{"NatGatewayId", site.id}};
    more["AllocationId"] = json::array{site.allocate()};
    site.call("AssociateNatGatewayAddress", std::move(more));
    site.wait(15s);
    json::object less{{"NatGatewayId", site.id}};
    less["AssociationId"] = json::array{site.nat(site.id, "/natGatewayAddressSet/1/associationId")};
    if (row.given) less["MaxDrainDurationSeconds"] = row.given;
    site.call("DisassociateNatGatewayAddress", std::move(less));
    site.wait(row.lasts - 1s);
    EXPECT_EQ(site.nat(site.id, "/natGatewayAddressSet/1/status"), "disassociating");
    site.wait(1s);
    EXPECT_EQ(site.nat(site.id, "/natGatewayAddressSet/1"), "");
  }
}

// "Same for *deleting*": knob nat_delete_again_is_fine. On a deleted one there is no error either
// way.
TEST(NatKnobs, deleting_one_that_is_deleting_is_fine_or_not) {
  for (const bool fine : {true, false}) {
    Knobs knobs;
    knobs.nat_delete_again_is_fine = fine;
    Site site(knobs, true);
    site.wait(125s);
    const json::object named{{"NatGatewayId", site.id}};
    site.call("DeleteNatGateway", named);
    EXPECT_EQ(site.refusal("DeleteNatGateway", named), fine ? "" : "IncorrectState");
    site.wait(310s);
    EXPECT_EQ(site.refusal("DeleteNatGateway", named), "");
  }
}

}  // namespace
}  // namespace sim::ec2

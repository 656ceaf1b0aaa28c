// facts §1, NAT gateways that fail: "Create is asynchronous: CreateNatGateway returns state
// pending, and may later become failed with FailureCode in {InsufficientFreeAddressesInSubnet,
// Gateway.NotAttached, InvalidAllocationID.NotFound, Resource.AlreadyAssociated, InternalError,
// InvalidSubnetID.NotFound}". Each code with the text of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

std::string filled(std::string text, const std::string& id) {
  const auto at = text.find("{}");
  return at == std::string::npos ? text : text.replace(at, 2, id);
}

struct Failing : test::Cloud {
  using Cloud::Cloud;
  std::string other_subnet, allocation, id;

  void create() {
    other_subnet = make_subnet("10.0.9.0/28", "ap-northeast-1a");  // eleven addresses
    allocation = allocate();
    id = text("CreateNatGateway", {{"SubnetId", other_subnet}, {"AllocationId", allocation}},
              "/natGateway/natGatewayId");
  }

  std::string interface_of_it() {
    return text("DescribeNetworkInterfaces", {{"Filter", filter("description", "*" + id)}},
                "/networkInterfaceSet/0/networkInterfaceId");
  }
};

struct Row {
  const char* code;
  const char* message;  // {}: what `named` gives
  void (*before)(Failing&);
  void (*after)(Failing&);  // between the call and the moment when the gateway takes them
  std::string (*named)(Failing&);
  bool internal = false;
};

void attach(Failing& cloud) {
  cloud.make_attached_gateway();
}

void associate(Failing& cloud) {
  cloud.call("AssociateAddress",
             {{"AllocationId", cloud.allocation}, {"NetworkInterfaceId", cloud.make_interface()}});
}

void fill(Failing& cloud) {
  const auto full = cloud.make_subnet("10.0.10.0/28", "ap-northeast-1a");
  for (int i = 0; i < 11; ++i) cloud.call("CreateNetworkInterface", {{"SubnetId", full}});
  cloud.subnet = full;
}

const Row rows[] = {
    {"InsufficientFreeAddressesInSubnet",
     "Subnet has insufficient free addresses to create this NAT gateway",
     [](Failing& cloud) { attach(cloud), fill(cloud); },
     [](Failing& cloud) {
       cloud.id = cloud.make_nat_gateway(cloud.allocate());  // in the full one
     },
     [](Failing&) -> std::string { return {}; }},
    {"Gateway.NotAttached", "Network {} has no Internet gateway attached", [](Failing&) {},
     [](Failing&) {}, [](Failing& cloud) { return cloud.vpc; }},
    {"InvalidAllocationID.NotFound",
     "Elastic IP address {} could not be associated with this NAT gateway", attach,
     [](Failing& cloud) { cloud.call("ReleaseAddress", {{"AllocationId", cloud.allocation}}); },
     [](Failing& cloud) { return cloud.allocation; }},
    {"Resource.AlreadyAssociated", "Elastic IP address [{}] is already associated", attach,
     associate, [](Failing& cloud) { return cloud.allocation; }},
    {"InternalError",
     "Network interface {}, created and used internally by this NAT gateway is in an invalid "
     "state. Please try again.",
     attach, [](Failing& cloud) { cloud.wait(4s); },
     [](Failing& cloud) { return cloud.interface_of_it(); }, true},
    {"InvalidSubnetID.NotFound", "The specified subnet {} does not exist or could not be found.",
     attach, [](Failing& cloud) { cloud.call("DeleteSubnet", {{"SubnetId", cloud.other_subnet}}); },
     [](Failing& cloud) { return cloud.other_subnet; }},
};

TEST(NatFailures, each_code_comes_later_and_not_at_the_call) {
  for (const auto& row : rows) {
    Knobs knobs;
    knobs.nat_internal_error_chance = row.internal ? 1 : 0;
    Failing cloud(knobs);
    row.before(cloud);
    cloud.create();
    row.after(cloud);
    const auto named = row.named(cloud);
    EXPECT_EQ(cloud.nat(cloud.id), "pending") << row.code;
    EXPECT_EQ(cloud.nat(cloud.id, "/failureCode"), "") << row.code;
    cloud.wait(125s);
    EXPECT_EQ(cloud.nat(cloud.id), "failed") << row.code;
    EXPECT_EQ(cloud.nat(cloud.id, "/natGatewayAddressSet/0/status"), "failed") << row.code;
    EXPECT_EQ(cloud.nat(cloud.id, "/failureCode"), row.code);
    EXPECT_EQ(cloud.nat(cloud.id, "/failureMessage"), filled(row.message, named)) << row.code;
    EXPECT_EQ(cloud.interface_of_it(), "") << row.code;
  }
}

// What a failed gateway did get is free again.
TEST(NatFailures, its_subnet_and_its_address_are_free_again) {
  Failing cloud;
  cloud.create();
  cloud.wait(125s);
  EXPECT_EQ(cloud.refusal("ReleaseAddress", {{"AllocationId", cloud.allocation}}), "");
  EXPECT_EQ(cloud.refusal("DeleteSubnet", {{"SubnetId", cloud.other_subnet}}), "");
}

// Knob nat_take: before it there is no interface and the address is anybody's, after it both are
// the gateway's.
TEST(NatFailures, it_takes_its_subnet_and_its_address_within_seconds_of_the_call) {
  Failing cloud;
  attach(cloud);
  cloud.create();
  EXPECT_EQ(cloud.interface_of_it(), "");
  EXPECT_EQ(cloud.nat(cloud.id, "/natGatewayAddressSet/0/networkInterfaceId"), "");
  EXPECT_EQ(cloud.nat(cloud.id, "/natGatewayAddressSet/0/allocationId"), cloud.allocation);
  cloud.wait(4s);
  EXPECT_NE(cloud.interface_of_it(), "");
  EXPECT_EQ(cloud.nat(cloud.id, "/natGatewayAddressSet/0/networkInterfaceId"),
            cloud.interface_of_it());
  EXPECT_EQ(cloud.refusal("ReleaseAddress", {{"AllocationId", cloud.allocation}}), "AuthFailure");
  EXPECT_EQ(cloud.refusal("DeleteSubnet", {{"SubnetId", cloud.other_subnet}}),
            "DependencyViolation");
}

// Of two gateways with one address the first to take it has it.
TEST(NatFailures, one_address_makes_one_gateway) {
  Failing cloud;
  attach(cloud);
  cloud.create();
  cloud.wait(4s);
  const auto second = cloud.make_nat_gateway(cloud.allocation);
  cloud.wait(125s);
  EXPECT_EQ(cloud.nat(cloud.id), "available");
  EXPECT_EQ(cloud.nat(second, "/failureCode"), "Resource.AlreadyAssociated");
  EXPECT_EQ(cloud.refusal("ReleaseAddress", {{"AllocationId", cloud.allocation}}), "AuthFailure");
}

// A gateway that is deleted before it took anything takes nothing.
TEST(NatFailures, one_deleted_at_once_never_takes_its_address) {
  Failing cloud;
  attach(cloud);
  cloud.create();
  cloud.call("DeleteNatGateway", {{"NatGatewayId", cloud.id}});
  cloud.wait(10s);
  EXPECT_EQ(cloud.interface_of_it(), "");
  EXPECT_EQ(cloud.refusal("ReleaseAddress", {{"AllocationId", cloud.allocation}}), "");
  EXPECT_EQ(cloud.refusal("DeleteSubnet", {{"SubnetId", cloud.other_subnet}}), "");
  cloud.wait(300s);
  EXPECT_EQ(cloud.nat(cloud.id), "deleted");
}

}  // namespace
}  // namespace sim::ec2

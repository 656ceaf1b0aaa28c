// facts §1: "NATs with attached appliances (network-firewall-proxy) need the appliances detached
// first; terraform now waits for that (terraform-provider-aws PR 45842, 2026-01)."
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

constexpr auto proxy = "arn:aws:network-firewall:ap-northeast-1:123456789012:proxy/p";

TEST(NatAppliances, each_state_of_one_and_whether_its_gateway_can_be_deleted) {
  test::Cloud cloud;
  cloud.make_attached_gateway();
  const auto id = cloud.make_nat_gateway(cloud.allocate());
  cloud.wait(125s);
  EXPECT_EQ(cloud.nat(id, "/attachedApplianceSet"), "");
  struct Row {
    const char* state;
    const char* code;
    base::Duration then;
  };
  const auto hold = [&](const std::vector<Row>& rows) {
    for (const auto& row : rows) {
      EXPECT_EQ(cloud.nat(id, "/attachedApplianceSet/0/attachmentState"), row.state);
      EXPECT_EQ(cloud.refusal("DeleteNatGateway", {{"NatGatewayId", id}}), row.code) << row.state;
      cloud.wait(row.then);
    }
  };
  cloud.ec2.attach_appliance(id, proxy);
  EXPECT_EQ(cloud.nat(id, "/attachedApplianceSet/0/type"), "network-firewall-proxy");
  EXPECT_EQ(cloud.nat(id, "/attachedApplianceSet/0/applianceArn"), proxy);
  hold({{"attaching", "DependencyViolation", 120s}, {"attached", "DependencyViolation", 0s}});
  cloud.ec2.detach_appliance(id, proxy);
  hold({{"detaching", "DependencyViolation", 120s}, {"detached", "", 0s}});
  cloud.wait(5s);
  EXPECT_EQ(cloud.nat(id), "deleting");
}

}  // namespace
}  // namespace sim::ec2

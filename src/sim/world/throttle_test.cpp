// facts §6: "Per account per Region, each API action has its own token bucket": CloudFormation's
// calls take from it, too, and it waits for them.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

class Throttled : public StackTest {};

// "DeleteVpcEndpoints, CreateVpcEndpoint, ModifyVpcEndpoint 4 / 0.3"
TEST_F(Throttled, a_stack_outlasts_an_empty_bucket) {
  std::string text =
      "Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n";
  for (int i = 0; i < 16; ++i) {
    text += fmt::format(
        "  E{}: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: !Ref Vpc, ServiceName: "
        "com.amazonaws.ap-northeast-1.s3}}}}\n",
        i);
  }
  const auto begun = runtime_->clock().now();
  ASSERT_EQ(create(text), "CREATE_COMPLETE") << troubles();
  EXPECT_GE(runtime_->clock().now() - begun, std::chrono::seconds(40));  // 12 tokens
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

}  // namespace
}  // namespace sim::world

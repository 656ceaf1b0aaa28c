// Every operation of EC2 can be tried without being done. facts §1: "Request: NatGatewayId
// (+DryRun)"; §11: "DryRun=true on the EC2 calls returns DryRunOperation (allowed) or
// UnauthorizedOperation (not) with no effect".
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
#include <gtest/gtest.h>

#include "sim/world/world.hpp"

namespace sim::world {
namespace {

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

class DryRuns : public testing::Test {
 protected:
  // The refusal's code and status: "DryRunOperation 412".
  std::string refusal(const std::string& action, json::object input) {
    std::string seen = "none";
    runtime_->run(call(world_, action, std::move(input), seen));
    return seen;
  }

  static Task<void> call(World& world, std::string action, json::object input, std::string& seen) {
    const Principal root{Principal::Kind::root, "arn:aws:iam::123456789012:root", {}, {}};
    try {
      co_await world.call(root, "ec2", std::move(action), std::move(input));
    } catch (const Error& error) {
      seen = fmt::format("{} {}", error.code, error.status);
    }
  }

  std::unique_ptr<base::Runtime> runtime_ = base::virtual_runtime(start);
  World world_{*runtime_, {.seed = 3}};
};

TEST_F(DryRuns, every_operation_says_that_it_would_have_succeeded) {
  int operations = 0;
  for (const auto& name : world_.operations()) {
    if (!name.starts_with("ec2:")) continue;
    ++operations;
    EXPECT_EQ(refusal(name.substr(4), {{"DryRun", "true"}}), "DryRunOperation 412") << name;
  }
  EXPECT_GT(operations, 100);
}

TEST_F(DryRuns, nothing_is_done_and_what_is_not_understood_is_refused_all_the_same) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(refusal("CreateInternetGateway", {{"DryRun", "true"}}), "DryRunOperation 412");
  }
  EXPECT_EQ(refusal("CreateInternetGateway", {{"DryRun", "false"}}), "none");
  EXPECT_EQ(refusal("DeleteNatGateway", {{"DryRun", "true"}, {"NatGateway", "nat-1"}}),
            "UnknownParameter 400");
}

}  // namespace
}  // namespace sim::world

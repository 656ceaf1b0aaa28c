#include "falsework/readiness.hpp"

#include <gtest/gtest.h>

#include "base/runtime.hpp"
#include "falsework/fake_aws.hpp"

namespace falsework {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
const aws::ecs::ServiceArn web{"arn:aws:ecs:us-east-1:123456789012:service/demo/web"};
const aws::InstanceId client_instance{"i-00000000000000001"};

struct World {
  std::unique_ptr<base::Runtime> runtime = base::virtual_runtime(start);
  base::SeededRandom random{7};
  base::NoLog log;
  fake::Aws aws{runtime->clock()};
  http::System system{runtime->clock(), random, log, aws};
  ::aws::Client client{system, {{"AKIDEXAMPLE", "secret", ""}, "us-east-1", std::nullopt}};
  Progress progress;
  std::vector<std::string> problems;

  void wait(std::vector<Condition> conditions, base::Duration time = 10min) {
    runtime->run(
        [](World& self, std::vector<Condition> wanted, base::Instant deadline) -> base::Task<void> {
          self.problems =
              co_await wait_until_ready(self.client, wanted, Site{}, deadline, self.progress);
        }(*this, std::move(conditions), start + time));
  }
  base::Duration passed() const { return runtime->clock().now() - start; }
};

TEST(Readiness, holds_as_soon_as_service_and_instance_do) {
  World world;
  world.aws.services["web"] = {.steady_at = start + 40s};
  world.aws.instances[client_instance.value] = {.ok_at = start + 20s};
  world.wait({web, client_instance});
  EXPECT_TRUE(world.problems.empty()) << world.problems.front();
  EXPECT_GE(world.passed(), 40s);
  EXPECT_LT(world.passed(), 43s);
}

TEST(Readiness, gives_up_at_once_when_it_cannot_come_true) {
  struct Row {
    fake::Service service;
    std::string problem;
  };
  const Row rows[] = {
      {{.steady_at = start + 1h, .rollout_fails = true}, "its deployment failed"},
      {{.steady_at = start, .status = "INACTIVE"}, "it is INACTIVE"},
      {{.steady_at = start, .status = "DRAINING"}, "it is DRAINING"},
  };
  for (const auto& row : rows) {
    World world;
    world.aws.services["web"] = row.service;
    world.wait({web});
    ASSERT_EQ(world.problems.size(), 1U);
    EXPECT_NE(world.problems[0].find(row.problem), std::string::npos) << world.problems[0];
    EXPECT_LT(world.passed(), 2s);
  }
}

TEST(Readiness, a_terminated_instance_fails_the_whole_wait) {
  World world;
  world.aws.services["web"] = {.steady_at = start + 1h};
  world.aws.instances[client_instance.value] = {.state = "terminated"};
  world.wait({web, client_instance});
  ASSERT_EQ(world.problems.size(), 1U);
  EXPECT_LT(world.passed(), 5s);
}

TEST(Readiness, a_service_that_nobody_knows_is_given_a_minute_to_appear) {
  World world;
  world.wait({web});
  ASSERT_EQ(world.problems.size(), 1U);
  EXPECT_GE(world.passed(), 1min);
  EXPECT_LT(world.passed(), 70s);
}

TEST(Readiness, a_missing_permission_is_named_at_once_with_the_service) {
  World world;
  world.aws.denied = {"DescribeServices"};
  world.wait({web});
  ASSERT_EQ(world.problems.size(), 1U);
  EXPECT_NE(world.problems[0].find("may not call ecs:DescribeServices on " + web.value),
            std::string::npos)
      << world.problems[0];
  EXPECT_LT(world.passed(), 2s);
}

TEST(Readiness, says_at_the_deadline_what_it_waited_for) {
  World world;
  world.aws.services["web"] = {.steady_at = start + 1h};
  world.wait({web}, 30s);
  ASSERT_EQ(world.problems.size(), 1U);
  EXPECT_NE(world.problems[0].find("waited for 1 running tasks, there are 0"), std::string::npos)
      << world.problems[0];
  EXPECT_LE(world.passed(), 30s);
}

}  // namespace
}  // namespace falsework

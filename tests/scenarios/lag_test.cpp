// The example where EC2's writes are seen late.
#include "tests/scenarios/story.hpp"

namespace scenarios {
namespace {

TEST(Lag, every_check_holds_on_three_seeds_when_every_second_write_is_seen_late) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    auto settings = seeded(seed);
    settings.ec2.lag_chance = 0.5;
    const auto document = play(settings);
    EXPECT_TRUE(cli::holds(document)) << seed << ": " << failures_of(document);
  }
}

}  // namespace
}  // namespace scenarios

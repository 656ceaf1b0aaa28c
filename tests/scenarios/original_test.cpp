#include "tests/scenarios/story.hpp"

namespace scenarios {
namespace {

TEST(Original, holds_when_the_gateway_goes_within_its_sixty_seconds) {
  const auto document = play(with_deletion_of(45), true);
  EXPECT_TRUE(cli::holds(document)) << failures_of(document);
  EXPECT_GT(document.strike_seconds.value_or(0), 60);
}

TEST(Original, fails_with_AuthFailure_and_is_rolled_back_when_the_gateway_takes_longer) {
  const auto document = play(with_deletion_of(75), true);
  EXPECT_FALSE(cli::holds(document));
  EXPECT_NE(document.strike.failure.find("AuthFailure"), std::string::npos)
      << document.strike.failure;
  EXPECT_NE(document.failure.find("rolled the stack back"), std::string::npos) << document.failure;
  EXPECT_FALSE(ok(document, "the stack is complete"));
  EXPECT_FALSE(ok(document, "the service is still steady"));
  EXPECT_TRUE(ok(document, "nothing of its network is left"));
}

TEST(Original, is_beaten_on_the_same_ground) {
  const auto ours = play(with_deletion_of(75), false);
  EXPECT_TRUE(cli::holds(ours)) << failures_of(ours);
  EXPECT_LT(ours.strike_seconds.value_or(1e9), 75 * 1.03);
}

}  // namespace
}  // namespace scenarios

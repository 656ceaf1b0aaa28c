#include "cli/report.hpp"
#include "cli/terminal.hpp"
#include "tests/scenarios/story.hpp"

namespace scenarios {
namespace {

TEST(Demo, every_check_holds_and_nothing_is_left) {
  const auto document = play(seeded(1));
  EXPECT_TRUE(cli::holds(document)) << failures_of(document);
  EXPECT_EQ(document.checks.size(), 9U);
  EXPECT_EQ(document.leftovers.size(), 6U);
}

TEST(Demo, strikes_six_pieces_close_to_the_minimum_and_knows_what_it_saves) {
  const auto document = play(seeded(1));
  EXPECT_EQ(document.strike.pieces.size(), 6U);
  ASSERT_TRUE(document.strike_seconds && document.minimum_seconds);
  EXPECT_GE(*document.strike_seconds, *document.minimum_seconds * 0.99);
  EXPECT_LE(*document.strike_seconds, *document.minimum_seconds * 1.03);
  EXPECT_EQ(document.saving.monthly.cents(), "48.91");
  EXPECT_GT(document.api_calls.value_or(0), 10);
}

TEST(Demo, the_way_out_is_there_before_and_gone_after) {
  const auto document = play(seeded(1));
  ASSERT_TRUE(document.before && document.after);
  EXPECT_EQ(cli::gone(*document.before, *document.after).size(), 5U);
  EXPECT_TRUE(cli::gone(*document.after, *document.before).empty());
}

TEST(Demo, the_same_seed_tells_the_same_story_to_the_byte) {
  const auto first = cli::pretty(cli::to_json(play(seeded(11))));
  EXPECT_EQ(first, cli::pretty(cli::to_json(play(seeded(11)))));
  EXPECT_NE(first, cli::pretty(cli::to_json(play(seeded(12)))));
}

TEST(Demo, ten_seeds_all_hold_within_three_percent_of_the_minimum) {
  for (std::uint64_t seed = 21; seed <= 30; ++seed) {
    const auto document = play(seeded(seed));
    EXPECT_TRUE(cli::holds(document)) << seed << ": " << failures_of(document);
    EXPECT_LE(document.strike_seconds.value_or(1e9), *document.minimum_seconds * 1.03) << seed;
  }
}

TEST(Demo, a_gateway_that_takes_five_minutes_to_go_is_waited_for) {
  const auto document = play(with_deletion_of(300));
  EXPECT_TRUE(cli::holds(document)) << failures_of(document);
  EXPECT_GT(document.strike_seconds.value_or(0), 300);
}

TEST(Demo, its_page_and_its_text_show_the_verdict) {
  const auto document = play(seeded(1));
  const auto page = cli::report(document);
  EXPECT_NE(page.find("The falsework is struck"), std::string::npos);
  EXPECT_NE(page.find("curl answers: nginx"), std::string::npos);
  EXPECT_NE(cli::terminal(document, {}).find("All 15 checks hold."), std::string::npos);
}

}  // namespace
}  // namespace scenarios

#include "cli/terminal.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/sample_test.hpp"

namespace cli {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Terminal, the_last_line_is_the_verdict) {
  const auto lines = lines_of(terminal(sample(), {}));
  ASSERT_GT(lines.size(), 20U);
  EXPECT_NE(lines[lines.size() - 2].find("All 5 checks hold."), std::string::npos);
  EXPECT_TRUE(lines.back().ends_with("month.")) << lines.back();
}

TEST(Terminal, no_line_is_wider_than_100_columns) {
  auto document = sample();
  for (int i = 0; i < 40; ++i) document.checks[0].evidence += " and one word more";
  for (const auto& line : lines_of(terminal(document, {}))) EXPECT_LE(line.size(), 100U) << line;
}

TEST(Terminal, colours_come_only_when_asked_for) {
  EXPECT_EQ(terminal(sample(), {}).find('\x1b'), std::string::npos);
  EXPECT_NE(terminal(sample(), {.colours = true}).find("\x1b[32mok\x1b[0m"), std::string::npos);
}

TEST(Terminal, a_failed_check_stands_out_without_colours_too) {
  auto document = sample();
  document.checks[1].ok = false;
  EXPECT_NE(terminal(document, {}).find("FAIL  both default routes are gone"), std::string::npos);
}

TEST(Terminal, quiet_keeps_checks_and_verdict_and_drops_the_story) {
  const auto text = terminal(sample(), {.quiet = true});
  EXPECT_EQ(text.find("is being created"), std::string::npos);
  EXPECT_NE(text.find("both default routes are gone"), std::string::npos);
  EXPECT_NE(text.find("All 5 checks hold."), std::string::npos);
}

TEST(Terminal, moments_that_are_no_headline_stay_out) {
  EXPECT_EQ(terminal(sample(), {}).find("Vpc is being created"), std::string::npos);
}

TEST(Terminal, the_chart_shows_what_was_waited_for) {
  const auto text = terminal(sample(), {});
  EXPECT_NE(text.find("NAT gateway        nat-0cbbcb99b52367f68"), std::string::npos);
  EXPECT_NE(text.find("....."), std::string::npos);
}

TEST(ClockFace, counts_minutes_seconds_and_tenths) {
  EXPECT_EQ(clock_face(0), "00:00.0");
  EXPECT_EQ(clock_face(59.96), "01:00.0");
  EXPECT_EQ(clock_face(271.24), "04:31.2");
  EXPECT_EQ(clock_face(6300), "105:00.0");
}

TEST(Wrapped, breaks_between_words_and_counts_characters_not_bytes) {
  EXPECT_EQ(wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("\u00e9\u00e9\u00e9 \u00e9\u00e9\u00e9", 7).size(), 1U);
  EXPECT_EQ(wrapped("unbreakable", 4), (std::vector<std::string>{"unbreakable"}));
}

}  // namespace
}  // namespace cli

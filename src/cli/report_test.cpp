#include "cli/report.hpp"

#include <gtest/gtest.h>

#include "cli/drawing.hpp"
#include "cli/gantt.hpp"
#include "cli/html.hpp"
#include "cli/sample_test.hpp"

namespace cli {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Report, loads_nothing_and_runs_nothing) {
  const auto page = report(sample());
  for (const char* part : {"<script", "<link", "src=", "@import", "url(http", "<img", "<iframe"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
}

TEST(Report, shows_topology_twice_the_strike_the_checks_and_the_money) {
  const auto page = report(sample());
  EXPECT_EQ(count(page, "<svg"), 2U);
  EXPECT_EQ(count(page, "class=\"gantt\""), 1U);
  EXPECT_EQ(count(page, "class=\"mark\""), 5U);
  EXPECT_NE(page.find("$48.91"), std::string::npos);
  EXPECT_NE(page.find("<details>"), std::string::npos);
  EXPECT_NE(page.find("prefers-color-scheme: dark"), std::string::npos);
}

TEST(Report, a_failed_story_says_so_first) {
  auto document = sample();
  document.checks[0].ok = false;
  const auto page = report(document);
  EXPECT_NE(page.find("<h1>The strike did not hold</h1>"), std::string::npos);
  EXPECT_NE(page.find("mark bad"), std::string::npos);
}

TEST(Report, text_from_outside_is_escaped_everywhere) {
  const std::string evil = "<script>alert('x')</script>\"&";
  auto document = sample();
  document.stack = evil;
  document.region = evil;
  document.checks[0].name = document.checks[0].evidence = evil;
  document.timeline[0].text = document.timeline[0].source = document.timeline[0].subject = evil;
  document.strike.pieces[0].id = document.strike.pieces[0].type = evil;
  document.strike.pieces[2].waits[0].why = document.strike.pieces[2].waits[0].state = evil;
  document.saving.prices[0].what = document.saving.prices[0].id = evil;
  for (auto* topology : {&*document.before, &*document.after}) {
    topology->cidr = topology->vpc = evil;
    for (auto& subnet : topology->subnets) subnet.name = subnet.cidr = evil;
    for (auto& node : topology->nodes) node.name = node.address = evil;
    topology->subnets[0].routes[0].target = topology->subnets[0].routes[0].destination = evil;
  }
  const auto page = report(document);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("alert('x')"), std::string::npos);
}

TEST(Drawing, marks_what_will_go_before_and_ghosts_it_after) {
  const auto before = sample_network(false);
  const auto after = sample_network(true);
  const auto first = drawing(before, before, after, {"before", "Before", ""});
  EXPECT_EQ(count(first, "chip temporary"), 3U);
  EXPECT_EQ(count(first, "route temporary"), 2U);
  EXPECT_EQ(count(first, "ghost"), 0U);
  const auto second = drawing(before, after, after, {"after", "After", "HTTP 200"});
  EXPECT_EQ(count(second, "chip ghost"), 3U);
  EXPECT_EQ(count(second, "route ghost"), 2U);
  EXPECT_EQ(count(second, "edge reach"), 1U);
}

TEST(Drawing, tells_the_same_in_words_to_those_who_cannot_see_it) {
  const auto picture = drawing(sample_network(false), sample_network(true), sample_network(true),
                               {"a", "After", ""});
  EXPECT_NE(picture.find("role=\"img\""), std::string::npos);
  EXPECT_NE(picture.find("NAT gateway 10.0.1.44 (gone)"), std::string::npos);
}

TEST(Gantt, gives_each_wait_its_reason_and_its_seconds) {
  const auto chart = gantt(sample());
  EXPECT_NE(chart.find("waited 46.6 s for the NAT gateway to be deleted (deleting)"),
            std::string::npos);
  EXPECT_NE(chart.find("refused by AWS 2 times"), std::string::npos);
  EXPECT_NE(chart.find("<u style="), std::string::npos);
}

TEST(Gantt, is_empty_when_nothing_was_struck) {
  auto document = sample();
  document.strike = {};
  EXPECT_TRUE(gantt(document).empty());
}

TEST(Html, escapes_markup_quotes_and_control_characters) {
  EXPECT_EQ(escaped("<a href=\"x\">'&\x01"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp; ");
}

TEST(Html, long_ids_keep_head_and_tail) {
  EXPECT_EQ(shortened("nat-0cbbcb99b52367f68", 21), "nat-0cbbcb99b52367f68");
  EXPECT_EQ(shortened("nat-0cbbcb99b52367f68", 13), "nat-0cbb\u20267f68");
}

}  // namespace
}  // namespace cli

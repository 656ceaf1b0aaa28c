#include "cli/document.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "cli/sample_test.hpp"

namespace cli {
namespace {

TEST(Document, a_story_whose_checks_all_hold_holds) {
  EXPECT_TRUE(holds(sample()));
}

TEST(Document, one_failed_check_one_leftover_or_an_early_end_breaks_it) {
  auto document = sample();
  document.checks[1].ok = false;
  EXPECT_FALSE(holds(document));

  document = sample();
  document.leftovers[0].ok = false;
  EXPECT_FALSE(holds(document));

  document = sample();
  document.failure = "The stack was rolled back.";
  EXPECT_FALSE(holds(document));
}

TEST(Document, a_story_without_checks_does_not_hold) {
  auto document = sample();
  document.checks.clear();
  EXPECT_FALSE(holds(document));
}

TEST(Document, what_is_gone_is_named_by_id_and_routes_by_table_and_destination) {
  EXPECT_EQ(gone(sample_network(false), sample_network(true)),
            (std::vector<std::string>{"eipalloc-0d1e2f3a4b5c6d7e8", "igw-079babd830354ac3a",
                                      "nat-0cbbcb99b52367f68", "rtb-0c0ffee0c0ffee001|0.0.0.0/0",
                                      "rtb-0decade0decade002|0.0.0.0/0"}));
  EXPECT_TRUE(gone(sample_network(true), sample_network(true)).empty());
}

TEST(Document, a_gateway_that_is_still_listed_as_deleted_is_gone) {
  auto after = sample_network(false);
  for (auto& node : after.nodes) {
    if (node.type == "nat_gateway") node.state = "deleted";
  }
  EXPECT_EQ(gone(sample_network(false), after), std::vector<std::string>{"nat-0cbbcb99b52367f68"});
}

TEST(Document, the_verdict_counts_and_measures) {
  EXPECT_EQ(verdict(sample()),
            "All 5 checks hold. 5 pieces struck in 48.9 s, 0.7 s (1.5 %) over AWS's own minimum. "
            "Saves $48.91 a month.");
  auto document = sample();
  document.checks[0].ok = false;
  EXPECT_TRUE(verdict(document).starts_with("1 of 5 checks FAILED."));
}

TEST(Document, its_json_keeps_the_keys_that_others_read) {
  const auto document = to_json(sample());
  for (const char* key :
       {"falsework", "seed", "mode", "checks", "timeline", "virtual_seconds", "strike_seconds",
        "minimum_seconds", "api_calls", "saving", "strike", "topology", "leftovers"}) {
    EXPECT_TRUE(document.contains(key)) << key;
  }
  const auto& check = document.at("checks").as_array().at(0).as_object();
  EXPECT_TRUE(check.at("ok").as_bool());
  EXPECT_FALSE(check.at("evidence").as_string().empty());
  EXPECT_EQ(document.at("strike").at("pieces").as_array().size(), 5U);
}

TEST(Document, pretty_json_reads_back_as_the_same_value_and_has_plain_numbers) {
  const json::value value = to_json(sample());
  const std::string text = pretty(value);
  EXPECT_NE(text.find("\"virtual_seconds\": 412.7"), std::string::npos);
  EXPECT_EQ(pretty(json::parse(text)), text);
}

TEST(Document, pretty_json_keeps_empty_lists_and_strange_text) {
  EXPECT_EQ(
      pretty(json::parse(R"({"a":[],"b":{},"c":"q\"\n","d":null,"e":0.5})")),
      "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": \"q\\\"\\n\",\n  \"d\": null,\n  \"e\": 0.5\n}\n");
}

}  // namespace
}  // namespace cli

#include "templates/creation_policy.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace templates {
namespace {

std::string parsed(const std::string& text) {
  try {
    const auto policy = signal_policy(json::parse(text).as_object());
    if (!policy) return "none";
    return std::to_string(policy->count) + " in " + std::to_string(policy->timeout.count());
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

// aws-attribute-creationpolicy: the defaults are 1 and PT5M; "PT#H#M#S", at most twelve hours.
TEST(CreationPolicy, says_how_many_signals_and_for_how_long) {
  EXPECT_EQ(parsed("{}"), "none");
  EXPECT_EQ(parsed(R"({"ResourceSignal": {}})"), "1 in 300");
  EXPECT_EQ(parsed(R"({"ResourceSignal": {"Count": "3", "Timeout": "PT15M"}})"), "3 in 900");
  EXPECT_EQ(parsed(R"({"ResourceSignal": {"Count": "x"}})"),
            "ResourceSignal Count x is not a number");
  EXPECT_EQ(parsed(R"({"ResourceSignal": {"Cuont": 1}})"), "ResourceSignal has no Cuont");
}

TEST(CreationPolicy, timeouts_are_iso_durations_of_at_most_twelve_hours) {
  using std::chrono::seconds;
  EXPECT_EQ(signal_timeout("PT1H2M3S"), seconds(3723));
  EXPECT_EQ(signal_timeout("PT12H"), seconds(43200));
  for (const auto* wrong : {"", "PT", "15M", "PT0S", "PT12H1S", "PT5", "PT1S1M", "PT-1M", "P1D"}) {
    EXPECT_EQ(signal_timeout(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace templates

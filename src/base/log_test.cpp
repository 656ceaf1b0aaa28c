#include "base/log.hpp"

#include <gtest/gtest.h>

#include "base/money.hpp"

namespace base {
namespace {

TEST(Log, a_line_is_one_json_object_whatever_the_fields_hold) {
  const Instant noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 12h;
  EXPECT_EQ(line(noon, Level::warn, "piece.refused", {{"id", "a\nb\"c"}, {"tries", 2}}),
            R"({"time":"2026-11-22T12:00:00.000Z","level":"warn","event":"piece.refused",)"
            R"("id":"a\nb\"c","tries":2})");
}

TEST(Log, numbers_are_written_as_people_read_them) {
  boost::json::object fields{{"seconds", 51.26449}, {"none", 0.0}, {"whole", 1200.0}};
  fields["list"] = boost::json::array({0.5, boost::json::object({{"id", "["}}), "{"});
  const auto text = line(Instant{}, Level::info, "x", fields);
  EXPECT_TRUE(
      text.ends_with(R"("seconds":51.264,"none":0,"whole":1200,"list":[0.5,{"id":"["},"{"]})"))
      << text;
}

TEST(Money, adds_up_hours_exactly_and_rounds_to_the_cent) {
  const auto gateway = Money::micro_dollars(62'000);
  const auto address = Money::micro_dollars(5'000);
  EXPECT_EQ(((gateway + address) * 730).cents(), "48.91");
  EXPECT_EQ(Money::micro_dollars(-5'000).cents(), "-0.01");
}

}  // namespace
}  // namespace base

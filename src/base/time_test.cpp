#include "base/time.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

constexpr Instant afternoon =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 15h + 39min + 54s + 120ms;

TEST(Time, prints_and_reads_both_iso_forms) {
  EXPECT_EQ(iso8601(afternoon), "2026-11-22T15:39:54.120Z");
  EXPECT_EQ(iso8601_basic(afternoon), "20261122T153954Z");
  EXPECT_EQ(parse_iso8601("2026-11-22T15:39:54.120Z"), afternoon);
  EXPECT_EQ(parse_iso8601("20261122T153954Z"), afternoon - 120ms);
  EXPECT_EQ(parse_iso8601("2026-11-22T15:39:54.1200009Z"), afternoon);
}

TEST(Time, refuses_what_is_no_time) {
  for (const auto* text :
       {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22 15:39:54Z", "2026-11-22T15:39:54", "2026-11-22T15:39:54.Z",
        "20261122T15:39:54Z", "2026-11-22T15:39:54Zz", "-026-11-22T15:39:54Z",
        "2026--1-22T15:39:54Z", "2026-11--1T15:39:54Z", "2026-11-22T-1:39:54Z",
        "2026-11-22T15:-1:54Z", "2026-11-22T15:39:-1Z", "2026-11-22T15:60:54Z",
        "2026-11-22T15:39:61Z", "2026-11-22T+1:39:54Z"}) {
    EXPECT_FALSE(parse_iso8601(text)) << text;
  }
}

TEST(Time, holds_numbers_from_outside_within_the_years_it_can_write) {
  using std::chrono::milliseconds;
  EXPECT_EQ(iso8601(from_unix(milliseconds(1700000000123))), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(iso8601(from_unix(std::chrono::seconds(1700000000))), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(iso8601(from_unix(milliseconds::max())), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(iso8601(from_unix(milliseconds::min())), "0001-01-01T00:00:00.000Z");
  EXPECT_EQ(iso8601(from_unix(std::chrono::seconds::max())), "9999-12-31T23:59:59.000Z");
  EXPECT_EQ(iso8601(from_unix(std::chrono::seconds::min())), "0001-01-01T00:00:00.000Z");
}

TEST(Time, reads_to_people_in_the_unit_that_fits) {
  EXPECT_EQ(human(420ms), "0.4 s");
  EXPECT_EQ(human(51300ms), "51.3 s");
  EXPECT_EQ(human(125s), "2 min 05 s");
  EXPECT_EQ(human(62min), "1 h 02 min");
}

}  // namespace
}  // namespace base

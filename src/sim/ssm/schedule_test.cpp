#include "sim/ssm/schedule.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sim::ssm {
namespace {

base::Instant at(std::string_view time) {
  return *base::parse_iso8601(time);
}

struct Row {
  const char* expression;
  const char* next;  // after Wednesday 2026-11-25T10:20:00Z; empty: refused
};

// https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
constexpr Row rows[] = {
    {"rate(30 minutes)", "2026-11-25T10:50:00.000Z"},
    {"rate(1 hour)", "2026-11-25T11:20:00.000Z"},
    {"rate(30 days)", "2026-12-25T10:20:00.000Z"},
    {"rate(29 minutes)", ""},
    {"rate(31 days)", ""},
    {"rate(1 hours)", ""},
    {"rate(5 hour)", ""},
    {"rate(0 days)", ""},
    {"rate(2 weeks)", ""},
    {"at(2026-12-01T15:55:00)", "2026-12-01T15:55:00.000Z"},
    {"at(2020-07-07T15:55:00)", "2020-07-07T15:55:00.000Z"},
    {"at(tomorrow)", ""},
    {"cron(0/30 * * * ? *)", "2026-11-25T10:30:00.000Z"},
    {"cron(0 */30 * * * ? *)", "2026-11-25T10:30:00.000Z"},
    {"cron(0 0/1 * * ? *)", "2026-11-25T11:00:00.000Z"},
    {"cron(0 0 */1 * * ? *)", "2026-11-25T11:00:00.000Z"},
    {"cron(0 0 0/4 1/1 * ? *)", "2026-11-25T12:00:00.000Z"},
    {"cron(0 0/12 * * ? *)", "2026-11-25T12:00:00.000Z"},
    {"cron(15 13 ? * * *)", "2026-11-25T13:15:00.000Z"},
    {"cron(15 9 * * ? *)", "2026-11-26T09:15:00.000Z"},
    {"cron(15 13 ? * MON *)", "2026-11-30T13:15:00.000Z"},
    {"cron(0 00 12 ? * SUN *)", "2026-11-29T12:00:00.000Z"},
    {"cron(0 16 ? * 3 *)", "2026-12-01T16:00:00.000Z"},
    {"cron(0 0 ? * THU#2 *)", "2026-12-10T00:00:00.000Z"},
    {"cron(0 0 ? * FRI#5 *)", "2027-01-29T00:00:00.000Z"},
    {"cron(15 10 ? * 6L *)", "2026-11-27T10:15:00.000Z"},
    {"cron(0 2 L * ? *)", "2026-11-30T02:00:00.000Z"},
    {"cron(15 13 ? * *)", "2026-11-25T13:15:00.000Z"},
    {"cron(0/10 * * * ? *)", ""},
    {"cron(0 0/3 * * ? *)", ""},
    {"cron(0/30 8 ? * MON *)", ""},
    {"cron(30 0 10 * * ? *)", ""},
    {"cron(0 10 * JAN ? *)", ""},
    {"cron(0 10 1 * MON *)", ""},
    {"cron(0 24 * * ? *)", ""},
    {"cron()", ""},
    {"every day", ""},
};

TEST(Schedule, knows_the_next_time_of_what_associations_support_and_nothing_else) {
  for (const auto& row : rows) {
    const auto schedule = parse_schedule(row.expression);
    EXPECT_EQ(schedule ? base::iso8601(schedule->first(at("2026-11-25T10:20:00Z"))) : "", row.next)
        << row.expression;
  }
}

TEST(Schedule, goes_on_from_one_time_to_the_next) {
  const auto daily = *parse_schedule("cron(0 2 * * ? *)");
  EXPECT_EQ(daily.after(at("2026-11-25T02:00:00Z")), at("2026-11-26T02:00:00Z"));
  const auto half = *parse_schedule("cron(0/30 * * * ? *)");
  EXPECT_EQ(half.after(at("2026-11-25T23:30:00Z")), at("2026-11-26T00:00:00Z"));
  EXPECT_EQ(parse_schedule("at(2026-12-01T15:55:00)")->after(at("2026-12-01T15:55:00Z")),
            std::nullopt);
}

}  // namespace
}  // namespace sim::ssm

// When an association runs: rate(), cron() and at() as State Manager takes them, which is less than
// what maintenance windows do. Pure. Times are UTC.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace sim::ssm {

struct Schedule {
  enum class Kind { rate, cron, at } kind = Kind::rate;
  base::Duration interval{};  // rate
  base::Instant once{};       // at
  // cron: on the days that match, at each of these minutes and hours.
  std::vector<int> minutes = {}, hours = {};
  int weekday = 0;    // 1 is Sunday; 0: every day
  int nth = 0;        // the nth such weekday of the month; 0: every one
  bool last = false;  // the last such weekday, or day, of the month

  // The first time after `start`; for at() its time, even when that has passed.
  base::Instant first(base::Instant start) const;
  // The next time after `previous`, which was one. Nothing when there is none.
  std::optional<base::Instant> after(base::Instant previous) const;
};

// Nothing when the expression is none that associations support: rates from 30 minutes to less than
// 31 days; every half, 1, 2, 4, 8 or 12 hours; every day, every week, every nth or last weekday or
// last day of a month at one time.
std::optional<Schedule> parse_schedule(std::string_view expression);

}  // namespace sim::ssm

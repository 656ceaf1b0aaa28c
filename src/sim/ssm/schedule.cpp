#include "sim/ssm/schedule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/contains.hpp"
#include "sim/core/words.hpp"

namespace sim::ssm {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::sys_days;

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  if (text.empty() || failure != std::errc() || rest != end || value < 0) return std::nullopt;
  return value;
}

std::optional<Schedule> parse_rate(const std::vector<std::string>& words) {
  if (words.size() != 2) return std::nullopt;
  const auto value = number(words[0]);
  if (!value || *value < 1 || *value > 100'000) return std::nullopt;
  std::string unit = words[1];
  // "1 hour", "5 hours", and not the other way round.
  if (unit.ends_with('s') == (*value == 1)) return std::nullopt;
  if (*value > 1) unit.pop_back();
  Schedule schedule;
  if (unit == "minute") {
    schedule.interval = minutes(*value);
  } else if (unit == "hour") {
    schedule.interval = hours(*value);
  } else if (unit == "day") {
    schedule.interval = days(*value);
  } else {
    return std::nullopt;
  }
  if (schedule.interval < minutes(30) || schedule.interval >= days(31)) return std::nullopt;
  return schedule;
}

std::optional<Schedule> parse_at(std::string_view text) {
  if (text.ends_with('Z')) return std::nullopt;
  const auto when = base::parse_iso8601(std::string(text) + "Z");
  if (!when) return std::nullopt;
  return Schedule{.kind = Schedule::Kind::at, .once = *when};
}

// "MON" and 2 are the same day.
std::optional<int> weekday(std::string_view text) {
  constexpr std::array<std::string_view, 7> names{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
  const auto found = std::ranges::find(names, text);
  if (found != names.end()) return static_cast<int>(found - names.begin()) + 1;
  const auto value = number(text);
  return value && *value >= 1 && *value <= 7 ? value : std::nullopt;
}

bool read_weekday(std::string_view text, Schedule& schedule) {
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    const auto nth = number(text.substr(hash + 1));
    if (!nth || *nth < 1 || *nth > 5) return false;
    schedule.nth = *nth;
    text = text.substr(0, hash);
  } else if (text.ends_with('L') && text.size() > 1) {
    schedule.last = true;
    text.remove_suffix(1);
  }
  const auto day = weekday(text);
  schedule.weekday = day.value_or(0);
  return day.has_value();
}

bool is_any(std::string_view field) {
  return field == "*" || field == "*/1" || field == "0/1" || field == "1/1";
}

// "*/4" and "0/4" -> 4.
std::optional<int> step(std::string_view field) {
  if (!field.starts_with("*/") && !field.starts_with("0/")) return std::nullopt;
  return number(field.substr(2));
}

std::vector<int> every(int by, int limit) {
  std::vector<int> values;
  for (int value = 0; value < limit; value += by) values.push_back(value);
  return values;
}

// [seconds] minutes hours day-of-month month day-of-week year
std::optional<Schedule> parse_cron(std::vector<std::string> fields) {
  if (fields.size() == 7) {
    if (number(fields.front()) != 0) return std::nullopt;
    fields.erase(fields.begin());
  }
  // The year may be left out: "Cron expressions for associations have five".
  if (fields.size() == 5) fields.emplace_back("*");
  if (fields.size() != 6 || fields[3] != "*" || fields[5] != "*") return std::nullopt;
  // One of the two says "?", unless neither says anything.
  const std::string_view day = fields[2], week = fields[4];
  const bool any_day = day == "?" || is_any(day), any_weekday = week == "?" || week == "*";
  if ((day == "?") == (week == "?") && !(any_day && any_weekday)) return std::nullopt;
  if (!any_day && !any_weekday) return std::nullopt;
  Schedule schedule{.kind = Schedule::Kind::cron};
  if (!any_day) {
    if (day != "L") return std::nullopt;
    schedule.last = true;
  }
  if (!any_weekday && !read_weekday(week, schedule)) return std::nullopt;
  const auto minute = number(fields[0]), hour = number(fields[1]);
  if (minute && *minute < 60 && hour && *hour < 24) {
    schedule.minutes = {*minute};
    schedule.hours = {*hour};
    return schedule;
  }
  if (!any_day || !any_weekday) return std::nullopt;  // several times a day: every day
  const auto by = is_any(fields[1]) ? std::optional(1) : step(fields[1]);
  if (step(fields[0]) == 30 && by == 1) {
    schedule.minutes = {0, 30};
  } else if (minute && *minute < 60 && by && base::contains(std::array{1, 2, 4, 8, 12}, *by)) {
    schedule.minutes = {*minute};
  } else {
    return std::nullopt;
  }
  schedule.hours = every(*by, 24);
  return schedule;
}

bool is_day(const Schedule& schedule, sys_days day) {
  const std::chrono::year_month_day date(day);
  const unsigned of_month = static_cast<unsigned>(date.day());
  const unsigned length =
      static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
  if (schedule.weekday == 0) return !schedule.last || of_month == length;
  const auto weekday = std::chrono::weekday(day).c_encoding() + 1;
  if (static_cast<int>(weekday) != schedule.weekday) return false;
  if (schedule.nth > 0) return static_cast<int>((of_month + 6) / 7) == schedule.nth;
  return !schedule.last || of_month + 7 > length;
}

std::optional<base::Instant> next_of_cron(const Schedule& schedule, base::Instant after) {
  const auto today = std::chrono::floor<days>(after);
  // A fifth weekday comes within three months.
  for (int ahead = 0; ahead < 120; ++ahead) {
    const auto day = today + days(ahead);
    if (!is_day(schedule, day)) continue;
    for (const int hour : schedule.hours) {
      for (const int minute : schedule.minutes) {
        const base::Instant when = day + hours(hour) + minutes(minute);
        if (when > after) return when;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

base::Instant Schedule::first(base::Instant start) const {
  if (kind == Kind::at) return once;
  return *after(start);
}

std::optional<base::Instant> Schedule::after(base::Instant previous) const {
  switch (kind) {
    case Kind::rate:
      return previous + interval;
    case Kind::cron:
      return next_of_cron(*this, previous);
    case Kind::at:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Schedule> parse_schedule(std::string_view expression) {
  const auto open = expression.find('(');
  if (open == std::string_view::npos || !expression.ends_with(')')) return std::nullopt;
  const auto kind = expression.substr(0, open);
  const auto inside = expression.substr(open + 1, expression.size() - open - 2);
  if (kind == "rate") return parse_rate(words_of(inside));
  if (kind == "at") return parse_at(inside);
  if (kind == "cron") return parse_cron(words_of(inside));
  return std::nullopt;
}

}  // namespace sim::ssm

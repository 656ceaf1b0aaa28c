#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/date_time.hpp"

namespace base {

namespace {

struct Calendar {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<Duration> time;
};

Calendar calendar(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss<Duration>{instant - day}};
}

// Writes `digits` decimal digits over those at `at`: answers are full of times, and formatting them
// by pattern was a twentieth of a whole run.
void put(std::string& text, std::size_t at, std::size_t digits, std::int64_t value) {
  for (std::size_t i = digits; i-- > 0; value /= 10) {
    text[at + i] = static_cast<char>('0' + value % 10);
  }
}

// Reads exactly `digits` decimal digits from the front of `text`.
std::optional<int> take(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  const auto value = number_of_digits(text.substr(0, digits));
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char expected, bool wanted) {
  if (!wanted) return true;
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

constexpr Instant earliest = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
constexpr Instant latest = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31} + 24h - 1us;

template <class Unit>
Instant within_bounds(Unit since_epoch) {
  return Instant(std::clamp(since_epoch, std::chrono::ceil<Unit>(earliest.time_since_epoch()),
                            std::chrono::floor<Unit>(latest.time_since_epoch())));
}

}  // namespace

std::string iso8601(Instant instant) {
  const auto [date, time] = calendar(instant);
  std::string text = "0000-00-00T00:00:00.000Z";
  put(text, 0, 4, static_cast<int>(date.year()));
  put(text, 5, 2, static_cast<unsigned>(date.month()));
  put(text, 8, 2, static_cast<unsigned>(date.day()));
  put(text, 11, 2, time.hours().count());
  put(text, 14, 2, time.minutes().count());
  put(text, 17, 2, time.seconds().count());
  put(text, 20, 3, time.subseconds().count() / 1000);
  return text;
}

std::string iso8601_basic(Instant instant) {
  const auto [date, time] = calendar(instant);
  std::string text = "00000000T000000Z";
  put(text, 0, 4, static_cast<int>(date.year()));
  put(text, 4, 2, static_cast<unsigned>(date.month()));
  put(text, 6, 2, static_cast<unsigned>(date.day()));
  put(text, 9, 2, time.hours().count());
  put(text, 11, 2, time.minutes().count());
  put(text, 13, 2, time.seconds().count());
  return text;
}

std::optional<Instant> parse_iso8601(std::string_view text) {
  const bool extended = text.size() > 4 && text[4] == '-';
  const auto year = take(text, 4);
  if (!year || !take(text, '-', extended)) return std::nullopt;
  const auto month = take(text, 2);
  if (!month || !take(text, '-', extended)) return std::nullopt;
  const auto day = take(text, 2);
  if (!day || !take(text, 'T', true)) return std::nullopt;
  const auto hour = take(text, 2);
  if (!hour || !take(text, ':', extended)) return std::nullopt;
  const auto minute = take(text, 2);
  if (!minute || !take(text, ':', extended)) return std::nullopt;
  const auto second = take(text, 2);
  if (!second) return std::nullopt;

  Duration fraction{0};
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    std::int64_t scale = 1'000'000;
    std::size_t digits = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
      if (++digits > 6) continue;  // finer than a microsecond: dropped
      scale /= 10;
      fraction += Duration((text.front() - '0') * scale);
    }
    if (digits == 0) return std::nullopt;
  }
  if (text != "Z") return std::nullopt;

  const auto whole = instant_of({*year, *month, *day, *hour, *minute, *second});
  return whole ? std::optional(*whole + fraction) : std::nullopt;
}

std::optional<int> number_of_digits(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  int value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  return value;
}

std::optional<Instant> instant_of(const DateTime& read) {
  const auto part = [](int value) { return static_cast<unsigned>(value); };
  const std::chrono::year_month_day date{std::chrono::year{read.year},
                                         std::chrono::month{part(read.month)},
                                         std::chrono::day{part(read.day)}};
  const auto within = [](int value, int most) { return value >= 0 && value <= most; };
  // Sixty: a leap second.
  if (!date.ok() || !within(read.hour, 23) || !within(read.minute, 59) ||
      !within(read.second, 60)) {
    return std::nullopt;
  }
  return std::chrono::sys_days{date} + std::chrono::hours{read.hour} +
         std::chrono::minutes{read.minute} + std::chrono::seconds{read.second};
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Duration from_seconds(double seconds) {
  return Duration(static_cast<std::int64_t>(std::llround(seconds * 1e6)));
}

std::int64_t unix_milliseconds(Instant instant) {
  return std::chrono::floor<std::chrono::milliseconds>(instant).time_since_epoch().count();
}

Instant from_unix(std::chrono::seconds since_epoch) {
  return within_bounds(since_epoch);
}
Instant from_unix(std::chrono::milliseconds since_epoch) {
  return within_bounds(since_epoch);
}

std::string human(Duration duration) {
  const double exact = seconds(duration);
  if (exact < 99.95) return fmt::format("{:.1f} s", exact);
  const auto whole = static_cast<std::int64_t>(std::llround(exact));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace base

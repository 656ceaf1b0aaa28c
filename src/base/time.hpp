// Points in time and durations, and how people read them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace base {

using Duration = std::chrono::microseconds;
// UTC. The epoch is Unix's.
using Instant = std::chrono::sys_time<Duration>;

using namespace std::chrono_literals;

// "2026-11-22T15:39:54.120Z": ISO 8601 with milliseconds.
std::string iso8601(Instant instant);
// "20261122T153954Z": ISO 8601 basic, whole seconds, as Signature Version 4 wants it.
std::string iso8601_basic(Instant instant);
// Accepts both forms above, with or without a fraction; nullopt on anything else.
std::optional<Instant> parse_iso8601(std::string_view text);

// Seconds as a number, for reports.
double seconds(Duration duration);
Duration from_seconds(double seconds);
std::int64_t unix_milliseconds(Instant instant);
// The instant that long after the epoch. Such numbers come from outside and may be any: what lies
// before the year 1 or after 9999 becomes the first or the last instant between.
Instant from_unix(std::chrono::seconds since_epoch);
Instant from_unix(std::chrono::milliseconds since_epoch);

// "0.4 s", "51.3 s", "2 min 05 s", "1 h 02 min".
std::string human(Duration duration);

}  // namespace base

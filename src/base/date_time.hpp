// Times as people and protocols write them, put together from their parts: what all readers of
// dates share.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace base {

// As it was read, in UTC.
struct DateTime {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

// Nothing when there is no such day or time of day.
std::optional<Instant> instant_of(const DateTime& read);

// Of digits only, nine at most: no sign, no space.
std::optional<int> number_of_digits(std::string_view text);

}  // namespace base

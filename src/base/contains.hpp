// std::ranges::contains, which the standard library of Debian 12 does not have yet.
#pragma once

#include <algorithm>
#include <ranges>

namespace base {

template <std::ranges::input_range Range, class T>
constexpr bool contains(Range&& range, const T& value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

}  // namespace base

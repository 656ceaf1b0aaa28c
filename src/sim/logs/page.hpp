// Lists a part at a time: a nextToken is the position of the first that is left.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/logs/input.hpp"

namespace sim::logs {

// A page of `all` from `token` on (a position), at most `limit` long; sets `next` when more is
// left.
template <class T>
std::vector<T> page(const std::vector<T>& all, const Fields& in, std::string_view limit_name,
                    std::int64_t most, std::optional<std::string>& next) {
  const std::int64_t limit = in.integer(limit_name, most);
  if (limit < 1 || limit > most) {
    throw Error(invalid,
                fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy "
                            "constraint: Member must have value less than or equal to {}",
                            limit, limit_name, most));
  }
  std::size_t from = 0;
  if (in.has("nextToken")) {
    const std::string token = in.text("nextToken");
    const bool digits = !token.empty() && token.size() < 18 &&
                        token.find_first_not_of("0123456789") == std::string::npos;
    if (!digits) throw Error(invalid, "The specified nextToken is invalid.");
    from = std::min<std::size_t>(std::stoull(token), all.size());
  }
  const std::size_t to = std::min(all.size(), from + static_cast<std::size_t>(limit));
  if (to < all.size()) next = std::to_string(to);
  return {all.begin() + static_cast<std::ptrdiff_t>(from),
          all.begin() + static_cast<std::ptrdiff_t>(to)};
}

}  // namespace sim::logs

// Lists in pages: a page's token is where the next one begins.
#pragma once

#include <algorithm>
#include <string_view>

#include "sim/core/fields.hpp"

namespace sim::messaging {

// MaxResults and NextToken of `input`; `most` where the caller does not choose.
inline json::object page_of(const json::object& input, std::string_view member, json::array all,
                            std::int64_t most = 1000) {
  const Fields in(input);
  const auto size = std::clamp<std::int64_t>(in.integer("MaxResults", most), 1, 1000);
  const auto count = static_cast<std::int64_t>(all.size());
  const auto from = std::clamp<std::int64_t>(in.integer("NextToken", 0), 0, count);
  const auto to = std::min(count, from + size);
  json::object output;
  output[member] = json::array(all.begin() + from, all.begin() + to);
  if (to < count) output["NextToken"] = std::to_string(to);
  return output;
}

}  // namespace sim::messaging

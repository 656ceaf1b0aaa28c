#include "sim/ecs/pages.hpp"

#include <charconv>

#include "sim/ecs/input.hpp"

namespace sim::ecs {

json::object page_of(std::string_view member, const std::vector<std::string>& all,
                     const Fields& in) {
  const auto most = in.integer("maxResults", 100);
  if (most < 1 || most > 100) {
    throw Error(invalid, "maxResults must be between 1 and 100.");
  }
  const auto token = in.text("nextToken");
  std::size_t from = 0;
  const auto [end, failure] = std::from_chars(token.data(), token.data() + token.size(), from);
  const bool number = failure == std::errc() && end == token.data() + token.size();
  if ((!token.empty() && !number) || from > all.size()) {
    throw Error(invalid, "Invalid token.");
  }
  const auto to = std::min(all.size(), from + static_cast<std::size_t>(most));
  json::array page;
  for (std::size_t i = from; i < to; ++i) page.push_back(json::value(all[i]));
  json::object out;
  out[member] = std::move(page);
  if (to < all.size()) out["nextToken"] = std::to_string(to);
  return out;
}

}  // namespace sim::ecs

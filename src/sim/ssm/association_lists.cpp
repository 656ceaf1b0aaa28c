#include "sim/ssm/association_lists.hpp"

#include <vector>

#include "sim/ssm/parameters.hpp"

namespace sim::ssm {

void unknown_filter(const std::string& key, std::string_view operation) {
  throw Error("NotImplemented",
              fmt::format("The embedded AWS has no filter {} for {}.", key, operation), 501);
}

base::Instant time_of(const std::string& text) {
  if (const auto time = base::parse_iso8601(text)) return *time;
  throw Error("ValidationException", fmt::format("{} is not a time.", text));
}

json::object paged(const Fields& in, std::int64_t most, std::string_view member,
                   const json::array& all) {
  std::vector<std::string> positions;
  for (std::size_t i = 0; i < all.size(); ++i) positions.push_back(std::to_string(i));
  json::object out;
  json::array list;
  for (const auto& at : page_of(positions, in, most, most, out))
    list.push_back(all[std::stoul(at)]);
  out[member] = std::move(list);
  return out;
}

}  // namespace sim::ssm

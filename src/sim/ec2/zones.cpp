#include "sim/ec2/zones.hpp"

#include <fmt/format.h>

#include "sim/core/zones.hpp"

namespace sim::ec2 {

namespace {

// "ap-northeast-1" -> "apne1": the direction's initials, two for each compass word.
std::string short_name(std::string_view region) {
  const auto first = region.find('-');
  const auto last = region.rfind('-');
  std::string text(region.substr(0, first));
  const auto direction = region.substr(first + 1, last - first - 1);
  for (const std::string_view word : {"north", "south", "central", "east", "west"}) {
    if (direction.find(word) != std::string_view::npos) text.push_back(word.front());
  }
  return text + std::string(region.substr(last + 1));
}

}  // namespace

std::vector<Zone> zones(std::string_view region) {
  std::vector<Zone> found;
  for (const char letter : zone_letters(region)) {
    found.push_back({fmt::format("{}{}", region, letter),
                     fmt::format("{}-az{}", short_name(region), letter - 'a' + 1)});
  }
  return found;
}

std::optional<Zone> find_zone(std::string_view region, std::string_view name_or_id) {
  for (auto& zone : zones(region)) {
    if (zone.name == name_or_id || zone.id == name_or_id) return std::move(zone);
  }
  return std::nullopt;
}

}  // namespace sim::ec2

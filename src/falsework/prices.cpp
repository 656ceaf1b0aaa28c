#include "falsework/prices.hpp"

#include <algorithm>
#include <array>

namespace falsework {

namespace {

struct Row {
  std::string_view region;
  base::Money hour;
};

// Only what was read in AWS's price list; a guess would turn up in somebody's budget.
constexpr std::array nat_gateway_hours{
    Row{"us-east-1", base::Money::micro_dollars(45'000)},
    Row{"ap-northeast-1", base::Money::micro_dollars(62'000)},
};

}  // namespace

Price nat_gateway_hour(std::string_view region) {
  const auto row = std::ranges::find(nat_gateway_hours, region, &Row::region);
  if (row != nat_gateway_hours.end()) return {row->hour, false};
  return {std::ranges::min(nat_gateway_hours, {}, &Row::hour).hour, true};
}

Price public_address_hour() {
  return {base::Money::micro_dollars(5'000), false};
}

}  // namespace falsework

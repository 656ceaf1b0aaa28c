// The Availability Zones of a Region, as an ordinary account sees them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::ec2 {

struct Zone {
  std::string name;  // ap-northeast-1a
  std::string id;    // apne1-az1; the pairing differs between accounts
};

std::vector<Zone> zones(std::string_view region);
// By name or by id.
std::optional<Zone> find_zone(std::string_view region, std::string_view name_or_id);

}  // namespace sim::ec2

// The Availability Zones of a Region, as an ordinary account sees them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sim::ec2 {

struct Zone {
  std::string name;  // ap-northeast-1a
  std::string id;    // apne1-az1; the pairing differs between accounts
};

std::vector<Zone> zones(std::string_view region);

}  // namespace sim::ec2

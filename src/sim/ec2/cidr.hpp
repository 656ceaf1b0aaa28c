// IPv4 blocks, and the little of IPv6 that routes and rules need.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sim::ec2 {

struct Cidr {
  std::uint32_t base = 0;
  int bits = 0;

  std::uint64_t size() const { return std::uint64_t{1} << (32 - bits); }
  bool contains(std::uint32_t address) const;
  bool contains(const Cidr& other) const;
  bool overlaps(const Cidr& other) const;
  bool operator==(const Cidr&) const = default;
};

std::optional<std::uint32_t> parse_ip(std::string_view text);
std::string ip_text(std::uint32_t address);
// "10.0.0.0/16"; host bits are cleared.
std::optional<Cidr> parse_cidr(std::string_view text);
std::string cidr_text(const Cidr& cidr);
bool valid_cidr6(std::string_view text);

}  // namespace sim::ec2

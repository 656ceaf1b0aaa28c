// IPv4 blocks, and the little of IPv6 that routes and rules need.
#pragma once

#include <array>
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

struct Cidr6 {
  std::array<unsigned char, 16> base{};
  int bits = 0;

  bool contains(const Cidr6& other) const;
};

std::optional<Cidr6> parse_cidr6(std::string_view text);
std::string cidr6_text(const Cidr6& cidr);
// The address in a /64 whose last half is `host`.
std::string address6(const Cidr6& cidr, std::uint64_t host);

}  // namespace sim::ec2

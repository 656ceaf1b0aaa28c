#include "sim/ec2/cidr.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>

namespace sim::ec2 {
namespace {

std::uint32_t mask(int bits) {
  return bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
}

std::optional<int> parse_bits(std::string_view text, int limit) {
  int bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  if (bits < 0 || bits > limit) return {};
  return bits;
}

}  // namespace

bool Cidr::contains(std::uint32_t address) const {
  return (address & mask(bits)) == base;
}

bool Cidr::contains(const Cidr& other) const {
  return other.bits >= bits && contains(other.base);
}

bool Cidr::overlaps(const Cidr& other) const {
  return contains(other) || other.contains(*this);
}

std::optional<std::uint32_t> parse_ip(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

std::string ip_text(std::uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, (address >> 16) & 255, (address >> 8) & 255,
                     address & 255);
}

std::optional<Cidr> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_ip(text.substr(0, slash));
  const auto bits = parse_bits(text.substr(slash + 1), 32);
  if (!address || !bits) return std::nullopt;
  return Cidr{*address & mask(*bits), *bits};
}

std::string cidr_text(const Cidr& cidr) {
  return fmt::format("{}/{}", ip_text(cidr.base), cidr.bits);
}

bool valid_cidr6(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text.substr(0, slash)).c_str(), &address) == 1 &&
         parse_bits(text.substr(slash + 1), 128).has_value();
}

}  // namespace sim::ec2

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

void clear_host(std::array<unsigned char, 16>& bytes, int bits) {
  for (int bit = bits; bit < 128; ++bit) {
    bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<unsigned char>(~(1U << (7 - bit % 8)));
  }
}

std::string ip6_text(const std::array<unsigned char, 16>& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
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
  return parse_cidr6(text).has_value();
}

bool Cidr6::contains(const Cidr6& other) const {
  if (other.bits < bits) return false;
  auto cut = other.base;
  clear_host(cut, bits);
  return cut == base;
}

std::optional<Cidr6> parse_cidr6(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  Cidr6 cidr;
  const std::string address(text.substr(0, slash));
  const auto bits = parse_bits(text.substr(slash + 1), 128);
  if (!bits || inet_pton(AF_INET6, address.c_str(), cidr.base.data()) != 1) return std::nullopt;
  cidr.bits = *bits;
  clear_host(cidr.base, cidr.bits);
  return cidr;
}

std::string cidr6_text(const Cidr6& cidr) {
  return fmt::format("{}/{}", ip6_text(cidr.base), cidr.bits);
}

std::string address6(const Cidr6& cidr, std::uint64_t host) {
  auto bytes = cidr.base;
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[15 - i] = static_cast<unsigned char>(host >> (8 * i));
  }
  return ip6_text(bytes);
}

}  // namespace sim::ec2

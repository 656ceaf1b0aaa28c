#include "templates/cidr.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <charconv>

namespace templates {

std::optional<std::vector<std::string>> cidr_blocks(std::string_view block, int count,
                                                    std::optional<int> bits) {
  const auto slash = block.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string address(block.substr(0, slash));
  const auto length_text = block.substr(slash + 1);
  int length = 0;
  const auto [rest, error] =
      std::from_chars(length_text.data(), length_text.data() + length_text.size(), length);
  if (error != std::errc() || rest != length_text.data() + length_text.size()) return std::nullopt;

  std::array<unsigned char, 16> bytes{};
  const bool six = address.contains(':');
  const int family = six ? AF_INET6 : AF_INET;
  if (inet_pton(family, address.c_str(), bytes.data()) != 1) return std::nullopt;
  const int width = six ? 128 : 32;
  const int host_bits = bits.value_or(six ? 64 : 8);
  if (length < 0 || length > width || count < 1 || count > 256 || host_bits < 1 ||
      host_bits > width - length) {
    return std::nullopt;
  }
  const int room = width - length - host_bits;
  if (room < 8 && count > 1 << room) return std::nullopt;

  // Clear the host part, then count upwards in steps of 2^host_bits.
  for (int bit = length; bit < width; ++bit) {
    bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<unsigned char>(~(1U << (7 - bit % 8)));
  }
  std::vector<std::string> result;
  for (int i = 0; i < count; ++i) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(family, bytes.data(), text.data(), text.size());
    result.push_back(fmt::format("{}/{}", text.data(), width - host_bits));
    for (int bit = width - host_bits - 1; bit >= 0; --bit) {
      auto& byte = bytes[static_cast<std::size_t>(bit / 8)];
      const auto mask = static_cast<unsigned char>(1U << (7 - bit % 8));
      byte ^= mask;
      if ((byte & mask) != 0) break;  // no carry
    }
  }
  return result;
}

}  // namespace templates

#include "sim/cloudformation/zip.hpp"

#include <cstdint>

namespace sim::cloudformation {

namespace {

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0xedb88320 & (0U - (crc & 1)));
  }
  return ~crc;
}

void number(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

}  // namespace

// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16
std::string zip_of(std::string_view name, std::string_view content) {
  const auto size = static_cast<std::uint32_t>(content.size());
  std::string common;
  number(common, 20, 2);    // needs version 2.0
  number(common, 0, 2);     // flags
  number(common, 0, 2);     // stored
  number(common, 0, 2);     // time
  number(common, 0x21, 2);  // 1980-01-01: the same bytes every time
  number(common, crc32(content), 4);
  number(common, size, 4);
  number(common, size, 4);
  number(common, static_cast<std::uint32_t>(name.size()), 2);
  number(common, 0, 2);  // extra

  std::string zip("PK\3\4");
  zip += common;
  zip += name;
  zip += content;
  const auto directory = static_cast<std::uint32_t>(zip.size());
  zip += "PK\1\2";
  number(zip, 0x0314, 2);  // made by Unix
  zip += common;
  number(zip, 0, 2);               // comment
  number(zip, 0, 2);               // disk
  number(zip, 0, 2);               // internal attributes
  number(zip, 0100644U << 16, 4);  // external attributes: a readable file
  number(zip, 0, 4);               // where its header is
  zip += name;
  const auto length = static_cast<std::uint32_t>(zip.size()) - directory;
  zip += "PK\5\6";
  number(zip, 0, 4);  // disks
  number(zip, 1, 2);
  number(zip, 1, 2);
  number(zip, length, 4);
  number(zip, directory, 4);
  number(zip, 0, 2);
  return zip;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  result.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      result.push_back(i + j <= bytes.size() ? digits[bits >> (18 - 6 * j) & 63] : '=');
    }
  }
  return result;
}

}  // namespace sim::cloudformation

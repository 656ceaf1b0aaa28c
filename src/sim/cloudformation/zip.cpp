#include "sim/cloudformation/zip.hpp"

#include <cstdint>

#include "sim/s3/digest.hpp"

namespace sim::cloudformation {

namespace {

void number(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

}  // namespace

// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16
std::string zip_of(const std::vector<ZipMember>& members) {
  std::string zip, directory;
  for (const auto& [name, content] : members) {
    const auto size = static_cast<std::uint32_t>(content.size());
    const auto offset = static_cast<std::uint32_t>(zip.size());
    std::string common;
    number(common, 20, 2);    // needs version 2.0
    number(common, 0, 2);     // flags
    number(common, 0, 2);     // stored
    number(common, 0, 2);     // time
    number(common, 0x21, 2);  // 1980-01-01: the same bytes every time
    number(common, s3::crc32(content), 4);
    number(common, size, 4);
    number(common, size, 4);
    number(common, static_cast<std::uint32_t>(name.size()), 2);
    number(common, 0, 2);  // extra
    zip += "PK\3\4";
    zip += common;
    zip += name;
    zip += content;

    directory += "PK\1\2";
    number(directory, 0x0314, 2);  // made by Unix
    directory += common;
    number(directory, 0, 2);               // comment
    number(directory, 0, 2);               // disk
    number(directory, 0, 2);               // internal attributes
    number(directory, 0100644U << 16, 4);  // external attributes: a readable file
    number(directory, offset, 4);          // where its header is
    directory += name;
  }
  const auto count = static_cast<std::uint32_t>(members.size());
  const auto start = static_cast<std::uint32_t>(zip.size());
  zip += directory;
  zip += "PK\5\6";
  number(zip, 0, 4);  // disks
  number(zip, count, 2);
  number(zip, count, 2);
  number(zip, static_cast<std::uint32_t>(directory.size()), 4);
  number(zip, start, 4);
  number(zip, 0, 2);
  return zip;
}

std::string zip_of(std::string_view name, std::string_view content) {
  return zip_of({{name, content}});
}

}  // namespace sim::cloudformation

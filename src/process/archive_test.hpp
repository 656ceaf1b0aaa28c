// Zip files for tests, good and bad.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace process {

// A member as its table entry will claim it to be. What is not given follows from the content.
struct ZipMember {
  std::string name;
  std::string content = {};
  std::uint32_t mode = 0100644;
  std::uint32_t made_by = 3;  // Unix
  bool deflate = false;
  std::uint32_t flags = 0;
  std::uint32_t claimed_size = 0xfffffffe;  // this: the truth
  std::uint32_t crc_error = 0;
  std::uint32_t method = 0xffff;  // this: what was done
};

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  return out;
}

inline std::string deflated(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string in = text, out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string make_zip(const std::vector<ZipMember>& members) {
  std::string zip, table;
  for (const auto& one : members) {
    const auto packed = one.deflate ? deflated(one.content) : one.content;
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(one.content.data()),
                           static_cast<uInt>(one.content.size()));
    const auto size = one.claimed_size == 0xfffffffe
                          ? static_cast<std::uint32_t>(one.content.size())
                          : one.claimed_size;
    const auto method = one.method != 0xffff ? one.method : one.deflate ? 8 : 0;
    const auto common = little_endian(20, 2) + little_endian(one.flags, 2) +
                        little_endian(method, 2) + little_endian(0, 4) +
                        little_endian(crc ^ one.crc_error, 4) + little_endian(packed.size(), 4) +
                        little_endian(size, 4) + little_endian(one.name.size(), 2) +
                        little_endian(0, 2);
    table += "PK\1\2" + little_endian(one.made_by << 8 | 20, 2) + common + little_endian(0, 6) +
             little_endian(static_cast<std::uint64_t>(one.mode) << 16, 4) +
             little_endian(zip.size(), 4) + one.name;
    zip += "PK\3\4" + common + one.name + packed;
  }
  return zip + table + "PK\5\6" + little_endian(0, 4) + little_endian(members.size(), 2) +
         little_endian(members.size(), 2) + little_endian(table.size(), 4) +
         little_endian(zip.size(), 4) + little_endian(0, 2);
}

inline std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace process

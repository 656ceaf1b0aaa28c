// The digests that S3 and Signature Version 4 use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sim::s3 {

std::string md5(std::string_view text);     // 16 raw bytes
std::string sha1(std::string_view text);    // 20 raw bytes
std::string sha256(std::string_view text);  // 32 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view text);
std::uint32_t crc32(std::string_view text);      // ISO-HDLC, as zlib
std::uint32_t crc32c(std::string_view text);     // Castagnoli
std::uint64_t crc64nvme(std::string_view text);  // as NVMe's
// The lowest `size` bytes, the highest of them first.
std::string big_endian(std::uint64_t value, int size);
std::string crc32_base64(std::string_view text);

std::string hex(std::string_view bytes);
std::string base64(std::string_view bytes);
// False when the text is not base64; spaces are not.
bool decode_base64(std::string_view text, std::string& bytes);

}  // namespace sim::s3

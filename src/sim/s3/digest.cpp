#include "sim/s3/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

namespace sim::s3 {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string digest(std::string_view text, const EVP_MD* kind) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), out.data(), &size, kind, nullptr) != 1) {
    throw std::runtime_error("the digest could not be computed");
  }
  return {reinterpret_cast<const char*>(out.data()), size};
}

// A table for a reflected polynomial.
template <class Word>
constexpr std::array<Word, 256> crc_table(Word polynomial) {
  std::array<Word, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    Word value = static_cast<Word>(i);
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1U) != 0 ? polynomial ^ (value >> 1U) : value >> 1U;
    }
    table[i] = value;
  }
  return table;
}

template <class Word>
Word crc(std::string_view text, const std::array<Word, 256>& table) {
  Word value = ~Word{0};
  for (const char c : text) {
    value = table[(value ^ static_cast<unsigned char>(c)) & 0xFFU] ^ (value >> 8U);
  }
  return ~value;
}

constexpr auto table_32 = crc_table<std::uint32_t>(0xEDB88320U);
constexpr auto table_32c = crc_table<std::uint32_t>(0x82F63B78U);
constexpr auto table_64 = crc_table<std::uint64_t>(0x9A6C9329AC4BC9B5U);

}  // namespace

std::string md5(std::string_view text) {
  return digest(text, EVP_md5());
}
std::string sha256(std::string_view text) {
  return digest(text, EVP_sha256());
}

std::string sha1(std::string_view text) {
  return digest(text, EVP_sha1());
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
            out.data(), &size)) {
    throw std::runtime_error("the HMAC could not be computed");
  }
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::uint32_t crc32(std::string_view text) {
  return crc(text, table_32);
}
std::uint32_t crc32c(std::string_view text) {
  return crc(text, table_32c);
}
std::uint64_t crc64nvme(std::string_view text) {
  return crc(text, table_64);
}

std::string big_endian(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i) {
    bytes += static_cast<char>((value >> (8U * static_cast<unsigned>(i))) & 0xFFU);
  }
  return bytes;
}

std::string crc32_base64(std::string_view text) {
  return base64(big_endian(crc32(text), 4));
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

bool decode_base64(std::string_view text, std::string& bytes) {
  if (text.size() % 4 != 0) return false;
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text),
                                   static_cast<int>(text.size()));
  if (size < 0) return false;
  // EVP_DecodeBlock counts the padding as zero bytes.
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  out.resize(static_cast<std::size_t>(size) - padding);
  bytes = std::move(out);
  return true;
}

}  // namespace sim::s3

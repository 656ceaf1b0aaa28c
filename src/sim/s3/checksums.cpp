#include "sim/s3/checksums.hpp"

#include <array>

#include "sim/s3/digest.hpp"

namespace sim::s3 {

namespace {

constexpr std::array algorithms =
    std::to_array<std::string_view>({"CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"});

}  // namespace

std::string digest_of(std::string_view algorithm, std::string_view body) {
  if (algorithm == "CRC32") return big_endian(crc32(body), 4);
  if (algorithm == "CRC32C") return big_endian(crc32c(body), 4);
  if (algorithm == "CRC64NVME") return big_endian(crc64nvme(body), 8);
  if (algorithm == "SHA1") return sha1(body);
  return sha256(body);
}

void check_algorithm(std::string_view algorithm) {
  if (std::ranges::find(algorithms, algorithm) == algorithms.end()) {
    throw Error("InvalidRequest",
                "Checksum algorithm provided is unsupported. Please try again with any of the "
                "valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
  }
}

std::string checksum_header(std::string_view algorithm) {
  return "x-amz-checksum-" + lower_case(algorithm);
}

std::string checksum_element(std::string_view algorithm) {
  return "Checksum" + std::string(algorithm);
}

Checksum check_body(const Input& input) {
  const auto& body = input.request.body;
  if (const auto claimed = input.request.headers.get("Content-MD5")) {
    std::string bytes;
    if (!decode_base64(*claimed, bytes) || bytes.size() != 16) {
      throw Error("InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    if (bytes != md5(body)) {
      throw Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
    }
  }
  if (const auto claimed = input.request.headers.get("x-amz-content-sha256")) {
    // Anything shorter is a word: UNSIGNED-PAYLOAD.
    if (claimed->size() == 64 && *claimed != hex(sha256(body))) {
      throw Error("XAmzContentSHA256Mismatch",
                  "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
  }
  Checksum kept;
  for (const auto algorithm : algorithms) {
    const auto claimed = input.header(checksum_header(algorithm));
    if (claimed.empty()) continue;
    if (!kept.value.empty()) {
      throw Error("InvalidRequest",
                  "Expecting a single x-amz-checksum- header. Multiple checksum Types are not "
                  "allowed.");
    }
    std::string bytes;
    const auto right = digest_of(algorithm, body);
    if (!decode_base64(claimed, bytes) || bytes.size() != right.size()) {
      throw Error("InvalidRequest",
                  fmt::format("Value for {} header is invalid.", checksum_header(algorithm)));
    }
    if (bytes != right) {
      throw Error(
          "BadDigest",
          fmt::format("The {} you specified did not match the calculated checksum.", algorithm));
    }
    kept = {std::string(algorithm), claimed};
  }
  if (kept.value.empty()) kept = {"CRC64NVME", base64(digest_of("CRC64NVME", body))};
  return kept;
}

Checksum composite(std::string_view algorithm, const std::vector<std::string>& base64_values) {
  std::string all;
  for (const auto& value : base64_values) {
    std::string bytes;
    decode_base64(value, bytes);
    all += bytes;
  }
  return {std::string(algorithm),
          fmt::format("{}-{}", base64(digest_of(algorithm, all)), base64_values.size()), true};
}

}  // namespace sim::s3

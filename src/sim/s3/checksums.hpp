// The digests that clients send with bodies, and that S3 keeps.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
#pragma once

#include <string>
#include <string_view>

#include "sim/s3/input.hpp"

namespace sim::s3 {

// The digest's raw bytes. `algorithm` is one of CRC32, CRC32C, CRC64NVME, SHA1, SHA256.
std::string digest_of(std::string_view algorithm, std::string_view body);
// Throws InvalidRequest for an algorithm that is none of S3's.
void check_algorithm(std::string_view algorithm);
// "x-amz-checksum-crc32"
std::string checksum_header(std::string_view algorithm);
// "ChecksumCRC32", in XML.
std::string checksum_element(std::string_view algorithm);

// Refuses a body that is not what its headers say (BadDigest, InvalidDigest,
// XAmzContentSHA256Mismatch), and returns the checksum to keep: the one that was sent, else
// CRC64NVME, as S3 does since December 2024.
Checksum check_body(const Input& input);

// The checksum of an object of several parts, from theirs.
Checksum composite(std::string_view algorithm, const std::vector<std::string>& base64_values);

}  // namespace sim::s3

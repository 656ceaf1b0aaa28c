// AWS Signature Version 4, stage by stage: our own reading of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// independent of the client that signs. AWS's published suite holds each stage.
#pragma once

#include <string>
#include <string_view>

#include "sim/wire/claim.hpp"

namespace sim::wire {

// How the path becomes canonical: S3 signs it as it is, the others normalized and encoded twice.
struct PathRules {
  bool normalize = true;
  bool encode_twice = true;
};

std::string canonical_request(const http::Request& request, const Claim& claim, PathRules rules);
std::string string_to_sign(const Claim& claim, std::string_view canonical);
std::string signing_key(const Claim& claim, std::string_view secret);
std::string signature(std::string_view signing_key, std::string_view text);

// SHA-256 in lower-case hexadecimal.
std::string sha256_hex(std::string_view text);

}  // namespace sim::wire

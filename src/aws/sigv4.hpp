// AWS Signature Version 4, as headers and as a presigned query. Pure: no clock, no I/O.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "aws/credentials.hpp"
#include "http/message.hpp"

namespace aws::sigv4 {

struct Scope {
  std::string region;
  std::string service;
};

// How the path enters the canonical request. S3 signs it as it stands; every other service resolves
// "." and ".." and encodes each segment once more.
enum class Path { normalized, as_is };

struct Options {
  Path path = Path::normalized;
  bool encode_twice = true;     // false for S3
  bool content_sha256 = false;  // adds and signs X-Amz-Content-Sha256 (S3 demands it)
};
Options options_of(std::string_view service);

// The intermediate values, for tests and for explaining a refusal. Contain no secret but the
// session token of a presigned query.
struct Stages {
  std::string canonical_request;
  std::string string_to_sign;
  std::string signature;
};

// Signing keys by date, region and service: deriving one costs four HMACs.
class Keys {
 public:
  explicit Keys(Credentials credentials) : credentials_(std::move(credentials)) {}
  const Credentials& credentials() const { return credentials_; }
  const std::string& get(std::string_view date, const Scope& scope);

 private:
  Credentials credentials_;
  std::map<std::string, std::string, std::less<>> keys_;
};

// Adds X-Amz-Date, X-Amz-Security-Token and Authorization; every header present is signed, and the
// host. An X-Amz-Date or Authorization of before is replaced.
Stages sign(http::Request& request, Keys& keys, const Scope& scope, base::Instant now,
            Options options);

// Adds X-Amz-Algorithm ... X-Amz-Signature to the query instead. The headers present are signed.
// For S3 the payload is not (UNSIGNED-PAYLOAD).
Stages presign(http::Request& request, Keys& keys, const Scope& scope, base::Instant now,
               base::Duration expires, Options options);

// Lower-case hexadecimal SHA-256.
std::string sha256_hex(std::string_view text);

}  // namespace aws::sigv4

// Verifies AWS Signature Version 4, in headers or in the query (presigned URLs): our own reading of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// independent of the client that signs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "sim/iam/iam.hpp"

namespace sim::wire {

// What a request says about its signature; nothing of it is proven yet.
struct Claim {
  std::string access_key_id;
  std::string date;  // "20150830"
  std::string region;
  std::string service;
  std::string time;  // "20150830T123600Z"
  std::vector<std::string> signed_headers;
  std::string signature;
  std::string token;
  bool presigned = false;
  std::int64_t expires = 0;  // seconds, presigned only
};

// How the path becomes canonical: S3 signs it as it is, the others normalized and encoded twice.
struct PathRules {
  bool normalize = true;
  bool encode_twice = true;
};

struct Verifier {
  base::Instant now;
  std::string region;  // the only one there is
  std::function<std::optional<iam::Key>(std::string_view access_key_id)> key;
};

// Nothing when the request carries no signature at all. `service` words the refusal of a malformed
// one (IncompleteSignature and its kin).
std::optional<Claim> claim_of(const http::Request& request, std::string_view service);

// The service a request is for: from its signature, or, unsigned, from its target, path and host.
std::string service_of(const http::Request& request);

// Whom the signature proves; throws Error with the service's own code and words. Compares in
// constant time.
Principal verify(const http::Request& request, const Claim& claim, const Verifier& verifier);

// The stages, for tests against AWS's published suite.
std::string canonical_request(const http::Request& request, const Claim& claim, PathRules rules);
std::string string_to_sign(const Claim& claim, std::string_view canonical);
std::string signature(const Claim& claim, std::string_view secret, std::string_view text);

// The refusal of a request without a signature.
Error missing_signature(std::string_view service);

// SHA-256 in lower-case hexadecimal.
std::string sha256_hex(std::string_view text);

}  // namespace sim::wire

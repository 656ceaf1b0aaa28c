#include "sim/wire/verify.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "sim/wire/chunked.hpp"
#include "sim/wire/refusals.hpp"
#include "sim/wire/signature.hpp"
#include "sim/wire/text.hpp"

namespace sim::wire {

namespace {

// And, with trailers, "-TRAILER" behind it.
constexpr std::string_view signed_chunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
// Every session has a secret of its own, so the keys are forgotten now and then.
constexpr std::size_t most_signing_keys = 1'000;

void check_time(const Claim& claim, const Verifier& verifier) {
  const auto time = base::parse_iso8601(claim.time);
  if (!time || !claim.time.starts_with(claim.date)) {
    throw refusal(Refusal::incomplete, claim.service,
                  "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                  "from HTTP.");
  }
  // AWS's tolerance: five minutes, S3's fifteen.
  const base::Duration tolerance = std::chrono::minutes(claim.service == "s3" ? 15 : 5);
  const auto minutes = claim.service == "s3" ? "15 min." : "5 min.";
  if (*time > verifier.now + tolerance) {
    throw refusal(Refusal::skewed, claim.service,
                  "Signature not yet current: " + claim.time + " is still later than " +
                      base::iso8601_basic(verifier.now + tolerance) + " (" +
                      base::iso8601_basic(verifier.now) + " + " + minutes + ")");
  }
  if (claim.presigned) {
    if (verifier.now > *time + std::chrono::seconds(claim.expires)) {
      throw refusal(Refusal::expired_url, claim.service);
    }
  } else if (*time < verifier.now - tolerance) {
    throw refusal(Refusal::skewed, claim.service,
                  "Signature expired: " + claim.time + " is now earlier than " +
                      base::iso8601_basic(verifier.now - tolerance) + " (" +
                      base::iso8601_basic(verifier.now) + " - " + minutes + ")");
  }
}

void check_region(const Claim& claim, const Verifier& verifier) {
  if (claim.region == verifier.region) return;
  // IAM and STS have one global endpoint, which is signed for us-east-1.
  const bool global = claim.service == "iam" || claim.service == "sts";
  if (global && claim.region == "us-east-1") return;
  throw refusal(Refusal::wrong_region, claim.service,
                "The authorization header is malformed; the region '" + claim.region +
                    "' is wrong; expecting '" + verifier.region + "'");
}

void check_signed_headers(const http::Request& request, const Claim& claim) {
  const auto is_signed = [&](std::string_view name) {
    return std::ranges::count(claim.signed_headers, name) > 0;
  };
  if (!is_signed("host")) {
    throw refusal(Refusal::wrong, claim.service,
                  "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  for (const auto& [name, value] : request.headers) {
    const auto lowered = lower(name);
    if (!lowered.starts_with("x-amz-") || is_signed(lowered)) continue;
    if (claim.service == "s3") {
      throw Error("AccessDenied", "There were headers present in the request which were not signed",
                  403);
    }
    throw refusal(Refusal::wrong, claim.service,
                  "'" + name + "' must be a 'SignedHeader' in the AWS Authorization.");
  }
}

// S3 signs the hash that the header gives, so the header must tell the truth.
void check_payload(const http::Request& request, const Claim& claim) {
  if (claim.service != "s3" || claim.presigned) return;
  const auto given = request.headers.get("x-amz-content-sha256");
  if (!given) {
    throw Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
  }
  if (*given == "UNSIGNED-PAYLOAD") return;
  if (*given == "STREAMING-UNSIGNED-PAYLOAD-TRAILER" || given->starts_with(signed_chunks)) return;
  if (given->starts_with("STREAMING-")) {
    throw Error("NotImplemented",
                "A header you provided implies functionality that is not implemented: "
                "x-amz-content-sha256: " +
                    std::string(*given),
                501);
  }
  if (*given != sha256_hex(request.body)) {
    throw Error("XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
}

bool same_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Each chunk's signature is over the one before, the first over the request's own.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
void check_chunks(const http::Request& request, const Claim& claim, std::string_view signing_key) {
  const auto kind = request.headers.get("x-amz-content-sha256").value_or("");
  if (claim.presigned || !kind.starts_with(signed_chunks)) return;
  const auto scope = claim.date + "/" + claim.region + "/" + claim.service + "/aws4_request";
  const auto parts = chunks_of(request);
  std::string before = claim.signature;
  const auto check = [&](const std::string& what, const std::string& rest, std::string_view given) {
    auto right = signature(signing_key, std::string(algorithm) + what + "\n" + claim.time + "\n" +
                                            scope + "\n" + before + "\n" + rest);
    if (!same_in_constant_time(right, given)) throw refusal(Refusal::wrong, claim.service);
    before = std::move(right);
  };
  for (const auto& chunk : parts.chunks) {
    check("-PAYLOAD", sha256_hex("") + "\n" + sha256_hex(chunk.data), chunk.signature);
  }
  if (!kind.ends_with("-TRAILER")) return;
  std::string trailers;
  for (const auto& [name, value] : parts.trailers) trailers += name + ":" + value + "\n";
  check("-TRAILER", sha256_hex(trailers), parts.trailer_signature);
}

}  // namespace

const std::string& SigningKeys::of(const Claim& claim, const std::string& secret) {
  if (keys_.size() >= most_signing_keys) keys_.clear();
  auto& key = keys_[{secret, claim.date, claim.region, claim.service}];
  if (key.empty()) key = signing_key(claim, secret);
  return key;
}

Error missing_signature(std::string_view service) {
  return refusal(Refusal::unsigned_request, service);
}

Principal verify(const http::Request& request, const Claim& claim, const Verifier& verifier) {
  check_time(claim, verifier);
  check_region(claim, verifier);
  const auto key = verifier.key(claim.access_key_id);
  if (!key) throw refusal(Refusal::unknown_key, claim.service);
  check_signed_headers(request, claim);
  check_payload(request, claim);
  const bool s3 = claim.service == "s3";
  const PathRules rules{!s3, !s3};
  const auto text = string_to_sign(claim, canonical_request(request, claim, rules));
  const auto& signing_key = verifier.signing_keys.of(claim, key->secret);
  if (!same_in_constant_time(signature(signing_key, text), claim.signature)) {
    throw refusal(Refusal::wrong, claim.service);
  }
  check_chunks(request, claim, signing_key);
  if (!same_in_constant_time(key->session_token, claim.token)) {
    if (s3) throw Error("InvalidToken", "The provided token is malformed or otherwise invalid.");
    throw refusal(Refusal::unknown_key, claim.service);
  }
  if (key->expires && *key->expires <= verifier.now) {
    throw refusal(Refusal::expired_token, claim.service);
  }
  return key->principal;
}

}  // namespace sim::wire

#include "sim/wire/signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "sim/wire/chunked.hpp"
#include "sim/wire/lower.hpp"
#include "sim/wire/protocol.hpp"
#include "sim/wire/refusals.hpp"

namespace sim::wire {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
// And, with trailers, "-TRAILER" behind it.
constexpr std::string_view signed_chunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back("0123456789abcdef"[byte >> 4]);
    out.push_back("0123456789abcdef"[byte & 15]);
  }
  return out;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hmac(std::string_view key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), digest,
       &size);
  return {reinterpret_cast<const char*>(digest), size};
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const auto end = text.find(separator);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

// Outer spaces removed, inner runs of spaces made one.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t';
    if (space && (out.empty() || out.back() == ' ')) continue;
    out.push_back(space ? ' ' : c);
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// RFC 3986, section 5.2.4, and no empty segments.
std::string normalized(std::string_view path) {
  std::vector<std::string> kept;
  for (auto& segment : split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else {
      kept.push_back(std::move(segment));
    }
  }
  std::string out;
  for (const auto& segment : kept) out += "/" + segment;
  if (out.empty() || (path.ends_with('/') && !out.ends_with('/'))) out += "/";
  return out;
}

std::string canonical_path(std::string_view path, PathRules rules) {
  const auto taken = rules.normalize ? normalized(path) : std::string(path.empty() ? "/" : path);
  if (rules.encode_twice) return http::percent_encode(taken, true);
  return http::percent_encode(http::percent_decode(taken), true);
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, value] : http::parse_query(query, false)) {
    if (name == "X-Amz-Signature") continue;
    pairs.emplace_back(http::percent_encode(name), http::percent_encode(value));
  }
  std::ranges::sort(pairs);
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += "&";
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string header_value(const http::Request& request, std::string_view name) {
  std::string out;
  bool found = false;
  for (const auto& [key, value] : request.headers) {
    if (!http::same_name(key, name)) continue;
    if (found) out += ",";
    out += squeezed(value);
    found = true;
  }
  if (!found && name == "host") return request.url.authority();
  return out;
}

std::string payload_hash(const http::Request& request, const Claim& claim) {
  if (claim.service != "s3") return sha256_hex(request.body);
  if (claim.presigned) return "UNSIGNED-PAYLOAD";
  return std::string(request.headers.get("x-amz-content-sha256").value_or(""));
}

void read_credential(std::string_view credential, Claim& claim, std::string_view service) {
  const auto parts = split(credential, '/');
  if (parts.size() != 5 || parts[4] != "aws4_request" || parts[1].size() != 8) {
    throw refusal(Refusal::incomplete, service,
                  "Credential must have exactly 5 slash-delimited elements, e.g. "
                  "keyid/date/region/service/term");
  }
  claim.access_key_id = parts[0];
  claim.date = parts[1];
  claim.region = parts[2];
  claim.service = parts[3];
}

Claim header_claim(const http::Request& request, std::string_view authorization,
                   std::string_view service) {
  if (!authorization.starts_with(algorithm)) {
    throw refusal(Refusal::incomplete, service, "Unsupported AWS 'algorithm' in the request.");
  }
  authorization.remove_prefix(algorithm.size());
  Claim claim;
  bool credential = false;
  for (const auto& part : split(authorization, ',')) {
    const auto text = squeezed(part);
    const auto equals = text.find('=');
    if (equals == std::string::npos) continue;
    const auto name = text.substr(0, equals);
    const auto value = text.substr(equals + 1);
    if (name == "Credential") {
      read_credential(value, claim, service);
      credential = true;
    } else if (name == "SignedHeaders") {
      claim.signed_headers = split(value, ';');
    } else if (name == "Signature") {
      claim.signature = value;
    }
  }
  const auto require = [&](bool present, const char* name) {
    if (present) return;
    throw refusal(Refusal::incomplete, service,
                  std::string("Authorization header requires '") + name + "' parameter.");
  };
  require(credential, "Credential");
  require(!claim.signature.empty(), "Signature");
  require(!claim.signed_headers.empty(), "SignedHeaders");
  claim.time = request.headers.get("x-amz-date").value_or("");
  if (claim.time.empty()) {
    throw refusal(Refusal::incomplete, service,
                  "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                  "header.");
  }
  claim.token = request.headers.get("x-amz-security-token").value_or("");
  return claim;
}

Claim query_claim(const http::Query& query, std::string_view service) {
  const auto take = [&](const char* name) {
    const auto found = std::ranges::find(query, name, &http::Query::value_type::first);
    if (found != query.end()) return found->second;
    if (std::string_view(name) == "X-Amz-Security-Token") return std::string();
    throw refusal(Refusal::incomplete, service,
                  std::string("AWS query-string parameters must include '") + name + "'.");
  };
  Claim claim;
  claim.presigned = true;
  if (take("X-Amz-Algorithm") != algorithm) {
    throw refusal(Refusal::incomplete, service, "Unsupported AWS 'algorithm' in the request.");
  }
  read_credential(take("X-Amz-Credential"), claim, service);
  claim.time = take("X-Amz-Date");
  claim.signed_headers = split(take("X-Amz-SignedHeaders"), ';');
  claim.signature = take("X-Amz-Signature");
  claim.token = take("X-Amz-Security-Token");
  const auto expires = take("X-Amz-Expires");
  const auto [end, error] =
      std::from_chars(expires.data(), expires.data() + expires.size(), claim.expires);
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html: at most a week.
  if (error != std::errc{} || end != expires.data() + expires.size() || claim.expires < 0 ||
      claim.expires > 604800) {
    throw Error("AuthorizationQueryParametersError",
                "X-Amz-Expires must be a number of seconds from 0 to 604800");
  }
  return claim;
}

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
void check_chunks(const http::Request& request, const Claim& claim, std::string_view secret) {
  const auto kind = request.headers.get("x-amz-content-sha256").value_or("");
  if (claim.presigned || !kind.starts_with(signed_chunks)) return;
  const auto scope = claim.date + "/" + claim.region + "/" + claim.service + "/aws4_request";
  const auto parts = chunks_of(request);
  std::string before = claim.signature;
  const auto check = [&](const std::string& what, const std::string& rest, std::string_view given) {
    auto right = signature(claim, secret,
                           std::string(algorithm) + what + "\n" + claim.time + "\n" + scope + "\n" +
                               before + "\n" + rest);
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

std::string sha256_hex(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return hex({reinterpret_cast<const char*>(digest), size});
}

std::optional<Claim> claim_of(const http::Request& request, std::string_view service) {
  if (const auto authorization = request.headers.get("authorization")) {
    return header_claim(request, *authorization, service);
  }
  const auto query = http::parse_query(request.url.query(), false);
  const auto names_signature = [](const auto& pair) {
    return pair.first == "X-Amz-Algorithm" || pair.first == "X-Amz-Signature" ||
           pair.first == "X-Amz-Credential";
  };
  if (std::ranges::any_of(query, names_signature)) return query_claim(query, service);
  return std::nullopt;
}

std::string service_of(const http::Request& request) {
  const auto scope_service = [](std::string_view credential) -> std::string {
    const auto parts = split(credential, '/');
    return parts.size() == 5 ? parts[3] : "";
  };
  if (const auto authorization = request.headers.get("authorization")) {
    const auto at = authorization->find("Credential=");
    if (at != std::string_view::npos) {
      const auto rest = authorization->substr(at + 11);
      auto service = scope_service(rest.substr(0, rest.find_first_of(", ")));
      if (!service.empty()) return service;
    }
  }
  for (const auto& [name, value] : http::parse_query(request.url.query(), false)) {
    if (name != "X-Amz-Credential") continue;
    auto service = scope_service(value);
    if (!service.empty()) return service;
  }
  if (const auto target = request.headers.get("x-amz-target")) {
    if (const auto service = service_of_target(target->substr(0, target->find('.')))) {
      return std::string(*service);
    }
  }
  if (request.url.path().starts_with("/2015-03-31/")) return "lambda";
  const auto host = header_value(request, "host");
  const auto label = host.substr(0, host.find('.'));
  for (const std::string_view known :
       {"ec2", "iam", "sts", "cloudformation", "ecs", "ssm", "logs"}) {
    if (label == known) return std::string(known);
  }
  const auto type = request.headers.get("content-type").value_or("");
  if (request.method == "POST" && type.starts_with("application/x-www-form-urlencoded"))
    return "sts";
  return "s3";
}

std::string canonical_request(const http::Request& request, const Claim& claim, PathRules rules) {
  std::string out = request.method + "\n";
  out += canonical_path(request.url.path(), rules) + "\n";
  out += canonical_query(request.url.query()) + "\n";
  std::string names;
  for (const auto& name : claim.signed_headers) {
    out += name + ":" + header_value(request, name) + "\n";
    names += (names.empty() ? "" : ";") + name;
  }
  return out + "\n" + names + "\n" + payload_hash(request, claim);
}

std::string string_to_sign(const Claim& claim, std::string_view canonical) {
  return std::string(algorithm) + "\n" + claim.time + "\n" + claim.date + "/" + claim.region + "/" +
         claim.service + "/aws4_request\n" + sha256_hex(canonical);
}

std::string signature(const Claim& claim, std::string_view secret, std::string_view text) {
  auto key = hmac("AWS4" + std::string(secret), claim.date);
  key = hmac(key, claim.region);
  key = hmac(key, claim.service);
  key = hmac(key, "aws4_request");
  return hex(hmac(key, text));
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
  if (!same_in_constant_time(signature(claim, key->secret, text), claim.signature)) {
    throw refusal(Refusal::wrong, claim.service);
  }
  check_chunks(request, claim, key->secret);
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

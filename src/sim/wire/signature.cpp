#include "sim/wire/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "sim/wire/text.hpp"

namespace sim::wire {

namespace {

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

std::string payload_hash(const http::Request& request, const Claim& claim) {
  if (claim.service != "s3") return sha256_hex(request.body);
  if (claim.presigned) return "UNSIGNED-PAYLOAD";
  return std::string(request.headers.get("x-amz-content-sha256").value_or(""));
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

std::string signing_key(const Claim& claim, std::string_view secret) {
  auto key = hmac("AWS4" + std::string(secret), claim.date);
  key = hmac(key, claim.region);
  key = hmac(key, claim.service);
  return hmac(key, "aws4_request");
}

std::string signature(std::string_view signing_key, std::string_view text) {
  return hex(hmac(signing_key, text));
}

}  // namespace sim::wire

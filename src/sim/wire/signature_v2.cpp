#include "sim/wire/signature_v2.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "sim/wire/refusals.hpp"
#include "sim/wire/text.hpp"

namespace sim::wire {

namespace {

// Parameters that belong to the resource.
constexpr std::array signed_parameters = std::to_array<std::string_view>({
    "acl",
    "cors",
    "delete",
    "lifecycle",
    "location",
    "logging",
    "notification",
    "partNumber",
    "policy",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "tagging",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
});

std::optional<std::string> parameter(const http::Query& query, std::string_view name) {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

http::Query query_of(const http::Request& request) {
  return http::parse_query(request.url.query(), false);
}

std::string signature_2(std::string_view secret, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)};
}

}  // namespace

bool is_version_2(const http::Request& request) {
  const auto query = query_of(request);
  return parameter(query, "AWSAccessKeyId") && parameter(query, "Signature");
}

std::string string_to_sign_2(const http::Request& request, std::string_view resource) {
  const auto query = query_of(request);
  std::map<std::string, std::string> headers;
  std::map<std::string, std::string> plain = {{"content-md5", ""}, {"content-type", ""}};
  const auto take = [&](std::string_view name, std::string_view value) {
    auto key = lower(name);
    if (plain.contains(key)) plain[key] = value;
    if (key.starts_with("x-amz-")) headers[std::move(key)] = value;
  };
  for (const auto& [name, value] : request.headers) take(name, value);
  // What the signer could not put into headers is in the query.
  for (const auto& [name, value] : query) take(name, value);
  auto out = request.method + "\n" + plain["content-md5"] + "\n" + plain["content-type"] + "\n" +
             parameter(query, "Expires").value_or("") + "\n";
  for (const auto& [name, value] : headers) out += name + ":" + value + "\n";
  out += resource;
  std::map<std::string, std::optional<std::string>> of_resource;
  for (const auto& [name, value] : query) {
    if (std::ranges::find(signed_parameters, name) != signed_parameters.end()) {
      of_resource[name] = value;
    }
  }
  char separator = '?';
  for (const auto& [name, value] : of_resource) {
    out += separator + name + (value->empty() ? "" : "=" + *value);
    separator = '&';
  }
  return out;
}

Principal verify_version_2(const http::Request& request, std::string_view resource,
                           const Verifier& verifier) {
  const auto query = query_of(request);
  const auto expires = parameter(query, "Expires").value_or("");
  std::int64_t until = 0;
  const auto [end, failure] =
      std::from_chars(expires.data(), expires.data() + expires.size(), until);
  if (expires.empty() || failure != std::errc() || end != expires.data() + expires.size()) {
    throw Error("AccessDenied",
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
                "parameters",
                403);
  }
  if (base::unix_milliseconds(verifier.now) / 1000 > until) {
    throw refusal(Refusal::expired_url, "s3");
  }
  const auto key = verifier.key(parameter(query, "AWSAccessKeyId").value_or(""));
  if (!key) throw refusal(Refusal::unknown_key, "s3");
  const auto right = signature_2(key->secret, string_to_sign_2(request, resource));
  const auto given = parameter(query, "Signature").value_or("");
  if (right.size() != given.size() ||
      CRYPTO_memcmp(right.data(), given.data(), right.size()) != 0) {
    throw refusal(Refusal::wrong, "s3");
  }
  if (key->session_token != parameter(query, "x-amz-security-token").value_or("")) {
    throw Error("InvalidToken", "The provided token is malformed or otherwise invalid.");
  }
  if (key->expires && *key->expires <= verifier.now) throw refusal(Refusal::expired_token, "s3");
  return key->principal;
}

}  // namespace sim::wire

#include "aws/sigv4.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <span>
#include <stdexcept>

namespace aws::sigv4 {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::string hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
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
  unsigned char digest[SHA256_DIGEST_LENGTH];
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
           digest, &size) == nullptr) {
    throw std::runtime_error("OpenSSL has no HMAC-SHA256");
  }
  return {reinterpret_cast<const char*>(digest), size};
}

// "a/./b/../c//" -> "/a/c/", as RFC 3986 section 5.2.4, with empty segments dropped.
std::string normalized(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const auto part : std::views::split(path, '/')) {
    const std::string_view segment(part.begin(), part.end());
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string out;
  for (const auto segment : kept) {
    out += '/';
    out += segment;
  }
  if (out.empty() || path.ends_with('/')) out += '/';
  return out;
}

std::string canonical_path(std::string_view path, const Options& options) {
  const auto resolved = options.path == Path::normalized ? normalized(path) : std::string(path);
  return options.encode_twice ? http::percent_encode(resolved, true) : resolved;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [key, value] : http::parse_query(query, false)) {
    pairs.emplace_back(http::percent_encode(key), http::percent_encode(value));
  }
  std::ranges::sort(pairs);
  std::string out;
  for (const auto& [key, value] : pairs) {
    if (!out.empty()) out += '&';
    out += key + '=' + value;
  }
  return out;
}

// Trimmed, inner runs of spaces made one.
std::string canonical_value(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c != ' ' && c != '\t') {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// Not signed: what a proxy or the connection itself may change.
bool is_signed(std::string_view name) {
  static constexpr std::string_view left_out[] = {
      "authorization", "connection",        "expect",
      "user-agent",    "transfer-encoding", "x-amzn-trace-id"};
  return std::ranges::find(left_out, name) == std::end(left_out);
}

struct SignedHeaders {
  std::string lines;  // "host:...\n..."
  std::string names;  // "host;..."
};

SignedHeaders signed_headers(const http::Request& request) {
  std::map<std::string, std::string> canonical;
  for (const auto& [name, value] : request.headers) {
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (!is_signed(lower)) continue;
    auto [entry, added] = canonical.try_emplace(std::move(lower));
    if (!added) entry->second += ',';
    entry->second += canonical_value(value);
  }
  canonical.try_emplace("host", request.url.authority());
  SignedHeaders out;
  for (const auto& [name, value] : canonical) {
    out.lines += name + ':' + value + '\n';
    if (!out.names.empty()) out.names += ';';
    out.names += name;
  }
  return out;
}

std::string credential_scope(std::string_view date, const Scope& scope) {
  return fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
}

// The three stages of both variants.
Stages stages(const http::Request& request, Keys& keys, const Scope& scope,
              std::string_view timestamp, const SignedHeaders& headers,
              std::string_view payload_hash, const Options& options) {
  const auto date = timestamp.substr(0, 8);
  Stages out;
  out.canonical_request = fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(request.url.path(), options),
      canonical_query(request.url.query()), headers.lines, headers.names, payload_hash);
  out.string_to_sign =
      fmt::format("{}\n{}\n{}\n{}", algorithm, timestamp, credential_scope(date, scope),
                  sha256_hex(out.canonical_request));
  out.signature = hex(hmac(keys.get(date, scope), out.string_to_sign));
  return out;
}

}  // namespace

std::string sha256_hex(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(bytes_of(text), text.size(), digest);
  return hex({reinterpret_cast<const char*>(digest), sizeof digest});
}

Options options_of(std::string_view service) {
  if (service == "s3") {
    return {.path = Path::as_is, .encode_twice = false, .content_sha256 = true};
  }
  return {};
}

const std::string& Keys::get(std::string_view date, const Scope& scope) {
  auto name = credential_scope(date, scope);
  const auto found = keys_.find(name);
  if (found != keys_.end()) return found->second;
  const auto day = hmac("AWS4" + credentials_.secret_access_key, date);
  const auto region = hmac(day, scope.region);
  const auto service = hmac(region, scope.service);
  return keys_.emplace(std::move(name), hmac(service, "aws4_request")).first->second;
}

Stages sign(http::Request& request, Keys& keys, const Scope& scope, base::Instant now,
            Options options) {
  const auto& credentials = keys.credentials();
  const auto timestamp = base::iso8601_basic(now);
  const auto payload_hash = sha256_hex(request.body);
  request.headers.remove("Authorization");
  request.headers.set("X-Amz-Date", timestamp);
  if (!credentials.session_token.empty()) {
    request.headers.set("X-Amz-Security-Token", credentials.session_token);
  }
  if (options.content_sha256) request.headers.set("X-Amz-Content-Sha256", payload_hash);
  const auto headers = signed_headers(request);
  auto out = stages(request, keys, scope, timestamp, headers, payload_hash, options);
  request.headers.set(
      "Authorization",
      fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm,
                  credentials.access_key_id, credential_scope(timestamp.substr(0, 8), scope),
                  headers.names, out.signature));
  return out;
}

Stages presign(http::Request& request, Keys& keys, const Scope& scope, base::Instant now,
               base::Duration expires, Options options) {
  const auto& credentials = keys.credentials();
  const auto timestamp = base::iso8601_basic(now);
  const auto headers = signed_headers(request);
  http::Query query{
      {"X-Amz-Algorithm", std::string(algorithm)},
      {"X-Amz-Credential", credentials.access_key_id + '/' +
                               credential_scope(std::string_view(timestamp).substr(0, 8), scope)},
      {"X-Amz-Date", timestamp},
      {"X-Amz-SignedHeaders", headers.names},
      {"X-Amz-Expires",
       std::to_string(std::chrono::duration_cast<std::chrono::seconds>(expires).count())}};
  if (!credentials.session_token.empty()) {
    query.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  request.url.target += request.url.target.find('?') == std::string::npos ? '?' : '&';
  request.url.target += http::format_query(query);
  const auto payload_hash =
      scope.service == "s3" ? std::string("UNSIGNED-PAYLOAD") : sha256_hex(request.body);
  auto out = stages(request, keys, scope, timestamp, headers, payload_hash, options);
  request.url.target += "&X-Amz-Signature=" + out.signature;
  return out;
}

}  // namespace aws::sigv4

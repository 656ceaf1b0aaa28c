#include "sim/s3/presign.hpp"

#include "sim/core/call.hpp"
#include "sim/s3/digest.hpp"

namespace sim::s3 {

namespace {

std::optional<std::string> parameter(const http::Query& query, std::string_view name) {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

// What is signed of a request beside its URL.
struct Signed {
  std::string_view method;
  std::string_view headers;  // "content-type:\n", before Host's
  std::string_view names;    // "content-type;host"
};

std::string presign(const Signed& what, const SigningKey& key, const std::string& region,
                    const http::Url& object, base::Instant now, base::Duration lifetime) {
  const std::string time = base::iso8601_basic(now);
  const std::string date = time.substr(0, 8);
  const std::string scope = fmt::format("{}/{}/s3/aws4_request", date, region);
  http::Query query{
      {"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
      {"X-Amz-Credential", key.access_key_id + "/" + scope},
      {"X-Amz-Date", time},
      {"X-Amz-Expires",
       std::to_string(std::chrono::duration_cast<std::chrono::seconds>(lifetime).count())}};
  if (!key.session_token.empty()) query.emplace_back("X-Amz-Security-Token", key.session_token);
  query.emplace_back("X-Amz-SignedHeaders", what.names);

  // The parameters above are in alphabetical order already, and S3 encodes a path only once.
  const std::string path(object.path());
  const std::string host = object.authority();
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}host:{}\n\n{}\nUNSIGNED-PAYLOAD", what.method, path,
                  http::format_query(query), what.headers, host, what.names);
  const std::string to_sign =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope, hex(sha256(canonical)));
  std::string signing = "AWS4" + key.secret;
  for (const std::string_view part : {std::string_view(date), std::string_view(region),
                                      std::string_view("s3"), std::string_view("aws4_request")}) {
    signing = hmac_sha256(signing, part);
  }
  query.emplace_back("X-Amz-Signature", hex(hmac_sha256(signing, to_sign)));
  return fmt::format("{}://{}{}?{}", object.scheme, host, path, http::format_query(query));
}

}  // namespace

std::string presign_put(const SigningKey& key, const std::string& region, const http::Url& object,
                        base::Instant now, base::Duration lifetime) {
  return presign({"PUT", "content-type:\n", "content-type;host"}, key, region, object, now,
                 lifetime);
}

std::string presign_get(const SigningKey& key, const std::string& region, const http::Url& object,
                        base::Instant now, base::Duration lifetime) {
  return presign({"GET", "", "host"}, key, region, object, now, lifetime);
}

bool is_presigned(const http::Url& url) {
  return parameter(http::parse_query(url.query(), false), "X-Amz-Signature").has_value();
}

void check_expiry(const http::Url& url, base::Instant now) {
  const auto query = http::parse_query(url.query(), false);
  const auto date = base::parse_iso8601(parameter(query, "X-Amz-Date").value_or(""));
  const auto expires = parameter(query, "X-Amz-Expires").value_or("");
  const bool digits = !expires.empty() && expires.size() <= 6 &&
                      expires.find_first_not_of("0123456789") == std::string::npos;
  if (!date || !digits) {
    throw Error("AuthorizationQueryParametersError",
                "Query-string authentication version 4 requires the X-Amz-Algorithm, "
                "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                "X-Amz-Expires parameters.");
  }
  const auto lifetime = std::chrono::seconds(std::stoi(expires));
  if (lifetime > std::chrono::hours(24 * 7)) {
    throw Error("AuthorizationQueryParametersError",
                "X-Amz-Expires must be less than a week (in seconds); that is, the given "
                "X-Amz-Expires must be less than 604800 seconds");
  }
  if (now > *date + lifetime) throw Error("AccessDenied", "Request has expired", 403);
}

}  // namespace sim::s3

// What a request says about its signature, in headers or in the query (presigned URLs), before
// anything of it is proven.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace sim::wire {

inline constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

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

// Nothing when the request carries no signature at all. `service` words the refusal of a malformed
// one (IncompleteSignature and its kin).
std::optional<Claim> claim_of(const http::Request& request, std::string_view service);

// The service a request is for: from its signature, or, unsigned, from its target, path and host.
std::string service_of(const http::Request& request);

// The value as it is signed: several headers of one name joined, spaces squeezed; "host" is the
// URL's when there is no such header.
std::string header_value(const http::Request& request, std::string_view name);

}  // namespace sim::wire

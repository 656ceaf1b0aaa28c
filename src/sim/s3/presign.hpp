// Presigned URLs: Signature Version 4 in the query, the sim's own reading of the document.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
#pragma once

#include <string>

#include "base/time.hpp"
#include "http/message.hpp"

namespace sim::s3 {

// With which key the embedded AWS signs the URLs that it hands out.
struct SigningKey {
  std::string access_key_id;
  std::string secret;
  std::string session_token;  // empty for long-term keys
};

// A PUT URL for the object at this URL: "https://BUCKET.s3.../KEY?X-Amz-...". `content-type` is
// among the signed headers, with an EMPTY value: a PUT with any other Content-Type has another
// signature (SignatureDoesNotMatch, 403), as with the response URLs that CloudFormation hands to
// custom resources.
std::string presign_put(const SigningKey& key, const std::string& region, const http::Url& object,
                        base::Instant now, base::Duration lifetime);

// A GET URL for it, with no header signed but Host.
std::string presign_get(const SigningKey& key, const std::string& region, const http::Url& object,
                        base::Instant now, base::Duration lifetime);

// True when the URL carries a signature in its query.
bool is_presigned(const http::Url& url);
// Throws Error: AccessDenied "Request has expired", or AuthorizationQueryParametersError when the
// parameters are missing or out of range. Does not verify the signature.
void check_expiry(const http::Url& url, base::Instant now);

}  // namespace sim::s3

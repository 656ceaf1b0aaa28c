// S3's old presigned URLs (Signature Version 2), which `aws s3 presign` of the first aws CLI makes.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"
#include "sim/wire/verify.hpp"

namespace sim::wire {

// True for a URL with AWSAccessKeyId, Expires and Signature.
bool is_version_2(const http::Request& request);

// Whom it proves. `resource` is the path with the bucket in front, as it is on the wire. Throws
// Error in S3's words.
Principal verify_version_2(const http::Request& request, std::string_view resource,
                           const Verifier& verifier);

// The stage for tests.
std::string string_to_sign_2(const http::Request& request, std::string_view resource);

}  // namespace sim::wire

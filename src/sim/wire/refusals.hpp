// How each service words the refusals of its front door: the same fault has other codes on EC2, on
// the query services, on the JSON ones and on S3. Codes and statuses from each service's
// "Common errors" page, https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// and https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
#pragma once

#include <string>
#include <string_view>

#include "sim/core/call.hpp"

namespace sim::wire {

enum class Refusal {
  unsigned_request,
  incomplete,     // a signature with parts missing
  unknown_key,    // or a session token that does not fit it
  wrong,          // the signature does not match
  skewed,         // signed too long ago, or in the future
  expired_url,    // a presigned URL past its time
  expired_token,  // session credentials past theirs
  wrong_region,
  malformed,  // the body cannot be read
  too_large,
  throttled,    // an injected fault
  unavailable,  // an injected fault
};

// `detail` completes or replaces the text where AWS's own varies.
Error refusal(Refusal kind, std::string_view service, const std::string& detail = {});

}  // namespace sim::wire

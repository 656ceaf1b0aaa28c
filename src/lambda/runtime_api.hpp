// The Lambda Runtime API as plain messages: where each request goes and what each answer means.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "http/message.hpp"

namespace lambda {

// One event to be worked on. The payload is never logged here: a custom resource's event carries a
// presigned URL.
struct Invocation {
  std::string request_id;
  base::Instant deadline;  // Lambda ends the process then
  std::string trace_id;    // empty while tracing is off
  std::string payload;
};

// What the service is told when a handler or the start-up failed.
struct Fault {
  std::string type;  // "Runtime.Xyz" or "Function.Xyz"; Lambda replaces any other form
  std::string message;
};

// `api` is host:port, as AWS_LAMBDA_RUNTIME_API gives it. Throws std::invalid_argument when it is
// not an address.
http::Request next_request(std::string_view api);
http::Request response_request(std::string_view api, std::string_view request_id,
                               std::string result);
http::Request error_request(std::string_view api, std::string_view request_id, const Fault& fault);
http::Request init_error_request(std::string_view api, const Fault& fault);

// Nothing when the answer to /next is not an invocation: another status, no request id, or a
// deadline that is not a number.
std::optional<Invocation> parse_invocation(http::Response response);

}  // namespace lambda

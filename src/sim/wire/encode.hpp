// From an output, or a refusal, to the bytes that the service's protocol wants.
#pragma once

#include "http/message.hpp"
#include "sim/core/call.hpp"

namespace sim::wire {

// Lambda: Invoke's output {"StatusCode", "Payload", "FunctionError", "LogResult",
// "ExecutedVersion"} becomes status, body and headers; all others become the JSON body.
http::Response encode(const Call& call, const json::object& output);

http::Response encode_error(const std::string& service, const Error& error,
                            const std::string& request_id);

// The same for a request that prefers_json (decode.hpp). With x-amzn-query-mode the code of an
// error is told a second time, for clients that know it from the query protocol.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#awsquerycompatible-trait
http::Response encode_as_json(const Call& call, const json::object& output);
http::Response encode_error_as_json(const Error& error, const std::string& request_id);

// Text for an element's content; what XML cannot carry becomes U+FFFD.
std::string xml_escape(std::string_view text);

}  // namespace sim::wire

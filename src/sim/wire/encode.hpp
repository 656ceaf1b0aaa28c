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

// The members of `object` as XML elements, arrays as `item` elements, null as nothing.
std::string xml_members(const json::object& object, std::string_view item);
// Text for an element's content; what XML cannot carry becomes U+FFFD.
std::string xml_escape(std::string_view text);

}  // namespace sim::wire

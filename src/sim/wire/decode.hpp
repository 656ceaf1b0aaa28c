// From a request's bytes to the call it means. Never trusts its input: sizes, depths and counts are
// bounded, and what cannot be read is refused in the service's own words.
#pragma once

#include <string>

#include "http/message.hpp"
#include "sim/core/call.hpp"

namespace sim::wire {

// Fills action and input of a call to `service` (which is not s3). The caller's identity and the
// request id are the world's business.
//
// Lambda: members of the JSON body, the path's parameters ("FunctionName") and those of the query
// ("Qualifier", "Marker", ...) in one object; Invoke gets the body as it is in "Payload", and
// "InvocationType", "LogType", "ClientContext", "TenantId" and "Trace" from its headers.
Call decode(const std::string& service, const http::Request& request);

// True for a request in JSON to a service that also speaks the query protocol (SQS, CloudWatch):
// newer clients prefer it. Its answer must be in JSON, too.
bool prefers_json(const std::string& service, const http::Request& request);

// Refuses a form whose Version is none of the service's: each knows one, EC2 also its older ones.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
void check_version(const Call& call, const http::Request& request);

// Form parameters as nested JSON: "Filter.1.Name=a" -> {"Filter": [{"Name": "a"}]};
// "Tags.member.1.Key=a" -> {"Tags": [{"Key": "a"}]}.
json::object nested(const http::Query& form, const std::string& service);

}  // namespace sim::wire

// How SQS and SNS write lists and maps in the query protocol, which is not how the others do: SQS
// repeats elements of another name, SNS wraps the entries of maps. Calls carry what the services'
// models name ("MessageAttributes": {"a": {...}}), whatever form it came in.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
#pragma once

#include <optional>
#include <string_view>

#include "sim/core/call.hpp"

namespace sim::wire {

// The input of an SQS or SNS call as its model names it; of other services, as it is.
json::object modelled(const Call& call);

// A member of an SQS answer in the form of the query protocol: the name of its elements, and each
// of them. Nothing for members that are written as everywhere.
struct Repeated {
  std::string_view name;
  json::array elements;
};
std::optional<Repeated> repeated(const Call& call, std::string_view member,
                                 const json::value& value);

}  // namespace sim::wire

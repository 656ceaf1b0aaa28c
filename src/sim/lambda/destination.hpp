// Where Lambda puts what became of an event: a function, a queue or a topic. Pure.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/core/call.hpp"

namespace sim::lambda {

struct Destination {
  std::string arn;
  std::string service;     // lambda, sqs or sns
  std::string permission;  // that the function's role needs: "sqs:SendMessage"
};

// Nothing when the ARN names none of the three.
std::optional<Destination> destination_of(std::string_view arn);

// "SendMessage on SQS", as Lambda says it of dead-letter queues.
std::string described(const Destination& destination);

// The input of the call that puts `body` into a queue or a topic.
json::object posting(const Destination& destination, const std::string& body,
                     const json::object& attributes);

}  // namespace sim::lambda

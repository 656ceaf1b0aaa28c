// Where Lambda puts what became of an event: a function, a queue, a topic or a bucket. Pure.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "sim/core/call.hpp"

namespace sim::lambda {

struct Destination {
  std::string arn;
  std::string service;     // lambda, sqs, sns or s3
  std::string permission;  // that the function's role needs: "sqs:SendMessage"
};

// Nothing when the ARN names none of the four.
std::optional<Destination> destination_of(std::string_view arn);

// "SendMessage on SQS", as Lambda says it of dead-letter queues.
std::string described(const Destination& destination);

// What the permission must be on.
std::string resource_of(const Destination& destination);

// Where a record stands in a bucket:
// aws/lambda/async/NAME/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID
std::string object_key(const std::string& function, base::Instant now, const std::string& uuid);

// The input of the call that puts `body` into a queue or a topic.
json::object posting(const Destination& destination, const std::string& body,
                     const json::object& attributes);

}  // namespace sim::lambda

#include "sim/lambda/destination.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/words.hpp"

namespace sim::lambda {

std::optional<Destination> destination_of(std::string_view arn) {
  const auto parts = words_of(arn, ':');
  // A bucket's ARN has neither region nor account.
  if (parts.size() == 4 && parts[0] == "arn" && parts[2] == "s3") {
    return Destination{std::string(arn), "s3", "s3:PutObject"};
  }
  if (parts.size() < 6 || parts[0] != "arn") return std::nullopt;
  Destination destination{std::string(arn), parts[2], {}};
  if (parts[2] == "sqs" && parts.size() == 6) {
    destination.permission = "sqs:SendMessage";
  } else if (parts[2] == "sns" && parts.size() == 6) {
    destination.permission = "sns:Publish";
  } else if (parts[2] == "lambda" && parts.size() >= 7 && parts[5] == "function") {
    destination.permission = "lambda:InvokeFunction";
  } else {
    return std::nullopt;
  }
  return destination;
}

std::string described(const Destination& destination) {
  return destination.service == "sqs"   ? "SendMessage on SQS"
         : destination.service == "s3"  ? "PutObject on S3"
         : destination.service == "sns" ? "Publish on SNS"
                                        : "InvokeFunction on " + destination.arn;
}

std::string resource_of(const Destination& destination) {
  return destination.service == "s3" ? destination.arn + "/*" : destination.arn;
}

std::string object_key(const std::string& function, base::Instant now, const std::string& uuid) {
  const auto time = base::iso8601(now);  // 2026-11-22T00:00:00Z
  std::string day = time.substr(0, 10), instant = time.substr(0, 19);
  std::ranges::replace(day, '-', '/');
  std::ranges::replace(instant, ':', '.');
  return fmt::format("aws/lambda/async/{}/{}/{}-{}", function, day, instant, uuid);
}

json::object posting(const Destination& destination, const std::string& body,
                     const json::object& attributes) {
  json::object input;
  if (destination.service == "sns") {
    input["TopicArn"] = destination.arn;
    input["Message"] = body;
  } else {
    const auto parts = words_of(destination.arn, ':');
    input["QueueUrl"] =
        fmt::format("https://sqs.{}.amazonaws.com/{}/{}", parts[3], parts[4], parts[5]);
    input["MessageBody"] = body;
  }
  if (!attributes.empty()) input["MessageAttributes"] = attributes;
  return input;
}

}  // namespace sim::lambda

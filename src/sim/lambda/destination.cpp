#include "sim/lambda/destination.hpp"

#include <fmt/format.h>

#include "sim/core/words.hpp"

namespace sim::lambda {

std::optional<Destination> destination_of(std::string_view arn) {
  const auto parts = words_of(arn, ':');
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
         : destination.service == "sns" ? "Publish on SNS"
                                        : "InvokeFunction on " + destination.arn;
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

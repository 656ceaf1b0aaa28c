// One published message, and the forms in which SNS hands it to endpoints. Pure.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
//
// The signatures in them are signatures of nobody: no certificate of SNS exists here, so whoever
// verifies them finds them wrong.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "sim/messaging/message.hpp"

namespace sim::messaging {

struct Notification {
  std::string id, topic, subject;               // topic: its ARN
  std::map<std::string, std::string> messages;  // by protocol; "default" for all others
  Attributes attributes = {};
  std::string group = {}, deduplication = {}, sequence = {};  // FIFO
  std::string timestamp = {}, signature = {}, signature_version = "1";

  const std::string& message_for(const std::string& protocol) const;
};

// What a queue receives without RawMessageDelivery.
std::string envelope(const Notification& notification, const std::string& subscription_arn);

// The event that a function receives.
json::object lambda_event(const Notification& notification, const std::string& subscription_arn);

}  // namespace sim::messaging

#include "sim/messaging/notification.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/core/words.hpp"
#include "sim/s3/digest.hpp"

namespace sim::messaging {

namespace {

std::string address(const Notification& notification) {
  const auto parts = words_of(notification.topic, ':');
  return fmt::format("https://sns.{}.amazonaws.com", parts.at(3));
}

std::string certificate(const Notification& notification) {
  return fmt::format("{}/SimpleNotificationService-{}.pem", address(notification),
                     digest(notification.topic.substr(0, notification.topic.rfind(':'))));
}

std::string unsubscribe(const Notification& notification, const std::string& subscription_arn) {
  return fmt::format("{}/?Action=Unsubscribe&SubscriptionArn={}", address(notification),
                     subscription_arn);
}

json::object attributes_view(const Attributes& attributes) {
  json::object view;
  for (const auto& [name, one] : attributes) {
    view[name] = {{"Type", one.type}, {"Value", one.binary() ? s3::base64(one.value) : one.value}};
  }
  return view;
}

std::string quoted(std::string_view text) {
  return json::serialize(json::value(text));
}

}  // namespace

const std::string& Notification::message_for(const std::string& protocol) const {
  const auto found = messages.find(protocol);
  return found == messages.end() ? messages.at("default") : found->second;
}

// AWS's own layout, one member a line: some receivers compare texts.
std::string envelope(const Notification& notification, const std::string& subscription_arn) {
  std::string text = "{\n  \"Type\" : \"Notification\"";
  const auto put = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) text += fmt::format(",\n  \"{}\" : {}", name, quoted(value));
  };
  put("MessageId", notification.id);
  put("SequenceNumber", notification.sequence);
  put("TopicArn", notification.topic);
  put("Subject", notification.subject);
  put("Message", notification.message_for("sqs"));
  put("Timestamp", notification.timestamp);
  if (notification.sequence.empty()) {
    put("SignatureVersion", notification.signature_version);
    put("Signature", notification.signature);
    put("SigningCertURL", certificate(notification));
  }
  put("UnsubscribeURL", unsubscribe(notification, subscription_arn));
  if (!notification.attributes.empty()) {
    text += ",\n  \"MessageAttributes\" : {";
    std::string_view separator = "\n";
    for (const auto& one : attributes_view(notification.attributes)) {
      text +=
          fmt::format("{}    {} : {}", separator, quoted(one.key()), json::serialize(one.value()));
      separator = ",\n";
    }
    text += "\n  }";
  }
  return text + "\n}";
}

// https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
json::object lambda_event(const Notification& notification, const std::string& subscription_arn) {
  json::object sns{{"Type", "Notification"},
                   {"MessageId", notification.id},
                   {"TopicArn", notification.topic},
                   {"Subject", nullptr},
                   {"Message", notification.message_for("lambda")},
                   {"Timestamp", notification.timestamp},
                   {"SignatureVersion", notification.signature_version},
                   {"Signature", notification.signature},
                   {"SigningCertUrl", certificate(notification)},
                   {"UnsubscribeUrl", unsubscribe(notification, subscription_arn)},
                   {"MessageAttributes", attributes_view(notification.attributes)}};
  if (!notification.subject.empty()) sns["Subject"] = notification.subject;
  json::object record{{"EventSource", "aws:sns"},
                      {"EventVersion", "1.0"},
                      {"EventSubscriptionArn", subscription_arn},
                      {"Sns", std::move(sns)}};
  json::object event;
  event["Records"] = json::array{std::move(record)};
  return event;
}

}  // namespace sim::messaging

// What is published, and its way to queues and functions.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "sim/core/fields.hpp"
#include "sim/core/words.hpp"
#include "sim/messaging/batch.hpp"
#include "sim/messaging/filter_policy.hpp"
#include "sim/messaging/queue_attributes.hpp"
#include "sim/messaging/sns.hpp"
#include "sim/messaging/topic_attributes.hpp"
#include "sim/s3/digest.hpp"

namespace sim::messaging {

namespace {

using records::Record;
using records::text_of;

constexpr std::size_t largest_message = 262'144;
constexpr std::size_t longest_subject = 100;
constexpr std::size_t most_attributes_of_a_queue = 10;

// ASCII, one line, and not begun by a space.
void check_subject(const std::string& subject) {
  const bool plain = std::ranges::all_of(subject, [](char c) { return c >= 0x20 && c < 0x7F; });
  if (!plain || subject.size() > longest_subject || subject.starts_with(' ')) {
    throw invalid_parameter("Subject");
  }
}

std::map<std::string, std::string> messages_by_protocol(const std::string& text) {
  json::error_code bad;
  const auto parsed = json::parse(text, bad);
  if (bad || !parsed.is_object()) {
    throw invalid_parameter("Message Structure - JSON message body failed to parse");
  }
  std::map<std::string, std::string> messages;
  for (const auto& one : parsed.get_object()) {
    if (one.value().is_string()) messages[one.key()] = one.value().get_string();
  }
  if (!messages.contains("default")) {
    throw invalid_parameter("Message Structure - No default entry in JSON message body");
  }
  return messages;
}

Notification read_notification(const Fields& in) {
  in.unsupported("Publish", {"PhoneNumber", "TargetArn"});
  Notification notification;
  const auto message = in.text("Message");
  if (message.empty()) throw invalid_parameter("Empty message");
  notification.attributes =
      read_attributes(in.object("MessageAttributes"), "ParameterValueInvalid");
  if (message.size() + size_of(notification.attributes) > largest_message) {
    throw invalid_parameter("Message too long");
  }
  if (!is_sendable(message)) throw invalid_parameter("Message");
  if (in.has("Subject")) {
    notification.subject = in.text("Subject");
    if (notification.subject.empty()) throw invalid_parameter("Subject");
    check_subject(notification.subject);
  }
  const auto structure = in.text("MessageStructure");
  if (structure.empty()) {
    notification.messages["default"] = message;
  } else if (structure == "json") {
    notification.messages = messages_by_protocol(message);
  } else {
    throw invalid_parameter("MessageStructure");
  }
  notification.group = in.text("MessageGroupId");
  notification.deduplication = in.text("MessageDeduplicationId");
  return notification;
}

void read_fifo(const Record& topic, Notification& notification) {
  if (notification.group.empty()) {
    throw invalid_parameter("The MessageGroupId parameter is required for FIFO topics");
  }
  if (!notification.deduplication.empty()) return;
  if (!is_set(topic.members, "ContentBasedDeduplication")) {
    throw invalid_parameter(
        "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId "
        "provided explicitly");
  }
  notification.deduplication = s3::hex(s3::sha256(notification.messages.at("default")));
}

std::string queue_url(const std::string& arn) {
  const auto parts = words_of(arn, ':');
  return fmt::format("https://sqs.{}.amazonaws.com/{}/{}", parts.at(3), parts.at(4), parts.at(5));
}

std::string dead_letters_of(const json::object& subscription) {
  const auto policy = text_of(subscription, "RedrivePolicy");
  return policy.empty() ? policy : text_of(json::parse(policy).as_object(), "deadLetterTargetArn");
}

}  // namespace

// IAM trusts AWS's services with everything; SNS asks the topic's policy about each.
void Sns::check_service(const Record& topic, const Principal& caller) const {
  if (caller.kind != Principal::Kind::service) return;
  auto policy = text_of(topic.members, "Policy");
  if (policy.empty()) policy = default_policy(topic.arn);
  if (iam_.policy_lets(policy, caller, {"sns:Publish", topic.arn})) return;
  throw Error("AuthorizationError",
              fmt::format("User: {} is not authorized to perform: SNS:Publish on resource: {} "
                          "because no resource-based policy allows the SNS:Publish action",
                          caller.arn, topic.arn),
              403);
}

json::object Sns::publish(const Call& call) {
  const Fields in(call.input, "InvalidParameter");
  in.unsupported("Publish", {"PhoneNumber", "TargetArn"});
  const auto& topic = book_.get("topic", in.required("TopicArn"));
  check_service(topic, call.caller);
  return publish_one(topic, call.input);
}

json::object Sns::publish_batch(const Call& call) {
  const auto& topic =
      book_.get("topic", Fields(call.input, "InvalidParameter").required("TopicArn"));
  check_service(topic, call.caller);
  std::size_t size = 0;
  for (const auto& entry : Fields(call.input).list("PublishBatchRequestEntries")) {
    size += Fields(entry.as_object()).text("Message").size();
  }
  if (size > largest_message) {
    throw Error("BatchRequestTooLong",
                "The length of all the messages put together is more than the limit.");
  }
  return for_each_entry(call.input, {"PublishBatchRequestEntries", "", "PublishBatchRequestEntry"},
                        [&](const json::object& entry) { return publish_one(topic, entry); });
}

json::object Sns::publish_one(const Record& topic, const json::object& input) {
  auto notification = read_notification(Fields(input, "InvalidParameter"));
  notification.id = random_.uuid();
  notification.topic = topic.arn;
  notification.timestamp = base::iso8601(context_.now());
  if (const auto version = text_of(topic.members, "SignatureVersion"); !version.empty()) {
    notification.signature_version = version;
  }
  std::string bytes;
  while (bytes.size() < 256) bytes += s3::big_endian(random_.next(), 8);
  notification.signature = s3::base64(bytes);
  const bool fifo = is_set(topic.members, "FifoTopic");
  if (!fifo && !notification.deduplication.empty()) {
    throw invalid_parameter(
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId "
        "parameter that is not valid for this topic type");
  }
  if (fifo) read_fifo(topic, notification);
  if (!fifo || !is_repeated(topic, notification)) {
    auto targets = targets_of(topic, notification);
    if (!targets.empty()) {
      context_.runtime.spawn(deliver(notification, std::move(targets)));
    }
  }
  json::object output{{"MessageId", notification.id}};
  if (fifo) output["SequenceNumber"] = notification.sequence;
  return output;
}

// Gives a FIFO topic's message its number, or the id and number of the one that it repeats.
bool Sns::is_repeated(const Record& topic, Notification& notification) {
  const auto now = context_.now();
  std::erase_if(recent_,
                [&](const auto& one) { return one.second.at + deduplication_interval <= now; });
  const auto key = topic.arn + '\n' + notification.deduplication;
  if (const auto found = recent_.find(key); found != recent_.end()) {
    notification.id = found->second.id;
    notification.sequence = found->second.sequence;
    return true;
  }
  notification.sequence = fmt::format("1000000000000{:07}", next_sequence_++);
  recent_[key] = {now, notification.id, notification.sequence};
  return false;
}

std::vector<Sns::Target> Sns::targets_of(const Record& topic, const Notification& notification) {
  std::vector<Target> targets;
  for (const auto& [id, one] : book_.all("subscription")) {
    const auto& members = one.members;
    if (text_of(members, "TopicArn") != topic.arn || is_set(members, "PendingConfirmation")) {
      continue;
    }
    const auto protocol = text_of(members, "Protocol");
    const auto policy = text_of(members, "FilterPolicy");
    const bool by_body = text_of(members, "FilterPolicyScope") == "MessageBody";
    if (!policy.empty() &&
        !wants(policy, by_body, notification.attributes, notification.message_for(protocol))) {
      continue;
    }
    targets.push_back({one.arn, protocol, text_of(members, "Endpoint"), dead_letters_of(members),
                       is_set(members, "RawMessageDelivery")});
  }
  return targets;
}

// An endpoint that refuses is not asked again: SNS repeats only what a server failed at, and drops
// the rest without a word, or into the subscription's dead-letter queue.
// https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
Task<void> Sns::deliver(Notification notification, std::vector<Target> targets) {
  co_await context_.clock().sleep_for(base::from_seconds(
      random_.uniform(base::seconds(knobs_.delivery.low), base::seconds(knobs_.delivery.high))));
  for (const auto& target : targets) {
    if (co_await hand_over(notification, target) || target.dead_letters.empty()) continue;
    auto dead = target;
    dead.protocol = "sqs";
    dead.endpoint = target.dead_letters;
    co_await hand_over(notification, dead);
  }
}

Task<bool> Sns::hand_over(Notification notification, Target target) {
  const Principal itself{.kind = Principal::Kind::service,
                         .arn = "sns.amazonaws.com",
                         .role_arn = {},
                         .user_id = sender_,
                         .source = notification.topic};
  std::string service = "lambda", action = "Invoke";
  json::object input;
  if (target.protocol == "sqs") {
    // What a queue cannot hold is not delivered to it.
    if (target.raw && notification.attributes.size() > most_attributes_of_a_queue) co_return false;
    service = "sqs";
    action = "SendMessage";
    input["QueueUrl"] = queue_url(target.endpoint);
    input["MessageBody"] =
        target.raw ? notification.message_for("sqs") : envelope(notification, target.subscription);
    if (target.raw && !notification.attributes.empty()) {
      input["MessageAttributes"] = shown(notification.attributes);
    }
    if (!notification.group.empty()) input["MessageGroupId"] = notification.group;
    if (target.endpoint.ends_with(".fifo")) {
      input["MessageDeduplicationId"] = notification.deduplication;
    }
  } else {
    input["FunctionName"] = target.endpoint;
    input["InvocationType"] = "Event";
    input["Payload"] = json::serialize(lambda_event(notification, target.subscription));
  }
  try {
    co_await caller_.call(itself, std::move(service), std::move(action), std::move(input));
    co_return true;
  } catch (const Error&) {
    co_return false;
  }
}

}  // namespace sim::messaging

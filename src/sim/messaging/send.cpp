// SendMessage and SendMessageBatch.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
#include <fmt/format.h>

#include "sim/core/fields.hpp"
#include "sim/messaging/batch.hpp"
#include "sim/messaging/queue_attributes.hpp"
#include "sim/messaging/sqs.hpp"
#include "sim/s3/digest.hpp"

namespace sim::messaging {

namespace {

constexpr std::size_t most_attributes = 10;
constexpr std::size_t largest_batch = 1'048'576;

Error missing(std::string_view parameter) {
  return {"MissingParameter", fmt::format("The request must contain the parameter {}.", parameter)};
}

constexpr std::string_view wrong_kind =
    "The request include parameter that is not valid for this queue type.";

void check_body(const std::string& body) {
  if (body.empty()) throw missing("MessageBody");
  if (is_sendable(body)) return;
  throw Error("InvalidMessageContents",
              "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to "
              "#xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF");
}

void check_size(std::size_t size, std::int64_t largest) {
  if (size <= static_cast<std::size_t>(largest)) return;
  throw Error("InvalidParameterValue",
              fmt::format("One or more parameters are invalid. Reason: Message must be shorter "
                          "than {} bytes.",
                          largest));
}

// There is only one system attribute that senders give.
std::string read_trace(const Fields& in) {
  const auto given = read_attributes(in.object("MessageSystemAttributes"), "InvalidParameterValue");
  for (const auto& [name, attribute] : given) {
    if (name == "AWSTraceHeader" && attribute.type == "String") continue;
    throw Error("InvalidParameterValue",
                fmt::format("Message system attribute name '{}' is invalid. Attribute name can "
                            "only be AWSTraceHeader.",
                            name));
  }
  const auto found = given.find("AWSTraceHeader");
  return found == given.end() ? std::string() : found->second.value;
}

void read_fifo(const Fields& in, const json::object& queue, Message& message) {
  if (message.group.empty()) throw missing("MessageGroupId");
  if (in.has("DelaySeconds") && in.integer("DelaySeconds", 0) != 0) {
    throw invalid_value("DelaySeconds", std::to_string(in.integer("DelaySeconds", 0)), wrong_kind);
  }
  if (!message.deduplication.empty()) return;
  if (!is_set(queue, "ContentBasedDeduplication")) {
    throw Error("InvalidParameterValue",
                "The queue should either have ContentBasedDeduplication enabled or "
                "MessageDeduplicationId provided explicitly");
  }
  message.deduplication = s3::hex(s3::sha256(message.body));
}

}  // namespace

// https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
// The key that AWS manages for SQS has a policy that lets no service in.
bool Sqs::key_lets(const Principal& caller, const std::string& key) const {
  if (key.empty()) return true;
  if (kms_ == nullptr) return false;
  auto id = key;
  if (const auto at = key.find("alias/"); at != std::string::npos) {
    const auto* alias = kms_->find("alias", key.substr(at));
    if (alias == nullptr) return false;
    id = records::text_of(alias->members, "TargetKeyId");
  }
  const auto* found = kms_->find("key", id);
  if (found == nullptr) return false;
  const auto policy = records::text_of(found->hidden, "Policy");
  return !policy.empty() && iam_.policy_lets(policy, caller, {"kms:GenerateDataKey", found->arn});
}

// IAM trusts AWS's services with everything; SQS asks the queue's policy about each.
void Sqs::check_service(const Found& found, const Principal& caller) const {
  if (caller.kind != Principal::Kind::service) return;
  const auto policy = records::text_of(found.record.members, "Policy");
  const Access access{"sqs:SendMessage", found.record.arn};
  if (!policy.empty() && iam_.policy_lets(policy, caller, access) &&
      key_lets(caller, records::text_of(found.record.members, "KmsMasterKeyId"))) {
    return;
  }
  throw Error("AccessDenied",
              fmt::format("User: {} is not authorized to perform: sqs:sendmessage on resource: {} "
                          "because no resource-based policy allows the sqs:sendmessage action",
                          caller.arn, found.record.arn),
              403);
}

Message Sqs::read_message(const Found& found, const json::object& input, const Principal& sender) {
  const Fields in(input);
  const auto& queue = found.record.members;
  Message message{.id = random_.uuid(), .body = in.text("MessageBody")};
  check_body(message.body);
  message.attributes = read_attributes(in.object("MessageAttributes"), "InvalidParameterValue");
  if (message.attributes.size() > most_attributes) {
    throw Error("InvalidParameterValue",
                fmt::format("Number of message attributes [{}] exceeds the allowed maximum [{}].",
                            message.attributes.size(), most_attributes));
  }
  check_size(message.body.size() + size_of(message.attributes),
             number_in(queue, "MaximumMessageSize"));
  message.trace = read_trace(in);
  message.group = in.text("MessageGroupId");
  message.deduplication = in.text("MessageDeduplicationId");
  if (found.rules.fifo) {
    read_fifo(in, queue, message);
  } else if (!message.deduplication.empty()) {
    throw invalid_value("MessageDeduplicationId", message.deduplication, wrong_kind);
  }
  const auto delay = in.integer("DelaySeconds", number_in(queue, "DelaySeconds"));
  if (delay < 0 || delay > 900) {
    throw invalid_value("DelaySeconds", std::to_string(delay),
                        "DelaySeconds must be >= 0 and <= 900.");
  }
  message.sender = sender.user_id.empty() ? context_.account : sender.user_id;
  message.sent = context_.now();
  message.visible = message.sent + std::chrono::seconds(delay);
  return message;
}

json::object Sqs::send_one(Found& found, const json::object& input, const Principal& sender) {
  auto message = read_message(found, input, sender);
  json::object output{{"MD5OfMessageBody", digest(message.body)}};
  if (!message.attributes.empty()) output["MD5OfMessageAttributes"] = digest(message.attributes);
  if (!message.trace.empty()) {
    output["MD5OfMessageSystemAttributes"] =
        digest(Attributes{{"AWSTraceHeader", {"String", message.trace}}});
  }
  std::string id = message.id;
  std::uint64_t number = 0;
  if (const auto known = found.queue.duplicate_of(found.rules, message, context_.now())) {
    id = known->message.id;
    number = known->number;
  } else {
    number = found.queue.add(found.rules, std::move(message), context_.now());
    changed_.notify();
  }
  output["MessageId"] = id;
  if (found.rules.fifo) output["SequenceNumber"] = sequence_number(number);
  return output;
}

json::object Sqs::send(const Call& call) {
  auto found = get(call.input);
  check_service(found, call.caller);
  return send_one(found, call.input, call.caller);
}

json::object Sqs::send_batch(const Call& call) {
  auto found = get(call.input);
  check_service(found, call.caller);
  std::size_t size = 0;
  for (const auto& entry : Fields(call.input).list("Entries")) {
    size += Fields(entry.as_object()).text("MessageBody").size();
  }
  if (size > largest_batch) {
    throw Error(
        "AWS.SimpleQueueService.BatchRequestTooLong",
        fmt::format("Batch requests cannot be longer than {} bytes. You have sent {} bytes.",
                    largest_batch, size));
  }
  return for_each_entry(
      call.input, {"Entries", "AWS.SimpleQueueService.", "SendMessageBatchRequestEntry"},
      [&](const json::object& entry) { return send_one(found, entry, call.caller); });
}

}  // namespace sim::messaging

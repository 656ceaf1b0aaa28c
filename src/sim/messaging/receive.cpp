// ReceiveMessage, and what is done with a receipt.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
#include <fmt/format.h>

#include <charconv>

#include "base/contains.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/words.hpp"
#include "sim/messaging/batch.hpp"
#include "sim/messaging/queue_attributes.hpp"
#include "sim/messaging/sqs.hpp"
#include "sim/s3/digest.hpp"

namespace sim::messaging {

namespace {

// [C] of a standard queue; a FIFO queue returns nothing more instead of a refusal.
constexpr int most_in_flight = 120'000;
constexpr std::int64_t longest_hidden = 43'200;

constexpr std::string_view system_attributes =
    "All SenderId SentTimestamp ApproximateReceiveCount ApproximateFirstReceiveTimestamp "
    "SequenceNumber MessageDeduplicationId MessageGroupId AWSTraceHeader DeadLetterQueueSourceArn";

// In [low, high], with the refusal that says so.
std::int64_t bounded(const Fields& in, std::string_view name, std::int64_t standard,
                     std::int64_t low, std::int64_t high, std::string_view reason) {
  const auto given = in.integer(name, standard);
  if (given < low || given > high) throw invalid_value(name, std::to_string(given), reason);
  return given;
}

// A receipt says of itself which message of which queue was received and when in the order of all
// receives.
struct Receipt {
  std::uint64_t number = 0, receive = 0;
};

std::string seal(const std::string& arn, std::string_view what) {
  return s3::hex(s3::sha256(fmt::format("{} {}", arn, what)));
}

std::string handle_of(const std::string& arn, const Queue::Received& received) {
  const auto what = fmt::format("{} {}", received.number, received.message.receipt);
  return s3::base64(fmt::format("{} {}", what, seal(arn, what)));
}

Receipt read_handle(const std::string& arn, const Fields& in) {
  const auto handle = in.text("ReceiptHandle");
  if (handle.empty()) {
    throw Error("MissingParameter", "The request must contain the parameter ReceiptHandle.");
  }
  std::string text;
  if (s3::decode_base64(handle, text)) {
    const auto words = words_of(text);
    Receipt receipt;
    const auto read = [](const std::string& digits, std::uint64_t& into) {
      std::from_chars(digits.data(), digits.data() + digits.size(), into);
    };
    if (words.size() == 3 && words[2] == seal(arn, words[0] + " " + words[1])) {
      read(words[0], receipt.number);
      read(words[1], receipt.receive);
      return receipt;
    }
  }
  throw Error("ReceiptHandleIsInvalid",
              fmt::format("The input receipt handle \"{}\" is not a valid receipt handle.", handle),
              404);
}

json::object system_view(const Queue::Received& received, bool fifo,
                         const std::vector<std::string>& names) {
  const auto& message = received.message;
  const auto milliseconds = [](base::Instant when) {
    return std::to_string(base::unix_milliseconds(when));
  };
  json::object all{{"SenderId", message.sender},
                   {"SentTimestamp", milliseconds(message.sent)},
                   {"ApproximateReceiveCount", std::to_string(message.receives)},
                   {"ApproximateFirstReceiveTimestamp", milliseconds(*message.first_received)}};
  if (!message.group.empty()) all["MessageGroupId"] = message.group;
  if (!message.trace.empty()) all["AWSTraceHeader"] = message.trace;
  if (!message.source.empty()) all["DeadLetterQueueSourceArn"] = message.source;
  if (fifo) {
    all["MessageDeduplicationId"] = message.deduplication;
    all["SequenceNumber"] = sequence_number(received.number);
  }
  json::object wanted;
  for (const auto& one : all) {
    if (is_wanted(names, std::string_view(one.key()))) wanted[one.key()] = one.value();
  }
  return wanted;
}

}  // namespace

// What has been received too often goes to the queue that the redrive policy names; when there is
// none, it is lost. A standard queue's messages keep their age.
void Sqs::bury(const Found& from, std::vector<Message> dead) {
  if (dead.empty()) return;
  auto* target = book_.find("queue", redrive_of(from.record.members)->target);
  if (target == nullptr) return;
  auto into = open(*target);
  for (auto& message : dead) {
    message.source = from.record.arn;
    message.visible = context_.now();
    message.receives = 0;
    message.receipt = 0;
    message.first_received.reset();
    if (into.rules.fifo) message.sent = context_.now();
    into.queue.add(into.rules, std::move(message), context_.now());
  }
  changed_.notify();
}

json::array Sqs::take(Found& found, const Call& call, std::size_t most, bool short_poll) {
  const Fields in(call.input);
  auto system = in.texts("AttributeNames");
  for (auto& name : in.texts("MessageSystemAttributeNames")) system.push_back(std::move(name));
  for (const auto& name : system) {
    if (base::contains(words_of(system_attributes), name)) continue;
    throw Error("InvalidAttributeName", fmt::format("Unknown Attribute {}.", name));
  }
  const auto wanted = in.texts("MessageAttributeNames");
  const auto hidden =
      bounded(in, "VisibilityTimeout", number_in(found.record.members, "VisibilityTimeout"), 0,
              longest_hidden, "Must be >= 0 and <= 43200, if provided.");
  const auto now = context_.now();
  std::vector<Message> dead;
  const auto received = found.queue.receive(
      found.rules, most, now, now + std::chrono::seconds(hidden),
      [&] { return short_poll && random_.chance(knobs_.short_poll_overlooks); }, dead);
  json::array messages;
  for (const auto& one : received) {
    json::object view{{"MessageId", one.message.id},
                      {"ReceiptHandle", handle_of(found.record.arn, one)},
                      {"MD5OfBody", digest(one.message.body)},
                      {"Body", one.message.body}};
    if (auto shown_system = system_view(one, found.rules.fifo, system); !shown_system.empty()) {
      view["Attributes"] = std::move(shown_system);
    }
    auto attributes = one.message.attributes;
    std::erase_if(attributes, [&](const auto& each) { return !is_wanted(wanted, each.first); });
    if (!attributes.empty()) {
      // Of what is returned, for that is what a client can compare.
      view["MD5OfMessageAttributes"] = digest(attributes);
      view["MessageAttributes"] = shown(attributes);
    }
    messages.emplace_back(std::move(view));
  }
  bury(found, std::move(dead));
  return messages;
}

Task<json::object> Sqs::receive(Call call) {
  const Fields in(call.input);
  in.unsupported("ReceiveMessage", {"ReceiveRequestAttemptId"});
  const auto most =
      bounded(in, "MaxNumberOfMessages", 1, 1, 10, "Must be between 1 and 10, if provided.");
  const auto wait =
      bounded(in, "WaitTimeSeconds",
              number_in(get(call.input).record.members, "ReceiveMessageWaitTimeSeconds"), 0, 20,
              "Must be >= 0 and <= 20, if provided.");
  const auto limit = context_.now() + std::chrono::seconds(wait);
  while (true) {
    auto found = get(call.input);  // it may be deleted while somebody waits
    const auto counts = found.queue.counts(found.rules, context_.now());
    if (counts.in_flight >= most_in_flight && !found.rules.fifo) {
      throw Error("OverLimit", "Too many messages are in flight.", 403);
    }
    auto messages = take(found, call, static_cast<std::size_t>(most), wait == 0);
    const auto now = context_.now();
    if (!messages.empty()) co_return json::object{{"Messages", std::move(messages)}};
    if (now >= limit) co_return json::object();
    const auto next = found.queue.next_visible(now);
    co_await changed_.wait_until(context_.clock(), next ? std::min(*next, limit) : limit);
  }
}

// Whoever holds an older receipt of a standard queue deletes as well; what is gone is no refusal.
void Sqs::remove_one(Found& found, const json::object& input) {
  const Fields in(input);
  const auto receipt = read_handle(found.record.arn, in);
  const auto* message = found.queue.find(receipt.number);
  if (message == nullptr) return;
  const bool late = message->receipt != receipt.receive || message->visible <= context_.now();
  if (found.rules.fifo && late) {
    throw invalid_value("ReceiptHandle", in.text("ReceiptHandle"),
                        "The receipt handle has expired.");
  }
  found.queue.remove(receipt.number);
  changed_.notify();
}

void Sqs::change_one(Found& found, const json::object& input) {
  const Fields in(input);
  if (!in.has("VisibilityTimeout")) {
    throw Error("MissingParameter", "The request must contain the parameter VisibilityTimeout.");
  }
  const auto seconds =
      bounded(in, "VisibilityTimeout", 0, 0, longest_hidden, "Must be between 0 and 43200.");
  const auto receipt = read_handle(found.record.arn, in);
  auto* message = found.queue.find(receipt.number);
  const auto now = context_.now();
  if (message == nullptr || message->receipt != receipt.receive || message->visible <= now) {
    throw invalid_value(
        "ReceiptHandle", in.text("ReceiptHandle"),
        "Message does not exist or is not available for visibility timeout change.");
  }
  const auto until = now + std::chrono::seconds(seconds);
  if (until > message->received + std::chrono::seconds(longest_hidden)) {
    throw invalid_value(
        "VisibilityTimeout", std::to_string(seconds),
        "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]");
  }
  message->visible = until;
  changed_.notify();
}

json::object Sqs::remove(const Call& call) {
  auto found = get(call.input);
  remove_one(found, call.input);
  return {};
}

json::object Sqs::remove_batch(const Call& call) {
  auto found = get(call.input);
  return for_each_entry(call.input,
                        {"Entries", "AWS.SimpleQueueService.", "DeleteMessageBatchRequestEntry"},
                        [&](const json::object& entry) {
                          remove_one(found, entry);
                          return json::object();
                        });
}

json::object Sqs::change_visibility(const Call& call) {
  auto found = get(call.input);
  change_one(found, call.input);
  return {};
}

json::object Sqs::change_visibility_batch(const Call& call) {
  auto found = get(call.input);
  return for_each_entry(
      call.input,
      {"Entries", "AWS.SimpleQueueService.", "ChangeMessageVisibilityBatchRequestEntry"},
      [&](const json::object& entry) {
        change_one(found, entry);
        return json::object();
      });
}

}  // namespace sim::messaging

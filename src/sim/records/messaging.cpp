// SNS topics and subscriptions, SQS queues. They exist and are refused; nothing is delivered.
// https://docs.aws.amazon.com/sns/latest/api/
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/core/words.hpp"
#include "sim/records/services.hpp"

namespace sim::records {

namespace {

constexpr std::string_view topic_attributes =
    "DisplayName FifoTopic ContentBasedDeduplication KmsMasterKeyId Policy DeliveryPolicy "
    "SignatureVersion TracingConfig ArchivePolicy FifoThroughputScope";
constexpr std::string_view subscription_attributes =
    "DeliveryPolicy FilterPolicy FilterPolicyScope RawMessageDelivery RedrivePolicy "
    "SubscriptionRoleArn ReplayPolicy";
constexpr std::string_view queue_attributes =
    "ContentBasedDeduplication DeduplicationScope DelaySeconds FifoQueue FifoThroughputLimit "
    "KmsDataKeyReusePeriodSeconds KmsMasterKeyId MaximumMessageSize MessageRetentionPeriod Policy "
    "ReceiveMessageWaitTimeSeconds RedriveAllowPolicy RedrivePolicy SqsManagedSseEnabled "
    "VisibilityTimeout";

// Moves what came as {"Attributes": {...}} to where the record shows it.
void flatten(std::string_view known, std::string_view code, json::object& members) {
  const auto* given = members.if_contains("Attributes");
  if (given == nullptr) return;
  const json::object attributes = given->as_object();
  members.erase("Attributes");
  for (const auto& one : attributes) {
    if (!base::contains(words_of(known), std::string(one.key()))) {
      throw Error(std::string(code),
                  fmt::format("Invalid parameter: Attributes Reason: Unknown attribute {}",
                              std::string(one.key())));
    }
    members[one.key()] = one.value();
  }
}

void check_policy(const json::object& members, std::string_view code) {
  const auto* policy = members.if_contains("Policy");
  if (policy == nullptr || !policy->is_string() || policy->get_string().empty()) return;
  json::error_code bad;
  const auto parsed = json::parse(policy->get_string(), bad);
  if (bad || !parsed.is_object() || !parsed.get_object().contains("Statement")) {
    throw Error(std::string(code), "Invalid parameter: Policy Error: null");
  }
}

// SNS ---------------------------------------------------------------------------------------------

void check_topic(Book&, const Call&, const Record* before, Record& topic) {
  flatten(topic_attributes, "InvalidParameter", topic.members);
  check_policy(topic.members, "InvalidParameter");
  const auto* fifo = topic.members.if_contains("FifoTopic");
  if (topic.id.ends_with(".fifo") != (fifo != nullptr && *fifo == "true")) {
    throw Error("InvalidParameter",
                "Invalid parameter: Topic Name: the names of FIFO topics, and no others, end with "
                ".fifo");
  }
  if (before == nullptr) return;
  for (const auto& member : topic.members) {
    const auto* old = before->members.if_contains(member.key());
    if (old == nullptr || *old != member.value()) {
      throw Error("InvalidParameter",
                  "Invalid parameter: Attributes Reason: Topic already exists with different "
                  "attributes");
    }
  }
  topic.members = before->members;
}

void check_subscription(Book&, const Call&, const Record*, Record& subscription) {
  flatten(subscription_attributes, "InvalidParameter", subscription.members);
  subscription.members.erase("ReturnSubscriptionArn");
  const auto protocol = subscription.members.at("Protocol").as_string();
  const auto* endpoint = subscription.members.if_contains("Endpoint");
  const std::string_view to = endpoint == nullptr ? "" : std::string_view(endpoint->as_string());
  const bool fits = protocol == "https"             ? to.starts_with("https://")
                    : protocol == "http"            ? to.starts_with("http://")
                    : protocol.starts_with("email") ? to.contains('@')
                    : protocol == "sms"             ? !to.empty()
                                                    : to.starts_with("arn:");
  if (!fits) throw Error("InvalidParameter", fmt::format("Invalid parameter: {} Endpoint", to));
}

void end_topic(Book& book, Record& topic) {
  std::vector<std::string> ids;
  for (const auto& [id, one] : book.all("subscription")) {
    if (one.members.at("TopicArn") == json::value(topic.arn)) ids.push_back(id);
  }
  for (const auto& id : ids) book.erase("subscription", id);
}

// Set...Attributes: one attribute by name.
void add_setter(Book& book, std::string_view action, std::string_view type,
                std::string_view identifier, std::string_view known) {
  book.add(action, type, identifier,
           at_once([&book, type, identifier, known](const Call& call) -> json::object {
             const Fields in(call.input, "InvalidParameter");
             auto& record = book.get(type, in.required(identifier));
             const auto name = in.required("AttributeName");
             if (!base::contains(words_of(known), name)) {
               throw Error("InvalidParameter", "Invalid parameter: AttributeName");
             }
             json::object after = record.members;
             after[name] = in.text("AttributeValue");
             check_policy(after, "InvalidParameter");
             record.members = std::move(after);
             return {};
           }));
}

// SQS ---------------------------------------------------------------------------------------------

void check_queue(Book& book, const Call&, const Record* before, Record& queue) {
  constexpr std::string_view code = "InvalidAttributeName";
  flatten(queue_attributes, code, queue.members);
  check_policy(queue.members, "InvalidAttributeValue");
  const auto* fifo = queue.members.if_contains("FifoQueue");
  if (queue.id.ends_with(".fifo") != (fifo != nullptr && *fifo == "true")) {
    throw book.invalid(
        "The name of a FIFO queue can only include alphanumeric characters, "
        "hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in "
        "length.");
  }
  if (before == nullptr) return;
  if (before->leaves) {
    throw Error("AWS.SimpleQueueService.QueueDeletedRecently",
                "You must wait 60 seconds after deleting a queue before you can create another "
                "with the same name.");
  }
  for (const auto& member : queue.members) {
    const auto* old = before->members.if_contains(member.key());
    if (old == nullptr || *old != member.value()) {
      throw Error("QueueAlreadyExists",
                  "A queue already exists with the same name and a different value for attribute " +
                      std::string(member.key()));
    }
  }
  queue.members = before->members;
}

json::object queue_url(Book& book, const Call& call) {
  const auto name = Fields(call.input, "MissingParameter").required("QueueName");
  for (const auto& [id, queue] : book.all("queue")) {
    if (queue.members.at("QueueName") == json::value(name) && !queue.leaves) {
      return {{"QueueUrl", id}};
    }
  }
  throw Error("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.");
}

json::object queue_attributes_of(Book& book, const Call& call) {
  const Fields in(call.input, "MissingParameter");
  const auto& queue = book.get("queue", in.required("QueueUrl"));
  json::object attributes = queue.members;
  attributes.erase("QueueUrl");
  attributes.erase("QueueName");
  attributes["QueueArn"] = queue.arn;
  return {{"Attributes", std::move(attributes)}};
}

json::object set_queue_attributes(Book& book, const Call& call) {
  const Fields in(call.input, "MissingParameter");
  auto& queue = book.get("queue", in.required("QueueUrl"));
  json::object after = queue.members;
  after["Attributes"] = in.object("Attributes");
  flatten(queue_attributes, "InvalidAttributeName", after);
  check_policy(after, "InvalidAttributeValue");
  queue.members = std::move(after);
  return {};
}

}  // namespace

BookPointer sns(const Context& context, Caller& caller) {
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "sns",
            .prefix = "sns",
            .invalid = "InvalidParameter",
            .query = true,
            .tags = TagWords{}},
      std::vector<Type>{
          {.name = "topic",
           .create = "CreateTopic",
           .describe = "GetTopicAttributes",
           .remove = "DeleteTopic",
           .members = "Name! Attributes:map Tags:tags",
           .identifier = "TopicArn",
           .id = "{Name}",
           .arn = "{Name}",
           .shows = "TopicArn={arn} Owner={account}",
           .list = "Attributes",
           .returns = "TopicArn",
           .missing = "NotFound|Topic does not exist|404",
           .put = true,
           .gone_is_fine = true,
           .check = check_topic,
           .ended = end_topic},
          {.name = "subscription",
           .create = "Subscribe",
           .describe = "GetSubscriptionAttributes",
           .remove = "Unsubscribe",
           .members = "TopicArn!:@topic Endpoint Attributes:map ReturnSubscriptionArn:flag "
                      "Protocol!:http|https|email|email-json|sms|sqs|application|lambda|firehose",
           .identifier = "SubscriptionArn",
           .id = "{uuid}",
           .arn = "{TopicArn}:{id}",
           .shows = "SubscriptionArn={arn} Owner={account}",
           .list = "Attributes",
           .returns = "SubscriptionArn",
           .missing = "NotFound|Subscription does not exist|404",
           .check = check_subscription}});
  add_setter(*book, "SetTopicAttributes", "topic", "TopicArn", topic_attributes);
  add_setter(*book, "SetSubscriptionAttributes", "subscription", "SubscriptionArn",
             subscription_attributes);
  return book;
}

BookPointer sqs(const Context& context, Caller& caller, const Knobs& knobs) {
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "sqs",
            .prefix = "sqs",
            .invalid = "InvalidParameterValue",
            .query = true,
            .tags = TagWords{.add = "TagQueue",
                             .remove = "UntagQueue",
                             .list = "ListQueueTags",
                             .arn = "QueueUrl",
                             .as_map = true}},
      std::vector<Type>{
          {.name = "queue",
           .create = "CreateQueue",
           .remove = "DeleteQueue",
           .members = "QueueName! Attributes:map tags:tags",
           .identifier = "QueueUrl",
           .id = "https://sqs.{region}.amazonaws.com/{account}/{QueueName}",
           .arn = "{QueueName}",
           .shows = "QueueUrl={id}",
           .returns = "QueueUrl",
           .missing = "AWS.SimpleQueueService.NonExistentQueue|The specified queue does not exist.",
           .put = true,
           .deleting = knobs.queue_leaves,
           .check = check_queue}});
  add(*book, "GetQueueUrl", "queue", "QueueUrl", queue_url);
  add(*book, "GetQueueAttributes", "queue", "QueueUrl", queue_attributes_of);
  add(*book, "SetQueueAttributes", "queue", "QueueUrl", set_queue_attributes);
  return book;
}

}  // namespace sim::records

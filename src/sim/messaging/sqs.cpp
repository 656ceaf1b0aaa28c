// Queues as things: created, described, changed, purged.
#include "sim/messaging/sqs.hpp"

#include <fmt/format.h>

#include "base/contains.hpp"
#include "sim/core/fields.hpp"
#include "sim/messaging/pages.hpp"
#include "sim/messaging/queue_attributes.hpp"

namespace sim::messaging {

namespace {

using records::Record;

constexpr std::string_view name_of_service = "AWS.SimpleQueueService.";
constexpr base::Duration purge_interval = std::chrono::seconds(60);

std::string prefixed(std::string_view code) {
  return std::string(name_of_service) + std::string(code);
}

records::Words words() {
  return {.name = "sqs",
          .prefix = "sqs",
          .invalid = "InvalidParameterValue",
          .query = true,
          .tags = records::TagWords{.add = "TagQueue",
                                    .remove = "UntagQueue",
                                    .list = "ListQueueTags",
                                    .arn = "QueueUrl",
                                    .as_map = true}};
}

// AWS looks at the end of a URL only; whatever host a client reached it by.
std::string url_meant(const records::Book& book, std::string_view given) {
  const auto name = given.substr(given.rfind('/') + 1);
  const auto& context = book.context();
  const auto tail = fmt::format("/{}/{}", context.account, name);
  if (!given.ends_with(tail)) return std::string(given);
  return fmt::format("https://sqs.{}.amazonaws.com{}", context.region, tail);
}

void check_name(const std::string& name, bool fifo) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  const auto stem =
      fifo ? name.substr(0, name.size() - std::min<std::size_t>(name.size(), 5)) : name;
  const bool good =
      !stem.empty() && name.size() <= 80 && stem.find_first_not_of(allowed) == std::string::npos;
  if (fifo && (!good || !name.ends_with(".fifo"))) {
    throw Error("InvalidParameterValue",
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or "
                "underscores, must end with .fifo suffix and be 1 to 80 in length.");
  }
  if (good) return;
  throw Error("InvalidParameterValue",
              "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in "
              "length");
}

}  // namespace

Sqs::Sqs(const Context& context, Caller& caller, const iam::Iam& iam, Knobs knobs)
    : context_(context),
      iam_(iam),
      knobs_(knobs),
      random_(context.random("sqs")),
      book_(context, caller, words(),
            {{.name = "queue",
              .create = "CreateQueue",
              .remove = "DeleteQueue",
              .members = "QueueName! Attributes:map tags:tags",
              .identifier = "QueueUrl",
              .id = "https://sqs.{region}.amazonaws.com/{account}/{QueueName}",
              .arn = "{QueueName}",
              .shows = "QueueUrl={id}",
              .returns = "QueueUrl",
              .missing =
                  "AWS.SimpleQueueService.NonExistentQueue|The specified queue does not exist.",
              .put = true,
              .deleting = knobs.queue_leaves,
              .meant = url_meant,
              .check = [this](records::Book&, const Call&, const Record* before,
                              Record& queue) { check_queue(before, queue); },
              .ended =
                  [this](records::Book&, Record& queue) {
                    queues_.erase(queue.id);
                    purged_.erase(queue.id);
                  }}}) {
  add("GetQueueUrl", &Sqs::get_url);
  add("GetQueueAttributes", &Sqs::get_attributes);
  add("SetQueueAttributes", &Sqs::set_attributes);
  add("ListQueues", &Sqs::list);
  add("ListDeadLetterSourceQueues", &Sqs::list_sources);
  add("PurgeQueue", &Sqs::purge);
  add("SendMessage", &Sqs::send);
  add("SendMessageBatch", &Sqs::send_batch, "SendMessage");
  add("DeleteMessage", &Sqs::remove);
  add("DeleteMessageBatch", &Sqs::remove_batch, "DeleteMessage");
  add("ChangeMessageVisibility", &Sqs::change_visibility);
  add("ChangeMessageVisibilityBatch", &Sqs::change_visibility_batch, "ChangeMessageVisibility");
  book_.add("ReceiveMessage", "queue", "QueueUrl",
            [this](Call call) { return receive(std::move(call)); });
}

void Sqs::add(std::string_view action, json::object (Sqs::*run)(const Call&),
              std::string_view permission) {
  book_.add(action, "queue", action == "ListQueues" ? "" : "QueueUrl",
            at_once([this, run](const Call& call) { return (this->*run)(call); }), permission);
}

std::optional<std::string> Sqs::policy_for(const std::string& arn) {
  const auto* queue = book_.find("queue", arn);
  const auto* policy = queue == nullptr ? nullptr : queue->members.if_contains("Policy");
  if (policy == nullptr) return std::nullopt;
  return std::string(policy->as_string());
}

Sqs::Found Sqs::get(const json::object& input) {
  const auto url = Fields(input, "MissingParameter").required("QueueUrl");
  if (url.starts_with("arn:")) {
    throw Error("InvalidAddress",
                fmt::format("The address {} is not valid for this endpoint.", url), 404);
  }
  return open(book_.get("queue", url));
}

Sqs::Found Sqs::open(Record& record) {
  return {record, queues_[record.id], rules_of(record.members)};
}

void Sqs::check_queue(const Record* before, Record& queue) {
  json::object given;
  if (const auto* attributes = queue.members.if_contains("Attributes")) {
    given = attributes->as_object();
  }
  queue.members.erase("Attributes");
  take_queue_attributes(given, queue.members);
  const auto name = records::text_of(queue.members, "QueueName");
  check_name(name, is_set(queue.members, "FifoQueue"));
  check_redrive(queue);
  iam_.check_policy(records::text_of(queue.members, "Policy"), "InvalidAttributeValue",
                    "Invalid value for the parameter Policy.");
  if (before == nullptr) {
    queue.members = with_defaults(std::move(queue.members));
    queue.hidden["modified"] = base::unix_milliseconds(context_.now()) / 1000;
    return;
  }
  if (before->leaves) {
    throw Error(prefixed("QueueDeletedRecently"),
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

void Sqs::check_redrive(const Record& queue) {
  const auto redrive = redrive_of(queue.members);
  if (!redrive) return;
  const auto refuse = [&](const char* reason) {
    return invalid_value("RedrivePolicy", records::text_of(queue.members, "RedrivePolicy"), reason);
  };
  const auto* target = book_.find("queue", redrive->target);
  if (target == nullptr) throw refuse("Dead letter target does not exist.");
  if (is_set(target->members, "FifoQueue") != is_set(queue.members, "FifoQueue")) {
    throw refuse("Dead-letter queue must be same type of queue as the source.");
  }
  if (!accepts_redrive(target->members, queue.arn)) {
    throw refuse(
        "Queue is not allowed as a source by the dead-letter queue's redrive allow policy.");
  }
}

json::object Sqs::get_url(const Call& call) {
  const Fields in(call.input, "MissingParameter");
  const auto name = in.required("QueueName");
  const auto owner = in.text("QueueOwnerAWSAccountId", context_.account);
  for (const auto& [id, queue] : book_.all("queue")) {
    if (queue.members.at("QueueName") == json::value(name) && !queue.leaves &&
        owner == context_.account) {
      return {{"QueueUrl", id}};
    }
  }
  throw Error(prefixed("NonExistentQueue"), "The specified queue does not exist.");
}

json::object Sqs::attributes_of(const Found& found) {
  json::object all = found.record.members;
  all.erase("QueueUrl");
  all.erase("QueueName");
  all["QueueArn"] = found.record.arn;
  all["CreatedTimestamp"] = std::to_string(base::unix_milliseconds(found.record.created) / 1000);
  all["LastModifiedTimestamp"] = json::serialize(found.record.hidden.at("modified"));
  const auto counts = found.queue.counts(found.rules, context_.now());
  all["ApproximateNumberOfMessages"] = std::to_string(counts.visible);
  all["ApproximateNumberOfMessagesNotVisible"] = std::to_string(counts.in_flight);
  all["ApproximateNumberOfMessagesDelayed"] = std::to_string(counts.delayed);
  return all;
}

json::object Sqs::get_attributes(const Call& call) {
  const auto all = attributes_of(get(call.input));
  json::object wanted;
  for (const auto& name : Fields(call.input).texts("AttributeNames")) {
    if (name == "All") {
      wanted = all;
    } else if (const auto* value = all.if_contains(name)) {
      wanted[name] = *value;
    } else if (!is_queue_attribute(name)) {
      throw Error("InvalidAttributeName", fmt::format("Unknown Attribute {}.", name));
    }
  }
  if (wanted.empty()) return {};
  return {{"Attributes", std::move(wanted)}};
}

json::object Sqs::set_attributes(const Call& call) {
  const auto found = get(call.input);
  const auto& given = Fields(call.input).object("Attributes");
  Record after = found.record;
  take_queue_attributes(given, after.members);
  if (is_set(after.members, "FifoQueue") != found.rules.fifo) {
    throw Error("InvalidAttributeValue", "Invalid value for the parameter FifoQueue.");
  }
  if (given.contains("RedrivePolicy")) check_redrive(after);
  iam_.check_policy(records::text_of(after.members, "Policy"), "InvalidAttributeValue",
                    "Invalid value for the parameter Policy.");
  after.hidden["modified"] = base::unix_milliseconds(context_.now()) / 1000;
  found.record = std::move(after);
  changed_.notify();
  return {};
}

json::object Sqs::list(const Call& call) {
  const auto prefix = Fields(call.input).text("QueueNamePrefix");
  json::array urls;
  for (const auto& [id, queue] : book_.all("queue")) {
    if (queue.leaves || !records::text_of(queue.members, "QueueName").starts_with(prefix)) continue;
    urls.emplace_back(id);
  }
  return page_of(call.input, "QueueUrls", std::move(urls));
}

json::object Sqs::list_sources(const Call& call) {
  const auto target = get(call.input).record.arn;
  json::array urls;
  for (const auto& [id, queue] : book_.all("queue")) {
    const auto redrive = redrive_of(queue.members);
    if (!queue.leaves && redrive && redrive->target == target) urls.emplace_back(id);
  }
  return page_of(call.input, "queueUrls", std::move(urls));
}

json::object Sqs::purge(const Call& call) {
  const auto found = get(call.input);
  const auto last = purged_.find(found.record.id);
  if (last != purged_.end() && last->second + purge_interval > context_.now()) {
    throw Error(prefixed("PurgeQueueInProgress"),
                fmt::format("Only one PurgeQueue operation on {} is allowed every 60 seconds.",
                            records::text_of(found.record.members, "QueueName")),
                403);
  }
  purged_[found.record.id] = context_.now();
  found.queue.purge();
  return {};
}

}  // namespace sim::messaging

// Subscriptions: what they may be, who must confirm them, how they are listed.
// https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/words.hpp"
#include "sim/messaging/filter_policy.hpp"
#include "sim/messaging/pages.hpp"
#include "sim/messaging/queue_attributes.hpp"
#include "sim/messaging/sns.hpp"
#include "sim/messaging/topic_attributes.hpp"

namespace sim::messaging {

namespace {

using records::Record;
using records::text_of;

constexpr std::string_view subscription_attributes =
    "DeliveryPolicy FilterPolicy FilterPolicyScope RawMessageDelivery RedrivePolicy "
    "SubscriptionRoleArn";
// Protocols whose endpoints must confirm, and those that do not exist here at all.
constexpr std::string_view to_be_confirmed = "http https email email-json";
constexpr std::string_view absent_protocols = "sms application firehose";
// [C] Unconfirmed subscriptions go after 48 hours:
// https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
constexpr base::Duration unconfirmed_for = std::chrono::hours(48);

bool fits(std::string_view protocol, std::string_view endpoint) {
  if (protocol == "https") return endpoint.starts_with("https://");
  if (protocol == "http") return endpoint.starts_with("http://");
  if (protocol.starts_with("email")) return endpoint.contains('@');
  return endpoint.starts_with("arn:") && words_of(endpoint, ':').size() >= 6 &&
         endpoint.contains(fmt::format(":{}:", protocol));
}

void check_attributes(const json::object& members) {
  if (const auto policy = text_of(members, "FilterPolicy"); !policy.empty()) {
    check_filter_policy(policy);
  }
  const auto scope = text_of(members, "FilterPolicyScope");
  if (!scope.empty() && scope != "MessageAttributes" && scope != "MessageBody") {
    throw invalid_parameter("FilterPolicyScope: Invalid value [" + scope +
                            "]. Please use either MessageBody or MessageAttributes");
  }
  const auto raw = text_of(members, "RawMessageDelivery");
  if (!raw.empty() && raw != "true" && raw != "false") {
    throw invalid_parameter("Attributes Reason: RawMessageDelivery: Invalid value [" + raw +
                            "]. Must be true or false.");
  }
  if (const auto policy = text_of(members, "RedrivePolicy"); !policy.empty()) {
    json::error_code bad;
    const auto parsed = json::parse(policy, bad);
    if (bad || !parsed.is_object() ||
        !fits("sqs", text_of(parsed.get_object(), "deadLetterTargetArn"))) {
      throw invalid_parameter("RedrivePolicy: deadLetterTargetArn is an invalid arn");
    }
  }
}

bool is_pending(const Record& subscription) {
  return is_set(subscription.members, "PendingConfirmation");
}

}  // namespace

void Sns::check_subscription(const Record* before, Record& subscription) {
  auto& members = subscription.members;
  flatten(subscription_attributes, members);
  members.erase("ReturnSubscriptionArn");
  const auto protocol = text_of(members, "Protocol"), endpoint = text_of(members, "Endpoint");
  if (base::contains(words_of(absent_protocols), protocol)) {
    throw Error(
        "NotImplemented",
        fmt::format("The embedded AWS has no subscriptions with the protocol {}.", protocol), 501);
  }
  if (!fits(protocol, endpoint)) throw invalid_parameter(endpoint + " Endpoint");
  check_attributes(members);
  const bool fifo = text_of(members, "TopicArn").ends_with(".fifo");
  if (!fifo && endpoint.ends_with(".fifo")) {
    throw invalid_parameter(
        "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS "
        "topics");
  }
  if (fifo && protocol != "sqs") {
    throw invalid_parameter("Invalid parameter: Endpoint Reason: Please use FIFO SQS queue");
  }
  if (before != nullptr) {
    for (const auto& one : members) {
      const auto* old = before->members.if_contains(one.key());
      if (old == nullptr || *old != one.value()) {
        throw invalid_parameter(
            "Attributes Reason: Subscription already exists with different attributes");
      }
    }
    members = before->members;
    return;
  }
  const bool pending = base::contains(words_of(to_be_confirmed), protocol);
  members["PendingConfirmation"] = pending ? "true" : "false";
  members["ConfirmationWasAuthenticated"] = pending ? "false" : "true";
  if (!members.contains("RawMessageDelivery")) members["RawMessageDelivery"] = "false";
  if (members.contains("FilterPolicy") && !members.contains("FilterPolicyScope")) {
    members["FilterPolicyScope"] = "MessageAttributes";
  }
}

Task<json::object> Sns::subscribe(std::function<Task<json::object>(Call)> create, Call call) {
  forget_unconfirmed();
  const bool by_name = Fields(call.input).flag("ReturnSubscriptionArn");
  auto output = co_await create(std::move(call));
  const auto* made = book_.find("subscription", text_of(output, "SubscriptionArn"));
  if (!by_name && made != nullptr && is_pending(*made)) {
    output["SubscriptionArn"] = "pending confirmation";
  }
  co_return output;
}

void Sns::forget_unconfirmed() {
  std::erase_if(book_.all("subscription"), [&](const auto& one) {
    return is_pending(one.second) && one.second.created + unconfirmed_for <= context_.now();
  });
}

// The tokens go to endpoints that nobody reads here.
json::object Sns::confirm(const Call& call) {
  const Fields in(call.input, "InvalidParameter");
  book_.get("topic", in.required("TopicArn"));
  in.required("Token");
  throw invalid_parameter("Token");
}

json::object Sns::set_subscription(const Call& call) {
  const Fields in(call.input, "InvalidParameter");
  auto& subscription = book_.get("subscription", in.required("SubscriptionArn"));
  const auto name = in.required("AttributeName");
  if (!is_topic_attribute(subscription_attributes, name)) {
    throw invalid_parameter("AttributeName");
  }
  json::object after = subscription.members;
  const auto value = in.text("AttributeValue");
  if (value.empty() || (name == "FilterPolicy" && value == "{}")) {
    after.erase(name);
  } else {
    after[name] = value;
  }
  if (name == "FilterPolicy" && after.contains(name) && !after.contains("FilterPolicyScope")) {
    after["FilterPolicyScope"] = "MessageAttributes";
  }
  check_attributes(after);
  subscription.members = std::move(after);
  return {};
}

json::object Sns::list_subscriptions(const Call& call) {
  const auto topic = Fields(call.input).text("TopicArn");
  if (!topic.empty()) book_.get("topic", topic);
  forget_unconfirmed();
  json::array all;
  for (const auto& [id, one] : book_.all("subscription")) {
    if (!topic.empty() && text_of(one.members, "TopicArn") != topic) continue;
    json::object view;
    for (const auto* name : {"Owner", "Protocol", "Endpoint", "TopicArn"}) {
      view[name] = text_of(one.members, name);
    }
    view["SubscriptionArn"] = is_pending(one) ? "PendingConfirmation" : one.arn;
    all.emplace_back(std::move(view));
  }
  return page_of(call.input, "Subscriptions", std::move(all), 100);
}

}  // namespace sim::messaging

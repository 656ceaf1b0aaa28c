// Topics as things, and all that SNS does.
#include "sim/messaging/sns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "sim/core/fields.hpp"
#include "sim/core/words.hpp"
#include "sim/messaging/pages.hpp"
#include "sim/messaging/queue_attributes.hpp"
#include "sim/messaging/topic_attributes.hpp"

namespace sim::messaging {

namespace {

using records::Record;
using records::text_of;

constexpr std::string_view topic_attributes =
    "DisplayName FifoTopic ContentBasedDeduplication KmsMasterKeyId Policy DeliveryPolicy "
    "SignatureVersion TracingConfig FifoThroughputScope";

void check_topic(const Call&, const Record* before, Record& topic) {
  flatten(topic_attributes, topic.members);
  iam::Iam::check_policy(text_of(topic.members, "Policy"), "InvalidParameter",
                         "Invalid parameter: Policy Error: null");
  if (topic.id.ends_with(".fifo") != is_set(topic.members, "FifoTopic")) {
    throw invalid_parameter("Topic Name: the names of FIFO topics, and no others, end with .fifo");
  }
  if (before == nullptr) return;
  for (const auto& member : topic.members) {
    const auto* old = before->members.if_contains(member.key());
    if (old == nullptr || *old != member.value()) {
      throw invalid_parameter("Attributes Reason: Topic already exists with different attributes");
    }
  }
  topic.members = before->members;
}

// The subscription that the endpoint has to this topic already, or a new one's id.
Task<void> choose_id(records::Book& book, const Call&, json::object& members) {
  const auto is_same = [&](const auto& one) {
    return std::ranges::all_of(std::array{"TopicArn", "Protocol", "Endpoint"},
                               [&](const char* name) {
                                 return text_of(one.second.members, name) == text_of(members, name);
                               });
  };
  const auto& all = book.all("subscription");
  const auto same = std::ranges::find_if(all, is_same);
  members["Id"] = same == all.end() ? book.chance().uuid() : same->first;
  co_return;
}

std::vector<records::Type> types() {
  return {{.name = "topic",
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
           .gone_is_fine = true},
          {.name = "subscription",
           .create = "Subscribe",
           .describe = "GetSubscriptionAttributes",
           .remove = "Unsubscribe",
           .members = "TopicArn!:@topic Endpoint Attributes:map ReturnSubscriptionArn:flag "
                      "Protocol!:http|https|email|email-json|sms|sqs|application|lambda|firehose",
           .identifier = "SubscriptionArn",
           .id = "{Id}",
           .arn = "{TopicArn}:{Id}",
           .shows = "SubscriptionArn={arn} Owner={account}",
           .list = "Attributes",
           .returns = "SubscriptionArn",
           .missing = "NotFound|Subscription does not exist|404",
           .put = true,
           .inquire = choose_id}};
}

}  // namespace

Sns::Sns(const Context& context, Caller& caller, const iam::Iam& iam, Knobs knobs)
    : context_(context),
      caller_(caller),
      iam_(iam),
      knobs_(knobs),
      random_(context.random("sns")),
      sender_("AIDA" + random_.hex(17)),
      book_(context, caller,
            {.name = "sns",
             .prefix = "sns",
             .invalid = "InvalidParameter",
             .query = true,
             .tags = records::TagWords{}},
            [this] {
              auto all = types();
              all[0].check = [](records::Book&, const Call& call, const Record* before,
                                Record& topic) { check_topic(call, before, topic); };
              all[0].ended = [](records::Book& book, Record& topic) {
                std::erase_if(book.all("subscription"), [&](const auto& one) {
                  return text_of(one.second.members, "TopicArn") == topic.arn;
                });
              };
              all[0].view = [this](records::Book&, const Record& topic, json::object& view) {
                show_topic(topic, view);
              };
              all[1].check = [this](records::Book&, const Call&, const Record* before,
                                    Record& subscription) {
                check_subscription(before, subscription);
              };
              all[1].view = [](records::Book&, const Record&, json::object& view) {
                view.erase("Id");
              };
              return all;
            }()) {
  std::ranges::transform(sender_, sender_.begin(),
                         [](unsigned char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  book_.add("Subscribe", "topic", "TopicArn",
            [this, create = book_.operations().at("Subscribe").run](Call call) {
              return subscribe(create, std::move(call));
            });
  add("ConfirmSubscription", "topic", "TopicArn", &Sns::confirm);
  add("SetTopicAttributes", "topic", "TopicArn", &Sns::set_topic);
  add("SetSubscriptionAttributes", "subscription", "SubscriptionArn", &Sns::set_subscription);
  add("ListTopics", "topic", "", &Sns::list_topics);
  add("ListSubscriptions", "subscription", "", &Sns::list_subscriptions);
  add("ListSubscriptionsByTopic", "topic", "TopicArn", &Sns::list_subscriptions);
  add("Publish", "topic", "TopicArn", &Sns::publish);
  add("PublishBatch", "topic", "TopicArn", &Sns::publish_batch, "Publish");
}

void Sns::add(std::string_view action, std::string_view about, std::string_view identifier,
              json::object (Sns::*run)(const Call&), std::string_view permission) {
  book_.add(action, about, identifier,
            at_once([this, run](const Call& call) { return (this->*run)(call); }), permission);
}

std::optional<std::string> Sns::policy_for(const std::string& arn) {
  const auto* topic = book_.find("topic", arn);
  const auto* policy = topic == nullptr ? nullptr : topic->members.if_contains("Policy");
  if (policy == nullptr) return std::nullopt;
  return std::string(policy->as_string());
}

// What AWS gives a topic that is given none: its account's resources, and services that act for
// them, may use it. https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
std::string Sns::default_policy(const std::string& topic_arn) const {
  return fmt::format(
      R"({{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{{"Sid":)"
      R"("__default_statement_ID","Effect":"Allow","Principal":{{"AWS":"*"}},"Action":[)"
      R"("SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission",)"
      R"("SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic",)"
      R"("SNS:Publish"],"Resource":"{}","Condition":{{"StringEquals":{{"AWS:SourceOwner":"{}"}}}}}}]}})",
      topic_arn, context_.account);
}

void Sns::show_topic(const Record& topic, json::object& view) {
  view.erase("Name");
  if (!view.contains("Policy")) view["Policy"] = default_policy(topic.arn);
  if (!view.contains("DisplayName")) view["DisplayName"] = "";
  int pending = 0, confirmed = 0;
  forget_unconfirmed();
  for (const auto& [id, one] : book_.all("subscription")) {
    if (text_of(one.members, "TopicArn") == topic.arn)
      ++(is_set(one.members, "PendingConfirmation") ? pending : confirmed);
  }
  view["SubscriptionsConfirmed"] = std::to_string(confirmed);
  view["SubscriptionsPending"] = std::to_string(pending);
  view["SubscriptionsDeleted"] = "0";
}

json::object Sns::set_topic(const Call& call) {
  const Fields in(call.input, "InvalidParameter");
  auto& topic = book_.get("topic", in.required("TopicArn"));
  const auto name = in.required("AttributeName");
  if (!is_topic_attribute(topic_attributes, name) || name == "FifoTopic") {
    throw invalid_parameter("AttributeName");
  }
  const auto value = in.text("AttributeValue");
  if (name == "Policy") {
    iam::Iam::check_policy(value, "InvalidParameter", "Invalid parameter: Policy Error: null");
  }
  if (value.empty()) {
    topic.members.erase(name);
  } else {
    topic.members[name] = value;
  }
  return {};
}

json::object Sns::list_topics(const Call& call) {
  json::array topics;
  for (const auto& [id, topic] : book_.all("topic")) {
    topics.emplace_back(json::object{{"TopicArn", topic.arn}});
  }
  return page_of(call.input, "Topics", std::move(topics), 100);
}

}  // namespace sim::messaging

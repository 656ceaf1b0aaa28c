// SNS of the embedded AWS: topics, subscriptions, and the delivery of what is published.
// https://docs.aws.amazon.com/sns/latest/api/
//
// Queues and functions receive. Subscriptions by e-mail and HTTP wait for a confirmation that
// nobody here can give, so nothing is ever delivered to them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/iam/iam.hpp"
#include "sim/messaging/knobs.hpp"
#include "sim/messaging/notification.hpp"
#include "sim/records/records.hpp"

namespace sim::messaging {

class Sns {
 public:
  // `caller` and `iam` must outlive this.
  Sns(const Context& context, Caller& caller, const iam::Iam& iam, Knobs knobs = {});
  Sns(const Sns&) = delete;
  Sns& operator=(const Sns&) = delete;

  Service& service() { return book_; }
  // The policy that was given to the topic with this ARN; nothing without one.
  std::optional<std::string> policy_for(const std::string& arn);

 private:
  // A subscription as it was when something was published.
  struct Target {
    std::string subscription, protocol, endpoint, dead_letters;
    bool raw = false;
  };
  struct Recent {
    base::Instant at;
    std::string id, sequence;
  };

  // sns.cpp
  Task<json::object> subscribe(std::function<Task<json::object>(Call)> create, Call call);
  void check_subscription(const records::Record* before, records::Record& subscription);
  json::object confirm(const Call& call);
  json::object set_topic(const Call& call);
  json::object set_subscription(const Call& call);
  json::object list_topics(const Call& call);
  json::object list_subscriptions(const Call& call);
  void show_topic(const records::Record& topic, json::object& view);
  void forget_unconfirmed();
  std::string default_policy(const std::string& topic_arn) const;

  // publish.cpp
  json::object publish(const Call& call);
  json::object publish_batch(const Call& call);
  json::object publish_one(const records::Record& topic, const json::object& input);
  void check_service(const records::Record& topic, const Principal& caller) const;
  bool is_repeated(const records::Record& topic, Notification& notification);
  std::vector<Target> targets_of(const records::Record& topic, const Notification& notification);
  Task<void> deliver(Notification notification, std::vector<Target> targets);
  Task<bool> hand_over(Notification notification, Target target);

  void add(std::string_view action, std::string_view about, std::string_view identifier,
           json::object (Sns::*run)(const Call&), std::string_view permission = {});

  Context context_;
  Caller& caller_;
  const iam::Iam& iam_;
  Knobs knobs_;
  base::SeededRandom random_;
  std::string sender_;  // as whom SNS is the sender of messages in queues
  records::Book book_;
  // FIFO topics: what was published within the last minutes, by topic and deduplication id.
  std::map<std::string, Recent> recent_;
  std::uint64_t next_sequence_ = 1;
};

}  // namespace sim::messaging

// SQS of the embedded AWS: queues, and the messages in them.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
//
// Input and output are those of its JSON protocol, binary values in base64.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "sim/iam/iam.hpp"
#include "sim/messaging/knobs.hpp"
#include "sim/messaging/queue.hpp"
#include "sim/records/records.hpp"

namespace sim::messaging {

class Sqs {
 public:
  // `caller` and `iam` must outlive this.
  Sqs(const Context& context, Caller& caller, const iam::Iam& iam, Knobs knobs = {});
  Sqs(const Sqs&) = delete;
  Sqs& operator=(const Sqs&) = delete;

  Service& service() { return book_; }
  // Whose keys' policies say which of AWS's services may send to queues that are encrypted with
  // them. Before that, none may.
  void set_keys(records::Book& kms) { kms_ = &kms; }
  // The policy of the queue with this ARN; nothing without one.
  std::optional<std::string> policy_for(const std::string& arn);

 private:
  // One queue with its messages, until the next co_await.
  struct Found {
    records::Record& record;
    Queue& queue;
    Queue::Rules rules;
  };
  Found get(const json::object& input);  // by its QueueUrl. Throws NonExistentQueue.
  Found open(records::Record& record);

  // sqs.cpp
  void check_queue(const records::Record* before, records::Record& queue);
  void check_redrive(const records::Record& queue);
  json::object get_url(const Call& call);
  json::object get_attributes(const Call& call);
  json::object set_attributes(const Call& call);
  json::object list(const Call& call);
  json::object list_sources(const Call& call);
  json::object purge(const Call& call);
  json::object attributes_of(const Found& found);

  // send.cpp
  json::object send(const Call& call);
  json::object send_batch(const Call& call);
  json::object send_one(Found& found, const json::object& input, const Principal& sender);
  Message read_message(const Found& found, const json::object& input, const Principal& sender);
  void check_service(const Found& found, const Principal& caller) const;
  bool key_lets(const Principal& caller, const std::string& key) const;

  // receive.cpp
  Task<json::object> receive(Call call);
  json::array take(Found& found, const Call& call, std::size_t most, bool short_poll);
  void bury(const Found& from, std::vector<Message> dead);
  json::object remove(const Call& call);
  json::object remove_batch(const Call& call);
  json::object change_visibility(const Call& call);
  json::object change_visibility_batch(const Call& call);
  void remove_one(Found& found, const json::object& input);
  void change_one(Found& found, const json::object& input);

  void add(std::string_view action, json::object (Sqs::*run)(const Call&),
           std::string_view permission = {});

  Context context_;
  const iam::Iam& iam_;
  Knobs knobs_;
  base::SeededRandom random_;
  records::Book book_;
  records::Book* kms_ = nullptr;
  std::map<std::string, Queue> queues_;          // by URL; gone with their records
  std::map<std::string, base::Instant> purged_;  // when, by URL
  base::Signal changed_;                         // a message has come, in whichever queue
};

}  // namespace sim::messaging

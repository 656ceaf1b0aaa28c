// The messages of one queue: who may see which when. Knows no clock and no protocol: every function
// is told the time. What is too old goes before anything else happens, so a queue never holds more
// than what was sent within its retention period.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "sim/messaging/message.hpp"

namespace sim::messaging {

// Of queues and of topics alike.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html
// https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html
constexpr base::Duration deduplication_interval = std::chrono::minutes(5);

struct Message {
  std::string id, body;
  Attributes attributes = {};
  std::string group = {}, deduplication = {};  // FIFO; standard queues may have groups
  std::string sender = {}, trace = {};         // SenderId, AWSTraceHeader
  std::string source = {};                     // the queue it comes from, in a dead-letter queue
  base::Instant sent{}, visible{};             // nobody sees it before `visible`
  std::optional<base::Instant> first_received = {};
  base::Instant received{};  // last
  int receives = 0;
  std::uint64_t receipt = 0;  // of the last receive; 0: none
};

// How many, as GetQueueAttributes tells it.
struct Counts {
  int visible = 0, in_flight = 0, delayed = 0;
};

// Of a place in a FIFO queue: 20 digits that grow.
std::string sequence_number(std::uint64_t place);

class Queue {
 public:
  // Of its attributes, what matters to its messages.
  struct Rules {
    bool fifo = false;
    bool deduplicates_groups = false;  // DeduplicationScope messageGroup
    base::Duration retention = std::chrono::hours(96);
    int max_receives = 0;  // of its RedrivePolicy; 0: none
  };

  // What a receiver is given: the message as it is now, by its place in the queue.
  struct Received {
    std::uint64_t number = 0;
    Message message;
  };

  // A message that a FIFO queue was sent already, within the last five minutes; else nothing.
  std::optional<Received> duplicate_of(const Rules& rules, const Message& message,
                                       base::Instant now);
  // Its place: a number that grows.
  std::uint64_t add(const Rules& rules, Message message, base::Instant now);

  // At most `most` of those that can be seen, oldest first; they are hidden until `hidden`. Of what
  // was received too often already, nothing is given: it is moved to `dead`. `overlooked` is asked
  // for each message.
  template <class Overlooked>
  std::vector<Received> receive(const Rules& rules, std::size_t most, base::Instant now,
                                base::Instant hidden, Overlooked overlooked,
                                std::vector<Message>& dead) {
    expire(rules, now);
    std::vector<Received> received;
    std::set<std::string> blocked;
    for (auto one = messages_.begin(); one != messages_.end() && received.size() < most;) {
      auto& [number, message] = *one;
      const bool waits = message.visible > now || blocked.contains(message.group);
      if (waits || overlooked()) {
        // The rest of a group waits for its first.
        if (rules.fifo) blocked.insert(message.group);
        ++one;
      } else if (rules.max_receives > 0 && message.receives >= rules.max_receives) {
        dead.push_back(std::move(message));
        by_age_.erase({dead.back().sent, number});
        one = messages_.erase(one);
      } else {
        take(message, now, hidden);
        received.push_back({number, message});
        ++one;
      }
    }
    return received;
  }

  // Null when it is gone.
  Message* find(std::uint64_t number);
  void remove(std::uint64_t number);
  void purge();

  Counts counts(const Rules& rules, base::Instant now);
  // When the next hidden message can be seen.
  std::optional<base::Instant> next_visible(base::Instant now) const;

 private:
  void expire(const Rules& rules, base::Instant now);
  void take(Message& message, base::Instant now, base::Instant hidden);

  struct Sending {
    base::Instant at;
    std::uint64_t number = 0;
    Message message;  // without its body
  };

  std::uint64_t next_number_ = 1, next_receipt_ = 1;
  std::map<std::uint64_t, Message> messages_;
  std::set<std::pair<base::Instant, std::uint64_t>> by_age_;
  std::map<std::string, Sending> recent_;  // FIFO: by deduplication id
};

}  // namespace sim::messaging

#include "sim/messaging/queue.hpp"

#include <gtest/gtest.h>

namespace sim::messaging {
namespace {
using namespace std::chrono_literals;

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

class Messages : public testing::Test {
 protected:
  void send(const std::string& body, const std::string& group = "", base::Duration delay = {}) {
    Message message{.id = "id-" + body, .body = body};
    message.group = group;
    message.deduplication = body;
    message.sent = now_;
    message.visible = now_ + delay;
    queue_.add(rules_, message, now_);
  }
  // The bodies that one receive gives, hidden for half a minute.
  std::string receive(std::size_t most = 10) {
    std::string bodies;
    for (const auto& one :
         queue_.receive(rules_, most, now_, now_ + 30s, [] { return false; }, dead_)) {
      bodies += one.message.body;
      last_ = one.number;
    }
    return bodies;
  }
  std::string counts() {
    const auto counts = queue_.counts(rules_, now_);
    return std::to_string(counts.visible) + " " + std::to_string(counts.in_flight) + " " +
           std::to_string(counts.delayed);
  }

  base::Instant now_ = start;
  Queue::Rules rules_;
  Queue queue_;
  std::vector<Message> dead_;
  std::uint64_t last_ = 0;
};

TEST_F(Messages, are_hidden_once_received_and_come_back) {
  send("a");
  send("b");
  EXPECT_EQ(receive(1), "a");
  EXPECT_EQ(receive(), "b");
  EXPECT_EQ(receive(), "");
  EXPECT_EQ(counts(), "0 2 0");
  EXPECT_EQ(queue_.next_visible(now_), now_ + 30s);
  now_ += 30s;
  EXPECT_EQ(receive(), "ab");
  queue_.remove(last_);
  now_ += 30s;
  EXPECT_EQ(receive(), "a");
}

TEST_F(Messages, with_a_delay_are_seen_by_nobody_before) {
  send("a", "", 5s);
  EXPECT_EQ(receive(), "");
  EXPECT_EQ(counts(), "0 0 1");
  now_ += 5s;
  EXPECT_EQ(receive(), "a");
}

TEST_F(Messages, older_than_the_retention_period_are_gone) {
  rules_.retention = 60s;
  send("a");
  now_ += 59s;
  send("b");
  EXPECT_EQ(counts(), "2 0 0");
  now_ += 1s;
  EXPECT_EQ(receive(), "b");
  EXPECT_EQ(queue_.find(1), nullptr);
}

TEST_F(Messages, received_too_often_are_dead) {
  rules_.max_receives = 2;
  send("a");
  EXPECT_EQ(receive(), "a");
  now_ += 30s;
  EXPECT_EQ(receive(), "a");
  EXPECT_TRUE(dead_.empty());
  now_ += 30s;
  EXPECT_EQ(receive(), "");
  ASSERT_EQ(dead_.size(), 1U);
  EXPECT_EQ(dead_[0].body, "a");
  EXPECT_EQ(counts(), "0 0 0");
}

TEST_F(Messages, of_one_fifo_group_wait_for_the_first_of_them) {
  rules_.fifo = true;
  send("a", "g");
  send("b", "g");
  send("c", "h");
  EXPECT_EQ(receive(1), "a");
  EXPECT_EQ(receive(), "c");
  EXPECT_EQ(receive(), "");
  queue_.remove(1);
  EXPECT_EQ(receive(), "b");
}

TEST_F(Messages, of_a_fifo_queue_are_known_again_for_five_minutes) {
  rules_.fifo = true;
  send("a", "g");
  Message again{.id = "other", .body = "z"};
  again.group = "h";
  again.deduplication = "a";
  ASSERT_TRUE(queue_.duplicate_of(rules_, again, now_));
  EXPECT_EQ(queue_.duplicate_of(rules_, again, now_)->message.id, "id-a");
  queue_.purge();
  now_ += 299s;
  EXPECT_TRUE(queue_.duplicate_of(rules_, again, now_));
  now_ += 1s;
  EXPECT_FALSE(queue_.duplicate_of(rules_, again, now_));
}

TEST_F(Messages, of_other_groups_are_no_duplicates_where_groups_are_the_scope) {
  rules_.fifo = rules_.deduplicates_groups = true;
  send("a", "g");
  Message again{.id = "other", .body = "a"};
  again.deduplication = "a";
  again.group = "h";
  EXPECT_FALSE(queue_.duplicate_of(rules_, again, now_));
  again.group = "g";
  EXPECT_TRUE(queue_.duplicate_of(rules_, again, now_));
}

}  // namespace
}  // namespace sim::messaging

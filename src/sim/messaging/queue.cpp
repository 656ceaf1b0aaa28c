#include "sim/messaging/queue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sim::messaging {

namespace {

std::string key_of(const Queue::Rules& rules, const Message& message) {
  return rules.deduplicates_groups ? message.group + '\n' + message.deduplication
                                   : message.deduplication;
}

}  // namespace

std::string sequence_number(std::uint64_t place) {
  return fmt::format("188{:017}", place * 256);
}

std::optional<Queue::Received> Queue::duplicate_of(const Rules& rules, const Message& message,
                                                   base::Instant now) {
  std::erase_if(recent_,
                [&](const auto& one) { return one.second.at + deduplication_interval <= now; });
  const auto found = recent_.find(key_of(rules, message));
  if (!rules.fifo || found == recent_.end()) return std::nullopt;
  return Received{found->second.number, found->second.message};
}

std::uint64_t Queue::add(const Rules& rules, Message message, base::Instant now) {
  expire(rules, now);
  const auto number = next_number_++;
  if (rules.fifo) {
    Message known = message;
    known.body.clear();
    known.attributes.clear();
    recent_[key_of(rules, message)] = {now, number, std::move(known)};
  }
  by_age_.emplace(message.sent, number);
  messages_.emplace(number, std::move(message));
  return number;
}

void Queue::take(Message& message, base::Instant now, base::Instant hidden) {
  if (!message.first_received) message.first_received = now;
  message.received = now;
  ++message.receives;
  message.visible = hidden;
  message.receipt = next_receipt_++;
}

void Queue::expire(const Rules& rules, base::Instant now) {
  while (!by_age_.empty() && by_age_.begin()->first + rules.retention <= now) {
    messages_.erase(by_age_.begin()->second);
    by_age_.erase(by_age_.begin());
  }
}

Message* Queue::find(std::uint64_t number) {
  const auto found = messages_.find(number);
  return found == messages_.end() ? nullptr : &found->second;
}

void Queue::remove(std::uint64_t number) {
  const auto found = messages_.find(number);
  if (found == messages_.end()) return;
  by_age_.erase({found->second.sent, number});
  messages_.erase(found);
}

void Queue::purge() {
  messages_.clear();
  by_age_.clear();
}

Counts Queue::counts(const Rules& rules, base::Instant now) {
  expire(rules, now);
  Counts counts;
  for (const auto& [number, message] : messages_) {
    if (message.visible <= now) {
      ++counts.visible;
    } else if (message.receives > 0) {
      ++counts.in_flight;
    } else {
      ++counts.delayed;
    }
  }
  return counts;
}

std::optional<base::Instant> Queue::next_visible(base::Instant now) const {
  std::optional<base::Instant> next;
  for (const auto& [number, message] : messages_) {
    if (message.visible > now && (!next || message.visible < *next)) next = message.visible;
  }
  return next;
}

}  // namespace sim::messaging

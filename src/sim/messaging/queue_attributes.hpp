// The attributes of a queue: which there are, what they may be, what they mean for its messages.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/messaging/queue.hpp"
#include "sim/records/records.hpp"

namespace sim::messaging {

// What CreateQueue and SetQueueAttributes take.
bool is_queue_attribute(std::string_view name);

// Puts `given` into `members`, each as text, checked. An empty policy is none. Throws
// InvalidAttributeName or InvalidAttributeValue.
void take_queue_attributes(const json::object& given, json::object& members);

// The same, with what AWS chooses where nothing is given.
json::object with_defaults(json::object members);

// "Value V for parameter P is invalid. Reason: ...", as SQS refuses parameters.
Error invalid_value(std::string_view parameter, std::string_view value, std::string_view reason);

std::int64_t number_in(const json::object& members, std::string_view name);
base::Duration seconds_in(const json::object& members, std::string_view name);
bool is_set(const json::object& members, std::string_view name);  // to "true"

struct Redrive {
  std::string target;
  int max_receives = 0;
};

// Throws InvalidParameterValue for a RedrivePolicy that is none.
std::optional<Redrive> redrive_of(const json::object& members);

// Whether the RedriveAllowPolicy of a dead-letter queue lets that queue in.
bool accepts_redrive(const json::object& members, const std::string& source_arn);

Queue::Rules rules_of(const json::object& members);

}  // namespace sim::messaging

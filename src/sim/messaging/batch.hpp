// Requests of up to ten entries, each of which succeeds or fails by itself.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/core/call.hpp"

namespace sim::messaging {

// How a service words what it refuses of the whole batch.
struct BatchWords {
  std::string_view member;       // that holds the entries
  std::string_view code_prefix;  // "AWS.SimpleQueueService."
  std::string entry_name;        // "SendMessageBatchRequestEntry"
};

// {"Successful", "Failed"}: what `run` returns of each entry, with its Id, or its Error. Throws
// when there are no entries, more than ten, or their Ids are none.
json::object for_each_entry(const json::object& input, const BatchWords& words,
                            const std::function<json::object(const json::object& entry)>& run);

}  // namespace sim::messaging

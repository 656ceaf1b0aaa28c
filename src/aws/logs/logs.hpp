// The CloudWatch Logs operation of the operators' side: reading a function's log.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/client.hpp"

namespace aws::logs {

struct Filter {
  std::string group;
  std::string stream_prefix;  // empty: every stream
  std::string pattern;        // CloudWatch's filter syntax; empty: every event
  std::optional<base::Instant> from;
  std::optional<base::Instant> to;
};

struct LogEvent {
  base::Instant time;
  std::string stream;
  std::string message;
};

// All that match, paged to the end, in AWS's order. Empty when the group does not exist (yet).
base::Task<std::vector<LogEvent>> filter_log_events(Client& client, Filter filter);

}  // namespace aws::logs

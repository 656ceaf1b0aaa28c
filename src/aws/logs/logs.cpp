#include "aws/logs/logs.hpp"

#include "aws/errors.hpp"
#include "aws/protocol.hpp"

namespace aws::logs {

namespace json = boost::json;

base::Task<std::vector<LogEvent>> filter_log_events(Client& client, Filter filter) {
  json::object input{{"logGroupName", filter.group}};
  if (!filter.stream_prefix.empty()) input["logStreamNamePrefix"] = filter.stream_prefix;
  if (!filter.pattern.empty()) input["filterPattern"] = filter.pattern;
  if (filter.from) input["startTime"] = base::unix_milliseconds(*filter.from);
  if (filter.to) input["endTime"] = base::unix_milliseconds(*filter.to);
  std::vector<LogEvent> events;
  std::string token;
  do {
    auto page = input;
    if (!token.empty()) page["nextToken"] = token;
    json::object output;
    try {
      output = co_await client.json("logs", "Logs_20140328", "FilterLogEvents", std::move(page));
    } catch (const ServiceError& error) {
      if (!is_not_found(error.code)) throw;
      co_return events;
    }
    for (const auto& item : protocol::objects(output, "events")) {
      events.push_back(
          {.time = base::from_unix(std::chrono::milliseconds(protocol::number(item, "timestamp"))),
           .stream = protocol::text(item, "logStreamName"),
           .message = protocol::text(item, "message")});
    }
    token = protocol::text(output, "nextToken");
  } while (!token.empty());
  co_return events;
}

}  // namespace aws::logs

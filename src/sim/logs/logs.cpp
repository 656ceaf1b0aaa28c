#include "sim/logs/logs.hpp"

#include "sim/core/fields.hpp"
#include "sim/logs/filter.hpp"

namespace sim::logs {

namespace {

constexpr std::string_view invalid = "InvalidParameterException";

base::Instant from_milliseconds(std::int64_t milliseconds) {
  return base::Instant(std::chrono::milliseconds(milliseconds));
}

Fields fields(const Call& call) {
  return Fields(call.input, std::string(invalid));
}

json::object written(const Event& event) {
  return {{"timestamp", base::unix_milliseconds(event.time)},
          {"message", event.message},
          {"ingestionTime", base::unix_milliseconds(event.ingested)}};
}

// A page of `all` from `token` on (a position), at most `limit` long; sets `next` when more is
// left.
template <class T>
std::vector<T> page(const std::vector<T>& all, const Fields& in, std::string_view limit_name,
                    std::int64_t most, std::optional<std::string>& next) {
  const std::int64_t limit = in.integer(limit_name, most);
  if (limit < 1 || limit > most) {
    throw Error(std::string(invalid),
                fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy "
                            "constraint: Member must have value less than or equal to {}",
                            limit, limit_name, most));
  }
  std::size_t from = 0;
  if (in.has("nextToken")) {
    const std::string token = in.text("nextToken");
    const bool digits = !token.empty() && token.size() < 18 &&
                        token.find_first_not_of("0123456789") == std::string::npos;
    if (!digits) throw Error(std::string(invalid), "The specified nextToken is invalid.");
    from = std::min<std::size_t>(std::stoull(token), all.size());
  }
  const std::size_t to = std::min(all.size(), from + static_cast<std::size_t>(limit));
  if (to < all.size()) next = std::to_string(to);
  return {all.begin() + static_cast<std::ptrdiff_t>(from),
          all.begin() + static_cast<std::ptrdiff_t>(to)};
}

bool in_range(const Event& event, const Fields& in) {
  const auto time = base::unix_milliseconds(event.time);
  return time >= in.integer("startTime", 0) &&
         time < in.integer("endTime", std::numeric_limits<std::int64_t>::max());
}

}  // namespace

Logs::Logs(Context context) : context_(std::move(context)) {
  add("CreateLogGroup", &Logs::create_log_group);
  add("DeleteLogGroup", &Logs::delete_log_group);
  add("CreateLogStream", &Logs::create_log_stream);
  add("DeleteLogStream", &Logs::delete_log_stream);
  add("PutRetentionPolicy", &Logs::put_retention_policy);
  add("DeleteRetentionPolicy", &Logs::delete_retention_policy);
  add("PutLogEvents", &Logs::put_log_events);
  add("DescribeLogGroups", &Logs::describe_log_groups);
  add("DescribeLogStreams", &Logs::describe_log_streams);
  add("GetLogEvents", &Logs::get_log_events);
  add("FilterLogEvents", &Logs::filter_log_events);
  add_filters();
  add_tags();
}

void Logs::add(const std::string& action, json::object (Logs::*run)(const Call&)) {
  operations_[action] = {
      .run = at_once([this, run](const Call& call) { return (this->*run)(call); }),
      .access = [this, action](const Call& call) -> std::vector<Access> {
        const auto name = [&](std::string_view member) -> std::string {
          const auto* value = call.input.if_contains(member);
          return value && value->is_string() ? std::string(value->get_string()) : std::string();
        };
        if (auto resource = name("resourceArn"); !resource.empty()) {
          return {{"logs:" + action, std::move(resource)}};
        }
        return {{"logs:" + action, arn(name("logGroupName"), name("logStreamName"))}};
      }};
}

std::string Logs::arn(std::string_view group, std::string_view stream) const {
  return fmt::format("arn:{}:logs:{}:{}:log-group:{}:log-stream:{}", context_.partition,
                     context_.region, context_.account, group, stream);
}

Group& Logs::group(const std::string& name) {
  const auto found = groups_.find(name);
  if (found == groups_.end()) {
    throw Error("ResourceNotFoundException", "The specified log group does not exist.");
  }
  return found->second;
}

Stream& Logs::stream(Group& in, const std::string& name) {
  const auto found = in.streams.find(name);
  if (found == in.streams.end()) {
    throw Error("ResourceNotFoundException", "The specified log stream does not exist.");
  }
  return found->second;
}

void Logs::insert(Stream& into, base::Instant time, std::string_view message) {
  const auto place = std::ranges::upper_bound(into.events, time, {},
                                              [](const Event& event) { return event.time; });
  into.events.insert(place, {time, context_.now(), std::string(message), events_++});
}

void Logs::append(const std::string& group, const std::string& stream, base::Instant time,
                  std::string_view line) {
  const auto now = context_.now();
  auto& target = groups_.try_emplace(group, Group{.created = now, .streams = {}}).first->second;
  insert(target.streams.try_emplace(stream, Stream{now, {}}).first->second, time, line);
}

json::object Logs::create_log_group(const Call& call) {
  const auto in = fields(call);
  in.unsupported("CreateLogGroup", {"kmsKeyId"});
  const auto name = in.required("logGroupName");
  const bool allowed = name.size() <= 512 && std::ranges::all_of(name, [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || std::string_view("_-/.#").contains(c);
                       });
  if (!allowed) {
    throw Error(std::string(invalid),
                fmt::format("1 validation error detected: Value '{}' at 'logGroupName' failed to "
                            "satisfy constraint: Member must satisfy regular expression pattern: "
                            "[\\.\\-_/#A-Za-z0-9]+",
                            name));
  }
  const Group fresh{.created = context_.now(), .streams = {}, .tags = tags_in(call)};
  if (!groups_.try_emplace(name, fresh).second) {
    throw Error("ResourceAlreadyExistsException", "The specified log group already exists");
  }
  return {};
}

json::object Logs::delete_log_group(const Call& call) {
  const auto name = fields(call).required("logGroupName");
  group(name);
  groups_.erase(name);
  return {};
}

json::object Logs::create_log_stream(const Call& call) {
  const auto in = fields(call);
  const auto name = in.required("logStreamName");
  if (name.find_first_of(":*") != std::string::npos) {
    throw Error(std::string(invalid),
                fmt::format("1 validation error detected: Value '{}' at 'logStreamName' failed to "
                            "satisfy constraint: Member must satisfy regular expression pattern: "
                            "[^:*]*",
                            name));
  }
  auto& target = group(in.required("logGroupName"));
  if (!target.streams.try_emplace(name, Stream{context_.now(), {}}).second) {
    throw Error("ResourceAlreadyExistsException", "The specified log stream already exists");
  }
  return {};
}

json::object Logs::delete_log_stream(const Call& call) {
  const auto in = fields(call);
  auto& target = group(in.required("logGroupName"));
  const auto name = in.required("logStreamName");
  stream(target, name);
  target.streams.erase(name);
  return {};
}

json::object Logs::put_retention_policy(const Call& call) {
  const auto in = fields(call);
  static constexpr int allowed[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                    365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};
  const auto days = in.integer("retentionInDays", 0);
  if (std::ranges::find(allowed, days) == std::end(allowed)) {
    throw Error(std::string(invalid), fmt::format("{} is not a valid retentionInDays.", days));
  }
  group(in.required("logGroupName")).retention_days = static_cast<int>(days);
  return {};
}

json::object Logs::delete_retention_policy(const Call& call) {
  group(fields(call).required("logGroupName")).retention_days = 0;
  return {};
}

json::object Logs::put_log_events(const Call& call) {
  const auto in = fields(call);
  auto& target = stream(group(in.required("logGroupName")), in.required("logStreamName"));
  const auto& events = in.list("logEvents");
  if (events.empty()) throw Error(std::string(invalid), "logEvents must not be empty.");
  if (events.size() > 10'000) throw Error(std::string(invalid), "Too many log events.");

  struct Incoming {
    base::Instant time;
    std::string message;
  };
  std::vector<Incoming> incoming;
  for (const auto& value : events) {
    if (!value.is_object()) throw Error("SerializationException", "A log event is a structure.");
    const Fields event(value.get_object(), std::string(invalid));
    incoming.push_back(
        {from_milliseconds(event.integer("timestamp", 0)), event.required("message")});
  }
  if (!std::ranges::is_sorted(incoming, {}, &Incoming::time)) {
    throw Error(std::string(invalid),
                "Log events in a single PutLogEvents request must be in chronological order.");
  }
  // Too old: more than 14 days; too new: more than 2 hours ahead (API_PutLogEvents).
  const auto now = context_.now();
  json::object rejected;
  for (std::int64_t i = 0; const auto& event : incoming) {
    if (event.time < now - std::chrono::days(14)) {
      rejected["tooOldLogEventEndIndex"] = i + 1;
    } else if (event.time > now + std::chrono::hours(2)) {
      rejected.emplace("tooNewLogEventStartIndex", i);
    } else {
      insert(target, event.time, event.message);
    }
    ++i;
  }
  json::object out{{"nextSequenceToken", fmt::format("{:056}", events_)}};
  if (!rejected.empty()) out["rejectedLogEventsInfo"] = std::move(rejected);
  return out;
}

json::object Logs::describe_log_groups(const Call& call) {
  const auto in = fields(call);
  in.unsupported("DescribeLogGroups", {"accountIdentifiers", "logGroupNamePattern"});
  std::vector<std::string> names;
  for (const auto& [name, group] : groups_) {
    if (name.starts_with(in.text("logGroupNamePrefix"))) names.push_back(name);
  }
  std::optional<std::string> next;
  json::array found;
  for (const auto& name : page(names, in, "limit", 50, next)) {
    const auto& group = groups_.at(name);
    std::int64_t bytes = 0;
    for (const auto& [_, stream] : group.streams) {
      for (const auto& event : stream.events) {
        bytes += static_cast<std::int64_t>(event.message.size()) + 26;
      }
    }
    const auto whole = fmt::format("arn:{}:logs:{}:{}:log-group:{}", context_.partition,
                                   context_.region, context_.account, name);
    json::object entry{
        {"logGroupName", name},   {"creationTime", base::unix_milliseconds(group.created)},
        {"metricFilterCount", 0}, {"arn", whole + ":*"},
        {"storedBytes", bytes},   {"logGroupClass", "STANDARD"},
        {"logGroupArn", whole}};
    if (group.retention_days > 0) entry["retentionInDays"] = group.retention_days;
    found.push_back(std::move(entry));
  }
  json::object out{{"logGroups", std::move(found)}};
  if (next) out["nextToken"] = *next;
  return out;
}

json::object Logs::describe_log_streams(const Call& call) {
  const auto in = fields(call);
  const auto name = in.required("logGroupName");
  const auto& target = group(name);
  const auto order = in.text("orderBy", "LogStreamName");
  if (order != "LogStreamName" && order != "LastEventTime") {
    throw Error(std::string(invalid), fmt::format("{} is not a valid orderBy.", order));
  }
  if (order == "LastEventTime" && in.has("logStreamNamePrefix")) {
    throw Error(std::string(invalid), "Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  std::vector<std::string> names;
  for (const auto& [stream_name, _] : target.streams) {
    if (stream_name.starts_with(in.text("logStreamNamePrefix"))) names.push_back(stream_name);
  }
  if (order == "LastEventTime") {
    std::ranges::sort(names, {}, [&](const std::string& stream_name) {
      const auto& events = target.streams.at(stream_name).events;
      return std::pair(events.empty() ? base::Instant() : events.back().time, stream_name);
    });
  }
  if (in.flag("descending")) std::ranges::reverse(names);

  std::optional<std::string> next;
  json::array found;
  for (const auto& stream_name : page(names, in, "limit", 50, next)) {
    const auto& one = target.streams.at(stream_name);
    json::object entry{{"logStreamName", stream_name},
                       {"creationTime", base::unix_milliseconds(one.created)},
                       {"arn", arn(name, stream_name)},
                       {"storedBytes", 0}};
    if (!one.events.empty()) {
      entry["firstEventTimestamp"] = base::unix_milliseconds(one.events.front().time);
      entry["lastEventTimestamp"] = base::unix_milliseconds(one.events.back().time);
      entry["lastIngestionTime"] = base::unix_milliseconds(one.events.back().ingested);
    }
    found.push_back(std::move(entry));
  }
  json::object out{{"logStreams", std::move(found)}};
  if (next) out["nextToken"] = *next;
  return out;
}

// Tokens are positions: "f/N" reads from the N-th event on, "b/N" the events before it. At either
// end the same token comes back, which is how readers know that they are done.
json::object Logs::get_log_events(const Call& call) {
  const auto in = fields(call);
  const auto& all = stream(group(in.required("logGroupName")), in.required("logStreamName")).events;
  const auto limit = in.integer("limit", 10'000);
  if (limit < 1 || limit > 10'000) {
    throw Error(std::string(invalid), "limit must be between 1 and 10000.");
  }
  std::vector<std::size_t> positions;  // of the events in the time range
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (in_range(all[i], in)) positions.push_back(i);
  }
  const auto size = positions.size();
  const auto many = static_cast<std::size_t>(limit);
  const auto token = in.text("nextToken");
  std::size_t from = in.flag("startFromHead") ? 0 : size - std::min(size, many);
  std::size_t to = std::min(size, from + many);
  if (!token.empty()) {
    const bool valid = (token.starts_with("f/") || token.starts_with("b/")) && token.size() == 58 &&
                       token.find_first_not_of("0123456789", 2) == std::string::npos;
    if (!valid) throw Error(std::string(invalid), "The specified nextToken is invalid.");
    const auto at = std::min<std::size_t>(std::stoull(token.substr(40)), size);
    from = token.front() == 'f' ? at : at - std::min(at, many);
    to = token.front() == 'f' ? std::min(size, at + many) : at;
  }
  json::array events;
  for (std::size_t i = from; i < to; ++i) events.push_back(written(all[positions[i]]));
  return {{"events", std::move(events)},
          {"nextForwardToken", fmt::format("f/{:056}", to)},
          {"nextBackwardToken", fmt::format("b/{:056}", from)}};
}

json::object Logs::filter_log_events(const Call& call) {
  const auto in = fields(call);
  in.unsupported("FilterLogEvents", {"logGroupIdentifier"});
  const auto& target = group(in.required("logGroupName"));
  const auto names = in.texts("logStreamNames");
  if (!names.empty() && in.has("logStreamNamePrefix")) {
    throw Error(std::string(invalid),
                "The logStreamNames and logStreamNamePrefix parameters exclude each other.");
  }
  const auto filter = Filter::parse(in.text("filterPattern"));

  struct Found {
    std::string_view stream;
    const Event* event;
  };
  std::vector<Found> found;
  for (const auto& [name, one] : target.streams) {
    if (!names.empty() && std::ranges::find(names, name) == names.end()) continue;
    if (!name.starts_with(in.text("logStreamNamePrefix"))) continue;
    for (const auto& event : one.events) {
      if (in_range(event, in) && filter.matches(event.message)) found.push_back({name, &event});
    }
  }
  std::ranges::sort(
      found, {}, [](const Found& one) { return std::pair(one.event->time, one.event->sequence); });

  std::optional<std::string> next;
  json::array events;
  for (const auto& [name, event] : page(found, in, "limit", 10'000, next)) {
    auto entry = written(*event);
    entry["logStreamName"] = name;
    entry["eventId"] = fmt::format("{:056}", event->sequence);
    events.push_back(std::move(entry));
  }
  json::object out{{"events", std::move(events)}, {"searchedLogStreams", json::array()}};
  if (next) out["nextToken"] = *next;
  return out;
}

}  // namespace sim::logs

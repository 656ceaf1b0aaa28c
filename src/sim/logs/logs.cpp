#include "sim/logs/logs.hpp"

#include "sim/logs/input.hpp"
#include "sim/logs/page.hpp"

namespace sim::logs {

namespace {

// "It typically takes up to 72 hours after that before log events are deleted":
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
void forget_expired(Group& group, base::Instant now) {
  if (group.retention_days == 0) return;
  const auto oldest = now - std::chrono::days(group.retention_days) - std::chrono::hours(72);
  for (auto& [name, stream] : group.streams) {
    const auto kept = std::ranges::lower_bound(stream.events, oldest, {}, &Event::time);
    stream.events.erase(stream.events.begin(), kept);
  }
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
  forget_expired(found->second, context_.now());
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
    throw Error(invalid,
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
    throw Error(invalid,
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
    throw Error(invalid, fmt::format("{} is not a valid retentionInDays.", days));
  }
  group(in.required("logGroupName")).retention_days = static_cast<int>(days);
  return {};
}

json::object Logs::delete_retention_policy(const Call& call) {
  group(fields(call).required("logGroupName")).retention_days = 0;
  return {};
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
    const auto& group = this->group(name);
    std::int64_t bytes = 0;
    for (const auto& [_, stream] : group.streams) {
      for (const auto& event : stream.events) {
        bytes += stored_bytes(event.message);
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
    throw Error(invalid, fmt::format("{} is not a valid orderBy.", order));
  }
  if (order == "LastEventTime" && in.has("logStreamNamePrefix")) {
    throw Error(invalid, "Cannot order by LastEventTime with a logStreamNamePrefix.");
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

}  // namespace sim::logs

// CloudWatch Logs of the embedded AWS: groups, streams, events.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"

namespace sim::logs {

struct Event {
  base::Instant time;
  base::Instant ingested;
  std::string message;
  std::uint64_t sequence = 0;  // order of arrival in the whole service: part of the event's id
};

// What AWS counts for an event, in batches and in a group's storedBytes.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
constexpr std::int64_t stored_bytes(std::string_view message) {
  return static_cast<std::int64_t>(message.size()) + 26;
}

struct Stream {
  base::Instant created;
  std::vector<Event> events;  // by time, then by arrival
};

struct Group {
  base::Instant created;
  int retention_days = 0;  // 0: kept for ever
  std::map<std::string, Stream> streams;
  // As they were put, by name. They watch nothing: no metric is kept, nothing is sent on.
  std::map<std::string, json::object> metric_filters = {}, subscription_filters = {};
  std::map<std::string, std::string> tags = {};
};

class Logs final : public Service {
 public:
  explicit Logs(Context context);

  std::string_view name() const override { return "logs"; }
  const std::map<std::string, Operation, std::less<>>& operations() const override {
    return operations_;
  }

  // What AWS services write for their users (Lambda, the awslogs driver). Group and stream are made
  // when missing; whether the writer's role allows that is the writer's to check.
  void append(const std::string& group, const std::string& stream, base::Instant time,
              std::string_view line);
  bool has_group(const std::string& group) const { return groups_.contains(group); }
  const std::map<std::string, Group>& groups() const { return groups_; }

  // arn:aws:logs:REGION:ACCOUNT:log-group:GROUP:log-stream:STREAM: what policies are matched
  // against, also for whole groups (then with an empty stream).
  std::string arn(std::string_view group, std::string_view stream = {}) const;

 private:
  json::object create_log_group(const Call& call);
  json::object delete_log_group(const Call& call);
  json::object create_log_stream(const Call& call);
  json::object delete_log_stream(const Call& call);
  json::object put_retention_policy(const Call& call);
  json::object delete_retention_policy(const Call& call);
  json::object describe_log_groups(const Call& call);
  json::object describe_log_streams(const Call& call);

  // events.cpp
  json::object put_log_events(const Call& call);
  json::object get_log_events(const Call& call);
  json::object filter_log_events(const Call& call);

  // filters.cpp
  void add_filters();
  json::object put_metric_filter(const Call& call);
  json::object describe_metric_filters(const Call& call);
  json::object delete_metric_filter(const Call& call);
  json::object put_subscription_filter(const Call& call);
  json::object describe_subscription_filters(const Call& call);
  json::object delete_subscription_filter(const Call& call);

  // tags.cpp
  void add_tags();
  static std::map<std::string, std::string> tags_in(const Call& call);
  json::object tag(const Call& call);
  json::object untag(const Call& call);
  json::object list_tags(const Call& call);

  void add(const std::string& action, json::object (Logs::*run)(const Call&));
  Group& group(const std::string& name);
  Stream& stream(Group& in, const std::string& name);
  void insert(Stream& into, base::Instant time, std::string_view message);

  Context context_;
  std::map<std::string, Operation, std::less<>> operations_;
  std::map<std::string, Group> groups_;
  std::uint64_t events_ = 0;
};

}  // namespace sim::logs

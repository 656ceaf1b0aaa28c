// Log events: written in batches, read by stream or by filter.
#include "sim/logs/filter.hpp"
#include "sim/logs/input.hpp"
#include "sim/logs/logs.hpp"
#include "sim/logs/page.hpp"

namespace sim::logs {

namespace {

using namespace std::chrono_literals;

json::object written(const Event& event) {
  return {{"timestamp", base::unix_milliseconds(event.time)},
          {"message", event.message},
          {"ingestionTime", base::unix_milliseconds(event.ingested)}};
}

bool in_range(const Event& event, const Fields& in) {
  const auto time = base::unix_milliseconds(event.time);
  return time >= in.integer("startTime", 0) &&
         time < in.integer("endTime", std::numeric_limits<std::int64_t>::max());
}

constexpr std::int64_t batch_bytes = 1'048'576;
constexpr std::size_t batch_events = 10'000;

struct Incoming {
  base::Instant time;
  std::string message;
};

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
std::vector<Incoming> batch_of(const Fields& in) {
  const auto& events = in.list("logEvents");
  const auto refuse = [](const std::string& why) { return Error(invalid, why); };
  if (events.empty() || events.size() > batch_events) {
    throw refuse(fmt::format(
        "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member "
        "must have length {}",
        events.empty() ? "greater than or equal to 1"
                       : fmt::format("less than or equal to {}", batch_events)));
  }
  std::vector<Incoming> batch;
  std::int64_t bytes = 0;
  for (const auto& value : events) {
    if (!value.is_object()) throw Error("SerializationException", "A log event is a structure.");
    const Fields event(value.get_object(), invalid);
    batch.push_back({base::from_unix(std::chrono::milliseconds(event.integer("timestamp", 0))),
                     event.required("message")});
    const auto size = stored_bytes(batch.back().message);
    if (size > batch_bytes) {
      throw refuse(
          fmt::format("Log event too large: {} bytes exceeds limit of {}", size, batch_bytes));
    }
    bytes += size;
  }
  if (bytes > batch_bytes) {
    throw refuse(fmt::format("Upload too large: {} bytes exceeds limit of {}", bytes, batch_bytes));
  }
  if (!std::ranges::is_sorted(batch, {}, &Incoming::time)) {
    throw refuse("Log events in a single PutLogEvents request must be in chronological order.");
  }
  return batch;
}

// Where the events that are taken begin and end. Too old: more than 14 days, or than the group's
// retention; too new: more than 2 hours ahead.
struct Taken {
  std::size_t begin = 0, end = 0;
  json::object rejected;
};

Taken taken_of(const std::vector<Incoming>& batch, const Group& group, base::Instant now) {
  const auto first_after = [&](base::Instant time) {
    const auto found = std::ranges::lower_bound(batch, time, {}, &Incoming::time);
    return static_cast<std::size_t>(found - batch.begin());
  };
  const auto old = first_after(now - std::chrono::days(14));
  const auto expired =
      group.retention_days == 0 ? 0 : first_after(now - std::chrono::days(group.retention_days));
  Taken taken{std::max(old, expired), first_after(now + std::chrono::hours(2) + 1ms), {}};
  taken.begin = std::min(taken.begin, taken.end);
  if (old > 0) taken.rejected["tooOldLogEventEndIndex"] = old;
  if (expired > old) taken.rejected["expiredLogEventEndIndex"] = expired;
  if (taken.end < batch.size()) taken.rejected["tooNewLogEventStartIndex"] = taken.end;
  return taken;
}

}  // namespace

json::object Logs::put_log_events(const Call& call) {
  const auto in = Fields(call.input, invalid);
  auto& owner = group(in.required("logGroupName"));
  auto& target = stream(owner, in.required("logStreamName"));
  const auto batch = batch_of(in);
  auto taken = taken_of(batch, owner, context_.now());
  if (taken.begin < taken.end &&
      batch[taken.end - 1].time - batch[taken.begin].time > std::chrono::hours(24)) {
    throw Error(invalid,
                "The batch of log events in a single PutLogEvents request cannot span more than "
                "24 hours.");
  }
  for (auto i = taken.begin; i < taken.end; ++i) insert(target, batch[i].time, batch[i].message);
  json::object out{{"nextSequenceToken", fmt::format("{:056}", events_)}};
  if (!taken.rejected.empty()) out["rejectedLogEventsInfo"] = std::move(taken.rejected);
  return out;
}

// Tokens are positions: "f/N" reads from the N-th event on, "b/N" the events before it. At either
// end the same token comes back, which is how readers know that they are done.
json::object Logs::get_log_events(const Call& call) {
  const auto in = Fields(call.input, invalid);
  const auto& all = stream(group(in.required("logGroupName")), in.required("logStreamName")).events;
  const auto limit = in.integer("limit", 10'000);
  if (limit < 1 || limit > 10'000) {
    throw Error(invalid, "limit must be between 1 and 10000.");
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
    if (!valid) throw Error(invalid, "The specified nextToken is invalid.");
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
  const auto in = Fields(call.input, invalid);
  in.unsupported("FilterLogEvents", {"logGroupIdentifier"});
  const auto& target = group(in.required("logGroupName"));
  const auto names = in.texts("logStreamNames");
  if (!names.empty() && in.has("logStreamNamePrefix")) {
    throw Error(invalid,
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

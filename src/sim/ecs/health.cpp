#include "sim/ecs/health.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sim::ecs {

namespace {

constexpr const char* client = "ClientException";

void check_range(const Fields& check, std::string_view name, std::int64_t least,
                 std::int64_t most) {
  if (!check.has(name)) return;
  const auto value = check.integer(name, least);
  if (value >= least && value <= most) return;
  throw Error(client,
              fmt::format("The health check's {} must be between {} and {}.", name, least, most));
}

const Container* named(const std::vector<Container>& containers, const std::string& name) {
  const auto found = std::ranges::find(containers, name, &Container::name);
  return found == containers.end() ? nullptr : &*found;
}

// `most`: how many may still be waited for one after the other.
base::Duration delay_of(const std::vector<Container>& all, const Container& one, std::size_t most) {
  if (most == 0) throw Error(client, "Container dependencies must not be circular.");
  base::Duration delay{};
  for (const auto& other : one.after) {
    const auto& first = *named(all, other.name);
    auto wait = delay_of(all, first, most - 1);
    if (other.healthy) wait += *first.check;
    delay = std::max(delay, wait);
  }
  return delay;
}

}  // namespace

void read_health(const Fields& in, Container& container) {
  if (in.has("healthCheck")) {
    const Fields check(in.object("healthCheck"), client);
    if (check.texts("command").empty()) throw Error(client, "A health check needs a command.");
    check_range(check, "interval", 5, 300);
    check_range(check, "timeout", 2, 60);
    check_range(check, "retries", 1, 10);
    check_range(check, "startPeriod", 0, 300);
    container.check = std::chrono::seconds(check.integer("interval", 30));
  }
  for (const auto& value : in.list("dependsOn")) {
    if (!value.is_object()) throw Error("SerializationException", "A dependency is a structure.");
    const Fields one(value.get_object(), client);
    const auto condition = one.required("condition");
    if (condition == "COMPLETE" || condition == "SUCCESS") {
      throw Error("NotImplemented",
                  "The embedded AWS has no dependency on containers that are to end.", 501);
    }
    if (condition != "START" && condition != "HEALTHY") {
      throw Error(client, fmt::format("The container condition {} is not valid.", condition));
    }
    container.after.push_back({one.required("containerName"), condition == "HEALTHY"});
  }
}

void check_dependencies(const std::vector<Container>& containers) {
  for (const auto& one : containers) {
    for (const auto& other : one.after) {
      const auto* first = named(containers, other.name);
      if (first == nullptr) {
        throw Error(client, fmt::format("Container {} depends on {}, which is not in the task "
                                        "definition.",
                                        one.name, other.name));
      }
      if (other.healthy && !first->check) {
        throw Error(client, fmt::format("Container {} has no health check that container {} could "
                                        "wait for.",
                                        other.name, one.name));
      }
    }
  }
  start_delays(containers);
}

std::vector<base::Duration> start_delays(const std::vector<Container>& containers) {
  std::vector<base::Duration> delays;
  for (const auto& one : containers) {
    delays.push_back(delay_of(containers, one, containers.size()));
  }
  return delays;
}

// A task has started once its last container has.
std::optional<Instant> healthy_at(const std::vector<Container>& containers, Instant started) {
  const auto delays = start_delays(containers);
  const auto begun = started - std::ranges::max(delays);
  std::optional<Instant> last;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    if (!containers[i].check) continue;
    const auto passed = begun + delays[i] + *containers[i].check;
    last = last ? std::max(*last, passed) : passed;
  }
  return last;
}

std::string_view health_of(const std::vector<Container>& containers, std::size_t index,
                           Instant started, Instant now) {
  const auto& one = containers[index];
  if (!one.check) return "UNKNOWN";
  const auto delays = start_delays(containers);
  const auto passed = started - std::ranges::max(delays) + delays[index] + *one.check;
  return now < passed ? "UNKNOWN" : "HEALTHY";
}

}  // namespace sim::ecs

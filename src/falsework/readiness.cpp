#include "falsework/readiness.hpp"

#include "aws/ec2/ec2.hpp"
#include "aws/ecs/ecs.hpp"
#include "aws/errors.hpp"
#include "base/contains.hpp"

namespace falsework {

using namespace std::chrono_literals;

namespace {

// DescribeServices and DescribeInstanceStatus refill at 20 a second.
constexpr base::Duration early_pause = 2s;
constexpr base::Duration later_pause = 5s;
constexpr base::Duration early = 1min;
// A thing that was created a moment ago may not be visible yet.
// https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
constexpr base::Duration invisible_at_most = 1min;

// One look at one condition.
struct Reading {
  bool holds = false;
  bool hopeless = false;
  bool visible = true;
  std::string text{};  // what it waits for, or why it is hopeless
};

Reading waits_for(std::string text) {
  return {.text = std::move(text)};
}
Reading never(std::string text) {
  return {.hopeless = true, .text = std::move(text)};
}

Reading read(const aws::ecs::Service& service) {
  if (service.status == "INACTIVE" || service.status == "DRAINING") {
    return never("it is " + service.status);
  }
  for (const auto& deployment : service.deployments) {
    if (deployment.status == "PRIMARY" && deployment.rollout_state == "FAILED") {
      return never("its deployment failed: " + deployment.rollout_reason);
    }
  }
  if (service.status != "ACTIVE") return waits_for("it to be ACTIVE, it is " + service.status);
  if (service.deployments.size() != 1) {
    return waits_for(fmt::format("one deployment, there are {}", service.deployments.size()));
  }
  if (service.desired == 0) return waits_for("a desired count above 0");
  if (service.running != service.desired) {
    return waits_for(
        fmt::format("{} running tasks, there are {}", service.desired, service.running));
  }
  const auto& rollout = service.deployments.front().rollout_state;
  if (rollout != "COMPLETED") return waits_for("its deployment to be COMPLETED, it is " + rollout);
  return {.holds = true};
}

Reading read(const aws::ec2::InstanceStatus& instance) {
  if (instance.state == "shutting-down" || instance.state == "terminated") {
    return never("it is " + instance.state);
  }
  if (instance.state != "running") return waits_for("it to be running, it is " + instance.state);
  if (instance.system_status != "ok") {
    return waits_for("its system status check, it is " + instance.system_status);
  }
  if (instance.instance_status != "ok") {
    return waits_for("its instance status check, it is " + instance.instance_status);
  }
  return {.holds = true};
}

Reading invisible() {
  return {.visible = false, .text = "AWS to know it"};
}

base::Task<Reading> look_at(aws::Client& client, aws::ecs::ServiceArn service) {
  const auto found = co_await aws::ecs::find_service(client, std::move(service));
  co_return found ? read(*found) : invisible();
}

base::Task<Reading> look_at(aws::Client& client, aws::InstanceId instance) {
  const auto found = co_await aws::ec2::instance_statuses(client, {std::move(instance)});
  co_return found.empty() ? invisible() : read(found.front());
}

base::Task<Reading> look(aws::Client& client, Condition condition, const Site& site) {
  try {
    if (auto* service = std::get_if<aws::ecs::ServiceArn>(&condition)) {
      co_return co_await look_at(client, *service);
    }
    co_return co_await look_at(client, std::get<aws::InstanceId>(condition));
  } catch (const aws::ServiceError& error) {
    const std::string text = explain(error, site, id_of(condition));
    co_return aws::is_transient(error.code) || aws::is_throttling(error.code) ? waits_for(text)
                                                                              : never(text);
  }
}

struct Wait {
  aws::Client& client;
  const Site& site;
  base::Instant deadline;
  Progress& progress;
  std::vector<std::string> problems;
};

// Ends when the condition holds, is hopeless, or another one is.
base::Task<void> wait_for(Wait& wait, Condition condition) {
  base::Clock& clock = wait.client.system().clock;
  base::Log& log = wait.client.system().log;
  const std::string id = id_of(condition);
  const auto start = clock.now();
  std::string told;
  for (;;) {
    Reading reading = co_await look(wait.client, condition, wait.site);
    const auto elapsed = clock.now() - start;
    auto& row = wait.progress.row(id);
    if (reading.holds) {
      row.ended = true;
      log.info("readiness.held", {{"id", id}, {"seconds", base::seconds(elapsed)}});
      co_return;
    }
    if (!reading.visible && elapsed >= invisible_at_most) {
      reading = never(fmt::format("AWS has not known it for {}", base::human(elapsed)));
    }
    row.waits_for = reading.text;
    if (reading.hopeless) {
      wait.problems.push_back(fmt::format("{} will not be ready: {}", id, reading.text));
      co_return;
    }
    if (reading.text != told) {
      told = reading.text;
      log.info("readiness.waiting", {{"for", told}, {"id", id}});
    }
    const auto pause = elapsed < early ? early_pause : later_pause;
    if (clock.now() + pause >= wait.deadline) {
      wait.problems.push_back(fmt::format("{} was not ready after {}: it waited for {}", id,
                                          base::human(elapsed), reading.text));
      co_return;
    }
    co_await clock.sleep_for(pause);
    if (!wait.problems.empty()) co_return;
  }
}

}  // namespace

base::Task<std::vector<std::string>> wait_until_ready(aws::Client& client,
                                                      std::vector<Condition> conditions, Site site,
                                                      base::Instant deadline, Progress& progress) {
  std::vector<std::string> ids;
  for (const auto& condition : conditions) {
    if (!base::contains(ids, id_of(condition))) ids.push_back(id_of(condition));
  }
  progress.begin(ids);
  Wait wait{client, site, deadline, progress, {}};
  std::vector<base::Task<void>> waits;
  for (const auto& condition : conditions) waits.push_back(wait_for(wait, condition));
  co_await base::all(std::move(waits));
  co_return wait.problems;
}

}  // namespace falsework

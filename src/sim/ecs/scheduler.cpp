// The service scheduler: brings what runs to what is wanted. It acts when something changes, and at
// times it has set for itself; it never waits.
#include "sim/ecs/capacity.hpp"
#include "sim/ecs/ecs.hpp"

namespace sim::ecs {

void Ecs::reconcile_at(Instant when, const std::string& service_arn) {
  context_.clock().call_at(when, [this, service_arn] { reconcile(service_arn); });
}

void Ecs::reconcile(const std::string& service_arn) {
  const auto found = services_.find(service_arn);
  if (found == services_.end() || found->second.status == "INACTIVE") return;
  auto& service = found->second;
  if (service.status == "DRAINING") {
    drain(service);
    return;
  }
  watch_health(service);
  start_missing(service);
  stop_surplus(service);
  settle(service);
}

void Ecs::drain(ServiceState& service) {
  bool any = false;
  for (auto* task : tasks_of(service)) {
    any = any || task->last_status != "STOPPED";
    stop(*task, "ServiceSchedulerInitiated",
         fmt::format("Scaling activity initiated by (deployment {})", task->deployment));
  }
  if (any) return;  // the last task's end calls again
  service.status = "INACTIVE";
  service.deployments.clear();
}

std::map<std::string, int> Ecs::providers_of(const ServiceState& service,
                                             const std::string& deployment) {
  std::map<std::string, int> running;
  for (const auto* task : tasks_of(service)) {
    if (task->desired_status == "RUNNING" && task->deployment == deployment) {
      ++running[task->provider];
    }
  }
  return running;
}

json::array Ecs::task_tags(const ServiceState& service) {
  json::array tags;
  if (service.propagate == "SERVICE") tags = service.tags;
  if (service.propagate == "TASK_DEFINITION") {
    tags = definition(service.deployments.front().definition).tags;
  }
  if (service.managed_tags) {
    tags.push_back(json::object{{"key", "aws:ecs:clusterName"}, {"value", service.cluster}});
    tags.push_back(json::object{{"key", "aws:ecs:serviceName"}, {"value", service.name}});
  }
  return tags;
}

void Ecs::start_missing(ServiceState& service) {
  const auto now = context_.now();
  auto& primary = service.deployments.front();
  if (primary.rollout == "FAILED" || now < service.next_start) return;
  int live = 0, own = 0;
  for (const auto* task : tasks_of(service)) {
    if (task->desired_status != "RUNNING") continue;
    ++live;
    own += task->deployment == primary.id;
  }
  const int most = service.desired * service.maximum_percent / 100;
  std::string started;
  int many = 0;
  while (own < primary.desired && live < most) {
    RunningTask task;
    task.cluster = service.cluster;
    task.definition = primary.definition;
    task.service = service.arn;
    task.deployment = task.started_by = primary.id;
    task.group = "service:" + service.name;
    task.network = primary.network;
    task.tags = task_tags(service);
    task.provider = next_provider(primary.strategy, providers_of(service, primary.id));
    std::string problem;
    std::string made;
    try {
      made = start_task(std::move(task));
    } catch (const Error& error) {
      problem = error.what();
    }
    if (!problem.empty()) {
      say(service, fmt::format("(service {}) failed to launch a task with (error {}).",
                               service.name, problem));
      ++primary.failed;
      service.next_start = now + knobs_.back_off.high;
      reconcile_at(service.next_start, service.arn);
      break_circuit(service);
      break;
    }
    started += fmt::format("{}(task {})", started.empty() ? "" : " ", id_of(made));
    ++many;
    ++own;
    ++live;
  }
  if (many > 0) {
    say(service,
        fmt::format("(service {}) has started {} tasks: {}.", service.name, many, started));
  }
}

// Tasks of older deployments go as the new ones come up; beyond the desired count, the youngest.
void Ecs::stop_surplus(ServiceState& service) {
  const auto& primary = service.deployments.front();
  int healthy = 0, own = 0;
  for (const auto* task : tasks_of(service)) {
    if (task->desired_status != "RUNNING") continue;
    healthy += task->last_status == "RUNNING" && is_healthy(*task);
    own += task->deployment == primary.id;
  }
  const int least = (service.desired * service.minimum_percent + 99) / 100;
  auto tasks = tasks_of(service);
  std::ranges::reverse(tasks);
  for (auto* task : tasks) {
    if (task->desired_status != "RUNNING") continue;
    const bool running = task->last_status == "RUNNING" && is_healthy(*task);
    if (task->deployment != primary.id) {
      // A deployment that failed keeps the old tasks.
      if (primary.rollout == "FAILED" || (running && healthy - 1 < least)) continue;
    } else if (own > primary.desired) {
      --own;
    } else {
      continue;
    }
    healthy -= running;
    stop(*task, "ServiceSchedulerInitiated",
         fmt::format("Scaling activity initiated by (deployment {})", primary.id));
    say(service, fmt::format("(service {}) has stopped 1 running tasks: (task {}).", service.name,
                             task->id));
  }
}

// Notices the steady state some time after it has come about.
void Ecs::settle(ServiceState& service) {
  auto& primary = service.deployments.front();
  bool others = false;
  int own = 0;
  for (const auto* task : tasks_of(service)) {
    if (task->last_status == "STOPPED") continue;
    if (task->deployment == primary.id && task->desired_status == "RUNNING") {
      own += task->last_status == "RUNNING" && is_healthy(*task);
    } else {
      others = true;
    }
  }
  if (others || own != primary.desired || primary.rollout == "FAILED") {
    service.steady_at.reset();
    return;
  }
  const auto now = context_.now();
  if (!service.steady_at) {
    service.steady_at = now + draw(knobs_.steady);
    reconcile_at(*service.steady_at, service.arn);
    return;
  }
  if (now < *service.steady_at || *service.steady_at == Instant::max()) return;
  service.steady_at = Instant::max();  // said; until something changes
  std::erase_if(service.deployments, [](const Deployment& one) { return !one.primary; });
  auto& only = service.deployments.front();
  if (only.rollout != "COMPLETED") {
    only.rollout = "COMPLETED";
    only.reason = fmt::format("ECS deployment {} completed.", only.id);
    only.updated = now;
    say(service,
        fmt::format("(service {}) (deployment {}) deployment completed.", service.name, only.id));
  }
  service.last_steady_definition = only.definition;
  say(service, fmt::format("(service {}) has reached a steady state.", service.name));
}

// Half of the desired count, at least 3 and at most 200.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentCircuitBreaker.html
void Ecs::break_circuit(ServiceState& service) {
  auto& primary = service.deployments.front();
  const int threshold = std::clamp((service.desired + 1) / 2, 3, 200);
  if (!service.breaker.enabled || primary.rollout != "IN_PROGRESS" || primary.failed < threshold) {
    return;
  }
  primary.rollout = "FAILED";
  primary.reason = "ECS deployment circuit breaker: tasks failed to start.";
  primary.updated = context_.now();
  primary.desired = 0;
  say(service, fmt::format("(service {}) (deployment {}) deployment failed: tasks failed to start.",
                           service.name, primary.id));
  if (!service.breaker.rollback || service.last_steady_definition.empty()) return;
  const auto network = primary.network;
  const auto failed = primary.id;
  const auto back = service.last_steady_definition;
  deploy(service, back, network);
  service.deployments.front().reason =
      fmt::format("ECS deployment circuit breaker: rolling back to deploymentId {}.",
                  service.deployments.front().id);
  say(service,
      fmt::format("(service {}) rolling back from (deployment {}).", service.name, failed));
}

// A task of a service that did not start, or whose container ended.
void Ecs::task_failed(const RunningTask& task) {
  const auto found = services_.find(task.service);
  if (found == services_.end() || found->second.status != "ACTIVE") return;
  auto& service = found->second;
  for (auto& one : service.deployments) {
    if (one.id == task.deployment) ++one.failed;
  }
  ++service.failures_in_a_row;
  const int doublings = std::min(service.failures_in_a_row - 1, 16);
  service.next_start =
      context_.now() + std::min(knobs_.back_off.low * (1 << doublings), knobs_.back_off.high);
  if (service.failures_in_a_row == 3) {
    say(service, fmt::format("(service {}) is unable to consistently start tasks successfully. For "
                             "more information, see the Troubleshooting section of the Amazon ECS "
                             "Developer Guide.",
                             service.name));
  }
  break_circuit(service);
  reconcile_at(service.next_start, service.arn);
}

void Ecs::say(ServiceState& service, const std::string& message) {
  service.events.push_front({random_.uuid(), message, context_.now()});
  if (service.events.size() > 100) service.events.pop_back();
}

std::vector<RunningTask*> Ecs::tasks_of(const ServiceState& service) {
  std::vector<RunningTask*> found;
  for (const auto& arn : order_) {
    auto& task = tasks_.at(arn);
    if (task.service == service.arn) found.push_back(&task);
  }
  return found;
}

int Ecs::count(const Deployment& deployment, std::string_view status) const {
  return static_cast<int>(std::ranges::count_if(tasks_, [&](const auto& one) {
    return one.second.deployment == deployment.id && one.second.last_status == status;
  }));
}

}  // namespace sim::ecs

// Services behind load balancers: their tasks are registered while they run, drained before they
// stop, and replaced when they are found unhealthy after the grace period.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html
#include "sim/ecs/load_balancers.hpp"

#include "sim/ecs/ecs.hpp"
#include "sim/ecs/health.hpp"
#include "sim/ecs/input.hpp"

namespace sim::ecs {

namespace {

constexpr std::chrono::seconds look_again{5};  // [I] the scheduler's own rhythm

std::string text_of(const json::value& holder, std::string_view name) {
  const auto* value = holder.is_object() ? holder.get_object().if_contains(name) : nullptr;
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

// Whether the container maps that port; nothing when there is no such container.
std::optional<bool> maps_port(const TaskDefinition& task, const Balancer& balancer) {
  for (const auto& container : task.shown.at("containerDefinitions").as_array()) {
    if (text_of(container, "name") != balancer.container) continue;
    for (const auto& mapping : Fields(container.get_object()).list("portMappings")) {
      const Fields in(mapping.as_object());
      if (in.integer("containerPort", 0) == balancer.port) return true;
    }
    return false;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Balancer> Ecs::read_balancers(const Fields& in, const TaskDefinition& task) const {
  std::vector<Balancer> balancers;
  for (const auto& one : in.list("loadBalancers")) {
    const Fields given(one.as_object(), invalid);
    given.unsupported("loadBalancers", {"loadBalancerName", "advancedConfiguration"});
    Balancer balancer{.group = given.required("targetGroupArn"),
                      .container = given.required("containerName"),
                      .port = static_cast<int>(given.integer("containerPort", 0))};
    const auto mapped = maps_port(task, balancer);
    if (!mapped) {
      throw Error(invalid, fmt::format("The container {} does not exist in the task definition.",
                                       balancer.container));
    }
    if (!*mapped) {
      throw Error(invalid, fmt::format("The container {} did not have a container port {} defined.",
                                       balancer.container, balancer.port));
    }
    const auto view = groups_ == nullptr ? std::nullopt : groups_->find(balancer.group);
    if (!view) {
      throw Error(invalid, fmt::format("The target group with targetGroupArn {} does not exist.",
                                       balancer.group));
    }
    if (!view->balanced) {
      throw Error(invalid,
                  fmt::format("The target group with targetGroupArn {} does not have an associated "
                              "load balancer.",
                              balancer.group));
    }
    if (view->target_type != "ip") {
      throw Error(invalid,
                  fmt::format("The provided target group {} has target type {}, which is "
                              "incompatible with the awsvpc network mode specified in the task "
                              "definition.",
                              balancer.group, view->target_type));
    }
    balancers.push_back(std::move(balancer));
  }
  return balancers;
}

json::array Ecs::shown_balancers(const ServiceState& service) {
  json::array list;
  for (const auto& one : service.balancers) {
    list.push_back(json::object{{"targetGroupArn", one.group},
                                {"containerName", one.container},
                                {"containerPort", one.port}});
  }
  return list;
}

void Ecs::register_targets(RunningTask& task) {
  const auto service = services_.find(task.service);
  if (service == services_.end()) return;
  for (const auto& one : service->second.balancers) {
    groups_->add(one.group, task.private_ip, one.port);
    task.targets.push_back(one);
  }
}

base::Duration Ecs::deregister_targets(RunningTask& task) {
  base::Duration longest{};
  for (const auto& one : task.targets) {
    longest = std::max(longest, groups_->remove(one.group, task.private_ip, one.port));
  }
  task.targets.clear();
  return longest;
}

bool Ecs::is_healthy(const RunningTask& task) const {
  const auto& containers = definitions_.at(id_of(task.definition)).containers;
  if (const auto healthy = task.started ? healthy_at(containers, *task.started) : std::nullopt;
      healthy && context_.now() < *healthy) {
    return false;
  }
  return std::ranges::all_of(task.targets, [&](const Balancer& one) {
    return groups_->health(one.group, task.private_ip, one.port) == "healthy";
  });
}

// Replaces what is unhealthy, and looks again while anything is not healthy yet.
void Ecs::watch_health(ServiceState& service) {
  if (service.balancers.empty()) return;
  const auto now = context_.now();
  bool waiting = false;
  for (auto* task : tasks_of(service)) {
    if (task->last_status != "RUNNING" || task->desired_status != "RUNNING") continue;
    if (is_healthy(*task)) continue;
    waiting = true;
    if (now < *task->started + service.grace) continue;
    for (const auto& one : task->targets) {
      if (groups_->health(one.group, task->private_ip, one.port) != "unhealthy") continue;
      say(service, fmt::format("(service {}) (port {}) is unhealthy in (target-group {}) due to "
                               "(reason Health checks failed).",
                               service.name, one.port, one.group));
      stop(*task, "ServiceSchedulerInitiated",
           fmt::format("Task failed ELB health checks in (target-group {})", one.group));
      task_failed(*task);
      break;
    }
  }
  if (!waiting || service.next_look > now) return;
  service.next_look = now + look_again;
  reconcile_at(service.next_look, service.arn);
}

}  // namespace sim::ecs

// The life of one task: PROVISIONING, PENDING, the pull, RUNNING, and down again.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
#include "sim/ecs/ecs.hpp"
#include "sim/ecs/health.hpp"

namespace sim::ecs {

namespace {

std::string reference_words(const Reference& image) {
  return "failed to resolve ref " + image.full;
}

}  // namespace

Task<void> Ecs::live(std::string arn) {
  co_await reach_running(arn);
  auto& task = tasks_.at(arn);
  if (task.desired_status == "STOPPED") co_await wind_down(arn);
}

// Returns when the task runs, or earlier when it is to stop. Tasks are forgotten only long after
// they have stopped, so the reference stays good.
Task<void> Ecs::reach_running(std::string arn) {
  auto& clock = context_.clock();
  auto& task = tasks_.at(arn);
  const auto containers = definitions_.at(id_of(task.definition)).containers;
  co_await clock.sleep_for(draw(knobs_.provision));
  if (task.desired_status == "STOPPED") co_return;
  std::string problem;
  try {
    task.interface = ec2_.create_managed_interface({.subnet = task.subnet,
                                                    .groups = task.network.groups,
                                                    .description = this->arn("attachment", task.id),
                                                    .requester_id = "amazon-ecs",
                                                    .owner_service = "ecs.amazonaws.com",
                                                    .public_ip = task.network.public_ip});
  } catch (const Error& error) {
    problem = fmt::format(
        "Unexpected EC2 error while attempting to Create Network Interface with public IP "
        "assignment {} in subnet '{}': {}",
        task.network.public_ip ? "enabled" : "disabled", task.subnet, error.code);
  }
  if (!problem.empty()) {
    fail(task, problem);
    co_return;
  }
  const auto view = ec2_.interface(task.interface);
  task.private_ip = view->private_ip;
  task.mac = view->mac;
  task.last_status = "PENDING";
  co_await clock.sleep_for(draw(knobs_.capacity));
  if (task.desired_status == "STOPPED") co_return;
  task.connected = task.pull_started = context_.now();
  for (const auto& container : containers) {
    const bool pulled = co_await pull(arn, container);
    if (!pulled) co_return;
  }
  task.pull_stopped = context_.now();
  for (const auto& container : containers) {
    const auto reason = log_problem(task, container);
    if (reason.empty()) continue;
    co_await clock.sleep_for(knobs_.dial_timeout);
    if (task.desired_status != "STOPPED") fail(task, "ResourceInitializationError: " + reason);
    co_return;
  }
  co_await clock.sleep_for(draw(knobs_.container_start) +
                           std::ranges::max(start_delays(containers)));
  if (task.desired_status == "STOPPED") co_return;

  task.started = context_.now();
  task.last_status = "RUNNING";
  register_targets(task);
  bool ends = false;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    task.containers[i].last_status = "RUNNING";
    const auto* image = find_image(parse_reference(containers[i].image));
    if (!containers[i].log_group.empty()) {
      logs_.append(containers[i].log_group,
                   fmt::format("{}/{}/{}", containers[i].log_prefix, containers[i].name, task.id),
                   context_.now(), fmt::format("{}: container started", image->repository));
    }
    if (image->ends && containers[i].essential) ends = true;
  }
  if (const auto service = services_.find(task.service); service != services_.end()) {
    service->second.failures_in_a_row = 0;
    for (auto& one : service->second.deployments) {
      if (one.id == task.deployment) one.failed = 0;
    }
  }
  reconcile(task.service);
  if (const auto healthy = healthy_at(containers, *task.started)) {
    reconcile_at(*healthy, task.service);
  }
  if (!ends) co_return;
  co_await clock.sleep_for(draw(knobs_.container_start));
  if (task.desired_status == "STOPPED") co_return;
  stop(task, "EssentialContainerExited", "Essential container in task exited");
  task_failed(task);
}

// True when the image has come; otherwise the task is on its way down. Retries find a path that
// opens meanwhile.
Task<bool> Ecs::pull(std::string arn, Container container) {
  auto& task = tasks_.at(arn);
  auto& clock = context_.clock();
  const auto image = parse_reference(container.image);
  std::string problem = path_problem(task, image);
  for (int tries = 0; !problem.empty() && tries < knobs_.pull_tries; ++tries) {
    co_await clock.sleep_for(knobs_.dial_timeout);
    if (task.desired_status == "STOPPED") co_return false;
    problem = path_problem(task, image);
  }
  if (problem.empty()) problem = permission_problem(task, image);
  const auto* found = find_image(image);
  if (problem.empty() && !found) {
    problem = fmt::format(
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): {}: {}",
        reference_words(image),
        image.registry == Registry::docker_hub
            ? "pull access denied, repository does not exist or may require authorization: server "
              "message: insufficient_scope: authorization failed"
        : image.registry == Registry::other
            ? fmt::format("failed to do request: Head \"https://{}/v2/{}/manifests/{}\": dial tcp: "
                          "lookup {}: no such host",
                          image.host, image.repository, image.tag, image.host)
            : image.full + ": not found");
  }
  if (problem.empty()) {
    co_await clock.sleep_for(
        draw(knobs_.pull_overhead) +
        base::from_seconds(found->megabytes / knobs_.pull_megabytes_per_second));
    if (task.desired_status == "STOPPED") co_return false;
    // The layers come over the same path: it must have lasted.
    if (!path_problem(task, image).empty()) {
      co_await clock.sleep_for(knobs_.dial_timeout);
      problem = fmt::format(
          "CannotPullContainerError: failed to copy layers of {}: context canceled", image.full);
    }
  }
  if (problem.empty()) co_return true;
  if (task.desired_status == "STOPPED") co_return false;
  task.pull_stopped = context_.now();
  fail(task, problem);
  co_return false;
}

// Empty when every host that the pull needs can be reached from the task's interface.
std::string Ecs::path_problem(const RunningTask& task, const Reference& image) const {
  if (image.registry == Registry::ecr_private) {
    if (!ec2_.reach_service(task.interface, "ecr.api").open) {
      return fmt::format(
          "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot "
          "pull registry auth from Amazon ECR: There is a connection issue between the task and "
          "Amazon ECR. Check your task network configuration. RequestError: send request failed "
          "caused by: Post \"https://api.ecr.{}.amazonaws.com/\": dial tcp: i/o timeout",
          context_.region);
    }
    for (const char* service : {"ecr.dkr", "s3"}) {
      if (ec2_.reach_service(task.interface, service).open) continue;
      return fmt::format(
          "CannotPullContainerError: pull image manifest has been retried {} time(s): {}: failed "
          "to do request: {}: dial tcp: i/o timeout",
          knobs_.pull_tries, reference_words(image), service);
    }
    return {};
  }
  if (ec2_.reach_internet(task.interface, 443).open) return {};
  return fmt::format(
      "CannotPullContainerError: pull image manifest has been retried {} time(s): {}: failed to do "
      "request: Head \"https://{}/v2/{}/manifests/{}\": net/http: request canceled while waiting "
      "for connection (Client.Timeout exceeded while awaiting headers)",
      knobs_.pull_tries, reference_words(image), image.host, image.repository, image.tag);
}

std::string Ecs::permission_problem(const RunningTask& task, const Reference& image) const {
  if (image.registry != Registry::ecr_private) return {};
  const auto& role = definitions_.at(id_of(task.definition)).execution_role;
  const auto repository = fmt::format("arn:{}:ecr:{}:{}:repository/{}", context_.partition,
                                      context_.region, context_.account, image.repository);
  const std::pair<const char*, std::string> needs[] = {{"ecr:GetAuthorizationToken", "*"},
                                                       {"ecr:BatchGetImage", repository},
                                                       {"ecr:GetDownloadUrlForLayer", repository}};
  for (const auto& [action, resource] : needs) {
    if (iam_.role_allows(role, action, resource)) continue;
    return fmt::format(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
        "retrieval failed: unable to retrieve ecr registry auth: AccessDeniedException: User: {} "
        "is "
        "not authorized to perform: {} on resource: {}",
        role_arn(role), action, resource);
  }
  return {};
}

std::string Ecs::log_problem(const RunningTask& task, const Container& container) {
  if (container.log_group.empty()) return {};
  const auto& role = definitions_.at(id_of(task.definition)).execution_role;
  const auto stream = fmt::format("{}/{}/{}", container.log_prefix, container.name, task.id);
  std::string cause;
  if (!ec2_.reach_service(task.interface, "logs").open) {
    cause = fmt::format(
        "RequestError: send request failed caused by: Post "
        "\"https://logs.{}.amazonaws.com/\": dial tcp: i/o timeout",
        context_.region);
  } else if (!logs_.has_group(container.log_group) && !container.creates_log_group) {
    cause = "ResourceNotFoundException: The specified log group does not exist.";
  } else {
    std::vector<std::string> actions{"logs:CreateLogStream", "logs:PutLogEvents"};
    if (!logs_.has_group(container.log_group))
      actions.insert(actions.begin(), "logs:CreateLogGroup");
    for (const auto& action : actions) {
      const auto resource = logs_.arn(container.log_group, stream);
      if (cause.empty() && !iam_.role_allows(role, action, resource)) {
        cause = fmt::format(
            "AccessDeniedException: User: {} is not authorized to perform: {} on "
            "resource: {}",
            role_arn(role), action, resource);
      }
    }
  }
  if (cause.empty()) return {};
  return "failed to validate logger args: create stream has been retried 1 times: failed to create "
         "Cloudwatch log stream: " +
         cause + " : exit status 1";
}

void Ecs::fail(RunningTask& task, const std::string& reason) {
  task.desired_status = "STOPPED";
  task.stop_code = "TaskFailedToStart";
  task.stopped_reason = reason;
  task.stopping = context_.now();
  task_failed(task);
}

Task<void> Ecs::wind_down(std::string arn) {
  auto& clock = context_.clock();
  auto& task = tasks_.at(arn);
  if (std::exchange(task.winding_down, true)) co_return;
  const bool ran = task.last_status == "RUNNING";
  if (ran) {
    // Targets drain before the container is told to stop.
    if (const auto draining = deregister_targets(task); draining > base::Duration::zero()) {
      task.last_status = "DEACTIVATING";
      co_await clock.sleep_for(draining);
    }
    task.last_status = "STOPPING";
    const bool by_itself = task.stop_code == "EssentialContainerExited";
    if (!by_itself) co_await clock.sleep_for(draw(knobs_.stop));
    for (auto& container : task.containers) container.exit_code = 0;
    task.execution_stopped = context_.now();
  }
  for (auto& container : task.containers) container.last_status = "STOPPED";
  task.last_status = "DEPROVISIONING";
  if (!task.interface.empty()) {
    co_await clock.sleep_for(draw(knobs_.deprovision));
    ec2_.delete_managed_interface(task.interface);
  }
  task.last_status = "STOPPED";
  task.stopped = context_.now();
  reconcile(task.service);
}

std::optional<Listener> Ecs::listening(const std::string& ip, int port) const {
  for (const auto& [_, task] : tasks_) {
    if (task.private_ip != ip || task.last_status != "RUNNING") continue;
    for (const auto& container : definitions_.at(id_of(task.definition)).containers) {
      const auto* image = find_image(parse_reference(container.image));
      if (image && image->port == port) return Listener{200, std::string(image->page)};
    }
  }
  return std::nullopt;
}

}  // namespace sim::ecs

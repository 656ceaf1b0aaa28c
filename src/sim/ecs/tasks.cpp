// The operations on tasks.
#include "sim/ecs/capacity.hpp"
#include "sim/ecs/ecs.hpp"
#include "sim/ecs/health.hpp"
#include "sim/ecs/input.hpp"

namespace sim::ecs {

namespace {

void add_time(json::object& out, std::string_view name, const std::optional<Instant>& time) {
  if (time) out[name] = epoch_seconds(*time);
}

}  // namespace

Network Ecs::read_network(const Fields& in) const {
  const Fields awsvpc(Fields(in.object("networkConfiguration")).object("awsvpcConfiguration"),
                      invalid);
  Network network{awsvpc.texts("subnets"), awsvpc.texts("securityGroups"),
                  awsvpc.text("assignPublicIp", "DISABLED") == "ENABLED"};
  if (network.subnets.empty()) {
    throw Error(invalid,
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  json::array subnets, groups;
  for (const auto& id : network.subnets) subnets.push_back(json::value(id));
  for (const auto& id : network.groups) groups.push_back(json::value(id));
  network.shown = {{"awsvpcConfiguration",
                    {{"subnets", std::move(subnets)},
                     {"securityGroups", std::move(groups)},
                     {"assignPublicIp", network.public_ip ? "ENABLED" : "DISABLED"}}}};
  return network;
}

// The caller has filled in cluster, definition, network and who started it.
std::string Ecs::start_task(RunningTask task) {
  const auto& from = definition(task.definition);
  for (const auto& role : {from.execution_role, from.task_role}) {
    if (role.empty()) continue;
    bool assumable = true;
    try {
      iam_.assume(role, "ecs-task", "ecs-tasks.amazonaws.com");
    } catch (const Error&) {
      assumable = false;
    }
    if (!assumable) {
      throw Error("ClientException",
                  fmt::format("ECS was unable to assume the role '{}' that was provided for this "
                              "task. Please verify that the role being passed has the proper trust "
                              "relationship and permissions and that your IAM user has permissions "
                              "to pass this role.",
                              role_arn(role)));
    }
  }
  task.id = random_.hex(32);
  task.arn = arn("task", task.cluster + "/" + task.id);
  task.created = context_.now();
  const auto choice =
      random_.integer(0, static_cast<std::int64_t>(task.network.subnets.size()) - 1);
  task.subnet = task.network.subnets[static_cast<std::size_t>(choice)];
  for (std::size_t i = 0; i < from.containers.size(); ++i) {
    task.containers.push_back(
        {arn("container", fmt::format("{}/{}/{}", task.cluster, task.id, random_.uuid())),
         fmt::format("{}-{:010}", task.id, random_.integer(1, 9'999'999'999))});
  }
  const auto id = task.arn;
  order_.push_back(id);
  tasks_.emplace(id, std::move(task));
  context_.runtime.spawn(live(id));
  return id;
}

json::object Ecs::run_task(const Call& call) {
  const auto in = fields(call);
  in.unsupported("RunTask", {"overrides", "placementConstraints", "placementStrategy",
                             "volumeConfigurations"});
  const auto& owner = cluster(in);
  const auto strategy = strategy_of(in, owner);
  std::map<std::string, int> running;  // of this call
  const auto many = in.integer("count", 1);
  if (many < 1 || many > 10) throw Error(invalid, "count must be between 1 and 10.");
  const auto& from = definition(in.required("taskDefinition"));
  if (!from.active) throw Error("ClientException", "TaskDefinition is inactive");
  forget_old_tasks();
  json::array started;
  for (std::int64_t i = 0; i < many; ++i) {
    RunningTask task;
    task.cluster = owner.name;
    task.definition = from.arn;
    task.started_by = in.text("startedBy");
    task.group = in.text("group", "family:" + from.family);
    task.network = read_network(in);
    task.tags = in.list("tags");
    if (in.text("propagateTags") == "TASK_DEFINITION") {
      task.tags.insert(task.tags.end(), from.tags.begin(), from.tags.end());
    }
    if (in.flag("enableECSManagedTags")) {
      task.tags.push_back(json::object{{"key", "aws:ecs:clusterName"}, {"value", owner.name}});
    }
    task.provider = next_provider(strategy, running);
    ++running[task.provider];
    started.push_back(shown(tasks_.at(start_task(std::move(task)))));
  }
  return {{"tasks", std::move(started)}, {"failures", json::array()}};
}

void Ecs::stop(RunningTask& task, std::string code, std::string reason) {
  if (task.desired_status == "STOPPED") return;
  task.desired_status = "STOPPED";
  task.stop_code = std::move(code);
  task.stopped_reason = std::move(reason);
  task.stopping = context_.now();
  // A task that is still starting notices by itself.
  if (task.last_status == "RUNNING") context_.runtime.spawn(wind_down(task.arn));
}

json::object Ecs::stop_task(const Call& call) {
  const auto in = fields(call);
  const auto& owner = cluster(in);
  const auto found = tasks_.find(arn("task", owner.name + "/" + id_of(in.required("task"))));
  if (found == tasks_.end()) {
    throw Error(invalid, "The referenced task was not found.");
  }
  auto& task = found->second;
  stop(task, "UserInitiated", in.text("reason", "Task stopped by user"));
  if (!task.service.empty()) reconcile_at(context_.now() + draw(knobs_.schedule), task.service);
  return {{"task", shown(task)}};
}

json::object Ecs::describe_tasks(const Call& call) {
  const auto in = fields(call);
  const auto& owner = cluster(in);
  forget_old_tasks();
  const auto names = in.texts("tasks");
  if (names.empty()) throw Error(invalid, "Tasks cannot be empty.");
  if (names.size() > 100) {
    throw Error(invalid, "Cannot describe more than 100 tasks in one request.");
  }
  json::array found, failures;
  for (const auto& name : names) {
    const auto id = arn("task", owner.name + "/" + id_of(name));
    if (const auto one = tasks_.find(id); one != tasks_.end()) {
      found.push_back(shown(one->second));
    } else {
      failures.push_back(json::object{{"arn", id}, {"reason", "MISSING"}});
    }
  }
  return {{"tasks", std::move(found)}, {"failures", std::move(failures)}};
}

json::object Ecs::list_tasks(const Call& call) {
  const auto in = fields(call);
  in.unsupported("ListTasks", {"containerInstance"});
  const auto& owner = cluster(in);
  forget_old_tasks();
  const auto wanted = in.text("desiredStatus", "RUNNING");
  if (wanted != "RUNNING" && wanted != "PENDING" && wanted != "STOPPED") {
    throw Error(invalid, fmt::format("{} is not a valid desiredStatus.", wanted));
  }
  std::string service;
  if (in.has("serviceName")) {
    const auto* found = find_service(owner.name, in.text("serviceName"));
    if (!found) throw Error("ServiceNotFoundException", "Service not found.");
    service = found->arn;
  }
  const auto family = in.text("family");
  std::vector<std::string> arns;
  for (const auto& id : order_) {
    const auto& task = tasks_.at(id);
    const bool of_family = family.empty() || id_of(task.definition).starts_with(family + ":");
    if (task.cluster == owner.name && task.desired_status == wanted && of_family &&
        (service.empty() || task.service == service) &&
        (!in.has("startedBy") || task.started_by == in.text("startedBy"))) {
      arns.push_back(id);
    }
  }
  const auto most =
      static_cast<std::size_t>(std::clamp<std::int64_t>(in.integer("maxResults", 100), 1, 100));
  const auto token = in.text("nextToken");
  auto from = arns.begin();
  if (!token.empty()) {
    from = std::ranges::find(arns, token);
    if (from == arns.end()) throw Error(invalid, "Invalid token.");
  }
  json::array page;
  json::object out;
  for (; from != arns.end(); ++from) {
    if (page.size() == most) {
      out["nextToken"] = *from;  // where the next page begins
      break;
    }
    page.push_back(json::value(*from));
  }
  out["taskArns"] = std::move(page);
  return out;
}

void Ecs::forget_old_tasks() {
  const auto limit = context_.now() - knobs_.stopped_visible;
  std::erase_if(order_, [&](const std::string& id) {
    const auto& task = tasks_.at(id);
    if (!task.stopped || *task.stopped > limit) return false;
    tasks_.erase(id);
    return true;
  });
}

json::object Ecs::shown(const RunningTask& one) const {
  const auto& from = definitions_.at(id_of(one.definition));
  const auto attachment = "eni-attachment-" + one.id;
  json::array containers;
  const bool runs = one.last_status == "RUNNING";
  const auto health = [&](std::size_t i) -> std::string_view {
    return runs ? health_of(from.containers, i, *one.started, context_.now()) : "UNKNOWN";
  };
  const auto healthy = runs ? healthy_at(from.containers, *one.started) : std::nullopt;
  for (std::size_t i = 0; i < one.containers.size(); ++i) {
    const auto& container = one.containers[i];
    json::array interfaces;
    if (!one.private_ip.empty()) {
      interfaces.push_back(
          json::object{{"attachmentId", attachment}, {"privateIpv4Address", one.private_ip}});
    }
    json::object entry{{"containerArn", container.arn},
                       {"taskArn", one.arn},
                       {"name", from.containers[i].name},
                       {"image", from.containers[i].image},
                       {"lastStatus", container.last_status},
                       {"networkInterfaces", std::move(interfaces)},
                       {"healthStatus", health(i)}};
    if (one.started) entry["runtimeId"] = container.runtime_id;
    if (container.exit_code) entry["exitCode"] = *container.exit_code;
    if (!container.reason.empty()) entry["reason"] = container.reason;
    containers.push_back(std::move(entry));
  }
  json::array details{json::object{{"name", "subnetId"}, {"value", one.subnet}}};
  if (!one.interface.empty()) {
    details.push_back(json::object{{"name", "networkInterfaceId"}, {"value", one.interface}});
    details.push_back(json::object{{"name", "macAddress"}, {"value", one.mac}});
    details.push_back(json::object{{"name", "privateIPv4Address"}, {"value", one.private_ip}});
  }
  const std::string_view attached = one.stopped             ? "DELETED"
                                    : one.interface.empty() ? "PRECREATED"
                                                            : "ATTACHED";
  json::array attachments;
  attachments.push_back(json::object{{"id", attachment},
                                     {"type", "ElasticNetworkInterface"},
                                     {"status", attached},
                                     {"details", std::move(details)}});
  json::object out{{"taskArn", one.arn},
                   {"clusterArn", arn("cluster", one.cluster)},
                   {"taskDefinitionArn", one.definition},
                   {"group", one.group},
                   {"platformVersion", "1.4.0"},
                   {"platformFamily", "Linux"},
                   {"cpu", from.cpu},
                   {"memory", from.memory},
                   {"lastStatus", one.last_status},
                   {"desiredStatus", one.desired_status},
                   {"healthStatus", healthy && *healthy <= context_.now() ? "HEALTHY" : "UNKNOWN"},
                   {"attachments", std::move(attachments)},
                   {"containers", std::move(containers)},
                   {"createdAt", epoch_seconds(one.created)},
                   {"version", 1},
                   {"tags", one.tags}};
  // [I] Whatever the provider, it is Fargate that runs the task.
  out["launchType"] = "FARGATE";
  if (!one.provider.empty()) out["capacityProviderName"] = one.provider;
  if (!one.started_by.empty()) out["startedBy"] = one.started_by;
  if (one.connected) out["connectivity"] = "CONNECTED";
  add_time(out, "connectivityAt", one.connected);
  add_time(out, "pullStartedAt", one.pull_started);
  add_time(out, "pullStoppedAt", one.pull_stopped);
  add_time(out, "startedAt", one.started);
  add_time(out, "stoppingAt", one.stopping);
  add_time(out, "executionStoppedAt", one.execution_stopped);
  add_time(out, "stoppedAt", one.stopped);
  if (!one.stop_code.empty()) {
    out["stopCode"] = one.stop_code;
    out["stoppedReason"] = one.stopped_reason;
  }
  return out;
}

}  // namespace sim::ecs

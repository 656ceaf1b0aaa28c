// The operations on services. What keeps their tasks running is in scheduler.cpp.
#include "sim/ecs/capacity.hpp"
#include "sim/ecs/ecs.hpp"
#include "sim/ecs/input.hpp"

namespace sim::ecs {

namespace {

// Both are 32 bits wide on AWS.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
std::int32_t not_negative(const Fields& in, std::string_view name, std::int64_t fallback) {
  const auto value = in.integer(name, fallback);
  if (value < 0 || value > std::numeric_limits<std::int32_t>::max()) {
    throw Error(invalid, fmt::format("{} must be a number from 0 to 2147483647.", name));
  }
  return static_cast<std::int32_t>(value);
}

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
void read_tagging(const Fields& in, ServiceState& service) {
  service.managed_tags = in.flag("enableECSManagedTags", service.managed_tags);
  service.propagate = in.text("propagateTags", service.propagate);
  if (service.propagate != "NONE" && service.propagate != "SERVICE" &&
      service.propagate != "TASK_DEFINITION") {
    throw Error(invalid, "propagateTags is one of NONE, SERVICE, TASK_DEFINITION.");
  }
}

base::Duration grace_period(const Fields& in) {
  return std::chrono::seconds(not_negative(in, "healthCheckGracePeriodSeconds", 0));
}

}  // namespace

ServiceState* Ecs::find_service(const std::string& cluster, const std::string& name_or_arn) {
  const auto found = services_.find(arn("service", cluster + "/" + id_of(name_or_arn)));
  return found == services_.end() ? nullptr : &found->second;
}

ServiceState& Ecs::active_service(const Fields& in) {
  const auto& owner = cluster(in);
  auto* found = find_service(owner.name, in.required("service"));
  if (!found) throw Error("ServiceNotFoundException", "Service not found.");
  if (found->status != "ACTIVE") {
    throw Error("ServiceNotActiveException", "Service was not ACTIVE.");
  }
  return *found;
}

void Ecs::read_deployment_configuration(const Fields& in, ServiceState& service) const {
  if (!in.has("deploymentConfiguration")) return;
  const Fields given(in.object("deploymentConfiguration"), invalid);
  given.unsupported("deploymentConfiguration", {"lifecycleHooks", "bakeTimeInMinutes"});
  // AWS CDK writes down that there are none.
  if (given.has("alarms") && Fields(given.object("alarms")).flag("enable")) {
    given.unsupported("deploymentConfiguration", {"alarms"});
  }
  if (given.text("strategy", "ROLLING") != "ROLLING") {
    throw Error("NotImplemented", "The embedded AWS has no deployments but ROLLING ones.", 501);
  }
  service.maximum_percent =
      static_cast<int>(given.integer("maximumPercent", service.maximum_percent));
  service.minimum_percent =
      static_cast<int>(given.integer("minimumHealthyPercent", service.minimum_percent));
  if (service.maximum_percent < 100 || service.minimum_percent > service.maximum_percent ||
      service.minimum_percent < 0 ||
      (service.minimum_percent == 100 && service.maximum_percent == 100)) {
    throw Error(invalid,
                "Invalid deploymentConfiguration: maximumPercent must be greater than "
                "minimumHealthyPercent.");
  }
  if (given.has("deploymentCircuitBreaker")) {
    const Fields breaker(given.object("deploymentCircuitBreaker"), invalid);
    breaker.unsupported("deploymentCircuitBreaker", {"thresholdConfiguration"});
    service.breaker = {breaker.flag("enable"), breaker.flag("rollback")};
  }
}

// Makes a new primary deployment; the ones before drain.
void Ecs::deploy(ServiceState& service, const std::string& definition, Network network) {
  for (auto& one : service.deployments) one.primary = false;
  Deployment made;
  made.id = fmt::format("ecs-svc/{:019}", random_.integer(1, 999'999'999'999'999'999));
  made.definition = definition;
  made.desired = service.desired;
  made.created = made.updated = context_.now();
  made.network = std::move(network);
  made.strategy = service.strategy;
  made.reason = fmt::format("ECS deployment {} in progress.", made.id);
  service.deployments.insert(service.deployments.begin(), std::move(made));
  service.steady_at.reset();
  service.failures_in_a_row = 0;
  service.next_start = context_.now() + draw(knobs_.schedule);
  reconcile_at(service.next_start, service.arn);
}

json::object Ecs::create_service(const Call& call) {
  const auto in = fields(call);
  in.unsupported("CreateService", {"serviceRegistries", "placementConstraints", "placementStrategy",
                                   "serviceConnectConfiguration", "volumeConfigurations", "role",
                                   "vpcLatticeConfigurations"});
  const auto& owner = cluster(in);
  auto strategy = strategy_of(in, owner);
  if (in.has("deploymentController") &&
      Fields(in.object("deploymentController")).text("type", "ECS") != "ECS") {
    throw Error("NotImplemented", "The embedded AWS has no deployment controller but ECS.", 501);
  }
  if (in.text("schedulingStrategy", "REPLICA") != "REPLICA") {
    throw Error(invalid, "The daemon scheduling strategy is not supported on Fargate.");
  }
  if (in.has("healthCheckGracePeriodSeconds") && in.list("loadBalancers").empty()) {
    throw Error(invalid,
                "Health check grace period is only valid for services configured to use load "
                "balancers");
  }
  const auto name = in.required("serviceName");
  const auto token = in.text("clientToken");
  if (auto* there = find_service(owner.name, name); there && there->status != "INACTIVE") {
    if (!token.empty() && there->client_token == token) return {{"service", shown(*there)}};
    throw Error(invalid, there->status == "DRAINING"
                             ? "Unable to Start a service that is still Draining."
                             : "Creation of service was not idempotent.");
  }
  const auto desired = not_negative(in, "desiredCount", -1);
  const auto& task = definition(in.required("taskDefinition"));
  if (!task.active) throw Error("ClientException", "TaskDefinition is inactive");

  ServiceState made;
  made.name = name;
  made.arn = arn("service", owner.name + "/" + name);
  made.cluster = owner.name;
  made.created_by = call.caller.role_arn.empty() ? call.caller.arn : call.caller.role_arn;
  made.desired = desired;
  made.created = context_.now();
  made.execute_command = in.flag("enableExecuteCommand");
  read_tagging(in, made);
  made.strategy = std::move(strategy);
  made.tags = in.list("tags");
  made.client_token = token;
  read_deployment_configuration(in, made);
  made.balancers = read_balancers(in, task);
  made.grace = grace_period(in);
  auto network = read_network(in);
  auto& stored = services_[made.arn] = std::move(made);
  deploy(stored, task.arn, std::move(network));
  return {{"service", shown(stored)}};
}

json::object Ecs::update_service(const Call& call) {
  const auto in = fields(call);
  in.unsupported("UpdateService", {"placementConstraints", "placementStrategy", "serviceRegistries",
                                   "serviceConnectConfiguration", "volumeConfigurations"});
  auto& stored = active_service(in);
  auto service = stored;  // what is refused half way changes nothing
  const auto now = context_.now();
  read_deployment_configuration(in, service);
  service.execute_command = in.flag("enableExecuteCommand", service.execute_command);
  read_tagging(in, service);
  check_platform(in);
  const auto strategy_before = service.strategy;
  if (in.has("capacityProviderStrategy")) {
    service.strategy = read_strategy(in, "capacityProviderStrategy", cluster(in).providers);
  }
  auto& primary = service.deployments.front();
  service.desired = primary.desired = not_negative(in, "desiredCount", service.desired);
  primary.updated = now;
  service.steady_at.reset();

  auto wanted = primary.definition;
  if (in.has("taskDefinition")) {
    const auto& task = definition(in.text("taskDefinition"));
    if (!task.active) throw Error("ClientException", "TaskDefinition is inactive");
    wanted = task.arn;
  }
  auto balancers = service.balancers;
  if (in.has("loadBalancers")) balancers = read_balancers(in, definition(wanted));
  const bool rebalanced = balancers != service.balancers;
  service.balancers = std::move(balancers);
  if (in.has("healthCheckGracePeriodSeconds")) {
    service.grace = grace_period(in);
  }
  auto network = in.has("networkConfiguration") ? read_network(in) : primary.network;
  const bool moved = network.subnets != primary.network.subnets ||
                     network.groups != primary.network.groups ||
                     network.public_ip != primary.network.public_ip;
  const bool deploys = wanted != primary.definition || moved || rebalanced ||
                       in.flag("forceNewDeployment") || service.strategy != strategy_before;
  stored = std::move(service);
  if (deploys) {
    deploy(stored, wanted, std::move(network));
  } else {
    reconcile_at(now + draw(knobs_.schedule), stored.arn);
  }
  return {{"service", shown(stored)}};
}

json::object Ecs::delete_service(const Call& call) {
  const auto in = fields(call);
  const auto& owner = cluster(in);
  auto* service = find_service(owner.name, in.required("service"));
  if (!service || service->status == "INACTIVE") {
    throw Error("ServiceNotFoundException", "Service not found.");
  }
  if (service->desired > 0 && !in.flag("force")) {
    throw Error(invalid, "The service cannot be stopped while it is scaled above 0.");
  }
  if (service->status == "ACTIVE") {
    service->status = "DRAINING";
    service->desired = 0;
    for (auto& one : service->deployments) one.desired = 0;
    reconcile_at(context_.now() + draw(knobs_.schedule), service->arn);
  }
  return {{"service", shown(*service)}};
}

json::object Ecs::describe_services(const Call& call) {
  const auto in = fields(call);
  const auto& owner = cluster(in);
  const auto names = in.texts("services");
  if (names.empty()) throw Error(invalid, "Services cannot be empty.");
  if (names.size() > 10) {
    throw Error(invalid, "Cannot describe more than 10 services in one request.");
  }
  json::array found, failures;
  for (const auto& name : names) {
    if (const auto* one = find_service(owner.name, name)) {
      found.push_back(shown(*one));
    } else {
      failures.push_back(json::object{{"arn", arn("service", owner.name + "/" + id_of(name))},
                                      {"reason", "MISSING"}});
    }
  }
  return {{"services", std::move(found)}, {"failures", std::move(failures)}};
}

json::object Ecs::list_services(const Call& call) {
  const auto in = fields(call);
  const auto& owner = cluster(in);
  const auto most =
      static_cast<std::size_t>(std::clamp<std::int64_t>(in.integer("maxResults", 10), 1, 100));
  const auto after = in.text("nextToken");
  json::array arns;
  json::object out;
  for (auto one = services_.upper_bound(after); one != services_.end(); ++one) {
    if (one->second.cluster != owner.name || one->second.status == "INACTIVE") continue;
    if (arns.size() == most) {
      out["nextToken"] = arns.back();
      break;
    }
    arns.push_back(json::value(one->first));
  }
  out["serviceArns"] = std::move(arns);
  return out;
}

json::object Ecs::shown(const ServiceState& one) const {
  json::array deployments, events;
  int running = 0, pending = 0;
  for (const auto& deployment : one.deployments) {
    const int runs = count(deployment, "RUNNING");
    const int waits = count(deployment, "PROVISIONING") + count(deployment, "PENDING");
    running += runs;
    pending += waits;
    json::object shown_one{{"id", deployment.id},
                           {"status", deployment.primary ? "PRIMARY" : "ACTIVE"},
                           {"taskDefinition", deployment.definition},
                           {"desiredCount", deployment.desired},
                           {"pendingCount", waits},
                           {"runningCount", runs},
                           {"failedTasks", deployment.failed},
                           {"createdAt", epoch_seconds(deployment.created)},
                           {"updatedAt", epoch_seconds(deployment.updated)},
                           {"platformVersion", "1.4.0"},
                           {"platformFamily", "Linux"},
                           {"networkConfiguration", deployment.network.shown},
                           {"rolloutState", deployment.rollout},
                           {"rolloutStateReason", deployment.reason}};
    show_capacity(deployment.strategy, shown_one);
    deployments.push_back(std::move(shown_one));
  }
  for (const auto& event : one.events) {
    events.push_back(json::object{
        {"id", event.id}, {"createdAt", epoch_seconds(event.created)}, {"message", event.message}});
  }
  json::object out{{"serviceArn", one.arn},
                   {"serviceName", one.name},
                   {"clusterArn", arn("cluster", one.cluster)},
                   {"loadBalancers", shown_balancers(one)},
                   {"serviceRegistries", json::array()},
                   {"status", one.status},
                   {"desiredCount", one.desired},
                   {"runningCount", running},
                   {"pendingCount", pending},
                   {"platformVersion", "LATEST"},
                   {"platformFamily", "Linux"},
                   {"deploymentConfiguration",
                    {{"deploymentCircuitBreaker",
                      {{"enable", one.breaker.enabled}, {"rollback", one.breaker.rollback}}},
                     {"maximumPercent", one.maximum_percent},
                     {"minimumHealthyPercent", one.minimum_percent}}},
                   {"deployments", std::move(deployments)},
                   {"events", std::move(events)},
                   {"createdAt", epoch_seconds(one.created)},
                   {"createdBy", one.created_by},
                   {"placementConstraints", json::array()},
                   {"placementStrategy", json::array()},
                   {"schedulingStrategy", "REPLICA"},
                   {"deploymentController", {{"type", "ECS"}}},
                   {"enableECSManagedTags", one.managed_tags},
                   {"propagateTags", one.propagate},
                   {"enableExecuteCommand", one.execute_command},
                   {"tags", one.tags}};
  show_capacity(one.strategy, out);
  if (!one.balancers.empty()) {
    out["healthCheckGracePeriodSeconds"] = static_cast<std::int64_t>(base::seconds(one.grace));
  }
  if (!one.deployments.empty()) {
    out["taskDefinition"] = one.deployments.front().definition;
    out["networkConfiguration"] = one.deployments.front().network.shown;
  }
  return out;
}

}  // namespace sim::ecs

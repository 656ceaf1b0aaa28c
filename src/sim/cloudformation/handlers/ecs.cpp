// ECS clusters, task definitions and services.
#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "sim/cloudformation/handlers/handlers.hpp"
#include "sim/core/words.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

// Members whose values are names of the user's own, not of the API.
constexpr std::array free_maps{"Options", "DockerLabels", "DriverOpts", "Labels"};
constexpr std::array numbers{"cpu",
                             "memory",
                             "memoryReservation",
                             "containerPort",
                             "hostPort",
                             "desiredCount",
                             "weight",
                             "base",
                             "maximumPercent",
                             "minimumHealthyPercent",
                             "healthCheckGracePeriodSeconds",
                             "interval",
                             "timeout",
                             "retries",
                             "startPeriod",
                             "stopTimeout",
                             "startTimeout",
                             "softLimit",
                             "hardLimit",
                             "sizeInGiB"};

json::value typed(std::string_view key, const json::value& value) {
  const std::string text = templates::text_of(value);
  if (std::ranges::find(numbers, key) != numbers.end()) {
    if (const auto number = templates::number_of(text)) return static_cast<std::int64_t>(*number);
  }
  if (text == "true") return true;
  if (text == "false") return false;
  return json::value(text);
}

// Template properties as the API's JSON: camelCase names, numbers and flags as such.
json::value api_form(const json::value& value) {
  if (const auto* array = value.if_array()) {
    json::array result;
    for (const auto& one : *array) {
      result.push_back(one.is_structured() ? api_form(one) : json::value(templates::text_of(one)));
    }
    return json::value(std::move(result));
  }
  const auto* object = value.if_object();
  if (object == nullptr) return value;
  json::object result;
  for (const auto& member : *object) {
    std::string key = member.key();
    const bool free = std::ranges::find(free_maps, key) != free_maps.end();
    key = uncapitalized(std::move(key));
    if (free) {
      result[key] = templates::stringified(member.value());
    } else if (member.value().is_structured()) {
      result[key] = api_form(member.value());
    } else if (key == "value" || key == "name" || key == "image") {
      result[key] = templates::text_of(member.value());  // an environment's "true" is text
    } else {
      result[key] = typed(key, member.value());
    }
  }
  return json::value(std::move(result));
}

json::array lower_tags(const Work& work) {
  json::array result;
  for (const auto& tag : work.tags()) {
    result.push_back(json::object{{"key", at(tag, "Key")}, {"value", at(tag, "Value")}});
  }
  return result;
}

json::object input_of(const Work& work) {
  json::object properties = work.properties;
  properties.erase("Tags");
  json::object input = api_form(json::value(std::move(properties))).as_object();
  if (json::array tags = lower_tags(work); !tags.empty()) input["tags"] = std::move(tags);
  return input;
}

// Cluster -----------------------------------------------------------------------------------------

json::object cluster_input(const Work& work) {
  json::object input = input_of(work);
  if (auto* settings = input.if_contains("clusterSettings")) {
    json::value given = std::move(*settings);
    input.erase("clusterSettings");
    input["settings"] = std::move(given);
  }
  return input;
}

Task<void> update_ecs_tags(Work& work, std::string arn) {
  json::object who{{"resourceArn", arn}};
  co_await update_tags(work, {.service = "ecs",
                              .add = "TagResource",
                              .remove = "UntagResource",
                              .who = std::move(who),
                              .tags = "tags",
                              .keys = "tagKeys",
                              .form = TagForm::lower_list});
}

json::array list_in(const json::object& input, std::string_view member) {
  const auto* list = input.if_contains(member);
  return list != nullptr && list->is_array() ? list->get_array() : json::array();
}

// What is given no more goes back to what a new cluster has.
Task<void> update_cluster(Work& work) {
  const auto input = cluster_input(work);
  if (work.changed("ClusterSettings")) {
    auto settings = list_in(input, "settings");
    if (settings.empty()) {
      settings.push_back(json::object{{"name", "containerInsights"}, {"value", "disabled"}});
    }
    json::object change{{"cluster", work.id}};
    change["settings"] = std::move(settings);
    co_await work.call("ecs", "UpdateClusterSettings", std::move(change));
  }
  if (any_changed(work, {"CapacityProviders", "DefaultCapacityProviderStrategy"})) {
    json::object change{{"cluster", work.id}};
    for (const auto* member : {"capacityProviders", "defaultCapacityProviderStrategy"}) {
      change[member] = list_in(input, member);
    }
    co_await work.call("ecs", "PutClusterCapacityProviders", std::move(change));
  }
  co_await update_ecs_tags(work, at(work.attributes, "Arn"));
}

Task<void> create_cluster(Work& work) {
  json::object input = cluster_input(work);
  if (!work.has("ClusterName")) input["clusterName"] = work.generated_name();
  const auto made = co_await work.call("ecs", "CreateCluster", std::move(input));
  work.attributes["Arn"] = at(made, "cluster.clusterArn");
  work.initiated(at(made, "cluster.clusterName"));
}

Task<void> remove_cluster(Work& work) {
  co_await work.call("ecs", "DeleteCluster", {{"cluster", work.id}});
}

// Capacity providers of a cluster: the resource has no existence of its own.
Task<void> put_providers(Work& work) {
  co_await work.call("ecs", "PutClusterCapacityProviders", input_of(work));
  work.initiated(work.text("Cluster"));
}

Task<void> clear_providers(Work& work) {
  json::object input{{"cluster", work.id}};
  input["capacityProviders"] = json::array();
  input["defaultCapacityProviderStrategy"] = json::array();
  co_await work.call("ecs", "PutClusterCapacityProviders", std::move(input));
}

// Task definition ---------------------------------------------------------------------------------

Task<void> create_task_definition(Work& work) {
  json::object input = input_of(work);
  if (!work.has("Family")) {
    std::string family = work.generated_name();
    input["family"] = family;
  }
  for (const auto* size : {"Cpu", "Memory"}) {
    // Strings for a task, numbers for a container.
    if (work.has(size)) input[templates::lower(size)] = work.text(size);
  }
  const auto made = co_await work.call("ecs", "RegisterTaskDefinition", std::move(input));
  work.attributes["TaskDefinitionArn"] = at(made, "taskDefinition.taskDefinitionArn");
  work.initiated(at(made, "taskDefinition.taskDefinitionArn"));
}

Task<void> update_task_definition(Work& work) {
  co_await update_ecs_tags(work, work.id);
}

Task<void> remove_task_definition(Work& work) {
  co_await work.call("ecs", "DeregisterTaskDefinition", {{"taskDefinition", work.id}});
}

// Service -----------------------------------------------------------------------------------------

std::string cluster_of(const Work& work) {
  return work.has("Cluster") ? work.text("Cluster") : "default";
}

Task<json::value> look_at_service(Work& work) {
  json::object input{{"cluster", cluster_of(work)}};
  input["services"] = json::array{work.id};
  const auto found = co_await work.call("ecs", "DescribeServices", std::move(input));
  const auto* service = find(found, "services.0");
  co_return service == nullptr ? json::value(json::object()) : *service;
}

// One deployment, everything running: what ECS calls a steady state. Behind load balancers, only
// what is healthy counts, and the deployment says so.
bool steady(const json::value& service) {
  const auto* deployments = find(service, "deployments");
  const bool balanced = find(service, "loadBalancers.0") != nullptr;
  if (balanced && at(service, "deployments.0.rolloutState") != "COMPLETED") return false;
  return deployments != nullptr && deployments->is_array() && deployments->as_array().size() == 1 &&
         at(service, "runningCount") == at(service, "desiredCount");
}

Task<void> wait_until_steady(Work& work) {
  const auto limit = work.context.now() + base::from_seconds(work.knobs.service_limit);
  while (true) {
    co_await work.pause(work.knobs.poll);
    const auto service = co_await look_at_service(work);
    if (steady(service)) co_return;
    if (at(service, "deployments.0.rolloutState") == "FAILED") {
      throw Failure(
          "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.");
    }
    if (work.context.now() >= limit) {
      throw Failure(fmt::format("Service {} did not stabilize.", work.id));
    }
  }
}

Task<void> create_service(Work& work) {
  json::object input = input_of(work);
  if (!work.has("ServiceName")) input["serviceName"] = work.generated_name();
  if (!work.has("DesiredCount") && work.text("SchedulingStrategy") != "DAEMON") {
    input["desiredCount"] = 1;
  }
  input["clientToken"] = work.token;
  const auto made = co_await work.call("ecs", "CreateService", std::move(input));
  work.attributes["Name"] = at(made, "service.serviceName");
  work.attributes["ServiceArn"] = at(made, "service.serviceArn");
  work.initiated(at(made, "service.serviceArn"));
  co_await wait_until_steady(work);
}

// Members of which a template that names them no more means what a new service has.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
void add_defaults(const Work& work, json::object& input) {
  const std::pair<const char*, json::value> defaults[] = {{"EnableECSManagedTags", false},
                                                          {"EnableExecuteCommand", false},
                                                          {"HealthCheckGracePeriodSeconds", 0},
                                                          {"PropagateTags", "NONE"},
                                                          {"LoadBalancers", json::array()}};
  for (const auto& [property, value] : defaults) {
    if (!work.changed(property) || work.has(property)) continue;
    input[uncapitalized(property)] = value;
  }
}

Task<void> update_service(Work& work) {
  json::object input = input_of(work);
  for (const auto* fixed : {"serviceName", "launchType", "schedulingStrategy", "tags"}) {
    input.erase(fixed);
  }
  if (!work.changed("CapacityProviderStrategy")) input.erase("capacityProviderStrategy");
  add_defaults(work, input);
  input["cluster"] = cluster_of(work);
  input["service"] = work.id;
  co_await work.call("ecs", "UpdateService", std::move(input));
  co_await update_ecs_tags(work, work.id);
  co_await wait_until_steady(work);
}

Task<void> remove_service(Work& work) {
  co_await work.call("ecs", "DeleteService",
                     {{"cluster", cluster_of(work)}, {"service", work.id}, {"force", true}});
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  while (true) {
    const auto service = co_await look_at_service(work);
    const std::string status = at(service, "status");
    if (status.empty() || status == "INACTIVE") co_return;
    if (work.context.now() >= limit) {
      throw Failure(fmt::format("Service {} did not stabilize.", work.id));
    }
    co_await work.pause(work.knobs.poll);
  }
}

}  // namespace

void add_ecs(Handlers& table) {
  table["AWS::ECS::Cluster"] = {.schema = {{"CapacityProviders", "ClusterName", "ClusterSettings",
                                            "DefaultCapacityProviderStrategy", "Tags"},
                                           {},
                                           {"Arn"}},
                                .create_only = {"ClusterName"},
                                .create = create_cluster,
                                .update = update_cluster,
                                .remove = remove_cluster};
  table["AWS::ECS::ClusterCapacityProviderAssociations"] = {
      .schema = {{"CapacityProviders", "Cluster", "DefaultCapacityProviderStrategy"},
                 {"Cluster", "DefaultCapacityProviderStrategy"},
                 {}},
      .create_only = {"Cluster"},
      .create = put_providers,
      .update = put_providers,
      .remove = clear_providers};
  const std::set<std::string, std::less<>> task_properties{"ContainerDefinitions",
                                                           "Cpu",
                                                           "EphemeralStorage",
                                                           "ExecutionRoleArn",
                                                           "Family",
                                                           "Memory",
                                                           "NetworkMode",
                                                           "RequiresCompatibilities",
                                                           "RuntimePlatform",
                                                           "TaskRoleArn"};
  auto task_schema = task_properties;
  task_schema.insert("Tags");
  table["AWS::ECS::TaskDefinition"] = {.schema = {task_schema, {}, {"TaskDefinitionArn"}},
                                       .create_only = task_properties,
                                       .create = create_task_definition,
                                       .update = update_task_definition,
                                       .remove = remove_task_definition};
  table["AWS::ECS::Service"] = {
      .schema = {{"CapacityProviderStrategy", "Cluster", "DeploymentConfiguration",
                  "DeploymentController", "DesiredCount", "EnableECSManagedTags",
                  "EnableExecuteCommand", "HealthCheckGracePeriodSeconds", "LaunchType",
                  "LoadBalancers", "NetworkConfiguration", "PlatformVersion", "PropagateTags",
                  "SchedulingStrategy", "ServiceName", "Tags", "TaskDefinition"},
                 {},
                 {"Name", "ServiceArn"}},
      .create_only = {"Cluster", "LaunchType", "SchedulingStrategy", "ServiceName"},
      .create = create_service,
      .update = update_service,
      .remove = remove_service};
}

}  // namespace sim::cloudformation

#include "aws/ecs/ecs.hpp"

#include <boost/json/array.hpp>

#include "aws/errors.hpp"
#include "aws/protocol.hpp"

namespace aws::ecs {

namespace json = boost::json;
using protocol::number;
using protocol::objects;
using protocol::text;
using protocol::timestamp;

namespace {

base::Task<json::object> call(Client& client, std::string operation, json::object input) {
  return client.json("ecs", "AmazonEC2ContainerServiceV20141113", std::move(operation),
                     std::move(input));
}

// What stands after "service/".
std::string_view resource_of(std::string_view arn) {
  const auto mark = arn.find(":service/");
  return mark == std::string_view::npos ? arn : arn.substr(mark + 9);
}

int count(const json::object& object, std::string_view key) {
  return static_cast<int>(number(object, key));
}

Deployment parse_deployment(const json::object& object) {
  return {.id = text(object, "id"),
          .status = text(object, "status"),
          .rollout_state = text(object, "rolloutState"),
          .rollout_reason = text(object, "rolloutStateReason"),
          .desired = count(object, "desiredCount"),
          .pending = count(object, "pendingCount"),
          .running = count(object, "runningCount"),
          .failed = count(object, "failedTasks")};
}

Service parse_service(const json::object& object) {
  Service out{.arn = text(object, "serviceArn"),
              .name = text(object, "serviceName"),
              .status = text(object, "status"),
              .cluster_arn = text(object, "clusterArn"),
              .task_definition = text(object, "taskDefinition"),
              .desired = count(object, "desiredCount"),
              .pending = count(object, "pendingCount"),
              .running = count(object, "runningCount"),
              .deployments = {},
              .events = {}};
  for (const auto& item : objects(object, "deployments")) {
    out.deployments.push_back(parse_deployment(item));
  }
  for (const auto& item : objects(object, "events")) {
    out.events.push_back(
        {timestamp(item, "createdAt").value_or(base::Instant{}), text(item, "message")});
  }
  return out;
}

Task parse_task(const json::object& object) {
  Task out{.arn = text(object, "taskArn"),
           .last_status = text(object, "lastStatus"),
           .desired_status = text(object, "desiredStatus"),
           .health = text(object, "healthStatus"),
           .stopped_reason = text(object, "stoppedReason"),
           .private_ip = {},
           .interface = {},
           .created = timestamp(object, "createdAt"),
           .pull_started = timestamp(object, "pullStartedAt"),
           .pull_stopped = timestamp(object, "pullStoppedAt"),
           .started = timestamp(object, "startedAt")};
  for (const auto& attachment : objects(object, "attachments")) {
    if (text(attachment, "type") != "ElasticNetworkInterface") continue;
    for (const auto& detail : objects(attachment, "details")) {
      if (text(detail, "name") == "privateIPv4Address") out.private_ip = text(detail, "value");
      if (text(detail, "name") == "networkInterfaceId") out.interface = text(detail, "value");
    }
  }
  return out;
}

json::array strings(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : json::array();
}

base::Task<json::array> list_tasks(Client& client, ServiceArn arn) {
  json::array all;
  std::string token;
  do {
    json::object input{{"cluster", arn.cluster()}, {"serviceName", arn.name()}};
    if (!token.empty()) input["nextToken"] = token;
    const auto page = co_await call(client, "ListTasks", std::move(input));
    for (auto& task : strings(page, "taskArns")) all.push_back(std::move(task));
    token = text(page, "nextToken");
  } while (!token.empty());
  co_return all;
}

}  // namespace

std::string ServiceArn::cluster() const {
  const auto resource = resource_of(value);
  const auto slash = resource.find('/');
  return slash == std::string_view::npos ? "default" : std::string(resource.substr(0, slash));
}

std::string ServiceArn::name() const {
  const auto resource = resource_of(value);
  const auto slash = resource.find('/');
  return std::string(slash == std::string_view::npos ? resource : resource.substr(slash + 1));
}

base::Task<std::optional<Service>> find_service(Client& client, ServiceArn arn) {
  json::object input{{"cluster", arn.cluster()}, {"services", json::array({arn.name()})}};
  try {
    const auto output = co_await call(client, "DescribeServices", std::move(input));
    const auto found = objects(output, "services");
    if (found.empty()) co_return std::nullopt;
    co_return parse_service(found.front());
  } catch (const ServiceError& error) {
    if (!is_not_found(error.code)) throw;
  }
  co_return std::nullopt;
}

base::Task<std::vector<Task>> tasks_of(Client& client, ServiceArn arn) {
  // DescribeTasks takes at most 100.
  constexpr std::size_t batch = 100;
  std::vector<Task> tasks;
  const auto arns = co_await list_tasks(client, arn);
  for (std::size_t first = 0; first < arns.size(); first += batch) {
    json::array some;
    for (auto i = first; i < std::min(arns.size(), first + batch); ++i) some.push_back(arns[i]);
    const auto output = co_await call(client, "DescribeTasks",
                                      {{"cluster", arn.cluster()}, {"tasks", std::move(some)}});
    for (const auto& item : objects(output, "tasks")) tasks.push_back(parse_task(item));
  }
  co_return tasks;
}

}  // namespace aws::ecs

// The table of operations, and clusters.
#include "sim/ecs/capacity.hpp"
#include "sim/ecs/ecs.hpp"
#include "sim/ecs/input.hpp"
#include "sim/ecs/pages.hpp"

namespace sim::ecs {

Ecs::Ecs(Context context, ec2::Ec2& ec2, iam::Iam& iam, logs::Logs& logs, Knobs knobs)
    : context_(std::move(context)),
      ec2_(ec2),
      iam_(iam),
      logs_(logs),
      knobs_(knobs),
      random_(context_.random("ecs")) {
  add("CreateCluster", &Ecs::create_cluster, &Ecs::asks_cluster);
  add("DescribeClusters", &Ecs::describe_clusters, &Ecs::asks_cluster);
  add("DeleteCluster", &Ecs::delete_cluster, &Ecs::asks_cluster);
  add("ListClusters", &Ecs::list_clusters, &Ecs::asks_nothing_named);
  add("RegisterTaskDefinition", &Ecs::register_task_definition, &Ecs::asks_roles);
  add("DescribeTaskDefinition", &Ecs::describe_task_definition, &Ecs::asks_nothing_named);
  add("DeregisterTaskDefinition", &Ecs::deregister_task_definition, &Ecs::asks_nothing_named);
  add("ListTaskDefinitions", &Ecs::list_task_definitions, &Ecs::asks_nothing_named);
  add("CreateService", &Ecs::create_service, &Ecs::asks_service);
  add("UpdateService", &Ecs::update_service, &Ecs::asks_service);
  add("DeleteService", &Ecs::delete_service, &Ecs::asks_service);
  add("DescribeServices", &Ecs::describe_services, &Ecs::asks_services);
  add("ListServices", &Ecs::list_services, &Ecs::asks_in_cluster);
  add("RunTask", &Ecs::run_task, &Ecs::asks_definition);
  add("StopTask", &Ecs::stop_task, &Ecs::asks_tasks);
  add("DescribeTasks", &Ecs::describe_tasks, &Ecs::asks_tasks);
  add("ListTasks", &Ecs::list_tasks, &Ecs::asks_in_cluster);
  add("ListTaskDefinitionFamilies", &Ecs::list_families, &Ecs::asks_nothing_named);
  add("DeleteTaskDefinitions", &Ecs::delete_task_definitions, &Ecs::asks_nothing_named);
  add_settings();
}

void Ecs::add(const std::string& action, Run run, Asked access) {
  operations_[action] = {
      .run = at_once([this, run](const Call& call) { return (this->*run)(call); }),
      .access = [this, action, access](const Call& call) {
        std::vector<Access> accesses;
        try {
          accesses = (this->*access)(Fields(call.input));
        } catch (const Error&) {  // of the wrong type: refused by the operation itself
          accesses = {{"", "*"}};
        }
        for (auto& one : accesses) {
          if (one.action.empty()) one.action = "ecs:" + action;
        }
        return accesses;
      }};
}

base::Duration Ecs::draw(Range range) {
  return base::Duration(random_.integer(range.low.count(), range.high.count()));
}

std::string Ecs::arn(std::string_view kind, std::string_view rest) const {
  return fmt::format("arn:{}:ecs:{}:{}:{}/{}", context_.partition, context_.region,
                     context_.account, kind, rest);
}

// The last part of an ARN, or the name itself.
std::string Ecs::id_of(std::string_view name_or_arn) const {
  return std::string(name_or_arn.substr(name_or_arn.rfind('/') + 1));
}

std::string Ecs::cluster_name(const Fields& in) const {
  return id_of(in.text("cluster", "default"));
}

// Access ------------------------------------------------------------------------------------------
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html

std::vector<Access> Ecs::asks_nothing_named(const Fields&) const {
  return {{"", "*"}};
}

std::vector<Access> Ecs::asks_cluster(const Fields& in) const {
  if (in.has("clusters")) {
    std::vector<Access> accesses;
    for (const auto& name : in.texts("clusters")) {
      accesses.push_back({"", arn("cluster", id_of(name))});
    }
    return accesses;
  }
  const auto name = in.has("clusterName") ? in.text("clusterName") : cluster_name(in);
  return {{"", arn("cluster", name)}};
}

std::vector<Access> Ecs::asks_service(const Fields& in) const {
  const auto cluster = cluster_name(in);
  const auto name = in.has("serviceName") ? in.text("serviceName") : id_of(in.text("service"));
  Access access{
      "", arn("service", cluster + "/" + name), {{"ecs:cluster", arn("cluster", cluster)}}};
  if (const auto definition = in.text("taskDefinition"); !definition.empty()) {
    access.context["ecs:task-definition"] = arn("task-definition", id_of(definition));
  }
  return {access};
}

std::vector<Access> Ecs::asks_services(const Fields& in) const {
  const auto cluster = cluster_name(in);
  std::vector<Access> accesses;
  for (const auto& name : in.texts("services")) {
    accesses.push_back({"",
                        arn("service", cluster + "/" + id_of(name)),
                        {{"ecs:cluster", arn("cluster", cluster)}}});
  }
  return accesses;
}

std::vector<Access> Ecs::asks_tasks(const Fields& in) const {
  const auto cluster = cluster_name(in);
  auto names = in.texts("tasks");
  if (in.has("task")) names.push_back(in.text("task"));
  std::vector<Access> accesses;
  for (const auto& name : names) {
    accesses.push_back(
        {"", arn("task", cluster + "/" + id_of(name)), {{"ecs:cluster", arn("cluster", cluster)}}});
  }
  return accesses;
}

std::vector<Access> Ecs::asks_definition(const Fields& in) const {
  return {{"",
           arn("task-definition", id_of(in.text("taskDefinition"))),
           {{"ecs:cluster", arn("cluster", cluster_name(in))}}}};
}

std::vector<Access> Ecs::asks_roles(const Fields& in) const {
  std::vector<Access> accesses{{"", "*"}};
  for (const char* member : {"executionRoleArn", "taskRoleArn"}) {
    const auto role = in.text(member);
    if (role.empty()) continue;
    accesses.push_back(
        {"iam:PassRole", role_arn(role), {{"iam:PassedToService", "ecs-tasks.amazonaws.com"}}});
  }
  return accesses;
}

std::vector<Access> Ecs::asks_in_cluster(const Fields& in) const {
  return {{"", "*", {{"ecs:cluster", arn("cluster", cluster_name(in))}}}};
}

// Clusters ----------------------------------------------------------------------------------------

Cluster& Ecs::cluster(const Fields& in) {
  const auto found = clusters_.find(cluster_name(in));
  if (found == clusters_.end() || !found->second.active) {
    throw Error("ClusterNotFoundException", "Cluster not found.");
  }
  return found->second;
}

json::object Ecs::shown(const Cluster& one) const {
  int running = 0, pending = 0, services = 0;
  for (const auto& [_, task] : tasks_) {
    if (task.cluster != one.name) continue;
    running += task.last_status == "RUNNING";
    pending += task.last_status == "PROVISIONING" || task.last_status == "PENDING";
  }
  for (const auto& [_, service] : services_) {
    services += service.cluster == one.name && service.status != "INACTIVE";
  }
  json::array settings;
  if (!one.insights.empty()) {
    settings.push_back(json::object{{"name", "containerInsights"}, {"value", one.insights}});
  }
  return {{"clusterArn", one.arn},
          {"clusterName", one.name},
          {"status", one.active ? "ACTIVE" : "INACTIVE"},
          {"registeredContainerInstancesCount", 0},
          {"runningTasksCount", running},
          {"pendingTasksCount", pending},
          {"activeServicesCount", services},
          {"statistics", json::array()},
          {"tags", one.tags},
          {"settings", std::move(settings)},
          {"capacityProviders", one.providers},
          {"defaultCapacityProviderStrategy", one.strategy}};
}

json::object Ecs::create_cluster(const Call& call) {
  const auto in = fields(call);
  in.unsupported("CreateCluster", {"configuration", "serviceConnectDefaults"});
  const auto name = in.text("clusterName", "default");
  const bool allowed = !name.empty() && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  if (!allowed) {
    throw Error(invalid,
                "Identifiers can only contain letters, numbers, hyphens, and underscores and must "
                "be at most 255 characters long.");
  }
  if (const auto there = clusters_.find(name); there != clusters_.end() && there->second.active) {
    return {{"cluster", shown(there->second)}};
  }
  Cluster made{name, arn("cluster", name), true, in.list("tags")};
  if (const auto own = settings_.find("containerInsights"); own != settings_.end()) {
    made.insights = own->second;
  }
  read_cluster_settings(in, made);
  check_providers(in);
  made.providers = in.list("capacityProviders");
  made.strategy = read_strategy(in, "defaultCapacityProviderStrategy", made.providers);
  return {{"cluster", shown(clusters_[name] = std::move(made))}};
}

json::object Ecs::describe_clusters(const Call& call) {
  const auto in = fields(call);
  auto names = in.texts("clusters");
  if (names.empty()) names = {"default"};
  json::array found, failures;
  for (const auto& name : names) {
    const auto one = clusters_.find(id_of(name));
    if (one == clusters_.end()) {
      failures.push_back(json::object{{"arn", arn("cluster", id_of(name))}, {"reason", "MISSING"}});
    } else {
      found.push_back(shown(one->second));
    }
  }
  return {{"clusters", std::move(found)}, {"failures", std::move(failures)}};
}

json::object Ecs::delete_cluster(const Call& call) {
  const auto in = fields(call);
  auto& one = cluster(in);
  for (const auto& [_, service] : services_) {
    if (service.cluster == one.name && service.status != "INACTIVE") {
      throw Error("ClusterContainsServicesException",
                  "The Cluster cannot be deleted while Services are active.");
    }
  }
  for (const auto& [_, task] : tasks_) {
    if (task.cluster == one.name && task.last_status != "STOPPED") {
      throw Error("ClusterContainsTasksException",
                  "The Cluster cannot be deleted while Tasks are active.");
    }
  }
  one.active = false;
  return {{"cluster", shown(one)}};
}

json::object Ecs::list_clusters(const Call& call) {
  std::vector<std::string> arns;
  for (const auto& [_, one] : clusters_) {
    if (one.active) arns.push_back(one.arn);
  }
  return page_of("clusterArns", arns, fields(call));
}

}  // namespace sim::ecs

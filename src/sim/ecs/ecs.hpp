// Amazon ECS of the embedded AWS, with Fargate as its only capacity: clusters, task definitions,
// tasks that pull their image over a path that exists, services that keep them running.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/core/fields.hpp"
#include "sim/ec2/ec2.hpp"
#include "sim/ecs/images.hpp"
#include "sim/ecs/knobs.hpp"
#include "sim/ecs/load_balancers.hpp"
#include "sim/ecs/model.hpp"
#include "sim/iam/iam.hpp"
#include "sim/logs/logs.hpp"

namespace sim::ecs {

// What a container answers to GET /.
struct Listener {
  int status = 200;
  std::string body;
};

class Ecs final : public Service {
 public:
  Ecs(Context context, ec2::Ec2& ec2, iam::Iam& iam, logs::Logs& logs, Knobs knobs = {});

  std::string_view name() const override { return "ecs"; }
  const std::map<std::string, Operation, std::less<>>& operations() const override {
    return operations_;
  }

  // Where services register their tasks; until it is given, no target group exists. Must outlive
  // this.
  void set_target_groups(TargetGroups& groups) { groups_ = &groups; }

  // Nothing when no running container has that address and listens on that port. Says nothing about
  // whether the address can be reached: that is sim/ec2's to tell.
  std::optional<Listener> listening(const std::string& ip, int port) const;

 private:
  using Run = json::object (Ecs::*)(const Call&);
  using Asked = std::vector<Access> (Ecs::*)(const Fields&) const;

  // clusters.cpp
  json::object create_cluster(const Call& call);
  json::object describe_clusters(const Call& call);
  json::object delete_cluster(const Call& call);
  json::object list_clusters(const Call& call);
  Cluster& cluster(const Fields& in);
  json::object shown(const Cluster& one) const;

  // task_definitions.cpp
  json::object register_task_definition(const Call& call);
  json::object describe_task_definition(const Call& call);
  json::object deregister_task_definition(const Call& call);
  json::object list_task_definitions(const Call& call);
  TaskDefinition& definition(const std::string& name);
  std::vector<Container> read_containers(const Fields& in, bool has_execution_role) const;
  std::string role_arn(const std::string& name_or_arn) const;

  json::object list_families(const Call& call);
  json::object delete_task_definitions(const Call& call);

  // capacity.cpp
  json::object put_capacity_providers(const Call& call);
  json::object describe_capacity_providers(const Call& call);
  // The strategy asked for, or the cluster's own; empty with the launch type FARGATE. Throws Error.
  json::array strategy_of(const Fields& in, const Cluster& owner) const;

  // settings.cpp
  void add_settings();
  void read_cluster_settings(const Fields& in, Cluster& one) const;
  json::object update_cluster(const Call& call);
  json::object list_account_settings(const Call& call);
  json::object put_account_setting(const Call& call);
  json::object delete_account_setting(const Call& call);
  json::object list_container_instances(const Call& call);
  json::object describe_container_instances(const Call& call);
  json::object tag_resource(const Call& call);
  json::object untag_resource(const Call& call);
  json::object list_tags(const Call& call);
  // Of the cluster, service, task or definition that "resourceArn" names. Throws Error.
  json::array& tags_of(const Fields& in);

  // services.cpp
  json::object create_service(const Call& call);
  json::object update_service(const Call& call);
  json::object delete_service(const Call& call);
  json::object describe_services(const Call& call);
  json::object list_services(const Call& call);
  ServiceState* find_service(const std::string& cluster, const std::string& name_or_arn);
  ServiceState& active_service(const Fields& in);
  void read_deployment_configuration(const Fields& in, ServiceState& service) const;
  void deploy(ServiceState& service, const std::string& definition, Network network);
  json::object shown(const ServiceState& one) const;

  // load_balancers.cpp
  std::vector<Balancer> read_balancers(const Fields& in, const TaskDefinition& task) const;
  static json::array shown_balancers(const ServiceState& service);
  void register_targets(RunningTask& task);
  base::Duration deregister_targets(RunningTask& task);  // how long they drain
  bool is_healthy(const RunningTask& task) const;
  void watch_health(ServiceState& service);

  // scheduler.cpp
  void reconcile(const std::string& service_arn);
  void reconcile_at(Instant when, const std::string& service_arn);
  void drain(ServiceState& service);
  void start_missing(ServiceState& service);
  void stop_surplus(ServiceState& service);
  void settle(ServiceState& service);
  void break_circuit(ServiceState& service);
  void task_failed(const RunningTask& task);
  void say(ServiceState& service, const std::string& message);
  std::vector<RunningTask*> tasks_of(const ServiceState& service);
  std::map<std::string, int> providers_of(const ServiceState& service,
                                          const std::string& deployment);
  json::array task_tags(const ServiceState& service);
  int count(const Deployment& deployment, std::string_view status) const;

  // tasks.cpp
  json::object run_task(const Call& call);
  json::object stop_task(const Call& call);
  json::object describe_tasks(const Call& call);
  json::object list_tasks(const Call& call);
  Network read_network(const Fields& in) const;
  std::string start_task(RunningTask task);  // its ARN; throws Error
  void stop(RunningTask& task, std::string code, std::string reason);
  json::object shown(const RunningTask& one) const;
  void forget_old_tasks();

  // lifecycle.cpp
  Task<void> live(std::string arn);
  Task<void> reach_running(std::string arn);
  Task<bool> pull(std::string arn, Container container);
  std::string path_problem(const RunningTask& task, const Reference& image) const;
  std::string permission_problem(const RunningTask& task, const Reference& image) const;
  std::string log_problem(const RunningTask& task, const Container& container);
  void fail(RunningTask& task, const std::string& reason);
  Task<void> wind_down(std::string arn);

  void add(const std::string& action, Run run, Asked access);
  base::Duration draw(Range range);
  std::string arn(std::string_view kind, std::string_view rest) const;
  std::string id_of(std::string_view name_or_arn) const;
  std::string cluster_name(const Fields& in) const;

  std::vector<Access> asks_nothing_named(const Fields& in) const;
  std::vector<Access> asks_cluster(const Fields& in) const;
  std::vector<Access> asks_service(const Fields& in) const;
  std::vector<Access> asks_services(const Fields& in) const;
  std::vector<Access> asks_tasks(const Fields& in) const;
  std::vector<Access> asks_definition(const Fields& in) const;
  std::vector<Access> asks_roles(const Fields& in) const;
  std::vector<Access> asks_in_cluster(const Fields& in) const;
  std::vector<Access> asks_resource(const Fields& in) const;

  Context context_;
  ec2::Ec2& ec2_;
  iam::Iam& iam_;
  logs::Logs& logs_;
  TargetGroups* groups_ = nullptr;
  Knobs knobs_;
  base::SeededRandom random_;
  std::map<std::string, Operation, std::less<>> operations_;
  std::map<std::string, std::string> settings_;        // the account's, by name
  std::map<std::string, Cluster> clusters_;            // by name
  std::map<std::string, TaskDefinition> definitions_;  // by "family:revision"
  std::map<std::string, int> revisions_;               // the last one, by family
  std::map<std::string, ServiceState> services_;       // by ARN
  std::map<std::string, RunningTask> tasks_;           // by ARN
  std::vector<std::string> order_;                     // task ARNs by age
};

}  // namespace sim::ecs

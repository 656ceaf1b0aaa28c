// What the embedded ECS remembers.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "sim/core/call.hpp"
#include "sim/ecs/load_balancers.hpp"

namespace sim::ecs {

using base::Instant;

struct Cluster {
  std::string name, arn;
  bool active = true;  // deleted clusters stay visible as INACTIVE
  json::array tags = {};
  std::string insights = {};  // the setting containerInsights, when it was set
  json::array providers = {}, strategy = {};
};

// What a container waits for before it starts.
struct After {
  std::string name;
  bool healthy = false;  // it must have passed its check, not only have started
};

struct Container {
  std::string name, image;
  bool essential = true;
  // The awslogs driver, when it is used.
  std::string log_group = {}, log_prefix = {};
  bool creates_log_group = false;
  std::optional<base::Duration> check = {};  // the interval of its health check
  std::vector<After> after = {};
};

struct TaskDefinition {
  std::string arn, family, cpu, memory, execution_role, task_role;
  int revision = 0;
  bool active = true;
  bool deleting = false;  // DeleteTaskDefinitions: not to be used by anything new
  std::vector<Container> containers;
  json::object shown;  // as DescribeTaskDefinition returns it, without status
  json::array tags = {};
};

struct Network {
  std::vector<std::string> subnets, groups;
  bool public_ip = false;
  json::object shown = {};  // networkConfiguration as given
};

struct TaskContainer {
  std::string arn, runtime_id, last_status = "PENDING", reason = {};
  std::optional<int> exit_code = {};
};

struct RunningTask {
  std::string id, arn, cluster, definition, service, deployment, started_by, group;
  Network network;
  std::string last_status = "PROVISIONING", desired_status = "RUNNING";
  std::string interface, private_ip, mac, subnet;
  std::string stop_code, stopped_reason;
  bool winding_down = false;
  Instant created;
  std::optional<Instant> connected = {}, pull_started = {}, pull_stopped = {}, started = {},
                         stopping = {}, execution_stopped = {}, stopped = {};
  std::vector<TaskContainer> containers;  // in the order of the definition
  std::vector<Balancer> targets = {};     // where it is registered now
  json::array tags = {};
  std::string provider = {};  // of its capacity; empty with a launch type
};

struct Deployment {
  std::string id, definition;
  bool primary = true;
  int desired = 0, failed = 0;
  std::string rollout = "IN_PROGRESS", reason;
  Instant created, updated;
  Network network;
  json::array strategy = {};  // of capacity providers; empty with a launch type
};

struct Breaker {
  bool enabled = false, rollback = false;
};

struct ServiceEvent {
  std::string id, message;
  Instant created;
};

struct ServiceState {
  std::string name, arn, cluster, status = "ACTIVE", created_by;
  int desired = 0, minimum_percent = 100, maximum_percent = 200;
  Breaker breaker;
  std::vector<Balancer> balancers = {};
  base::Duration grace = {};            // healthCheckGracePeriodSeconds
  Instant next_look = {};               // at the health of its tasks
  std::vector<Deployment> deployments;  // the primary one first
  std::deque<ServiceEvent> events;      // newest first, at most 100
  Instant created;
  bool execute_command = false, managed_tags = false;
  std::string propagate = "NONE";  // the tags of SERVICE or TASK_DEFINITION, to its tasks
  json::array strategy = {};       // of capacity providers
  json::array tags;
  std::string client_token;
  std::string last_steady_definition;  // what a rollback goes back to
  // Starting again after failures waits longer each time.
  int failures_in_a_row = 0;
  Instant next_start = {};
  std::optional<Instant> steady_at = {};  // when the scheduler will have noticed the steady state
};

}  // namespace sim::ecs

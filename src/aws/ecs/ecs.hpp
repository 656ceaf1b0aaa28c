// The ECS operations that readiness and the reports need.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/client.hpp"

namespace aws::ecs {

// arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/SERVICE, or the old form without the cluster.
struct ServiceArn {
  std::string value;
  // The cluster's name; "default" for the old form.
  std::string cluster() const;
  std::string name() const;
};

struct Deployment {
  std::string id;
  std::string status;         // PRIMARY, ACTIVE, INACTIVE
  std::string rollout_state;  // COMPLETED, IN_PROGRESS, FAILED
  std::string rollout_reason;
  int desired = 0;
  int pending = 0;
  int running = 0;
  int failed = 0;
};

struct Event {
  base::Instant time;
  std::string message;
};

struct Service {
  std::string arn;
  std::string name;
  std::string status;  // ACTIVE, DRAINING, INACTIVE
  std::string cluster_arn;
  std::string task_definition;
  int desired = 0;
  int pending = 0;
  int running = 0;
  std::vector<Deployment> deployments;
  std::vector<Event> events;
};

struct Task {
  std::string arn;
  std::string last_status;
  std::string desired_status;
  std::string health;
  std::string stopped_reason;
  std::string private_ip;
  std::string interface;
  std::optional<base::Instant> created;
  std::optional<base::Instant> pull_started;
  std::optional<base::Instant> pull_stopped;
  std::optional<base::Instant> started;
};

// Nothing when the cluster or the service is MISSING.
base::Task<std::optional<Service>> find_service(Client& client, ServiceArn arn);
// The running and pending tasks of a service.
base::Task<std::vector<Task>> tasks_of(Client& client, ServiceArn arn);

}  // namespace aws::ecs

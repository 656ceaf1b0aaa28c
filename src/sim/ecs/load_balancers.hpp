// What ECS needs of load balancers: where a service registers its tasks, and whether they are
// healthy there. Elastic Load Balancing is not ECS's; the world joins the two.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"

namespace sim::ecs {

struct TargetGroupView {
  std::string target_type;  // ip, instance, lambda
  bool balanced = false;    // some load balancer forwards to it
};

class TargetGroups {
 public:
  virtual ~TargetGroups() = default;
  virtual std::optional<TargetGroupView> find(const std::string& arn) = 0;
  virtual void add(const std::string& arn, const std::string& ip, int port) = 0;
  // How long the target drains.
  virtual base::Duration remove(const std::string& arn, const std::string& ip, int port) = 0;
  // initial, healthy, unhealthy, unused, draining
  virtual std::string health(const std::string& arn, const std::string& ip, int port) = 0;
};

// One entry of a service's loadBalancers.
struct Balancer {
  std::string group, container;
  int port = 0;
  bool operator==(const Balancer&) const = default;
};

}  // namespace sim::ecs

// How long Amazon EC2 Auto Scaling takes, and how often it looks. [C] documented, [R] reported; all
// else is inferred [I]: AWS promises no times.
#pragma once

#include "base/time.hpp"

namespace sim::autoscaling {

using namespace std::chrono_literals;

struct Range {
  base::Duration low, high;
};

struct Knobs {
  Range react{3s, 30s};       // [R] from a request to its activities: eight published, 3 to 29 s
  Range proceed{500ms, 2s};   // [I] Pending:Proceed and Terminating:Proceed
  Range detach{2s, 8s};       // [I] Detaching, without a load balancer
  Range deregister{1s, 4s};   // [I] until a group that is deleted is gone, when it was empty
  base::Duration look = 10s;  // [I] how often EC2 is asked about what starts and ends
  // [I] Between two health checks of running instances: one that ended outside is found by the
  // next.
  base::Duration health_period = 60s;
  // [I] Between failed launches: doubles from the first to the second.
  Range back_off{60s, 15min};
  base::Duration visible = 30s;  // [I] how long an instance may be too new to be known
  base::Duration activity_visible = 24h * 42;  // [C] "for the past six weeks"
  // [C] The default quotas: groups, launch configurations, hooks of a group, policies of a group.
  int groups = 500, configurations = 200, hooks = 50, policies = 50;
};

}  // namespace sim::autoscaling

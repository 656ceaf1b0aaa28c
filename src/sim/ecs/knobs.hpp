// How long Fargate and the service scheduler take. AWS documents only the limits marked [C]; all
// else is inferred [I] from the times that tasks report (createdAt, pullStartedAt, ...).
#pragma once

#include "base/time.hpp"

namespace sim::ecs {

using namespace std::chrono_literals;

struct Range {
  base::Duration low, high;
};

struct Knobs {
  Range schedule{500ms, 2s};              // [I] from CreateService to the first task
  Range provision{4s, 10s};               // [I] PROVISIONING: the interface is made and attached
  Range capacity{6s, 15s};                // [I] PENDING until the pull starts
  Range pull_overhead{1s, 3s};            // [I] manifest, unpacking
  double pull_megabytes_per_second = 20;  // [I]
  Range container_start{500ms, 2s};       // [I]
  // [I] one try of a pull without a path: dialling times out
  base::Duration dial_timeout = 30s;
  int pull_tries = 5;          // "pull image manifest has been retried 5 time(s)"
  Range stop{500ms, 3s};       // [I] SIGTERM to exit; stopTimeout (30 s) is the limit [C]
  Range deprovision{5s, 15s};  // [I] the interface is detached and deleted
  Range steady{5s, 20s};       // [I] until the scheduler says so
  // [I] between failed starts: doubles from the first to the second
  Range back_off{5s, 5min};
  base::Duration stopped_visible = 1h;  // [C] stopped tasks stay visible for at least an hour
};

}  // namespace sim::ecs

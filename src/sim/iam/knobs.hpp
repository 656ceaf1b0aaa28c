// How IAM behaves where AWS gives no figures.
#pragma once

#include "base/time.hpp"

namespace sim::iam {

struct Knobs {
  // From a change to what it allows or forbids in the other services: new roles, policies, trust
  // policies, access keys. [I] AWS: "a change that you make ... takes time to become visible from
  // all possible endpoints"; tools allow up to 2 min, most reports are of seconds.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
  struct Range {
    base::Duration low, high;
  };
  Range propagation = {std::chrono::seconds(1), std::chrono::seconds(8)};

  // Changes hold at once: for tests that are about something else.
  static Knobs at_once() { return {{base::Duration::zero(), base::Duration::zero()}}; }
};

}  // namespace sim::iam

// How long the services made of tables take. All inferred [I] unless marked: public logs of
// deployments show times like these, and AWS promises none.
#pragma once

#include "base/time.hpp"

namespace sim::records {

struct Range {
  base::Duration low{}, high{};
};

struct Knobs {
  Range balancer_starts{std::chrono::seconds(90), std::chrono::seconds(180)};
  // After DeleteLoadBalancer its interfaces stay a while: subnets and groups are held till then.
  Range balancer_leaves{std::chrono::seconds(20), std::chrono::seconds(90)};
  Range table_starts{std::chrono::seconds(5), std::chrono::seconds(15)};
  Range table_leaves{std::chrono::seconds(3), std::chrono::seconds(12)};
  Range file_system_starts{std::chrono::seconds(3), std::chrono::seconds(8)};
  Range mount_target_starts{std::chrono::seconds(60), std::chrono::seconds(100)};
  Range mount_target_leaves{std::chrono::seconds(10), std::chrono::seconds(40)};
  Range certificate_issues{std::chrono::seconds(60), std::chrono::seconds(300)};
  // [C] What SetAlarmState sets holds until the next evaluation, "often within seconds".
  Range alarm_looks{std::chrono::seconds(10), std::chrono::seconds(60)};
  Range namespace_starts{std::chrono::seconds(30), std::chrono::seconds(60)};
};

}  // namespace sim::records

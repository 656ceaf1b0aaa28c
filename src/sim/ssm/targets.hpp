// Which instances an association is about.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state-manager-targets-and-rate-controls.html
#pragma once

#include <string>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/ec2/ec2.hpp"

namespace sim::ssm {

struct Target {
  std::string key;  // InstanceIds, tag:NAME, tag-key
  std::vector<std::string> values;
};

// The member Targets. Throws Error InvalidTarget, NotImplemented for resource groups.
std::vector<Target> read_targets(const Fields& in);
json::array shown(const std::vector<Target>& targets);

// The ids that the targets name; `*` stays as it is.
std::vector<std::string> named_instances(const std::vector<Target>& targets);
// True when no instance that is started later can be among them.
bool is_closed(const std::vector<Target>& targets);
// The instances there are that fit every one of the targets, in order. Terminated ones never do.
std::vector<std::string> matching(const ec2::Ec2& ec2, const std::vector<Target>& targets);

}  // namespace sim::ssm

// After the stack was deleted: is anything of it left? What AWS keeps showing of the dead (a NAT
// gateway for an hour, an instance as terminated, a service as INACTIVE) is said so, and is not
// counted as left.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/client.hpp"
#include "aws/ecs/ecs.hpp"
#include "cli/checks.hpp"

namespace cli {

struct Estate {
  std::string stack;  // its id
  std::string vpc;
  Temporary temporary;
  std::string function;
  std::string log_group;
  std::string client;
  std::optional<aws::ecs::ServiceArn> service;
  std::string bucket;
};

base::Task<std::vector<Check>> look_for_leftovers(aws::Client& client, Estate estate);

}  // namespace cli

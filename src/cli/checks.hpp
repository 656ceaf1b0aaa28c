// The article's checks, each an observation with our own client, and one more: that nothing else
// was touched. A check that cannot be made fails, and its evidence says why.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/client.hpp"
#include "aws/ecs/ecs.hpp"
#include "cli/document.hpp"

namespace cli {

// What is temporary in a network, by id: whatever leads out of it.
struct Temporary {
  std::vector<std::string> routes;  // "rtb-...|0.0.0.0/0"
  std::vector<std::string> nat_gateways;
  std::vector<std::string> addresses;
  std::vector<std::string> internet_gateways;

  std::vector<std::string> all() const;
};

Temporary temporary_of(const Topology& topology);

struct Scene {
  std::string stack;  // its id
  std::string log_group;
  std::optional<aws::ecs::ServiceArn> service;
  std::string client;  // the instance's id
  Topology before;
  Topology after;
  Strike strike;
  std::vector<std::string> of_the_stack;  // ids that the stack itself made
};

base::Task<std::vector<Check>> look_at_checks(aws::Client& client, Scene scene);

// "a, b and c"; "none" for an empty list.
std::string listed(const std::vector<std::string>& items);

}  // namespace cli

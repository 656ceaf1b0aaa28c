// A look at the network with our own client: what stands in one VPC at this moment.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "aws/client.hpp"
#include "aws/ecs/ecs.hpp"
#include "cli/document.hpp"

namespace cli {

struct Place {
  std::string vpc;
  std::optional<aws::ecs::ServiceArn> service;
  std::map<std::string, std::string> names;  // logical names by id
};

// Gateways that AWS still lists as deleted, and terminated instances, are left out. Throws
// aws::ServiceError.
base::Task<Topology> survey(aws::Client& client, Place place);

// Ids of all that still stands in the VPC, itself included; empty when the VPC is gone.
base::Task<std::vector<std::string>> remains(aws::Client& client, std::string vpc);

// One of EC2's describes, paged to its end, each item of `set` given to `take`. The filter's name
// and value.
base::Task<void> describe(aws::Client& client, std::string operation, std::string filter,
                          std::string value, std::string set,
                          std::function<void(pugi::xml_node)> take);

}  // namespace cli

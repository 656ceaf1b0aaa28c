// Health checks of containers, and the order in which the containers of a task start. Pure.
// [I] Nothing runs the command of a check: a container that runs passes its first one.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
#pragma once

#include <vector>

#include "sim/core/fields.hpp"
#include "sim/ecs/model.hpp"

namespace sim::ecs {

// Into `container`: healthCheck and dependsOn. Throws ClientException, and NotImplemented for
// conditions that need a container to end.
void read_health(const Fields& in, Container& container);

// Every container that is waited for is there, has a check where one is needed, and waits for none
// that waits for it. Throws ClientException.
void check_dependencies(const std::vector<Container>& containers);

// How long after the first container each of them starts.
std::vector<base::Duration> start_delays(const std::vector<Container>& containers);

// When every container of a task with a check is healthy, for a task that has started.
std::optional<Instant> healthy_at(const std::vector<Container>& containers, Instant started);

// HEALTHY or UNKNOWN: of container number `index`, of a task that runs.
std::string_view health_of(const std::vector<Container>& containers, std::size_t index,
                           Instant started, Instant now);

}  // namespace sim::ecs

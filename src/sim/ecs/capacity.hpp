// Capacity provider strategies: which of Fargate's providers the next task goes to. Pure.
#pragma once

#include <map>
#include <string>

#include "sim/core/fields.hpp"

namespace sim::ecs {

// Throws InvalidParameterException for a name that is none of Fargate's.
void check_providers(const Fields& in);

// The strategy at `member`, with weights and bases filled in. Throws InvalidParameterException.
json::array read_strategy(const Fields& in, std::string_view member, const json::array& providers);

// Empty for an empty strategy. `running`: tasks by provider.
std::string next_provider(const json::array& strategy, const std::map<std::string, int>& running);

// Fargate's newest platform is the only one. Throws NotImplemented for another.
void check_platform(const Fields& in);

// "launchType", or the strategy that stands in its place.
void show_capacity(const json::array& strategy, json::object& out);

}  // namespace sim::ecs

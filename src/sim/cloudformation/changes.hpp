// What an update would do to each resource of a stack: the Changes of a change set.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
#pragma once

#include <boost/json/array.hpp>

#include "sim/cloudformation/stack.hpp"
#include "templates/resolve.hpp"

namespace sim::cloudformation {

// In the order of the new template, then what it no longer has. `next`: what names stand for after
// the update (Engine::next_scope); its source is the new template. Each has its BeforeContext and
// AfterContext, which are told only to those who ask for them. Pure.
json::array changes_between(const Stack& stack, const templates::Scope& next,
                            const std::map<std::string, std::string>& next_tags);

}  // namespace sim::cloudformation

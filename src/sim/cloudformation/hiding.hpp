// What a stack never shows of its resources' properties: what NoEcho parameters gave, and what
// custom resources answered with NoEcho.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <set>
#include <string>

#include "sim/cloudformation/stack.hpp"

namespace sim::cloudformation {

inline constexpr const char* hidden_value = "****";

// Whether a value of a template, with its functions, has anything of it. Outputs are shown all the
// same.
bool is_hidden(const json::value& raw, const templates::Template& source,
               const std::map<std::string, Resource>& resources);
// The properties of a resource of the stack's template that have.
std::set<std::string> hidden_properties(const Stack& stack, const templates::Resource& spec);
json::object without_hidden(json::object properties, const std::set<std::string>& hidden);

}  // namespace sim::cloudformation

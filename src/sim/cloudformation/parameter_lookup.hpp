// AWS-specific parameter types: what their values name, and what rules ask of it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "sim/core/call.hpp"
#include "templates/resolve.hpp"

namespace sim::cloudformation {

// A call in whoever's name; throws Error.
using Ask =
    std::function<Task<json::object>(std::string service, std::string action, json::object input)>;
using Values = std::map<std::string, json::value, std::less<>>;  // what Ref gives

// One value of a parameter whose type names something of AWS's.
struct NamedThing {
  std::string parameter, type, value;  // type: without List<>
};
// In the order of the template. Values that come from Parameter Store are not among them.
std::vector<NamedThing> named_things(const templates::Template& source, const Values& values);

// Whether there is such a thing. Throws Error when the caller may not look.
Task<bool> exists(Ask ask, NamedThing thing);

// The attributes that Fn::ValueOf and Fn::ValueOfAll of the template's rules ask for, by type,
// value and name. What a thing does not have is left out.
using Attributes = std::map<std::tuple<std::string, std::string, std::string>, std::string>;
Task<Attributes> rule_attributes(Ask ask, const templates::Template& source, const Values& values);

}  // namespace sim::cloudformation

// How SNS reads the attributes that topics and subscriptions are given. Pure.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/call.hpp"

namespace sim::messaging {

// "InvalidParameter: Invalid parameter: " and what it is about.
Error invalid_parameter(const std::string& what);

// Whether an attribute is among `known`. Throws NotImplemented for those that are not honoured
// here.
bool is_topic_attribute(std::string_view known, const std::string& name);

// Moves what came as {"Attributes": {...}} to where the record shows it, as text. Throws for names
// that are not among `known`.
void flatten(std::string_view known, json::object& members);

}  // namespace sim::messaging

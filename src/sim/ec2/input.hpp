// Reading the parameters of a call. Every scalar arrives as text; numbers and booleans of callers
// inside the embedded AWS are understood too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/call.hpp"

namespace sim::ec2 {

std::string text(const json::value& value);
// Empty when absent.
std::string text(const json::object& input, std::string_view name);
bool has(const json::object& input, std::string_view name);
// Throws MissingParameter when absent or empty.
std::string required(const json::object& input, std::string_view name);
std::vector<std::string> texts(const json::object& input, std::string_view name);
std::vector<json::object> objects(const json::object& input, std::string_view name);
// Empty when absent.
json::object object(const json::object& input, std::string_view name);
// Throws InvalidParameterValue unless true or false.
bool flag(const json::object& input, std::string_view name, bool otherwise);
std::optional<int> number(const json::object& input, std::string_view name);
// {"Value": "true"}, the form of attributes.
std::optional<bool> attribute(const json::object& input, std::string_view name);

json::array array_of(const std::vector<std::string>& values);

}  // namespace sim::ec2

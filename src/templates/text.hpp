// Scalars as the text CloudFormation makes of them.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace templates {

// 80 -> "80", true -> "true"; lists and objects as compact JSON.
std::string text_of(const boost::json::value& value);
// JSON without spaces, numbers as the template's author wrote them: 1.5, not 1.5E0.
std::string compact(const boost::json::value& value);
// Every scalar inside becomes a string: how custom resources receive their properties.
boost::json::value stringified(const boost::json::value& value);
// Nothing for what is no number, or one beyond what a 64-bit integer holds.
std::optional<double> number_of(std::string_view text);
// Digits only, with a sign at most; nothing for what does not fit.
std::optional<int> integer_of(std::string_view text);
std::string lower(std::string_view text);
// "a, b" -> {"a", "b"}: how CommaDelimitedList reads its value.
std::vector<std::string> comma_separated(std::string_view text);

}  // namespace templates

// The values given for a template's parameters, checked against what it declares.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
#pragma once

#include <map>
#include <string>
#include <vector>

#include "templates/template.hpp"

namespace templates {

using ParameterValues = std::map<std::string, std::string>;

// Whether the text is a regular expression that AllowedPattern can hold.
bool is_pattern(const std::string& text);
// Whether the whole text fits. `pattern` must be one.
bool fits_pattern(const std::string& text, const std::string& pattern);

struct ParameterReading {
  ParameterValues values;  // given ones, else the defaults
  std::vector<Problem> problems;
};

ParameterReading read_parameters(const Template& source, const ParameterValues& given);

// What Ref gives: the string, or the list of strings for list types. For SSM types pass the value
// that was found.
json::value reference_value(const Parameter& parameter, const std::string& value);

}  // namespace templates

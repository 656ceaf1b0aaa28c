// Whether an intrinsic function is written as CloudFormation wants it, as far as the text alone
// tells.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace templates {

namespace json = boost::json;

// CloudFormation's complaint about the function `name` ("Fn::Sub") with this argument; nothing when
// it is well formed. `extended`: the template uses AWS::LanguageExtensions.
std::optional<std::string> malformed(std::string_view name, const json::value& argument,
                                     bool extended);

}  // namespace templates

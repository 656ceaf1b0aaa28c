// What the intrinsic functions make of their arguments once these hold no functions any more. Each
// throws ResolveError with CloudFormation's text.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "templates/resolve.hpp"

namespace templates::functions {

// What a function complains with when its arguments have the wrong shape.
inline constexpr std::string_view join_form =
    "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) "
    "a list of strings to be joined or a function that returns a list of strings (such as "
    "Fn::GetAZs) to be joined.";
inline constexpr std::string_view split_form =
    "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and "
    "(2) a string to be split or a function that returns a string to be split.";
inline constexpr std::string_view select_index =
    "Template error: Fn::Select requires a list argument with a valid index value as its first "
    "element";
inline constexpr std::string_view select_form =
    "Template error: Fn::Select requires a list argument with two elements: an integer index and "
    "a list";
inline constexpr std::string_view map_form =
    "Template error: every Fn::FindInMap object requires three parameters, the map name, map key "
    "and the attribute for return value";
inline constexpr std::string_view get_att_form =
    "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name "
    "and the resource attribute";
inline constexpr std::string_view sub_form =
    "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. "
    "Specify a string as first argument, and an optional second argument to specify a mapping of "
    "values to replace in the string";
inline constexpr std::string_view sub_name =
    "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, "
    "underscores, periods, and colons";
inline constexpr std::string_view sub_value =
    "Template error: every value of the context object of every Fn::Sub object must be a string "
    "or a function that returns a string";
inline constexpr std::string_view if_form =
    "Template error: Fn::If requires a list argument with three elements";
inline constexpr std::string_view if_condition =
    "Template error: Fn::If requires a list argument with the first element being a condition";
inline constexpr std::string_view equals_form =
    "Template error: Fn::Equals requires a list argument with two elements";
inline constexpr std::string_view not_form =
    "Template error: Fn::Not requires a list argument with one element";
inline constexpr std::string_view not_token =
    "Template error: Fn::Not requires a list argument with one function token";
inline constexpr std::string_view base64_form =
    "Template error: every Fn::Base64 object must have a String-typed value.";
inline constexpr std::string_view zones_form =
    "Template error: every Fn::GetAZs object must have a String-typed value.";
// [I] The wording.
inline constexpr std::string_view output_form =
    "Template error: every Fn::GetStackOutput object requires StackName and OutputName, and takes "
    "Region and RoleArn";
inline constexpr std::string_view import_form =
    "Template error: the attribute in Fn::ImportValue must not depend on any resources, imported "
    "values, or Fn::GetAZs";
// [I] the wording of those below
inline constexpr std::string_view cidr_form =
    "Template error: every Fn::Cidr object requires two or three parameters: ipBlock, count and "
    "cidrBits";
inline constexpr std::string_view rule_form =
    "Template error: every rule function requires a list argument with two elements";

// "every Fn::And object requires ..."
std::string boolean_form(std::string_view function);
// "Template Error: Encountered unsupported function: ..."
std::string unsupported(std::string_view function);

std::string base64(std::string_view text);
std::string join(const json::value& delimiter, const json::value& list);
json::value select(const json::value& index, const json::value& list);
json::value split(const json::value& delimiter, const json::value& text);
json::value cidr(const json::array& arguments);
json::value length(const json::value& list);
std::string to_json_string(const json::value& value);

}  // namespace templates::functions

// Intrinsic functions: a value of a template with everything it refers to put in. Pure.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "templates/template.hpp"

namespace templates {

// A function that cannot be evaluated; the text is CloudFormation's.
class ResolveError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What Fn::GetStackOutput asks for. Region and role: empty when not given.
struct StackOutput {
  std::string stack, output, region, role;
  auto operator<=>(const StackOutput&) const = default;
};

// What names stand for. Everything referred to must outlive the call.
struct Scope {
  const Template& source;
  // Parameters and pseudo parameters ("AWS::Region"): a string, or an array of strings.
  std::map<std::string, json::value, std::less<>> values = {};
  std::map<std::string, bool, std::less<>> conditions = {};
  // The zones Fn::GetAZs answers with, for this region.
  std::vector<std::string> zones = {};
  // Resources. They throw ResolveError for what does not exist.
  std::function<json::value(const std::string& logical_id)> ref = {};
  std::function<json::value(const std::string& logical_id, const std::string& attribute)> get_att =
      {};
  // Fn::GetStackOutput: of a stack by name or id. Throws ResolveError.
  std::function<json::value(const StackOutput& wanted)> stack_output = {};
  // Nothing: no such export.
  std::function<std::optional<std::string>(const std::string& name)> import_value = {};
  // Fn::ValueOf, in rules only: an attribute of what a parameter of an AWS-specific type names,
  // such as the VpcId of a subnet. Nothing: it has no such attribute.
  std::function<std::optional<std::string>(const Parameter& parameter, const std::string& value,
                                           const std::string& attribute)>
      value_of = {};
};

// Nothing when the value is AWS::NoValue; members and elements that are, are left out.
std::optional<json::value> resolve(const json::value& value, const Scope& scope);

// Whether a condition's or a rule's expression is true. Throws ResolveError.
bool holds(const json::value& expression, const Scope& scope);

// The conditions of the template, from parameters alone. Throws ResolveError, also for circles.
std::map<std::string, bool, std::less<>> evaluate_conditions(const Scope& scope);

}  // namespace templates

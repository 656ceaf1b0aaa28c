// A CloudFormation template read and checked: what the engine deploys and what the tools explain.
// Pure: no I/O, no time.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "templates/document.hpp"

namespace templates {

struct Parameter {
  std::string name;
  std::string type;
  std::optional<std::string> default_value;
  // [I] A Default that is a list or an object stops only those who rely on it: what AWS says when
  // the parameter is given all the same is not known (docs/unverified.md).
  bool default_unusable = false;
  std::vector<std::string> allowed_values;
  std::optional<std::string> allowed_pattern;
  std::optional<std::int64_t> min_length, max_length;
  std::optional<double> min_value, max_value;
  std::string constraint_description;
  std::string description;
  bool no_echo = false;

  // AWS::SSM::Parameter::Value<...>: what is given is the name of an SSM parameter.
  bool from_ssm() const { return type.starts_with("AWS::SSM::Parameter::Value<"); }
  // The value is a list of strings.
  bool is_list() const;
};

struct Resource {
  std::string logical_id;
  std::string type;
  json::object properties;           // with its functions
  std::string condition;             // empty: always
  std::set<std::string> depends_on;  // as written
  std::set<std::string> needs;       // depends_on and every resource its properties name
  std::string deletion_policy = "Delete";
  std::string update_replace_policy = "Delete";
  json::object update_policy;
  json::object creation_policy;  // with its functions
  json::value metadata;
};

// A rule about the parameters' values.
struct Rule {
  struct Assertion {
    json::value assertion;
    std::string description;
  };
  std::string name;
  json::value condition;  // null: always
  std::vector<Assertion> assertions;
};

struct Output {
  std::string name;
  json::value value;
  std::string description;
  std::string condition;
  json::value export_name;  // null: not exported
};

struct Template {
  std::string file;
  json::object document;
  Positions positions;
  std::string description;
  std::vector<Parameter> parameters;  // in the order of the document, as everything below
  std::vector<Resource> resources;
  std::vector<Output> outputs;
  json::object mappings;
  json::object conditions;
  json::value metadata;
  std::vector<Rule> rules;
  // Every macro the document calls and that has not been applied to it, see macros.hpp. While one
  // is left besides AWS::LanguageExtensions, only the parameters are checked: anything else may
  // still change.
  std::vector<std::string> transforms;
  // AWS::LanguageExtensions is among them, or has been applied, see expand.hpp.
  bool language_extensions = false;

  const Parameter* parameter(std::string_view name) const;
  const Resource* resource(std::string_view logical_id) const;
};

// What the caller knows of a resource type.
struct ResourceType {
  std::set<std::string, std::less<>> properties;  // empty: any property is accepted
  std::set<std::string, std::less<>> required;
  std::set<std::string, std::less<>> attributes;  // for Fn::GetAtt
  bool any_attribute = false;                     // custom resources, nested stacks
};
// Null: not supported.
using TypeLookup = std::function<const ResourceType*(std::string_view type)>;

// Whether the type is a custom resource: "Custom::..." or AWS::CloudFormation::CustomResource.
bool is_custom(std::string_view type);

struct Reading {
  Template value;
  std::vector<Problem> problems;  // in the order of the document's lines
};

// Everything that can be said without parameter values, all at once. `file` is for the messages.
Reading read(std::string_view text, const std::string& file, const TypeLookup& types);
// The same for a document that macros have worked on. `extended`: AWS::LanguageExtensions has been
// applied to it.
Reading read(Document document, const std::string& file, const TypeLookup& types,
             bool extended = false);

// Names a value uses: every Ref, Fn::GetAtt and Fn::Sub in it. For Fn::GetAtt also the attribute.
struct Use {
  std::string function;   // "Ref", "Fn::GetAtt", "Fn::Sub"
  std::string name;       // "Vpc"
  std::string attribute;  // "CidrBlock"; empty for Ref
  std::string path;       // where, relative to the value: "/CidrBlock"
};
void uses(const json::value& value, const std::string& path, std::vector<Use>& found);

bool is_pseudo_parameter(std::string_view name);

}  // namespace templates

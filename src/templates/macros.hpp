// Macros: which ones a template calls, with what, and what becomes of the template when one has
// answered. Calling them is the engine's work. Pure.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-overview.html
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace templates {

namespace json = boost::json;

// A member's name or an element's index.
using Step = std::variant<std::string, std::size_t>;

struct MacroCall {
  std::string name;
  // As written: CloudFormation passes a snippet's parameters unevaluated, but for a Ref to one of
  // the template's parameters, which arrives as its value; putting that in is the caller's part.
  json::object parameters;
  // For Fn::Transform the object it stands in without it; for the Transform section the template
  // without that section. Functions in it are not evaluated.
  json::value fragment;
  std::vector<Step> place;  // of the object that holds Fn::Transform; empty: the whole template
  bool whole_template = false;

  std::string path() const;  // "/Resources/A/Properties"
};

// The call to make next: Fn::Transform first, deepest and then first in the document; then the
// Transform section in its order, AWS::LanguageExtensions, AWS::Include and AWS::Serverless among
// the rest. Nothing when none is left. What has no readable name is passed over: read() refuses it.
std::optional<MacroCall> next_macro(const json::object& document);

// Replaces the call by its result. Nothing when that worked, else why it did not: a snippet's
// result may be any value, a whole template's must be an object. A result that calls macros again
// is refused: macros are not iterative.
std::optional<std::string> put_result(json::object& document, const MacroCall& call,
                                      json::value result);

// The names of all macros the document calls, each once, in the order of the calls. Any of them
// needs CAPABILITY_AUTO_EXPAND.
std::vector<std::string> macro_names(const json::object& document);

// AWS::Include: the S3 URL it names. Throws std::invalid_argument with CloudFormation's text.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-include.html
std::string include_location(const MacroCall& call);
// What AWS::Include makes of the file's text: as a snippet, its members beside those of the
// fragment; as the whole template, its sections merged into the template's. `text` is JSON, or YAML
// without short tags. Throws std::invalid_argument.
json::value included(const MacroCall& call, std::string_view text);

}  // namespace templates

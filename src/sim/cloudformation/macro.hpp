// What macros make of a template: the account's own, each a Lambda function, and those that AWS
// gives: AWS::Include and AWS::LanguageExtensions. AWS::Serverless and the rest are refused by
// name.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-overview.html
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/cloudformation/handlers/macros.hpp"
#include "sim/cloudformation/objects.hpp"
#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "templates/template.hpp"

namespace sim::cloudformation {

// What a template's macros are called with. All references must outlive the task.
struct MacroWorld {
  Context context;
  Caller& caller;
  Objects& objects;
  Principal principal;  // the stack's: lambda:InvokeFunction is its own call
  std::function<std::optional<Macro>(std::string_view name)> find;
  std::string stack_name;
  std::map<std::string, json::value, std::less<>> values;  // of the parameters, as Ref gives them
};

// Whether a macro besides AWS::LanguageExtensions is called.
bool has_macros(const templates::Template& source);

// The template after all of its macros, read and checked. Snippets first, the deepest before the
// others; then the Transform section in its order. Throws Error (ValidationError) with AWS's text,
// which ends in a full stop: an event adds ". Rollback requested by user." to it.
Task<std::shared_ptr<const templates::Template>> processed(
    MacroWorld world,
    std::shared_ptr<const templates::Template> source);  // shared with the stack it came from

}  // namespace sim::cloudformation

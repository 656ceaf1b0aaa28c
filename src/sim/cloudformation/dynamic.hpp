// Dynamic references in the properties of resources: fetched just before a handler acts, as the
// stack's principal. The values go to the handler and nowhere else: events, templates and the
// comparison of an update see the reference as it is written.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
#pragma once

#include <map>
#include <memory>
#include <string>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "templates/template.hpp"

namespace sim::cloudformation {

// The properties with a value in the place of each reference. Custom resources get references to
// secure values as they are written. Throws Failure with AWS's text. `caller` must outlive the
// task.
Task<json::object> with_dynamic_values(Caller& caller, Principal principal, std::string type,
                                       json::object properties);

// What is known before anything is made: references that cannot be read, secure ones where none
// may stand, more than 60 of them, parameters that do not exist. Throws Error (ValidationError).
// `values`: the template's parameters, as Ref gives them.
Task<void> check_dynamic_references(
    Context context, Caller& caller, Principal principal,
    std::shared_ptr<const templates::Template> source,  // shared with the stack it becomes
    std::map<std::string, json::value, std::less<>> values);

}  // namespace sim::cloudformation

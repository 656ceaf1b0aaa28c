// What the values of the parameters decide about a template before anything is made: whether its
// rules hold, and what AWS::LanguageExtensions makes of it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "sim/cloudformation/parameter_lookup.hpp"
#include "sim/core/context.hpp"
#include "templates/resolve.hpp"

namespace sim::cloudformation {

// The processed template; the same when there is nothing to process. Throws Error (ValidationError)
// with AWS's text. `values`: the parameters, as Ref gives them; `attributes`: what rules may ask of
// what they name.
std::shared_ptr<const templates::Template> settled(
    std::shared_ptr<const templates::Template> source,
    const std::map<std::string, templates::json::value, std::less<>>& values,
    const Context& context, const std::string& stack_name, const Attributes& attributes);

}  // namespace sim::cloudformation

// Resource import: what exists already becomes part of a stack.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "templates/template.hpp"

namespace sim::cloudformation {

struct Import {
  std::string type, logical_id;
  std::string physical_id;  // the value of its identifier, or of the first
  std::map<std::string, std::string> identifier = {};  // all of them, of types that have more
};

// The ResourcesToImport of a call, each with the identifier of its type. Throws Error
// (ValidationError, with AWS's texts) for whatever can be said without the stack.
std::vector<Import> imports_of(const json::object& input, const templates::Template& source);

// What an import must not do to its stack, in AWS's words; empty when it does nothing of it.
// `changes`: see changes_between. `old`: the stack's template; null for a new stack.
std::string import_refusal(const std::vector<Import>& imports, const json::array& changes,
                           const templates::Template& next, const templates::Template* old);

// The Changes of such a change set.
json::array import_changes(const std::vector<Import>& imports);

// The properties that identify a resource of the type; empty: it cannot be imported.
std::string_view identifier_of(std::string_view type);

// Whether what was read at the physical id has the other identifiers too.
bool is_identified(const Import& import, const json::object& actual);

// For Fn::GetAtt, from the live properties of what was imported: those of the type's attributes
// that they tell. `names`: account, region, partition.
json::object imported_attributes(const Import& import, const json::object& actual,
                                 const std::map<std::string, std::string>& names);

// ResourceIdentifierSummaries of GetTemplateSummary.
json::array identifier_summaries(const templates::Template& source);

}  // namespace sim::cloudformation

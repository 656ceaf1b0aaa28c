// ImportExistingResources of a change set: what it would create by a name that something of no
// stack has already is imported instead. Pure.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
#pragma once

#include <string>
#include <vector>

#include "sim/cloudformation/imports.hpp"

namespace sim::cloudformation {

// Of the changes that add something, those whose name stands in the template as it is: one that a
// function makes does not count.
std::vector<Import> named_additions(const json::array& changes, const templates::Template& next);

// Why they cannot be imported, as [C] aws-cdk-cli#1367 quotes it; empty when all are kept by their
// DeletionPolicy.
std::string unretained_imports(const std::vector<Import>& imports, const templates::Template& next);

// Says Import of them instead of Add.
void show_imports(const std::vector<Import>& imports, json::array& changes);

}  // namespace sim::cloudformation

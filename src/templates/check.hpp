// The names in a template: does every Ref, Fn::GetAtt, Fn::Sub, DependsOn and condition lead
// somewhere, are functions well formed, do resources wait for each other in a circle.
#pragma once

#include <vector>

#include "templates/template.hpp"

namespace templates {

// Appends what it finds and fills in Resource::needs.
void check(Template& checked, const TypeLookup& types, std::vector<Problem>& problems);

}  // namespace templates

// The Rules section: what must hold of the parameters' values together.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
#pragma once

#include <vector>

#include "templates/resolve.hpp"

namespace templates {

// Every assertion that does not hold, in the order of the document; rules whose condition is false
// are left out. Scope::values holds the parameters; Scope::value_of answers Fn::ValueOf. Rules are
// checked before anything is created or changed, and their text is what CloudFormation answers
// with.
std::vector<Problem> broken_rules(const Scope& scope);

}  // namespace templates

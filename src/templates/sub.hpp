// The text of Fn::Sub, taken apart.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace templates {

struct SubPart {
  bool variable = false;
  std::string text;  // literal text, or the variable's name without the spaces around it
};

// "a ${B.C} ${!D}" -> "a ", variable "B.C", " ${D}". An opening that is never closed is text.
std::vector<SubPart> sub_parts(std::string_view pattern);

// Letters, digits, underscores, periods and colons: what CloudFormation allows as a name.
bool is_sub_name(std::string_view name);

}  // namespace templates

// The macros of the account: what its stacks declare as AWS::CloudFormation::Macro. There is no
// other place where a macro lives, so there is none to fall out of step with.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-macro.html
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloudformation/stack.hpp"

namespace sim::cloudformation {

struct Macro {
  std::string name;
  std::string function;  // name or ARN
  std::string log_group = {}, log_role = {};
};

// Nothing when no stack has a macro of this name that exists by now.
std::optional<Macro> find_macro(const std::vector<std::unique_ptr<Stack>>& stacks,
                                std::string_view name);

}  // namespace sim::cloudformation

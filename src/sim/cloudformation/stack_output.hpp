// Fn::GetStackOutput: an output of another stack, read by whoever the stack acts as, or a role that
// it assumes, when it is created or updated. Nothing ties the two stacks afterwards.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
#pragma once

#include "templates/resolve.hpp"

namespace sim::cloudformation {

// Leaves the resolving of properties, which cannot wait, at an output that has to be asked for.
class MissingOutput : public templates::ResolveError {
 public:
  explicit MissingOutput(templates::StackOutput output)
      : ResolveError("Output " + output.output + " of stack " + output.stack + " is not known yet"),
        wanted(std::move(output)) {}
  templates::StackOutput wanted;
};

}  // namespace sim::cloudformation

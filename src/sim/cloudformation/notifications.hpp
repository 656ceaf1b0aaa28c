// What the topics of a stack's NotificationARNs are told of its events.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-add-tags.html
#pragma once

#include <string>
#include <vector>

#include "sim/cloudformation/stack.hpp"

namespace sim::cloudformation {

// One line a member, NAME='VALUE', each ended. Recorded examples leave out the physical id while
// there is none, and say 'null' where a stack has no properties or an operation no token.
std::string notification_of(const Stack& stack, const Event& event, const std::string& account);

// As the one who acts for the stack. A topic that refuses hears nothing, and nobody is told.
Task<void> notify(Caller& caller, Principal principal, std::vector<std::string> topics,
                  std::string text);

}  // namespace sim::cloudformation

// Custom::Falsework: what a Create, an Update and a Delete of it do.
//
// Create and Update wait until the permanent part stands by itself, then strike what is listed.
// Delete strikes whatever of it is left, without waiting. A Delete that cannot do anything (the
// properties never were valid, the role may not, something else still needs a piece) succeeds with
// a warning: what CloudFormation created it then deletes itself, and a rollback must not hang.
#pragma once

#include "aws/client.hpp"
#include "cfn/handler.hpp"

namespace cfn {

// `system` must outlive the work.
std::unique_ptr<Work> begin_falsework(http::System& system, aws::Settings settings, Event event,
                                      ReturnAddress sender, base::Instant deadline);

}  // namespace cfn

// The way of the answer to CloudFormation.
#pragma once

#include "base/async.hpp"
#include "cfn/answer.hpp"
#include "http/system.hpp"

namespace cfn {

// PUTs the answer until S3 takes it, with growing pauses, as long as there is time. Logs
// `answer.sent {status, bytes, attempts}` or, when all was in vain, `answer.lost`; never the URL.
// True when it was taken.
base::Task<bool> deliver(http::System& system, ReturnAddress sender, Answer answer,
                         base::Instant deadline);

}  // namespace cfn

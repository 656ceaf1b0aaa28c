// The last look: describes every piece once more and writes down what AWS shows.
#pragma once

#include "aws/client.hpp"
#include "base/async.hpp"
#include "falsework/outcome.hpp"
#include "falsework/site.hpp"

namespace falsework {

// Fills in each piece's evidence, one describe a kind. A piece that was struck and is seen all the
// same is looked at again for some seconds (AWS's reads may be older than its writes), then it has
// failed. Never throws for AWS's sake: what cannot be looked at is a problem of the outcome.
base::Task<void> verify(aws::Client& client, Site site, base::Instant deadline, Outcome& outcome);

}  // namespace falsework

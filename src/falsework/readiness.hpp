// What must stand by itself before anything may go. Facts are looked at, never inferred from the
// order in which CloudFormation created things: a service can be CREATE_COMPLETE and not run.
#pragma once

#include <string>
#include <vector>

#include "aws/client.hpp"
#include "base/async.hpp"
#include "falsework/progress.hpp"
#include "falsework/site.hpp"
#include "falsework/spec.hpp"

namespace falsework {

// Returns when every condition holds. A service holds when it is ACTIVE with one deployment that is
// COMPLETED and all its desired tasks, at least one, run; an instance when it runs and both status
// checks are ok. Otherwise the problems: at once when a condition can no longer come true, for all
// that are open when the deadline comes. Says in `progress` and in the log what it waits for.
base::Task<std::vector<std::string>> wait_until_ready(aws::Client& client,
                                                      std::vector<Condition> conditions, Site site,
                                                      base::Instant deadline, Progress& progress);

}  // namespace falsework

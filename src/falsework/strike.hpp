// Carries out a plan: removes its pieces as fast as AWS permits, never before what they wait for.
// Safe to run twice, and beside CloudFormation's own deletions: what is gone is done.
#pragma once

#include "aws/client.hpp"
#include "base/async.hpp"
#include "falsework/outcome.hpp"
#include "falsework/plan.hpp"
#include "falsework/progress.hpp"
#include "falsework/site.hpp"

namespace falsework {

// Never throws for a piece's sake: every failure is in the outcome, beside what went well. Nothing
// is begun after `deadline`. A plan with problems is not begun at all.
// `progress` must outlive the task; it holds the plan's pieces from the start on.
base::Task<Outcome> strike(aws::Client& client, Plan plan, Site site, base::Instant deadline,
                           Progress& progress);

}  // namespace falsework

// The custom resource protocol around some work: exactly one answer per request, whatever happens.
#pragma once

#include <functional>
#include <memory>

#include "base/async.hpp"
#include "cfn/answer.hpp"
#include "cfn/event.hpp"
#include "http/system.hpp"
#include "lambda/runtime_api.hpp"

namespace cfn {

// What one request asks for. Owned by handle() for as long as it runs.
class Work {
 public:
  virtual ~Work() = default;
  // Should end by its deadline. What it throws becomes a FAILED answer.
  virtual base::Task<Answer> run() = 0;
  // The answer when run() has not ended in time: what is left and what it waits for. Called while
  // run() is suspended.
  virtual Answer late() const = 0;
};

// Begins the work of one request; `deadline` leaves time for the answer.
using Begin =
    std::function<std::unique_ptr<Work>(Event event, ReturnAddress sender, base::Instant deadline)>;

// The Lambda function's handler. Answers as soon as the work ends, or, when it does not, a margin
// before Lambda's own deadline, the ServiceTimeout or the URL's expiry, whichever is first. A stale
// event, one of those having passed on arrival, does nothing: nobody waits for it any more.
// Throws lambda::HandlerError when there is nobody to answer or the answer could not be delivered,
// so that Lambda delivers the event again.
base::Task<std::string> handle(http::System& system, lambda::Invocation invocation, Begin begin);

}  // namespace cfn

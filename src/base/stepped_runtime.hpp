// A virtual runtime whose owner moves the clock: between two calls of advance() nothing happens.
// The embedded AWS as a server stands on it: what came in and when decides everything that follows,
// so a record of it can be lived through again.
#pragma once

#include <memory>
#include <optional>

#include "base/runtime.hpp"

namespace base {

class SteppedRuntime : public Runtime {
 public:
  // Runs what is ready, then wakes every sleeper that is due at or before `when`, each at its own
  // time and in order; the clock then reads `when`. Does not go back: an earlier `when` only runs
  // what is ready. Rethrows what a task threw.
  virtual void advance(Instant when) = 0;
  // When the next sleeper is due.
  virtual std::optional<Instant> next() const = 0;
};

std::unique_ptr<SteppedRuntime> stepped_runtime(Instant start);

}  // namespace base

// The only source of time. Real in production, virtual in the demo and in tests.
#pragma once

#include "base/async.hpp"
#include "base/time.hpp"

namespace base {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  // Calls `wake` once, at or after `when`, from the runtime's loop.
  virtual void call_at(Instant when, std::move_only_function<void()> wake) = 0;

  Task<void> sleep_until(Instant when);
  Task<void> sleep_for(Duration duration);
};

}  // namespace base

// The only source of time. Real in production, virtual in the demo and in tests.
#pragma once

#include <cstdint>

#include "base/async.hpp"
#include "base/time.hpp"

namespace base {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  // A call that is to come.
  struct Call {
    Instant when;
    std::uint64_t number = 0;
    auto operator<=>(const Call&) const = default;
  };
  // Calls `wake` once, at or after `when`, from the runtime's loop.
  virtual Call call_at(Instant when, std::move_only_function<void()> wake) = 0;
  // It will not come; nothing when it has come already.
  virtual void cancel(Call call) = 0;

  Task<void> sleep_until(Instant when);
  Task<void> sleep_for(Duration duration);
};

}  // namespace base

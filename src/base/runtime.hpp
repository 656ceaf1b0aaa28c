// The event loop of one program: it owns the clock and every task spawned on it.
// One thread. Destroy what tasks refer to only after run() has returned, and Signals before the
// runtime itself.
#pragma once

#include <memory>

#include "base/async.hpp"
#include "base/clock.hpp"

namespace boost::asio {
class io_context;
}

namespace base {

class Runtime {
 public:
  virtual ~Runtime() = default;
  virtual Clock& clock() = 0;
  virtual boost::asio::io_context& io() = 0;

  // Runs `task` to its end beside the caller. A task that throws ends run() with its exception:
  // background work handles its own failures.
  virtual void spawn(Task<void> task) = 0;

  // Runs `main` and everything spawned until main ends, then returns; rethrows what main threw.
  // Tasks still suspended then are destroyed with the runtime.
  virtual void run(Task<void> main) = 0;
};

// Time passes when every task waits: the clock jumps to the next sleeper. Same tasks, same order,
// same times on every run. Throws std::logic_error when all tasks wait and none sleeps (deadlock).
std::unique_ptr<Runtime> virtual_runtime(Instant start);

// Time is the machine's.
std::unique_ptr<Runtime> real_runtime();

}  // namespace base

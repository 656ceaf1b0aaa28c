// A Lambda function's process as the embedded AWS sees it, and who starts it. The program chooses:
// the demo runs handlers in this process on virtual time, `local` starts operating-system
// processes.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/async.hpp"
#include "base/random.hpp"
#include "http/transport.hpp"

namespace sim::lambda {

// Lambda's wish that a process be gone: after a timeout, a failed init, an update or a deletion.
// An operating-system process is to be killed and its run() to return. A process inside this one
// cannot be killed from outside; for it, every transport.send() begun or still running after the
// request never returns: its coroutine stays suspended and goes with Lambda and the runtime. Nobody
// waits for it; the next invocation gets a new process.
struct Termination {
  bool requested = false;
  base::Signal signal;  // notified once, when `requested` becomes true
};

// References and functions stay valid until run() returns, or until Lambda is destroyed.
struct Process {
  std::map<std::string, std::string> environment;  // AWS_LAMBDA_RUNTIME_API, _HANDLER, AWS_*, ...
  std::string runtime;                             // "provided.al2023", "python3.12"
  std::string handler;
  std::string code;  // the bytes of a zip
  int memory_mb = 128;
  // This process's own Runtime API at http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/..., and the world.
  http::Transport& transport;
  std::function<void(std::string_view line)> output;  // one line of stdout or stderr
  std::function<void(int megabytes)> used_memory;     // the peak so far; shown in REPORT lines
  base::Random& random;
  Termination& termination;
  std::string architecture = {};  // "x86_64", "arm64"; empty: any
};

class Launcher {
 public:
  virtual ~Launcher() = default;
  // Runs the process to its end; its exit code, or minus the number of the signal that ended it. A
  // throw counts as exit code 1.
  virtual base::Task<int> run(Process process) = 0;
};

}  // namespace sim::lambda

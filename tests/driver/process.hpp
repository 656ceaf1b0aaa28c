// One real process under observation: started with exactly the environment given, ended with the
// object. Linux only.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace driver {

class Process {
 public:
  // `arguments[0]` is the program's path or a name on the PATH. Its standard error goes to `log`.
  // Throws std::system_error when it cannot be started.
  Process(std::vector<std::string> arguments, std::vector<std::string> environment,
          const std::string& log = "/dev/null");
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  pid_t id() const { return id_; }
  // The peak of its resident memory so far, and what it is now, in bytes.
  std::size_t peak_memory() const { return memory("VmHWM:"); }
  std::size_t memory() const { return memory("VmRSS:"); }

  // The first line of its output, without its end; empty when it has none within `limit`.
  std::string first_line(std::chrono::milliseconds limit = std::chrono::seconds(10)) const;
  void send(int signal) const;
  // Its exit code, or the negative signal that ended it; nothing when it still runs after `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit = std::chrono::seconds(10));

 private:
  std::size_t memory(std::string_view field) const;

  pid_t id_ = -1;
  int output_ = -1;
  std::optional<int> code_;
};

}  // namespace driver

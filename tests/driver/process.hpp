// One real process under observation: started with exactly the environment given, ended with the
// object. Linux only.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace driver {

class Process {
 public:
  // `arguments[0]` is the program's path or a name on the PATH. Its standard error goes to `log`,
  // its output nowhere. Throws std::system_error when it cannot be started.
  Process(std::vector<std::string> arguments, std::vector<std::string> environment,
          const std::string& log = "/dev/null");
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  pid_t id() const { return id_; }
  // The peak of its resident memory so far, in bytes.
  std::size_t peak_memory() const;

 private:
  pid_t id_ = -1;
};

}  // namespace driver

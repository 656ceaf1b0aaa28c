// Holds a process to a share of one processor, as Lambda does after a function has started.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace bench {

class Throttle {
 public:
  // 7.2 % of a processor: Lambda's share at 128 MB.
  Throttle();
  Throttle(const Throttle&) = delete;
  Throttle& operator=(const Throttle&) = delete;
  ~Throttle();

  // Why it cannot be done here; empty when it can.
  const std::string& problem() const { return problem_; }
  void hold(pid_t process) const;

 private:
  std::filesystem::path folder_;
  std::string problem_;
};

}  // namespace bench

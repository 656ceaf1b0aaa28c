// A small world of its own for one function: its processes in a PID namespace, so that nothing that
// it starts outlives it, whatever it does to get away; and a /tmp that is nobody else's. For root,
// or where the kernel lets every user make namespaces.
// https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

namespace process {

// Prepared before the fork; afterwards nothing may be allocated.
class Isolation {
 public:
  // `temporary` becomes /tmp, unless it is empty. `folder`, which may lie below /tmp and holds
  // `temporary`, stays where it is.
  Isolation(const std::filesystem::path& folder, const std::filesystem::path& temporary);

  // clone()'s flags, from the fewest rights that are needed to the most.
  static int flags(bool as_user);

  // In the first process of the new namespaces, before it does anything else. False, with errno
  // set, when the kernel refuses. Only calls that are safe after a fork.
  bool enter(bool as_user) const;

 private:
  std::string temporary_;
  std::string folder_;
  std::string folder_inside_;  // where it is mounted below `temporary`; empty: it is not hidden
  std::string user_map_, group_map_;
};

// The first process's work once the function is started: waits for all that is left to it, writes
// the function's status (waitpid's) to `report`, and takes everything with it when it ends.
[[noreturn]] void be_init(int function, int report);

// The kernel does not let this program make namespaces.
class NotIsolated : public std::system_error {
 public:
  using std::system_error::system_error;
};

}  // namespace process

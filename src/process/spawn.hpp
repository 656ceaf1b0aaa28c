// Starts one program as the leader of a process group of its own.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "process/isolation.hpp"
#include "process/keeper.hpp"

namespace process {

struct Program {
  std::vector<std::string> arguments;                   // the first is the file's absolute path
  std::map<std::string, std::string> environment = {};  // all of it
  std::filesystem::path folder = {};                    // where it starts
  std::optional<Isolation> isolation = {};
};

struct Spawned {
  // The program's; an isolated one's is that of the first process of its namespace, which is in the
  // same group and whose end is the end of all.
  pid_t id = -1;
  Descriptor handle;  // a pidfd: readable once the process has ended
  Descriptor output;  // what the process writes to stdout and stderr; does not block
  // Of an isolated one: the program's own status, as waitpid gives it; at its end when it was
  // killed together with its namespace.
  Descriptor status;
};

// The program runs when this returns. It has /dev/null as its standard input, inherits no other
// descriptor and no signal settings, and is killed when this program ends for whatever reason.
// The keeper, if given, has it from its first moment; whoever waits for the process removes it
// there. Throws NotIsolated when it cannot be isolated, std::system_error with execve's own errno
// when it cannot be run.
Spawned spawn(const Program& program, Keeper* keeper = nullptr);

}  // namespace process

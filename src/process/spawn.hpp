// Starts one program as the leader of a process group of its own.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "process/keeper.hpp"

namespace process {

struct Program {
  std::vector<std::string> arguments;                   // the first is the file's absolute path
  std::map<std::string, std::string> environment = {};  // all of it
  std::filesystem::path folder = {};                    // where it starts
};

struct Spawned {
  pid_t id = -1;
  Descriptor handle;  // a pidfd: readable once the process has ended
  Descriptor output;  // what the process writes to stdout and stderr; does not block
};

// The program runs when this returns. It has /dev/null as its standard input, inherits no other
// descriptor and no signal settings, and is killed when this program ends for whatever reason.
// The keeper, if given, has it from its first moment; whoever waits for the process removes it
// there. Throws std::system_error with execve's own errno when it cannot be run.
Spawned spawn(const Program& program, Keeper* keeper = nullptr);

}  // namespace process

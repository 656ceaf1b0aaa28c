// What a process and its children use of this machine's memory, as Lambda counts it: each page
// once.
#pragma once

#include <sys/types.h>

#include <vector>

namespace process {

// The process, its group, their children, theirs, as /proc knows them now. Not found are those that
// left the group and whose parents have ended. Empty when there is no such process.
std::vector<pid_t> family(pid_t root);

// In MB, rounded up: the shares of the whole family, and never less than the peak that the kernel
// remembers of its root. 0 when there is no such process. `below`: without `root` itself, which
// only waits for the others; the first of its children is the family's root then.
int used_megabytes(pid_t root, bool below = false);

}  // namespace process

// What must not outlive this program, however it ends: the process groups of the functions, and the
// folder with their files. A small process of our own keeps the list; when the pipe to it closes,
// be it by SIGKILL, it kills the groups and removes the folder.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <set>

namespace process {

// An open file descriptor; closed with the object.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int get() const { return number_; }
  int release();

 private:
  int number_;
};

class Keeper {
 public:
  // Makes its folder below `temporary`, readable by nobody else. Throws std::system_error.
  explicit Keeper(const std::filesystem::path& temporary);
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;
  // Kills what is still there.
  ~Keeper();

  const std::filesystem::path& folder() const { return folder_; }
  // A new folder for one process, 0700.
  std::filesystem::path make_folder();

  // Tells the helper of a group. Called by its leader itself, in the child and before it executes
  // anything: however early this program is killed, the group is known. Safe after a fork.
  void announce(pid_t group) const;
  // The group is known until remove(). Precondition: its leader is a child of this program that
  // has not been waited for.
  void add(pid_t group);
  // Kills what is left of it. Call it before the leader is waited for: its number is free then.
  void remove(pid_t group);
  void kill_all();

 private:
  std::filesystem::path folder_;
  Descriptor lock_;  // held while this program lives: others leave the folder alone
  Descriptor pipe_;
  pid_t helper_ = -1;
  std::set<pid_t> groups_;
  int made_ = 0;
};

// Removes the folders of programs that are no more: those whose lock nobody holds.
void remove_abandoned(const std::filesystem::path& temporary);

}  // namespace process

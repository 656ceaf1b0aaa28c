#include "process/isolation.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace process {

namespace {

bool write_file(const char* file, std::string_view text) {
  const int descriptor = open(file, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool written = write(descriptor, text.data(), text.size()) > 0;
  close(descriptor);
  return written;
}

bool mount_onto(const std::string& from, const std::string& onto) {
  return mount(from.c_str(), onto.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0;
}

}  // namespace

Isolation::Isolation(const std::filesystem::path& folder, const std::filesystem::path& temporary)
    : temporary_(temporary),
      folder_(folder),
      user_map_(fmt::format("{0} {0} 1\n", geteuid())),
      group_map_(fmt::format("{0} {0} 1\n", getegid())) {
  const auto below = folder.lexically_relative("/tmp");
  if (temporary_.empty() || below.empty() || *below.begin() == "..") return;
  std::filesystem::create_directories(temporary / below);
  folder_inside_ = temporary / below;
}

int Isolation::flags(bool as_user) {
  return CLONE_NEWPID | CLONE_NEWNS | (as_user ? CLONE_NEWUSER : 0);
}

bool Isolation::enter(bool as_user) const {
  // Each user stays who he is. Groups cannot be mapped before setgroups is given up.
  // https://man7.org/linux/man-pages/man7/user_namespaces.7.html
  if (as_user &&
      !(write_file("/proc/self/setgroups", "deny") && write_file("/proc/self/uid_map", user_map_) &&
        write_file("/proc/self/gid_map", group_map_))) {
    return false;
  }
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  if (!folder_inside_.empty() && !mount_onto(folder_, folder_inside_)) return false;
  if (!temporary_.empty() && !mount_onto(temporary_, "/tmp")) return false;
  return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0;
}

void be_init(int function, int report) {
  prctl(PR_SET_NAME, "falsework-init");
  dup2(report, STDIN_FILENO);
  close_range(1, ~0U, 0);
  while (true) {
    int status = 0;
    const auto ended = waitpid(-1, &status, 0);
    if (ended < 0 && errno != EINTR) break;
    if (ended != function) continue;
    [[maybe_unused]] const auto told = write(STDIN_FILENO, &status, sizeof status);
    break;
  }
  _exit(0);
}

}  // namespace process

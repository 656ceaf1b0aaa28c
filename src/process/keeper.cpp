#include "process/keeper.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <system_error>
#include <utility>

namespace process {

namespace {

constexpr std::string_view prefix = "falsework-functions-";

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// True when the lock is ours and the folder has not been removed meanwhile.
bool lock(int folder) {
  struct stat status{};
  return flock(folder, LOCK_EX | LOCK_NB) == 0 && fstat(folder, &status) == 0 &&
         status.st_nlink > 0;
}

void clear(const std::filesystem::path& folder) {
  std::error_code ignored;
  // A process that was killed a moment ago may still have made a file.
  for (int attempt = 0; attempt < 3 && std::filesystem::exists(folder, ignored); ++attempt) {
    std::filesystem::remove_all(folder, ignored);
  }
}

// The helper: all it does is wait. It must survive what is meant for this program, so it has a
// session of its own, and it must hold nothing that others wait for: no descriptor but the pipe.
[[noreturn]] void help(int pipe, const std::filesystem::path& folder) {
  setsid();
  prctl(PR_SET_NAME, "falsework-keep");
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) signal(number, SIG_IGN);
  dup2(pipe, STDIN_FILENO);
  close_range(1, ~0U, 0);
  std::set<pid_t> groups;
  pid_t number = 0;
  while (true) {
    const auto got = read(STDIN_FILENO, &number, sizeof number);
    if (got < 0 && errno == EINTR) continue;
    if (got != sizeof number) break;
    if (number > 0) {
      groups.insert(number);
    } else {
      groups.erase(-number);
    }
  }
  for (const pid_t group : groups) kill(-group, SIGKILL);
  clear(folder);
  _exit(0);
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (number_ >= 0) close(number_);
  number_ = other.release();
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

int Descriptor::release() {
  return std::exchange(number_, -1);
}

Keeper::Keeper(const std::filesystem::path& temporary) {
  remove_abandoned(temporary);
  for (int attempt = 0; attempt < 100; ++attempt) {
    auto name = (temporary / (std::string(prefix) + std::string(6, 'X'))).string();
    if (mkdtemp(name.data()) == nullptr) fail(name);
    lock_ = Descriptor(open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    folder_ = name;
    if (lock_.get() >= 0 && lock(lock_.get())) break;
    // Another program took it for abandoned, between its making and its lock.
  }
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair");
  pipe_ = Descriptor(ends[0]);
  const Descriptor theirs(ends[1]);
  helper_ = fork();
  if (helper_ < 0) fail("fork");
  if (helper_ == 0) help(theirs.get(), folder_);
}

Keeper::~Keeper() {
  kill_all();
  pipe_ = Descriptor();
  int status = 0;
  while (waitpid(helper_, &status, 0) < 0 && errno == EINTR) {
  }
  clear(folder_);  // when somebody has killed the helper
}

std::filesystem::path Keeper::make_folder() {
  const auto made = folder_ / std::to_string(++made_);
  if (mkdir(made.c_str(), 0700) != 0) fail(made.string());
  return made;
}

void Keeper::add(pid_t group) {
  groups_.insert(group);
}

void Keeper::remove(pid_t group) {
  if (groups_.erase(group) == 0) return;
  kill(-group, SIGKILL);
  announce(-group);
}

void Keeper::kill_all() {
  for (const pid_t group : groups_) kill(-group, SIGKILL);
}

void Keeper::announce(pid_t group) const {
  // A helper that was killed leaves PR_SET_PDEATHSIG to do its work.
  send(pipe_.get(), &group, sizeof group, MSG_NOSIGNAL);
}

void remove_abandoned(const std::filesystem::path& temporary) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(temporary, error)) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    const Descriptor folder(
        open(entry.path().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status{};
    if (folder.get() < 0 || fstat(folder.get(), &status) != 0) continue;
    if (status.st_uid == geteuid() && lock(folder.get())) clear(entry.path());
  }
}

}  // namespace process

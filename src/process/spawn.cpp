#include "process/spawn.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace process {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct Pipe {
  Descriptor reading, writing;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

// What execve needs, made before the fork: afterwards nothing may be allocated.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

struct Prepared {
  char* const* arguments;
  char* const* environment;
  const char* folder;
  pid_t parent;
  int null, output, failure, go, status;
  const Keeper* keeper;
  const Isolation* isolation;
  bool as_user;
};

// Why there is no program: what the child tells through a pipe that execution closes.
struct Failure {
  bool isolation = false;
  int error = 0;
};

[[noreturn]] void give_up(const Prepared& program, bool isolation) {
  const Failure why{isolation, errno};
  [[maybe_unused]] const auto told = write(program.failure, &why, sizeof why);
  _exit(127);
}

void forget_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// In the child. Only calls that are safe after a fork.
[[noreturn]] void become(const Prepared& program) {
  if (dup2(program.null, STDIN_FILENO) < 0 || dup2(program.output, STDOUT_FILENO) < 0 ||
      dup2(program.output, STDERR_FILENO) < 0 || chdir(program.folder) != 0 ||
      close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
    give_up(program, false);
  }
  umask(022);
  const rlimit no_core{};
  setrlimit(RLIMIT_CORE, &no_core);
  execve(program.arguments[0], program.arguments, program.environment);
  give_up(program, false);
}

[[noreturn]] void become_child(const Prepared& program) {
  setpgid(0, 0);
  if (program.keeper != nullptr) program.keeper->announce(getpid());
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != program.parent) _exit(127);  // it ended before it could be watched
  forget_signals();
  become(program);
}

// The first process of new namespaces: it knows neither its own number outside nor its parent's.
[[noreturn]] void become_first(const Prepared& program, int our_end_of_go) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  close(our_end_of_go);
  char told = 0;
  if (read(program.go, &told, 1) != 1) _exit(127);  // it ended before it could be watched
  forget_signals();
  if (!program.isolation->enter(program.as_user)) give_up(program, true);
  const pid_t function = fork();
  if (function < 0) give_up(program, true);
  if (function == 0) become(program);
  be_init(function, program.status);
}

pid_t fork_into_namespaces(bool as_user) {
  return static_cast<pid_t>(
      syscall(SYS_clone, Isolation::flags(as_user) | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

void end(pid_t id, Keeper* keeper) {
  kill(id, SIGKILL);
  if (keeper != nullptr) keeper->remove(id);
  waitpid(id, nullptr, 0);
}

Spawned spawn(const Program& program, Keeper* keeper, bool as_user) {
  auto argument_texts = program.arguments;
  std::vector<std::string> variable_texts;
  for (const auto& [name, value] : program.environment)
    variable_texts.push_back(name + "=" + value);
  const auto arguments = pointers(argument_texts), variables = pointers(variable_texts);
  const auto* isolation = program.isolation ? &*program.isolation : nullptr;
  const Descriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  auto output = make_pipe(), failure = make_pipe(), go = make_pipe(), status = make_pipe();
  if (fcntl(output.reading.get(), F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
  const Prepared prepared{arguments.data(),
                          variables.data(),
                          program.folder.c_str(),
                          getpid(),
                          null.get(),
                          output.writing.get(),
                          failure.writing.get(),
                          go.reading.get(),
                          status.writing.get(),
                          keeper,
                          isolation,
                          as_user};
  Spawned spawned;
  spawned.id = isolation == nullptr ? fork() : fork_into_namespaces(as_user);
  if (spawned.id < 0 && isolation == nullptr) fail("fork");
  if (spawned.id < 0) throw NotIsolated(errno, std::generic_category(), "clone");
  if (spawned.id == 0 && isolation == nullptr) become_child(prepared);
  if (spawned.id == 0) become_first(prepared, go.writing.get());
  setpgid(spawned.id, spawned.id);  // whichever of the two comes first
  if (keeper != nullptr) keeper->add(spawned.id);
  if (keeper != nullptr && isolation != nullptr) keeper->announce(spawned.id);
  [[maybe_unused]] const auto told = write(go.writing.get(), "", 1);
  failure.writing = Descriptor();
  status.writing = Descriptor();
  Failure why;
  ssize_t got = 0;
  // Execution closes the pipe.
  while ((got = read(failure.reading.get(), &why, sizeof why)) < 0 && errno == EINTR) {
  }
  spawned.handle = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, spawned.id, 0)));
  if (got == sizeof why || spawned.handle.get() < 0) {
    if (got != sizeof why) why = {false, errno};
    end(spawned.id, keeper);
    if (why.isolation) throw NotIsolated(why.error, std::generic_category(), "namespaces");
    throw std::system_error(why.error, std::generic_category(), program.arguments.front());
  }
  spawned.output = std::move(output.reading);
  if (isolation != nullptr) spawned.status = std::move(status.reading);
  return spawned;
}

}  // namespace

Spawned spawn(const Program& program, Keeper* keeper) {
  if (program.isolation && geteuid() == 0) {
    try {
      return spawn(program, keeper, false);
    } catch (const NotIsolated&) {
      // Root without its rights, as in a container: as everybody else, then.
    }
  }
  return spawn(program, keeper, true);
}

}  // namespace process

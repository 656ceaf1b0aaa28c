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
  int null, output, failure;
  const Keeper* keeper;
};

// In the child. Only calls that are safe after a fork.
void become(const Prepared& program) {
  setpgid(0, 0);
  if (program.keeper != nullptr) program.keeper->announce(getpid());
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != program.parent) return;  // it ended before it could be watched
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (dup2(program.null, STDIN_FILENO) < 0 || dup2(program.output, STDOUT_FILENO) < 0 ||
      dup2(program.output, STDERR_FILENO) < 0 || chdir(program.folder) != 0 ||
      close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
    return;
  }
  umask(022);
  const rlimit no_core{};
  setrlimit(RLIMIT_CORE, &no_core);
  execve(program.arguments[0], program.arguments, program.environment);
}

}  // namespace

Spawned spawn(const Program& program, Keeper* keeper) {
  auto argument_texts = program.arguments;
  std::vector<std::string> variable_texts;
  for (const auto& [name, value] : program.environment)
    variable_texts.push_back(name + "=" + value);
  const auto arguments = pointers(argument_texts), variables = pointers(variable_texts);
  const Descriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  auto output = make_pipe(), failure = make_pipe();
  if (fcntl(output.reading.get(), F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
  const Prepared prepared{arguments.data(), variables.data(),     program.folder.c_str(), getpid(),
                          null.get(),       output.writing.get(), failure.writing.get(),  keeper};
  Spawned spawned;
  spawned.id = fork();
  if (spawned.id < 0) fail("fork");
  if (spawned.id == 0) {
    become(prepared);
    const int why = errno;
    [[maybe_unused]] const auto told = write(prepared.failure, &why, sizeof why);
    _exit(127);
  }
  setpgid(spawned.id, spawned.id);  // whichever of the two comes first
  if (keeper != nullptr) keeper->add(spawned.id);
  failure.writing = Descriptor();
  int why = 0;
  ssize_t got = 0;
  // Execution closes the pipe.
  while ((got = read(failure.reading.get(), &why, sizeof why)) < 0 && errno == EINTR) {
  }
  spawned.handle = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, spawned.id, 0)));
  if (got == sizeof why || spawned.handle.get() < 0) {
    if (got != sizeof why) why = errno;
    kill(spawned.id, SIGKILL);
    if (keeper != nullptr) keeper->remove(spawned.id);
    waitpid(spawned.id, nullptr, 0);
    throw std::system_error(why, std::generic_category(), program.arguments.front());
  }
  spawned.output = std::move(output.reading);
  return spawned;
}

}  // namespace process

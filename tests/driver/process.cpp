#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <system_error>
#include <thread>

namespace driver {
namespace {

using Steady = std::chrono::steady_clock;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Process::Process(std::vector<std::string> arguments, std::vector<std::string> environment,
                 const std::string& log) {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category());
  output_ = pipe[0];
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, pipe[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const auto argument_pointers = pointers(arguments);
  const auto environment_pointers = pointers(environment);
  const int error = ::posix_spawnp(&id_, arguments.front().c_str(), &files, nullptr,
                                   argument_pointers.data(), environment_pointers.data());
  ::posix_spawn_file_actions_destroy(&files);
  ::close(pipe[1]);
  if (error != 0) throw std::system_error(error, std::generic_category(), arguments.front());
}

Process::~Process() {
  if (!code_) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  ::close(output_);
}

std::string Process::first_line(std::chrono::milliseconds limit) const {
  const auto end = Steady::now() + limit;
  std::string line;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now()).count();
    pollfd wait{output_, POLLIN, 0};
    char byte = 0;
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0 ||
        ::read(output_, &byte, 1) != 1 || byte == '\n') {
      return line;
    }
    line += byte;
  }
}

void Process::send(int signal) const {
  ::kill(id_, signal);
}

std::optional<int> Process::wait(std::chrono::milliseconds limit) {
  const auto end = Steady::now() + limit;
  while (!code_ && Steady::now() < end) {
    int status = 0;
    if (::waitpid(id_, &status, WNOHANG) == id_) {
      code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  return code_;
}

std::size_t Process::memory(std::string_view field) const {
  std::ifstream status("/proc/" + std::to_string(id_) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::stoul(line.substr(field.size())) * 1024;
  }
  return 0;
}

}  // namespace driver

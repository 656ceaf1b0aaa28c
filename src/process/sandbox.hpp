// One running process of a function: its Runtime API, its output, its memory, its end.
//
// The launcher owns it, not the coroutine that runs it: a coroutine that waits for a signal of its
// own would own itself, and nobody could let go of both.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>

#include "base/runtime.hpp"
#include "http/server.hpp"
#include "process/launcher.hpp"
#include "process/lines.hpp"
#include "process/spawn.hpp"
#include "sim/lambda/process.hpp"

namespace process {

class Sandbox {
 public:
  // All must outlive run(), `runtime` and `keeper` this.
  Sandbox(base::Runtime& runtime, const LauncherSettings& settings, Keeper& keeper,
          sim::lambda::Process& process);
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  // Kills what still runs, and removes the files.
  ~Sandbox();

  // The place of Lambda's /var/task, /var/runtime and home, all empty.
  std::filesystem::path task() const { return folder_ / "task"; }
  std::filesystem::path runtime() const { return folder_ / "runtime"; }

  // Runs these arguments in task() with the process's environment. As Launcher::run. Throws
  // std::system_error when they cannot be executed.
  base::Task<int> run(std::vector<std::string> arguments, int limit_mb);

 private:
  struct Api;

  std::map<std::string, std::string> environment(const http::Server& api) const;
  // With a /tmp and a PID namespace of its own, where the kernel permits it.
  Spawned start(Program program);
  // How the program has ended, when its process `id_` has ended like that.
  int code_of(int code, int status) const;
  // Runs beside the others until its end; the first failure is run()'s.
  base::Task<void> part(base::Task<void> task);
  base::Task<void> wait_for_end();
  base::Task<void> read_output();
  base::Task<void> watch_memory();
  base::Task<void> freeze_when_idle();
  base::Task<void> obey();
  // What has been written up to now becomes lines, before anything else happens.
  void drain();
  void measure();
  void freeze();
  void thaw();
  void kill();
  void end(int code);

  base::Runtime& runtime_;
  const LauncherSettings& settings_;
  Keeper& keeper_;
  sim::lambda::Process& process_;
  std::filesystem::path folder_;
  std::shared_ptr<Api> api_;
  pid_t id_ = -1;
  Descriptor status_;  // of an isolated one
  boost::asio::posix::stream_descriptor handle_, output_;
  Lines lines_;
  int limit_mb_ = 0;
  int peak_mb_ = 0;
  bool frozen_ = false;
  bool silent_ = false;  // the output has ended
  base::Signal fell_silent_;
  std::optional<int> code_;
  int parts_ = 0;
  std::exception_ptr failure_;
  base::Signal changed_;  // the calls of /next, frozen, or the end
  base::Signal parted_;
};

}  // namespace process

// One running process of a function: its Runtime API, its output, its memory, its end.
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
  // `process` must outlive run(); `keeper` is shared with the launcher and every other sandbox.
  Sandbox(base::Runtime& runtime, const LauncherSettings& settings, std::shared_ptr<Keeper> keeper,
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
  const LauncherSettings settings_;
  std::shared_ptr<Keeper> keeper_;
  sim::lambda::Process& process_;
  std::filesystem::path folder_;
  std::shared_ptr<Api> api_;
  pid_t id_ = -1;
  boost::asio::posix::stream_descriptor handle_, output_;
  Lines lines_;
  int limit_mb_ = 0;
  int peak_mb_ = 0;
  bool frozen_ = false;
  bool silent_ = false;  // the output has ended
  base::Signal fell_silent_;
  std::optional<int> code_;
};

}  // namespace process

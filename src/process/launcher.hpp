// Lambda's processes on this machine: each function instance is an operating-system process with a
// Runtime API of its own, Lambda's environment and limits. Linux only. Whoever makes the world owns
// the launcher.
//
// It isolates what a function could do by accident, not what it could do on purpose: the process
// runs as the user of this program, and sees the machine's files and network. HOME, which Lambda
// does not set, leads to an empty folder: an SDK must not find the settings of whoever runs this
// program.
//
// For root, and where the kernel lets every user make namespaces, each instance has a /tmp of its
// own, empty but for the way to its own code, and nothing that it starts outlives it. Elsewhere
// /tmp is the machine's and TMPDIR leads to a folder of the instance's own, which is also so when
// its interpreter lies in /tmp; and a child that has left the process group and lost its parent
// may stay.
#pragma once

#include <filesystem>
#include <list>
#include <memory>
#include <set>
#include <string>

#include "base/runtime.hpp"
#include "sim/lambda/process.hpp"

namespace process {

class Keeper;
class PythonFinder;
class Sandbox;

struct LauncherSettings {
  // Where functions reach the embedded AWS: AWS_ENDPOINT_URL. Empty: not set.
  std::string endpoint = {};
  // The certificate that an https endpoint shows: AWS_CA_BUNDLE. Empty: not set.
  std::string ca_bundle = {};
  // The user's PATH: where python3 and qemu are looked for. A function gets Lambda's own PATH.
  std::string search_path = "/usr/local/bin:/usr/bin:/bin";
  // The interpreter of python3.* functions. Empty: the first suitable one of the PATH.
  std::string python = {};
  // Where the folder of this launcher is made, and removed again.
  std::filesystem::path temporary = "/tmp";
  // In namespaces, where the kernel permits it.
  bool isolate = true;
  // Stops a process that waits for its next event, as Lambda freezes it.
  // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
  bool freeze = true;
  // How long a process may go on after it has asked for its next event. [I]
  base::Duration freeze_after = std::chrono::milliseconds(20);
  // How often its memory is measured.
  base::Duration memory_interval = std::chrono::milliseconds(250);
  // What a process may use beyond the function's MemorySize. A native one and Python need on this
  // machine what they need on Lambda; an emulated processor needs memory of its own. [I]
  int allowance_mb = 0;
  int emulator_allowance_mb = 256;
};

class OsLauncher final : public sim::lambda::Launcher {
 public:
  // `runtime` must be a real one and outlive this. Nothing is touched before the first process;
  // then what launchers that were killed have left in `settings.temporary` is removed.
  OsLauncher(base::Runtime& runtime, LauncherSettings settings);
  // Kills every process that still runs, and removes all their files. Not while the runtime runs:
  // every run() that has not ended never will.
  ~OsLauncher() override;

  // For processes started from here on: the port is known only when the server listens.
  void set_endpoint(std::string endpoint, std::string ca_bundle);

  // The exit status, or the signal that ended it as a negative number (-9). What keeps a process
  // from starting is told to the Runtime API's /init/error in Lambda's words, and the code is 1.
  // When it returns, the process, its children and its files are gone.
  base::Task<int> run(sim::lambda::Process process) override;

 private:
  // Throws Refusal when there can be no process.
  base::Task<int> start(sim::lambda::Process& process, Sandbox& sandbox);

  base::Runtime& runtime_;
  LauncherSettings settings_;
  std::unique_ptr<Keeper> keeper_;
  std::unique_ptr<PythonFinder> python_;
  std::list<std::unique_ptr<Sandbox>> sandboxes_;
  std::set<std::string> noted_;  // runtimes whose stand-in the log has told of
};

}  // namespace process

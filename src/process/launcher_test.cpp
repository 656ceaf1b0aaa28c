#include "process/launcher.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <set>

#include "process/entry.hpp"
#include "process/machine_test.hpp"
#include "process/spawn.hpp"

namespace process {
namespace {

using namespace std::chrono_literals;

// The Runtime API in bash: `next` waits for an event and sets $id and $event, `post PATH BODY`.
const std::string api = R"(
call() {
  exec 9<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API%:*}/${AWS_LAMBDA_RUNTIME_API#*:}"
  printf '%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' \
    "$1" "$2" "$AWS_LAMBDA_RUNTIME_API" "${#3}" "$3" >&9
  answer=$(tr -d '\r' <&9)
  exec 9>&-
}
next() {
  call GET invocation/next
  id=$(sed -n 's/^Lambda-Runtime-Aws-Request-Id: //ip' <<<"$answer")
  event=${answer##*$'\n'}
}
post() { call POST "$1" "$2"; }
)";

std::string first_word(const std::vector<std::string>& lines, const std::string& before) {
  for (const auto& line : lines) {
    if (line.starts_with(before)) return line.substr(before.size());
  }
  return {};
}

// Those of this machine that run a function from below this folder; not what has ended and only
// waits to be waited for.
std::set<pid_t> processes_of(const std::string& folder) {
  std::set<pid_t> found;
  std::error_code ended;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ended)) {
    const auto id = std::atoi(entry.path().filename().c_str());
    if (id > 0 && read_all(entry.path() / "environ").contains("LAMBDA_TASK_ROOT=" + folder)) {
      found.insert(id);
    }
  }
  return found;
}

bool end_soon(const std::string& folder) {
  for (int i = 0; i < 100; ++i) {
    if (processes_of(folder).empty()) return true;
    ::usleep(50'000);
  }
  return false;
}

// The namespaces of a first process are its function's, too.
bool can_isolate() {
  static const bool can = [] {
    try {
      const auto spawned = spawn({{"/bin/true"}, {}, "/", Isolation("/var/empty", "")});
      ::waitpid(spawned.id, nullptr, 0);
      return true;
    } catch (const NotIsolated&) {
      return false;
    }
  }();
  return can;
}

TEST(OsLauncher, a_process_answers_its_event_through_its_own_runtime_api) {
  Machine machine;
  machine.script(api + "next; post invocation/$id/response \"$event$event\"; next");
  machine.run("{\"a\":1}");
  EXPECT_EQ(machine.answer.payload, "{\"a\":1}{\"a\":1}");
  EXPECT_FALSE(machine.answer.failed);
  EXPECT_EQ(machine.code, -SIGKILL);
  EXPECT_GT(machine.megabytes, 0);
}

TEST(OsLauncher, the_environment_is_lambdas_and_nothing_else) {
  set_variable("OF_THE_USER", "1");
  Machine machine;
  machine.package = {{"bootstrap", read_all("/usr/bin/env"), 0100755}};
  machine.settings.endpoint = "http://127.0.0.1:4566";
  machine.settings.ca_bundle = "/etc/ca.pem";
  machine.variables = {{"LAMBDA_TASK_ROOT", "/var/task"},
                       {"LD_LIBRARY_PATH", "/var/task:/var/task/lib:/opt/lib"},
                       {"MINE", "1"}};
  machine.ends_itself = true;
  machine.run();
  std::set<std::string> names;
  for (const auto& line : machine.lines) names.insert(line.substr(0, line.find('=')));
  if (!can_isolate()) names.erase("TMPDIR");
  EXPECT_EQ(names, (std::set<std::string>{"AWS_CA_BUNDLE", "AWS_ENDPOINT_URL",
                                          "AWS_LAMBDA_RUNTIME_API", "HOME", "LAMBDA_RUNTIME_DIR",
                                          "LAMBDA_TASK_ROOT", "LD_LIBRARY_PATH", "MINE"}));
  const auto root = first_word(machine.lines, "LAMBDA_TASK_ROOT=");
  EXPECT_TRUE(root.starts_with("/tmp/falsework-functions-"));
  EXPECT_TRUE(machine.said("LD_LIBRARY_PATH=" + root + ":" + root + "/lib:/opt/lib"));
  EXPECT_TRUE(machine.said("AWS_ENDPOINT_URL=http://127.0.0.1:4566"));
  EXPECT_TRUE(machine.said("AWS_LAMBDA_RUNTIME_API=127.0.0.1:"));
  EXPECT_EQ(machine.code, 0);
}

TEST(OsLauncher, a_process_inherits_a_null_input_its_folder_and_no_descriptor) {
  const int ours = ::open("/dev/zero", O_RDONLY);  // not closed on execution
  Machine machine;
  machine.settings.isolate = false;
  machine.script(
      "echo cwd $PWD root $LAMBDA_TASK_ROOT; "
      "for f in /proc/$$/fd/*; do readlink $f && echo fd ${f##*/}; done; "
      "echo group $(cut -d' ' -f5 /proc/$$/stat) self $$");
  machine.ends_itself = true;
  machine.run();
  ::close(ours);
  std::set<std::string> descriptors;
  for (const auto& line : machine.lines) {
    if (line.starts_with("fd ")) descriptors.insert(line.substr(3));
  }
  EXPECT_EQ(descriptors, (std::set<std::string>{"0", "1", "2", "255"}));  // 255: bash's script
  EXPECT_TRUE(machine.said("/dev/null"));
  const auto where = first_word(machine.lines, "cwd ");
  const auto middle = where.find(" root ");
  EXPECT_EQ(where.substr(0, middle), where.substr(middle + 6));
  const auto group = first_word(machine.lines, "group ");
  EXPECT_EQ(group.substr(0, group.find(' ')), group.substr(group.rfind(' ') + 1));
}

TEST(OsLauncher, both_outputs_become_lines_in_order_before_the_answer) {
  Machine machine;
  machine.script(api +
                 "next; echo one; echo two >&2; printf 'bad \\xff'; "
                 "post invocation/$id/response 1; echo three; printf rest; exit 0");
  machine.ends_itself = true;
  machine.run();
  EXPECT_EQ(machine.lines, (std::vector<std::string>{"one", "two", "bad \uFFFDthree", "rest"}));
}

TEST(OsLauncher, exit_codes_and_signals_are_told_apart) {
  const std::vector<std::pair<std::string, int>> rows{{"exit 0", 0},
                                                      {"exit 3", 3},
                                                      {"exit 137", 137},
                                                      {"kill -SEGV $$", -SIGSEGV},
                                                      {"kill -TERM $$", -SIGTERM}};
  for (const auto& [script, code] : rows) {
    Machine machine;
    machine.script(script);
    machine.ends_itself = true;
    machine.run();
    EXPECT_EQ(machine.code, code) << script;
  }
}

base::Task<void> count_processes(Machine& machine) {
  const auto count = processes_of(first_word(machine.lines, "root ")).size();
  machine.lines.push_back(fmt::format("running {}", count));
  co_return;
}

TEST(OsLauncher, a_termination_kills_children_and_those_that_left_the_group) {
  for (const bool isolate : {false, true}) {
    Machine machine;
    machine.settings.isolate = isolate;
    machine.patience = 1s;  // it never asks for an event
    machine.script(
        "sleep 1000 & (sleep 1000 & wait) & setsid sleep 1000 & echo root $LAMBDA_TASK_ROOT; wait");
    machine.run("{}", count_processes);
    EXPECT_TRUE(machine.said("running 5")) << isolate;
    EXPECT_TRUE(end_soon(first_word(machine.lines, "root "))) << isolate;
    EXPECT_EQ(machine.code, -SIGKILL);
  }
}

TEST(OsLauncher, children_of_a_process_that_ends_are_killed) {
  for (const bool isolate : {false, true}) {
    Machine machine;
    machine.settings.isolate = isolate;
    machine.ends_itself = true;
    machine.script("sleep 1000 & echo root $LAMBDA_TASK_ROOT; exit 4");
    machine.run();
    EXPECT_EQ(machine.code, 4);
    EXPECT_TRUE(end_soon(first_word(machine.lines, "root "))) << isolate;
  }
}

// Its group is another and its parent has ended: nothing leads to it any more.
TEST(OsLauncher, a_daemon_ends_with_its_function) {
  if (!can_isolate()) GTEST_SKIP() << "this kernel does not let this user make namespaces";
  Machine machine;
  machine.ends_itself = true;
  machine.script(
      "echo root $LAMBDA_TASK_ROOT; (setsid sh -c 'sleep 1000 & echo daemon' &); sleep 0.3; "
      "exit 5");
  machine.run();
  EXPECT_EQ(machine.code, 5);
  EXPECT_TRUE(machine.said("daemon"));
  EXPECT_EQ(processes_of(first_word(machine.lines, "root ")), std::set<pid_t>());
}

TEST(OsLauncher, each_instance_has_a_tmp_of_its_own_and_sees_only_its_own_processes) {
  if (!can_isolate()) GTEST_SKIP() << "this kernel does not let this user make namespaces";
  for (int instance = 0; instance < 2; ++instance) {
    Machine machine;
    machine.ends_itself = true;
    machine.script(
        "[ -e /tmp/mine ] && echo another was here; touch /tmp/mine; ls /tmp; echo user $(id -u); "
        "for p in /proc/[0-9]*; do echo sees ${p#/proc/}; done; test -x "
        "$LAMBDA_TASK_ROOT/bootstrap "
        "&& echo has its code");
    machine.run();
    EXPECT_FALSE(machine.said("another was here"));
    EXPECT_FALSE(std::filesystem::exists("/tmp/mine"));
    EXPECT_TRUE(machine.said(fmt::format("user {}", ::geteuid())));
    EXPECT_TRUE(machine.said("has its code"));
    std::vector<std::string> seen;
    for (const auto& line : machine.lines) {
      if (line.starts_with("sees ")) seen.push_back(line);
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"sees 1", "sees 2"}));
  }
}

TEST(OsLauncher, without_namespaces_TMPDIR_leads_to_a_folder_of_its_own) {
  Machine machine;
  machine.settings.isolate = false;
  machine.ends_itself = true;
  machine.script("cd $TMPDIR && pwd && ls | wc -l; echo root $LAMBDA_TASK_ROOT");
  machine.run();
  const auto root = std::filesystem::path(first_word(machine.lines, "root "));
  EXPECT_TRUE(machine.said((root.parent_path() / "tmp").string()));
  EXPECT_TRUE(machine.said("0"));
}

TEST(OsLauncher, more_memory_than_configured_is_the_end) {
  Machine machine;
  machine.memory_mb = 128;
  machine.settings.memory_interval = 20ms;
  machine.script(api +
                 "next; x=$(head -c 300000000 /dev/zero | tr '\\0' x); "
                 "post invocation/$id/response ${#x}; next");
  machine.run();
  EXPECT_EQ(machine.code, -SIGKILL);
  EXPECT_TRUE(machine.answer.payload.empty());
  EXPECT_EQ(machine.megabytes, 128);
}

base::Task<void> watch_ticks(Machine& machine) {
  auto& clock = machine.runtime->clock();
  const auto ticks = [&] {
    return std::filesystem::file_size(first_word(machine.lines, "ticks "));
  };
  co_await clock.sleep_for(300ms);  // it has asked for the next event
  const auto frozen = ticks();
  co_await clock.sleep_for(500ms);
  machine.lines.push_back(ticks() == frozen ? "stood still" : "went on");
  machine.environment->give({"request-2", "2", "", "", clock.now() + 10s});
  co_await clock.sleep_for(500ms);
  machine.lines.push_back(ticks() > frozen ? "goes on" : "stands still");
}

const std::string ticking = api +
                            "echo ticks $HOME/t; touch $HOME/t; "
                            "(while :; do echo x >>$HOME/t; sleep 0.01; done) & "
                            "next; sleep 0.2; post invocation/$id/response 1; "
                            "next; sleep 0.3; post invocation/$id/response 2; next";

TEST(OsLauncher, a_process_is_frozen_between_its_events) {
  Machine machine;
  machine.script(ticking);
  machine.run("{}", watch_ticks);
  EXPECT_TRUE(machine.said("stood still"));
  EXPECT_TRUE(machine.said("goes on"));
  EXPECT_EQ(machine.code, -SIGKILL);  // frozen again by now
}

TEST(OsLauncher, freezing_can_be_switched_off) {
  Machine machine;
  machine.settings.freeze = false;
  machine.script(ticking);
  machine.run("{}", watch_ticks);
  EXPECT_TRUE(machine.said("went on"));
}

TEST(OsLauncher, what_cannot_be_started_is_refused_in_lambdas_words) {
  const auto header = [](char machine) {
    auto text = read_all("/bin/true").substr(0, 64);
    text.at(18) = machine;
    return text + std::string(1000, '\0');
  };
  struct Row {
    std::vector<ZipMember> package;
    std::string runtime, architecture, type, text;
  };
  const std::string entry = "Runtime.InvalidEntrypoint";
  const std::vector<Row> rows{
      {{{"other", "x"}}, "provided.al2023", "", entry, "Couldn't find valid bootstrap(s)"},
      {{{"bootstrap", "#!/bin/sh\n"}},
       "provided.al2023",
       "",
       entry,
       "fork/exec /var/task/bootstrap: permission denied"},
      {{{"bootstrap", "#!/bin/sh\n", 0100700}}, "provided.al2023", "", entry, "permission denied"},
      {{{"bootstrap", "plain text", 0100755}},
       "provided.al2023",
       "",
       entry,
       "fork/exec /var/task/bootstrap: exec format error"},
      {{{"bootstrap", "#!/no/such/shell\n", 0100755}},
       "provided.al2",
       "",
       entry,
       "no such file or directory"},
      {{{"bootstrap", header('\x02'), 0100755}},
       "provided.al2023",
       "",
       entry,
       "the file is for another architecture, this machine is"},
      {{{"bootstrap", read_all("/bin/true"), 0100755}},
       "provided.al2023",
       own_architecture() == "arm64" ? "x86_64" : "arm64",
       entry,
       "the file is for"},
      {{{"../x", "x"}}, "provided.al2023", "", "Runtime.InvalidPackage", "Could not unzip"},
      {{{"index.js", "x"}}, "nodejs22.x", "", "Runtime.Unsupported", "nodejs22.x"},
      {{{"index.jar", "x"}}, "java21", "", "Runtime.Unsupported", "java21"},
  };
  for (const auto& row : rows) {
    Machine machine;
    machine.package = row.package;
    machine.runtime_name = row.runtime;
    machine.architecture = row.architecture;
    machine.ends_itself = true;
    machine.run();
    EXPECT_EQ(machine.answer.error_type, row.type) << row.text;
    EXPECT_NE(machine.answer.payload.find(row.text), std::string::npos) << machine.answer.payload;
    EXPECT_EQ(machine.code, 1);
  }
}

TEST(OsLauncher, a_file_for_another_processor_needs_an_emulator) {
  const bool native = own_architecture() == "x86_64";
  auto file = read_all("/bin/true");
  file.at(18) = native ? '\xb7' : '\x3e';
  Machine machine;
  machine.settings.search_path = "/nowhere";
  machine.package = {{"bootstrap", file, 0100755}};
  machine.ends_itself = true;
  machine.run();
  EXPECT_NE(machine.answer.payload.find("install qemu-user-static"), std::string::npos);
  EXPECT_NE(machine.answer.payload.find(native ? "for arm64, this machine is x86_64"
                                               : "for x86_64, this machine is arm64"),
            std::string::npos);
}

TEST(OsLauncher, an_emulator_on_the_path_runs_it) {
  const bool native = own_architecture() == "x86_64";
  const auto folder = ::testing::TempDir() + "emulator-" + std::to_string(::getpid());
  std::filesystem::create_directories(folder);
  const auto emulator = folder + (native ? "/qemu-aarch64-static" : "/qemu-x86_64-static");
  std::ofstream(emulator) << "#!/bin/sh\necho emulates $1\nexit 6\n";
  std::filesystem::permissions(emulator, std::filesystem::perms::owner_all);
  auto file = read_all("/bin/true");
  file.at(18) = native ? '\xb7' : '\x3e';
  Machine machine;
  machine.settings.search_path = folder;
  machine.architecture = native ? "arm64" : "x86_64";
  machine.package = {{"bootstrap", file, 0100755}};
  machine.ends_itself = true;
  machine.run();
  std::filesystem::remove_all(folder);
  EXPECT_EQ(machine.code, 6);
  EXPECT_TRUE(machine.said("/task/bootstrap"));
}

std::set<std::string> folders() {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/tmp")) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("falsework-functions-")) found.insert(name);
  }
  return found;
}

TEST(OsLauncher, nothing_is_left_behind) {
  std::string folder;
  {
    Machine machine;
    machine.script("echo in $LAMBDA_TASK_ROOT; mkdir x; echo y >x/y; chmod 500 x");
    machine.ends_itself = true;
    machine.run();
    folder = first_word(machine.lines, "in ");
    EXPECT_FALSE(folder.empty());
    EXPECT_FALSE(std::filesystem::exists(folder));
    EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(folder).parent_path().parent_path()));
  }
  const auto whole = std::filesystem::path(folder).parent_path().parent_path();
  EXPECT_FALSE(std::filesystem::exists(whole));
}

TEST(OsLauncher, a_runtime_that_ends_early_takes_its_processes_with_it) {
  std::string root;
  {
    Machine machine;
    machine.script("sleep 1000 & echo root $LAMBDA_TASK_ROOT; echo well; wait");
    machine.launcher = std::make_unique<OsLauncher>(*machine.runtime, machine.settings);
    machine.environment = std::make_unique<sim::lambda::Environment>(
        std::make_shared<sim::lambda::Function>(), "s", machine.world, base::SeededRandom(1));
    machine.variables.emplace("AWS_LAMBDA_RUNTIME_API", sim::lambda::runtime_api);
    machine.runtime->run([](Machine& self) -> base::Task<void> {
      self.runtime->spawn(Machine::live(self));
      while (self.lines.size() < 2) co_await self.runtime->clock().sleep_for(10ms);
    }(machine));
    root = first_word(machine.lines, "root ");
    EXPECT_EQ(processes_of(root).size(), 2U);
    machine.launcher.reset();
    machine.environment.reset();  // its signals must not outlive the runtime
    machine.runtime.reset();
  }
  EXPECT_TRUE(end_soon(root));
}

// The folders of functions that were not there before.
std::set<std::string> new_folders(const std::set<std::string>& before) {
  auto now = folders();
  for (const auto& one : before) now.erase(one);
  return now;
}

// As `falsework local` would be by kill -9.
TEST(OsLauncher, a_program_that_is_killed_takes_its_processes_and_files_with_it) {
  for (const bool isolate : {false, true}) {
    const auto before = folders();
    const pid_t program = ::fork();
    ASSERT_GE(program, 0);
    if (program == 0) {
      Machine machine;
      machine.settings.isolate = isolate;
      machine.patience = 60s;
      machine.script("sleep 1000 & wait");
      machine.run();
      ::_exit(0);
    }
    for (int i = 0; i < 200 && new_folders(before).empty(); ++i) ::usleep(50'000);
    ASSERT_EQ(new_folders(before).size(), 1U);
    const auto folder = "/tmp/" + *new_folders(before).begin();
    for (int i = 0; i < 200 && processes_of(folder).size() < 2; ++i) ::usleep(50'000);
    EXPECT_EQ(processes_of(folder).size(), 2U);
    ::kill(program, SIGKILL);
    ::waitpid(program, nullptr, 0);
    EXPECT_TRUE(end_soon(folder)) << isolate;
    for (int i = 0; i < 40 && std::filesystem::exists(folder); ++i) ::usleep(50'000);
    EXPECT_FALSE(std::filesystem::exists(folder)) << isolate;
  }
}

}  // namespace
}  // namespace process

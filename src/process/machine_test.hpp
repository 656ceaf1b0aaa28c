// One function on this machine, as Lambda would drive it, without the rest of Lambda.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "process/archive_test.hpp"
#include "process/launcher.hpp"
#include "sim/lambda/environment.hpp"

namespace process {

inline std::string search_path() {
  const char* path = std::getenv("PATH");
  return path == nullptr ? "/usr/bin:/bin" : path;
}

inline void set_variable(const char* name, const char* value) {
  ASSERT_EQ(setenv(name, value, 1), 0);
}

class NoWorld final : public http::Transport {
 public:
  base::Task<http::Response> send(http::Request) override { co_return http::Response{}; }
};

struct Machine {
  using Environment = sim::lambda::Environment;

  Machine() { settings.search_path = search_path(); }

  // Starts the function, gives it `payload` once it asks, waits for its answer or its end, and
  // makes sure that it ends. `meanwhile` runs beside it.
  void run(const std::string& payload = "{}",
           std::function<base::Task<void>(Machine&)> meanwhile = {}) {
    launcher = std::make_unique<OsLauncher>(*runtime, settings);
    auto function = std::make_shared<sim::lambda::Function>();
    function->arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:f";
    environment = std::make_unique<Environment>(function, "stream", world, base::SeededRandom(1));
    variables.emplace("AWS_LAMBDA_RUNTIME_API", sim::lambda::runtime_api);
    runtime->run(drive(*this, payload, std::move(meanwhile)));
    const auto& given = environment->answer() ? environment->answer() : environment->init_error();
    if (given) answer = *given;
    code = environment->exit_code();
  }

  static base::Task<void> live(Machine& self) {
    auto& environment = *self.environment;
    environment.exited(co_await self.launcher->run(
        {self.variables, self.runtime_name, self.handler, make_zip(self.package), self.memory_mb,
         environment, [&self](std::string_view line) { self.lines.emplace_back(line); },
         [&self](int megabytes) { self.megabytes = megabytes; }, environment.random,
         environment.termination, self.architecture}));
  }

  static base::Task<void> invoke(Machine& self, std::string payload) {
    auto& environment = *self.environment;
    auto& clock = self.runtime->clock();
    const auto limit = clock.now() + self.patience;
    const auto until = [&](auto state) -> bool {
      return environment.state() == state || environment.state() == Environment::State::gone ||
             environment.init_error() || clock.now() >= limit;
    };
    while (!until(Environment::State::idle)) {
      co_await environment.changed().wait_until(clock, limit);
    }
    if (environment.state() != Environment::State::idle) co_return;
    environment.give({"request-1", std::move(payload), "Root=1", "", limit});
    while (!until(Environment::State::answered)) {
      co_await environment.changed().wait_until(clock, limit);
    }
  }

  static base::Task<void> drive(Machine& self, std::string payload,
                                std::function<base::Task<void>(Machine&)> meanwhile) {
    self.runtime->spawn(live(self));
    co_await invoke(self, std::move(payload));
    if (meanwhile) co_await meanwhile(self);
    // A process that ends by itself has a moment to do so.
    auto& clock = self.runtime->clock();
    const auto limit = clock.now() + (self.ends_itself ? self.patience : base::Duration::zero());
    while (!self.environment->process_ended() && clock.now() < limit) {
      co_await self.environment->changed().wait_until(clock, limit);
    }
    self.environment->terminate();
    while (!self.environment->process_ended()) co_await self.environment->changed().wait();
  }

  // The file `bootstrap`: a script.
  void script(const std::string& text) {
    package = {{"bootstrap", "#!/bin/bash\n" + text, 0100755}};
  }

  bool said(std::string_view text) const {
    for (const auto& line : lines) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }

  NoWorld world;
  std::unique_ptr<base::Runtime> runtime = base::real_runtime();
  LauncherSettings settings;
  std::map<std::string, std::string> variables{{"PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"}};
  std::string runtime_name = "provided.al2023", handler = "function.handler", architecture;
  std::vector<ZipMember> package;
  int memory_mb = 256;
  base::Duration patience = std::chrono::seconds(30);
  bool ends_itself = false;

  std::unique_ptr<OsLauncher> launcher;
  std::unique_ptr<Environment> environment;
  std::vector<std::string> lines;
  sim::lambda::Answer answer;
  std::optional<int> code;
  int megabytes = 0;
};

}  // namespace process

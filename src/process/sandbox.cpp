#include "process/sandbox.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "base/clock.hpp"
#include "process/keeper.hpp"
#include "process/memory.hpp"

namespace process {

namespace asio = boost::asio;

namespace {

// How long after a process's end its output may still come from somewhere that was not killed.
constexpr base::Duration farewell = std::chrono::milliseconds(200);
// The event is fetched once and answered perhaps 15 minutes later, on the same connection.
constexpr base::Duration connection_life = std::chrono::hours(24);
constexpr std::size_t read_size = 64 * 1024;
constexpr int reads_at_once = 16;

bool asks_for_next(const http::Request& request) {
  return request.method == "GET" && request.url.path().ends_with("/invocation/next");
}

}  // namespace

// Shared by the sandbox and the calls of its Runtime API, which may outlive it.
struct Sandbox::Api {
  Sandbox* sandbox = nullptr;  // null when it is gone
  http::Url address;           // the name under which the world knows it
  int asking = 0;              // calls of /next that wait
  base::Instant asked;         // when the last of them began

  static base::Task<http::Response> forward(std::shared_ptr<Api> api, http::Request request) {
    if (api->sandbox == nullptr) {
      throw http::TransportError(http::TransportError::Kind::broken, "the process has ended");
    }
    auto& sandbox = *api->sandbox;
    request.url.scheme = api->address.scheme;
    request.url.host = api->address.host;
    request.url.port = api->address.port;
    request.timeout = std::nullopt;
    const bool next = asks_for_next(request);
    sandbox.drain();
    if (!next) sandbox.measure();
    if (next) {
      ++api->asking;
      api->asked = sandbox.runtime_.clock().now();
      api->sandbox->changed_.notify();
    }
    http::Response response;
    std::exception_ptr failure;
    try {
      response = co_await sandbox.process_.transport.send(std::move(request));
    } catch (...) {
      failure = std::current_exception();
    }
    if (next) --api->asking;
    if (next && api->sandbox != nullptr) api->sandbox->thaw();
    if (failure) std::rethrow_exception(failure);
    co_return response;
  }
};

Sandbox::Sandbox(base::Runtime& runtime, const LauncherSettings& settings, Keeper& keeper,
                 sim::lambda::Process& process)
    : runtime_(runtime),
      settings_(settings),
      keeper_(keeper),
      process_(process),
      folder_(keeper_.make_folder()),
      api_(std::make_shared<Api>()),
      handle_(runtime.io()),
      output_(runtime.io()),
      lines_([this](std::string_view line) { process_.output(line); }) {
  for (const auto* name : {"task", "runtime", "home", "tmp"}) {
    std::filesystem::create_directory(folder_ / name);
  }
  api_->sandbox = this;
  api_->address = http::Url::parse("http://" + process.environment.at("AWS_LAMBDA_RUNTIME_API"));
}

Sandbox::~Sandbox() {
  api_->sandbox = nullptr;
  if (id_ > 0 && !code_) {
    kill();
    keeper_.remove(id_);
    while (waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

// Exactly what Lambda sets, at the places where it is here, and the way to the embedded AWS. HOME
// leads to an empty folder: else an SDK would read the settings of whoever runs this program.
std::map<std::string, std::string> Sandbox::environment(const http::Server& api) const {
  auto variables = process_.environment;
  variables["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:" + std::to_string(api.port());
  variables["LAMBDA_TASK_ROOT"] = task();
  variables["LAMBDA_RUNTIME_DIR"] = runtime();
  constexpr std::string_view there = "/var/task";
  auto& libraries = variables["LD_LIBRARY_PATH"];
  for (auto at = libraries.find(there); at != std::string::npos; at = libraries.find(there, at)) {
    libraries.replace(at, there.size(), task().string());
    at += task().string().size();
  }
  if (libraries.empty()) variables.erase("LD_LIBRARY_PATH");
  variables.emplace("HOME", folder_ / "home");
  if (!settings_.endpoint.empty()) variables.emplace("AWS_ENDPOINT_URL", settings_.endpoint);
  if (!settings_.ca_bundle.empty()) variables.emplace("AWS_CA_BUNDLE", settings_.ca_bundle);
  return variables;
}

Spawned Sandbox::start(Program program) {
  // An interpreter that lies in /tmp would be gone from a new one, a certificate likewise.
  const auto hidden = [this](const std::string& file) {
    return file.starts_with("/tmp/") && !file.starts_with(folder_.string());
  };
  const bool needs_tmp =
      std::ranges::any_of(program.arguments, hidden) || hidden(settings_.ca_bundle);
  if (settings_.isolate) {
    try {
      auto isolated = program;
      isolated.isolation.emplace(folder_, needs_tmp ? std::filesystem::path() : folder_ / "tmp");
      if (needs_tmp) isolated.environment.emplace("TMPDIR", folder_ / "tmp");
      return spawn(isolated, &keeper_);
    } catch (const NotIsolated&) {
      // What follows is what there is without.
    }
  }
  program.environment.emplace("TMPDIR", folder_ / "tmp");
  return spawn(program, &keeper_);
}

base::Task<int> Sandbox::run(std::vector<std::string> arguments, int limit_mb) {
  limit_mb_ = limit_mb;
  http::Listen where;
  where.limits.idle_time = connection_life;
  const auto server = http::serve(runtime_, where, [api = api_](http::Request request) {
    return Api::forward(api, std::move(request));
  });
  auto spawned = start({std::move(arguments), environment(*server), task()});
  id_ = spawned.id;
  status_ = std::move(spawned.status);
  handle_.assign(spawned.handle.release());
  output_.assign(spawned.output.release());
  for (auto task : {&Sandbox::wait_for_end, &Sandbox::read_output, &Sandbox::watch_memory,
                    &Sandbox::obey, &Sandbox::freeze_when_idle}) {
    ++parts_;
    runtime_.spawn(part((this->*task)()));
  }
  while (parts_ > 0) co_await parted_.wait();
  server->stop();
  api_->sandbox = nullptr;
  if (failure_) std::rethrow_exception(failure_);
  co_return *code_;
}

base::Task<void> Sandbox::part(base::Task<void> task) {
  try {
    co_await std::move(task);
  } catch (...) {
    failure_ = std::current_exception();
    kill();
  }
  if (--parts_ == 0) parted_.notify();
}

base::Task<void> Sandbox::wait_for_end() {
  co_await handle_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
  siginfo_t how{};
  waitid(P_PID, static_cast<id_t>(id_), &how, WEXITED | WNOWAIT);
  kill();
  keeper_.remove(id_);  // while the number is still taken: nobody else can have got it
  waitpid(id_, nullptr, 0);
  end(code_of(how.si_code, how.si_status));
  const auto limit = runtime_.clock().now() + farewell;
  while (!silent_ && runtime_.clock().now() < limit) {
    co_await fell_silent_.wait_until(runtime_.clock(), limit);
  }
  output_.cancel();
}

int Sandbox::code_of(int code, int status) const {
  int own = 0;
  if (status_.get() >= 0 && read(status_.get(), &own, sizeof own) == sizeof own) {
    return WIFEXITED(own) ? WEXITSTATUS(own) : -WTERMSIG(own);
  }
  return code == CLD_EXITED ? status : -status;
}

void Sandbox::end(int code) {
  code_ = code;
  changed_.notify();
  // Nobody is asked to end here; obey() waits for it and must look again.
  process_.termination.signal.notify();
}

base::Task<void> Sandbox::read_output() {
  boost::system::error_code ended;
  while (!ended) {
    co_await output_.async_wait(asio::posix::stream_descriptor::wait_read,
                                asio::redirect_error(asio::use_awaitable, ended));
    drain();
    if (silent_) break;
  }
  lines_.finish();
  silent_ = true;
  fell_silent_.notify();
}

void Sandbox::drain() {
  if (silent_ || !output_.is_open()) return;
  std::array<char, read_size> buffer;
  for (int i = 0; i < reads_at_once; ++i) {
    const auto got = ::read(output_.native_handle(), buffer.data(), buffer.size());
    if (got < 0) return;
    if (got == 0) {
      silent_ = true;
      return;
    }
    lines_.add({buffer.data(), static_cast<std::size_t>(got)});
  }
}

base::Task<void> Sandbox::watch_memory() {
  auto& clock = runtime_.clock();
  while (!code_) {
    if (frozen_) {
      co_await changed_.wait();
    } else {
      measure();
      co_await changed_.wait_until(clock, clock.now() + settings_.memory_interval);
    }
  }
}

void Sandbox::measure() {
  if (code_ || frozen_ || id_ < 0) return;
  const int now = used_megabytes(id_, status_.get() >= 0);
  if (now > peak_mb_) {
    peak_mb_ = now;
    process_.used_memory(std::min(now, process_.memory_mb));
  }
  if (now > limit_mb_) kill();
}

base::Task<void> Sandbox::freeze_when_idle() {
  auto& clock = runtime_.clock();
  while (!code_ && settings_.freeze) {
    const auto when = api_->asked + settings_.freeze_after;
    if (api_->asking == 0 || frozen_) {
      co_await changed_.wait();
    } else if (clock.now() < when) {
      co_await changed_.wait_until(clock, when);
    } else {
      freeze();
    }
  }
}

void Sandbox::freeze() {
  drain();
  measure();
  frozen_ = true;
  ::kill(-id_, SIGSTOP);
}

void Sandbox::thaw() {
  if (!frozen_ || code_) return;
  frozen_ = false;
  ::kill(-id_, SIGCONT);
  changed_.notify();
}

base::Task<void> Sandbox::obey() {
  while (!code_) {
    if (process_.termination.requested) {
      kill();
      break;
    }
    co_await process_.termination.signal.wait();
  }
}

void Sandbox::kill() {
  // Those that have left the group are found through their parents only, so they come first.
  for (const pid_t member : family(id_)) ::kill(member, SIGKILL);
  ::kill(-id_, SIGKILL);
}

}  // namespace process

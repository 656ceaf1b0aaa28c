#include "apps/falsework/local.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdio>

#include "apps/falsework/access_log.hpp"
#include "apps/falsework/local_state.hpp"
#include "base/runtime.hpp"
#include "http/identity.hpp"
#include "http/server.hpp"
#include "local/host.hpp"
#include "process/launcher.hpp"
#include "sim/iam/iam.hpp"
#include "sim/world/front.hpp"

namespace apps {

namespace {

namespace asio = boost::asio;

constexpr int well = 0;
constexpr int cannot_serve = 1;
constexpr int bad_usage = 2;
constexpr int interrupted = 130;

void say(const std::string& text) {
  std::fputs((text + "\n").c_str(), stderr);
}

// A thousand clients, and the functions' pipes and listeners beside them.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 16384);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// A handler, not SIG_IGN: what is started from here gets the default back.
void survive_closed_pipes() {
  std::signal(SIGPIPE, [](int) {});
}

using Environment = std::vector<std::pair<std::string, std::string>>;

// What a client's shell needs.
Environment environment_of(const sim::iam::Key& key, const std::string& region,
                           const std::string& endpoint, const std::string& authority_file) {
  Environment environment{{"AWS_ENDPOINT_URL", endpoint},
                          {"AWS_ACCESS_KEY_ID", key.access_key_id},
                          {"AWS_SECRET_ACCESS_KEY", key.secret},
                          {"AWS_DEFAULT_REGION", region}};
  if (!authority_file.empty()) environment.emplace_back("AWS_CA_BUNDLE", authority_file);
  return environment;
}

// For sh: nothing in it means anything to the shell.
std::string quoted(const std::string& text) {
  const bool plain = std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._/:+=@").contains(c);
  });
  if (plain) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string ready_document(const std::string& endpoint, const Environment& environment) {
  boost::json::object variables;
  for (const auto& [name, value] : environment) variables[name] = value;
  return boost::json::serialize(
      boost::json::object{{"ready", endpoint}, {"environment", std::move(variables)}});
}

// One server and the world behind it.
class LocalAws {
 public:
  LocalAws(const LocalArguments& arguments, const Surroundings& surroundings)
      : arguments_(arguments),
        runtime_(base::real_runtime()),
        launcher_(*runtime_,
                  {.search_path = surroundings.search_path, .temporary = surroundings.temporary}) {
    http::Listen where{.port = arguments.port, .names = sim::world::is_aws};
    if (arguments.https) {
      if (surroundings.data_folder.empty()) {
        throw std::runtime_error(
            "--https keeps its certificate in your home folder, and there is none: set HOME or "
            "XDG_DATA_HOME");
      }
      auto kept = http::kept_identity(surroundings.data_folder, runtime_->clock().now());
      where.tls = std::move(kept.tls);
      authority_file_ = std::move(kept.authority_file);
    }
    // Before the state is read: a port that is taken is said at once, and leaves the file alone.
    server_ = http::serve(*runtime_, std::move(where),
                          [this](http::Request request) { return answer(std::move(request)); });
    endpoint_ =
        fmt::format("{}://127.0.0.1:{}", arguments.https ? "https" : "http", server_->port());
    launcher_.set_endpoint(endpoint_, authority_file_);
    local::HostSettings settings{.world = world_of(arguments), .choices = choices_of(arguments)};
    settings.failed = [](std::string_view what) {
      say(fmt::format("falsework: a mistake in the embedded AWS has ended one of its tasks: {}",
                      what));
    };
    if (!arguments.state.empty()) settings.state = arguments.state;
    end_at_once_when_told(arguments.quiet);
    live_through(std::move(settings));
    host_->open(endpoint_);
  }

  int serve_until_told() {
    asio::signal_set signals(runtime_->io(), SIGINT, SIGTERM, SIGHUP);
    announce();
    int signal = 0;
    runtime_->run(wait_for(signals, signal));
    server_->stop();
    if (!arguments_.quiet) say("falsework: ended");
    return signal == SIGINT ? interrupted : well;
  }

 private:
  void live_through(local::HostSettings settings) {
    auto& clock = runtime_->clock();
    ReplayProgress progress(arguments_.state, clock.now(), ::isatty(STDERR_FILENO) == 1);
    const auto write = [](const std::string& text) { std::fputs(text.c_str(), stderr); };
    if (!arguments_.quiet) {
      settings.progress = [&](std::int64_t done, std::int64_t all) {
        write(progress.at(clock.now(), done, all));
      };
    }
    host_ = std::make_unique<local::Host>(*runtime_, launcher_, std::move(settings));
    write(progress.end());
  }

  // Once: when the state file is large, now or after a request.
  void warn_of_large_state() {
    if (arguments_.quiet || warned_ || host_->state_size() <= large_state) return;
    warned_ = true;
    say(large_state_warning(arguments_.state, host_->state_size()));
  }

  static base::Task<void> wait_for(asio::signal_set& signals, int& signal) {
    signal = co_await signals.async_wait(asio::use_awaitable);
  }

  base::Task<http::Response> answer(http::Request request) {
    warn_of_large_state();
    if (!arguments_.verbose) co_return co_await host_->send(std::move(request));
    const auto access = access_of(request);
    const auto begin = runtime_->clock().now();
    std::optional<http::Response> response;
    std::exception_ptr failure;
    try {
      response = co_await host_->send(std::move(request));
    } catch (...) {
      failure = std::current_exception();
    }
    const auto key = host_->world().iam().key(access.access_key_id);
    say(access_line(access, key ? key->principal.arn : "", begin, runtime_->clock().now() - begin,
                    response ? response->status : 0));
    if (failure) std::rethrow_exception(failure);
    co_return std::move(*response);
  }

  // The ready line comes last: whoever has read it can use all the rest.
  void announce() {
    warn_of_large_state();
    const auto environment =
        environment_of(host_->root_key(), arguments_.region, endpoint_, authority_file_);
    if (!arguments_.quiet) {
      if (host_->restored() > 0) {
        say(fmt::format("# {}: went on after {} requests ({})", arguments_.state, host_->restored(),
                        megabytes(host_->state_size())));
      }
      for (const auto& [name, value] : environment) say("export " + name + "=" + quoted(value));
    }
    const auto ready =
        arguments_.json ? ready_document(endpoint_, environment) : "ready " + endpoint_;
    std::fputs((ready + "\n").c_str(), stdout);
    std::fflush(stdout);
  }

  // In the order in which they need each other; they go the other way round.
  const LocalArguments& arguments_;
  std::unique_ptr<base::Runtime> runtime_;
  process::OsLauncher launcher_;
  std::string authority_file_;
  std::string endpoint_;
  std::unique_ptr<local::Host> host_;
  std::unique_ptr<http::Server> server_;
  bool warned_ = false;
};

}  // namespace

namespace {

int list_operations(const LocalArguments& arguments) {
  const auto runtime = base::virtual_runtime({});
  const sim::world::World world(*runtime, world_of(arguments));
  for (const auto& name : world.operations()) std::puts(name.c_str());
  return well;
}

}  // namespace

int local(const LocalArguments& arguments, const Surroundings& surroundings) {
  const auto problems = problems_of(arguments);
  for (const auto& problem : problems) say(problem);
  if (!problems.empty()) return bad_usage;
  if (arguments.operations) return list_operations(arguments);
  raise_descriptor_limit();
  survive_closed_pipes();
  try {
    return LocalAws(arguments, surroundings).serve_until_told();
  } catch (const std::exception& error) {
    say(std::string("falsework: ") + error.what());
    return cannot_serve;
  }
}

}  // namespace apps

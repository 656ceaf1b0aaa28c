// The Lambda function: the process's environment, the real outside world, and cfn::bootstrap().
#include <cstdlib>
#include <exception>
#include <string>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/runtime.hpp"
#include "cfn/bootstrap.hpp"
#include "http/socket_transport.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX declares it nowhere

namespace {

cfn::Environment read_environment() {
  cfn::Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::string value_of(const cfn::Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

lambda::Hooks hooks_for(http::SocketTransport& transport) {
  lambda::Hooks hooks;
  // What of TLS is done when: docs/decisions/0006-tls-in-the-shadow-of-the-first-event.md.
  hooks.prepare = [&transport] { transport.prepare(); };
  // Where the SDKs and X-Ray look for it. One thread: nobody reads the environment meanwhile.
  hooks.trace = [](const std::string& id) {
    if (id.empty()) {
      ::unsetenv("_X_AMZN_TRACE_ID");
    } else {
      ::setenv("_X_AMZN_TRACE_ID", id.c_str(), 1);
    }
  };
  return hooks;
}

base::Task<void> serve(http::System& system, cfn::Environment environment, lambda::Hooks hooks,
                       int& exit_code) {
  exit_code = co_await cfn::bootstrap(system, std::move(environment), std::move(hooks));
}

int run() {
  const auto environment = read_environment();
  const auto runtime = base::real_runtime();
  base::SystemRandom random;
  base::LineLog log(runtime->clock(), 2);
  const auto trust = http::tls_trust(value_of(environment, "AWS_CA_BUNDLE"),
                                     value_of(environment, "SSL_CERT_FILE"));
  const auto transport = http::socket_transport(runtime->io(), trust);
  http::System system{runtime->clock(), random, log, *transport};
  int exit_code = 1;
  runtime->run(serve(system, environment, hooks_for(*transport), exit_code));
  return exit_code;
}

}  // namespace

int main() {
  try {
    return run();
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    std::fputc('\n', stderr);
    return 1;
  }
}

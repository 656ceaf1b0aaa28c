#include "measure.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <regex>
#include <stdexcept>

#include "aws.hpp"
#include "tests/driver/process.hpp"
#include "tests/driver/server.hpp"

namespace bench {
namespace {

using Steady = std::chrono::steady_clock;
constexpr int patience = 30'000;

// What Lambda tells every function, as far as ours listens.
std::vector<std::string> environment(const Subject& subject, const driver::Server& api) {
  std::vector<std::string> all = subject.environment;
  for (std::string entry :
       {"AWS_LAMBDA_RUNTIME_API=" + api.address(), std::string("AWS_REGION=ap-northeast-1"),
        std::string("AWS_ACCESS_KEY_ID=AKIDEXAMPLE"), std::string("AWS_SECRET_ACCESS_KEY=secret"),
        std::string("AWS_LAMBDA_FUNCTION_NAME=f"), std::string("_HANDLER=bootstrap"),
        std::string("TZ=:UTC"), std::string("LANG=en_US.UTF-8")}) {
    all.push_back(std::move(entry));
  }
  return all;
}

void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

driver::Response invocation(const std::string& event) {
  const auto deadline = std::chrono::system_clock::now() + std::chrono::minutes(15);
  const auto since =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline.time_since_epoch());
  return {200,
          {{"Content-Type", "application/json"},
           {"Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"},
           {"Lambda-Runtime-Deadline-Ms", std::to_string(since.count())},
           {"Lambda-Runtime-Invoked-Function-Arn",
            "arn:aws:lambda:ap-northeast-1:123456789012:function:f"}},
          event};
}

// A function, its Runtime API and its AWS behind TLS.
class Stage {
 public:
  Stage(const Subject& subject, FirstCall setting)
      : setting_(setting),
        api_([this](const driver::Request& request) { return runtime(request); }),
        cloud_([this](const driver::Request& request) { return call(request); },
               setting.authority.server.get()),
        process_(subject.command, with_cloud(subject)) {
    require(driver::pump(
                {&api_, &cloud_}, [&] { return calls_ >= 1; }, patience),
            "the function never asked about its NAT gateway");
  }

  Milliseconds first_call() const { return first_ - delivered_; }

  std::size_t memory_of_the_strike() {
    require(driver::pump(
                {&api_, &cloud_}, [&] { return asked_ > 1; }, patience),
            "the strike did not end");
    require(aws_.struck() && aws_.put().contains("\"SUCCESS\""), "the strike did not succeed");
    return process_.peak_memory();
  }

 private:
  std::vector<std::string> with_cloud(const Subject& subject) {
    auto all = environment(subject, api_);
    all.push_back("AWS_ENDPOINT_URL=https://" + endpoint());
    all.push_back("AWS_CA_BUNDLE=" + setting_.bundle);
    return all;
  }

  std::string endpoint() const { return "localhost:" + std::to_string(cloud_.port()); }

  std::optional<driver::Response> runtime(const driver::Request& request) {
    if (request.method != "GET") return driver::Response{202, {}, R"({"status":"OK"})"};
    if (++asked_ > 1) return std::nullopt;
    if (setting_.throttle != nullptr) setting_.throttle->hold(process_.id());
    delivered_ = Steady::now();
    return invocation(Aws::event(endpoint()));
  }

  driver::Response call(const driver::Request& request) {
    if (calls_++ == 0) {
      first_ = Steady::now();
      require(request.headers.contains("authorization"), "the first call is not signed");
    }
    return aws_.answer(request);
  }

  FirstCall setting_;
  Aws aws_;
  int asked_ = 0;
  int calls_ = 0;
  Steady::time_point delivered_;
  Steady::time_point first_;
  driver::Server api_;
  driver::Server cloud_;
  driver::Process process_;
};

// In the child of a fork: waits for a byte, then makes the call.
[[noreturn]] void bare_client(int signal, int port, const std::string& roots) {
  SSL_CTX* context = ::SSL_CTX_new(::TLS_client_method());
  ::SSL_CTX_load_verify_file(context, roots.c_str());
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  char byte = 0;
  if (::read(signal, &byte, 1) != 1) ::_exit(1);
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = ::htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) ::_exit(1);
  SSL* tls = ::SSL_new(context);
  ::SSL_set_fd(tls, socket);
  ::SSL_set1_host(tls, "localhost");
  constexpr std::string_view request =
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
  if (::SSL_connect(tls) != 1) ::_exit(1);
  ::SSL_write(tls, request.data(), static_cast<int>(request.size()));
  ::pause();
  ::_exit(0);
}

}  // namespace

Milliseconds until_next(const Subject& subject) {
  std::optional<Steady::time_point> asked;
  driver::Server api([&](const driver::Request&) -> std::optional<driver::Response> {
    if (!asked) asked = Steady::now();
    return std::nullopt;
  });
  const auto told = environment(subject, api);
  const auto start = Steady::now();
  const driver::Process process(subject.command, told);
  require(driver::pump(
              {&api}, [&] { return asked.has_value(); }, patience),
          "the program never asked for an event");
  return *asked - start;
}

Milliseconds until_report(const Subject& subject) {
  Steady::time_point delivered;
  std::optional<Steady::time_point> reported;
  driver::Server api([&](const driver::Request& request) -> std::optional<driver::Response> {
    if (request.method != "GET") {
      reported = Steady::now();
      return driver::Response{202, {}, R"({"status":"OK"})"};
    }
    if (reported) return std::nullopt;
    delivered = Steady::now();
    return invocation(R"({"no": "request"})");
  });
  const driver::Process process(subject.command, environment(subject, api));
  require(driver::pump(
              {&api}, [&] { return reported.has_value(); }, patience),
          "the function never reported the bad event");
  return *reported - delivered;
}

Milliseconds until_first_call(const Subject& subject, FirstCall setting) {
  return Stage(subject, setting).first_call();
}

std::size_t strike_memory(const Subject& subject, FirstCall setting) {
  return Stage(subject, setting).memory_of_the_strike();
}

Milliseconds bare_first_call(FirstCall setting) {
  std::optional<Steady::time_point> arrived;
  driver::Server cloud(
      [&](const driver::Request&) -> std::optional<driver::Response> {
        arrived = Steady::now();
        return std::nullopt;
      },
      setting.authority.server.get());
  const std::string roots = setting.bundle + ".one";
  std::ofstream(roots) << setting.authority.pem;
  int ends[2];
  require(::pipe(ends) == 0, "cannot make a pipe");
  const pid_t child = ::fork();
  if (child == 0) bare_client(ends[0], cloud.port(), roots);
  ::usleep(20'000);  // its context is ready by then
  if (setting.throttle != nullptr) setting.throttle->hold(child);
  const auto start = Steady::now();
  require(::write(ends[1], "x", 1) == 1, "cannot start the bare client");
  const bool done = driver::pump({&cloud}, [&] { return arrived.has_value(); }, patience);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  require(done, "the bare client's call did not arrive");
  return *arrived - start;
}

std::vector<std::string> files_opened(const Subject& subject) {
  const std::string trace = "/tmp/falsework-bench-" + std::to_string(::getpid()) + ".trace";
  Subject traced = subject;
  const std::vector<std::string> strace{"strace", "-f", "-qq", "-e", "trace=/^(open|openat|creat)",
                                        "-o",     trace};
  traced.command.insert(traced.command.begin(), strace.begin(), strace.end());
  until_next(traced);
  static const std::regex opened(R"re((?:open|openat|openat2|creat)\([^"]*"([^"]+)".*= [0-9]+$)re");
  std::vector<std::string> files;
  std::ifstream stream(trace);
  for (std::string line; std::getline(stream, line);) {
    std::smatch match;
    if (std::regex_search(line, match, opened)) files.push_back(match[1]);
  }
  ::unlink(trace.c_str());
  return files;
}

Milliseconds median(std::vector<Milliseconds> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace bench

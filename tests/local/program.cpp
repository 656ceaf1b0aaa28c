#include "tests/local/program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

#include "aws/protocol.hpp"
#include "base/runtime.hpp"
#include "http/socket_transport.hpp"

namespace local_test {

namespace {

using Steady = std::chrono::steady_clock;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::string new_folder() {
  auto pattern = testing::TempDir() + "falsework-local-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), pattern);
  }
  return pattern;
}

}  // namespace

Program::Program(std::vector<std::string> arguments) : folder_(new_folder()) {
  std::vector<std::string> all{FALSEWORK_COMMAND, "local"};
  if (std::ranges::find(arguments, "--port") == arguments.end()) {
    all.insert(all.end(), {"--port", "0"});
  }
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment{"HOME=" + folder_, "TMPDIR=" + folder_,
                                       "PATH=/usr/local/bin:/usr/bin:/bin"};
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category());
  output_ = pipe[0];
  const auto errors = folder_ + "/stderr";
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, pipe[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, errors.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const auto argument_pointers = pointers(all);
  const auto environment_pointers = pointers(environment);
  const int error = ::posix_spawn(&id_, all.front().c_str(), &files, nullptr,
                                  argument_pointers.data(), environment_pointers.data());
  ::posix_spawn_file_actions_destroy(&files);
  ::close(pipe[1]);
  if (error != 0) throw std::system_error(error, std::generic_category(), all.front());
}

Program::~Program() {
  if (!code_) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  ::close(output_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

const std::string& Program::ready() {
  if (ready_) return *ready_;
  ready_.emplace();
  const auto limit = Steady::now() + std::chrono::seconds(10);
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - Steady::now()).count();
    pollfd wait{output_, POLLIN, 0};
    char byte = 0;
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0 ||
        ::read(output_, &byte, 1) != 1 || byte == '\n') {
      return *ready_;
    }
    *ready_ += byte;
  }
}

std::string Program::url() {
  const auto& line = ready();
  return line.starts_with("ready ") ? line.substr(6) : "";
}

std::uint16_t Program::port() {
  return http::Url::parse(url()).port;
}

std::map<std::string, std::string> Program::exports() const {
  std::map<std::string, std::string> found;
  std::istringstream lines(errors());
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    if (!line.starts_with("export ") || equals == std::string::npos) continue;
    found[line.substr(7, equals - 7)] = line.substr(equals + 1);
  }
  return found;
}

aws::Settings Program::settings() {
  ready();
  const auto variables = exports();
  aws::Settings settings;
  settings.credentials = {variables.at("AWS_ACCESS_KEY_ID"), variables.at("AWS_SECRET_ACCESS_KEY"),
                          ""};
  settings.region = variables.at("AWS_DEFAULT_REGION");
  settings.endpoint = http::Url::parse(variables.at("AWS_ENDPOINT_URL"));
  settings.attempts = 1;
  return settings;
}

std::string Program::errors() const {
  std::ifstream file(folder_ + "/stderr");
  return {std::istreambuf_iterator<char>(file), {}};
}

void Program::send(int signal) const {
  ::kill(id_, signal);
}

std::optional<int> Program::wait(std::chrono::milliseconds limit) {
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

Reply send(http::Request request, const std::string& trust) {
  Reply reply;
  const auto runtime = base::real_runtime();
  const auto transport = http::socket_transport(runtime->io(), {trust});
  const auto ask = [](http::Transport& through, http::Request what,
                      Reply& into) -> base::Task<void> {
    try {
      auto response = co_await through.send(std::move(what));
      into = {response.status, response.headers, response.body, {}};
    } catch (const http::TransportError& error) {
      into.error = error.what();
    }
  };
  runtime->run(ask(*transport, std::move(request), reply));
  return reply;
}

http::Request signed_request(Program& program, const std::string& service, http::Request request,
                             std::chrono::seconds skew) {
  const auto settings = program.settings();
  aws::sigv4::Keys keys(settings.credentials);
  const auto now = base::real_runtime()->clock().now() + skew;
  aws::sigv4::sign(request, keys, {settings.region, service}, now, aws::sigv4::options_of(service));
  return request;
}

http::Request query(Program& program, const std::string& version, const std::string& action) {
  auto request = aws::protocol::query_request(version, action, {});
  request.url = http::Url::parse(program.url());
  return request;
}

http::Request json(Program& program, const std::string& target, const std::string& body) {
  http::Request request;
  request.method = "POST";
  request.url = http::Url::parse(program.url());
  request.headers.set("Content-Type", "application/x-amz-json-1.1");
  request.headers.set("X-Amz-Target", target);
  request.body = body;
  return request;
}

}  // namespace local_test

#include "tests/local/program.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "aws/protocol.hpp"
#include "base/runtime.hpp"
#include "http/socket_transport.hpp"

namespace local_test {

namespace {

std::string new_folder() {
  auto pattern = testing::TempDir() + "falsework-localXXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), pattern);
  }
  return pattern;
}

}  // namespace

Program::Program(std::vector<std::string> arguments, bool home) : folder_(new_folder()) {
  std::vector<std::string> all{FALSEWORK_COMMAND, "local"};
  if (std::ranges::find(arguments, "--port") == arguments.end()) {
    all.insert(all.end(), {"--port", "0"});
  }
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment{"TMPDIR=" + folder_, "PATH=/usr/local/bin:/usr/bin:/bin"};
  if (home) environment.push_back("HOME=" + folder_);
  process_.emplace(all, environment, folder_ + "/stderr");
}

Program::~Program() {
  process_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

const std::string& Program::ready() {
  if (!ready_) ready_ = process_->first_line();
  return *ready_;
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

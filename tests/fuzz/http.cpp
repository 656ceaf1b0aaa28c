// The server's reader of requests, and what the services' protocols make of them.
#include <boost/json.hpp>

#include "http/request_reader.hpp"
#include "sim/wire/decode.hpp"
#include "targets.hpp"

namespace fuzz {

namespace {

struct Seen {
  std::vector<std::string> requests;
  http::RequestReader::State state = http::RequestReader::State::idle;
  int status = 0;

  bool operator==(const Seen&) const = default;
};

std::string written(const http::Request& request) {
  std::string text = fmt::format("{} {}://{}{}\n", request.method, request.url.scheme,
                                 request.url.authority(), request.url.target);
  for (const auto& [name, value] : request.headers) text += fmt::format("{}: {}\n", name, value);
  return text + "\n" + request.body;
}

void decode(const http::Request& request) {
  for (const auto* service :
       {"ec2", "iam", "sts", "cloudformation", "ecs", "ssm", "logs", "lambda", "nothing"}) {
    try {
      const auto call = sim::wire::decode(service, request);
      require(!call.action.empty(), "a decoded call has an action");
    } catch (const sim::Error& error) {
      require(!error.code.empty(), "a refusal has a code");
    }
  }
}

// `step`: how many bytes arrive at a time.
Seen read(std::string_view input, std::size_t step, bool decoded) {
  http::RequestReader reader("http", "127.0.0.1:4566", {.header_bytes = 8192, .body_bytes = 32768});
  Seen seen;
  for (std::size_t at = 0; at < input.size(); at += step) {
    reader.give(input.substr(at, step));
    while (reader.state() == http::RequestReader::State::whole) {
      const bool last = reader.last();
      const auto request = reader.take();
      seen.requests.push_back(written(request));
      require(request.body.size() <= 32768, "a body is within its limit");
      require(request.url.target.starts_with('/') || request.url.target == "*",
              "a target is a path");
      if (decoded) decode(request);
      // A connection ends with its last request, whatever follows.
      if (last) return seen;
    }
  }
  seen.state = reader.state();
  if (seen.state == http::RequestReader::State::refused) seen.status = reader.problem().status;
  return seen;
}

}  // namespace

void run_http(std::string_view input) {
  const std::size_t step = 1 + choose(input, 64);
  const auto whole = read(input, std::max<std::size_t>(1, input.size()), true);
  const auto pieces = read(input, step, false);
  require(whole == pieces, "where the bytes are cut makes no difference");
}

}  // namespace fuzz

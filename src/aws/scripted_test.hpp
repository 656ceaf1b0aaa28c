// A server that answers by script, on virtual time, and what the tests ask of it.
#pragma once

#include <deque>
#include <stdexcept>

#include "aws/client.hpp"
#include "base/runtime.hpp"

namespace aws::scripted {

using namespace std::chrono_literals;

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

// Gives the answers in order and keeps what was asked. An answer may take time.
class Server final : public http::Transport {
 public:
  using Answer = std::variant<http::Response, http::TransportError>;

  explicit Server(base::Clock& clock) : clock_(clock) {}
  void answer(int status, std::string body, http::Headers headers = {}) {
    answers_.emplace_back(http::Response{status, std::move(headers), std::move(body)});
  }
  void fail(http::TransportError::Kind kind) {
    answers_.emplace_back(http::TransportError(kind, "ec2.example:443: broken as asked"));
  }

  base::Task<http::Response> send(http::Request request) override {
    times.push_back(clock_.now());
    requests.push_back(std::move(request));
    if (answers_.empty()) throw std::logic_error("the script has no answer left");
    auto next = std::move(answers_.front());
    answers_.pop_front();
    co_await clock_.sleep_for(latency);
    if (auto* error = std::get_if<http::TransportError>(&next)) throw *error;
    co_return std::get<http::Response>(std::move(next));
  }

  // The form of a query request.
  http::Query form(std::size_t number) const { return http::parse_query(requests[number].body); }
  std::string parameter(std::size_t number, std::string_view name) const {
    for (const auto& [key, value] : form(number)) {
      if (key == name) return value;
    }
    return {};
  }

  std::vector<http::Request> requests;
  std::vector<base::Instant> times;
  base::Duration latency{0};

 private:
  base::Clock& clock_;
  std::deque<Answer> answers_;
};

class Lines final : public base::Log {
 public:
  void write(base::Level level, std::string_view event, boost::json::object fields) override {
    lines.push_back(base::line(start, level, event, fields));
  }
  std::vector<std::string> lines;
};

// The largest draw that unit() can give: delays at their ceilings.
class Highest final : public base::Random {
 public:
  std::uint64_t next() override { return ~std::uint64_t{0}; }
};

// Everything a client needs, with the server at the other end.
struct Stage {
  std::unique_ptr<base::Runtime> runtime = base::virtual_runtime(start);
  Highest random;
  Lines log;
  Server server{runtime->clock()};
  http::System system{runtime->clock(), random, log, server};
  Client client{system, settings()};

  static Settings settings() {
    return {.credentials = {"AKIDEXAMPLE", "not-a-secret", "a-token"},
            .region = "eu-west-1",
            .endpoint = {}};
  }

  template <class T>
  T run(base::Task<T> task) {
    std::optional<T> result;
    runtime->run(store(std::move(task), result));
    return std::move(*result);
  }
  void run(base::Task<void> task) { runtime->run(std::move(task)); }

  // The refusal that `task` ends in.
  template <class T>
  ServiceError refused(base::Task<T> task) {
    try {
      run(std::move(task));
    } catch (const ServiceError& error) {
      return error;
    }
    throw std::logic_error("no refusal came");
  }

 private:
  template <class T>
  static base::Task<void> store(base::Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
  }
};

}  // namespace aws::scripted

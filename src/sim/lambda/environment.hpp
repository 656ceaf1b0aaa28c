// One execution environment: one process of one function, and the Runtime API served to it.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/core/context.hpp"
#include "sim/lambda/function.hpp"
#include "sim/lambda/process.hpp"

namespace sim::lambda {

// Where every process finds its Runtime API. Each has its own, so all may have the same name.
inline constexpr std::string_view runtime_api = "127.0.0.1:9001";

// 6 MiB and 100 bytes: the longest response (measured on AWS's runtime interface emulator).
inline constexpr std::size_t response_limit = 6'291'556;

struct Work {
  std::string request_id;
  std::string payload;
  std::string trace_id;
  std::string client_context;
  base::Instant deadline;
  std::string invoked_arn = {};  // with the qualifier that the caller named
};

struct Answer {
  std::string payload;
  bool failed = false;  // X-Amz-Function-Error: Unhandled
  std::string error_type = {};
};

class Environment final : public http::Transport {
 public:
  enum class State {
    starting,  // until the first /next
    idle,      // in /next, frozen
    busy,      // has work
    answered,  // has answered, and not yet asked for more
    gone,      // process ended or was terminated
  };

  Environment(std::shared_ptr<const Function> function, std::string log_stream,
              http::Transport& outside, base::SeededRandom random);

  // The process's side: its own Runtime API, or the world.
  base::Task<http::Response> send(http::Request request) override;
  void exited(int code);

  // Lambda's side. give(): state must be idle.
  void give(Work work);
  // See Termination. The state is `gone` from here on.
  void terminate();

  State state() const { return state_; }
  const std::optional<Answer>& answer() const { return answer_; }          // to the present work
  const std::optional<Answer>& init_error() const { return init_error_; }  // of /init/error
  std::optional<int> exit_code() const { return exit_code_; }
  base::Signal& changed() { return changed_; }
  bool process_ended() const { return exit_code_.has_value(); }

  const std::shared_ptr<const Function> function;  // shared with Lambda's table; updates replace it
  const std::string log_stream;
  base::SeededRandom random;
  Termination termination;
  int used_memory_mb = 0;
  base::Instant idle_since;
  base::Instant credentials_expire;
  bool taken = false;  // by an invocation
  std::string tail;    // the last log lines of the present invocation: LogResult

 private:
  base::Task<http::Response> next();
  http::Response invocation(const http::Request& request, std::string_view path);
  http::Response init_error(const http::Request& request);
  void set(State state);

  http::Transport& outside_;
  State state_ = State::starting;
  std::optional<Work> work_;
  bool delivered_ = false;  // /next has handed out the present work
  std::optional<Answer> answer_, init_error_;
  std::optional<int> exit_code_;
  base::Signal changed_;
  base::Signal never_;  // never notified: where calls of a terminated process stay
};

}  // namespace sim::lambda

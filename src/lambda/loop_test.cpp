#include "lambda/loop.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "base/runtime.hpp"

namespace lambda {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

// Lambda's side of the Runtime API. Serves the queued payloads, then refuses connections, which is
// how a process learns in these tests that its sandbox has gone.
class RuntimeApi final : public http::Transport {
 public:
  struct Report {
    std::string path;
    std::string body;
    std::string error_type;
  };

  explicit RuntimeApi(base::Clock& clock) : clock_(clock) {}

  base::Task<http::Response> send(http::Request request) override {
    co_await clock_.sleep_for(std::chrono::milliseconds(1));
    if (const auto refusal = refuse(request)) co_return *refusal;
    if (request.url.path().ends_with("/next")) co_return next(request);
    reports.push_back(
        {std::string(request.url.path()), request.body,
         std::string(request.headers.get("lambda-runtime-function-error-type").value_or(""))});
    const bool large = request.url.path().ends_with("/response") && request.body.size() > 64;
    if (lose_replies > 0) {
      --lose_replies;
      throw http::TransportError(http::TransportError::Kind::broken, "runtime: connection reset");
    }
    co_return http::Response{.status = large ? 413 : 202, .headers = {}, .body = {}};
  }

  std::deque<std::string> payloads;
  std::deque<int> failures;  // answered before anything else
  int lose_replies = 0;
  std::string trace = "Root=1-5bef4de7";
  std::vector<Report> reports;
  std::vector<std::optional<base::Duration>> next_timeouts;

 private:
  std::optional<http::Response> refuse(const http::Request& request) {
    if (!failures.empty()) {
      const int status = failures.front();
      failures.pop_front();
      return http::Response{.status = status, .headers = {}, .body = {}};
    }
    if (!request.url.path().ends_with("/next") && !reports.empty() &&
        reports.back().path == request.url.path()) {
      return http::Response{.status = 403, .headers = {}, .body = "InvalidStateTransition"};
    }
    return std::nullopt;
  }

  http::Response next(const http::Request& request) {
    next_timeouts.push_back(request.timeout);
    if (payloads.empty()) {
      throw http::TransportError(http::TransportError::Kind::connect, "runtime: refused");
    }
    http::Response response;
    response.headers = {{"Lambda-Runtime-Aws-Request-Id", fmt::format("request-{}", ++served_)},
                        {"Lambda-Runtime-Deadline-Ms",
                         std::to_string(base::unix_milliseconds(clock_.now() + 5min))},
                        {"Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:x"}};
    if (!trace.empty()) response.headers.add("Lambda-Runtime-Trace-Id", trace);
    response.body = payloads.front();
    payloads.pop_front();
    return response;
  }

  base::Clock& clock_;
  int served_ = 0;
};

struct Sandbox {
  std::unique_ptr<base::Runtime> runtime = base::virtual_runtime(start);
  base::SeededRandom random{1};
  base::NoLog log;
  RuntimeApi api{runtime->clock()};
  http::System system{runtime->clock(), random, log, api};
  int exit_code = -1;

  void run(Handler handler, Hooks hooks = {}) {
    runtime->run([](Sandbox& self, Handler work, Hooks own) -> base::Task<void> {
      self.exit_code =
          co_await lambda::run(self.system, "127.0.0.1:9001", std::move(work), std::move(own));
    }(*this, std::move(handler), std::move(hooks)));
  }
};

base::Task<std::string> echo(Invocation invocation) {
  co_return invocation.payload;
}

base::Task<std::string> fail_on_bad(Invocation invocation) {
  if (invocation.payload == "bad") throw std::runtime_error("\"été\" \xFF failed");
  if (invocation.payload == "typed") throw HandlerError("Function.Refused", "no");
  co_return invocation.payload;
}

TEST(Loop, answers_each_invocation_under_its_own_request_id) {
  Sandbox sandbox;
  sandbox.api.payloads = {"1", "2"};
  sandbox.run(echo);
  ASSERT_EQ(sandbox.api.reports.size(), 2U);
  EXPECT_EQ(sandbox.api.reports[0].path, "/2018-06-01/runtime/invocation/request-1/response");
  EXPECT_EQ(sandbox.api.reports[1].path, "/2018-06-01/runtime/invocation/request-2/response");
  EXPECT_EQ(sandbox.api.reports[1].body, "2");
}

TEST(Loop, next_waits_without_a_timeout) {
  Sandbox sandbox;
  sandbox.api.payloads = {"1"};
  sandbox.run(echo);
  for (const auto& timeout : sandbox.api.next_timeouts) EXPECT_FALSE(timeout.has_value());
}

TEST(Loop, a_throwing_handler_is_reported_and_the_next_event_is_served) {
  Sandbox sandbox;
  sandbox.api.payloads = {"bad", "typed", "good"};
  sandbox.run(fail_on_bad);
  ASSERT_EQ(sandbox.api.reports.size(), 3U);
  const auto& bad = sandbox.api.reports[0];
  EXPECT_EQ(bad.path, "/2018-06-01/runtime/invocation/request-1/error");
  EXPECT_EQ(bad.error_type, "Function.Exception");
  // Quotes escaped, UTF-8 byte for byte, an invalid byte replaced: facts, lambda-runtime A1.2.
  EXPECT_EQ(bad.body,
            "{\"errorMessage\":\"\\\"été\\\" \uFFFD failed\","
            "\"errorType\":\"Function.Exception\",\"stackTrace\":[]}");
  EXPECT_EQ(sandbox.api.reports[1].error_type, "Function.Refused");
  EXPECT_EQ(sandbox.api.reports[2].body, "good");
}

TEST(Loop, the_trace_hook_runs_before_each_handler_call_even_without_tracing) {
  Sandbox sandbox;
  sandbox.api.payloads = {"1"};
  std::vector<std::string> traces;
  Hooks hooks;
  hooks.trace = [&](const std::string& id) { traces.push_back(id); };
  sandbox.run(echo, hooks);
  sandbox.api.payloads = {"2"};
  sandbox.api.trace = "";
  sandbox.run(echo, hooks);
  EXPECT_EQ(traces, (std::vector<std::string>{"Root=1-5bef4de7", ""}));
}

TEST(Loop, a_result_that_is_too_large_is_reported_as_an_error) {
  Sandbox sandbox;
  sandbox.api.payloads = {std::string(100, 'x')};
  sandbox.run(echo);
  ASSERT_EQ(sandbox.api.reports.size(), 2U);
  EXPECT_EQ(sandbox.api.reports[1].error_type, "Function.ResponseSizeTooLarge");
}

TEST(Loop, a_failing_runtime_api_is_asked_again_after_a_pause) {
  Sandbox sandbox;
  sandbox.api.payloads = {"1"};
  sandbox.api.failures = {500, 503};
  sandbox.run(echo);
  ASSERT_EQ(sandbox.api.reports.size(), 1U);
  EXPECT_EQ(sandbox.api.reports[0].body, "1");
}

TEST(Loop, a_report_whose_reply_was_lost_is_not_an_error_when_it_is_refused_the_second_time) {
  Sandbox sandbox;
  sandbox.api.payloads = {"1", "2"};
  sandbox.api.lose_replies = 1;
  sandbox.run(echo);
  ASSERT_EQ(sandbox.api.reports.size(), 2U);
  EXPECT_EQ(sandbox.api.reports[1].body, "2");
}

TEST(Loop, ends_with_an_exit_code_when_the_runtime_api_is_gone) {
  Sandbox sandbox;
  sandbox.run(echo);
  EXPECT_EQ(sandbox.exit_code, 1);
  EXPECT_EQ(sandbox.api.next_timeouts.size(), 5U);
  EXPECT_GT(sandbox.runtime->clock().now(), start + 700ms);
}

TEST(Loop, a_failed_start_is_reported_to_init_error_and_ends_the_process) {
  Sandbox sandbox;
  sandbox.api.payloads = {"1"};
  Hooks hooks;
  hooks.prepare = [] { throw std::runtime_error("no certificate bundle"); };
  sandbox.run(echo, hooks);
  EXPECT_EQ(sandbox.exit_code, 1);
  ASSERT_EQ(sandbox.api.reports.size(), 1U);
  EXPECT_EQ(sandbox.api.reports[0].path, "/2018-06-01/runtime/init/error");
  EXPECT_EQ(sandbox.api.reports[0].error_type, "Runtime.InitError");
}

TEST(Invocation, needs_a_request_id_and_a_numeric_deadline) {
  http::Response response;
  response.headers = {{"lambda-runtime-aws-request-id", "r"},
                      {"lambda-runtime-deadline-ms", "1700000000123"}};
  ASSERT_TRUE(parse_invocation(response));
  EXPECT_EQ(base::unix_milliseconds(parse_invocation(response)->deadline), 1700000000123);
  response.headers.set("lambda-runtime-deadline-ms", "soon");
  EXPECT_FALSE(parse_invocation(response));
  response.headers = {{"lambda-runtime-deadline-ms", "1"}};
  EXPECT_FALSE(parse_invocation(response));
}

}  // namespace
}  // namespace lambda

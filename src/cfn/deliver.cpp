#include "cfn/deliver.hpp"

namespace cfn {

using namespace std::chrono_literals;

namespace {

constexpr base::Duration longest_try = 10s;
constexpr base::Duration first_pause = 200ms;
constexpr base::Duration longest_pause = 5s;
// An answer that S3 refuses (a wrong signature, an expired URL) seldom gets better.
constexpr int refusals_at_most = 3;

http::Request put_request(const ReturnAddress& sender, const std::string& body) {
  http::Request put;
  put.method = "PUT";
  put.url = http::Url::parse(sender.url);
  // No Content-Type: the URL is signed without one, and S3 refuses any other.
  put.body = body;
  return put;
}

struct Attempt {
  int status = 0;  // 0: no response
  std::string problem{};
};

// The text of a TransportError names the host and never the query.
base::Task<Attempt> attempt(http::Transport& transport, http::Request put) {
  try {
    const auto response = co_await transport.send(std::move(put));
    co_return Attempt{response.status, fmt::format("status {}", response.status)};
  } catch (const http::TransportError& error) {
    co_return Attempt{0, error.what()};
  }
}

}  // namespace

base::Task<bool> deliver(http::System& system, ReturnAddress sender, Answer answer,
                         base::Instant deadline) {
  const std::string text = body(sender, answer);
  int refusals = 0;
  auto pause = first_pause;
  for (int attempts = 1;; ++attempts) {
    const auto now = system.clock.now();
    http::Request put = put_request(sender, text);
    // The very last try is worth more than the punctuality of the end.
    put.timeout = std::clamp<base::Duration>(deadline - now, 1s, longest_try);
    const Attempt result = co_await attempt(system.transport, std::move(put));
    if (result.status >= 200 && result.status < 300) {
      system.log.info("answer.sent", {{"status", answer.success ? "SUCCESS" : "FAILED"},
                                      {"bytes", text.size()},
                                      {"attempts", attempts}});
      co_return true;
    }
    const bool refused = result.status >= 400 && result.status < 500 && result.status != 429;
    if (refused) ++refusals;
    if (refusals >= refusals_at_most || system.clock.now() + pause >= deadline) {
      system.log.error("answer.lost", {{"problem", result.problem}, {"attempts", attempts}});
      co_return false;
    }
    system.log.warn("answer.retried", {{"problem", result.problem}, {"attempts", attempts}});
    co_await system.clock.sleep_for(pause);
    pause = std::min(pause * 2, longest_pause);
  }
}

}  // namespace cfn

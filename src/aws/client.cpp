#include "aws/client.hpp"

#include <algorithm>
#include <charconv>

#include "aws/endpoint.hpp"
#include "aws/errors.hpp"
#include "aws/protocol.hpp"

namespace aws {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view user_agent = "falsework/" FALSEWORK_VERSION;

// The standard retry mode as of 2026:
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
constexpr base::Duration throttling_base = 1s;
constexpr base::Duration other_base = 50ms;
constexpr base::Duration longest_delay = 20s;
constexpr base::Duration longest_wish_beyond = 5s;
constexpr int quota_capacity = 500;
constexpr int throttling_cost = 5;
constexpr int other_cost = 14;
constexpr int reward_without_retry = 1;

// What one attempt came to: a response, or the reason why there is none.
struct Attempt {
  std::optional<http::Response> response;
  protocol::Problem problem;
  bool worth_another = false;

  bool succeeded() const { return response && response->status >= 200 && response->status < 300; }
  int status() const { return response ? response->status : 0; }
};

bool retried_status(int status) {
  return status == 500 || status == 502 || status == 503 || status == 504;
}

void judge(Attempt& out) {
  if (out.succeeded()) return;
  out.problem = protocol::problem(*out.response);
  const auto& code = out.problem.code;
  out.worth_another = is_throttling(code) || retried_status(out.status()) ||
                      code == "RequestTimeout" || code == "RequestTimeoutException";
}

base::Task<Attempt> attempt(http::Transport& transport, http::Request request) {
  Attempt out;
  try {
    out.response = co_await transport.send(std::move(request));
    judge(out);
  } catch (const http::TransportError& error) {
    const bool refused = error.kind == http::TransportError::Kind::tls;
    out.problem.code = refused ? "NoSecureConnection" : "NoResponse";
    out.problem.message = error.what();
    out.worth_another = !refused;
  }
  co_return out;
}

// x-amz-retry-after, in milliseconds.
std::optional<base::Duration> wished_delay(const std::optional<http::Response>& response) {
  if (!response) return std::nullopt;
  const auto value = response->headers.get("x-amz-retry-after");
  if (!value) return std::nullopt;
  std::int64_t milliseconds = 0;
  const auto [end, error] =
      std::from_chars(value->data(), value->data() + value->size(), milliseconds);
  if (error != std::errc{} || milliseconds < 0 || milliseconds > 3'600'000) return std::nullopt;
  return std::chrono::milliseconds(milliseconds);
}

base::Duration delay_before(int retry, bool throttled, base::Random& random,
                            std::optional<base::Duration> wished) {
  const auto first = throttled ? throttling_base : other_base;
  const auto ceiling = std::min(first * (std::int64_t{1} << std::min(retry, 10)), longest_delay);
  const auto jittered = base::from_seconds(random.unit() * base::seconds(ceiling));
  return wished ? std::clamp(*wished, jittered, jittered + longest_wish_beyond) : jittered;
}

// The target stays; an endpoint's own path goes before it.
void fill_in(http::Url& url, const Settings& settings, std::string_view service) {
  auto target = std::move(url.target);
  url = settings.endpoint ? *settings.endpoint : regional_endpoint(service, settings.region);
  std::string_view prefix = url.path();
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  url.target = std::string(prefix) + target;
}

std::string error_text(const std::string& service, const std::string& operation,
                       const std::string& code, const std::string& message,
                       const std::string& request_id) {
  auto text = fmt::format("{} {}: {}", service, operation, code);
  if (!message.empty()) text += ": " + message;
  if (!request_id.empty()) text += fmt::format(" (request id {})", request_id);
  return text;
}

}  // namespace

ServiceError::ServiceError(std::string service_, std::string operation_, std::string code_,
                           std::string message_, int status_, std::string request_id_)
    : std::runtime_error(error_text(service_, operation_, code_, message_, request_id_)),
      service(std::move(service_)),
      operation(std::move(operation_)),
      code(std::move(code_)),
      message(std::move(message_)),
      status(status_),
      request_id(std::move(request_id_)) {}

Client::Client(http::System& system, Settings settings)
    : system_(system), settings_(std::move(settings)), keys_(settings_.credentials) {}

base::Task<pugi::xml_document> Client::query(std::string service, std::string version,
                                             std::string operation, http::Query parameters) {
  const auto response =
      co_await send(service, operation, protocol::query_request(version, operation, parameters));
  auto document = protocol::parse_xml(response.body);
  if (!document) {
    throw ServiceError(service, operation, "UnreadableReply", "the answer is not XML",
                       response.status, {});
  }
  co_return std::move(*document);
}

base::Task<boost::json::object> Client::json(std::string service, std::string target,
                                             std::string operation, boost::json::object input) {
  const auto response =
      co_await send(service, operation, protocol::json_request(target, operation, input));
  auto object = protocol::parse_json(response.body);
  if (!object) {
    throw ServiceError(service, operation, "UnreadableReply", "the answer is not JSON",
                       response.status, {});
  }
  co_return std::move(*object);
}

base::Task<http::Response> Client::rest(std::string service, std::string operation,
                                        http::Request request) {
  return send(std::move(service), std::move(operation), std::move(request));
}

base::Task<http::Response> Client::send(std::string service, std::string operation,
                                        http::Request request) {
  if (request.url.host.empty()) fill_in(request.url, settings_, service);
  request.headers.set("User-Agent", user_agent);
  int spent = 0;
  for (int number = 1;; ++number) {
    auto result = co_await attempt(system_.transport, prepared(request, service, operation));
    if (result.succeeded()) {
      quota_ = std::min(quota_ + (spent > 0 ? spent : reward_without_retry), quota_capacity);
      co_return std::move(*result.response);
    }
    const auto& problem = result.problem;
    const bool throttled = is_throttling(problem.code);
    const int cost = throttled ? throttling_cost : other_cost;
    const bool again = result.worth_another && number < settings_.attempts && quota_ >= cost;
    const auto delay =
        again ? delay_before(number - 1, throttled, system_.random, wished_delay(result.response))
              : base::Duration{0};
    if (!again || (deadline_ && system_.clock.now() + delay >= *deadline_)) {
      throw ServiceError(service, operation, problem.code, problem.message, result.status(),
                         problem.request_id);
    }
    quota_ -= cost;
    spent = cost;
    system_.log.warn("aws.retried", {{"service", service},
                                     {"operation", operation},
                                     {"code", problem.code},
                                     {"attempt", number + 1}});
    co_await system_.clock.sleep_for(delay);
  }
}

http::Request Client::prepared(http::Request request, const std::string& service,
                               const std::string& operation) {
  const auto now = system_.clock.now();
  if (deadline_) {
    if (now >= *deadline_) {
      throw ServiceError(service, operation, "NoResponse", "no time is left for the call", 0, {});
    }
    request.timeout = std::min(request.timeout.value_or(base::Duration::max()), *deadline_ - now);
  }
  sigv4::sign(request, keys_, {settings_.region, service}, now, sigv4::options_of(service));
  return request;
}

}  // namespace aws

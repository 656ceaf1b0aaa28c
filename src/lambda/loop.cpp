#include "lambda/loop.hpp"

#include <exception>
#include <optional>
#include <variant>

namespace lambda {

namespace {

constexpr int attempts = 5;
constexpr base::Duration first_pause = std::chrono::milliseconds(50);

constexpr int accepted = 202;
constexpr int too_large = 413;

Fault fault_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const HandlerError& error) {
    return {error.type, error.what()};
  } catch (const std::exception& error) {
    return {"Function.Exception", error.what()};
  } catch (...) {
    return {"Function.Exception", "the handler threw something that is no std::exception"};
  }
}

// The response, or what went wrong on the way to it.
base::Task<std::variant<http::Response, std::string>> try_send(http::System& system,
                                                               http::Request request) {
  try {
    co_return co_await system.transport.send(std::move(request));
  } catch (const http::TransportError& error) {
    co_return std::string(error.what());
  }
}

// Sends until `settled` accepts a response; nothing when it never does.
template <class Settled>
base::Task<std::optional<http::Response>> send(http::System& system, http::Request request,
                                               Settled settled) {
  auto pause = first_pause;
  for (int attempt = 1; attempt <= attempts; ++attempt) {
    auto answer = co_await try_send(system, request);
    auto* response = std::get_if<http::Response>(&answer);
    if (response != nullptr && settled(*response, attempt)) co_return std::move(*response);
    system.log.warn("lambda.runtime_api",
                    {{"path", std::string(request.url.path())},
                     {"attempt", attempt},
                     {"problem", response != nullptr ? fmt::format("status {}", response->status)
                                                     : std::get<std::string>(answer)}});
    if (attempt == attempts) break;
    co_await system.clock.sleep_for(pause);
    pause *= 2;
  }
  co_return std::nullopt;
}

// A report whose reply was lost has had its effect: the second one is then refused with 400
// (InvalidRequestID) or 403 (InvalidStateTransition), and all is well.
bool reported(const http::Response& response, int attempt) {
  return response.status == accepted || response.status == too_large ||
         (attempt > 1 && (response.status == 400 || response.status == 403));
}

base::Task<std::variant<std::string, Fault>> work(const Handler& handler, Invocation invocation) {
  try {
    co_return co_await handler(std::move(invocation));
  } catch (...) {
    co_return fault_of(std::current_exception());
  }
}

base::Task<bool> report_fault(http::System& system, const std::string& api,
                              const std::string& request_id, Fault fault) {
  system.log.error("lambda.failed", {{"type", fault.type}, {"problem", fault.message}});
  co_return (co_await send(system, error_request(api, request_id, fault), reported)).has_value();
}

// One event from arrival to report. False when the Runtime API failed for good.
base::Task<bool> serve(http::System& system, const std::string& api, const Handler& handler,
                       const Hooks& hooks) {
  std::optional<Invocation> invocation;
  co_await send(system, next_request(api), [&](const http::Response& response, int) {
    invocation = parse_invocation(response);
    return invocation.has_value();
  });
  if (!invocation) co_return false;
  const std::string request_id = invocation->request_id;
  if (hooks.trace) hooks.trace(invocation->trace_id);

  auto result = co_await work(handler, std::move(*invocation));
  if (auto* fault = std::get_if<Fault>(&result)) {
    co_return co_await report_fault(system, api, request_id, std::move(*fault));
  }
  const auto answer = co_await send(
      system, response_request(api, request_id, std::move(std::get<std::string>(result))),
      reported);
  if (answer && answer->status == too_large) {
    co_return co_await report_fault(
        system, api, request_id,
        {"Function.ResponseSizeTooLarge", "the result is larger than Lambda accepts"});
  }
  co_return answer.has_value();
}

std::optional<Fault> prepare(const Hooks& hooks) {
  if (!hooks.prepare) return std::nullopt;
  try {
    hooks.prepare();
    return std::nullopt;
  } catch (...) {
    Fault fault = fault_of(std::current_exception());
    fault.type = "Runtime.InitError";
    return fault;
  }
}

}  // namespace

base::Task<int> run(http::System& system, std::string api, Handler handler, Hooks hooks) {
  if (const auto fault = prepare(hooks)) {
    system.log.error("lambda.init_failed", {{"problem", fault->message}});
    co_await send(system, init_error_request(api, *fault), reported);
    co_return 1;
  }
  while (co_await serve(system, api, handler, hooks)) {
  }
  system.log.error("lambda.runtime_api_lost", {{"attempts", attempts}});
  co_return 1;
}

}  // namespace lambda

#include "sim/lambda/environment.hpp"

#include <boost/json/serialize.hpp>

namespace sim::lambda {

namespace {

constexpr std::string_view prefix = "/2018-06-01/runtime/";

http::Response reply(int status, json::object body) {
  return {status, {{"Content-Type", "application/json"}}, json::serialize(body)};
}

http::Response refuse(int status, std::string_view type, const std::string& message) {
  return reply(status, {{"errorMessage", message}, {"errorType", type}});
}

http::Response accepted() {
  return reply(202, {{"status", "OK"}});
}

http::Response forbidden(std::string_view from, std::string_view to) {
  return refuse(403, "InvalidStateTransition",
                fmt::format("Transition from {} to {} is not allowed.", from, to));
}

std::string_view name(Environment::State state) {
  switch (state) {
    case Environment::State::starting:
      return "Initializing";
    case Environment::State::idle:
      return "Ready";
    case Environment::State::busy:
      return "Running";
    case Environment::State::answered:
      return "InvocationResponse";
    case Environment::State::gone:
      return "Exited";
  }
  return "";
}

// The header counts only in the form (Runtime|Function).[A-Z][A-Za-z]+; anything else is unknown.
std::string error_type(const http::Request& request, std::string_view unknown) {
  const auto given = request.headers.get("Lambda-Runtime-Function-Error-Type").value_or("");
  for (const std::string_view family : {"Runtime.", "Function."}) {
    if (!given.starts_with(family)) continue;
    const auto rest = given.substr(family.size());
    const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    if (rest.size() >= 2 && rest[0] >= 'A' && rest[0] <= 'Z' && std::ranges::all_of(rest, letter)) {
      return std::string(given);
    }
  }
  return std::string(unknown);
}

// [C] The type: RIE, invocationresponse.go.
Answer invalid_mode() {
  constexpr const char* type = "Runtime.InvalidResponseModeHeader";
  return {json::serialize(json::object{{"errorType", type},
                                       {"errorMessage", "Invalid function response mode"}}),
          true, type};
}

}  // namespace

Environment::Environment(std::shared_ptr<const Function> function_, std::string log_stream_,
                         http::Transport& outside, base::SeededRandom random_)
    : function(std::move(function_)),
      log_stream(std::move(log_stream_)),
      random(std::move(random_)),
      outside_(outside) {}

void Environment::set(State state) {
  state_ = state;
  changed_.notify();
}

base::Task<http::Response> Environment::send(http::Request request) {
  http::Response response;
  if (!termination.requested) {
    if (request.url.authority() != runtime_api) {
      response = co_await outside_.send(std::move(request));
    } else if (const std::string path(request.url.path()); !path.starts_with(prefix)) {
      response = refuse(404, "NotFound", "404 page not found");
    } else if (path.ends_with("/invocation/next") && request.method == "GET") {
      response = co_await next();
    } else if (path.ends_with("/init/error") && request.method == "POST") {
      response = init_error(request);
    } else {
      response = invocation(request, std::string_view(path).substr(prefix.size()));
    }
  }
  while (termination.requested) co_await never_.wait();
  co_return response;
}

base::Task<http::Response> Environment::next() {
  if (state_ == State::busy || state_ == State::idle) {
    co_return forbidden(name(state_), "Ready");
  }
  work_.reset();
  set(State::idle);
  while (!work_ || delivered_) co_await changed_.wait();
  delivered_ = true;
  http::Response response{
      200,
      {{"Content-Type", "application/json"},
       {"Lambda-Runtime-Aws-Request-Id", work_->request_id},
       {"Lambda-Runtime-Deadline-Ms", std::to_string(base::unix_milliseconds(work_->deadline))},
       {"Lambda-Runtime-Invoked-Function-Arn",
        work_->invoked_arn.empty() ? function->arn : work_->invoked_arn},
       {"Lambda-Runtime-Trace-Id", work_->trace_id}},
      work_->payload};
  if (!work_->client_context.empty()) {
    response.headers.set("Lambda-Runtime-Client-Context", work_->client_context);
  }
  co_return response;
}

http::Response Environment::invocation(const http::Request& request, std::string_view path) {
  // invocation/ID/response, invocation/ID/error
  constexpr std::string_view start = "invocation/";
  const auto slash = path.rfind('/');
  const auto verb = slash == std::string_view::npos ? "" : path.substr(slash + 1);
  if (!path.starts_with(start) || slash < start.size() || request.method != "POST" ||
      (verb != "response" && verb != "error")) {
    return refuse(404, "NotFound", "404 page not found");
  }
  if (!work_ || path.substr(start.size(), slash - start.size()) != work_->request_id) {
    return refuse(400, "InvalidRequestID", "Invalid request ID");
  }
  if (state_ != State::busy) {
    return forbidden(name(state_), verb == "error" ? "InvocationError" : "InvocationResponse");
  }
  http::Response response = accepted();
  const auto mode = request.headers.get("Lambda-Runtime-Function-Response-Mode").value_or("");
  if (verb == "response" && !mode.empty() && mode != "streaming") {
    answer_ = invalid_mode();
    response = refuse(400, "InvalidFunctionResponseMode", "Invalid function response mode");
  } else if (verb == "error") {
    answer_ = Answer{request.body, true, error_type(request, "Function.Unknown")};
  } else if (request.body.size() > response_limit) {
    const auto text =
        fmt::format("Exceeded maximum allowed payload size ({} bytes).", response_limit);
    answer_ =
        Answer{json::serialize(json::object{
                   {"errorType", "Function.ResponseSizeTooLarge"},
                   {"errorMessage",
                    fmt::format("Response payload size ({} bytes) exceeded maximum allowed payload "
                                "size ({} bytes).",
                                request.body.size(), response_limit)}}),
               true, "Function.ResponseSizeTooLarge"};
    response = refuse(413, "RequestEntityTooLarge", text);
  } else {
    answer_ = Answer{request.body};
  }
  set(State::answered);
  return response;
}

http::Response Environment::init_error(const http::Request& request) {
  if (state_ != State::starting) return forbidden(name(state_), "InitError");
  init_error_ = Answer{request.body, true, error_type(request, "Runtime.Unknown")};
  changed_.notify();
  return accepted();
}

void Environment::exited(int code) {
  exit_code_ = code;
  set(State::gone);
}

void Environment::give(Work work) {
  work_ = std::move(work);
  delivered_ = false;
  answer_.reset();
  set(State::busy);
}

void Environment::terminate() {
  if (termination.requested) return;
  termination.requested = true;
  set(State::gone);
  termination.signal.notify();
}

}  // namespace sim::lambda

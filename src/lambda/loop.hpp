// The life of a Lambda process: ask for an event, hand it to the handler, report the result, again.
// Owns nothing but that loop; a handler that throws costs one invocation, never the process.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "base/async.hpp"
#include "http/system.hpp"
#include "lambda/runtime_api.hpp"

namespace lambda {

// Returns the invocation's result (JSON). What it throws is reported as the invocation's error.
using Handler = std::function<base::Task<std::string>(Invocation)>;

// Thrown by a handler to choose the error type that Lambda shows ("Function.Xyz").
class HandlerError : public std::runtime_error {
 public:
  HandlerError(std::string type, const std::string& text)
      : std::runtime_error(text), type(std::move(type)) {}
  std::string type;
};

struct Hooks {
  // Before the first /next. What it throws is reported to /init/error and ends the process.
  std::function<void()> prepare;
  // Before each handler call, with the invocation's trace id ("" when tracing is off): main copies
  // it to the environment variable _X_AMZN_TRACE_ID, which this library must not touch.
  std::function<void(const std::string&)> trace;
};

// Serves invocations from the Runtime API at `api` (host:port) until that API fails for good, then
// returns the process's exit code: never 0, since a healthy process is only ever frozen or killed.
// Every request to the API is tried up to five times with growing pauses; Lambda starts a new
// process when this one has ended.
base::Task<int> run(http::System& system, std::string api, Handler handler, Hooks hooks = {});

}  // namespace lambda

// For tests: one operation of one service, run to its end without a front door: neither throttled
// nor authorized, unless the operation asks IAM itself.
#pragma once

#include <boost/json.hpp>

#include "base/runtime.hpp"
#include "sim/core/call.hpp"

namespace sim::test {

// Throws what the operation does, and std::out_of_range when the service has no such operation.
inline json::object ask(base::Runtime& runtime, const Service& service, std::string action,
                        json::object input, Principal caller = {}) {
  json::object output;
  runtime.run([](const Service& to, Call call,
                 json::object& into) -> Task<void> {
    const auto& operation = to.operations().at(call.action);
    into = co_await operation.run(std::move(call));
  }(service,
                                     Call{std::move(caller), std::string(service.name()),
                                          std::move(action), std::move(input), "request"},
                                     output));
  return output;
}

// The account itself.
inline Principal root() {
  return {Principal::Kind::root, "arn:aws:iam::123456789012:root", {}, {}};
}

}  // namespace sim::test

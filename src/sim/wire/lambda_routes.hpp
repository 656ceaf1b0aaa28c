// Lambda's REST paths: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace sim::wire {

struct LambdaRoute {
  std::string_view action;
  http::Query parameters;  // from the path, decoded
};

std::optional<LambdaRoute> lambda_route(std::string_view method, std::string_view path);

// The HTTP status of an action that succeeded.
int lambda_status(std::string_view action);

}  // namespace sim::wire

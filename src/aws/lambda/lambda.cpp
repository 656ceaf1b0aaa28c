#include "aws/lambda/lambda.hpp"

#include "aws/errors.hpp"
#include "aws/protocol.hpp"

namespace aws::lambda {

using protocol::number;
using protocol::text;

namespace {

Function parse_function(const boost::json::object& object) {
  Function out{.name = text(object, "FunctionName"),
               .arn = text(object, "FunctionArn"),
               .runtime = text(object, "Runtime"),
               .handler = text(object, "Handler"),
               .role_arn = text(object, "Role"),
               .state = text(object, "State"),
               .timeout_seconds = static_cast<int>(number(object, "Timeout")),
               .memory_mb = static_cast<int>(number(object, "MemorySize")),
               .log_group = {}};
  const auto* logging = object.if_contains("LoggingConfig");
  if (logging != nullptr && logging->is_object()) {
    out.log_group = text(logging->get_object(), "LogGroup");
  }
  if (out.log_group.empty()) out.log_group = "/aws/lambda/" + out.name;
  return out;
}

}  // namespace

base::Task<std::optional<Function>> find_function(Client& client, std::string name_or_arn) {
  constexpr auto operation = "GetFunctionConfiguration";
  http::Request request;
  request.url.host.clear();
  request.url.target =
      fmt::format("/2015-03-31/functions/{}/configuration", http::percent_encode(name_or_arn));
  try {
    const auto response = co_await client.rest("lambda", operation, std::move(request));
    const auto object = protocol::parse_json(response.body);
    if (!object) {
      throw ServiceError("lambda", operation, "UnreadableReply", "the answer is not JSON",
                         response.status, {});
    }
    co_return parse_function(*object);
  } catch (const ServiceError& error) {
    if (!is_not_found(error.code)) throw;
  }
  co_return std::nullopt;
}

}  // namespace aws::lambda

#include "lambda/runtime_api.hpp"

#include <boost/json/serialize.hpp>
#include <charconv>

#include "base/utf8.hpp"

namespace lambda {

namespace {

// The service answers at once, except to /next.
constexpr base::Duration reply_limit = std::chrono::seconds(10);

http::Request request(std::string_view api, std::string method, const std::string& path) {
  http::Request request;
  request.method = std::move(method);
  request.url = http::Url::parse("http://" + std::string(api) + "/2018-06-01/runtime/" + path);
  request.timeout = reply_limit;
  return request;
}

http::Request fault_request(std::string_view api, const std::string& path, const Fault& fault) {
  http::Request post = request(api, "POST", path);
  post.headers.set("content-type", "application/vnd.aws.lambda.error+json");
  post.headers.set("lambda-runtime-function-error-type", fault.type);
  boost::json::object body;
  body["errorMessage"] = base::valid_utf8(fault.message);
  body["errorType"] = fault.type;
  body["stackTrace"] = boost::json::array();
  post.body = boost::json::serialize(body);
  return post;
}

std::string text(const http::Headers& headers, std::string_view name) {
  return std::string(headers.get(name).value_or(""));
}

}  // namespace

http::Request next_request(std::string_view api) {
  http::Request next = request(api, "GET", "invocation/next");
  // The process may be frozen for hours between this request and its answer.
  next.timeout = std::nullopt;
  return next;
}

http::Request response_request(std::string_view api, std::string_view request_id,
                               std::string result) {
  http::Request post =
      request(api, "POST", "invocation/" + http::percent_encode(request_id) + "/response");
  post.headers.set("content-type", "application/json");
  post.body = std::move(result);
  return post;
}

http::Request error_request(std::string_view api, std::string_view request_id, const Fault& fault) {
  return fault_request(api, "invocation/" + http::percent_encode(request_id) + "/error", fault);
}

http::Request init_error_request(std::string_view api, const Fault& fault) {
  return fault_request(api, "init/error", fault);
}

std::optional<Invocation> parse_invocation(http::Response response) {
  if (response.status != 200) return std::nullopt;
  Invocation invocation;
  invocation.request_id = text(response.headers, "lambda-runtime-aws-request-id");
  if (invocation.request_id.empty()) return std::nullopt;
  const auto digits = text(response.headers, "lambda-runtime-deadline-ms");
  std::int64_t milliseconds = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), milliseconds);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  invocation.deadline = base::from_unix(std::chrono::milliseconds(milliseconds));
  invocation.trace_id = text(response.headers, "lambda-runtime-trace-id");
  invocation.payload = std::move(response.body);
  return invocation;
}

}  // namespace lambda

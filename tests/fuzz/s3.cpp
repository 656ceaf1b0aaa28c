// What S3 reads of a request beside its headers: the XML of configurations, tags, deletions and
// uploads in parts, sub-resources and addresses.
#include "aws/protocol.hpp"
#include "base/runtime.hpp"
#include "sim/s3/input.hpp"
#include "targets.hpp"

namespace fuzz {

namespace {

constexpr std::array targets_of_calls{
    "PUT /b/k",           "PUT /b/k?tagging",     "POST /b?delete",   "PUT /b?tagging",
    "PUT /b?versioning",  "PUT /b?encryption",    "PUT /b?lifecycle", "PUT /b?policy",
    "POST /b/k?uploads",  "POST /b/k?uploadId=u", "PUT /new",         "PUT /b?publicAccessBlock",
    "GET /b?list-type=2",
};

std::string answered(const http::Request& request) {
  const auto runtime = base::virtual_runtime(base::Instant(std::chrono::seconds(1'790'000'000)));
  sim::s3::Store store{
      .context = {.runtime = *runtime}, .neighbours = {}, .random = base::SeededRandom(7)};
  store.buckets["b"];
  try {
    const sim::s3::Input input(request);
    const auto* route = sim::s3::route_of(input);
    if (route == nullptr) return "no route";
    return route->run(store, input).body;
  } catch (const sim::Error& error) {
    require(!error.code.empty(), "a refusal has a code");
    return error.code;
  }
}

}  // namespace

void run_s3(std::string_view input) {
  const std::string_view call = targets_of_calls[choose(input, targets_of_calls.size())];
  http::Request request;
  request.method = call.substr(0, call.find(' '));
  request.url = http::Url::parse("http://s3.ap-northeast-1.amazonaws.com");
  request.url.target = call.substr(call.find(' ') + 1);
  // The first line goes on with the query.
  if (request.url.target.contains('?')) {
    const auto line = input.substr(0, input.find('\n'));
    request.url.target += "&" + http::percent_encode(line, true);
    input.remove_prefix(std::min(input.size(), line.size() + 1));
  }
  request.body = input;
  const auto once = answered(request);
  require(once == answered(request), "a request has the same answer each time");
  if (once.starts_with("<?xml")) {
    require(aws::protocol::parse_xml(once).has_value(), "an answer is well-formed XML");
  }
}

}  // namespace fuzz

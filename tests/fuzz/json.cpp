// JSON from outside: the events of custom resources, the bodies of JSON 1.1 and REST JSON calls,
// and the answers that our client reads.
#include <boost/json.hpp>

#include "aws/protocol.hpp"
#include "cfn/event.hpp"
#include "sim/wire/decode.hpp"
#include "targets.hpp"

namespace fuzz {

namespace {

void read_event(std::string_view input) {
  const auto once = cfn::Event::parse(input);
  const auto again = cfn::Event::parse(input);
  require(once.problems == again.problems, "an event has the same problems each time");
  require(once.event.has_value() == once.problems.empty(), "an event is read or has problems");
  if (once.sender) {
    require(!once.sender->physical_id.empty(), "an answer needs a physical id");
    cfn::validity(once.sender->url);
  }
}

void read_answer(std::string_view input) {
  http::Response response;
  response.status = 400;
  response.body = input;
  require(!aws::protocol::json_problem(response).code.empty(), "a problem has a code");
  require(!aws::protocol::problem(response).code.empty(), "a problem has a code");
  if (const auto object = aws::protocol::parse_json(input)) {
    for (const auto& member : *object) {
      aws::protocol::text(*object, member.key());
      aws::protocol::number(*object, member.key());
      aws::protocol::timestamp(*object, member.key());
      aws::protocol::objects(*object, member.key());
    }
  }
}

void read_call(std::string_view input) {
  http::Request request;
  request.method = "POST";
  request.body = input;
  request.headers.set("Content-Type", "application/x-amz-json-1.1");
  request.headers.set("X-Amz-Target", "AmazonSSM.GetParameters");
  try {
    const auto call = sim::wire::decode("ssm", request);
    // As text: the reader makes of 0e999 what is not equal to itself.
    require(boost::json::serialize(sim::wire::decode("ssm", request).input) ==
                boost::json::serialize(call.input),
            "a call reads the same each time");
    // Numbers may move by their last digit, names may not.
    request.body = boost::json::serialize(call.input);
    if (request.body.contains("NaN") || request.body.contains("1e99999")) return;
    const auto again = sim::wire::decode("ssm", request);
    require(again.action == call.action && again.input.size() == call.input.size(),
            "a call written again is the same call");
  } catch (const sim::Error& error) {
    require(!error.code.empty(), "a refusal has a code");
  }
  request.url.target = "/2015-03-31/functions";
  try {
    sim::wire::decode("lambda", request);
  } catch (const sim::Error& error) {
    require(!error.code.empty(), "a refusal has a code");
  }
}

}  // namespace

void run_json(std::string_view input) {
  read_event(input);
  read_answer(input);
  read_call(input);
}

}  // namespace fuzz

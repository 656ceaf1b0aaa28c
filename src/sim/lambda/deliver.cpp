// Asynchronous invocations: their queue, their retries, and where their results go.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "sim/lambda/lambda.hpp"

namespace sim::lambda {

namespace {

std::string config_key(const Function& function, const std::string& qualifier) {
  return function.name + ":" + (qualifier.empty() ? "$LATEST" : qualifier);
}

json::value parsed(const std::string& text) {
  boost::system::error_code malformed;
  auto value = json::parse(text, malformed);
  return malformed ? json::value(text) : value;
}

}  // namespace

// The code of what kept the function from running at all; empty when it ran.
Task<std::string> Lambda::attempt(FunctionPointer function, Invocation invocation,
                                  Outcome& outcome) {
  std::string code;
  try {
    outcome = co_await execute(std::move(function), std::move(invocation));
  } catch (const Error& error) {
    code = error.code;
    outcome = {
        json::serialize(json::object{{"errorType", error.code}, {"errorMessage", error.what()}}),
        "Unhandled",
        {}};
  }
  co_return code;
}

// One event. After a function error it is tried again, with the same request id; while there is no
// free concurrency it waits, which is no try.
Task<void> Lambda::deliver(FunctionPointer function, Invocation invocation) {
  const auto born = context_.now();
  const auto name = function->name;
  co_await context_.clock().sleep_for(draw(knobs_.queue));
  Outcome outcome;
  std::string condition = "RetriesExhausted";
  int tries = 0;
  auto throttled = knobs_.throttled.low;
  while (true) {
    function = resolve(name, invocation.qualifier);
    if (!function) co_return;  // deleted meanwhile: the event is dropped
    const auto found = async_.find(config_key(*function, invocation.qualifier));
    const auto config = found == async_.end() ? AsyncConfig{} : found->second;
    // Without any concurrency Lambda does not even try.
    if (reserved_.contains(name) && reserved_.at(name) == 0) {
      condition = "ZeroReservedConcurrency";
      outcome = {};
      break;
    }
    if (invocation.loops) {
      condition = "RecursiveInvocation";  // [I] the word
      outcome = {};
      break;
    }
    const auto refused = co_await attempt(function, invocation, outcome);
    auto pause = throttled;
    if (refused == "TooManyRequestsException") {
      throttled = std::min(2 * throttled, knobs_.throttled.high);
    } else {
      ++tries;
      if (outcome.error.empty()) {
        condition = "Success";
        break;
      }
      if (tries > config.retries) break;
      pause = knobs_.retry_after.at(static_cast<std::size_t>(tries - 1));
    }
    if (context_.now() + pause - born > config.oldest) {
      condition = "EventAgeExceeded";
      break;
    }
    co_await context_.clock().sleep_for(pause);
  }
  send_to_destination(function, invocation, outcome, condition, tries);
  if (condition != "Success") send_to_dead_letters(function, invocation, outcome);
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
void Lambda::send_to_destination(const FunctionPointer& function, const Invocation& invocation,
                                 const Outcome& outcome, const std::string& condition, int tries) {
  const auto config = async_.find(config_key(*function, invocation.qualifier));
  if (config == async_.end()) return;
  const bool success = condition == "Success";
  const auto& where = success ? config->second.on_success : config->second.on_failure;
  if (where.empty()) return;
  json::object record{{"version", "1.0"},
                      {"timestamp", base::iso8601(context_.now())},
                      {"requestContext",
                       {{"requestId", invocation.request_id},
                        {"functionArn", arn(config_key(*function, invocation.qualifier))},
                        {"condition", condition},
                        {"approximateInvokeCount", tries}}},
                      {"requestPayload", parsed(invocation.payload)}};
  if (tries > 0) {
    json::object response{{"statusCode", 200}, {"executedVersion", function->version}};
    if (!success) response["functionError"] = outcome.error;
    record["responseContext"] = std::move(response);
    record["responsePayload"] = parsed(outcome.payload);
  }
  const auto body = json::serialize(record);
  const auto destination = destination_of(where);
  if (destination->service != "lambda") {
    context_.runtime.spawn(post(function, *destination, body, {}));
    return;
  }
  const auto [name, qualifier] = parse_name(where);
  const auto target = resolve(name, qualifier);
  if (!target || !iam_.role_allows(function->role, "lambda:InvokeFunction", where)) return;
  context_.runtime.spawn(
      deliver(target, {random_.uuid(), body, invocation.trace_id, {}, qualifier}));
}

// The event as it came, with what went wrong beside it.
void Lambda::send_to_dead_letters(const FunctionPointer& function, const Invocation& invocation,
                                  const Outcome& outcome) {
  const auto destination = destination_of(function->dead_letters);
  if (!destination) return;
  const auto text = [](std::string_view type, std::string_view value) {
    return json::object{{"DataType", type}, {"StringValue", value}};
  };
  json::object attributes{{"RequestID", text("String", invocation.request_id)},
                          {"ErrorCode", text("Number", outcome.payload.empty() ? "429" : "200")}};
  const auto answer = parsed(outcome.payload);
  const auto* message =
      answer.is_object() ? answer.get_object().if_contains("errorMessage") : nullptr;
  if (message != nullptr && message->is_string() && !message->get_string().empty()) {
    // [C] The first 1 KB.
    attributes["ErrorMessage"] =
        text("String", std::string_view(message->get_string()).substr(0, 1024));
  }
  context_.runtime.spawn(post(function, *destination, invocation.payload, std::move(attributes)));
}

Task<void> Lambda::post(FunctionPointer function, Destination destination, std::string body,
                        json::object attributes) {
  const auto role = iam_.session(function->role, function->name);
  if (!role || neighbours_ == nullptr) co_return;
  const bool queue = destination.service == "sqs", bucket = destination.service == "s3";
  json::object input;
  if (bucket) {
    input = {{"Bucket", destination.arn.substr(destination.arn.rfind(':') + 1)},
             {"Key", object_key(function->name, context_.now(), random_.uuid())},
             {"Body", body}};
  } else {
    input = posting(destination, body, attributes);
  }
  try {
    co_await neighbours_->call(*role, destination.service,
                               bucket  ? "PutObject"
                               : queue ? "SendMessage"
                                       : "Publish",
                               std::move(input));
  } catch (const Error&) {
    // Lambda counts it in a metric (DestinationDeliveryFailures, DeadLetterErrors) and goes on.
  }
}

}  // namespace sim::lambda

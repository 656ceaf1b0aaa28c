// Invocations: environments, deadlines, log lines, and the retries of asynchronous ones.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "sim/lambda/lambda.hpp"
#include "sim/s3/digest.hpp"

namespace sim::lambda {

namespace {

double milliseconds(base::Duration duration) {
  return base::seconds(duration) * 1000.0;
}

std::string error_payload(std::string_view type, const std::string& message) {
  return json::serialize(json::object{{"errorType", type}, {"errorMessage", message}});
}

std::string log_stream(base::Instant now, base::Random& random) {
  const auto date = base::iso8601(now);
  return fmt::format("{}/{}/{}/[$LATEST]{}", date.substr(0, 4), date.substr(5, 2),
                     date.substr(8, 2), random.hex(32));
}

// What a process ended with, in Lambda's words.
Answer exit_answer(const std::string& request_id, int code) {
  const auto text = code == 0 ? std::string("Runtime exited without providing a reason")
                              : fmt::format("Runtime exited with error: exit status {}", code);
  return {
      error_payload("Runtime.ExitError", fmt::format("RequestId: {} Error: {}", request_id, text)),
      true, "Runtime.ExitError"};
}

std::map<std::string, std::string> process_environment(const Function& function,
                                                       const std::string& stream,
                                                       const std::string& region,
                                                       const iam::Key& key) {
  auto variables = function.variables;
  const std::map<std::string, std::string> own{
      {"_HANDLER", function.handler},
      {"AWS_REGION", region},
      {"AWS_DEFAULT_REGION", region},
      {"AWS_LAMBDA_FUNCTION_NAME", function.name},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(function.memory)},
      {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_LAMBDA_LOG_GROUP_NAME", function.log_group},
      {"AWS_LAMBDA_LOG_STREAM_NAME", stream},
      {"AWS_LAMBDA_RUNTIME_API", std::string(runtime_api)},
      {"AWS_ACCESS_KEY_ID", key.access_key_id},
      {"AWS_SECRET_ACCESS_KEY", key.secret},
      {"AWS_SESSION_TOKEN", key.session_token},
      {"LAMBDA_TASK_ROOT", "/var/task"},
      {"LAMBDA_RUNTIME_DIR", "/var/runtime"}};
  for (const auto& [name, value] : own) variables[name] = value;
  // These a function may set for itself.
  variables.emplace("LANG", "en_US.UTF-8");
  variables.emplace("TZ", ":UTC");
  variables.emplace("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin");
  variables.emplace("LD_LIBRARY_PATH",
                    "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:"
                    "/var/task/lib:/opt/lib");
  if (!function.runtime.starts_with("provided")) {
    variables.emplace("AWS_EXECUTION_ENV", "AWS_Lambda_" + function.runtime);
  }
  return variables;
}

Task<void> live(Environment& environment, Launcher& launcher, Process process) {
  const auto output = process.output;
  int code = 1;
  try {
    code = co_await launcher.run(std::move(process));
  } catch (const std::exception& failure) {
    output(failure.what());
  }
  environment.exited(code);
}

// Until the state is another one, or `limit`.
Task<void> leave(Environment& environment, Environment::State state, base::Clock& clock,
                 base::Instant limit) {
  while (environment.state() == state && !environment.init_error() && clock.now() < limit) {
    co_await environment.changed().wait_until(clock, limit);
  }
}

}  // namespace

void Lambda::log(const Environment& environment, const std::string& line) {
  const auto& function = *environment.function;
  const auto& group = function.log_group;
  const auto target = logs_.arn(group, environment.log_stream);
  if (!logs_.has_group(group) &&
      !iam_.role_allows(function.role, "logs:CreateLogGroup", logs_.arn(group))) {
    return;
  }
  for (const char* action : {"logs:CreateLogStream", "logs:PutLogEvents"}) {
    if (!iam_.role_allows(function.role, action, target)) return;
  }
  logs_.append(group, environment.log_stream, context_.now(), line);
}

// Lets go of environments whose process has ended, and ends those that nothing will use again.
void Lambda::sweep() {
  for (auto& one : environments_) {
    if (one->taken || one->state() != Environment::State::idle) continue;
    const auto current = functions_.find(one->function->name);
    const bool outdated = current == functions_.end() || current->second != one->function;
    const bool cold = context_.now() - one->idle_since > knobs_.keep_warm ||
                      context_.now() + std::chrono::minutes(15) > one->credentials_expire;
    if (outdated || cold) one->terminate();
  }
  std::erase_if(environments_, [](const auto& one) { return !one->taken && one->process_ended(); });
}

Environment* Lambda::idle_environment(const FunctionPointer& function) {
  sweep();
  for (auto& one : environments_) {
    if (!one->taken && one->state() == Environment::State::idle && one->function == function) {
      return one.get();
    }
  }
  return nullptr;
}

Environment& Lambda::start(FunctionPointer function) {
  const auto key = iam_.assume(function->role, function->name, "lambda.amazonaws.com");
  const auto stream = log_stream(context_.now(), random_);
  auto& environment = *environments_.emplace_back(std::make_unique<Environment>(
      function, stream, *world_, context_.random(fmt::format("lambda.process.{}", ++started_))));
  environment.taken = true;
  environment.credentials_expire = key.expires.value_or(base::Instant::max());
  log(environment, "INIT_START Runtime Version: " + function->runtime);
  Environment* self = &environment;
  context_.runtime.spawn(
      live(environment, *launcher_,
           Process{process_environment(*function, stream, context_.region, key), function->runtime,
                   function->handler, function->code, function->memory, environment,
                   [this, self](std::string_view line) { log(*self, std::string(line)); },
                   [self](int megabytes) { self->used_memory_mb = megabytes; }, environment.random,
                   environment.termination}));
  return environment;
}

// A warm environment, or a new one that has had its init phase. When that phase failed or took
// longer than its limit, Lambda ends the process and starts another within the invocation itself:
// the environment then comes back still starting.
Task<Environment*> Lambda::ready_environment(FunctionPointer function,
                                             std::optional<std::string>& init) {
  if (auto* warm = idle_environment(function)) {
    warm->taken = true;
    co_return warm;
  }
  co_await context_.clock().sleep_for(draw(knobs_.start));
  auto& first = start(function);
  const auto began = context_.now();
  co_await leave(first, Environment::State::starting, context_.clock(), began + knobs_.init_limit);
  const auto took = fmt::format("{:.2f} ms", milliseconds(context_.now() - began));
  if (first.state() == Environment::State::idle) {
    init = took;
    co_return &first;
  }
  const auto failure = first.init_error() ? first.init_error()->error_type : "Runtime.ExitError";
  const bool timed_out = first.state() == Environment::State::starting && !first.init_error();
  log(first, fmt::format("INIT_REPORT Init Duration: {}\tPhase: init\tStatus: {}", took,
                         timed_out ? "timeout" : "error\tError Type: " + failure));
  first.terminate();
  first.taken = false;
  co_return &start(function);
}

Task<Lambda::Outcome> Lambda::execute(FunctionPointer function, Invocation invocation) {
  std::optional<std::string> init;
  auto* environment = co_await ready_environment(function, init);
  const auto began = context_.now();
  const auto deadline = began + std::chrono::seconds(function->timeout);
  const auto& id = invocation.request_id;
  const bool starting = environment->state() == Environment::State::starting;
  std::string tail;
  const auto write = [&](const std::string& line) {
    log(*environment, line);
    tail += line + "\n";
  };
  write(fmt::format("START RequestId: {} Version: $LATEST", id));
  if (starting) {
    co_await leave(*environment, Environment::State::starting, context_.clock(), deadline);
  }
  if (environment->state() == Environment::State::idle) {
    environment->give(
        {id, invocation.payload, invocation.trace_id, invocation.client_context, deadline});
    co_await leave(*environment, Environment::State::busy, context_.clock(), deadline);
  }

  Answer answer;
  std::string status;
  const bool gone = environment->state() == Environment::State::gone;
  if (environment->answer()) {
    answer = *environment->answer();
  } else if (environment->init_error()) {
    answer = *environment->init_error();
  } else if (gone) {
    answer = exit_answer(id, environment->exit_code().value_or(1));
  } else {
    const auto text = fmt::format("{} Task timed out after {:.2f} seconds", id,
                                  static_cast<double>(function->timeout));
    write(base::iso8601(context_.now()) + " " + text);
    answer = {error_payload("Sandbox.Timedout",
                            fmt::format("RequestId: {} Error: Task timed out after {:.2f} seconds",
                                        id, static_cast<double>(function->timeout))),
              true, "Sandbox.Timedout"};
    status = "\tStatus: timeout";
    environment->terminate();
  }
  if (gone || environment->init_error()) {
    status = "\tStatus: error\tError Type: " + answer.error_type;
    environment->terminate();
  }

  const double duration = milliseconds(context_.now() - began);
  write("END RequestId: " + id);
  std::string report = fmt::format(
      "REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {:.0f} ms\tMemory Size: {} MB",
      id, duration, std::ceil(duration), function->memory);
  if (environment->used_memory_mb > 0) {
    report += fmt::format("\tMax Memory Used: {} MB", environment->used_memory_mb);
  }
  if (init) report += "\tInit Duration: " + *init;
  write(report + status);
  environment->idle_since = context_.now();
  environment->taken = false;
  sweep();
  if (tail.size() > 4096) tail.erase(0, tail.size() - 4096);
  co_return Outcome{answer.payload, answer.failed ? "Unhandled" : "", tail};
}

Task<json::object> Lambda::invoke(Call call) {
  const auto function = find(call);
  const Fields in(call.input);
  const auto type = in.text("InvocationType", "RequestResponse");
  if (type != "RequestResponse" && type != "Event" && type != "DryRun") {
    throw Error("ValidationException",
                fmt::format("1 validation error detected: Value '{}' at 'invocationType' failed to "
                            "satisfy constraint: Member must satisfy enum value set: [Event, "
                            "RequestResponse, DryRun]",
                            type));
  }
  if (type == "DryRun") co_return json::object{{"StatusCode", 204}};
  Invocation invocation{call.request_id.empty() ? random_.uuid() : call.request_id,
                        in.text("Payload"),
                        {},
                        in.text("ClientContext")};
  if (invocation.payload.empty()) invocation.payload = "{}";
  // 6 MB; 1 MB when asynchronous
  // (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
  const std::size_t most = type == "Event" ? 1'048'576 : 6'291'456;
  if (invocation.payload.size() > most) {
    throw Error(
        "RequestTooLargeException",
        fmt::format("Request must be smaller than {} bytes for the InvokeFunction operation", most),
        413);
  }
  boost::system::error_code malformed;
  json::parse(invocation.payload, malformed);
  if (malformed) {
    throw Error("InvalidRequestContentException",
                "Could not parse request body into json: " + malformed.message());
  }
  if (context_.now() < function->active) {
    throw Error("ResourceConflictException",
                "The operation cannot be performed at this time. The function is currently in the "
                "following state: Pending",
                409);
  }
  if (!launcher_) {
    throw Error("ServiceException", "The embedded AWS was given no way to run functions.", 500);
  }
  invocation.trace_id = fmt::format("Root=1-{:08x}-{};Parent={};Sampled={}",
                                    base::unix_milliseconds(context_.now()) / 1000, random_.hex(24),
                                    random_.hex(16), function->tracing == "Active" ? 1 : 0);
  if (type == "Event") {
    context_.runtime.spawn(deliver(function, std::move(invocation)));
    co_return json::object{{"StatusCode", 202}};
  }
  const bool with_log = in.text("LogType") == "Tail";
  const auto outcome = co_await execute(function, std::move(invocation));
  json::object out{
      {"StatusCode", 200}, {"Payload", outcome.payload}, {"ExecutedVersion", "$LATEST"}};
  if (!outcome.error.empty()) out["FunctionError"] = outcome.error;
  if (with_log) out["LogResult"] = s3::base64(outcome.tail);
  co_return out;
}

// One asynchronous event: tried, and after a function error tried again with the same request id.
Task<void> Lambda::deliver(FunctionPointer function, Invocation invocation) {
  const auto born = context_.now();
  const auto name = function->name;
  co_await context_.clock().sleep_for(draw(knobs_.queue));
  Outcome outcome;
  std::string condition = "RetriesExhausted";
  int tries = 0;
  while (true) {
    const auto current = functions_.find(name);
    if (current == functions_.end()) co_return;  // deleted meanwhile: the event is dropped
    function = current->second;
    std::string broken;
    try {
      outcome = co_await execute(function, invocation);
    } catch (const Error& error) {  // the role is gone, or no longer trusts Lambda
      broken = error.what();
    }
    ++tries;
    if (!broken.empty()) outcome = {error_payload("AccessDenied", broken), "Unhandled", {}};
    if (outcome.error.empty()) co_return;
    const auto config = async_.contains(name) ? async_.at(name) : AsyncConfig{};
    if (tries > config.retries) break;
    const auto pause = knobs_.retry_after.at(static_cast<std::size_t>(tries - 1));
    if (context_.now() + pause - born > config.oldest) {
      condition = "EventAgeExceeded";
      break;
    }
    co_await context_.clock().sleep_for(pause);
  }
  co_await send_to_destination(function, std::move(invocation), std::move(outcome),
                               std::move(condition), tries);
}

Task<void> Lambda::send_to_destination(FunctionPointer function, Invocation invocation,
                                       Outcome outcome, std::string condition, int tries) {
  const auto config = async_.find(function->name);
  if (config == async_.end() || config->second.on_failure.empty()) co_return;
  const auto target = functions_.find(parse_name(config->second.on_failure).name);
  if (target == functions_.end() ||
      !iam_.role_allows(function->role, "lambda:InvokeFunction", target->second->arn)) {
    co_return;
  }
  const auto parsed = [](const std::string& text) {
    boost::system::error_code malformed;
    auto value = json::parse(text, malformed);
    return malformed ? json::value(text) : value;
  };
  const json::object record{
      {"version", "1.0"},
      {"timestamp", base::iso8601(context_.now())},
      {"requestContext",
       {{"requestId", invocation.request_id},
        {"functionArn", function->arn + ":$LATEST"},
        {"condition", condition},
        {"approximateInvokeCount", tries}}},
      {"requestPayload", parsed(invocation.payload)},
      {"responseContext",
       {{"statusCode", 200}, {"executedVersion", "$LATEST"}, {"functionError", outcome.error}}},
      {"responsePayload", parsed(outcome.payload)}};
  context_.runtime.spawn(
      deliver(target->second, {random_.uuid(), json::serialize(record), invocation.trace_id, {}}));
}

}  // namespace sim::lambda

// Invocations: environments, deadlines, log lines.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
#include <boost/json/parse.hpp>
#include <cmath>

#include "sim/lambda/lambda.hpp"
#include "sim/lambda/recursion.hpp"
#include "sim/lambda/words.hpp"
#include "sim/s3/digest.hpp"

namespace sim::lambda {

namespace {

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: X-Amz-Log-Result
constexpr std::size_t log_result_size = 4096;
constexpr std::size_t most_client_context = 3583;  // of base64

double milliseconds(base::Duration duration) {
  return base::seconds(duration) * 1000.0;
}

std::string qualifier_of(const Call& call) {
  const auto text = [&](std::string_view name) {
    const auto* value = call.input.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  const auto own = parse_name(text("FunctionName")).qualifier;
  return own.empty() ? text("Qualifier") : own;
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

void Lambda::log(Environment& environment, const std::string& line) {
  environment.tail += line + "\n";
  if (environment.tail.size() > log_result_size) {
    environment.tail.erase(0, environment.tail.size() - log_result_size);
  }
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
    const bool outdated = !in_use(one->function);
    const bool cold = context_.now() - one->idle_since > knobs_.keep_warm ||
                      context_.now() + std::chrono::minutes(15) > one->credentials_expire;
    if (outdated || cold) one->terminate();
  }
  std::erase_if(environments_, [](const auto& one) { return !one->taken && one->process_ended(); });
}

bool Lambda::in_use(const FunctionPointer& function) const {
  return resolve(function->name, function->version) == function;
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
  const auto stream = log_stream(context_.now(), function->version, random_);
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
                   environment.termination, function->architecture}));
  return environment;
}

// A warm environment, or a new one that has had its init phase. When that phase failed or took
// longer than its limit, Lambda ends the process and starts another within the invocation itself:
// the environment then comes back still starting.
Task<Environment*> Lambda::ready_environment(FunctionPointer function,
                                             std::optional<double>& init) {
  if (auto* warm = idle_environment(function)) {
    warm->taken = true;
    co_return warm;
  }
  co_await context_.clock().sleep_for(draw(knobs_.start));
  auto& first = start(function);
  const auto began = context_.now();
  co_await leave(first, Environment::State::starting, context_.clock(), began + knobs_.init_limit);
  const double took = milliseconds(context_.now() - began);
  if (first.state() == Environment::State::idle) {
    init = took;
    co_return &first;
  }
  const auto failure = first.init_error() ? first.init_error()->error_type : "Runtime.ExitError";
  const bool timed_out = first.state() == Environment::State::starting && !first.init_error();
  log(first, fmt::format("INIT_REPORT Init Duration: {:.2f} ms\tPhase: init\tStatus: {}", took,
                         timed_out ? "timeout" : "error\tError Type: " + failure));
  first.terminate();
  first.taken = false;
  co_return &start(function);
}

Task<Lambda::Outcome> Lambda::execute(FunctionPointer function, Invocation invocation) {
  const auto name = function->name;
  check_concurrency(name);
  ++running_[name];
  Outcome outcome;
  std::exception_ptr failure;
  try {
    outcome = co_await perform(std::move(function), std::move(invocation));
  } catch (...) {
    failure = std::current_exception();
  }
  if (--running_[name] == 0) running_.erase(name);
  if (failure) std::rethrow_exception(failure);
  co_return outcome;
}

Task<Lambda::Outcome> Lambda::perform(FunctionPointer function, Invocation invocation) {
  std::optional<double> init;
  auto* environment = co_await ready_environment(function, init);
  const auto began = context_.now();
  const auto deadline = began + std::chrono::seconds(function->timeout);
  const auto& id = invocation.request_id;
  const bool starting = environment->state() == Environment::State::starting;
  environment->tail.clear();
  const auto write = [&](const std::string& line) { log(*environment, line); };
  write(fmt::format("START RequestId: {} Version: {}", id, function->version));
  if (starting) {
    co_await leave(*environment, Environment::State::starting, context_.clock(), deadline);
  }
  if (environment->state() == Environment::State::idle) {
    const auto& as = invocation.qualifier;
    environment->give({id, invocation.payload, invocation.trace_id, invocation.client_context,
                       deadline, as.empty() ? function->arn : function->arn + ":" + as});
    co_await leave(*environment, Environment::State::busy, context_.clock(), deadline);
  }

  Answer answer;
  std::string status;
  const bool gone = environment->state() == Environment::State::gone;
  if (environment->answer()) {
    answer = *environment->answer();
  } else if (environment->init_error()) {
    answer = init_answer(id, *environment->init_error());
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
    // [C] A process that had to be killed for its memory is reported as such.
    const bool out_of_memory = environment->exit_code() == -9 &&
                               environment->used_memory_mb >= environment->function->memory;
    status = "\tStatus: error\tError Type: " +
             (out_of_memory ? std::string("Runtime.OutOfMemory") : answer.error_type);
    if (answer.failed) write(error_line(answer));
    environment->terminate();
  }

  const double duration = milliseconds(context_.now() - began);
  // Since August 2025 the init phase is billed too.
  write("END RequestId: " + id);
  std::string report = fmt::format(
      "REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {:.0f} ms\tMemory Size: {} MB",
      id, duration, std::ceil(duration + init.value_or(0)), function->memory);
  if (environment->used_memory_mb > 0) {
    report += fmt::format("\tMax Memory Used: {} MB", environment->used_memory_mb);
  }
  if (init) report += fmt::format("\tInit Duration: {:.2f} ms", *init);
  write(report + status);
  const auto tail = environment->tail;
  environment->idle_since = context_.now();
  environment->taken = false;
  sweep();
  co_return Outcome{answer.payload, answer.failed ? "Unhandled" : "", tail};
}

namespace {

// As the process gets it, out of its base64. [C] The limit: API_Invoke. [I] The codes and texts.
std::string client_context(const Fields& in) {
  const auto given = in.text("ClientContext");
  if (given.size() > most_client_context) {
    throw Error(
        "InvalidParameterValueException",
        fmt::format("The client context must be at most {} bytes of base64.", most_client_context));
  }
  std::string decoded;
  boost::system::error_code malformed;
  const bool base64 = s3::decode_base64(given, decoded);
  const auto value = json::parse(decoded.empty() ? "{}" : decoded, malformed);
  if (!base64 || malformed || !value.is_object()) {
    throw Error("InvalidRequestContentException",
                "Client context must be a valid Base64-encoded JSON object.");
  }
  return decoded;
}

}  // namespace

// An explicit deny wins over a resource policy that names the caller; else that is enough.
std::vector<Access> Lambda::invoke_access(const Call& call) const {
  const auto* given = call.input.if_contains("FunctionName");
  const auto name = given && given->is_string() ? parse_name(given->get_string()).name : "";
  const auto qualifier = qualifier_of(call);
  const auto key = qualifier.empty() ? name : name + ":" + qualifier;
  const Access access{"lambda:InvokeFunction", arn(key)};
  const bool named = call.caller.kind == Principal::Kind::user ||
                     call.caller.kind == Principal::Kind::role_session;
  if (named && policy_allows(call.caller, key) &&
      iam_.decide(call.caller, access) != iam::Decision::explicit_deny) {
    return {};
  }
  return {access};
}

Task<json::object> Lambda::invoke(Call call) {
  const auto function = find(call);
  const Fields in(call.input);
  // IAM trusts AWS's services with everything; Lambda asks each for a permission.
  if (call.caller.kind == Principal::Kind::service) {
    const auto qualifier = qualifier_of(call);
    const auto key = qualifier.empty() ? function->name : function->name + ":" + qualifier;
    if (!policy_allows(call.caller, key)) {
      throw Error("AccessDeniedException",
                  fmt::format("User: {} is not authorized to perform: lambda:InvokeFunction on "
                              "resource: {} because no resource-based policy allows the "
                              "lambda:InvokeFunction action",
                              call.caller.arn, arn(key)),
                  403);
    }
  }
  // No function of ours has a TenancyConfig. [I] The wording.
  if (in.has("TenantId")) {
    throw Error("InvalidParameterValueException",
                "The invoked function is not enabled with tenancy configuration.");
  }
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
                        client_context(in),
                        qualifier_of(call)};
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
  if (function->network.exhausted) {
    throw Error("SubnetIPAddressLimitReachedException",
                "Lambda was not able to set up VPC access for the Lambda function because one or "
                "more configured subnets has no available IP addresses.",
                502);
  }
  if (!launcher_) {
    throw Error("ServiceException", "The embedded AWS was given no way to run functions.", 500);
  }
  invocation.trace_id = fmt::format("Root=1-{:08x}-{};Parent={};Sampled={}",
                                    base::unix_milliseconds(context_.now()) / 1000, random_.hex(24),
                                    random_.hex(16), function->tracing == "Active" ? 1 : 0);
  const auto trace = in.text("Trace");
  invocation.trace_id += lineage_with(trace, function->arn);
  invocation.loops = times_in_chain(trace, function->arn) >= most_invocations_of_a_chain;
  // [C] API_Invoke. [I] The text.
  if (invocation.loops && type != "Event") {
    throw Error("RecursiveInvocationException",
                "Lambda has detected your function being invoked in a recursive loop with other "
                "Amazon Web Services resources and stopped your function's invocation.");
  }
  if (type == "Event") {
    if (knobs_.delivered_twice > 0 && random_.uniform(0, 1) < knobs_.delivered_twice) {
      context_.runtime.spawn(deliver(function, invocation));
    }
    context_.runtime.spawn(deliver(function, std::move(invocation)));
    co_return json::object{{"StatusCode", 202}};
  }
  const bool with_log = in.text("LogType") == "Tail";
  const auto outcome = co_await execute(function, std::move(invocation));
  json::object out{
      {"StatusCode", 200}, {"Payload", outcome.payload}, {"ExecutedVersion", function->version}};
  if (!outcome.error.empty()) out["FunctionError"] = outcome.error;
  if (with_log) out["LogResult"] = s3::base64(outcome.tail);
  co_return out;
}

}  // namespace sim::lambda

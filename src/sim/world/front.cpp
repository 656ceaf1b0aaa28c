#include "sim/world/front.hpp"

#include <algorithm>
#include <stdexcept>

#include "http/visitor.hpp"
#include "sim/s3/address.hpp"
#include "sim/wire/chunked.hpp"
#include "sim/wire/decode.hpp"
#include "sim/wire/encode.hpp"
#include "sim/wire/refusals.hpp"
#include "sim/wire/signature_v2.hpp"
#include "sim/wire/verify.hpp"

namespace sim::world {

namespace {

// Whatever a service threw, in its own words. A member of the wrong JSON type (Boost.JSON throws
// invalid_argument) is the caller's mistake, all else is ours.
Error as_error(const std::string& service, std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error;
  } catch (const std::invalid_argument&) {
    return wire::refusal(wire::Refusal::malformed, service, "A parameter has the wrong type.");
  } catch (const std::exception& error) {
    return {service == "ec2" ? "InternalError" : "InternalFailure",
            std::string("The embedded AWS failed: ") + error.what(), 500};
  }
}

// The path that S3 knows an object by, also where the host names the bucket.
std::string path_with_bucket(const http::Url& url) {
  const std::string path(url.path());
  const auto bucket = s3::address_of(url).bucket;
  http::Url plain = url;
  plain.host = "s3";
  return s3::address_of(plain).bucket == bucket ? path : "/" + bucket + path;
}

bool is_dry_run(const Call& call) {
  if (call.service != "ec2") return false;
  const auto* flag = call.input.if_contains("DryRun");
  return flag != nullptr && flag->is_string() && flag->get_string() == "true";
}

Task<json::object> run(const Operation& operation, Call call) {
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
  if (is_dry_run(call)) {
    throw Error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
  }
  if (call.service == "ec2") call.input.erase("DryRun");
  co_return co_await operation.run(std::move(call));
}

}  // namespace

bool is_aws(std::string_view host) {
  if (host.ends_with(".amazonaws.com") || http::is_loopback(host)) return true;
  return host.starts_with('[') || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// Shared by the caller who waits and the task that goes on when the caller no longer does.
struct Front::Exchange {
  std::optional<http::Response> response;
  std::exception_ptr failure;
  base::Signal ended;
};

Front::Front(Context context, iam::Iam& iam, s3::S3& objects, Latency latency, Faults faults,
             bool takes_tokens)
    : context_(context),
      iam_(iam),
      objects_(objects),
      latency_(latency),
      faults_(faults),
      takes_tokens_(takes_tokens),
      network_(context.random("front.network")),
      chance_(context.random("front.faults")),
      ids_(context.random("front.request-ids")) {}

void Front::add(Service& service) {
  services_.emplace(service.name(), &service);
}

int Front::calls(std::string_view arn) const {
  const auto found = calls_.find(arn);
  return found == calls_.end() ? 0 : found->second;
}

std::vector<std::string> Front::operations() const {
  std::vector<std::string> names;
  for (const auto& [service, provider] : services_) {
    for (const auto& [name, operation] : provider->operations())
      names.push_back(service + ":" + name);
  }
  return names;
}

namespace {

// The operation that a request names in a way all services share: a header, or the form. Empty for
// the others, whose operations are in their paths.
std::string action_of(const http::Request& request) {
  if (const auto target = request.headers.get("x-amz-target")) {
    return std::string(target->substr(target->rfind('.') + 1));
  }
  constexpr std::string_view name = "Action=";
  const std::string_view body = request.body;
  auto at = body.starts_with(name) ? 0 : body.find("&Action=");
  if (at == std::string_view::npos) return {};
  if (at > 0) ++at;
  const auto value = body.substr(at + name.size());
  return std::string(value.substr(0, value.find('&')));
}

}  // namespace

Service& Front::service_named(const std::string& name, const std::string& action) const {
  const auto found = services_.find(name);
  if (found == services_.end()) {
    const auto asked = action.empty() ? "" : fmt::format(", and no operation {}:{}", name, action);
    throw Error("NotImplemented", fmt::format("The embedded AWS has no service {}{}.", name, asked),
                501);
  }
  return *found->second;
}

const Operation& Front::operation(const Call& call) const {
  const auto& operations = service_named(call.service, call.action).operations();
  const auto found = operations.find(call.action);
  if (found == operations.end()) {
    throw Error("NotImplemented",
                "The embedded AWS has no operation " + call.service + ":" + call.action + ".", 501);
  }
  return found->second;
}

void Front::authorize(const Call& call, const Operation& wanted) const {
  const auto accesses = wanted.access
                            ? wanted.access(call)
                            : std::vector<Access>{{call.service + ":" + call.action, "*"}};
  iam_.authorize(call.caller, accesses, iam::error_style(call.service));
}

Task<json::object> Front::call(Principal caller, std::string service, std::string action,
                               json::object input) {
  Call made{std::move(caller), std::move(service), std::move(action), std::move(input),
            ids_.uuid()};
  const auto& wanted = operation(made);
  std::exception_ptr failure;
  try {
    if (takes_tokens_ && made.caller.kind != Principal::Kind::service) {
      service_named(made.service, made.action).throttle(made);
    }
    authorize(made, wanted);
    co_return co_await run(wanted, made);
  } catch (...) {
    failure = std::current_exception();
  }
  throw as_error(made.service, std::move(failure));
}

Task<void> Front::travel(base::Duration duration) {
  if (duration > base::Duration::zero()) co_await context_.clock().sleep_for(duration);
}

Task<http::Response> Front::send(http::Request request) {
  if (!is_aws(request.url.host)) {
    throw http::TransportError(http::TransportError::Kind::resolve,
                               request.url.host + ": the embedded AWS knows no host of this name");
  }
  if (!request.timeout) co_return co_await perform(std::move(request));
  auto& clock = context_.clock();
  const auto limit = clock.now() + *request.timeout;
  const auto where = request.url.authority();
  const auto made = std::make_shared<Exchange>();
  context_.runtime.spawn(exchange(std::move(request), made));
  while (!made->response && !made->failure) {
    if (clock.now() >= limit) {
      throw http::TransportError(http::TransportError::Kind::timeout,
                                 where + ": no answer in time");
    }
    co_await made->ended.wait_until(clock, limit);
  }
  if (made->failure) std::rethrow_exception(made->failure);
  co_return std::move(*made->response);
}

Task<void> Front::exchange(http::Request request, std::shared_ptr<Exchange> into) {
  try {
    into->response = co_await perform(std::move(request));
  } catch (...) {
    into->failure = std::current_exception();
  }
  into->ended.notify();
}

Task<http::Response> Front::perform(http::Request request) {
  const auto low = base::seconds(latency_.low);
  const auto half = base::from_seconds(network_.uniform(low, base::seconds(latency_.high)) / 2);
  const bool slow = chance_.chance(faults_.slow);
  const bool lost = chance_.chance(faults_.lost_reply);
  co_await travel(half);
  // A server sees the name in the Host header only.
  if (const auto host = request.headers.get("host")) {
    request.url.host = host->substr(0, host->rfind(':'));
  }
  const auto where = request.url.authority();
  auto service = wire::service_of(request);
  http::Response response;
  if (service == "s3") {
    response = co_await answer_s3(std::move(request));
  } else {
    response = co_await answer(std::move(request), std::move(service), ids_.uuid());
  }
  co_await travel(slow ? half + faults_.slowness : half);
  if (lost) {
    throw http::TransportError(http::TransportError::Kind::broken,
                               where + ": the connection was closed before the answer");
  }
  co_return response;
}

Principal Front::principal_of(const http::Request& request, const std::string& service) {
  ++all_calls_;
  const wire::Verifier verifier{context_.now(), context_.region,
                                [this](std::string_view id) { return iam_.key(id); },
                                signing_keys_};
  Principal principal;
  if (service == "s3" && wire::is_version_2(request)) {
    principal = wire::verify_version_2(request, path_with_bucket(request.url), verifier);
  } else {
    const auto claim = wire::claim_of(request, service);
    if (!claim) return {};
    principal = wire::verify(request, *claim, verifier);
  }
  ++calls_[principal.arn];
  if (!principal.role_arn.empty()) ++calls_[principal.role_arn];
  return principal;
}

void Front::inject_refusals(const std::string& service) {
  if (chance_.chance(faults_.throttle)) throw wire::refusal(wire::Refusal::throttled, service);
  if (chance_.chance(faults_.error)) throw wire::refusal(wire::Refusal::unavailable, service);
}

Task<http::Response> Front::answer(http::Request request, std::string service,
                                   std::string request_id) {
  const bool as_json = wire::prefers_json(service, request);
  std::exception_ptr failure;
  http::Response response;
  try {
    auto principal = principal_of(request, service);
    const bool anonymous = principal.kind == Principal::Kind::anonymous;
    // STS has operations for callers without a signature, none of them here: they are named.
    if (anonymous && service != "sts") throw wire::missing_signature(service);
    inject_refusals(service);
    // Before its protocol is read, which nobody here knows.
    auto& asked = service_named(service, action_of(request));
    auto made = wire::decode(service, request);
    wire::check_version(made, request);
    made.caller = std::move(principal);
    made.request_id = request_id;
    if (const auto agent = request.headers.get("user-agent")) made.user_agent = *agent;
    const auto& wanted = operation(made);
    if (anonymous) throw wire::missing_signature(service);
    asked.throttle(made);
    authorize(made, wanted);
    const auto output = co_await run(wanted, made);
    response = as_json ? wire::encode_as_json(made, output) : wire::encode(made, output);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    const auto error = as_error(service, std::move(failure));
    response = as_json ? wire::encode_error_as_json(error, request_id)
                       : wire::encode_error(service, error, request_id);
  }
  co_return response;
}

Task<http::Response> Front::answer_s3(http::Request request) {
  std::exception_ptr failure;
  http::Response response;
  try {
    const auto principal = principal_of(request, "s3");
    inject_refusals("s3");
    wire::unchunk(request);
    iam_.authorize(principal, objects_.access(request), iam::ErrorStyle::s3);
    response = co_await objects_.handle(principal, request, s3::is_presigned(request.url));
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) response = objects_.refusal(as_error("s3", std::move(failure)), request);
  co_return response;
}

}  // namespace sim::world

// Custom resources: an event to a Lambda function, an answer in S3.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/handlers.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::size_t answer_limit = 4096;  // [C] inclusive
constexpr std::size_t physical_id_limit = 1024;
// How soon a cancellation is noticed.
constexpr base::Duration glance = std::chrono::seconds(2);

struct Answer {
  bool success = false;
  std::string reason;
  std::string physical_id;
  json::object data;
  bool no_echo = false;
};

std::string bucket_of(const Context& context) {
  std::string region = context.region;
  std::erase(region, '-');
  return "cloudformation-custom-resource-response-" + region;
}

double timeout_of(const Work& work) {
  if (!work.has("ServiceTimeout")) return work.knobs.service_timeout;
  const auto seconds = templates::number_of(work.text("ServiceTimeout"));
  if (!seconds || *seconds < 1 || *seconds > 3600) {
    throw Failure(
        "Property validation failure: [ServiceTimeout must be an integer from 1 to 3600]");
  }
  return *seconds;
}

Answer read(const std::string& body, const std::string& request_id) {
  if (body.size() > answer_limit) throw Failure("Response object is too long.");
  boost::system::error_code error;
  const json::value parsed = json::parse(body, error);
  if (error || !parsed.is_object()) throw Failure("Invalid Response object: it must be JSON");
  Answer answer;
  const std::string status = at(parsed, "Status");
  if (status != "SUCCESS" && status != "FAILED") {
    throw Failure(
        fmt::format("Invalid Response object: Value for key {{Status}} must be one of "
                    "[SUCCESS, FAILED] (RequestId: {})",
                    request_id));
  }
  answer.success = status == "SUCCESS";
  answer.reason = at(parsed, "Reason");
  answer.no_echo = at(parsed, "NoEcho") == "true";
  if (const auto* data = find(parsed, "Data"); data != nullptr && !data->is_null()) {
    if (!data->is_object()) throw Failure("Data returned must be an object");
    answer.data = data->as_object();
  }
  if (const auto* id = find(parsed, "PhysicalResourceId"); id != nullptr && id->is_string()) {
    answer.physical_id = id->as_string();
  }
  return answer;
}

Task<Answer> ask(Work& work, std::string request, json::object properties,
                 json::object old_properties) {
  const double seconds = timeout_of(work);
  const std::string request_id = work.random.uuid();
  const std::string bucket = bucket_of(work.context);
  const std::string key = fmt::format("{}|{}|{}", work.stack_id, work.logical_id, request_id);
  const std::string token = at(properties, "ServiceToken");
  json::object event{{"RequestType", request}, {"ServiceToken", token}};
  event["ResponseURL"] =
      work.objects.presign_put(bucket, key, base::from_seconds(work.knobs.response_url_lifetime));
  event["StackId"] = work.stack_id;
  event["RequestId"] = request_id;
  event["LogicalResourceId"] = work.logical_id;
  if (request != "Create") event["PhysicalResourceId"] = work.id;
  event["ResourceType"] = work.type;
  event["ResourceProperties"] = templates::stringified(json::value(std::move(properties)));
  if (request == "Update") {
    event["OldResourceProperties"] = templates::stringified(json::value(std::move(old_properties)));
  }
  const auto limit = work.context.now() + base::from_seconds(seconds);
  if (!token.starts_with("arn:") || !token.contains(":lambda:")) {
    throw Failure(
        fmt::format("Invalid service token: {}; the embedded AWS invokes Lambda functions "
                    "only.",
                    token));
  }
  co_await work.call(
      "lambda", "Invoke",
      {{"FunctionName", token}, {"InvocationType", "Event"}, {"Payload", json::serialize(event)}});
  while (true) {
    if (work.cancelled) throw Cancelled{};
    if (const auto body = work.objects.get(bucket, key)) co_return read(*body, request_id);
    const auto now = work.context.now();
    if (now >= limit) {
      throw Failure(
          fmt::format("CloudFormation did not receive a response from your Custom "
                      "Resource. Please check your logs for requestId [{}]. If you are "
                      "using the Python cfn-response module, you may need to update your "
                      "Lambda function code so that CloudFormation can attach the updated "
                      "version.",
                      request_id));
    }
    co_await work.objects.changed().wait_until(work.context.clock(), std::min(limit, now + glance));
  }
}

void take(Work& work, Answer& answer) {
  work.no_echo = answer.no_echo;
  work.attributes = std::move(answer.data);
}

void check_id(const Answer& answer) {
  if (answer.physical_id.empty() || answer.physical_id.size() > physical_id_limit) {
    throw Failure("Invalid PhysicalResourceId");
  }
}

[[noreturn]] void fail(const Answer& answer, const std::string& request_id) {
  throw Failure(
      fmt::format("Received response status [FAILED] from custom resource. Message "
                  "returned: {} (RequestId: {})",
                  answer.reason, request_id));
}

Task<void> create(Work& work) {
  std::optional<std::string> failed;
  std::optional<Error> refused;
  bool cancelled = false;
  try {
    Answer answer = co_await ask(work, "Create", work.properties, {});
    check_id(answer);
    // Also when it failed: the Delete of the rollback carries the id of the answer.
    work.initiated(answer.physical_id);
    if (!answer.success) fail(answer, work.token);
    take(work, answer);
    co_return;
  } catch (const Failure& failure) {
    failed = failure.what();
  } catch (const Error& error) {
    refused = error;
  } catch (const Cancelled&) {
    cancelled = true;
  }
  // The function was asked and no id came back: CloudFormation invents one for the Delete.
  if (!refused && work.id.empty()) work.id = work.generated_name();
  if (refused) throw *refused;
  if (cancelled) throw Cancelled{};
  throw Failure(*failed);
}

Task<void> update(Work& work) {
  Answer answer = co_await ask(work, "Update", work.properties, work.old_properties);
  check_id(answer);
  if (!answer.success) fail(answer, work.token);
  // Another id is a replacement: the engine deletes the old one in the clean-up.
  work.id = answer.physical_id;
  take(work, answer);
}

Task<void> remove(Work& work) {
  Answer answer = co_await ask(work, "Delete", work.properties, {});
  if (!answer.success) fail(answer, work.token);
}

}  // namespace

void add_custom_resource(Handlers& table) {
  // Any property, any attribute: the function decides.
  table["AWS::CloudFormation::CustomResource"] = {.schema = {{}, {"ServiceToken"}, {}, true},
                                                  .create_only = {},
                                                  .create = create,
                                                  .update = update,
                                                  .remove = remove};
}

}  // namespace sim::cloudformation

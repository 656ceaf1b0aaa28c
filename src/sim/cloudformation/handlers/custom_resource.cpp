// Custom resources: an event to a Lambda function or a topic, an answer in S3.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <cmath>

#include "sim/cloudformation/handlers/handlers.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::size_t answer_limit = 4096;  // [C] inclusive
constexpr std::size_t physical_id_limit = 1024;
// How soon a cancellation is noticed.
constexpr base::Duration glance = std::chrono::seconds(2);

// The request never reached the function.
class Refused : public Failure {
 public:
  using Failure::Failure;
};

// [C] The form of a refusal that comes straight from a service: cloudformation-cross-account-
// outputs#5, realtime-web-analytics-workshop#4. Custom resources have no resource handler to quote.
Refused refusal(const Work& work, const Error& error,
                std::string_view service = "AWSLambdaInternal") {
  return Refused(fmt::format("{} (Service: {}; Status Code: {}; Error Code: {}; Request ID: {})",
                             error.what(), service, error.status, error.code, work.token));
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

struct Answer {
  std::string request_id;
  bool success = false;
  std::string reason;
  std::string physical_id;
  json::object data;
  bool no_echo = false;
};

// One request: who was asked, and where its answer will lie.
struct Question {
  std::string request_id, token, bucket, key;
  json::object event;
};

std::string bucket_of(const Context& context) {
  std::string region = context.region;
  std::erase(region, '-');
  return "cloudformation-custom-resource-response-" + region;
}

double timeout_of(const Work& work) {
  if (!work.has("ServiceTimeout")) return work.knobs.service_timeout;
  const auto seconds = templates::number_of(work.text("ServiceTimeout"));
  if (!seconds || *seconds < 1 || *seconds > 3600 || std::floor(*seconds) != *seconds) {
    throw Refused(
        "Property validation failure: [ServiceTimeout must be an integer from 1 to 3600]");
  }
  return *seconds;
}

bool is_topic(const std::string& token) {
  const auto parts = split(token, ':');
  return parts.size() == 6 && parts[0] == "arn" && parts[2] == "sns";
}

// Topics and Lambda functions of this Region, these also by version or alias.
void check_token(const Work& work, const std::string& token) {
  const auto parts = split(token, ':');
  const bool function = parts.size() >= 6 && parts[0] == "arn" && parts[2] == "lambda";
  if (!function && !is_topic(token)) throw Refused("Invalid service token.");
  if (function && parts[3] != work.context.region) {
    throw refusal(work, Error("ResourceNotFoundException",
                              fmt::format("Functions from '{}' are not reachable in this region "
                                          "('{}')",
                                          parts[3], work.context.region),
                              404));
  }
}

// [C] for a status that is none (aws-elb-autoscaling#23); [I] for the rest of these texts.
Failure invalid_response(const std::string& what) {
  return Failure("Invalid Response object: " + what);
}

Answer read(const Work& work, const std::string& body, const std::string& request_id) {
  if (body.size() > answer_limit) throw Failure("Response object is too long.");
  boost::system::error_code error;
  const json::value parsed = json::parse(body, error);
  if (error || !parsed.is_object()) throw invalid_response("it is not a JSON object");
  Answer answer;
  answer.request_id = request_id;
  const std::string status = at(parsed, "Status");
  if (status != "SUCCESS" && status != "FAILED") {
    throw invalid_response(fmt::format("'{}' is not a valid ResponseStatus", status));
  }
  // [I] The reference demands them "verbatim"; that CloudFormation looks is not established.
  const std::array<std::pair<std::string_view, std::string_view>, 3> verbatim{
      {{"StackId", work.stack_id},
       {"RequestId", request_id},
       {"LogicalResourceId", work.logical_id}}};
  for (const auto& [name, expected] : verbatim) {
    if (work.knobs.answers_name_their_request && at(parsed, name) != expected) {
      throw invalid_response(fmt::format("{} is not that of the request", name));
    }
  }
  answer.success = status == "SUCCESS";
  answer.reason = at(parsed, "Reason");
  if (!answer.success && answer.reason.empty()) {
    throw invalid_response("a Reason is required when the Status is FAILED");
  }
  answer.no_echo = at(parsed, "NoEcho") == "true";
  if (const auto* data = find(parsed, "Data"); data != nullptr && !data->is_null()) {
    if (!data->is_object()) throw Failure("Data returned must be an object");
    answer.data = data->as_object();
  }
  if (const auto* id = find(parsed, "PhysicalResourceId"); id != nullptr && id->is_string()) {
    answer.physical_id = id->as_string();
  }
  if (answer.physical_id.empty() || answer.physical_id.size() > physical_id_limit) {
    throw Failure("Invalid PhysicalResourceId");
  }
  return answer;
}

Question question(Work& work, std::string_view request) {
  Question result;
  result.request_id = work.random.uuid();
  result.bucket = bucket_of(work.context);
  result.key = fmt::format("{}|{}|{}", work.stack_id, work.logical_id, result.request_id);
  result.token = at(work.properties, "ServiceToken");
  json::object& event = result.event;
  event["RequestType"] = request;
  event["ServiceToken"] = result.token;
  event["ResponseURL"] = work.objects.presign_put(
      result.bucket, result.key, base::from_seconds(work.knobs.response_url_lifetime));
  event["StackId"] = work.stack_id;
  event["RequestId"] = result.request_id;
  event["LogicalResourceId"] = work.logical_id;
  if (request != "Create") event["PhysicalResourceId"] = work.id;
  event["ResourceType"] = work.type;
  event["ResourceProperties"] = templates::stringified(json::value(work.properties));
  if (request == "Update") {
    event["OldResourceProperties"] = templates::stringified(json::value(work.old_properties));
  }
  return result;
}

Task<Answer> ask(Work& work, std::string request) {
  const double seconds = timeout_of(work);
  const Question asked = question(work, request);
  const auto limit = work.context.now() + base::from_seconds(seconds);
  check_token(work, asked.token);
  const bool topic = is_topic(asked.token);
  std::optional<Error> refused;
  try {
    if (topic) {
      co_await work.call("sns", "Publish",
                         {{"TopicArn", asked.token},
                          {"Subject", "AWS CloudFormation custom resource request"},
                          {"Message", json::serialize(asked.event)}});
    } else {
      co_await work.call("lambda", "Invoke",
                         {{"FunctionName", asked.token},
                          {"InvocationType", "Event"},
                          {"Payload", json::serialize(asked.event)}});
    }
  } catch (const Error& error) {
    refused = error;
  }
  if (refused) throw refusal(work, *refused, topic ? "AmazonSNS" : "AWSLambdaInternal");
  while (true) {
    if (work.cancelled) throw Cancelled{};
    // The first answer counts; nobody looks at the key again.
    if (const auto body = work.objects.get(asked.bucket, asked.key)) {
      co_return read(work, *body, asked.request_id);
    }
    const auto now = work.context.now();
    if (now >= limit) {
      throw Failure(
          fmt::format("CloudFormation did not receive a response from your Custom "
                      "Resource. Please check your logs for requestId [{}]. If you are "
                      "using the Python cfn-response module, you may need to update your "
                      "Lambda function code so that CloudFormation can attach the updated "
                      "version.",
                      asked.request_id));
    }
    co_await work.objects.changed().wait_until(work.context.clock(), std::min(limit, now + glance));
  }
}

void take(Work& work, Answer& answer) {
  work.no_echo = answer.no_echo;
  work.attributes = std::move(answer.data);
}

[[noreturn]] void fail(const Answer& answer) {
  throw Failure(
      fmt::format("Received response status [FAILED] from custom resource. Message "
                  "returned: {} (RequestId: {})",
                  answer.reason, answer.request_id));
}

Task<void> create(Work& work) {
  std::optional<std::string> failed;
  bool cancelled = false;
  try {
    Answer answer = co_await ask(work, "Create");
    // Also when it failed: the Delete of the rollback carries the id of the answer.
    work.initiated(answer.physical_id);
    if (!answer.success) fail(answer);
    take(work, answer);
    co_return;
  } catch (const Refused&) {
    throw;  // the function was never asked: there is nothing to delete
  } catch (const Failure& failure) {
    failed = failure.what();
  } catch (const Cancelled&) {
    cancelled = true;
  }
  // The function was asked and no id came back: CloudFormation invents one for the Delete.
  if (work.id.empty()) work.id = work.generated_name();
  if (cancelled) throw Cancelled{};
  throw Failure(*failed);
}

Task<void> update(Work& work) {
  Answer answer = co_await ask(work, "Update");
  // Another id is a replacement: the engine deletes the old one in the clean-up. [C] The id of an
  // answer that failed is kept too, and the rollback asks for it: aws-cdk#13527.
  work.id = answer.physical_id;
  if (!answer.success) fail(answer);
  take(work, answer);
}

Task<void> remove(Work& work) {
  const Answer answer = co_await ask(work, "Delete");
  if (!answer.success) fail(answer);
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

// CloudFormation's own types: nested stacks, wait conditions and their handles, macros, and the
// note that AWS CDK leaves in each of its stacks.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "http/message.hpp"
#include "sim/cloudformation/handlers/handlers.hpp"
#include "sim/cloudformation/handlers/steps.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

std::string handle_bucket(const Work& work) {
  return "cloudformation-waitcondition-" + work.context.region;
}

// Nested stack ------------------------------------------------------------------------------------

Task<void> create_stack(Work& work) {
  co_await work.nesting.create_nested(work);
}
Task<void> update_stack(Work& work) {
  co_await work.nesting.update_nested(work);
}
Task<void> remove_stack(Work& work) {
  co_await work.nesting.remove_nested(work);
}

// Wait condition handle ---------------------------------------------------------------------------

Task<void> create_wait_handle(Work& work) {
  work.initiated(work.objects.presign_put(handle_bucket(work),
                                          fmt::format("{}/{}", work.stack_id, work.logical_id),
                                          base::from_seconds(24 * 3600)));
  co_return;
}

Task<void> remove_nothing(Work&) {
  co_return;
}

// Wait condition ----------------------------------------------------------------------------------

// The object that a handle's URL writes, whatever host the URL names.
std::string key_of_handle(const Work& work) {
  const std::string path =
      http::percent_decode(std::string(http::Url::parse(work.required("Handle")).path()));
  const auto start = path.find("arn:");
  if (start == std::string::npos) {
    throw Failure(
        fmt::format("{} is not the URL of a wait condition handle.", work.text("Handle")));
  }
  return path.substr(start);
}

struct Signals {
  json::object data;  // by UniqueId
  std::string failure;
};

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html
void take_signal(const std::string& body, Signals& signals) {
  json::error_code bad;
  const auto parsed = json::parse(body, bad);
  if (bad || !parsed.is_object()) return;
  const std::string id = at(parsed, "UniqueId");
  if (id.empty() || signals.data.contains(id)) return;
  if (at(parsed, "Status") == "SUCCESS") {
    signals.data[id] = at(parsed, "Data");
  } else {
    signals.failure = fmt::format("WaitCondition received failed message: '{}' for uniqueId: {}",
                                  at(parsed, "Reason"), id);
  }
}

Task<void> create_wait_condition(Work& work) {
  if (work.signalled && !work.has("Handle")) {
    // The engine waits for the signals of its CreationPolicy.
    work.initiated(work.generated_name());
    work.attributes["Data"] = "{}";
    co_return;
  }
  const auto timeout = templates::number_of(work.required("Timeout"));
  const auto count = templates::number_of(work.has("Count") ? work.text("Count") : "1");
  if (!timeout || *timeout < 1 || *timeout > 43200) {
    throw Failure("Timeout must be a number of seconds, at most 43200.");
  }
  if (!count || *count < 1) throw Failure("Count must be a positive number.");
  const auto key = key_of_handle(work);
  work.initiated(fmt::format("{}/{}", work.stack_id, work.logical_id));
  const auto limit = work.context.now() + base::from_seconds(*timeout);
  Signals signals;
  while (true) {
    if (const auto body = work.objects.get(handle_bucket(work), key)) take_signal(*body, signals);
    if (!signals.failure.empty()) throw Failure(signals.failure);
    if (static_cast<double>(signals.data.size()) >= *count) break;
    if (work.context.now() >= limit) {
      throw Failure(fmt::format("WaitCondition timed out. Received {} conditions when expecting {}",
                                signals.data.size(), *count));
    }
    // A cancellation is noticed within one look.
    const auto look = work.context.now() + base::from_seconds(work.knobs.poll);
    co_await work.objects.changed().wait_until(work.context.clock(), std::min(look, limit));
    if (work.cancelled) throw Cancelled{};
  }
  work.attributes["Data"] = json::serialize(signals.data);
}

Task<void> refuse_update(Work& work) {
  throw Failure(fmt::format("Update to resource type {} is not supported.", work.type));
  co_return;
}

// Macro -------------------------------------------------------------------------------------------

Task<void> create_macro(Work& work) {
  const std::string name = work.required("Name");
  if (work.nesting.has_macro(name)) throw already_exists(work, name);
  work.initiated(name);
  co_return;
}

// CDK's metadata ----------------------------------------------------------------------------------

// Nothing comes of it: AWS reads it for its statistics.
// https://docs.aws.amazon.com/cdk/v2/guide/usage-data.html
Task<void> create_metadata(Work& work) {
  work.initiated(work.random.uuid());
  co_return;
}

}  // namespace

void add_own(Handlers& table) {
  table["AWS::CloudFormation::Stack"] = {
      .schema = {{"NotificationARNs", "Parameters", "Tags", "TemplateURL", "TimeoutInMinutes"},
                 {"TemplateURL"},
                 {},
                 true},
      .create_only = {},
      .create = create_stack,
      .update = update_stack,
      .remove = remove_stack};
  table["AWS::CloudFormation::WaitConditionHandle"] = {.schema = {{}, {}, {}},
                                                       .create_only = {},
                                                       .create = create_wait_handle,
                                                       .update = nullptr,
                                                       .remove = remove_nothing};
  table["AWS::CloudFormation::WaitCondition"] = {
      .schema = {{"Count", "Handle", "Timeout"}, {}, {"Data"}},
      .create_only = {},
      .create = create_wait_condition,
      .update = refuse_update,
      .remove = remove_nothing};
  // Looked up by find_macro: what the stack holds is all there is to a macro.
  table["AWS::CloudFormation::Macro"] = {
      .schema = {{"Description", "FunctionName", "LogGroupName", "LogRoleARN", "Name"},
                 {"FunctionName", "Name"},
                 {}},
      .create_only = {"Name"},
      .create = create_macro,
      .update = nullptr,
      .remove = remove_nothing};
  table["AWS::CDK::Metadata"] = {.schema = {{"Analytics", "Modules"}, {}, {}},
                                 .create_only = {},
                                 .create = create_metadata,
                                 .update = nullptr,
                                 .remove = remove_nothing};
}

}  // namespace sim::cloudformation

#include "sim/cloudformation/notifications.hpp"

#include <fmt/format.h>

namespace sim::cloudformation {

std::string notification_of(const Stack& stack, const Event& event, const std::string& account) {
  std::string text;
  const auto put = [&](std::string_view name, std::string_view value) {
    text += fmt::format("{}='{}'\n", name, value);
  };
  const auto or_null = [](std::string_view value) { return value.empty() ? "null" : value; };
  put("StackId", stack.id);
  put("Timestamp", base::iso8601(event.time));
  put("EventId", event.id);
  put("LogicalResourceId", event.logical_id);
  put("Namespace", account);
  if (!event.physical_id.empty()) put("PhysicalResourceId", event.physical_id);
  put("ResourceProperties", or_null(event.properties));
  put("ResourceStatus", event.status);
  put("ResourceStatusReason", event.reason);
  put("ResourceType", event.type);
  put("StackName", stack.name);
  put("ClientRequestToken", or_null(event.token));
  return text;
}

Task<void> notify(Caller& caller, Principal principal, std::vector<std::string> topics,
                  std::string text) {
  for (const auto& topic : topics) {
    try {
      co_await caller.call(
          principal, "sns", "Publish",
          {{"TopicArn", topic}, {"Subject", "AWS CloudFormation Notification"}, {"Message", text}});
    } catch (const Error&) {
      // The stack goes on without that topic.
    }
  }
}

}  // namespace sim::cloudformation

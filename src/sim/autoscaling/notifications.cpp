// Lifecycle hooks tell a queue or a topic that an instance waits.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/autoscaling/autoscaling.hpp"
#include "sim/core/words.hpp"

namespace sim::autoscaling {

// AWS tries the target with a message of its own before it takes the hook.
Task<void> AutoScaling::try_target(Hook hook, std::string group_name, std::string group_arn) {
  json::object message{{"AutoScalingGroupName", group_name},
                       {"AutoScalingGroupARN", group_arn},
                       {"Event", "autoscaling:TEST_NOTIFICATION"}};
  bool refused = false;
  try {
    co_await send(hook, std::move(message),
                  fmt::format("Auto Scaling: test notification for group \"{}\"", group_name));
  } catch (const Error&) {
    refused = true;
  }
  if (!refused) co_return;
  throw invalid(
      fmt::format("Unable to publish test message to notification target {} using IAM role {}. "
                  "Please check your target and role configuration and try to put lifecycle hook "
                  "again.",
                  hook.target, hook.role));
}

// Nobody hears of it when it cannot be told.
Task<void> AutoScaling::announce(Hook hook, json::object message, std::string subject) {
  message["LifecycleHookName"] = hook.name;
  message["LifecycleTransition"] = hook.transition;
  if (!hook.metadata.empty()) message["NotificationMetadata"] = hook.metadata;
  message["Origin"] = hook.launching() ? "EC2" : "AutoScalingGroup";
  message["Destination"] = hook.launching() ? "AutoScalingGroup" : "EC2";
  try {
    co_await send(std::move(hook), std::move(message), std::move(subject));
  } catch (const Error&) {
    co_return;
  }
}

Task<void> AutoScaling::send(Hook hook, json::object message, std::string subject) {
  const auto parts = words_of(hook.target, ':');
  const bool queue = parts.size() == 6 && parts[2] == "sqs";
  const bool topic = parts.size() == 6 && parts[2] == "sns";
  if (!queue && !topic) throw invalid("Invalid notification target " + hook.target);
  message["Service"] = "AWS Auto Scaling";
  message["Time"] = base::iso8601(context_.now());
  message["AccountId"] = context_.account;
  message["RequestId"] = random_.uuid();
  const auto role = iam_.assume(hook.role, "AutoScaling", "autoscaling.amazonaws.com").principal;
  json::object input;
  if (queue) {
    input["QueueUrl"] =
        fmt::format("https://sqs.{}.amazonaws.com/{}/{}", parts[3], parts[4], parts[5]);
    input["MessageBody"] = json::serialize(message);
    co_await caller_.call(role, "sqs", "SendMessage", std::move(input));
  } else {
    input["TopicArn"] = hook.target;
    input["Subject"] = subject;
    input["Message"] = json::serialize(message);
    co_await caller_.call(role, "sns", "Publish", std::move(input));
  }
}

}  // namespace sim::autoscaling

// SQS and SNS with IAM around them, and a Lambda that only remembers what it was asked. For tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/messaging/sns.hpp"
#include "sim/messaging/sqs.hpp"

namespace sim::messaging {
using namespace std::chrono_literals;

inline constexpr const char* account_arn = "arn:aws:iam::123456789012:root";

// As World does it: authorized, then run.
class Desk final : public Caller {
 public:
  explicit Desk(iam::Iam& iam) : iam_(iam) {}

  Task<json::object> call(Principal caller, std::string service, std::string action,
                          json::object input) override {
    Call made{std::move(caller), service, action, std::move(input), {}};
    if (service == "lambda") {
      invocations.push_back(made);
      if (refuses) throw Error("AccessDeniedException", "no", 403);
      co_return json::object();
    }
    const auto& operation = services.at(service)->operations().at(action);
    iam_.authorize(made.caller, operation.access(made), iam::error_style(service));
    co_return co_await operation.run(std::move(made));
  }

  std::map<std::string, Service*> services;
  std::vector<Call> invocations;
  bool refuses = false;

 private:
  iam::Iam& iam_;
};

class MessagingTest : public testing::Test {
 protected:
  MessagingTest() {
    desk_.services = {{"sqs", &sqs_.service()}, {"sns", &sns_.service()}, {"iam", &iam_}};
    iam_.set_resource_policies([this](const std::string& arn, const Principal&) {
      return arn.contains(":sqs:") ? sqs_.policy_for(arn) : sns_.policy_for(arn);
    });
  }

  static Task<void> call_into(Desk& desk, Principal as, std::string service, std::string action,
                              json::object input, json::object& output) {
    output =
        co_await desk.call(std::move(as), std::move(service), std::move(action), std::move(input));
  }
  json::object call(const std::string& service, const std::string& action, json::object input) {
    json::object output;
    runtime_->run(call_into(desk_, caller_, service, action, std::move(input), output));
    return output;
  }
  std::string refusal(const std::string& service, const std::string& action, json::object input) {
    try {
      call(service, action, std::move(input));
      return "none";
    } catch (const Error& error) {
      return error.code + ": " + error.what();
    }
  }
  void pass(base::Duration duration) {
    runtime_->run([](base::Clock& clock, base::Duration by) -> Task<void> {
      co_await clock.sleep_for(by);
    }(runtime_->clock(), duration));
  }

  static std::string arn(const std::string& service, const std::string& name) {
    return "arn:aws:" + service + ":ap-northeast-1:123456789012:" + name;
  }
  static std::string url(const std::string& name) {
    return "https://sqs.ap-northeast-1.amazonaws.com/123456789012/" + name;
  }
  void make_queue(const std::string& name, json::object attributes = {}) {
    json::object input{{"QueueName", name}};
    input["Attributes"] = std::move(attributes);
    call("sqs", "CreateQueue", std::move(input));
  }
  json::object send(const std::string& queue, const std::string& body) {
    return call("sqs", "SendMessage", {{"QueueUrl", url(queue)}, {"MessageBody", body}});
  }
  // A long poll, which overlooks nothing.
  json::array receive(const std::string& queue, json::object input = {}) {
    input["QueueUrl"] = url(queue);
    if (!input.contains("WaitTimeSeconds")) input["WaitTimeSeconds"] = 1;
    if (!input.contains("MaxNumberOfMessages")) input["MaxNumberOfMessages"] = 10;
    const auto output = call("sqs", "ReceiveMessage", std::move(input));
    return output.contains("Messages") ? output.at("Messages").as_array() : json::array();
  }
  std::string bodies(const std::string& queue) {
    std::string all;
    for (const auto& one : receive(queue)) all += std::string(one.at("Body").as_string()) + "|";
    return all;
  }
  std::string attribute(const std::string& queue, const std::string& name) {
    json::object input{{"QueueUrl", url(queue)}};
    input["AttributeNames"] = json::array{json::value(name)};
    const auto output = call("sqs", "GetQueueAttributes", std::move(input));
    const auto* all = output.if_contains("Attributes");
    return all == nullptr ? "" : records::text_of(all->as_object(), name);
  }
  // Lets everybody who acts for the topic send to the queue, as in SNS's guide.
  void let_topic_send(const std::string& topic, const std::string& queue) {
    set(queue, "Policy",
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":)"
        R"("sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":")" +
            arn("sqs", queue) + R"(","Condition":{"ArnEquals":{"aws:SourceArn":")" +
            arn("sns", topic) + R"("}}}})");
  }
  void set(const std::string& queue, const std::string& name, const std::string& value) {
    json::object attributes;
    attributes[name] = value;
    json::object input{{"QueueUrl", url(queue)}};
    input["Attributes"] = std::move(attributes);
    call("sqs", "SetQueueAttributes", std::move(input));
  }
  std::string subscribe(const std::string& topic, const std::string& protocol,
                        const std::string& endpoint, json::object attributes = {}) {
    json::object input{
        {"TopicArn", arn("sns", topic)}, {"Protocol", protocol}, {"Endpoint", endpoint}};
    input["Attributes"] = std::move(attributes);
    return records::text_of(call("sns", "Subscribe", std::move(input)), "SubscriptionArn");
  }
  void publish(const std::string& topic, const std::string& message, json::object more = {}) {
    more["TopicArn"] = arn("sns", topic);
    more["Message"] = message;
    call("sns", "Publish", std::move(more));
    pass(1s);
  }

  std::unique_ptr<base::Runtime> runtime_ =
      base::virtual_runtime(*base::parse_iso8601("2026-11-22T00:00:00Z"));
  Context context_{*runtime_};
  iam::Iam iam_{context_};
  Desk desk_{iam_};
  Sqs sqs_{context_, desk_, iam_};
  Sns sns_{context_, desk_, iam_};
  Principal caller_{Principal::Kind::root, account_arn, {}, "123456789012"};
};

}  // namespace sim::messaging

#include "cfn/bootstrap.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <deque>

#include "base/runtime.hpp"
#include "cfn/handler.hpp"
#include "falsework/fake_aws.hpp"

namespace cfn {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
const std::string nat = "nat-00000000000000001";
const std::string eip = "eipalloc-00000000000000001";
const std::string igw = "igw-00000000000000001";
const std::string vpc = "vpc-00000000000000001";
const std::string table = "rtb-00000000000000001";
const std::string service_arn = "arn:aws:ecs:ap-northeast-1:123456789012:service/demo/web";
const std::string signature = "X-Amz-Signature=0123456789abcdef";

// The function's whole outside: Lambda's Runtime API, CloudFormation's bucket, and AWS.
class Outside final : public falsework::fake::Aws {
 public:
  explicit Outside(base::Clock& clock) : Aws(clock), clock_(clock) {}

  struct Delivered {
    base::Instant at;
    json::object body;
    bool content_type;
  };

  base::Task<http::Response> send(http::Request request) override {
    if (request.url.host == "127.0.0.1") co_return runtime_api(request);
    if (request.url.host.starts_with("cloudformation-custom-resource-response")) {
      co_return bucket(request);
    }
    if (hang_until && clock_.now() < *hang_until) co_await clock_.sleep_until(*hang_until);
    co_return co_await Aws::send(std::move(request));
  }

  std::deque<std::string> events;
  base::Duration timeout = 10min;
  std::deque<int> bucket_statuses;          // before 200
  std::optional<base::Instant> hang_until;  // every call to AWS waits for it
  std::vector<Delivered> answers;
  std::vector<std::string> reports;  // paths and error types

 private:
  http::Response runtime_api(const http::Request& request) {
    if (!request.url.path().ends_with("/next")) {
      reports.push_back(
          std::string(request.url.path()) + " " +
          std::string(request.headers.get("lambda-runtime-function-error-type").value_or("")));
      return {.status = 202, .headers = {}, .body = {}};
    }
    if (events.empty()) {
      throw http::TransportError(http::TransportError::Kind::connect, "the sandbox has gone");
    }
    http::Response next;
    next.headers = {{"Lambda-Runtime-Aws-Request-Id", "invocation"},
                    {"Lambda-Runtime-Deadline-Ms",
                     std::to_string(base::unix_milliseconds(clock_.now() + timeout))}};
    next.body = events.front();
    events.pop_front();
    return next;
  }

  http::Response bucket(const http::Request& request) {
    if (!bucket_statuses.empty()) {
      const int status = bucket_statuses.front();
      bucket_statuses.pop_front();
      return {.status = status, .headers = {}, .body = {}};
    }
    answers.push_back({clock_.now(), json::parse(request.body).as_object(),
                       request.headers.get("content-type").has_value()});
    return {.status = 200, .headers = {}, .body = {}};
  }

  base::Clock& clock_;
};

class Lines final : public base::Log {
 public:
  void write(base::Level level, std::string_view event, json::object fields) override {
    text += base::line({}, level, event, fields) + "\n";
  }
  bool has(std::string_view event) const {
    return text.find(fmt::format("\"event\":\"{}\"", event)) != std::string::npos;
  }
  std::string text;
};

struct Function {
  std::unique_ptr<base::Runtime> runtime = base::virtual_runtime(start);
  base::SeededRandom random{7};
  Lines log;
  Outside outside{runtime->clock()};
  http::System system{runtime->clock(), random, log, outside};
  Environment environment{{"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"},
                          {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                          {"AWS_SECRET_ACCESS_KEY", "unspeakable-key"},
                          {"AWS_SESSION_TOKEN", "unspeakable-session"},
                          {"AWS_REGION", "ap-northeast-1"}};
  int exit_code = -1;

  Function() {
    outside.tables = {{table, vpc}};
    outside.routes = {{table + "|0.0.0.0/0", nat}};
    outside.nat_gateways[nat] = {.vpc = vpc, .allocations = {eip}};
    outside.addresses[eip] = {"198.51.100.1"};
    outside.internet_gateways[igw] = vpc;
    outside.services["web"] = {.steady_at = start + 20s};
  }

  void receive(std::string_view type, json::object properties) {
    json::object event;
    event["RequestType"] = type;
    event["ResponseURL"] =
        "https://cloudformation-custom-resource-response-apnortheast1.s3.ap-northeast-1."
        "amazonaws.com/key?X-Amz-Date=20261122T000000Z&X-Amz-Expires=7200&" +
        signature;
    event["StackId"] = "arn:aws:cloudformation:ap-northeast-1:123456789012:stack/demo/1";
    event["RequestId"] = "req";
    event["LogicalResourceId"] = "Falsework";
    event["ResourceProperties"] = std::move(properties);
    outside.events.push_back(json::serialize(event));
  }

  void run() {
    runtime->run([](Function& self) -> base::Task<void> {
      self.exit_code = co_await bootstrap(self.system, self.environment);
    }(*this));
  }

  const json::object& answer() { return outside.answers.at(0).body; }
  std::string reason() { return std::string(answer().at("Reason").as_string()); }
  std::string data(std::string_view key) {
    return std::string(answer().at("Data").at(key).as_string());
  }
};

json::object demo() {
  return {{"Temporary", json::array({nat, igw})},
          {"Until", json::array({json::object({{"Service", service_arn}})})}};
}

TEST(Bootstrap, strikes_once_the_service_stands_and_answers_with_the_figures) {
  Function function;
  function.receive("Create", demo());
  function.run();
  ASSERT_EQ(function.outside.answers.size(), 1U) << function.log.text;
  EXPECT_EQ(function.answer().at("Status"), "SUCCESS") << function.reason();
  EXPECT_EQ(function.answer().at("Data").at("Struck"), 5);
  EXPECT_EQ(function.data("MonthlySavingUSD"), "48.91");
  EXPECT_NE(function.data("Pieces").find(eip), std::string::npos);
  EXPECT_FALSE(function.outside.answers[0].content_type);
  EXPECT_GT(function.outside.answers[0].at, start + 76s);
  EXPECT_EQ(function.outside.reports,
            std::vector<std::string>{"/2018-06-01/runtime/invocation/invocation/response "});
}

TEST(Bootstrap, logs_every_fact_and_neither_the_url_nor_a_credential) {
  Function function;
  function.receive("Create", demo());
  function.run();
  for (const auto* event : {"request.received", "readiness.waiting", "readiness.held",
                            "strike.planned", "piece.removing", "piece.waiting", "piece.refused",
                            "piece.struck", "strike.done", "answer.sent"}) {
    EXPECT_TRUE(function.log.has(event)) << event;
  }
  for (const auto* secret : {"X-Amz", "AKIDEXAMPLE", "unspeakable-key", "unspeakable-session"}) {
    EXPECT_EQ(function.log.text.find(secret), std::string::npos) << secret;
  }
}

TEST(Bootstrap, strikes_once_when_the_event_is_delivered_twice) {
  Function function;
  function.receive("Create", demo());
  function.receive("Create", demo());
  function.run();
  ASSERT_EQ(function.outside.answers.size(), 2U);
  EXPECT_EQ(function.outside.answers[1].body.at("Status"), "SUCCESS");
  EXPECT_EQ(function.outside.answers[1].body.at("PhysicalResourceId"),
            function.answer().at("PhysicalResourceId"));
  EXPECT_EQ(std::ranges::count(function.outside.calls, "DeleteNatGateway " + nat), 1);
}

TEST(Bootstrap, the_answer_is_sent_again_until_it_is_taken) {
  Function function;
  function.outside.bucket_statuses = {500, 503};
  function.receive("Create", demo());
  function.run();
  ASSERT_EQ(function.outside.answers.size(), 1U);
  EXPECT_NE(function.log.text.find("\"attempts\":3"), std::string::npos);
}

TEST(Bootstrap, an_answer_that_is_refused_for_good_is_reported_to_lambda) {
  Function function;
  function.outside.bucket_statuses = {403, 403, 403};
  function.receive("Create", demo());
  function.run();
  EXPECT_TRUE(function.outside.answers.empty());
  EXPECT_EQ(function.outside.reports,
            std::vector<std::string>{
                "/2018-06-01/runtime/invocation/invocation/error Function.AnswerLost"});
  EXPECT_EQ(function.log.text.find("X-Amz"), std::string::npos);
}

TEST(Bootstrap, wrong_properties_fail_at_once_with_all_problems_and_touch_nothing) {
  Function function;
  function.receive("Create", {{"Temporary", json::array({"nat-1"})}, {"Keeep", "x"}});
  function.run();
  EXPECT_EQ(function.answer().at("Status"), "FAILED");
  EXPECT_NE(function.reason().find("nat-1"), std::string::npos);
  EXPECT_NE(function.reason().find("Keeep"), std::string::npos);
  EXPECT_TRUE(function.outside.calls.empty());
  EXPECT_EQ(function.outside.looks, 0);
}

TEST(Bootstrap, an_empty_list_fails_even_with_warn) {
  Function function;
  function.receive("Create", {{"Temporary", json::array()}, {"OnFailure", "WARN"}});
  function.run();
  EXPECT_EQ(function.answer().at("Status"), "FAILED");
}

TEST(Bootstrap, a_delete_of_what_never_was_valid_succeeds_so_that_a_rollback_does_not_hang) {
  Function function;
  function.receive("Delete", {{"Temporary", json::array({"nat-1"})}});
  function.run();
  EXPECT_EQ(function.answer().at("Status"), "SUCCESS");
  EXPECT_TRUE(function.outside.calls.empty());
}

TEST(Bootstrap, a_delete_strikes_what_is_left_without_waiting_for_readiness) {
  Function function;
  function.outside.services.clear();
  function.receive("Delete", demo());
  function.run();
  EXPECT_EQ(function.answer().at("Status"), "SUCCESS") << function.reason();
  EXPECT_TRUE(function.outside.addresses.empty());
}

TEST(Bootstrap, a_delete_without_permissions_leaves_the_rest_to_cloudformation) {
  Function function;
  function.outside.denied = {"DeleteRoute"};
  function.receive("Delete", demo());
  function.run();
  EXPECT_EQ(function.answer().at("Status"), "SUCCESS");
  EXPECT_NE(function.data("Warning").find("ec2:DeleteRoute"), std::string::npos);
}

TEST(Bootstrap, a_missing_permission_is_named_in_the_reason) {
  Function function;
  function.outside.denied = {"ReleaseAddress"};
  function.receive("Create", demo());
  function.run();
  EXPECT_EQ(function.answer().at("Status"), "FAILED");
  EXPECT_NE(function.reason().find("ec2:ReleaseAddress on arn:aws:ec2:ap-northeast-1:123456789012:"
                                   "elastic-ip/" +
                                   eip),
            std::string::npos)
      << function.reason();
}

TEST(Bootstrap, a_missing_look_is_named_too) {
  Function function;
  function.outside.denied = {"DescribeNatGateways"};
  function.receive("Create", demo());
  function.run();
  EXPECT_EQ(function.answer().at("Status"), "FAILED");
  EXPECT_NE(function.reason().find("ec2:DescribeNatGateways"), std::string::npos);
}

TEST(Bootstrap, warn_turns_a_failed_strike_into_a_warning) {
  Function function;
  function.outside.services["web"].rollout_fails = true;
  auto properties = demo();
  properties["OnFailure"] = "WARN";
  function.receive("Create", properties);
  function.run();
  EXPECT_EQ(function.answer().at("Status"), "SUCCESS");
  EXPECT_NE(function.data("Warning").find("deployment failed"), std::string::npos);
  EXPECT_TRUE(function.log.has("strike.failed"));
  EXPECT_TRUE(function.outside.calls.empty());
}

TEST(Bootstrap, answers_before_lambda_ends_it_and_says_what_is_left) {
  Function function;
  function.outside.timeout = 45s;
  function.receive("Create", demo());
  function.run();
  ASSERT_EQ(function.outside.answers.size(), 1U);
  EXPECT_LT(function.outside.answers[0].at, start + 45s);
  EXPECT_EQ(function.answer().at("Status"), "FAILED");
  EXPECT_NE(function.reason().find("left: " + nat), std::string::npos) << function.reason();
}

TEST(Bootstrap, answers_before_the_service_timeout_even_if_aws_never_replies) {
  Function function;
  function.outside.hang_until = start + 5min;
  auto properties = demo();
  properties["ServiceTimeout"] = "60";
  function.receive("Create", properties);
  function.run();
  ASSERT_EQ(function.outside.answers.size(), 1U);
  EXPECT_EQ(function.outside.answers[0].at, start + 57s);
  EXPECT_EQ(function.answer().at("Status"), "FAILED");
  EXPECT_NE(function.reason().find("time is up"), std::string::npos) << function.reason();
}

TEST(Bootstrap, a_stale_event_does_nothing) {
  Function function;
  function.receive("Create", demo());
  function.runtime->run(function.runtime->clock().sleep_for(2h));
  function.run();
  EXPECT_TRUE(function.outside.answers.empty());
  EXPECT_TRUE(function.outside.calls.empty());
  EXPECT_TRUE(function.log.has("request.stale"));
}

TEST(Bootstrap, an_event_without_a_return_address_is_reported_to_lambda) {
  Function function;
  function.outside.events.push_back("{}");
  function.run();
  EXPECT_EQ(function.outside.reports,
            std::vector<std::string>{
                "/2018-06-01/runtime/invocation/invocation/error Function.UnreadableEvent"});
}

TEST(Bootstrap, missing_credentials_fail_the_start) {
  Function function;
  function.environment.erase("AWS_SECRET_ACCESS_KEY");
  function.run();
  EXPECT_EQ(function.exit_code, 1);
  EXPECT_EQ(function.outside.reports,
            std::vector<std::string>{"/2018-06-01/runtime/init/error Runtime.InitError"});
}

class Throwing final : public Work {
 public:
  base::Task<Answer> run() override {
    throw std::runtime_error("a defect");
    co_return Answer{};
  }
  Answer late() const override { return Answer::failed("late"); }
};

TEST(Handler, a_throwing_work_is_answered_with_its_text) {
  Function function;
  function.receive("Create", demo());
  const auto once = [](Function& self) -> base::Task<void> {
    lambda::Invocation invocation{"i", start + 5min, "", self.outside.events.front()};
    co_await handle(self.system, invocation, [](Event, ReturnAddress, base::Instant) {
      return std::make_unique<Throwing>();
    });
  };
  function.runtime->run(once(function));
  EXPECT_EQ(function.reason(), "a defect");
}

}  // namespace
}  // namespace cfn

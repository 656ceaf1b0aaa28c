#include "aws/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/ec2/ec2.hpp"
#include "aws/scripted_test.hpp"

namespace aws {
namespace {

using http::TransportError;
using scripted::Stage;
using scripted::start;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

const char* const done =
    "<DeleteNatGatewayResponse><requestId>r</requestId></DeleteNatGatewayResponse>";

std::string refusal(std::string_view code) {
  return fmt::format(
      "<Response><Errors><Error><Code>{}</Code><Message>No.</Message></Error></Errors>"
      "<RequestID>r-1</RequestID></Response>",
      code);
}

base::Task<void> remove(Stage& stage) {
  return ec2::delete_nat_gateway(stage.client, {"nat-1"});
}

TEST(Client, a_call_goes_signed_to_its_regional_endpoint) {
  Stage stage;
  stage.server.answer(200, done);
  stage.run(remove(stage));
  const auto& request = stage.server.requests.at(0);
  EXPECT_EQ(request.url.host, "ec2.eu-west-1.amazonaws.com");
  EXPECT_EQ(request.url.scheme, "https");
  EXPECT_EQ(request.body, "Action=DeleteNatGateway&Version=2016-11-15&NatGatewayId=nat-1");
  EXPECT_THAT(std::string(*request.headers.get("Authorization")),
              HasSubstr("Credential=AKIDEXAMPLE/20261122/eu-west-1/ec2/aws4_request"));
  EXPECT_EQ(request.headers.get("X-Amz-Security-Token"), "a-token");
  EXPECT_THAT(std::string(*request.headers.get("User-Agent")), testing::StartsWith("falsework/"));
  EXPECT_THAT(stage.log.lines, testing::IsEmpty());
}

TEST(Client, an_endpoint_of_ones_own_keeps_its_path) {
  Stage stage;
  auto settings = Stage::settings();
  settings.endpoint = http::Url::parse("http://127.0.0.1:4566/base/");
  Client client(stage.system, settings);
  stage.server.answer(200, done);
  stage.run(ec2::delete_nat_gateway(client, {"nat-1"}));
  EXPECT_EQ(stage.server.requests.at(0).url.authority(), "127.0.0.1:4566");
  EXPECT_EQ(stage.server.requests.at(0).url.target, "/base/");
}

// facts §6: "*Not* retried by SDKs, the executor must own them: AuthFailure, DependencyViolation,
// InvalidIPAddress.InUse, IncorrectState, *.NotFound, ConcurrentTagAccess, InternalError with 4xx."
TEST(Client, a_refusal_is_thrown_at_once_with_everything_known) {
  for (const auto* code : {"AuthFailure", "DependencyViolation", "NatGatewayNotFound",
                           "InvalidIPAddress.InUse", "InvalidRoute.NotFound", "IncorrectState",
                           "ConcurrentTagAccess", "InternalError", "UnauthorizedOperation"}) {
    Stage stage;
    stage.server.answer(400, refusal(code));
    const auto error = stage.refused(remove(stage));
    EXPECT_EQ(error.code, code);
    EXPECT_EQ(error.status, 400);
    EXPECT_EQ(error.what(), fmt::format("ec2 DeleteNatGateway: {}: No. (request id r-1)", code));
    EXPECT_EQ(stage.server.requests.size(), 1U);
  }
}

// "Throttling codes: ...", "Transient: RequestTimeout, RequestTimeoutException", whatever the
// status
TEST(Client, every_code_of_the_retry_lists_is_tried_again) {
  for (const auto* code :
       {"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
        "TooManyRequestsException", "ProvisionedThroughputExceededException",
        "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
        "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete",
        "EC2ThrottledException", "RequestTimeout", "RequestTimeoutException"}) {
    Stage stage;
    stage.server.answer(400, refusal(code));
    stage.server.answer(200, done);
    stage.run(remove(stage));
    EXPECT_EQ(stage.server.requests.size(), 2U) << code;
  }
}

TEST(Client, throttling_waits_from_one_second_and_everything_else_from_a_twentieth) {
  Stage throttled;
  throttled.server.answer(503, refusal("RequestLimitExceeded"));
  throttled.server.answer(503, refusal("RequestLimitExceeded"));
  throttled.server.answer(200, done);
  throttled.run(remove(throttled));
  EXPECT_EQ(throttled.server.times.size(), 3U);
  EXPECT_NEAR(base::seconds(throttled.server.times[1] - start), 1.0, 1e-3);
  EXPECT_NEAR(base::seconds(throttled.server.times[2] - throttled.server.times[1]), 2.0, 1e-3);
  EXPECT_THAT(
      throttled.log.lines,
      ElementsAre(HasSubstr(R"("event":"aws.retried","service":"ec2",)"
                            R"("operation":"DeleteNatGateway","code":"RequestLimitExceeded",)"
                            R"("attempt":2)"),
                  HasSubstr(R"("attempt":3)")));

  Stage lost;
  lost.server.fail(TransportError::Kind::broken);
  lost.server.answer(500, "");
  lost.server.answer(200, done);
  lost.run(remove(lost));
  EXPECT_NEAR(base::seconds(lost.server.times[1] - start), 0.05, 1e-3);
  EXPECT_NEAR(base::seconds(lost.server.times[2] - lost.server.times[1]), 0.1, 1e-3);
}

TEST(Client, three_attempts_are_all) {
  Stage stage;
  for (int i = 0; i < 3; ++i) stage.server.fail(TransportError::Kind::timeout);
  const auto error = stage.refused(remove(stage));
  EXPECT_EQ(error.code, "NoResponse");
  EXPECT_EQ(error.status, 0);
  EXPECT_THAT(error.what(), HasSubstr("ec2.example:443"));
  EXPECT_EQ(stage.server.requests.size(), 3U);
}

TEST(Client, every_attempt_is_signed_anew) {
  Stage stage;
  stage.server.answer(503, refusal("RequestLimitExceeded"));
  stage.server.answer(200, done);
  stage.run(remove(stage));
  EXPECT_EQ(stage.server.requests[0].headers.get("X-Amz-Date"), "20261122T000000Z");
  EXPECT_EQ(stage.server.requests[1].headers.get("X-Amz-Date"),
            base::iso8601_basic(stage.server.times[1]));
  EXPECT_EQ(stage.server.requests[0].body, stage.server.requests[1].body);
}

TEST(Client, a_refused_certificate_is_not_asked_again) {
  Stage stage;
  stage.server.fail(TransportError::Kind::tls);
  EXPECT_EQ(stage.refused(remove(stage)).code, "NoSecureConnection");
  EXPECT_EQ(stage.server.requests.size(), 1U);
}

TEST(Client, the_servers_wish_counts_within_five_seconds) {
  struct Case {
    const char* wish;
    double seconds;
  };
  // The jittered delay itself is 0.05 s here.
  for (const auto& [wish, seconds] :
       {Case{"1500", 1.5}, {"1", 0.05}, {"60000", 5.05}, {"x", 0.05}}) {
    Stage stage;
    stage.server.answer(500, "", {{"x-amz-retry-after", wish}});
    stage.server.answer(200, done);
    stage.run(remove(stage));
    EXPECT_NEAR(base::seconds(stage.server.times[1] - start), seconds, 1e-3) << wish;
  }
}

TEST(Client, no_attempt_starts_after_the_deadline_and_none_lasts_longer) {
  Stage stage;
  stage.client.set_deadline(start + 1500ms);
  stage.server.answer(503, refusal("RequestLimitExceeded"));
  stage.server.answer(503, refusal("RequestLimitExceeded"));
  EXPECT_EQ(stage.refused(remove(stage)).code, "RequestLimitExceeded");
  EXPECT_EQ(stage.server.requests.size(), 2U);
  EXPECT_EQ(stage.server.requests[0].timeout, 1500ms);
  stage.client.set_deadline(start);
  EXPECT_EQ(stage.refused(remove(stage)).code, "NoResponse");
  EXPECT_EQ(stage.server.requests.size(), 2U);
}

// facts §6: "delay = rand·min(base·2^i, 20 s), base 1 s for throttling, 0.05 s otherwise; cost 5
// for throttling, 14 for everything else"; "retry quota 500 tokens per client".
TEST(Client, a_throttled_retry_costs_five_tokens) {
  Stage stage;
  // 500 tokens at 5 a retry: fifty calls retry twice, then none does.
  for (int call = 0; call < 52; ++call) {
    for (int i = 0; i < 3; ++i) stage.server.answer(503, refusal("RequestLimitExceeded"));
    EXPECT_EQ(stage.refused(remove(stage)).code, "RequestLimitExceeded");
  }
  EXPECT_EQ(stage.server.requests.size(), 52U + 500 / 5);
}

TEST(Client, an_empty_quota_stops_retrying_and_successes_fill_it) {
  Stage stage;
  // 500 tokens at 14 a retry: 17 calls retry twice, the 18th once more and then not.
  int sent = 0;
  for (int call = 0; call < 18; ++call) {
    for (int i = 0; i < 3; ++i) stage.server.answer(500, "");
  }
  for (int call = 0; call < 18; ++call) {
    EXPECT_EQ(stage.refused(remove(stage)).code, "HTTP 500");
    sent = static_cast<int>(stage.server.requests.size());
  }
  EXPECT_EQ(sent, 18 + 500 / 14);
  // 500 - 35 * 14 = 10 tokens are left: five successes later one retry is possible again.
  Stage fresh;
  for (int i = 0; i < 35; ++i) {
    fresh.server.answer(500, "");
    fresh.server.answer(200, done);
    fresh.run(remove(fresh));
  }
  EXPECT_EQ(fresh.server.requests.size(), 70U);
}

TEST(Client, success_that_cannot_be_read_is_an_error_of_its_own) {
  for (const auto* body : {"", "<html><p>", "plain"}) {
    Stage stage;
    stage.server.answer(200, body);
    EXPECT_EQ(stage.refused(remove(stage)).code, "UnreadableReply") << body;
  }
}

TEST(Client, a_proxys_page_is_retried_by_its_status) {
  Stage stage;
  stage.server.answer(502, "<html><body>Bad Gateway</body></html>");
  stage.server.answer(200, done);
  stage.run(remove(stage));
  EXPECT_EQ(stage.server.requests.size(), 2U);
}

}  // namespace
}  // namespace aws

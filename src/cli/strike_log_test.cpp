#include "cli/strike_log.hpp"

#include <gtest/gtest.h>

namespace cli {
namespace {

const base::Instant start = *base::parse_iso8601("2026-01-01T00:00:00.000Z");

StrikeLog read(const std::vector<std::string>& texts) {
  std::vector<LogLine> lines;
  for (const auto& text : texts) lines.push_back({start, text});
  return read_strike_log(lines, start);
}

std::string fact(int second, const std::string& rest) {
  return R"({"time":")" + base::iso8601(start + std::chrono::seconds(second)) +
         R"(","level":"info",)" + rest + "}\n";
}

const std::vector<std::string> one_gateway = {
    "START RequestId: 1 Version: $LATEST",
    fact(1, R"("event":"request.received")"),
    fact(2, R"("event":"readiness.held","id":"service/x","seconds":0.4)"),
    fact(3, R"("event":"readiness.held","id":"i-1","seconds":1.4)"),
    fact(4, R"("event":"strike.planned","pieces":[
         {"id":"nat-1","type":"nat_gateway","implied_by":"","reason":"listed"},
         {"id":"eipalloc-1","type":"elastic_ip","implied_by":"nat-1","reason":"held by nat-1"}])"),
    fact(5, R"("event":"piece.removing","id":"nat-1","type":"nat_gateway")"),
    fact(6, R"("event":"piece.waiting","id":"nat-1","type":"nat_gateway","for":"its deletion",
         "state":"deleting")"),
    fact(50, R"("event":"piece.struck","id":"nat-1","type":"nat_gateway","seconds":45,
         "already_gone":false)"),
    fact(50, R"("event":"piece.removing","id":"eipalloc-1","type":"elastic_ip")"),
    fact(51, R"("event":"piece.refused","id":"eipalloc-1","type":"elastic_ip","code":"AuthFailure",
         "for":"its association")"),
    fact(53, R"("event":"piece.struck","id":"eipalloc-1","type":"elastic_ip","seconds":3,
         "already_gone":false)"),
    fact(54, R"("event":"strike.done","struck":2,"seconds":51,"monthly_saving_usd":"48.91")"),
    fact(55, R"("event":"answer.sent","status":"SUCCESS","bytes":400,"attempts":1)"),
    "END RequestId: 1"};

TEST(StrikeLog, gives_each_piece_its_start_its_end_and_its_waits) {
  const auto strike = read(one_gateway).strike;
  ASSERT_EQ(strike.pieces.size(), 2U);
  const auto& gateway = strike.pieces[0];
  EXPECT_EQ(gateway.id, "nat-1");
  EXPECT_EQ(gateway.started, 5);
  EXPECT_EQ(gateway.ended, 50);
  ASSERT_EQ(gateway.waits.size(), 1U);
  EXPECT_EQ(gateway.waits[0].why, "its deletion");
  EXPECT_EQ(gateway.waits[0].state, "deleting");
  EXPECT_EQ(gateway.waits[0].seconds, 44);
  const auto& address = strike.pieces[1];
  EXPECT_EQ(address.implied_by, "nat-1");
  EXPECT_EQ(address.refusals, 1);
  EXPECT_EQ(address.waits.at(0).state, "AuthFailure");
  EXPECT_EQ(address.waits.at(0).seconds, 2);
}

TEST(StrikeLog, readiness_holds_when_its_last_condition_does) {
  EXPECT_EQ(read(one_gateway).strike.ready, 3);
}

TEST(StrikeLog, a_long_arn_is_told_by_its_name) {
  const auto log = read({fact(1, R"("event":"readiness.held","seconds":1,
      "id":"arn:aws:ecs:ap-northeast-1:123456789012:service/cluster/web")")});
  EXPECT_EQ(log.moments.at(0).text, "readiness holds for service web");
}

TEST(StrikeLog, keeps_the_result_and_sees_the_answer) {
  const auto log = read(one_gateway);
  EXPECT_TRUE(log.answered);
  EXPECT_EQ(log.strike.done, 54);
  EXPECT_EQ(log.strike.data.at("monthly_saving_usd").as_string(), "48.91");
  EXPECT_TRUE(log.strike.failure.empty());
}

TEST(StrikeLog, a_second_run_of_the_same_event_changes_nothing_that_the_first_did) {
  auto lines = one_gateway;
  lines.push_back(fact(90, R"("event":"piece.struck","id":"nat-1","type":"nat_gateway",
       "seconds":0,"already_gone":true)"));
  const auto strike = read(lines).strike;
  EXPECT_EQ(strike.pieces[0].ended, 50);
  EXPECT_FALSE(strike.pieces[0].already_gone);
}

TEST(StrikeLog, what_keep_holds_back_is_said_and_is_no_piece_of_the_strike) {
  const auto log = read({fact(4, R"("event":"strike.kept","pieces":[{"id":"eipalloc-1",
                               "type":"elastic_ip","implied_by":"nat-1"}])")});
  EXPECT_EQ(log.moments.at(0).text, "Elastic IP eipalloc-1 of nat-1 stays, as Keep says");
  EXPECT_TRUE(log.strike.pieces.empty());
}

TEST(StrikeLog, a_failure_is_kept_with_its_reason_and_an_open_piece_stays_open) {
  const auto log = read({fact(5, R"("event":"piece.removing","id":"igw-1",
                               "type":"internet_gateway")"),
                         fact(6, R"("event":"piece.refused","id":"igw-1","type":"internet_gateway",
                               "code":"DependencyViolation","for":"a mapped address")"),
                         fact(9, R"("event":"strike.failed","problem":"igw-1 stays")"),
                         fact(9, R"("event":"answer.sent","status":"FAILED")")});
  EXPECT_EQ(log.strike.failure, "igw-1 stays");
  EXPECT_FALSE(log.strike.pieces[0].ended);
  EXPECT_EQ(log.strike.pieces[0].waits.at(0).seconds, 3);
  EXPECT_FALSE(log.strike.done);
}

TEST(StrikeLog, lines_that_are_no_facts_are_skipped) {
  const auto log = read({"", "not json", "[1,2]", R"({"no":"event"})", R"({"event":7})"});
  EXPECT_TRUE(log.strike.pieces.empty());
  EXPECT_FALSE(log.answered);
}

}  // namespace
}  // namespace cli

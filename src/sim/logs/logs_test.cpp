#include "sim/logs/logs.hpp"

#include <gtest/gtest.h>

#include "sim/core/ask.hpp"
#include "sim/logs/filter.hpp"

namespace sim::logs {
namespace {

using namespace std::chrono_literals;

class LogsTest : public ::testing::Test {
 protected:
  json::object call(const std::string& action, json::object input) {
    return test::ask(*runtime, logs, action, std::move(input));
  }

  std::string refusal(const std::string& action, json::object input) {
    try {
      call(action, std::move(input));
    } catch (const Error& error) {
      return error.code;
    }
    return "none";
  }

  base::Instant start = *base::parse_iso8601("2026-11-22T15:39:54Z");
  std::unique_ptr<base::Runtime> runtime = base::virtual_runtime(start);
  Logs logs{Context{*runtime}};
};

TEST_F(LogsTest, groups_and_streams_that_are_missing_or_there_twice_are_refused) {
  EXPECT_EQ(refusal("CreateLogStream", {{"logGroupName", "/g"}, {"logStreamName", "s"}}),
            "ResourceNotFoundException");
  call("CreateLogGroup", {{"logGroupName", "/g"}});
  EXPECT_EQ(refusal("CreateLogGroup", {{"logGroupName", "/g"}}), "ResourceAlreadyExistsException");
  EXPECT_EQ(refusal("CreateLogGroup", {{"logGroupName", "a b"}}), "InvalidParameterException");
  EXPECT_EQ(refusal("CreateLogGroup", {}), "InvalidParameterException");
  EXPECT_EQ(refusal("GetLogEvents", {{"logGroupName", "/g"}, {"logStreamName", "s"}}),
            "ResourceNotFoundException");
  call("DeleteLogGroup", {{"logGroupName", "/g"}});
  EXPECT_EQ(refusal("DeleteLogGroup", {{"logGroupName", "/g"}}), "ResourceNotFoundException");
}

TEST_F(LogsTest, groups_carry_tags_by_name_and_by_arn) {
  call("CreateLogGroup", {{"logGroupName", "/g"}, {"tags", json::object{{"a", "1"}}}});
  const std::string arn = "arn:aws:logs:ap-northeast-1:123456789012:log-group:/g";
  call("TagResource", {{"resourceArn", arn + ":*"}, {"tags", json::object{{"b", "2"}}}});
  call("UntagLogGroup", {{"logGroupName", "/g"}, {"tags", json::array{"a"}}});
  const json::object left{{"tags", json::object{{"b", "2"}}}};
  EXPECT_EQ(call("ListTagsForResource", {{"resourceArn", arn}}), left);
  EXPECT_EQ(call("ListTagsLogGroup", {{"logGroupName", "/g"}}), left);
  EXPECT_EQ(refusal("TagResource", {{"resourceArn", "arn:x"}}), "InvalidParameterException");
}

TEST_F(LogsTest, reading_forward_ends_when_the_same_token_comes_back) {
  for (int i = 0; i < 5; ++i) logs.append("/g", "s", start + i * 1s, fmt::format("line {}", i));
  json::object first =
      call("GetLogEvents",
           {{"logGroupName", "/g"}, {"logStreamName", "s"}, {"startFromHead", true}, {"limit", 3}});
  ASSERT_EQ(first["events"].as_array().size(), 3U);
  EXPECT_EQ(first["events"].at(0).at("message"), "line 0");
  json::object rest = call(
      "GetLogEvents",
      {{"logGroupName", "/g"}, {"logStreamName", "s"}, {"nextToken", first["nextForwardToken"]}});
  ASSERT_EQ(rest["events"].as_array().size(), 2U);
  json::object end = call(
      "GetLogEvents",
      {{"logGroupName", "/g"}, {"logStreamName", "s"}, {"nextToken", rest["nextForwardToken"]}});
  EXPECT_TRUE(end["events"].as_array().empty());
  EXPECT_EQ(end["nextForwardToken"], rest["nextForwardToken"]);
}

TEST_F(LogsTest, without_start_from_head_the_latest_events_are_read) {
  for (int i = 0; i < 5; ++i) logs.append("/g", "s", start + i * 1s, fmt::format("line {}", i));
  json::object latest =
      call("GetLogEvents", {{"logGroupName", "/g"}, {"logStreamName", "s"}, {"limit", 2}});
  EXPECT_EQ(latest["events"].at(0).at("message"), "line 3");
  EXPECT_EQ(latest["events"].at(1).at("message"), "line 4");
}

TEST_F(LogsTest, filtering_reads_all_streams_in_the_order_of_time_and_pages) {
  logs.append("/g", "b", start + 1s, "second struck");
  logs.append("/g", "a", start, "first struck");
  logs.append("/g", "a", start + 2s, "third quiet");
  logs.append("/g", "a", start + 3s, "fourth struck");
  json::object page =
      call("FilterLogEvents", {{"logGroupName", "/g"}, {"filterPattern", "struck"}, {"limit", 2}});
  ASSERT_EQ(page["events"].as_array().size(), 2U);
  EXPECT_EQ(page["events"].at(0).at("message"), "first struck");
  EXPECT_EQ(page["events"].at(1).at("logStreamName"), "b");
  json::object rest =
      call("FilterLogEvents",
           {{"logGroupName", "/g"}, {"filterPattern", "struck"}, {"nextToken", page["nextToken"]}});
  ASSERT_EQ(rest["events"].as_array().size(), 1U);
  EXPECT_EQ(rest["events"].at(0).at("message"), "fourth struck");
  EXPECT_FALSE(rest.contains("nextToken"));
}

json::object at(base::Instant time, std::string message = "m") {
  return {{"timestamp", base::unix_milliseconds(time)}, {"message", std::move(message)}};
}

json::object batch(json::array events) {
  return {{"logGroupName", "/g"}, {"logStreamName", "s"}, {"logEvents", std::move(events)}};
}

TEST_F(LogsTest, events_too_old_expired_or_too_new_are_rejected_and_the_others_kept) {
  logs.append("/g", "s", start, "line");
  call("PutRetentionPolicy", {{"logGroupName", "/g"}, {"retentionInDays", 7}});
  const auto out = call("PutLogEvents",
                        batch({at(start - std::chrono::days(15)), at(start - std::chrono::days(14)),
                               at(start - 22h), at(start + 2h), at(start + 3h)}));
  const json::object expected{{"tooOldLogEventEndIndex", 1},
                              {"expiredLogEventEndIndex", 2},
                              {"tooNewLogEventStartIndex", 4}};
  EXPECT_EQ(out.at("rejectedLogEventsInfo"), expected);
}

TEST_F(LogsTest, a_batch_that_breaks_a_limit_is_refused_whole) {
  logs.append("/g", "s", start, "line");
  const struct {
    const char* what;
    json::array events;
    const char* said;
  } cases[] = {
      {"no event", {}, "length greater than or equal to 1"},
      {"too many", json::array(10'001, at(start)), "length less than or equal to 10000"},
      {"not in order", {at(start + 1s), at(start)}, "must be in chronological order"},
      {"over 24 hours", {at(start - 25h), at(start)}, "cannot span more than 24 hours"},
      {"a large event",
       {at(start, std::string(1'048'551, 'x'))},
       "Log event too large: 1048577 bytes exceeds limit of 1048576"},
      {"a large batch",
       {at(start, std::string(600'000, 'x')), at(start, std::string(600'000, 'x'))},
       "Upload too large: 1200052 bytes exceeds limit of 1048576"},
  };
  for (const auto& [what, events, said] : cases) {
    try {
      call("PutLogEvents", batch(events));
      ADD_FAILURE() << what;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "InvalidParameterException") << what;
      EXPECT_NE(std::string_view(error.what()).find(said), std::string_view::npos) << error.what();
    }
  }
  EXPECT_EQ(logs.groups().at("/g").streams.at("s").events.size(), 1U);
  call("PutLogEvents", batch({at(start, std::string(1'048'550, 'x'))}));
}

TEST_F(LogsTest, events_go_three_days_after_their_retention) {
  logs.append("/g", "s", start, "line");
  call("PutRetentionPolicy", {{"logGroupName", "/g"}, {"retentionInDays", 1}});
  const auto left = [this] {
    return call("FilterLogEvents", {{"logGroupName", "/g"}}).at("events").as_array().size();
  };
  runtime->run(runtime->clock().sleep_for(std::chrono::days(4)));
  EXPECT_EQ(left(), 1U);
  runtime->run(runtime->clock().sleep_for(1s));
  EXPECT_EQ(left(), 0U);
}

TEST_F(LogsTest, groups_are_listed_by_prefix_with_their_retention) {
  call("CreateLogGroup", {{"logGroupName", "/aws/lambda/a"}});
  call("CreateLogGroup", {{"logGroupName", "/ecs/b"}});
  call("PutRetentionPolicy", {{"logGroupName", "/ecs/b"}, {"retentionInDays", 7}});
  EXPECT_EQ(refusal("PutRetentionPolicy", {{"logGroupName", "/ecs/b"}, {"retentionInDays", 8}}),
            "InvalidParameterException");
  json::object out = call("DescribeLogGroups", {{"logGroupNamePrefix", "/ecs"}});
  ASSERT_EQ(out["logGroups"].as_array().size(), 1U);
  EXPECT_EQ(out["logGroups"].at(0).at("retentionInDays"), 7);
  EXPECT_EQ(out["logGroups"].at(0).at("arn"),
            "arn:aws:logs:ap-northeast-1:123456789012:log-group:/ecs/b:*");
}

TEST_F(LogsTest, access_is_asked_for_on_the_stream) {
  const auto access =
      logs.operations()
          .at("PutLogEvents")
          .access(Call{
              {}, "logs", "PutLogEvents", {{"logGroupName", "/g"}, {"logStreamName", "s"}}, {}});
  ASSERT_EQ(access.size(), 1U);
  EXPECT_EQ(access[0].action, "logs:PutLogEvents");
  EXPECT_EQ(access[0].resource,
            "arn:aws:logs:ap-northeast-1:123456789012:log-group:/g:log-stream:s");
}

struct Pattern {
  std::string_view pattern, message;
  bool matches;
};

class FilterTest : public ::testing::TestWithParam<Pattern> {};

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
INSTANTIATE_TEST_SUITE_P(Documented, FilterTest,
                         ::testing::Values(Pattern{"", "anything", true},
                                           Pattern{"ERROR", "[ERROR 400] BAD REQUEST", true},
                                           Pattern{"ERROR", "[error 400]", false},
                                           Pattern{"ERROR ARGUMENTS", "ERROR with ARGUMENTS", true},
                                           Pattern{"ERROR ARGUMENTS", "ERROR", false},
                                           Pattern{"?ERROR ?WARN", "WARN 5", true},
                                           Pattern{"?ERROR ?WARN", "INFO 5", false},
                                           Pattern{"ERROR -EXITING", "ERROR EXITING", false},
                                           Pattern{"ERROR -EXITING", "ERROR 1", true},
                                           Pattern{"\"a: b\"", "x a: b", true}));

TEST_P(FilterTest, matches_as_documented) {
  EXPECT_EQ(Filter::parse(GetParam().pattern).matches(GetParam().message), GetParam().matches);
}

TEST(Filter, patterns_that_are_not_understood_are_refused) {
  for (const std::string_view pattern : {"{ $.event = \"x\" }", "[a, b]", "%x%", "a.b", "\"open"}) {
    EXPECT_THROW(Filter::parse(pattern), Error) << pattern;
  }
}

}  // namespace
}  // namespace sim::logs

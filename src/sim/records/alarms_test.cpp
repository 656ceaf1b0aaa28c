// Alarms: what sets their state, what they remember, whom they tell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/core/ask.hpp"
#include "sim/records/services.hpp"

namespace sim::records {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

// Topics that take what they are sent, but one.
class Topics final : public Caller {
 public:
  Task<json::object> call(Principal caller, std::string service, std::string action,
                          json::object input) override {
    principals.push_back(caller.arn + " for " + caller.source);
    sent.push_back(service + ":" + action + " " + text_of(input, "Subject"));
    if (text_of(input, "TopicArn").ends_with("closed")) throw Error("AuthorizationError", "No.");
    messages.push_back(json::parse(text_of(input, "Message")).as_object());
    co_return json::object();
  }
  std::vector<std::string> principals, sent;
  std::vector<json::object> messages;
};

class Watch : public testing::Test {
 protected:
  json::object call(const std::string& action, json::object input) {
    return test::ask(*runtime_, *book_, action, std::move(input), test::root());
  }
  std::string refusal(const std::string& action, json::object input) {
    try {
      call(action, std::move(input));
      return "done";
    } catch (const Error& error) {
      return error.code + ": " + error.what();
    }
  }
  void put(const std::string& name, json::object more = {}) {
    more["AlarmName"] = name;
    for (const auto& [member, value] :
         {std::pair{"MetricName", "CPUUtilization"}, std::pair{"Namespace", "AWS/EC2"},
          std::pair{"Statistic", "Average"}, std::pair{"Period", "60"},
          std::pair{"EvaluationPeriods", "2"}, std::pair{"Threshold", "90"},
          std::pair{"ComparisonOperator", "GreaterThanThreshold"}}) {
      if (!more.contains(member)) more[member] = value;
    }
    call("PutMetricAlarm", std::move(more));
  }
  void set(const std::string& name, const std::string& state) {
    call("SetAlarmState", {{"AlarmName", name}, {"StateValue", state}, {"StateReason", "test"}});
  }
  json::object seen(const std::string& name) {
    const auto output = call("DescribeAlarms", {{"AlarmNames", json::array{json::string(name)}}});
    return output.at("MetricAlarms").as_array().at(0).as_object();
  }
  std::vector<std::string> names(json::object input) {
    std::vector<std::string> all;
    const auto output = call("DescribeAlarms", std::move(input));
    for (const auto& one : output.at("MetricAlarms").as_array()) {
      all.push_back(text_of(one.as_object(), "AlarmName"));
    }
    return all;
  }
  std::vector<std::string> history(json::object input) {
    std::vector<std::string> all;
    const auto output = call("DescribeAlarmHistory", std::move(input));
    for (const auto& one : output.at("AlarmHistoryItems").as_array()) {
      all.push_back(text_of(one.as_object(), "HistorySummary"));
    }
    return all;
  }
  void pass(base::Duration time) {
    runtime_->run([](base::Clock& clock, base::Duration amount) -> Task<void> {
      co_await clock.sleep_for(amount);
    }(runtime_->clock(), time));
  }

  std::unique_ptr<base::Runtime> runtime_ = base::virtual_runtime(start);
  Topics topics_;
  BookPointer book_ = cloudwatch(Context{.runtime = *runtime_}, topics_, {});
};

TEST_F(Watch, an_alarm_begins_without_data_and_holds_a_state_until_it_looks_again) {
  put("a");
  EXPECT_EQ(text_of(seen("a"), "StateValue"), "INSUFFICIENT_DATA");
  EXPECT_EQ(text_of(seen("a"), "StateReason"), "Unchecked: Initial alarm creation");
  pass(std::chrono::minutes(2));
  set("a", "ALARM");
  EXPECT_EQ(text_of(seen("a"), "StateValue"), "ALARM");
  EXPECT_EQ(text_of(seen("a"), "StateReason"), "test");
  EXPECT_EQ(text_of(seen("a"), "StateUpdatedTimestamp"), "2026-11-22T00:02:00.000Z");
  pass(std::chrono::minutes(1));
  EXPECT_EQ(text_of(seen("a"), "StateValue"), "INSUFFICIENT_DATA");
  EXPECT_EQ(text_of(seen("a"), "StateReason"), "Insufficient Data: 2 datapoints were unknown.");
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
TEST_F(Watch, missing_data_means_what_the_alarm_says_it_means) {
  put("bad", {{"TreatMissingData", "breaching"}, {"EvaluationPeriods", "1"}});
  put("good", {{"TreatMissingData", "notBreaching"}});
  put("same", {{"TreatMissingData", "ignore"}});
  set("same", "ALARM");
  pass(std::chrono::minutes(2));
  EXPECT_EQ(text_of(seen("bad"), "StateReason"),
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint "
            "was treated as [Breaching].");
  EXPECT_EQ(text_of(seen("good"), "StateReason"),
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints "
            "were treated as [NonBreaching].");
  EXPECT_EQ(text_of(seen("same"), "StateValue"), "ALARM");
}

TEST_F(Watch, alarms_are_found_by_name_prefix_state_and_action_and_in_pages) {
  const json::array topic{"arn:aws:sns:ap-northeast-1:123456789012:t"};
  put("one", {{"TreatMissingData", "ignore"}});
  put("other");
  put("two", {{"OKActions", topic}});
  set("one", "ALARM");
  EXPECT_THAT(names({}), ElementsAre("one", "other", "two"));
  EXPECT_THAT(names({{"AlarmNamePrefix", "o"}}), ElementsAre("one", "other"));
  EXPECT_THAT(names({{"StateValue", "ALARM"}}), ElementsAre("one"));
  EXPECT_THAT(names({{"ActionPrefix", "arn:aws:sns"}}), ElementsAre("two"));
  EXPECT_THAT(names({{"AlarmTypes", json::array{"CompositeAlarm"}}}), ElementsAre());
  const auto first = call("DescribeAlarms", {{"MaxRecords", "2"}});
  EXPECT_EQ(first.at("MetricAlarms").as_array().size(), 2U);
  EXPECT_THAT(names({{"MaxRecords", "2"}, {"NextToken", first.at("NextToken")}}),
              ElementsAre("two"));
}

TEST_F(Watch, an_alarm_that_is_put_again_keeps_its_state) {
  put("a", {{"TreatMissingData", "ignore"}});
  set("a", "ALARM");
  put("a", {{"TreatMissingData", "ignore"}, {"Threshold", "50"}});
  EXPECT_EQ(text_of(seen("a"), "StateValue"), "ALARM");
  EXPECT_EQ(text_of(seen("a"), "Threshold"), "50");
}

TEST_F(Watch, topics_are_told_of_a_change_while_actions_are_enabled) {
  const json::array closed{"arn:aws:sns:ap-northeast-1:123456789012:closed"};
  const json::array open{"arn:aws:sns:ap-northeast-1:123456789012:open",
                         "arn:aws:automate:ap-northeast-1:ec2:stop"};
  put("a", {{"AlarmActions", open}, {"OKActions", closed}});
  set("a", "ALARM");
  set("a", "ALARM");
  set("a", "OK");
  call("DisableAlarmActions", {{"AlarmNames", json::array{"a", "none"}}});
  set("a", "ALARM");
  EXPECT_FALSE(seen("a").at("ActionsEnabled").as_bool());
  call("EnableAlarmActions", {{"AlarmNames", json::array{"a"}}});
  EXPECT_TRUE(seen("a").at("ActionsEnabled").as_bool());
  EXPECT_THAT(topics_.sent, ElementsAre("sns:Publish ALARM: \"a\" in Asia Pacific (Tokyo)",
                                        "sns:Publish OK: \"a\" in Asia Pacific (Tokyo)"));
  EXPECT_EQ(topics_.principals.front(),
            "cloudwatch.amazonaws.com for arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:a");
  ASSERT_EQ(topics_.messages.size(), 1U);
  EXPECT_EQ(text_of(topics_.messages[0], "OldStateValue"), "INSUFFICIENT_DATA");
  EXPECT_EQ(text_of(topics_.messages[0], "StateChangeTime"), "2026-11-22T00:00:00.000+0000");
  EXPECT_EQ(text_of(topics_.messages[0].at("Trigger").as_object(), "Statistic"), "AVERAGE");
  EXPECT_THAT(
      history(
          {{"AlarmName", "a"}, {"HistoryItemType", "Action"}, {"ScanBy", "TimestampAscending"}}),
      ElementsAre(
          "Successfully executed action arn:aws:sns:ap-northeast-1:123456789012:open",
          HasSubstr("Failed to execute action arn:aws:automate:ap-northeast-1:ec2:stop."),
          "Failed to execute action arn:aws:sns:ap-northeast-1:123456789012:closed. Received "
          "error: \"No.\""));
}

TEST_F(Watch, the_history_stays_when_the_alarm_is_deleted) {
  put("a");
  pass(std::chrono::minutes(2));
  set("a", "OK");
  call("DeleteAlarms", {{"AlarmNames", json::array{"a", "none"}}});
  EXPECT_THAT(names({}), ElementsAre());
  EXPECT_THAT(history({{"AlarmName", "a"}}),
              ElementsAre("Alarm updated from INSUFFICIENT_DATA to OK", "Alarm \"a\" created"));
  EXPECT_THAT(history({{"StartDate", "2026-11-22T00:01:00Z"}}),
              ElementsAre("Alarm updated from INSUFFICIENT_DATA to OK"));
}

TEST_F(Watch, a_composite_alarm_follows_the_alarms_that_it_names) {
  put("a", {{"TreatMissingData", "ignore"}});
  put("b", {{"TreatMissingData", "ignore"}});
  const json::array topic{"arn:aws:sns:ap-northeast-1:123456789012:open"};
  call(
      "PutCompositeAlarm",
      {{"AlarmName", "both"}, {"AlarmRule", "ALARM(a) AND ALARM(\"b\")"}, {"AlarmActions", topic}});
  call("PutCompositeAlarm", {{"AlarmName", "over"}, {"AlarmRule", "NOT OK('both')"}});
  const auto state = [&](const std::string& name) {
    const auto output = call("DescribeAlarms", {{"AlarmTypes", json::array{"CompositeAlarm"}},
                                                {"AlarmNames", json::array{json::string(name)}}});
    EXPECT_TRUE(output.at("MetricAlarms").as_array().empty());
    return text_of(output.at("CompositeAlarms").as_array().at(0).as_object(), "StateValue");
  };
  EXPECT_EQ(state("both"), "INSUFFICIENT_DATA");
  pass(std::chrono::minutes(2));
  EXPECT_EQ(state("both"), "OK");
  EXPECT_EQ(state("over"), "OK");
  set("a", "ALARM");
  EXPECT_EQ(state("both"), "OK");
  set("b", "ALARM");
  EXPECT_EQ(state("both"), "ALARM");
  EXPECT_EQ(state("over"), "ALARM");
  EXPECT_THAT(topics_.sent, ElementsAre("sns:Publish ALARM: \"both\" in Asia Pacific (Tokyo)"));
  EXPECT_EQ(text_of(topics_.messages[0], "AlarmRule"), "ALARM(a) AND ALARM(\"b\")");
  set("b", "OK");
  EXPECT_EQ(state("over"), "OK");
  EXPECT_THAT(names({}), ElementsAre("a", "b"));
  EXPECT_EQ(history({{"AlarmName", "both"}, {"AlarmTypes", json::array{"CompositeAlarm"}}}).front(),
            "Alarm updated from ALARM to OK");
  call("DeleteAlarms", {{"AlarmNames", json::array{"over", "both"}}});
  EXPECT_THAT(call("DescribeAlarms", {{"AlarmTypes", json::array{"CompositeAlarm"}}})
                  .at("CompositeAlarms")
                  .as_array(),
              ElementsAre());
}

TEST_F(Watch, a_composite_alarm_is_refused_where_its_rule_is_none) {
  put("a");
  for (const auto* rule : {"", "ALARM", "ALARM(a", "ALARM(a) AND", "a", "(ALARM(a)", "ALARM(a))",
                           "SOME(a)", "ALARM()", "TRUE FALSE"}) {
    EXPECT_THAT(refusal("PutCompositeAlarm", {{"AlarmName", "c"}, {"AlarmRule", rule}}),
                HasSubstr("ValidationError: "))
        << rule;
  }
  EXPECT_EQ(refusal("PutCompositeAlarm",
                    {{"AlarmName", "c"}, {"AlarmRule", "ALARM(a) OR OK(x) OR NOT OK(c)"}}),
            "ValidationError: Could not save the composite alarm as alarms [x, c] in the alarm "
            "rule do not exist");
  EXPECT_THAT(refusal("PutCompositeAlarm", {{"AlarmName", "a"}, {"AlarmRule", "TRUE"}}),
              HasSubstr("A metric alarm with the name a exists"));
  EXPECT_THAT(
      refusal("PutCompositeAlarm", {{"AlarmName", "c"}, {"AlarmRule", "AT_LEAST(1, ALARM, (a))"}}),
      HasSubstr("NotImplemented: "));
  EXPECT_THAT(refusal("PutCompositeAlarm",
                      {{"AlarmName", "c"}, {"AlarmRule", "TRUE"}, {"ActionsSuppressor", "a"}}),
              HasSubstr("NotImplemented: "));
}

TEST_F(Watch, refuses_what_is_no_state_no_alarm_or_no_page) {
  put("a");
  EXPECT_EQ(
      refusal("SetAlarmState", {{"AlarmName", "b"}, {"StateValue", "OK"}, {"StateReason", "x"}}),
      "ResourceNotFound: Alarm b does not exist");
  EXPECT_EQ(
      refusal("SetAlarmState", {{"AlarmName", "a"}, {"StateValue", "BAD"}, {"StateReason", "x"}}),
      "ValidationError: 1 validation error detected: Value 'BAD' at 'stateValue' failed to "
      "satisfy constraint: Member must satisfy enum value set: [OK, ALARM, "
      "INSUFFICIENT_DATA]");
  EXPECT_THAT(refusal("SetAlarmState", {{"AlarmName", "a"},
                                        {"StateValue", "OK"},
                                        {"StateReason", "x"},
                                        {"StateReasonData", "{"}}),
              HasSubstr("InvalidFormat: "));
  EXPECT_THAT(refusal("SetAlarmState", {{"AlarmName", "a"}, {"StateValue", "OK"}}),
              HasSubstr("Value null at 'StateReason'"));
  EXPECT_THAT(refusal("DescribeAlarms", {{"MaxRecords", "101"}}),
              HasSubstr("have value less than or equal to 100"));
  EXPECT_THAT(refusal("DescribeAlarms", {{"NextToken", "x"}}), HasSubstr("InvalidNextToken: "));
  EXPECT_THAT(refusal("DescribeAlarms", {{"ChildrenOfAlarmName", "x"}}),
              HasSubstr("NotImplemented"));
}

}  // namespace
}  // namespace sim::records

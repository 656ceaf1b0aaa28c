#include "sim/records/alarm_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

namespace sim::records {

namespace {

// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
constexpr std::pair<std::string_view, std::string_view> regions[] = {
    {"ap-northeast-1", "Asia Pacific (Tokyo)"},
    {"ap-northeast-2", "Asia Pacific (Seoul)"},
    {"ap-northeast-3", "Asia Pacific (Osaka)"},
    {"ap-south-1", "Asia Pacific (Mumbai)"},
    {"ap-southeast-1", "Asia Pacific (Singapore)"},
    {"ap-southeast-2", "Asia Pacific (Sydney)"},
    {"ca-central-1", "Canada (Central)"},
    {"eu-central-1", "EU (Frankfurt)"},
    {"eu-north-1", "EU (Stockholm)"},
    {"eu-west-1", "EU (Ireland)"},
    {"eu-west-2", "EU (London)"},
    {"eu-west-3", "EU (Paris)"},
    {"sa-east-1", "South America (Sao Paulo)"},
    {"us-east-1", "US East (N. Virginia)"},
    {"us-east-2", "US East (Ohio)"},
    {"us-west-1", "US West (N. California)"},
    {"us-west-2", "US West (Oregon)"}};

std::string region_name(const std::string& region) {
  const auto* found =
      std::ranges::find(regions, region, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(regions) ? region : std::string(found->second);
}

// "2026-11-22T00:00:00Z" as "2026-11-22T00:00:00.000+0000".
std::string java_time(std::string time) {
  if (time.ends_with('Z')) time.pop_back();
  return time + (time.contains('.') ? "+0000" : ".000+0000");
}

std::string capitals(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

json::object trigger_of(const Record& alarm) {
  const auto& members = alarm.members;
  json::object trigger;
  for (const auto* name : {"MetricName", "Namespace", "Unit", "Period", "EvaluationPeriods",
                           "DatapointsToAlarm", "ComparisonOperator", "Threshold", "Metrics"}) {
    if (const auto* value = members.if_contains(name)) trigger[name] = *value;
  }
  if (members.contains("Statistic")) {
    trigger["StatisticType"] = "Statistic";
    trigger["Statistic"] = capitals(text_of(members, "Statistic"));
  } else if (members.contains("ExtendedStatistic")) {
    trigger["StatisticType"] = "ExtendedStatistic";
    trigger["ExtendedStatistic"] = text_of(members, "ExtendedStatistic");
  }
  json::array dimensions;
  for (const auto& one : members.at("Dimensions").as_array()) {
    if (!one.is_object()) continue;
    dimensions.push_back(json::object{{"value", text_of(one.get_object(), "Value")},
                                      {"name", text_of(one.get_object(), "Name")}});
  }
  trigger["Dimensions"] = std::move(dimensions);
  const auto treatment = text_of(members, "TreatMissingData");
  trigger["TreatMissingData"] = treatment.empty() ? "missing" : treatment;
  trigger["EvaluateLowSampleCountPercentile"] =
      text_of(members, "EvaluateLowSampleCountPercentile");
  return trigger;
}

}  // namespace

std::string alarm_subject(const Context& context, const Record& alarm) {
  auto subject = fmt::format("{}: \"{}\" in {}", text_of(alarm.members, "StateValue"), alarm.id,
                             region_name(context.region));
  // SNS takes no longer ones.
  if (subject.size() > 100) subject = subject.substr(0, 97) + "...";
  return subject;
}

json::object alarm_message(const Context& context, const Record& alarm,
                           const std::string& old_state) {
  const auto& members = alarm.members;
  const auto description = text_of(members, "AlarmDescription");
  json::object message;
  message["AlarmName"] = alarm.id;
  message["AlarmDescription"] = description.empty() ? json::value() : json::value(description);
  message["AWSAccountId"] = context.account;
  message["AlarmConfigurationUpdatedTimestamp"] =
      java_time(text_of(members, "AlarmConfigurationUpdatedTimestamp"));
  message["NewStateValue"] = text_of(members, "StateValue");
  message["NewStateReason"] = text_of(members, "StateReason");
  message["StateChangeTime"] = java_time(text_of(members, "StateUpdatedTimestamp"));
  message["Region"] = region_name(context.region);
  message["AlarmArn"] = alarm.arn;
  message["OldStateValue"] = old_state;
  for (const auto* list : {"OKActions", "AlarmActions", "InsufficientDataActions"}) {
    message[list] = members.at(list);
  }
  if (members.contains("AlarmRule")) {
    message["AlarmRule"] = members.at("AlarmRule");
  } else {
    message["Trigger"] = trigger_of(alarm);
  }
  return message;
}

}  // namespace sim::records

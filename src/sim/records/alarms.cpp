#include "sim/records/alarms.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/records/alarm_message.hpp"

namespace sim::records {

namespace {

// Ours: the history goes on when its alarms are deleted.
constexpr std::size_t longest_history = 10'000;

void check(const Record& alarm) {
  const auto& members = alarm.members;
  const bool simple = members.contains("MetricName");
  const bool composed = members.contains("Metrics");
  if (simple == composed) {
    throw validation(composed ? "MetricName and Metrics list cannot both be specified"
                              : "The parameter MetricName must be specified, or Metrics.");
  }
  if (!simple) return;
  for (const auto* name : {"Namespace", "Period", "ComparisonOperator"}) {
    if (!members.contains(name)) {
      throw validation(fmt::format("The parameter {} is required.", name));
    }
  }
  if (members.contains("Statistic") == members.contains("ExtendedStatistic")) {
    throw validation("Exactly one of Statistic and ExtendedStatistic must be specified.");
  }
}

json::object state_of(const Record& alarm) {
  json::object state{{"stateValue", text_of(alarm.members, "StateValue")},
                     {"stateReason", text_of(alarm.members, "StateReason")}};
  const auto data = text_of(alarm.members, "StateReasonData");
  json::error_code bad;
  if (auto parsed = json::parse(data, bad); !bad) state["stateReasonData"] = std::move(parsed);
  return state;
}

}  // namespace

Type Alarms::type() {
  const auto self = shared_from_this();
  return {.name = "alarm",
          .create = "PutMetricAlarm",
          .members =
              "AlarmName! AlarmDescription ActionsEnabled:flag OKActions:list AlarmActions:list "
              "InsufficientDataActions:list MetricName Namespace Dimensions:list Period:number "
              "Statistic:SampleCount|Average|Sum|Minimum|Maximum ExtendedStatistic Unit "
              "EvaluationPeriods:number DatapointsToAlarm:number Threshold:any Metrics:list "
              "ComparisonOperator:GreaterThanOrEqualToThreshold|GreaterThanThreshold|"
              "LessThanThreshold|LessThanOrEqualToThreshold|LessThanLowerOrGreaterThanUpper"
              "Threshold|LessThanLowerThreshold|GreaterThanUpperThreshold "
              "TreatMissingData:breaching|notBreaching|ignore|missing ThresholdMetricId "
              "EvaluateLowSampleCountPercentile:evaluate|ignore Tags:tags",
          .identifier = "AlarmName",
          .id = "{AlarmName}",
          .arn = "alarm:{AlarmName}",
          .shows = "AlarmArn={arn}",
          .returns = "-",
          .missing = "ResourceNotFound|Alarm {id} does not exist|404",
          .put = true,
          .check = [self](Book& book, const Call&, const Record* before, Record& alarm) {
            check(alarm);
            if (book.find("composite alarm", alarm.id) != nullptr) {
              throw validation(fmt::format("A composite alarm with the name {} exists", alarm.id));
            }
            if (!alarm.members.contains("Dimensions")) alarm.members["Dimensions"] = json::array();
            self->configure(book, before, alarm);
          }};
}

// What putting it makes of it: an alarm that is there already keeps its state.
void Alarms::configure(Book& book, const Record* before, Record& alarm) {
  auto& members = alarm.members;
  if (!members.contains("ActionsEnabled")) members["ActionsEnabled"] = true;
  for (const auto* list : {"OKActions", "AlarmActions", "InsufficientDataActions"}) {
    if (!members.contains(list)) members[list] = json::array();
  }
  const auto now = base::iso8601(book.context().now());
  members["AlarmConfigurationUpdatedTimestamp"] = now;
  members["StateValue"] = "INSUFFICIENT_DATA";
  members["StateReason"] = "Unchecked: Initial alarm creation";
  members["StateUpdatedTimestamp"] = now;
  members["StateTransitionedTimestamp"] = now;
  if (before != nullptr) {
    for (const auto& member : before->members) {
      if (std::string_view(member.key()).starts_with("State")) {
        members[member.key()] = member.value();
      }
    }
  }
  note(book.context(), alarm, "ConfigurationUpdate",
       fmt::format("Alarm \"{}\" {}", alarm.id, before == nullptr ? "created" : "updated"),
       {{"type", before == nullptr ? "Create" : "Update"}});
  look_later(book, alarm.id);
}

void Alarms::look_later(Book& book, const std::string& name) {
  const auto when = book.context().now() +
                    base::from_seconds(book.chance().uniform(base::seconds(looks_range_.low),
                                                             base::seconds(looks_range_.high)));
  looks_[name] = when;
  book.context().clock().call_at(when, [self = shared_from_this(), &book, name, when] {
    const auto next = self->looks_.find(name);
    if (next == self->looks_.end() || next->second != when) return;
    self->looks_.erase(next);
    if (auto* alarm = book.find("alarm", name)) self->look(book, *alarm);
    if (auto* alarm = book.find("composite alarm", name)) self->evaluate(book, *alarm);
  });
}

// Of a metric that has no data.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
void Alarms::look(Book& book, Record& alarm) {
  const auto treatment = text_of(alarm.members, "TreatMissingData");
  const bool breaching = treatment == "breaching";
  const std::string_view state = breaching                     ? "ALARM"
                                 : treatment == "notBreaching" ? "OK"
                                                               : "INSUFFICIENT_DATA";
  if (treatment == "ignore" || text_of(alarm.members, "StateValue") == state) return;
  const auto periods =
      std::max<std::int64_t>(1, Fields(alarm.members).integer("EvaluationPeriods", 1));
  const std::string_view plural = periods == 1 ? "" : "s", were = periods == 1 ? "was" : "were";
  if (state == "INSUFFICIENT_DATA") {
    enter(book, alarm, state,
          fmt::format("Insufficient Data: {} datapoint{} {} unknown.", periods, plural, were), "");
    return;
  }
  enter(book, alarm, state,
        fmt::format("Threshold Crossed: no datapoints were received for {0} period{1} and {0} "
                    "missing datapoint{1} {2} treated as [{3}].",
                    periods, plural, were, breaching ? "Breaching" : "NonBreaching"),
        "");
}

void Alarms::enter(Book& book, Record& alarm, std::string_view state, std::string reason,
                   std::string data, int depth) {
  const auto& context = book.context();
  const auto old = state_of(alarm);
  auto& members = alarm.members;
  const auto old_value = text_of(members, "StateValue");
  const auto now = base::iso8601(context.now());
  members["StateValue"] = state;
  members["StateReason"] = std::move(reason);
  members.erase("StateReasonData");
  if (!data.empty()) members["StateReasonData"] = std::move(data);
  members["StateUpdatedTimestamp"] = now;
  if (old_value == state) return;
  members["StateTransitionedTimestamp"] = now;
  note(context, alarm, "StateUpdate", fmt::format("Alarm updated from {} to {}", old_value, state),
       {{"version", "1.0"}, {"oldState", old}, {"newState", state_of(alarm)}});
  if (members.at("ActionsEnabled").as_bool()) {
    context.runtime.spawn(tell(context, alarm, old_value));
  }
  tell_composites(book, Record(alarm), depth);
}

// [I] An action that is not a topic's is not carried out, and the history says so.
Task<void> Alarms::tell(Context context, Record alarm, std::string old_state) {
  const auto self = shared_from_this();
  const Principal itself{.kind = Principal::Kind::service,
                         .arn = "cloudwatch.amazonaws.com",
                         .role_arn = {},
                         .user_id = {},
                         .source = alarm.arn};
  const auto state = text_of(alarm.members, "StateValue");
  const std::string_view list = state == "ALARM" ? "AlarmActions"
                                : state == "OK"  ? "OKActions"
                                                 : "InsufficientDataActions";
  const json::array actions = alarm.members.at(list).as_array();
  for (const auto& one : actions) {
    const std::string action = one.is_string() ? std::string(one.get_string()) : "";
    std::string refused = "The embedded AWS carries out actions of SNS topics only";
    if (action.contains(":sns:")) {
      refused.clear();
      try {
        co_await caller_.call(
            itself, "sns", "Publish",
            {{"TopicArn", action},
             {"Subject", alarm_subject(context, alarm)},
             {"Message", json::serialize(alarm_message(context, alarm, old_state))}});
      } catch (const std::exception& error) {
        refused = error.what();
      }
    }
    note(context, alarm, "Action",
         refused.empty()
             ? fmt::format("Successfully executed action {}", action)
             : fmt::format("Failed to execute action {}. Received error: \"{}\"", action, refused),
         {{"actionState", refused.empty() ? "Succeeded" : "Failed"},
          {"notificationResource", action},
          {"stateUpdateTimestamp", text_of(alarm.members, "StateUpdatedTimestamp")}});
  }
}

void Alarms::note(const Context& context, const Record& alarm, std::string_view type,
                  std::string summary, json::object data) {
  const bool composite = alarm.members.contains("AlarmRule");
  history_.push_back({{"AlarmName", alarm.id},
                      {"AlarmType", composite ? "CompositeAlarm" : "MetricAlarm"},
                      {"Timestamp", base::iso8601(context.now())},
                      {"HistoryItemType", type},
                      {"HistorySummary", std::move(summary)},
                      {"HistoryData", json::serialize(data)}});
  if (history_.size() > longest_history) history_.pop_front();
}

}  // namespace sim::records

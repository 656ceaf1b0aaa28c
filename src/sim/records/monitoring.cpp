// CloudWatch's dashboards, EventBridge rules, EventBridge Scheduler. They exist and are refused;
// nothing fires. Alarms: alarms.hpp.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/records/alarms.hpp"
#include "sim/records/services.hpp"

namespace sim::records {

namespace {

bool is_json_object(std::string_view text) {
  json::error_code bad;
  return json::parse(text, bad).is_object() && !bad;
}

// CloudWatch --------------------------------------------------------------------------------------

void check_dashboard(Book&, const Call&, const Record*, Record& dashboard) {
  if (!is_json_object(text_of(dashboard.members, "DashboardBody"))) {
    throw Error("InvalidParameterInput", "The field DashboardBody must be a valid JSON object");
  }
}

// One that is missing refuses them all.
json::object delete_dashboards(Book& book, const Call& call) {
  const auto names = Fields(call.input).texts("DashboardNames");
  for (const auto& name : names) book.get("dashboard", name);
  for (const auto& name : names) book.erase("dashboard", name);
  return {};
}

// EventBridge -------------------------------------------------------------------------------------

void check_schedule(Book& book, std::string_view expression) {
  const bool known = (expression.starts_with("rate(") || expression.starts_with("cron(") ||
                      expression.starts_with("at(")) &&
                     expression.ends_with(')');
  if (!known) throw book.invalid("Parameter ScheduleExpression is not valid.");
}

void check_event_rule(Book& book, const Call&, const Record*, Record& rule) {
  const auto pattern = text_of(rule.members, "EventPattern");
  const auto schedule = text_of(rule.members, "ScheduleExpression");
  if (pattern.empty() && schedule.empty()) {
    throw book.invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  if (!schedule.empty()) check_schedule(book, schedule);
  if (!pattern.empty() && !is_json_object(pattern)) {
    throw Error("InvalidEventPatternException",
                "Event pattern is not valid. Reason: Filter is not an object");
  }
  if (!rule.members.contains("State")) rule.members["State"] = "ENABLED";
}

void check_rule_removal(Book& book, const Call&, const Record& rule) {
  const auto* targets = rule.hidden.if_contains("Targets");
  if (targets != nullptr && !targets->as_array().empty()) {
    throw book.invalid("Rule can't be deleted since it has targets.");
  }
}

json::array without(const json::array& targets, const std::vector<std::string>& ids) {
  json::array left;
  for (const auto& one : targets) {
    if (std::ranges::find(ids, text_of(one.as_object(), "Id")) == ids.end()) left.push_back(one);
  }
  return left;
}

json::array& targets_of(Book& book, const Call& call) {
  const Fields in(call.input);
  auto& targets = book.get("rule", in.required("Rule")).hidden["Targets"];
  if (!targets.is_array()) targets = json::array();
  return targets.get_array();
}

json::object put_targets(Book& book, const Call& call) {
  std::vector<std::string> ids;
  const auto& given = Fields(call.input).list("Targets");
  for (const auto& one : given) {
    const Fields target(one.as_object());
    if (!target.required("Arn").starts_with("arn:")) {
      throw book.invalid(
          fmt::format("Parameter {} is not valid. Reason: Provided Arn is not in "
                      "correct format.",
                      target.text("Arn")));
    }
    ids.push_back(target.required("Id"));
  }
  auto& targets = targets_of(book, call);
  json::array all = without(targets, ids);
  for (const auto& one : given) all.push_back(one);
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
  if (all.size() > 5) {
    throw Error("LimitExceededException",
                "The requested resource exceeds the maximum number allowed.");
  }
  targets = std::move(all);
  return {{"FailedEntryCount", 0}, {"FailedEntries", json::array()}};
}

json::object remove_targets(Book& book, const Call& call) {
  auto& targets = targets_of(book, call);
  targets = without(targets, Fields(call.input).texts("Ids"));
  return {{"FailedEntryCount", 0}, {"FailedEntries", json::array()}};
}

json::object list_targets(Book& book, const Call& call) {
  return {{"Targets", targets_of(book, call)}};
}

// Scheduler ---------------------------------------------------------------------------------------

Task<void> ask_target(Book& book, const Call&, json::object& members) {
  const auto* target = members.if_contains("Target");
  if (target == nullptr) co_return;
  const Fields in(target->as_object());
  const std::string role = in.required("RoleArn");
  in.required("Arn");
  bool there = true;
  try {
    co_await book.ask("iam", "GetRole", {{"RoleName", role.substr(role.rfind('/') + 1)}});
  } catch (const Error&) {
    there = false;
  }
  if (!there) {
    throw book.invalid(
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.");
  }
}

void check_scheduled(Book& book, const Call&, const Record*, Record& schedule) {
  check_schedule(book, text_of(schedule.members, "ScheduleExpression"));
  if (!schedule.members.contains("State")) schedule.members["State"] = "ENABLED";
}

}  // namespace

BookPointer cloudwatch(const Context& context, Caller& caller, const Knobs& knobs) {
  const auto alarms = std::make_shared<Alarms>(caller, knobs.alarm_looks);
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "monitoring",
            .prefix = "cloudwatch",
            .invalid = "ValidationError",
            .query = true,
            .tags = TagWords{.arn = "ResourceARN"}},
      std::vector<Type>{alarms->type(),
                        alarms->composite_type(),
                        {.name = "dashboard",
                         .create = "PutDashboard",
                         .describe = "GetDashboard",
                         .members = "DashboardName! DashboardBody!",
                         .identifier = "DashboardName",
                         .id = "{DashboardName}",
                         .arn = "arn:{partition}:cloudwatch::{account}:dashboard/{DashboardName}",
                         .shows = "DashboardArn={arn}",
                         .returns = "-",
                         .missing = "ResourceNotFound|Dashboard {id} does not exist|404",
                         .put = true,
                         .check = check_dashboard}});
  alarms->add_to(*book);
  add(*book, "DeleteDashboards", "dashboard", "", delete_dashboards);
  return book;
}

BookPointer events(const Context& context, Caller& caller) {
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "events", .prefix = "events", .tags = TagWords{.arn = "ResourceARN"}},
      std::vector<Type>{{.name = "rule",
                         .create = "PutRule",
                         .describe = "DescribeRule",
                         .remove = "DeleteRule",
                         .members = "Name! Description EventPattern ScheduleExpression "
                                    "EventBusName:default RoleArn:@role Tags:tags "
                                    "State:ENABLED|DISABLED|"
                                    "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
                         .identifier = "Name",
                         .id = "{Name}",
                         .arn = "rule/{Name}",
                         .shows = "Arn={arn} RuleArn={arn}",
                         .returns = "RuleArn",
                         .missing =
                             "ResourceNotFoundException|Rule {id} does not exist on EventBus "
                             "default.",
                         .put = true,
                         .gone_is_fine = true,
                         .check = check_event_rule,
                         .check_removal = check_rule_removal}});
  add(*book, "PutTargets", "rule", "Rule", put_targets);
  add(*book, "RemoveTargets", "rule", "Rule", remove_targets);
  add(*book, "ListTargetsByRule", "rule", "Rule", list_targets);
  return book;
}

BookPointer scheduler(const Context& context, Caller& caller) {
  return std::make_unique<Book>(
      context, caller, Words{.name = "scheduler", .prefix = "scheduler"},
      std::vector<Type>{{.name = "schedule",
                         .create = "CreateSchedule",
                         .describe = "GetSchedule",
                         .update = "UpdateSchedule",
                         .remove = "DeleteSchedule",
                         .members = "Name! Description ScheduleExpression! FlexibleTimeWindow!:map "
                                    "Target!:map GroupName:default KmsKeyArn StartDate EndDate "
                                    "ScheduleExpressionTimezone State:ENABLED|DISABLED",
                         .identifier = "Name",
                         .id = "{Name}",
                         .arn = "schedule/default/{Name}",
                         .shows = "Arn={arn} ScheduleArn={arn}",
                         .returns = "ScheduleArn",
                         .exists = "ConflictException|Schedule {id} already exists.|409",
                         .missing = "ResourceNotFoundException|Schedule {id} does not exist.|404",
                         .inquire = ask_target,
                         .check = check_scheduled}});
}

}  // namespace sim::records

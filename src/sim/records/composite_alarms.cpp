// Alarms over alarms.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/records/alarm_rule.hpp"
#include "sim/records/alarms.hpp"

namespace sim::records {

Type Alarms::composite_type() {
  const auto self = shared_from_this();
  return {.name = "composite alarm",
          .create = "PutCompositeAlarm",
          .members =
              "AlarmName! AlarmRule! AlarmDescription ActionsEnabled:flag OKActions:list "
              "AlarmActions:list InsufficientDataActions:list Tags:tags",
          .identifier = "AlarmName",
          .id = "{AlarmName}",
          .arn = "alarm:{AlarmName}",
          .shows = "AlarmArn={arn}",
          .returns = "-",
          .missing = "ResourceNotFound|Alarm {id} does not exist|404",
          .put = true,
          .check = [self](Book& book, const Call&, const Record* before, Record& alarm) {
            self->check_rule(book, alarm);
            self->configure(book, before, alarm);
          }};
}

Record* Alarms::find(Book& book, const std::string& name_or_arn) {
  if (auto* alarm = book.find("alarm", name_or_arn)) return alarm;
  return book.find("composite alarm", name_or_arn);
}

bool Alarms::rule_holds(Book& book, const Record& composite) const {
  return holds(text_of(composite.members, "AlarmRule"),
               [&](const std::string& name, std::string_view state) {
                 const auto* child = find(book, name);
                 return child != nullptr && text_of(child->members, "StateValue") == state;
               });
}

// [C] The text: terraform-provider-aws's reports. [I] That an alarm of the other kind refuses.
void Alarms::check_rule(Book& book, const Record& composite) const {
  std::vector<std::string> missing;
  holds(text_of(composite.members, "AlarmRule"), [&](const std::string& name, std::string_view) {
    const bool itself = name == composite.id || name == composite.arn;
    if (itself || find(book, name) == nullptr) missing.push_back(name);
    return false;
  });
  if (!missing.empty()) {
    throw Error("ValidationError",
                fmt::format("Could not save the composite alarm as alarms [{}] in the alarm rule "
                            "do not exist",
                            fmt::join(missing, ", ")));
  }
  if (book.find("alarm", composite.id) != nullptr) {
    throw Error("ValidationError",
                fmt::format("A metric alarm with the name {} exists", composite.id));
  }
}

// What the change of one alarm means for those above it. A circle of them ends when nobody changes.
void Alarms::tell_composites(Book& book, const Record& changed, int depth) {
  constexpr int deepest = 20;
  if (depth > deepest) return;
  std::vector<std::string> names;
  for (const auto& [name, composite] : book.all("composite alarm")) names.push_back(name);
  for (const auto& name : names) {
    auto* composite = book.find("composite alarm", name);
    if (composite == nullptr || composite->id == changed.id) continue;
    bool names_it = false;
    holds(text_of(composite->members, "AlarmRule"),
          [&](const std::string& child, std::string_view) {
            names_it = names_it || child == changed.id || child == changed.arn;
            return false;
          });
    if (!names_it) continue;
    const std::string_view state = rule_holds(book, *composite) ? "ALARM" : "OK";
    if (text_of(composite->members, "StateValue") == state) continue;
    enter(book, *composite, state,
          fmt::format("{} transitioned to {} at {}", changed.arn,
                      text_of(changed.members, "StateValue"),
                      text_of(changed.members, "StateUpdatedTimestamp")),
          "", depth + 1);
  }
}

// The first time, when nothing has changed yet.
void Alarms::evaluate(Book& book, Record& composite) {
  const std::string_view state = rule_holds(book, composite) ? "ALARM" : "OK";
  if (text_of(composite.members, "StateValue") == state) return;
  enter(book, composite, state, fmt::format("{} was evaluated", composite.arn), "");
}

}  // namespace sim::records

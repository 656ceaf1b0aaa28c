// What is asked of alarms beside their table.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/
#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "base/contains.hpp"
#include "sim/records/alarms.hpp"

namespace sim::records {

namespace {

Error violated(std::string_view member, const std::string& value, std::string_view constraint) {
  return validation(
      fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
                  "Member must {}",
                  value, member, constraint));
}

void check_word(const Fields& in, std::string_view member, std::string_view shown,
                std::initializer_list<std::string_view> words) {
  const auto given = in.text(member);
  if (!in.has(member) || base::contains(words, given)) return;
  throw violated(shown, given, fmt::format("satisfy enum value set: [{}]", fmt::join(words, ", ")));
}

// One page of them; the token is the place of the first that is left.
json::object page(const Fields& in, std::string_view member, json::array all) {
  const auto most = in.integer("MaxRecords", 50);
  if (most < 1 || most > 100) {
    throw violated("maxRecords", fmt::format("{}", most),
                   most < 1 ? "have value greater than or equal to 1"
                            : "have value less than or equal to 100");
  }
  std::size_t start = 0;
  if (const auto token = in.text("NextToken"); !token.empty()) {
    const auto [end, wrong] = std::from_chars(token.data(), token.data() + token.size(), start);
    if (wrong != std::errc() || end != token.data() + token.size() || start > all.size()) {
      throw Error("InvalidNextToken", "The next token specified is invalid.");
    }
  }
  const auto end = std::min(start + static_cast<std::size_t>(most), all.size());
  json::object output;
  output[member] = json::array(all.begin() + static_cast<std::ptrdiff_t>(start),
                               all.begin() + static_cast<std::ptrdiff_t>(end));
  if (end < all.size()) output["NextToken"] = fmt::format("{}", end);
  return output;
}

bool has_action(const Record& alarm, std::string_view prefix) {
  for (const auto* list : {"OKActions", "AlarmActions", "InsufficientDataActions"}) {
    for (const auto& action : alarm.members.at(list).as_array()) {
      if (action.is_string() && std::string_view(action.get_string()).starts_with(prefix)) {
        return true;
      }
    }
  }
  return false;
}

// A number in JSON, a text in queries.
std::optional<base::Instant> time_of(const Fields& in, const json::object& input,
                                     std::string_view member) {
  if (!in.has(member)) return std::nullopt;
  if (input.at(member).is_number()) {
    return base::Instant{} + base::from_seconds(input.at(member).to_number<double>());
  }
  const auto time = base::parse_iso8601(in.text(member));
  if (!time) throw violated(member, in.text(member), "be a timestamp");
  return time;
}

}  // namespace

void Alarms::add_to(Book& book) {
  const auto self = shared_from_this();
  add(book, "DescribeAlarms", "alarm", "",
      [self](Book& of, const Call& call) { return self->describe(of, call); });
  add(book, "DescribeAlarmHistory", "alarm", "AlarmName",
      [self](Book& of, const Call& call) { return self->history(of, call); });
  add(book, "SetAlarmState", "alarm", "AlarmName",
      [self](Book& of, const Call& call) { return self->set_state(of, call); });
  for (const bool on : {true, false}) {
    add(book, on ? "EnableAlarmActions" : "DisableAlarmActions", "alarm", "",
        [on](Book& of, const Call& call) {
          // Names that nothing has are passed over.
          for (const auto& name : Fields(call.input, "ValidationError").texts("AlarmNames")) {
            if (auto* alarm = find(of, name)) alarm->members["ActionsEnabled"] = on;
          }
          return json::object();
        });
  }
  // A list of alarms some of which do not exist is no error.
  add(book, "DeleteAlarms", "alarm", "", [](Book& of, const Call& call) {
    for (const auto& name : Fields(call.input, "ValidationError").texts("AlarmNames")) {
      of.erase("alarm", name);
      of.erase("composite alarm", name);
    }
    return json::object();
  });
}

json::object Alarms::describe(Book& book, const Call& call) {
  const Fields in(call.input, "ValidationError");
  in.unsupported(call.action, {"ChildrenOfAlarmName", "ParentsOfAlarmName"});
  check_word(in, "StateValue", "stateValue", {"OK", "ALARM", "INSUFFICIENT_DATA"});
  auto names = in.texts("AlarmNames");
  const auto prefix = in.text("AlarmNamePrefix"), state = in.text("StateValue"),
             action = in.text("ActionPrefix");
  if (!names.empty() && !prefix.empty()) {
    throw validation("AlarmNames and AlarmNamePrefix cannot both be specified");
  }
  // [C] Without any type, only metric alarms.
  const auto types = in.texts("AlarmTypes");
  json::array found;
  for (const auto* type : {"alarm", "composite alarm"}) {
    const bool metric = type == std::string_view("alarm");
    const bool wanted =
        types.empty() ? metric : base::contains(types, metric ? "MetricAlarm" : "CompositeAlarm");
    if (!wanted) continue;
    for (const auto& [name, alarm] : book.all(type)) {
      if (!names.empty() && !base::contains(names, name)) continue;
      if (!name.starts_with(prefix) || (!action.empty() && !has_action(alarm, action))) continue;
      if (!state.empty() && text_of(alarm.members, "StateValue") != state) continue;
      found.emplace_back(book.shown(type, alarm));
    }
  }
  auto output = page(in, "MetricAlarms", std::move(found));
  json::array metric, composite;
  for (auto& one : output["MetricAlarms"].as_array()) {
    (one.as_object().contains("AlarmRule") ? composite : metric).push_back(std::move(one));
  }
  output["MetricAlarms"] = std::move(metric);
  output["CompositeAlarms"] = std::move(composite);
  return output;
}

json::object Alarms::history(Book&, const Call& call) const {
  const Fields in(call.input, "ValidationError");
  check_word(in, "HistoryItemType", "historyItemType",
             {"ConfigurationUpdate", "StateUpdate", "Action"});
  check_word(in, "ScanBy", "scanBy", {"TimestampDescending", "TimestampAscending"});
  const auto from = time_of(in, call.input, "StartDate"), to = time_of(in, call.input, "EndDate");
  const auto types = in.texts("AlarmTypes");
  json::array items;
  for (const auto& item : history_) {
    const auto differs = [&](std::string_view member, std::string_view given) {
      return in.has(given) && text_of(item, member) != in.text(given);
    };
    if (differs("AlarmName", "AlarmName") || differs("HistoryItemType", "HistoryItemType")) {
      continue;
    }
    if (!types.empty() && !base::contains(types, text_of(item, "AlarmType"))) continue;
    const auto when = base::parse_iso8601(text_of(item, "Timestamp"));
    if ((from && when < from) || (to && when > to)) continue;
    items.emplace_back(item);
  }
  if (in.text("ScanBy") != "TimestampAscending") std::ranges::reverse(items);
  return page(in, "AlarmHistoryItems", std::move(items));
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html: it holds
// until the alarm looks at its metric again.
json::object Alarms::set_state(Book& book, const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto name = in.required("AlarmName");
  const auto state = in.required("StateValue");
  check_word(in, "StateValue", "stateValue", {"OK", "ALARM", "INSUFFICIENT_DATA"});
  if (!in.has("StateReason")) in.required("StateReason");
  const auto reason = in.text("StateReason"), data = in.text("StateReasonData");
  if (reason.size() > 1023) {
    throw violated("stateReason", reason, "have length less than or equal to 1023");
  }
  if (json::error_code bad; !data.empty() && (json::parse(data, bad), bad)) {
    throw Error("InvalidFormat", "StateReasonData is not valid JSON");
  }
  auto* composite = book.find("composite alarm", name);
  auto& alarm = composite != nullptr ? *composite : book.get("alarm", name);
  enter(book, alarm, state, reason, data);
  // [C] A composite one returns to its actual state only when one of its children changes.
  if (composite == nullptr) look_later(book, name);
  return {};
}

}  // namespace sim::records

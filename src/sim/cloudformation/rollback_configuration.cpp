#include "sim/cloudformation/rollback_configuration.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/inputs.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::size_t max_triggers = 5;
constexpr int max_minutes = 180;

Error violated(const std::string& value, std::string_view member, const std::string& constraint) {
  return invalid(
      fmt::format("1 validation error detected: Value {} at 'rollbackConfiguration.{}' failed to "
                  "satisfy constraint: Member must {}",
                  value, member, constraint));
}

std::vector<RollbackConfiguration::Trigger> triggers_of(const json::value& given) {
  std::vector<RollbackConfiguration::Trigger> triggers;
  // An empty list comes as an empty text, and takes all triggers away.
  const auto* list = given.if_array();
  if (list == nullptr) return triggers;
  if (list->size() > max_triggers) {
    throw violated(fmt::format("'{}'", json::serialize(given)), "rollbackTriggers",
                   fmt::format("have length less than or equal to {}", max_triggers));
  }
  for (const auto& one : *list) {
    const RollbackConfiguration::Trigger trigger{at(one, "Arn"), at(one, "Type")};
    for (const auto& [member, value] :
         {std::pair{"arn", trigger.arn}, std::pair{"type", trigger.type}}) {
      if (!value.empty()) continue;
      throw violated("null",
                     fmt::format("rollbackTriggers.{}.member.{}", triggers.size() + 1, member),
                     "not be null");
    }
    // [I] The wording.
    if (trigger.type != "AWS::CloudWatch::Alarm" &&
        trigger.type != "AWS::CloudWatch::CompositeAlarm") {
      throw invalid(fmt::format("Rollback trigger type {} is not supported", trigger.type));
    }
    triggers.push_back(trigger);
  }
  return triggers;
}

int minutes_of(const json::value& given) {
  const std::string text = templates::text_of(given);
  const auto minutes = templates::number_of(text);
  if (!minutes || *minutes < 0 || *minutes > max_minutes) {
    throw violated(fmt::format("'{}'", text), "monitoringTimeInMinutes",
                   minutes && *minutes > max_minutes
                       ? fmt::format("have value less than or equal to {}", max_minutes)
                       : "have value greater than or equal to 0");
  }
  return static_cast<int>(*minutes);
}

}  // namespace

RollbackConfiguration rollback_configuration_of(const json::object& input,
                                                const RollbackConfiguration& before) {
  RollbackConfiguration configuration = before;
  const auto* given = input.if_contains("RollbackConfiguration");
  if (given == nullptr || !given->is_object()) return configuration;
  if (const auto* list = given->get_object().if_contains("RollbackTriggers")) {
    configuration.triggers = triggers_of(*list);
  }
  if (const auto* minutes = given->get_object().if_contains("MonitoringTimeInMinutes")) {
    configuration.minutes = minutes_of(*minutes);
  }
  return configuration;
}

json::object rollback_view(const RollbackConfiguration& configuration) {
  json::object view;
  if (!configuration.triggers.empty()) {
    json::array triggers;
    for (const auto& one : configuration.triggers) {
      triggers.push_back(json::object{{"Arn", one.arn}, {"Type", one.type}});
    }
    view["RollbackTriggers"] = std::move(triggers);
  }
  if (configuration.minutes) view["MonitoringTimeInMinutes"] = *configuration.minutes;
  return view;
}

}  // namespace sim::cloudformation

// What an alarm tells a topic.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
#pragma once

#include <string>

#include "sim/records/records.hpp"

namespace sim::records {

// ALARM: "name" in Asia Pacific (Tokyo)
std::string alarm_subject(const Context& context, const Record& alarm);
json::object alarm_message(const Context& context, const Record& alarm,
                           const std::string& old_state);

}  // namespace sim::records

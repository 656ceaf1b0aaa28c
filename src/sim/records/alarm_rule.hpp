// The rule of a composite alarm: ALARM("a") AND (NOT OK(b) OR FALSE). Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace sim::records {

// Whether the rule holds. `is_in` is asked of every alarm that the rule names, by name or ARN, and
// the state that it is to be in. Throws Error (ValidationError) for what is no rule.
bool holds(std::string_view rule,
           const std::function<bool(const std::string& alarm, std::string_view state)>& is_in);

}  // namespace sim::records

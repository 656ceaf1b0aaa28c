// What the handlers of EC2's resource types share.
#pragma once

#include <string>

#include "sim/cloudformation/handlers/handlers.hpp"

namespace sim::cloudformation {

// {"InstanceId": ["i-..."]}: the form in which Describe calls take ids.
json::object ids_of(std::string_view member, const std::string& id);

// Calls `action` with the resource's tags; the id is at `path` of the answer. Sets the tags that
// only CloudFormation may.
Task<json::object> create_tagged(Work& work, std::string action, json::object input,
                                 std::string tag_type, std::string path);

// Looks until the text at `path` is `wanted`, in any case of letters. Gone counts as done when
// `gone_is_fine`. Throws Failure for failed, rejected or terminated things, and after the limit.
Task<void> settle(Work& work, std::string action, json::object input, std::string path,
                  std::string wanted, bool gone_is_fine);

// The default group of a VPC: what takes the place of groups that are named no more.
Task<json::array> default_groups(Work& work, std::string vpc);

// A property as the query protocol takes it: every scalar as text, all else as it is.
json::value as_texts(const json::value& value);

}  // namespace sim::cloudformation

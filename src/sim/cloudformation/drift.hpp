// Drift: how the live resources of a stack differ from what its template says. Reads through the
// services' APIs, as whoever asks.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sim/cloudformation/handler.hpp"

namespace sim::cloudformation {

struct Stack;

struct PropertyDifference {
  std::string path;  // "/Tags/0/Value"
  std::string expected, actual;
  std::string type;  // ADD, REMOVE, NOT_EQUAL
};

struct ResourceDrift {
  std::string status;  // IN_SYNC, MODIFIED, DELETED, NOT_CHECKED
  base::Instant checked{};
  json::object expected = {}, actual = {};
  std::vector<PropertyDifference> differences = {};
};

// What a stack knows of its drift.
struct StackDrift {
  std::string status = "NOT_CHECKED";  // IN_SYNC, DRIFTED
  std::optional<base::Instant> checked = {};
  std::map<std::string, ResourceDrift> resources = {};  // by logical id
};

// The differences between what a template says and what is there. Only what the template says
// counts: defaults and what AWS adds do not. `actual` holds only what could be read. Pure.
std::vector<PropertyDifference> differences(const json::object& expected,
                                            const json::object& actual);

// The live properties in the template's own terms, those that can be read. Nothing when the
// resource is gone. Throws Error.
using Reader = Task<std::optional<json::object>> (*)(Work& work);
// Null: the type cannot be checked.
Reader reader_of(std::string_view type);

// "drift" is not kept beyond a change of the resource: then nothing is known.
std::string drift_status(const Stack& stack, const std::string& logical_id);
json::object stack_drift_view(const Stack& stack);
// For DescribeStackResources, and for ListStackResources.
json::object resource_drift_view(const Stack& stack, const std::string& logical_id);
// As DescribeStackResourceDrifts shows it.
json::object drift_view(const Stack& stack, const std::string& logical_id,
                        const ResourceDrift& drift);

}  // namespace sim::cloudformation

#include "sim/cloudformation/drift.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "sim/cloudformation/stack.hpp"
#include "templates/dynamic.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

using Differences = std::vector<PropertyDifference>;

void compare(const json::value& expected, const json::value& actual, const std::string& path,
             Differences& found);

// "null" is how the API writes what is not there.
std::string shown(const json::value* value) {
  return value == nullptr || value->is_null() ? "null" : templates::text_of(*value);
}

bool same(const json::value& expected, const json::value& actual) {
  Differences found;
  compare(expected, actual, "", found);
  return found.empty();
}

// 80 and 80.0 are told apart by no service.
bool same_number(const json::value& left, const json::value& right) {
  const auto one = templates::number_of(shown(&left));
  return one && one == templates::number_of(shown(&right));
}

// Tags and their like are the same element as long as the key is.
bool same_key(const json::value& left, const json::value& right) {
  const std::string key = at(left, "Key");
  return !key.empty() && key == at(right, "Key");
}

// Lists are compared as sets: the services do not keep an order.
void compare_lists(const json::array& expected, const json::array& actual, const std::string& path,
                   Differences& found) {
  std::vector<const json::value*> rest;
  for (const auto& one : actual) rest.push_back(&one);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string place = path + "/" + std::to_string(i);
    auto match =
        std::ranges::find_if(rest, [&](const json::value* one) { return same(expected[i], *one); });
    if (match == rest.end()) {
      match = std::ranges::find_if(
          rest, [&](const json::value* one) { return same_key(expected[i], *one); });
      if (match == rest.end()) {
        found.push_back({place, shown(&expected[i]), "null", "REMOVE"});
        continue;
      }
      compare(expected[i], **match, place, found);
    }
    rest.erase(match);
  }
  std::size_t index = expected.size();
  for (const auto* one : rest) {
    found.push_back({path + "/" + std::to_string(index++), "null", shown(one), "ADD"});
  }
}

void compare(const json::value& expected, const json::value& actual, const std::string& path,
             Differences& found) {
  if (actual.is_null()) {
    found.push_back({path, shown(&expected), "null", "REMOVE"});
  } else if (expected.is_object() && actual.is_object()) {
    for (const auto& member : expected.as_object()) {
      const auto* there = actual.as_object().if_contains(member.key());
      compare(member.value(), there == nullptr ? json::value() : *there,
              path + "/" + std::string(member.key()), found);
    }
  } else if (expected.is_array() && actual.is_array()) {
    compare_lists(expected.as_array(), actual.as_array(), path, found);
  } else if (shown(&expected) != shown(&actual) && !same_number(expected, actual)) {
    found.push_back({path, shown(&expected), shown(&actual), "NOT_EQUAL"});
  }
}

}  // namespace

std::vector<PropertyDifference> differences(const json::object& expected,
                                            const json::object& actual) {
  Differences found;
  for (const auto& member : expected) {
    const auto* there = actual.if_contains(member.key());
    if (there == nullptr) continue;
    // "CloudFormation doesn't support drift detection on dynamic references."
    if (!templates::dynamic_places(member.value()).empty()) continue;
    compare(member.value(), *there, "/" + std::string(member.key()), found);
  }
  return found;
}

std::string drift_status(const Stack& stack, const std::string& logical_id) {
  const auto found = stack.drift.resources.find(logical_id);
  const auto resource = stack.resources.find(logical_id);
  if (found == stack.drift.resources.end() || resource == stack.resources.end() ||
      resource->second.updated > found->second.checked) {
    return "NOT_CHECKED";
  }
  return found->second.status;
}

json::object stack_drift_view(const Stack& stack) {
  json::object view{{"StackDriftStatus", stack.drift.status}};
  if (stack.drift.checked) view["LastCheckTimestamp"] = base::iso8601(*stack.drift.checked);
  return view;
}

json::object resource_drift_view(const Stack& stack, const std::string& logical_id) {
  const std::string status = drift_status(stack, logical_id);
  json::object view{{"StackResourceDriftStatus", status}};
  if (status != "NOT_CHECKED") {
    view["LastCheckTimestamp"] = base::iso8601(stack.drift.resources.at(logical_id).checked);
  }
  return view;
}

json::object drift_view(const Stack& stack, const std::string& logical_id,
                        const ResourceDrift& drift) {
  json::object view{{"StackId", stack.id}, {"LogicalResourceId", logical_id}};
  if (const auto found = stack.resources.find(logical_id); found != stack.resources.end()) {
    view["PhysicalResourceId"] = found->second.physical_id;
    view["ResourceType"] = found->second.type;
  }
  view["StackResourceDriftStatus"] = drift.status;
  view["Timestamp"] = base::iso8601(drift.checked);
  if (drift.status == "NOT_CHECKED") return view;
  view["ExpectedProperties"] = json::serialize(drift.expected);
  json::array differences;
  for (const auto& one : drift.differences) {
    differences.push_back(json::object{{"PropertyPath", one.path},
                                       {"ExpectedValue", one.expected},
                                       {"ActualValue", one.actual},
                                       {"DifferenceType", one.type}});
  }
  // "For resources whose status is DELETED, this structure will not be present."
  if (drift.status != "DELETED") {
    view["ActualProperties"] = json::serialize(drift.actual);
    view["PropertyDifferences"] = std::move(differences);
  }
  return view;
}

}  // namespace sim::cloudformation

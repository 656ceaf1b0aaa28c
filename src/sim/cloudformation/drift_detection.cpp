#include "sim/cloudformation/drift_detection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/hiding.hpp"
#include "sim/cloudformation/inputs.hpp"
#include "sim/cloudformation/requests.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

void hide(ResourceDrift& drift, const std::set<std::string>& hidden) {
  drift.expected = without_hidden(std::move(drift.expected), hidden);
  drift.actual = without_hidden(std::move(drift.actual), hidden);
  for (auto& one : drift.differences) {
    const auto name = one.path.substr(1, one.path.find('/', 1) - 1);
    if (hidden.contains(name)) one.expected = one.actual = hidden_value;
  }
}

// [C] The statuses: API_DetectStackDrift. [I] The wording.
void check_ready(const Stack& stack) {
  constexpr std::array ready{"CREATE_COMPLETE",          "UPDATE_COMPLETE",
                             "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED",
                             "IMPORT_COMPLETE",          "IMPORT_ROLLBACK_COMPLETE"};
  if (std::ranges::find(ready, stack.status) == ready.end()) {
    throw invalid(fmt::format("Stack [{}] is in {} state and can not be checked for drift.",
                              stack.name, stack.status));
  }
}

const Resource& resource_of(const Stack& stack, const std::string& logical_id) {
  const auto found = stack.resources.find(logical_id);
  if (found == stack.resources.end()) {
    throw invalid(fmt::format("Resource {} does not exist for stack {}", logical_id, stack.name));
  }
  return found->second;
}

}  // namespace

DriftDetection::DriftDetection(Context context, Caller& caller, Objects& objects, Engine& engine,
                               Knobs knobs)
    : context_(context),
      caller_(caller),
      objects_(objects),
      engine_(engine),
      knobs_(knobs),
      random_(context.random("cloudformation-drift")) {}

json::object DriftDetection::detect(Stack& stack, const Call& call) {
  check_ready(stack);
  for (const auto& [id, other] : detections_) {
    if (other.stack_id == stack.id && other.status == "DETECTION_IN_PROGRESS") {
      throw invalid(fmt::format("Drift detection is already in progress for stack [{}]", stack.id));
    }
  }
  auto logical_ids = texts(call.input, "LogicalResourceIds");
  for (const auto& id : logical_ids) resource_of(stack, id);
  if (logical_ids.empty()) {
    for (const auto& [id, resource] : stack.resources) logical_ids.push_back(id);
  }
  Detection detection;
  detection.id = random_.uuid();
  detection.stack_id = stack.id;
  detection.status = "DETECTION_IN_PROGRESS";
  detection.started = context_.now();
  const std::string id = detection.id;
  detections_[id] = std::move(detection);
  context_.runtime.spawn(run(id, acting_for(call.caller), std::move(logical_ids)));
  return {{"StackDriftDetectionId", id}};
}

Task<void> DriftDetection::run(std::string id, Principal principal,
                               std::vector<std::string> logical_ids) {
  Detection& detection = detections_.at(id);
  std::vector<std::string> unread;
  for (const auto& logical_id : logical_ids) {
    co_await context_.clock().sleep_for(
        base::from_seconds(random_.uniform(knobs_.drift_resource_low, knobs_.drift_resource_high)));
    Stack* stack = engine_.find(detection.stack_id);
    if (stack == nullptr || !stack->resources.contains(logical_id)) continue;
    std::optional<ResourceDrift> drift;
    try {
      drift = co_await look(*stack, logical_id, principal);
    } catch (const std::exception&) {
      unread.push_back(logical_id);
    }
    stack = engine_.find(detection.stack_id);
    if (!drift || stack == nullptr) continue;
    if (drift->status == "DELETED" || drift->status == "MODIFIED") ++detection.drifted;
    stack->drift.resources[logical_id] = std::move(*drift);
  }
  detection.stack_status = detection.drifted > 0 ? "DRIFTED" : "IN_SYNC";
  detection.status = unread.empty() ? "DETECTION_COMPLETE" : "DETECTION_FAILED";
  if (!unread.empty()) {  // [I] the wording
    detection.reason =
        fmt::format("Failed to detect drift on resource [{}]", fmt::join(unread, ", "));
  }
  if (Stack* stack = engine_.find(detection.stack_id)) {
    stack->drift.status = detection.stack_status;
    stack->drift.checked = context_.now();
  }
}

Task<ResourceDrift> DriftDetection::look(const Stack& stack, std::string logical_id,
                                         Principal principal) {
  const Resource& resource = stack.resources.at(logical_id);
  ResourceDrift drift;
  drift.status = "NOT_CHECKED";
  const Reader reader = reader_of(resource.type);
  if (reader == nullptr || !resource.exists()) {
    drift.checked = context_.now();
    co_return drift;
  }
  drift.expected = resource.properties;
  const auto hidden = resource.hidden;
  Work work{.context = context_,
            .caller = caller_,
            .objects = objects_,
            .nesting = engine_,
            .knobs = knobs_,
            .random = random_,
            .principal = std::move(principal),
            .stack_name = stack.name,
            .stack_id = stack.id,
            .logical_id = logical_id,
            .type = resource.type};
  work.stack_tags = stack.tags;
  work.properties = resource.applied.empty() ? resource.properties : resource.applied;
  work.id = resource.physical_id;
  std::optional<json::object> actual;
  std::optional<Error> refused;
  try {
    actual = co_await reader(work);
  } catch (const Error& error) {
    refused = error;
  }
  if (refused && !is_gone(*refused)) throw Error(*refused);
  drift.checked = context_.now();
  if (!actual) {
    drift.status = "DELETED";
    hide(drift, hidden);
    co_return drift;
  }
  drift.differences = differences(drift.expected, *actual);
  drift.status = drift.differences.empty() ? "IN_SYNC" : "MODIFIED";
  for (const auto& member : drift.expected) {
    const auto* there = actual->if_contains(member.key());
    if (there == nullptr) {
      drift.actual[member.key()] = member.value();  // not readable: taken to be as it was made
    } else if (!there->is_null()) {
      drift.actual[member.key()] = *there;
    }
  }
  hide(drift, hidden);
  co_return drift;
}

Task<json::object> DriftDetection::detect_resource(Stack& stack, Call call) {
  check_ready(stack);
  const std::string logical_id = at(call.input, "LogicalResourceId");
  const Resource& resource = resource_of(stack, logical_id);
  if (reader_of(resource.type) == nullptr) {  // [I] the wording
    throw invalid(
        fmt::format("Drift detection is not supported for resource type {}", resource.type));
  }
  const std::string stack_id = stack.id;
  auto drift = co_await look(stack, logical_id, acting_for(call.caller));
  Stack* now = engine_.find(stack_id);
  if (now == nullptr) throw invalid(fmt::format("Stack with id {} does not exist", stack_id));
  now->drift.resources[logical_id] = drift;
  json::object output;
  output["StackResourceDrift"] = drift_view(*now, logical_id, drift);
  co_return output;
}

json::object DriftDetection::describe_status(const Call& call) const {
  const std::string id = at(call.input, "StackDriftDetectionId");
  const auto found = detections_.find(id);
  if (found == detections_.end()) {  // [I] the wording
    throw invalid(fmt::format("StackDriftDetectionId {} does not exist", id));
  }
  const Detection& detection = found->second;
  json::object view{{"StackId", detection.stack_id},
                    {"StackDriftDetectionId", detection.id},
                    {"DetectionStatus", detection.status},
                    {"Timestamp", base::iso8601(detection.started)}};
  if (!detection.reason.empty()) view["DetectionStatusReason"] = detection.reason;
  if (detection.status != "DETECTION_IN_PROGRESS") {
    view["StackDriftStatus"] = detection.stack_status;
    view["DriftedStackResourceCount"] = detection.drifted;
  }
  return view;
}

json::object DriftDetection::describe_drifts(const Stack& stack, const Call& call) const {
  const auto filters = texts(call.input, "StackResourceDriftStatusFilters");
  json::array list;
  for (const auto& [logical_id, drift] : stack.drift.resources) {
    const std::string status = drift_status(stack, logical_id);
    // What cannot be checked is not listed.
    if (status == "NOT_CHECKED" || (!filters.empty() && !base::contains(filters, status))) continue;
    list.push_back(drift_view(stack, logical_id, drift));
  }
  json::object output;
  output["StackResourceDrifts"] = std::move(list);
  return output;
}

}  // namespace sim::cloudformation

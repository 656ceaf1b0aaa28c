// The operations about drift: detections under way and what they have found.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackDrift.html
#pragma once

#include <map>
#include <string>

#include "sim/cloudformation/drift.hpp"
#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

class DriftDetection {
 public:
  // All references must outlive this, and this the runtime's tasks.
  DriftDetection(Context context, Caller& caller, Objects& objects, Engine& engine, Knobs knobs);

  // Starts, and answers with the detection's id. `stack` has been found already.
  json::object detect(Stack& stack, const Call& call);
  // Of one resource, at once.
  Task<json::object> detect_resource(Stack& stack, Call call);
  json::object describe_status(const Call& call) const;
  json::object describe_drifts(const Stack& stack, const Call& call) const;

 private:
  struct Detection {
    std::string id, stack_id;
    std::string status, reason;  // DETECTION_IN_PROGRESS, DETECTION_COMPLETE, DETECTION_FAILED
    std::string stack_status;
    int drifted = 0;
    base::Instant started{};
  };

  Task<void> run(std::string id, Principal principal, std::vector<std::string> logical_ids);
  Task<ResourceDrift> look(const Stack& stack, std::string logical_id, Principal principal);

  Context context_;
  Caller& caller_;
  Objects& objects_;
  Engine& engine_;
  Knobs knobs_;
  base::SeededRandom random_;
  std::map<std::string, Detection> detections_;  // by id
};

}  // namespace sim::cloudformation

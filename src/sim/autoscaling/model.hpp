// What the embedded Auto Scaling remembers.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/time.hpp"
#include "sim/core/call.hpp"

namespace sim::autoscaling {

using base::Instant;

struct LaunchConfiguration {
  std::string name, arn;
  json::object given;  // the members of its creation
  Instant created{};
};

struct Hook {
  std::string name, transition, result = "ABANDON", metadata;
  std::string target = {}, role = {};  // who is told, as whom; empty: nobody
  int heartbeat = 3600;

  bool launching() const { return transition.ends_with("LAUNCHING"); }
};

struct Policy {
  std::string name, arn, type;
  json::object given;
};

struct Tag {
  std::string value;
  bool propagates = false;
};

// One instance of a group, from its launch until it is gone.
struct Member {
  std::string id, type, zone, subnet, image;
  std::string state = "Pending";  // LifecycleState
  bool healthy = true, guarded = false;
  std::string configuration = {};     // its launch configuration's name
  json::object launch_template = {};  // or {LaunchTemplateId, LaunchTemplateName, Version}
  std::string activity = {};          // the one under way
  std::string complaint = {};         // what the health check said
  Instant launched{}, in_service{};
  std::vector<std::string> hooks = {};  // still to wait for, by name
  std::string hook = {}, token = {};    // the one that it waits for
  Instant until{};                      // when the state it is in ends, where time ends it
  bool deregistered = false;
  std::vector<std::string> draining = {};  // target groups
  bool ending = false;                     // TerminateInstances has been called

  bool in(std::string_view prefix) const { return state.starts_with(prefix); }
  bool leaving() const { return in("Terminating") || in("Detaching"); }
};

struct Activity {
  std::string id, group, group_arn, description, cause, status = "PreInService", message;
  json::object details = {};
  int progress = 30;
  Instant begun{};
  std::optional<Instant> ended = {};
};

struct Place {
  std::string subnet, zone;
};

struct Group {
  std::string name, arn;
  int least = 0, most = 0, desired = 0;
  std::string configuration = {};
  json::object launch_template = {};
  json::object mixed = {};  // MixedInstancesPolicy as it is shown; launch_template is its
  std::vector<std::string> types = {};  // its overrides, the first before all others
  std::vector<Place> places = {};
  std::vector<std::string> zones = {}, target_groups = {}, termination = {"Default"};
  std::string health_check = "EC2";
  int grace = 0, cooldown = 300;
  std::optional<int> warmup = {};
  bool guards_new = false;
  std::map<std::string, std::string> suspended = {};  // process -> reason
  std::map<std::string, Tag> tags = {};
  std::vector<Hook> hooks = {};
  std::vector<Policy> policies = {};
  std::list<Member> members = {};  // by age; only the task of the group takes one out
  Instant created{};
  bool deleting = false, gone = false;

  // Why the desired capacity is what it is: the first sentence of the next activities' cause.
  std::string reason = {};
  int extra = 0;          // launched beyond that, to balance the zones
  int replacements = 0;   // launches that make up for unhealthy instances
  Instant act_at{};       // when capacity is looked at
  Instant next_check{};   // of the members' health
  Instant next_launch{};  // after failures
  Instant last_scaled{};  // for the cooldown
  int failures_in_a_row = 0;
  bool called = false;  // something has changed since the last look
  base::Signal woken = {};

  bool runs(const std::string& process) const { return !suspended.contains(process); }
  // Those that count towards the desired capacity.
  int count() const {
    int many = 0;
    for (const auto& one : members) many += one.leaving() ? 0 : 1;
    return many;
  }
};

}  // namespace sim::autoscaling

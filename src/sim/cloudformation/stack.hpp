// A stack as CloudFormation keeps it: its resources, its events, what it was made from. Plain data,
// owned by the Engine.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/cloudformation/drift.hpp"
#include "sim/core/call.hpp"
#include "templates/parameters.hpp"
#include "templates/template.hpp"

namespace sim::cloudformation {

struct Event {
  std::string id;
  base::Instant time;
  std::string logical_id, physical_id, type, status, reason;
  std::string properties;  // resources only: JSON
};

struct Resource {
  std::string logical_id, type;
  std::string physical_id;
  std::string status, reason;
  base::Instant updated{};
  json::object properties = {};  // resolved, as last applied
  json::object attributes = {};  // for Fn::GetAtt
  std::set<std::string> needs = {};
  std::string deletion_policy = "Delete", update_replace_policy = "Delete";
  std::string token = {};
  bool no_echo = false;

  bool exists() const { return !physical_id.empty() && status != "DELETE_COMPLETE"; }
};

struct Stack;

// One create, update, delete or rollback under way.
struct Progress {
  base::Signal progress;
  bool stopped = false;             // start nothing more
  std::string stop_reason;          // of the stack's event, when it is not a failed resource
  std::set<std::string> settled;    // resources that are done with, well or not
  std::vector<std::string> failed;  // in the order of failing
  std::map<std::string, std::set<std::string>> attributes;  // asked of each by the template
  std::map<std::string, bool*> running;                     // logical id -> its Work::cancelled
};

struct Stack {
  std::string name, id;
  std::string description;
  std::string status, reason;
  std::shared_ptr<const templates::Template> source;  // shared by the stack and a running update
  std::string text;                                   // as given
  std::string token;                                  // ClientRequestToken
  templates::ParameterValues parameters;              // as given or by default
  std::map<std::string, json::value, std::less<>> values;  // what Ref gives
  std::map<std::string, std::string> ssm_values;           // ResolvedValue
  std::map<std::string, bool, std::less<>> conditions;
  std::map<std::string, std::string> tags;
  std::vector<std::string> capabilities, notifications;
  std::string role_arn;
  Principal principal;  // whom the handlers act as
  std::string on_failure = "ROLLBACK";
  std::optional<int> timeout_minutes;
  bool protection = false;
  base::Instant created{};
  std::optional<base::Instant> updated, deleted;
  std::string parent_id, root_id;
  std::vector<std::string> order;  // logical ids, as the templates name them
  std::map<std::string, Resource> resources;
  struct Output {
    std::string name, value, description, export_name;
  };
  std::vector<Output> outputs;
  StackDrift drift;
  std::deque<Event> events;             // oldest first
  std::unique_ptr<Progress> operation;  // while one is under way
  base::Signal changed;                 // the status has changed

  bool busy() const { return status.ends_with("_IN_PROGRESS"); }
  bool gone() const { return status == "DELETE_COMPLETE"; }
};

}  // namespace sim::cloudformation

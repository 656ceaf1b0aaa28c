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
#include "sim/cloudformation/imports.hpp"
#include "sim/cloudformation/rollback_configuration.hpp"
#include "sim/core/call.hpp"
#include "templates/parameters.hpp"
#include "templates/resolve.hpp"
#include "templates/template.hpp"

namespace sim::cloudformation {

struct Event {
  std::string id;
  base::Instant time;
  std::string logical_id, physical_id, type, status, reason;
  std::string properties;  // resources only: JSON
  std::string token;       // the ClientRequestToken of the operation
};

struct Resource {
  std::string logical_id, type;
  std::string physical_id;
  std::string status, reason;
  base::Instant updated{};
  base::Instant made{};          // since when it exists
  json::object properties = {};  // resolved, as last applied, with its dynamic references
  json::object applied = {};     // the same with their values: never shown, never compared
  json::object attributes = {};  // for Fn::GetAtt
  std::map<std::string, std::string> stack_tags = {};  // the stack's, as last applied
  std::set<std::string> needs = {};
  std::string deletion_policy = "Delete", update_replace_policy = "Delete";
  std::set<std::string> hidden = {};  // properties that are not shown: see hiding.hpp
  std::string token = {};
  bool no_echo = false;  // its attributes are not shown
  bool adopted = false;  // imported by the operation that made the others

  bool exists() const { return !physical_id.empty() && status != "DELETE_COMPLETE"; }
};

struct Stack;
struct Undo;

// What SignalResource has said of one resource.
struct Signals {
  std::set<std::string> succeeded, failed;  // by UniqueId
  std::set<std::string> told = {};          // those that an event tells of
};

// A nested stack as a change set of the whole tree has seen it.
struct Foreseen {
  std::string logical_id, stack_id, change_set_id;
  std::string text;  // its template
  std::vector<Import> adopted;
  std::vector<Foreseen> nested;
};

// One create, update, delete or rollback under way.
struct Progress {
  base::Signal progress;
  std::uint64_t number = 0;         // which one, when its alarms are watched
  bool stopped = false;             // start nothing more
  std::string stop_reason;          // of the stack's event, when it is not a failed resource
  std::set<std::string> settled;    // resources that are done with, well or not
  std::vector<std::string> failed;  // in the order of failing
  std::map<std::string, std::set<std::string>> attributes;  // asked of each by the template
  std::map<std::string, bool*> running;                     // logical id -> its Work::cancelled
  std::map<std::string, Signals> signals;                   // by logical id
  bool whole_tree = false;       // nested stacks that are not among these do not change
  std::vector<Foreseen> nested;  // what is known of them
  std::map<std::string, std::string> adopted;  // to import, not to create: the physical id of each
};

struct Stack {
  std::string name, id;
  std::string description;
  std::string status, reason;
  std::shared_ptr<const templates::Template> source;  // shared by the stack and a running update
  std::string text;                                   // as given
  bool transformed = false;                           // `source` is what macros made of `text`
  std::string token;                                  // ClientRequestToken of the last operation
  std::map<std::string, std::string> tokens;          // all of them: the operation of each
  std::string change_set_id;                          // in review, or executed last
  templates::ParameterValues parameters;              // as given or by default
  std::map<std::string, json::value, std::less<>> values;  // what Ref gives
  std::map<std::string, std::string> ssm_values;           // ResolvedValue
  // What Fn::GetStackOutput gave in the last operation.
  std::map<templates::StackOutput, std::string> looked_up;
  std::map<std::string, bool, std::less<>> conditions;
  std::map<std::string, std::string> tags;
  std::vector<std::string> capabilities, notifications;
  std::string role_arn;
  Principal principal;  // whom the handlers act as
  // Stack policies; empty: none. The second holds for one update instead of the first, the third
  // becomes the first when the update has succeeded.
  std::string policy, policy_during_update, next_policy;
  std::string on_failure = "ROLLBACK";
  bool retain_except_on_create = false;
  RollbackConfiguration rollback;
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
  std::set<std::string> imports;  // names of the exports that it uses
  StackDrift drift;
  std::deque<Event> events;             // oldest first
  std::unique_ptr<Progress> operation;  // while one is under way
  std::unique_ptr<Undo> undo;           // while an update can be taken back
  base::Signal changed;                 // the status has changed
  bool compacted = false;               // deleted long ago: only the names and instants are left

  bool in_review() const { return status == "REVIEW_IN_PROGRESS"; }
  bool busy() const { return status.ends_with("_IN_PROGRESS") && !in_review(); }
  bool gone() const { return status == "DELETE_COMPLETE"; }
};

// What an update has changed, and what was there before: the way back.
struct Undo {
  // What a resource had been given when its reverting began.
  struct Tried {
    json::object properties;
    std::map<std::string, std::string> stack_tags;
  };
  std::map<std::string, Resource> before;
  std::vector<std::string> order;
  std::vector<Stack::Output> outputs;
  std::shared_ptr<const templates::Template> source;  // as in Stack
  std::string text;
  bool transformed = false;
  templates::ParameterValues parameters;
  std::map<std::string, json::value, std::less<>> values;
  std::map<std::string, std::string> ssm_values;
  std::map<std::string, bool, std::less<>> conditions;
  std::map<std::string, std::string> tags;
  std::set<std::string> imports;
  std::vector<std::string> touched = {};    // updates begun in place, in order; less those reverted
  std::map<std::string, Tried> tried = {};  // of those whose reverting has begun
  std::vector<Resource> replaced = {};      // old ones whose successor exists
  std::vector<Resource> made = {};          // new ones
  std::set<std::string> kept = {};          // what the new template wants
};

}  // namespace sim::cloudformation

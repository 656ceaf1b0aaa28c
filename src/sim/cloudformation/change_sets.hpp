// Change sets: what an update would do, kept until it is done. Owns every change set of its world.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

struct ChangeSet {
  std::string name, id, stack_id, description;
  std::string parent_id, root_id, logical_id;  // of a nested stack's; else empty
  bool unchanged = false;                      // failed because there is nothing to change
  bool creates = false;                        // its stack is in review
  bool decides_failure = false;                // OnStackFailure was given
  bool nested = false;                         // IncludeNestedStacks was asked for
  bool imports_existing = false;               // ImportExistingResources was
  std::string token;
  std::string status = "CREATE_PENDING", reason;
  std::string execution_status = "UNAVAILABLE";
  base::Instant created{};
  Request request;
  Engine::Prepared prepared;
  json::array changes;
  std::vector<Import> imports;  // of type IMPORT; else none
};

class ChangeSets {
 public:
  // All references must outlive this, and this the runtime's tasks.
  ChangeSets(Context context, Caller& caller, Engine& engine, Knobs knobs);

  // The operations. They throw Error.
  Task<json::object> create(Call call);
  json::object describe(const Call& call);
  json::object list(const Call& call);
  json::object execute(const Call& call);
  json::object remove(const Call& call);

  // By id, or by name with the StackName of the call. Throws ChangeSetNotFound.
  ChangeSet& named(const Call& call);
  // The stack that a call is about when it names a change set by id; null when there is none.
  const Stack* stack_of(const Call& call) const;
  // After an update that came another way, what a stack's change sets say is no longer true.
  void outdate(const std::string& stack_id);
  // Of stacks that are gone.
  void forget();

 private:
  // change_set_work.cpp
  Task<void> work_out(std::string id);
  Task<void> take_half();
  Task<std::string> compare(std::string id, Engine::Prepared prepared);
  Task<std::string> look_for_existing(std::string id);
  Stack* target_of(const ChangeSet& change_set);  // null when it is gone

  // nested_change_sets.cpp
  Task<std::string> work_out_nested(std::string id);
  std::string add_nested(const ChangeSet& parent, const json::value& change);
  std::string gather_nested(const std::string& id, const std::vector<std::string>& children);
  Task<void> read_nested(std::string id);
  void remove_tree(ChangeSet& root);
  Task<void> finish_removal(std::string root_id);

  void check_new(const Call& call, const Stack* stack) const;
  std::vector<Import> checked_imports(const Call& call, const Request& request,
                                      const Engine::Prepared& prepared) const;
  Stack& stack_for(const Call& call, const Request& request, bool creates);
  ChangeSet* find(std::string_view id);
  Task<void> watch(std::string id, std::string stack_id);

  Context context_;
  Caller& caller_;
  Engine& engine_;
  Knobs knobs_;
  base::SeededRandom random_;
  std::vector<std::unique_ptr<ChangeSet>> change_sets_;  // in the order of creation
};

}  // namespace sim::cloudformation

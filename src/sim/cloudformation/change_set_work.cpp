// Working a change set out: macros, what exists already, and the comparison.
#include <boost/json.hpp>

#include "sim/cloudformation/automatic_import.hpp"
#include "sim/cloudformation/change_sets.hpp"
#include "sim/cloudformation/changes.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::string_view no_changes =
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set.";

// Nested stacks count as changed, unless they have been looked into.
bool is_unchanged(const Stack& stack, const ChangeSet& change_set) {
  if (!change_set.nested) {
    return !Engine::differs(stack, change_set.prepared, change_set.request);
  }
  return change_set.changes.empty() &&
         !Engine::differs_itself(stack, change_set.prepared, change_set.request);
}

// [C] As recorded by ministack.
constexpr std::string_view review_of_imports =
    "Verify that resources and their properties defined in the template match the intended "
    "configuration of the resource import to avoid unexpected changes.";

}  // namespace

// The change set may be gone after every wait.
Task<void> ChangeSets::work_out(std::string id) {
  co_await take_half();
  ChangeSet* change_set = find(id);
  if (change_set == nullptr) co_return;
  change_set->status = "CREATE_IN_PROGRESS";
  std::string failed;
  Engine::Prepared prepared;
  try {
    if (!change_set->parent_id.empty()) co_await read_nested(id);
    change_set = find(id);
    if (change_set == nullptr) co_return;
    prepared = co_await engine_.process(change_set->request, change_set->prepared);
  } catch (const std::exception& error) {
    failed = error.what();
  }
  change_set = find(id);
  if (change_set == nullptr) co_return;
  if (Stack* target = engine_.find(change_set->stack_id); target != nullptr && failed.empty()) {
    failed = co_await engine_.import_problem(*target, change_set->imports,
                                             change_set->request.principal);
  }
  if (failed.empty()) failed = co_await compare(id, std::move(prepared));
  co_await take_half();
  change_set = find(id);
  if (change_set == nullptr || target_of(*change_set) == nullptr) co_return;
  change_set->reason = failed;
  if (failed.empty() && !change_set->parent_id.empty()) {
    change_set->reason = "Executable from root change set";
  } else if (failed.empty() && !change_set->imports.empty()) {
    change_set->reason = review_of_imports;
  }
  change_set->status = failed.empty() ? "CREATE_COMPLETE" : "FAILED";
  if (failed.empty() && change_set->parent_id.empty()) change_set->execution_status = "AVAILABLE";
}

Task<void> ChangeSets::take_half() {
  co_await context_.clock().sleep_for(
      base::from_seconds(random_.uniform(knobs_.change_set_low, knobs_.change_set_high) / 2));
}

Stack* ChangeSets::target_of(const ChangeSet& change_set) {
  Stack* stack = engine_.find(change_set.stack_id);
  return stack == nullptr || stack->gone() ? nullptr : stack;
}

// Fills in the changes. Why the change set fails; empty when it does not.
Task<std::string> ChangeSets::compare(std::string id, Engine::Prepared prepared) {
  ChangeSet* change_set = find(id);
  Stack* stack = change_set == nullptr ? nullptr : target_of(*change_set);
  if (stack == nullptr) co_return std::string();
  if (!change_set->imports.empty()) {
    change_set->changes = import_changes(change_set->imports);
    co_return std::string();
  }
  change_set->prepared = std::move(prepared);
  try {
    change_set->changes = changes_between(*stack, engine_.next_scope(*stack, change_set->prepared),
                                          change_set->request.tags);
  } catch (const std::exception& failure) {
    co_return std::string(failure.what());
  }
  std::string failed;
  if (change_set->imports_existing) failed = co_await look_for_existing(id);
  change_set = find(id);
  if (change_set == nullptr || !failed.empty()) co_return failed;
  if (change_set->nested) {
    change_set->request.whole_tree = true;
    failed = co_await work_out_nested(id);
    change_set = find(id);
    if (change_set == nullptr || !failed.empty()) co_return failed;
  }
  stack = target_of(*change_set);
  if (stack == nullptr || change_set->creates) co_return std::string();
  change_set->unchanged = is_unchanged(*stack, *change_set);
  if (!change_set->unchanged) co_return std::string();
  // [C] With a transform, the comparison comes later and has the update's own words.
  co_return change_set->prepared.transformed ? "No updates are to be performed."
                                             : std::string(no_changes);
}

// What would be created and exists is imported instead: [C] what cannot be fails the change set and
// leaves no changes.
Task<std::string> ChangeSets::look_for_existing(std::string id) {
  ChangeSet* change_set = find(id);
  std::vector<Import> found;
  std::string failed;
  try {
    found = co_await engine_.existing(
        *target_of(*change_set), named_additions(change_set->changes, *change_set->prepared.source),
        change_set->request.principal);
  } catch (const std::exception& error) {
    failed = error.what();
  }
  change_set = find(id);
  if (change_set == nullptr) co_return std::string();
  if (failed.empty()) failed = unretained_imports(found, *change_set->prepared.source);
  if (failed.empty()) failed = engine_.import_conflict(found);
  if (failed.empty()) {
    show_imports(found, change_set->changes);
    change_set->request.adopted = std::move(found);
  } else {
    change_set->changes.clear();
  }
  co_return failed;
}

}  // namespace sim::cloudformation

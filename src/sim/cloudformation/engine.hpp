// Makes, changes and removes stacks. Owns every stack of its world; acts on resources only through
// their handlers, and on nothing else.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacks.html
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/cloudformation/handler.hpp"
#include "sim/cloudformation/imports.hpp"
#include "sim/cloudformation/stack.hpp"
#include "templates/creation_policy.hpp"
#include "templates/resolve.hpp"

namespace sim::cloudformation {

// What CreateStack and UpdateStack ask for.
struct Request {
  std::string name;
  std::string text;  // the template
  std::string file;  // for messages
  templates::ParameterValues parameters;
  std::map<std::string, std::string> tags;
  std::vector<std::string> capabilities, notifications;
  std::string on_failure = "ROLLBACK";
  bool retain_except_on_create = false;
  std::string role_arn;
  std::string token;
  std::string operation;                    // "CreateStack", ...: what the token is for
  std::string change_set_id;                // of a nested stack
  std::vector<std::string> resource_types;  // allowed ones; empty: all
  bool by_change_set = false;               // CAPABILITY_AUTO_EXPAND is not asked for
  std::optional<int> timeout_minutes;
  bool protection = false;
  std::string policy, policy_during_update;  // stack policies, checked
  RollbackConfiguration rollback;
  bool whole_tree = false;  // by a change set that includes nested stacks: these
  std::vector<Foreseen> nested;
  std::vector<Import> adopted;  // what exists and is imported instead of created
  Principal principal;
};

// The reason of a resource whose update another one's failure has ended.
inline constexpr std::string_view cancelled_update = "Resource update cancelled";

Error not_updatable(const Stack& stack);

// "a", "a and b", "a, b and c".
std::string enumerated(const std::vector<std::string>& names);

class Engine final : public Nesting {
 public:
  Engine(Context context, Caller& caller, Objects& objects, Knobs knobs);

  // A template read and checked, with its parameters. Throws Error (ValidationError, with AWS's
  // texts; InsufficientCapabilitiesException) before anything is made.
  struct Prepared {
    std::shared_ptr<const templates::Template> source;
    templates::ParameterValues parameters;
    std::map<std::string, json::value, std::less<>> values;
    std::map<std::string, std::string> ssm_values;
    bool transformed = false;  // by macros, or to be
  };
  Task<Prepared> prepare(Request request, bool nested = false);
  // The template alone. `strange`: takes the resource types that nobody knows, which are then no
  // error.
  std::shared_ptr<const templates::Template> read(const std::string& text, const std::string& file,
                                                  std::set<std::string>* strange = nullptr) const;

  // The macros of a prepared template applied: waits for Lambda. Throws Error.
  Task<Prepared> process(Request request, Prepared prepared);

  // A stack that has only a name, for a change set that will create it.
  Stack& review(const Request& request);

  // The same for a stack of another: it is not there yet either.
  Stack& review_nested(const Stack& parent, const std::string& logical_id, const Request& request);
  // A stack that stays in review for good is gone.
  void discard_review(Stack& stack);
  void discard_reviews_below(const Stack& stack);
  // What a nested stack with these properties is asked for, without its name and template.
  static Request nested_request(const json::object& properties, const Request& parent);

  // Start an operation and return; it goes on beside the caller. They throw Error when the stack
  // is in no state for it.
  Stack& create(Request request, Prepared prepared);
  // Of a stack in review.
  void create_reviewed(Stack& stack, Request request, Prepared prepared);
  void check_update(const Stack& stack, const Prepared& prepared) const;
  void update(Stack& stack, Request request, Prepared prepared);
  // A stack whose exports are in use stays as it is, and an event says why.
  void remove(Stack& stack, std::vector<std::string> retained, bool force = false);
  // What exists becomes part of the stack, which may be one in review.
  void import(Stack& stack, Request request, Prepared prepared, std::vector<Import> imports);
  // Why that cannot be: it is not there, or in a stack already. Empty when it can.
  Task<std::string> import_problem(Stack& stack, std::vector<Import> imports, Principal principal);
  // Those of them that are there. Throws Error.
  Task<std::vector<Import>> existing(Stack& stack, std::vector<Import> imports,
                                     Principal principal);
  // Why the first that a stack has already cannot be imported; empty when none is in any.
  std::string import_conflict(const std::vector<Import>& imports) const;
  void cancel_update(Stack& stack);
  // What SignalResource says of a resource of the stack.
  void signal(Stack& stack, const std::string& logical_id, const std::string& unique_id,
              const std::string& status);
  void continue_rollback(Stack& stack, std::vector<std::string> skipped);
  void roll_back(Stack& stack);

  // Whether an update would change anything.
  static bool differs(const Stack& stack, const Prepared& prepared, const Request& request);
  // The same, whatever becomes of its nested stacks.
  static bool differs_itself(const Stack& stack, const Prepared& prepared, const Request& request);
  // The names of the stacks that import it.
  std::vector<std::string> users_of(const std::string& export_name) const;
  // What names would stand for after an update. Throws Failure.
  templates::Scope next_scope(const Stack& stack, const Prepared& prepared) const;

  // By name (living stacks) or id. Null when there is none.
  Stack* find(std::string_view name_or_id);
  const std::vector<std::unique_ptr<Stack>>& stacks() const { return stacks_; }
  // The object at a TemplateURL, read as `principal`. Throws Error with AWS's text.
  Task<std::string> template_at(std::string url, Principal principal);
  const Context& context() const { return context_; }

  Task<void> create_nested(Work& work) override;
  Task<void> update_nested(Work& work) override;
  Task<void> remove_nested(Work& work) override;
  bool has_macro(const std::string& name) const override;

 private:
  enum class Purpose { removal, rollback, cleanup };

  Task<Prepared> ask_nested(const Stack& parent, const Work& work, Request& request);

  Stack& add_stack(Request request, Prepared prepared, const Stack* parent);
  static void fill(Stack& stack, Request request, Prepared prepared);
  // Lets the operation go on beside the caller, guarded.
  void begin(Stack& stack, Task<void> operation);
  Task<void> guarded(Stack& stack, Task<void> operation);
  void start_create(Stack& stack, std::unique_ptr<Progress> operation);
  Task<void> run_create(Stack& stack, bool nested);
  Task<void> roll_back_create(Stack& stack);
  Task<void> run_update(Stack& stack, Request request, Prepared prepared, bool nested);
  // Why it failed; empty when it did not.
  Task<std::string> apply_update(Stack& stack);
  Task<void> finish_update(Stack& stack);
  Task<void> run_import(Stack& stack, Request request, Prepared prepared,
                        std::vector<Import> imports);
  Task<void> import_one(Stack& stack, Import import);
  // rollback_triggers.cpp
  void watch_triggers(Stack& stack);
  Task<void> keep_watch(std::string stack_id, std::uint64_t operation);
  Task<void> monitor(Stack& stack);
  Task<std::string> breached(Stack& stack);
  // What exists becomes the stack's; it has the import's events. Why not; nothing when it did.
  struct Refused {
    std::string_view status;
    std::string reason;
  };
  Task<std::optional<Refused>> take_in(Stack& stack, const templates::Resource& spec,
                                       Import import);
  // The same as a step of a creation or an update.
  Task<void> adopt_one(Stack& stack, const templates::Resource& spec);
  // Why it failed; nothing when it did not.
  Task<std::optional<std::string>> tag_imported(Stack& stack, std::string logical_id,
                                                std::string physical_id);
  // The stack as it is, and as it was, without its resources.
  static std::unique_ptr<Undo> undo_of(const Stack& stack);
  static std::unique_ptr<Progress> progress_of(const Request& request);
  static void restore(Stack& stack, const Undo& undo);
  Task<void> run_remove(Stack& stack, std::vector<std::string> retained, bool force);
  Task<void> watch_timeout(std::string stack_id, base::Instant limit);
  // Forgets most of the stacks that were deleted longest ago: see Knobs.
  void compact_deleted();

  // Puts the template as its macros make it in the stack, with its conditions. Throws Failure.
  Task<void> process(Stack& stack);
  Task<std::shared_ptr<const templates::Template>> with_macros(
      std::string name, Principal principal, std::map<std::string, json::value, std::less<>> values,
      std::shared_ptr<const templates::Template> source);
  // Throws Failure.
  void evaluate_conditions(Stack& stack);
  // The properties as a handler gets them: with the values of dynamic references. Throws Failure.
  Task<json::object> settled_properties(const Stack& stack, std::string type,
                                        json::object properties);
  // Calls a handler in CloudFormation's own time. Why it failed, in an event's words; nothing when
  // it did not, or was cancelled (see Work::cancelled).
  Task<std::optional<std::string>> handled(Stack& stack, Work& work, Task<void> (*run)(Work&));
  // The same for a creation: with the signals it asks for.
  Task<std::optional<std::string>> created(Stack& stack, Resource& resource, Work& work);

  // The signals that the resource's CreationPolicy asks for, and the wait for them. They throw
  // Failure, the second also Cancelled.
  std::optional<templates::SignalPolicy> signal_policy_of(const Stack& stack,
                                                          const Resource& resource) const;
  Task<void> await_signals(Stack& stack, Resource& resource, Work& work,
                           templates::SignalPolicy policy, base::Instant begun);
  // update_policy.cpp: what the resource's UpdatePolicy says, and the signals of a new group.
  void give_policy(Stack& stack, Work& work);
  bool replaces_by_policy(const Stack& stack, const templates::Resource& spec,
                          const json::object& before, const json::object& after) const;
  Task<void> await_group_signals(Stack& stack, Resource& resource, Work& work,
                                 templates::SignalPolicy policy, base::Instant begun);
  // Fails the resource that the stack policy protects from the action. True when it did.
  bool deny(Stack& stack, Resource& resource, std::string_view action);
  void deny_removals(Stack& stack);
  // The new one holds from the end of the update on, if it succeeds.
  static void end_policies(Stack& stack, bool updated);

  // Remembers what the handler was given, where dynamic references made it differ.
  static void keep_applied(Resource& resource, Work& work);

  // Creates everything of the template that should exist and does not.
  Task<void> create_all(Stack& stack);
  // Which attributes the template asks of which resource: handlers look up no others.
  static void note_attributes(Stack& stack);
  Task<void> create_one(Stack& stack, const templates::Resource& spec);
  // AWS-specific parameter types: each value must name what exists. Why one does not; empty when
  // all do.
  Task<std::string> missing_parameter(Stack& stack);
  // Deletes these resources, dependents first.
  Task<void> remove_all(Stack& stack, std::set<std::string> logical_ids, Purpose purpose,
                        std::vector<std::string> retained);
  Task<void> remove_one(Stack& stack, std::string logical_id, Purpose purpose, bool retained);
  // The handler's delete with all its patience. Throws Failure.
  Task<void> remove_physical(Stack& stack, Resource& resource);

  Task<void> update_one(Stack& stack, const templates::Resource& spec);
  Task<void> change_one(Stack& stack, Resource& resource, json::object properties);
  Task<void> replace_one(Stack& stack, Resource& resource, json::object properties);
  Task<void> roll_back_update(Stack& stack, std::vector<std::string> skipped);
  Task<void> revert_all(Stack& stack, std::vector<std::string> skipped);
  Task<void> revert_one(Stack& stack, std::string logical_id);
  Task<std::optional<std::string>> revert_nested(const Resource& resource);
  // Deletes what an update left behind. False when something had to be let go.
  Task<bool> clean_up(Stack& stack, std::vector<Resource> left, Purpose purpose);
  struct CleanUp {
    std::vector<Resource>& left;
    const std::vector<std::size_t>& order;  // of removal: indices of `left`
    std::size_t place;                      // in `order`
    std::vector<bool>& done;                // by index of `left`
    bool& clean;
  };
  Task<void> clean_one(Stack& stack, Purpose purpose, CleanUp part);
  static bool keeps(const Stack& stack, const Resource& resource, Purpose purpose);

  templates::Scope scope(const Stack& stack) const;
  bool wanted(const Stack& stack, const templates::Resource& spec) const;
  // Both throw Failure, and MissingOutput for what look_up_output() must fetch first.
  json::object resolved(const Stack& stack, const templates::Resource& spec) const;
  void fill_outputs(Stack& stack);
  // stack_output.cpp: the same with the outputs of other stacks; throw Failure.
  Task<json::object> resolved_now(Stack& stack, const templates::Resource& spec);
  Task<void> fill_outputs_now(Stack& stack);
  // The attributes named there that handlers read anew (Handler::read).
  Task<void> read_attributes(Stack& stack, json::value raw);
  Task<void> look_up_output(Stack& stack, templates::StackOutput wanted);
  Task<Principal> assumed(Principal by, std::string role);
  void check_exports(const Stack& stack, const Stack::Output& output);  // throws Failure
  void note_imports(Stack& stack) const;

  Work work_for(Stack& stack, const std::string& logical_id, const std::string& type);
  Task<void> wait_for_needs(Stack& stack, const std::set<std::string>& needs);
  // Records a failure and cancels what is still being created.
  void fail(Stack& stack, Resource& resource, std::string reason, std::string_view status);
  void cancel(Stack& stack, bool custom_too);

  void set(Stack& stack, std::string status, std::string reason = {});
  void set(Stack& stack, Resource& resource, std::string status, std::string reason = {});
  // Keeps the event and tells the stack's topics.
  void add(Stack& stack, Event event);
  double before();
  double after();
  std::string new_stack_id(const std::string& name);
  std::optional<std::string> exported(const std::string& name) const;

  Context context_;
  Caller& caller_;
  Objects& objects_;
  Knobs knobs_;
  base::SeededRandom random_;
  std::uint64_t operations_ = 0;                // watched ones so far
  std::vector<std::unique_ptr<Stack>> stacks_;  // in the order of creation
};

}  // namespace sim::cloudformation

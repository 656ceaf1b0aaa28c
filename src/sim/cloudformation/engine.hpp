// Makes, changes and removes stacks. Owns every stack of its world; acts on resources only through
// their handlers, and on nothing else.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacks.html
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/cloudformation/handler.hpp"
#include "sim/cloudformation/stack.hpp"
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
  std::string role_arn;
  std::string token;
  std::optional<int> timeout_minutes;
  bool protection = false;
  Principal principal;
};

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
  };
  Task<Prepared> prepare(Request request, bool nested = false);
  // The template alone.
  std::shared_ptr<const templates::Template> read(const std::string& text, const std::string& file,
                                                  bool nested = false) const;

  // Start an operation and return; it goes on beside the caller.
  Stack& create(Request request, Prepared prepared);
  void update(Stack& stack, Request request, Prepared prepared);
  void remove(Stack& stack, std::vector<std::string> retained);

  // By name (living stacks) or id. Null when there is none.
  Stack* find(std::string_view name_or_id);
  const std::vector<std::unique_ptr<Stack>>& stacks() const { return stacks_; }
  std::string template_at(const std::string& url) const;  // throws Error
  const Context& context() const { return context_; }

  Task<void> create_nested(Work& work) override;
  Task<void> update_nested(Work& work) override;
  Task<void> remove_nested(Work& work) override;

 private:
  enum class Purpose { removal, rollback, cleanup };

  Stack& add_stack(Request request, Prepared prepared, const Stack* parent);
  Task<void> run_create(Stack& stack, bool nested);
  Task<void> run_update(Stack& stack, Request request, Prepared prepared, bool nested);
  Task<void> run_remove(Stack& stack, std::vector<std::string> retained);
  Task<void> watch_timeout(std::string stack_id, base::Instant created, base::Instant limit);

  // Creates everything of the template that should exist and does not.
  Task<void> create_all(Stack& stack);
  // Which attributes the template asks of which resource: handlers look up no others.
  static void note_attributes(Stack& stack);
  Task<void> create_one(Stack& stack, const templates::Resource& spec);
  // Deletes these resources, dependents first.
  Task<void> remove_all(Stack& stack, std::set<std::string> logical_ids, Purpose purpose,
                        std::vector<std::string> retained);
  Task<void> remove_one(Stack& stack, std::string logical_id, Purpose purpose, bool retained);
  // The handler's delete with all its patience. Throws Failure.
  Task<void> remove_physical(Stack& stack, Resource& resource);

  struct Update;
  Task<void> update_one(Stack& stack, const templates::Resource& spec, Update& update);
  Task<void> change_one(Stack& stack, Resource& resource, Update& update, json::object properties);
  Task<void> replace_one(Stack& stack, Resource& resource, Update& update, json::object properties);
  Task<void> roll_back_update(Stack& stack, Update& update);
  Task<void> revert_one(Stack& stack, std::string logical_id, Update& update);
  // Deletes what an update left behind; what cannot be deleted is let go.
  Task<void> clean_up(Stack& stack, std::vector<Resource> left);

  templates::Scope scope(const Stack& stack) const;
  bool wanted(const Stack& stack, const templates::Resource& spec) const;
  json::object resolved(const Stack& stack, const templates::Resource& spec) const;
  void fill_outputs(Stack& stack);  // throws Failure

  Work work_for(Stack& stack, const std::string& logical_id, const std::string& type);
  Task<void> wait_for_needs(Stack& stack, const std::set<std::string>& needs);
  // Records a failure and cancels what is still being created.
  void fail(Stack& stack, Resource& resource, std::string reason, std::string_view status);
  void cancel(Stack& stack, bool custom_too);

  void set(Stack& stack, std::string status, std::string reason = {});
  void set(Stack& stack, Resource& resource, std::string status, std::string reason = {});
  double before();
  double after();
  std::string new_stack_id(const std::string& name);
  std::optional<std::string> exported(const std::string& name) const;

  Context context_;
  Caller& caller_;
  Objects& objects_;
  Knobs knobs_;
  base::SeededRandom random_;
  std::vector<std::unique_ptr<Stack>> stacks_;  // in the order of creation
};

}  // namespace sim::cloudformation

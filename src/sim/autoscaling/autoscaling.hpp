// Amazon EC2 Auto Scaling of the embedded AWS: groups that keep as many instances of sim/ec2 as
// they are told to, by the same RunInstances and TerminateInstances that everybody calls. Nothing
// here reads a metric: policies exist and are refused, and nothing scales by them.
// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/autoscaling/knobs.hpp"
#include "sim/autoscaling/model.hpp"
#include "sim/core/context.hpp"
#include "sim/core/fields.hpp"
#include "sim/ec2/ec2.hpp"
#include "sim/iam/iam.hpp"

namespace sim::autoscaling {

class AutoScaling final : public Service {
 public:
  // All of them must outlive this.
  AutoScaling(Context context, Caller& caller, const ec2::Ec2& ec2, iam::Iam& iam,
              Knobs knobs = {});

  std::string_view name() const override { return "autoscaling"; }
  const std::map<std::string, Operation, std::less<>>& operations() const override {
    return operations_;
  }

 private:
  using Answer = json::object (AutoScaling::*)(const Call&);
  using Conversation = Task<json::object> (AutoScaling::*)(Call);
  using Asked = std::vector<Access> (AutoScaling::*)(const Fields&) const;

  // operations.cpp
  void add_group_operations();
  void add_member_operations();
  void add_detail_operations();

  // autoscaling.cpp: `known` names the members that an operation takes.
  void add(std::string_view action, std::string_view known, Asked access, Answer run);
  void add(std::string_view action, std::string_view known, Asked access, Conversation run);
  std::function<std::vector<Access>(const Call&)> accesses(std::string_view action,
                                                           Asked access) const;
  std::vector<Access> asks_nothing_named(const Fields& in) const;
  std::vector<Access> asks_group(const Fields& in) const;
  std::vector<Access> asks_instance(const Fields& in) const;
  std::vector<Access> asks_tagged(const Fields& in) const;
  std::vector<Access> asks_hook(const Fields& in) const;
  std::vector<Access> asks_configuration(const Fields& in) const;
  std::string arn(std::string_view kind, std::string_view id, std::string_view rest) const;
  Group* find(std::string_view group_name);
  const Group* find(std::string_view group_name) const;
  Group& get(const Fields& in);  // throws ValidationError
  Member* find_member(Group& group, std::string_view id);
  // The group that has the instance, and the instance in it. Throws ValidationError.
  std::pair<Group*, Member*> owner(std::string_view id);
  base::Duration draw(Range range);
  // As Auto Scaling itself, by its service-linked role.
  Task<json::object> ask(std::string service, std::string action, json::object input);

  // groups.cpp
  Task<json::object> create_group(Call call);
  Task<json::object> update_group(Call call);
  json::object delete_group(const Call& call);
  json::object describe_groups(const Call& call);
  json::object account_limits(const Call& call);
  void check_free(const std::string& group_name) const;  // throws AlreadyExists
  Task<void> need_linked_role(Principal caller);
  // The tags and hooks that its creation names.
  Task<void> dress(Call call, std::string group_arn);
  void read_sizes(const Fields& in, Group& group, bool creating) const;
  void read_settings(const Fields& in, Group& group) const;

  // launch_source.cpp
  Task<void> read_source(const Call& call, Group& group, bool creating);
  json::object read_mixed(const Fields& policy, Group& group) const;  // mixed_instances.cpp
  Task<json::object> chosen_template(json::object asked);
  Task<void> check_template(Principal caller, json::object launch_template, Place place);
  Task<void> read_places(const Call& call, Group& group, bool creating);
  Task<json::object> template_version(json::object launch_template);
  Task<json::object> launch_input(const Group& group, Place place, Member& member);
  json::object configured_input(const LaunchConfiguration& one, const Place& place) const;

  // launch_configurations.cpp
  json::object create_configuration(const Call& call);
  json::object describe_configurations(const Call& call);
  json::object delete_configuration(const Call& call);

  // capacity.cpp
  json::object set_desired(const Call& call);
  json::object terminate_member(const Call& call);
  json::object describe_members(const Call& call);
  json::object set_protection(const Call& call);
  json::object set_health(const Call& call);
  json::object suspend(const Call& call);
  json::object resume(const Call& call);

  // attachment.cpp
  Task<json::object> attach(Call call);
  Task<Member> running_instance(std::string id);  // throws ValidationError
  json::object detach(const Call& call);

  // tags.cpp
  json::object put_tags(const Call& call);
  json::object delete_tags(const Call& call);
  json::object describe_tags(const Call& call);

  // policies.cpp
  json::object put_policy(const Call& call);
  json::object describe_policies(const Call& call);
  json::object delete_policy(const Call& call);

  // hooks.cpp
  Task<json::object> put_hook(Call call);
  Hook read_hook(const Fields& in, const Group& group) const;
  json::object describe_hooks(const Call& call);
  json::object delete_hook(const Call& call);
  json::object complete(const Call& call);
  bool wait_at_hook(Group& group, Member& member);  // false: there is none left
  void end_hook(Group& group, Member& member, std::string_view result, std::string_view why);

  // notifications.cpp: as the hook's role.
  Task<void> try_target(Hook hook, std::string group_name, std::string group_arn);
  Task<void> announce(Hook hook, json::object message, std::string subject);
  Task<void> send(Hook hook, json::object message, std::string subject);

  // target_groups.cpp
  Task<json::object> attach_targets(Call call);
  Task<json::object> detach_targets(Call call);
  Task<json::object> describe_targets(Call call);
  Task<void> check_targets(std::vector<std::string> arns);
  Task<void> register_member(std::vector<std::string> arns, std::string id);
  // Those from which it still drains.
  Task<std::vector<std::string>> deregister_member(std::vector<std::string> arns, std::string id);
  Task<std::string> health(std::string target_group, std::string id);  // empty: none to tell

  // tend.cpp: one task for each group, from its creation to its end.
  void begin(std::unique_ptr<Group> group);
  void wake(Group& group);  // capacity is looked at soon
  Task<void> tend(std::string group_arn);
  std::optional<Instant> next_look(const Group& group) const;
  Task<void> follow(Group& group);
  Task<void> follow_one(Group& group, Member& member);
  Task<void> follow_start(Group& group, Member& member);
  Task<void> follow_end(Group& group, Member& member);
  Task<bool> drains(Group& group, Member& member);
  Task<void> terminate(Member& member);
  Task<void> enter_service(Group& group, Member& member);
  void drop(Group& group, std::string_view id);

  // health.cpp
  Task<void> check_health(Group& group);
  void replace_unhealthy(Group& group);

  // scaling.cpp
  Task<void> scale(Group& group);
  Task<void> launch_missing(Group& group);
  void launch_failed(Group& group);
  Task<bool> launch_one(Group& group, Place place, std::string cause);
  std::vector<Place> best_places(const Group& group);
  void retire_surplus(Group& group);
  Member* victim(Group& group);
  Activity& retire(Group& group, Member& member, std::string cause);

  // rebalance.cpp
  Task<void> rebalance(Group& group);
  bool is_out_of_balance(const Group& group) const;

  // activities.cpp
  json::object describe_activities(const Call& call);
  Activity& begin_activity(Group& group, std::string description, std::string cause);
  Activity* activity(const std::string& id);
  void end_activity(const std::string& id, std::string_view status, std::string message = {});
  bool is_busy(const Group& group) const;  // an activity is under way

  // views.cpp
  json::object shown(const Group& group, bool with_members) const;
  json::object shown(const Activity& one) const;
  std::string now_text() const;  // as causes write it

  Context context_;
  Caller& caller_;
  const ec2::Ec2& ec2_;
  iam::Iam& iam_;
  Knobs knobs_;
  base::SeededRandom random_;
  std::map<std::string, Operation, std::less<>> operations_;
  std::map<std::string, std::unique_ptr<Group>> groups_;       // by ARN; its own task erases each
  std::map<std::string, LaunchConfiguration> configurations_;  // by name
  std::deque<Activity> activities_;                            // newest first
};

// For whoever a member of a call names that is not there, or must not be.
Error invalid(const std::string& message);

// The structure of a list's element. Throws ValidationError.
const json::object& structure(const json::value& value);

// A page of `all` by MaxRecords and NextToken, as {member: ..., NextToken}. Throws
// InvalidNextToken, ValidationError.
json::object page_of(const Fields& in, std::string_view member, json::array all,
                     std::int64_t fallback, std::int64_t most);

// [{"Name", "Values"}] of a call. Throws ValidationError for names that are not `known`.
std::vector<std::pair<std::string, std::vector<std::string>>> filters_of(
    const Fields& in, std::initializer_list<std::string_view> known);

json::array texts_of(const std::vector<std::string>& texts);

// At a dotted path ("instancesSet.0.instanceId"), as text; empty when there is none.
std::string text_at(const json::value& value, std::string_view path);

}  // namespace sim::autoscaling

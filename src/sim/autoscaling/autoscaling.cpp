#include "sim/autoscaling/autoscaling.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/core/words.hpp"

namespace sim::autoscaling {

namespace {

// Whatever else AWS takes is refused with its name, unless it is switched off.
void check_members(const Call& call, const std::vector<std::string>& known) {
  for (const auto& [name, value] : call.input) {
    if (base::contains(known, std::string(name))) continue;
    const bool off = value.is_null() || value == "false" || value == "" || value == false ||
                     (value.is_array() && value.get_array().empty());
    if (off) continue;
    throw Error(
        "NotImplemented",
        fmt::format("The embedded AWS has no {} for {}.", std::string_view(name), call.action),
        501);
  }
}

}  // namespace

AutoScaling::AutoScaling(Context context, Caller& caller, const ec2::Ec2& ec2, iam::Iam& iam,
                         Knobs knobs)
    : context_(std::move(context)),
      caller_(caller),
      ec2_(ec2),
      iam_(iam),
      knobs_(knobs),
      random_(context_.random("autoscaling")) {
  add_group_operations();
  add_member_operations();
  add_detail_operations();
}

void AutoScaling::add(std::string_view action, std::string_view known, Asked access, Answer run) {
  operations_[std::string(action)] = {
      .run = at_once([this, run, members = words_of(known)](const Call& call) {
        check_members(call, members);
        return (this->*run)(call);
      }),
      .access = accesses(action, access)};
}

void AutoScaling::add(std::string_view action, std::string_view known, Asked access,
                      Conversation run) {
  operations_[std::string(action)] = {
      .run = [this, run, members = words_of(known)](Call call) -> Task<json::object> {
        check_members(call, members);
        return (this->*run)(std::move(call));
      },
      .access = accesses(action, access)};
}

// Access ------------------------------------------------------------------------------------------
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html

std::function<std::vector<Access>(const Call&)> AutoScaling::accesses(std::string_view action,
                                                                      Asked access) const {
  return [this, action = std::string(action), access](const Call& call) {
    std::vector<Access> asked;
    try {
      asked = (this->*access)(Fields(call.input, "ValidationError"));
    } catch (const Error&) {  // of the wrong type: refused by the operation itself
      asked = {{"", "*"}};
    }
    for (auto& one : asked) {
      if (one.action.empty()) one.action = "autoscaling:" + action;
    }
    return asked;
  };
}

std::vector<Access> AutoScaling::asks_nothing_named(const Fields&) const {
  return {{"", "*"}};
}

std::vector<Access> AutoScaling::asks_group(const Fields& in) const {
  auto name = in.text("AutoScalingGroupName");
  // A policy's ARN names its group.
  constexpr std::string_view before = ":autoScalingGroupName/";
  const auto policy = in.text("PolicyName");
  if (const auto at = policy.find(before); name.empty() && at != std::string::npos) {
    const auto rest = policy.substr(at + before.size());
    name = rest.substr(0, rest.find(":policyName/"));
  }
  const auto* group = find(name);
  Access access{"", group != nullptr ? group->arn : arn("autoScalingGroup", "*", name)};
  if (group != nullptr) {
    for (const auto& [key, tag] : group->tags) {
      access.context["aws:ResourceTag/" + key] = tag.value;
      access.context["autoscaling:ResourceTag/" + key] = tag.value;
    }
  }
  for (const auto* member : {"MinSize", "MaxSize", "LaunchConfigurationName"}) {
    if (in.has(member)) access.context[std::string("autoscaling:") + member] = in.text(member);
  }
  for (const auto& value : in.list("Tags")) {
    const Fields tag(structure(value));
    access.context["aws:RequestTag/" + tag.text("Key")] = tag.text("Value");
  }
  return {access};
}

std::vector<Access> AutoScaling::asks_instance(const Fields& in) const {
  const auto id = in.text("InstanceId");
  for (const auto& [key, group] : groups_) {
    if (!base::contains(group->members | std::views::transform(&Member::id), id)) continue;
    const json::object named{{"AutoScalingGroupName", group->name}};
    return asks_group(Fields(named));
  }
  return {{"", "*"}};
}

std::vector<Access> AutoScaling::asks_tagged(const Fields& in) const {
  std::vector<Access> asked;
  for (const auto& value : in.list("Tags")) {
    const Fields tag(structure(value));
    json::object named{{"AutoScalingGroupName", tag.text("ResourceId")}};
    named["Tags"] = json::array{value};
    for (auto& one : asks_group(Fields(named))) asked.push_back(std::move(one));
  }
  return asked;
}

std::vector<Access> AutoScaling::asks_hook(const Fields& in) const {
  auto asked = asks_group(in);
  if (const auto role = in.text("RoleARN"); !role.empty()) {
    asked.push_back({"iam:PassRole", role, {{"iam:PassedToService", "autoscaling.amazonaws.com"}}});
  }
  return asked;
}

std::vector<Access> AutoScaling::asks_configuration(const Fields& in) const {
  const auto name = in.text("LaunchConfigurationName");
  const auto found = configurations_.find(name);
  Access access{"", found != configurations_.end() ? found->second.arn
                                                   : arn("launchConfiguration", "*", name)};
  for (const auto* member : {"ImageId", "InstanceType"}) {
    if (in.has(member)) access.context[std::string("autoscaling:") + member] = in.text(member);
  }
  std::vector<Access> asked{access};
  const auto profile = iam_.instance_profile(in.text("IamInstanceProfile"));
  if (profile && profile->role) {
    asked.push_back(
        {"iam:PassRole", profile->role->arn, {{"iam:PassedToService", "ec2.amazonaws.com"}}});
  }
  return asked;
}

// Looking up --------------------------------------------------------------------------------------

std::string AutoScaling::arn(std::string_view kind, std::string_view id,
                             std::string_view rest) const {
  return fmt::format("arn:{}:autoscaling:{}:{}:{}:{}:{}Name/{}", context_.partition,
                     context_.region, context_.account, kind, id, kind, rest);
}

const Group* AutoScaling::find(std::string_view group_name) const {
  for (const auto& [key, group] : groups_) {
    const bool meant = group->name == group_name || group->arn == group_name;
    if (meant && !group->gone) return group.get();
  }
  return nullptr;
}

Group* AutoScaling::find(std::string_view group_name) {
  const auto* found = std::as_const(*this).find(group_name);
  return found == nullptr ? nullptr : groups_.at(found->arn).get();
}

Group& AutoScaling::get(const Fields& in) {
  auto* found = find(in.required("AutoScalingGroupName"));
  // [C] aws-sdk-go#1151.
  if (found == nullptr) throw invalid("AutoScalingGroup name not found - null");
  // [C] kops#1001.
  if (found->deleting) {
    throw invalid("The AutoScaling group may not be modified while it is pending delete");
  }
  return *found;
}

Member* AutoScaling::find_member(Group& group, std::string_view id) {
  const auto found = std::ranges::find(group.members, id, &Member::id);
  return found == group.members.end() ? nullptr : &*found;
}

std::pair<Group*, Member*> AutoScaling::owner(std::string_view id) {
  for (const auto& [key, group] : groups_) {
    auto* member = group->gone ? nullptr : find_member(*group, id);
    if (member != nullptr) return {group.get(), member};
  }
  throw invalid(
      fmt::format("Instance Id not found - No managed instance found for instance ID: {}", id));
}

base::Duration AutoScaling::draw(Range range) {
  return base::Duration(random_.integer(range.low.count(), range.high.count()));
}

Task<json::object> AutoScaling::ask(std::string service, std::string action, json::object input) {
  const Principal self{.kind = Principal::Kind::service,
                       .arn = "autoscaling.amazonaws.com",
                       .role_arn = {},
                       .user_id = {}};
  co_return co_await caller_.call(self, std::move(service), std::move(action), std::move(input));
}

}  // namespace sim::autoscaling

// IAM roles and instance profiles. Policies are in iam_policies.cpp.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/handlers.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::size_t role_name_limit = 64;
constexpr std::size_t profile_name_limit = 128;

std::string document(const json::value& holder, std::string_view member) {
  const auto* found = find(holder, member);
  return found == nullptr ? std::string() : json::serialize(*found);
}

std::string account_arn(const Work& work, std::string_view rest) {
  return fmt::format("arn:{}:iam::{}:{}", work.context.partition, work.context.account, rest);
}

// Role --------------------------------------------------------------------------------------------

json::array inline_policies(const json::object& properties) {
  const auto* list = properties.if_contains("Policies");
  return list != nullptr && list->is_array() ? list->as_array() : json::array();
}

Task<void> put_role_policy(Work& work, std::string role, std::string name, std::string policy) {
  co_await work.call("iam", "PutRolePolicy",
                     {{"RoleName", role}, {"PolicyName", name}, {"PolicyDocument", policy}});
}

Task<void> create_role(Work& work) {
  json::object input =
      pick(work, {"Description", "MaxSessionDuration", "Path", "PermissionsBoundary"});
  const std::string name =
      work.has("RoleName") ? work.text("RoleName") : work.generated_name(role_name_limit);
  input["RoleName"] = name;
  input["AssumeRolePolicyDocument"] = document(work.properties, "AssumeRolePolicyDocument");
  if (json::array tags = work.tags(); !tags.empty()) input["Tags"] = std::move(tags);
  const auto made = co_await work.call("iam", "CreateRole", std::move(input));
  work.attributes["Arn"] = at(made, "Role.Arn");
  work.attributes["RoleId"] = at(made, "Role.RoleId");
  work.initiated(name);
  for (const auto& arn : work.texts("ManagedPolicyArns")) {
    co_await work.call("iam", "AttachRolePolicy", {{"RoleName", name}, {"PolicyArn", arn}});
  }
  for (const auto& policy : inline_policies(work.properties)) {
    co_await put_role_policy(work, name, at(policy, "PolicyName"),
                             document(policy, "PolicyDocument"));
  }
  co_await work.pause(work.knobs.role_settles);
}

Task<void> update_role(Work& work) {
  if (work.changed("AssumeRolePolicyDocument")) {
    co_await work.call("iam", "UpdateAssumeRolePolicy",
                       {{"RoleName", work.id},
                        {"PolicyDocument", document(work.properties, "AssumeRolePolicyDocument")}});
  }
  if (any_changed(work, {"Description", "MaxSessionDuration"})) {
    json::object input = pick(work, {"Description", "MaxSessionDuration"});
    if (!work.has("Description")) input["Description"] = "";
    if (!work.has("MaxSessionDuration")) input["MaxSessionDuration"] = "3600";
    input["RoleName"] = work.id;
    co_await work.call("iam", "UpdateRole", std::move(input));
  }
  if (work.changed("PermissionsBoundary")) {
    json::object input = pick(work, {"PermissionsBoundary"});
    const bool kept = !input.empty();
    input["RoleName"] = work.id;
    co_await work.call("iam", kept ? "PutRolePermissionsBoundary" : "DeleteRolePermissionsBoundary",
                       std::move(input));
  }
  co_await update_tags(
      work,
      {.service = "iam", .add = "TagRole", .remove = "UntagRole", .who = {{"RoleName", work.id}}});
  Work before = work;
  before.properties = work.old_properties;
  const auto old_arns = before.texts("ManagedPolicyArns");
  const auto new_arns = work.texts("ManagedPolicyArns");
  for (const auto& arn : new_arns) {
    if (std::ranges::find(old_arns, arn) != old_arns.end()) continue;
    co_await work.call("iam", "AttachRolePolicy", {{"RoleName", work.id}, {"PolicyArn", arn}});
  }
  for (const auto& arn : old_arns) {
    if (std::ranges::find(new_arns, arn) != new_arns.end()) continue;
    co_await work.call("iam", "DetachRolePolicy", {{"RoleName", work.id}, {"PolicyArn", arn}});
  }
  const auto old_policies = inline_policies(work.old_properties);
  const auto new_policies = inline_policies(work.properties);
  std::set<std::string> kept;
  for (const auto& policy : new_policies) {
    kept.insert(at(policy, "PolicyName"));
    if (std::ranges::find(old_policies, policy) != old_policies.end()) continue;
    co_await put_role_policy(work, work.id, at(policy, "PolicyName"),
                             document(policy, "PolicyDocument"));
  }
  for (const auto& policy : old_policies) {
    const std::string name = at(policy, "PolicyName");
    if (kept.contains(name)) continue;
    co_await work.call("iam", "DeleteRolePolicy", {{"RoleName", work.id}, {"PolicyName", name}});
  }
}

// A part that is gone does not keep the whole.
Task<void> call_unless_gone(Work& work, std::string action, json::object input) {
  try {
    co_await work.call("iam", std::move(action), std::move(input));
  } catch (const Error& error) {
    if (!is_gone(error)) throw;
  }
}

Task<void> remove_role(Work& work) {
  for (const auto& arn : work.texts("ManagedPolicyArns")) {
    co_await call_unless_gone(work, "DetachRolePolicy",
                              {{"RoleName", work.id}, {"PolicyArn", arn}});
  }
  for (const auto& policy : inline_policies(work.properties)) {
    co_await call_unless_gone(work, "DeleteRolePolicy",
                              {{"RoleName", work.id}, {"PolicyName", at(policy, "PolicyName")}});
  }
  co_await work.call("iam", "DeleteRole", {{"RoleName", work.id}});
}

// Instance profile --------------------------------------------------------------------------------

Task<void> create_profile(Work& work) {
  json::object input = pick(work, {"Path"});
  const std::string name = work.has("InstanceProfileName")
                               ? work.text("InstanceProfileName")
                               : work.generated_name(profile_name_limit);
  input["InstanceProfileName"] = name;
  const auto made = co_await work.call("iam", "CreateInstanceProfile", std::move(input));
  const std::string arn = at(made, "InstanceProfile.Arn");
  work.attributes["Arn"] = arn.empty() ? account_arn(work, "instance-profile/" + name) : arn;
  work.initiated(name);
  for (const auto& role : work.texts("Roles")) {
    co_await work.call("iam", "AddRoleToInstanceProfile",
                       {{"InstanceProfileName", name}, {"RoleName", role}});
  }
  co_await work.pause(work.knobs.profile_settles);
}

Task<void> update_profile(Work& work) {
  if (!work.changed("Roles")) co_return;
  Work before = work;
  before.properties = work.old_properties;
  for (const auto& role : before.texts("Roles")) {
    co_await call_unless_gone(work, "RemoveRoleFromInstanceProfile",
                              {{"InstanceProfileName", work.id}, {"RoleName", role}});
  }
  for (const auto& role : work.texts("Roles")) {
    co_await work.call("iam", "AddRoleToInstanceProfile",
                       {{"InstanceProfileName", work.id}, {"RoleName", role}});
  }
}

Task<void> remove_profile(Work& work) {
  for (const auto& role : work.texts("Roles")) {
    co_await call_unless_gone(work, "RemoveRoleFromInstanceProfile",
                              {{"InstanceProfileName", work.id}, {"RoleName", role}});
  }
  co_await work.call("iam", "DeleteInstanceProfile", {{"InstanceProfileName", work.id}});
}

}  // namespace

void add_iam(Handlers& table) {
  table["AWS::IAM::Role"] = {.schema = {{"AssumeRolePolicyDocument", "Description",
                                         "ManagedPolicyArns", "MaxSessionDuration", "Path",
                                         "PermissionsBoundary", "Policies", "RoleName", "Tags"},
                                        {"AssumeRolePolicyDocument"},
                                        {"Arn", "RoleId"}},
                             .create_only = {"Path", "RoleName"},
                             .create = create_role,
                             .update = update_role,
                             .remove = remove_role};
  table["AWS::IAM::InstanceProfile"] = {
      .schema = {{"InstanceProfileName", "Path", "Roles"}, {"Roles"}, {"Arn"}},
      .create_only = {"InstanceProfileName", "Path"},
      .create = create_profile,
      .update = update_profile,
      .remove = remove_profile};
}

}  // namespace sim::cloudformation

// IAM's inline and managed policies, and who has them. Roles and profiles are in iam.cpp.
#include <boost/json.hpp>

#include "sim/cloudformation/handlers/handlers.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::size_t managed_name_limit = 128;

// Who may have a policy: the property that lists them, and what the API calls one.
constexpr std::pair<const char*, const char*> holders[] = {
    {"Groups", "Group"}, {"Roles", "Role"}, {"Users", "User"}};

struct Holder {
  std::string kind, name;
  bool operator==(const Holder&) const = default;
};

std::vector<Holder> holders_in(const Work& work) {
  std::vector<Holder> found;
  for (const auto& [property, kind] : holders) {
    for (const auto& name : work.texts(property)) {
      found.push_back({kind, std::string(name.as_string())});
    }
  }
  return found;
}

std::vector<Holder> holders_before(const Work& work) {
  Work before = work;
  before.properties = work.old_properties;
  return holders_in(before);
}

bool among(const Holder& one, const std::vector<Holder>& all) {
  return std::ranges::find(all, one) != all.end();
}

std::string document_of(const Work& work) {
  return json::serialize(work.properties.at("PolicyDocument"));
}

Task<void> call_for(Work& work, std::string verb, std::string noun, Holder holder,
                    json::object input) {
  input[holder.kind + "Name"] = holder.name;
  co_await work.call("iam", verb + holder.kind + noun, std::move(input));
}

// What is gone already does not keep the rest.
Task<void> take_from(Work& work, std::string verb, std::string noun, Holder holder,
                     json::object input) {
  try {
    co_await call_for(work, std::move(verb), std::move(noun), std::move(holder), std::move(input));
  } catch (const Error& error) {
    if (!is_gone(error)) throw;
  }
}

// Inline ------------------------------------------------------------------------------------------

Task<void> put_policy(Work& work) {
  for (const auto& holder : holders_in(work)) {
    json::object input{{"PolicyName", work.text("PolicyName")}};
    input["PolicyDocument"] = document_of(work);
    co_await call_for(work, "Put", "Policy", holder, std::move(input));
  }
}

Task<void> create_policy(Work& work) {
  if (holders_in(work).empty()) {
    throw Failure("At least one of [Groups,Roles,Users] must be non-empty.");
  }
  co_await put_policy(work);
  work.attributes["Id"] = work.text("PolicyName");
  work.initiated(work.text("PolicyName"));
  co_await work.pause(work.knobs.role_settles);
}

Task<void> update_policy(Work& work) {
  if (any_changed(work, {"PolicyDocument", "PolicyName", "Groups", "Roles", "Users"})) {
    co_await put_policy(work);
  }
  const auto now = holders_in(work);
  const auto old_name = at(work.old_properties, "PolicyName");
  for (const auto& holder : holders_before(work)) {
    if (!work.changed("PolicyName") && among(holder, now)) continue;
    co_await take_from(work, "Delete", "Policy", holder, {{"PolicyName", old_name}});
  }
}

Task<void> remove_policy(Work& work) {
  for (const auto& holder : holders_in(work)) {
    co_await take_from(work, "Delete", "Policy", holder, {{"PolicyName", work.text("PolicyName")}});
  }
}

// Managed -----------------------------------------------------------------------------------------

Task<void> managed_attributes(Work& work) {
  const auto seen = co_await work.look("iam", "GetPolicy", {{"PolicyArn", work.id}}, "Policy.Arn");
  work.attributes["PolicyArn"] = work.id;
  for (const auto* name : {"AttachmentCount", "CreateDate", "DefaultVersionId", "IsAttachable",
                           "PermissionsBoundaryUsageCount", "PolicyId", "UpdateDate"}) {
    work.attributes[name] = at(seen, std::string("Policy.") + name);
  }
}

Task<void> create_managed_policy(Work& work) {
  json::object input = pick(work, {"Description", "Path"});
  input["PolicyName"] = work.has("ManagedPolicyName") ? work.text("ManagedPolicyName")
                                                      : work.generated_name(managed_name_limit);
  input["PolicyDocument"] = document_of(work);
  const auto made = co_await work.call("iam", "CreatePolicy", std::move(input));
  work.initiated(at(made, "Policy.Arn"));
  for (const auto& holder : holders_in(work)) {
    co_await call_for(work, "Attach", "Policy", holder, {{"PolicyArn", work.id}});
  }
  co_await managed_attributes(work);
  co_await work.pause(work.knobs.role_settles);
}

// All but the default one; while there are fewer than `most`, none.
Task<void> forget_versions(Work& work, std::size_t most) {
  const auto seen = co_await work.call("iam", "ListPolicyVersions", {{"PolicyArn", work.id}});
  const auto* versions = find(seen, "Versions");
  if (versions == nullptr || versions->as_array().size() < most) co_return;
  for (const auto& one : versions->as_array()) {
    if (at(one, "IsDefaultVersion") == "true") continue;
    co_await work.call("iam", "DeletePolicyVersion",
                       {{"PolicyArn", work.id}, {"VersionId", at(one, "VersionId")}});
  }
}

Task<void> update_managed_policy(Work& work) {
  if (work.changed("PolicyDocument")) {
    // [C] for the limit of five, [I] for what becomes of the others.
    co_await forget_versions(work, 5);
    json::object input{{"PolicyArn", work.id}, {"SetAsDefault", "true"}};
    input["PolicyDocument"] = document_of(work);
    co_await work.call("iam", "CreatePolicyVersion", std::move(input));
  }
  const auto before = holders_before(work);
  const auto now = holders_in(work);
  for (const auto& holder : now) {
    if (among(holder, before)) continue;
    co_await call_for(work, "Attach", "Policy", holder, {{"PolicyArn", work.id}});
  }
  for (const auto& holder : before) {
    if (among(holder, now)) continue;
    co_await take_from(work, "Detach", "Policy", holder, {{"PolicyArn", work.id}});
  }
  co_await managed_attributes(work);
}

Task<void> remove_managed_policy(Work& work) {
  for (const auto& holder : holders_in(work)) {
    co_await take_from(work, "Detach", "Policy", holder, {{"PolicyArn", work.id}});
  }
  co_await forget_versions(work, 2);
  co_await work.call("iam", "DeletePolicy", {{"PolicyArn", work.id}});
}

}  // namespace

void add_iam_policies(Handlers& table) {
  table["AWS::IAM::Policy"] = {
      .schema = {{"Groups", "PolicyDocument", "PolicyName", "Roles", "Users"},
                 {"PolicyDocument", "PolicyName"},
                 {"Id"}},
      .create_only = {},
      .create = create_policy,
      .update = update_policy,
      .remove = remove_policy};
  table["AWS::IAM::ManagedPolicy"] = {
      .schema = {{"Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles",
                  "Users"},
                 {"PolicyDocument"},
                 {"AttachmentCount", "CreateDate", "DefaultVersionId", "IsAttachable",
                  "PermissionsBoundaryUsageCount", "PolicyArn", "PolicyId", "UpdateDate"}},
      .create_only = {"Description", "ManagedPolicyName", "Path"},
      .create = create_managed_policy,
      .update = update_managed_policy,
      .remove = remove_managed_policy};
}

}  // namespace sim::cloudformation

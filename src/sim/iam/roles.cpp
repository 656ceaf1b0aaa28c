// Operations on roles.
#include <algorithm>

#include "http/message.hpp"
#include "sim/iam/operations.hpp"

namespace sim::iam {

namespace {

void set_session_length(Role& role, const Fields& input) {
  if (!input.has("MaxSessionDuration")) return;
  role.longest_session = input.integer("MaxSessionDuration", 3600);
  if (role.longest_session < 3600 || role.longest_session > 43200) {
    throw Error("ValidationError",
                "1 validation error detected: Value at 'maxSessionDuration' failed to satisfy "
                "constraint: Member must have value between 3600 and 43200");
  }
}

json::object create_role(Store& store, const Fields& input) {
  Role role;
  role.name = valid_name(input, "RoleName", 64);
  role.path = valid_path(input);
  role.trust = trust_policy(store, input.required("AssumeRolePolicyDocument"));
  if (store.roles.contains(role.name)) {
    throw Error("EntityAlreadyExists", "Role with name " + role.name + " already exists.", 409);
  }
  role.description = input.text("Description");
  set_session_length(role, input);
  role.boundary = input.text("PermissionsBoundary");
  if (!role.boundary.empty()) store.policy(role.boundary);
  set_tags(role.tags, input.list("Tags"));
  role.arn = store.arn("role", role.path, role.name);
  role.id = store.unique_id("AROA");
  role.created = store.context.now();
  const auto& stored = store.roles.emplace(role.name, std::move(role)).first->second;
  return {{"Role", role_output(stored)}};
}

// Only its service changes it.
void unless_service_linked(const Role& role) {
  if (role.service.empty()) return;
  throw Error("UnmodifiableEntity",
              "Cannot perform the operation on the protected role '" + role.name +
                  "' - this role is only modifiable by AWS",
              400);
}

json::object delete_role(Store& store, const Fields& input) {
  const auto& role = store.role(input.required("RoleName"));
  unless_service_linked(role);
  const auto used = std::ranges::any_of(
      store.profiles, [&](const auto& entry) { return entry.second.role == role.name; });
  if (used) {
    throw Error("DeleteConflict",
                "Cannot delete entity, must remove roles from instance profile first.", 409);
  }
  refuse_while_in_use(role);
  store.roles.erase(std::string(role.name));
  return {};
}

json::object list_roles(Store& store, const Fields& input) {
  const auto prefix = input.text("PathPrefix", "/");
  json::array list;
  for (const auto& [name, role] : store.roles) {
    if (role.path.starts_with(prefix)) list.emplace_back(role_output(role));
  }
  return page(input, "Roles", list);
}

}  // namespace

json::object boundary_output(const std::string& arn) {
  return {{"PermissionsBoundaryType", "PermissionsBoundaryPolicy"},
          {"PermissionsBoundaryArn", arn}};
}

json::object role_output(const Role& role) {
  json::object out = {{"Path", role.path},
                      {"RoleName", role.name},
                      {"RoleId", role.id},
                      {"Arn", role.arn},
                      {"CreateDate", when(role.created)},
                      {"AssumeRolePolicyDocument", http::percent_encode(role.trust.text)}};
  if (!role.description.empty()) out["Description"] = role.description;
  out["MaxSessionDuration"] = role.longest_session;
  if (!role.boundary.empty()) out["PermissionsBoundary"] = boundary_output(role.boundary);
  if (!role.tags.empty()) out["Tags"] = tag_list(role.tags);
  return out;
}

void add_role_operations(Api api) {
  auto& store = api.store;
  const auto role = [&store](const Fields& input) -> Role& {
    return store.role(input.required("RoleName"));
  };
  api.add("CreateRole", About::role,
          [&store](const Fields& input, const Call&) { return create_role(store, input); });
  api.add("GetRole", About::role, [role](const Fields& input, const Call&) {
    return json::object{{"Role", role_output(role(input))}};
  });
  api.add("DeleteRole", About::role,
          [&store](const Fields& input, const Call&) { return delete_role(store, input); });
  api.add("ListRoles", About::account,
          [&store](const Fields& input, const Call&) { return list_roles(store, input); });
  api.add("UpdateRole", About::role, [role](const Fields& input, const Call&) {
    auto& found = role(input);
    set_session_length(found, input);
    if (input.has("Description")) found.description = input.text("Description");
    return json::object();
  });
  api.add("UpdateRoleDescription", About::role, [role](const Fields& input, const Call&) {
    auto& found = role(input);
    found.description = input.text("Description");
    return json::object{{"Role", role_output(found)}};
  });
  api.add("UpdateAssumeRolePolicy", About::role, [&store, role](const Fields& input, const Call&) {
    auto& found = role(input);
    unless_service_linked(found);
    found.trust = trust_policy(store, input.required("PolicyDocument"));
    return json::object();
  });
  add_policies_of(api, "Role", About::role, role);
  add_boundary_and_tags_of(api, "Role", About::role, role);
}

}  // namespace sim::iam

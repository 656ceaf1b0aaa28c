// Operations on instance profiles: the container through which an EC2 instance gets its role.
#include "sim/iam/operations.hpp"

namespace sim::iam {

namespace {

json::object create_profile(Store& store, const Fields& input) {
  InstanceProfile profile;
  profile.name = valid_name(input, "InstanceProfileName", 128);
  profile.path = valid_path(input);
  if (store.profiles.contains(profile.name)) {
    throw Error("EntityAlreadyExists", "Instance Profile " + profile.name + " already exists.",
                409);
  }
  set_tags(profile.tags, input.list("Tags"));
  profile.arn = store.arn("instance-profile", profile.path, profile.name);
  profile.id = store.unique_id("AIPA");
  profile.created = store.context.now();
  profile.usable = store.reaches_services();
  const auto& stored = store.profiles.emplace(profile.name, std::move(profile)).first->second;
  return {{"InstanceProfile", profile_output(store, stored)}};
}

json::object delete_profile(Store& store, const Fields& input) {
  const auto& profile = store.profile(input.required("InstanceProfileName"));
  if (!profile.role.empty()) {
    throw Error("DeleteConflict",
                "Cannot delete entity, must remove roles from instance profile first.", 409);
  }
  store.profiles.erase(std::string(profile.name));
  return {};
}

json::object add_role(Store& store, const Fields& input) {
  auto& profile = store.profile(input.required("InstanceProfileName"));
  const auto& role = store.role(input.required("RoleName"));
  if (!profile.role.empty()) {
    throw Error("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
                409);
  }
  profile.role = role.name;
  return {};
}

json::object remove_role(Store& store, const Fields& input) {
  auto& profile = store.profile(input.required("InstanceProfileName"));
  const auto role = input.required("RoleName");
  if (profile.role != role) {
    no_such_entity("The role with name " + role + " cannot be found.");
  }
  profile.role.clear();
  return {};
}

}  // namespace

json::object profile_output(Store& store, const InstanceProfile& profile) {
  json::array roles;
  if (!profile.role.empty()) roles.emplace_back(role_output(store.role(profile.role)));
  json::object out = {{"Path", profile.path},
                      {"InstanceProfileName", profile.name},
                      {"InstanceProfileId", profile.id},
                      {"Arn", profile.arn},
                      {"CreateDate", when(profile.created)},
                      {"Roles", std::move(roles)}};
  if (!profile.tags.empty()) out["Tags"] = tag_list(profile.tags);
  return out;
}

void add_profile_operations(Api api) {
  auto& store = api.store;
  const auto add = [&](const std::string& action, json::object (*function)(Store&, const Fields&)) {
    api.add(action, About::profile, [&store, function](const Fields& input, const Call&) {
      return function(store, input);
    });
  };
  add("CreateInstanceProfile", create_profile);
  add("DeleteInstanceProfile", delete_profile);
  add("AddRoleToInstanceProfile", add_role);
  add("RemoveRoleFromInstanceProfile", remove_role);
  api.add("GetInstanceProfile", About::profile, [&store](const Fields& input, const Call&) {
    return json::object{
        {"InstanceProfile",
         profile_output(store, store.profile(input.required("InstanceProfileName")))}};
  });
  api.add("ListInstanceProfiles", About::account, [&store](const Fields& input, const Call&) {
    json::array list;
    for (const auto& [name, profile] : store.profiles) {
      if (profile.path.starts_with(input.text("PathPrefix", "/"))) {
        list.emplace_back(profile_output(store, profile));
      }
    }
    return page(input, "InstanceProfiles", list);
  });
  const auto named = [&store](const Fields& input) -> InstanceProfile& {
    return store.profile(input.required("InstanceProfileName"));
  };
  api.add("TagInstanceProfile", About::profile, [named](const Fields& input, const Call&) {
    set_tags(named(input).tags, input.list("Tags"));
    return json::object();
  });
  api.add("UntagInstanceProfile", About::profile, [named](const Fields& input, const Call&) {
    remove_tags(named(input).tags, input.texts("TagKeys"));
    return json::object();
  });
  api.add("ListInstanceProfileTags", About::profile, [named](const Fields& input, const Call&) {
    return page(input, "Tags", tag_list(named(input).tags));
  });
  api.add("ListInstanceProfilesForRole", About::role, [&store](const Fields& input, const Call&) {
    const auto& role = store.role(input.required("RoleName"));
    json::array list;
    for (const auto& [name, profile] : store.profiles) {
      if (profile.role == role.name) list.emplace_back(profile_output(store, profile));
    }
    return page(input, "InstanceProfiles", list);
  });
}

}  // namespace sim::iam

// Operations on groups of users.
#include <algorithm>

#include "sim/iam/operations.hpp"

namespace sim::iam {

namespace {

json::object create_group(Store& store, const Fields& input) {
  Group group;
  group.name = valid_name(input, "GroupName", 128);
  group.path = valid_path(input);
  if (store.groups.contains(group.name)) {
    throw Error("EntityAlreadyExists", "Group with name " + group.name + " already exists.", 409);
  }
  group.arn = store.arn("group", group.path, group.name);
  group.id = store.unique_id("AGPA");
  group.created = store.context.now();
  const auto& stored = store.groups.emplace(group.name, std::move(group)).first->second;
  return {{"Group", group_output(stored)}};
}

bool is_member(const User& user, const std::string& group) {
  return std::ranges::count(user.groups, group) > 0;
}

json::object get_group(Store& store, const Fields& input) {
  const auto& group = store.group(input.required("GroupName"));
  json::array users;
  for (const auto& [name, user] : store.users) {
    if (is_member(user, group.name)) users.emplace_back(user_output(user));
  }
  auto out = page(input, "Users", users);
  out["Group"] = group_output(group);
  return out;
}

json::object delete_group(Store& store, const Fields& input) {
  const auto& group = store.group(input.required("GroupName"));
  const auto used = std::ranges::any_of(
      store.users, [&](const auto& entry) { return is_member(entry.second, group.name); });
  if (used) {
    throw Error("DeleteConflict", "Cannot delete entity, must remove users from group first.", 409);
  }
  refuse_while_in_use(group);
  store.groups.erase(std::string(group.name));
  return {};
}

json::object add_user(Store& store, const Fields& input) {
  const auto& group = store.group(input.required("GroupName"));
  auto& user = store.user(input.required("UserName"));
  if (is_member(user, group.name)) return {};
  if (user.groups.size() >= 10) {
    throw Error("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10", 409);
  }
  user.groups.push_back(group.name);
  return {};
}

json::object remove_user(Store& store, const Fields& input) {
  const auto& group = store.group(input.required("GroupName"));
  auto& user = store.user(input.required("UserName"));
  if (std::erase(user.groups, group.name) == 0) {
    no_such_entity("User " + user.name + " is not in group " + group.name + ".");
  }
  return {};
}

json::object update_group(Store& store, const Fields& input) {
  auto renamed = store.group(input.required("GroupName"));
  const auto before = renamed.name;
  if (input.has("NewGroupName")) renamed.name = valid_name(input, "NewGroupName", 128);
  if (renamed.name != before && store.groups.contains(renamed.name)) {
    throw Error("EntityAlreadyExists", "Group with name " + renamed.name + " already exists.", 409);
  }
  if (input.has("NewPath")) renamed.path = input.text("NewPath");
  renamed.arn = store.arn("group", renamed.path, renamed.name);
  for (auto& [_, user] : store.users) std::ranges::replace(user.groups, before, renamed.name);
  store.groups.erase(before);
  const auto name = renamed.name;
  store.groups.emplace(name, std::move(renamed));
  return {};
}

json::object list_groups(Store& store, const Fields& input) {
  json::array list;
  for (const auto& [name, group] : store.groups) {
    if (group.path.starts_with(input.text("PathPrefix", "/")))
      list.emplace_back(group_output(group));
  }
  return page(input, "Groups", list);
}

}  // namespace

json::object group_output(const Group& group) {
  return {{"Path", group.path},
          {"GroupName", group.name},
          {"GroupId", group.id},
          {"Arn", group.arn},
          {"CreateDate", when(group.created)}};
}

void add_group_operations(Api api) {
  auto& store = api.store;
  const auto add = [&](const std::string& action, json::object (*function)(Store&, const Fields&)) {
    api.add(action, About::group, [&store, function](const Fields& input, const Call&) {
      return function(store, input);
    });
  };
  add("CreateGroup", create_group);
  add("GetGroup", get_group);
  add("DeleteGroup", delete_group);
  add("UpdateGroup", update_group);
  add("AddUserToGroup", add_user);
  add("RemoveUserFromGroup", remove_user);
  api.add("ListGroups", About::account,
          [&store](const Fields& input, const Call&) { return list_groups(store, input); });
  api.add("ListGroupsForUser", About::user, [&store](const Fields& input, const Call&) {
    json::array list;
    for (const auto& name : store.user(input.required("UserName")).groups) {
      list.emplace_back(group_output(store.group(name)));
    }
    return page(input, "Groups", list);
  });
  const auto group = [&store](const Fields& input) -> Group& {
    return store.group(input.required("GroupName"));
  };
  add_policies_of(api, "Group", About::group, group);
}

}  // namespace sim::iam

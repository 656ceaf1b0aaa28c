// Operations on users and their access keys.
#include <algorithm>

#include "sim/iam/operations.hpp"

namespace sim::iam {

namespace {

json::object create_user(Store& store, const Fields& input) {
  User user;
  user.name = valid_name(input, "UserName", 64);
  user.path = valid_path(input);
  if (store.users.contains(user.name)) {
    throw Error("EntityAlreadyExists", "User with name " + user.name + " already exists.", 409);
  }
  user.boundary = input.text("PermissionsBoundary");
  if (!user.boundary.empty()) store.policy(user.boundary);
  set_tags(user.tags, input.list("Tags"));
  user.arn = store.arn("user", user.path, user.name);
  user.id = store.unique_id("AIDA");
  user.created = store.context.now();
  const auto& stored = store.users.emplace(user.name, std::move(user)).first->second;
  return {{"User", user_output(stored)}};
}

// The user that is named, or the caller itself.
std::string user_name(const Fields& input, const Call& call) {
  if (input.has("UserName")) return input.text("UserName");
  if (call.caller.kind != Principal::Kind::user) {
    throw Error("ValidationError", "Must specify userName when calling with non-User credentials");
  }
  return call.caller.arn.substr(call.caller.arn.rfind('/') + 1);
}

json::object create_access_key(Store& store, const Fields& input, const Call& call) {
  const auto& user = store.user(user_name(input, call));
  const auto owned = std::ranges::count_if(
      store.keys, [&](const auto& entry) { return entry.second.user == user.name; });
  if (owned >= 2) {
    throw Error("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409);
  }
  const auto key = store.new_key({Principal::Kind::user, user.arn, {}, user.id}, std::nullopt);
  const auto now = store.context.now();
  store.keys.emplace(key.access_key_id,
                     AccessKey{key, user.name, true, now, store.reaches_services()});
  return {{"AccessKey", json::object{{"UserName", user.name},
                                     {"AccessKeyId", key.access_key_id},
                                     {"Status", "Active"},
                                     {"SecretAccessKey", key.secret},
                                     {"CreateDate", when(now)}}}};
}

AccessKey& access_key(Store& store, const Fields& input, const Call& call) {
  const auto id = input.required("AccessKeyId");
  const auto found = store.keys.find(id);
  if (found == store.keys.end() || found->second.user != user_name(input, call)) {
    no_such_entity("The Access Key with id " + id + " cannot be found.");
  }
  return found->second;
}

json::object list_access_keys(Store& store, const Fields& input, const Call& call) {
  const auto& user = store.user(user_name(input, call));
  json::array list;
  for (const auto& [id, key] : store.keys) {
    if (key.user != user.name) continue;
    list.push_back(json::object{{"UserName", user.name},
                                {"AccessKeyId", id},
                                {"Status", key.active ? "Active" : "Inactive"},
                                {"CreateDate", when(key.created)}});
  }
  return page(input, "AccessKeyMetadata", list);
}

json::object delete_user(Store& store, const Fields& input) {
  const auto& user = store.user(input.required("UserName"));
  const auto has_key = std::ranges::any_of(
      store.keys, [&](const auto& entry) { return entry.second.user == user.name; });
  if (has_key) {
    throw Error("DeleteConflict", "Cannot delete entity, must delete access keys first.", 409);
  }
  if (!user.groups.empty()) {
    throw Error("DeleteConflict", "Cannot delete entity, must remove users from group first.", 409);
  }
  refuse_while_in_use(user);
  store.users.erase(std::string(user.name));
  return {};
}

json::object update_user(Store& store, const Fields& input) {
  auto& user = store.user(input.required("UserName"));
  const auto name = input.has("NewUserName") ? valid_name(input, "NewUserName", 64) : user.name;
  auto renamed = user;
  if (name != user.name && store.users.contains(name)) {
    throw Error("EntityAlreadyExists", "User with name " + name + " already exists.", 409);
  }
  if (input.has("NewPath")) renamed.path = input.text("NewPath");
  const auto before = user.name;
  renamed.name = name;
  renamed.arn = store.arn("user", renamed.path, name);
  store.users.erase(before);
  const auto arn = renamed.arn;
  store.users.emplace(name, std::move(renamed));
  for (auto& [id, key] : store.keys) {
    if (key.user != before) continue;
    key.user = name;
    key.key.principal.arn = arn;
  }
  return {};
}

}  // namespace

json::object user_output(const User& user) {
  json::object out = {{"Path", user.path},
                      {"UserName", user.name},
                      {"UserId", user.id},
                      {"Arn", user.arn},
                      {"CreateDate", when(user.created)}};
  if (!user.boundary.empty()) out["PermissionsBoundary"] = boundary_output(user.boundary);
  if (!user.tags.empty()) out["Tags"] = tag_list(user.tags);
  return out;
}

void add_user_operations(Api api) {
  auto& store = api.store;
  const auto named = [&store](const Fields& input) -> User& {
    return store.user(input.required("UserName"));
  };
  api.add("CreateUser", About::user,
          [&store](const Fields& input, const Call&) { return create_user(store, input); });
  api.add("GetUser", About::user, [&store](const Fields& input, const Call& call) {
    return json::object{{"User", user_output(store.user(user_name(input, call)))}};
  });
  api.add("DeleteUser", About::user,
          [&store](const Fields& input, const Call&) { return delete_user(store, input); });
  api.add("UpdateUser", About::user,
          [&store](const Fields& input, const Call&) { return update_user(store, input); });
  api.add("ListUsers", About::account, [&store](const Fields& input, const Call&) {
    json::array list;
    for (const auto& [name, user] : store.users) {
      if (user.path.starts_with(input.text("PathPrefix", "/"))) {
        list.emplace_back(user_output(user));
      }
    }
    return page(input, "Users", list);
  });
  api.add("CreateAccessKey", About::user, [&store](const Fields& input, const Call& call) {
    return create_access_key(store, input, call);
  });
  api.add("ListAccessKeys", About::user, [&store](const Fields& input, const Call& call) {
    return list_access_keys(store, input, call);
  });
  api.add("UpdateAccessKey", About::user, [&store](const Fields& input, const Call& call) {
    auto& key = access_key(store, input, call);
    const auto status = input.required("Status");
    if (status != "Active" && status != "Inactive") {
      throw Error("ValidationError",
                  "1 validation error detected: Value at 'status' failed to satisfy constraint: "
                  "Member must satisfy enum value set: [Active, Inactive]");
    }
    key.active = status == "Active";
    return json::object();
  });
  api.add("DeleteAccessKey", About::user, [&store](const Fields& input, const Call& call) {
    store.keys.erase(std::string(access_key(store, input, call).key.access_key_id));
    return json::object();
  });
  add_policies_of(api, "User", About::user, named);
  add_boundary_and_tags_of(api, "User", About::user, named);
}

}  // namespace sim::iam

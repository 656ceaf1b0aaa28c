// How IAM's operations are written down: one function of the input each, with the entity it is
// about, from which the ARN for the authorization follows.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/fields.hpp"
#include "sim/iam/store.hpp"

namespace sim::iam {

using Operations = std::map<std::string, Operation, std::less<>>;

// What an operation's ARN names: the entity, and the input that names it.
enum class About { user, group, role, policy, profile, account };

struct Api {
  Operations& operations;
  Store& store;

  using Function = std::function<json::object(const Fields& input, const Call& call)>;
  void add(const std::string& action, About about, Function function);
};

void add_user_operations(Api api);
void add_role_operations(Api api);
void add_policy_operations(Api api);
void add_profile_operations(Api api);
void add_group_operations(Api api);
void add_account_operations(Api api);

// Pieces that several of them share.
std::string valid_name(const Fields& input, std::string_view field, std::size_t longest);
std::string valid_path(const Fields& input);
std::string when(base::Instant instant);  // "2026-11-22T15:39:54Z"
json::array tag_list(const std::vector<Tag>& tags);
void set_tags(std::vector<Tag>& tags, const json::array& given);
void remove_tags(std::vector<Tag>& tags, const std::vector<std::string>& keys);
json::object role_output(const Role& role);
json::object user_output(const User& user);
json::object group_output(const Group& group);
json::object profile_output(Store& store, const InstanceProfile& profile);
json::object policy_output(const Store& store, const ManagedPolicy& policy);
json::object version_output(const ManagedPolicy& policy, const PolicyVersion& version,
                            bool with_document);
json::object boundary_output(const std::string& arn);
// A trust policy whose principals exist. Throws MalformedPolicyDocument.
Policy trust_policy(const Store& store, const std::string& text);
// See Iam::check_resource_policy.
bool checked_resource_policy(const Store& store, const std::string& text, const std::string& arn);
// {name: the page, "IsTruncated", "Marker"} of a list, by MaxItems and Marker.
json::object page(const Fields& input, const std::string& name, const json::array& all);

// Inline and attached policies, the same for users and roles: `noun` is "Role" or "User".
template <class Find>
void add_policies_of(Api api, const std::string& noun, About about, Find find);
void put_inline(Identity& identity, const Fields& input, const std::string& noun);
json::object get_inline(const Identity& identity, const Fields& input, const std::string& noun);
void delete_inline(Identity& identity, const Fields& input, const std::string& noun);
json::object list_inline(const Identity& identity, const Fields& input);
void attach(Store& store, Identity& identity, const Fields& input, const std::string& noun);
void detach(Identity& identity, const Fields& input);
json::object list_attached(Store& store, const Identity& identity, const Fields& input);
void refuse_while_in_use(const Identity& identity);

template <class Find>
void add_policies_of(Api api, const std::string& noun, About about, Find find) {
  auto& store = api.store;
  const auto add = [&](const std::string& action, Api::Function function) {
    api.add(action, about, std::move(function));
  };
  add("Put" + noun + "Policy", [find, noun](const Fields& input, const Call&) {
    put_inline(find(input), input, noun);
    return json::object();
  });
  add("Get" + noun + "Policy", [find, noun](const Fields& input, const Call&) {
    return get_inline(find(input), input, noun);
  });
  add("Delete" + noun + "Policy", [find, noun](const Fields& input, const Call&) {
    delete_inline(find(input), input, noun);
    return json::object();
  });
  add("List" + noun + "Policies",
      [find](const Fields& input, const Call&) { return list_inline(find(input), input); });
  add("Attach" + noun + "Policy", [&store, find, noun](const Fields& input, const Call&) {
    attach(store, find(input), input, noun);
    return json::object();
  });
  add("Detach" + noun + "Policy", [find](const Fields& input, const Call&) {
    detach(find(input), input);
    return json::object();
  });
  add("ListAttached" + noun + "Policies", [&store, find](const Fields& input, const Call&) {
    return list_attached(store, find(input), input);
  });
}

// What groups do not have: boundaries and tags.
template <class Find>
void add_boundary_and_tags_of(Api api, const std::string& noun, About about, Find find) {
  auto& store = api.store;
  const auto add = [&](const std::string& action, Api::Function function) {
    api.add(action, about, std::move(function));
  };
  add("Put" + noun + "PermissionsBoundary", [&store, find](const Fields& input, const Call&) {
    const auto arn = input.required("PermissionsBoundary");
    store.policy(arn);
    find(input).boundary = arn;
    return json::object();
  });
  add("Delete" + noun + "PermissionsBoundary", [find](const Fields& input, const Call&) {
    find(input).boundary.clear();
    return json::object();
  });
  add("Tag" + noun, [find](const Fields& input, const Call&) {
    set_tags(find(input).tags, input.list("Tags"));
    return json::object();
  });
  add("Untag" + noun, [find](const Fields& input, const Call&) {
    remove_tags(find(input).tags, input.texts("TagKeys"));
    return json::object();
  });
  add("List" + noun + "Tags", [find](const Fields& input, const Call&) {
    return page(input, "Tags", tag_list(find(input).tags));
  });
}

}  // namespace sim::iam

// Operations on managed policies.
#include <algorithm>

#include "http/message.hpp"
#include "sim/iam/operations.hpp"

namespace sim::iam {

namespace {

Policy document(const Fields& input) {
  auto policy = parse_policy(input.required("PolicyDocument"), PolicyUse::identity);
  if (policy.text.size() > 6144) {
    throw Error("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409);
  }
  return policy;
}

json::object create_policy(Store& store, const Fields& input) {
  ManagedPolicy policy;
  policy.name = valid_name(input, "PolicyName", 128);
  policy.path = valid_path(input);
  policy.arn = store.arn("policy", policy.path, policy.name);
  const auto same_name = [&](const auto& entry) {
    return !entry.second.of_aws && entry.second.name == policy.name;
  };
  if (std::ranges::any_of(store.policies, same_name)) {
    throw Error(
        "EntityAlreadyExists",
        "A policy called " + policy.name + " already exists. Duplicate names are not allowed.",
        409);
  }
  policy.description = input.text("Description");
  policy.created = store.context.now();
  policy.versions.push_back({"v1", document(input), policy.created});
  policy.default_version = "v1";
  set_tags(policy.tags, input.list("Tags"));
  policy.id = store.unique_id("ANPA");
  const auto& stored = store.policies.emplace(policy.arn, std::move(policy)).first->second;
  return {{"Policy", policy_output(store, stored)}};
}

// Whoever changes a policy may change only the account's own.
ManagedPolicy& own_policy(Store& store, const Fields& input) {
  auto& policy = store.policy(input.required("PolicyArn"));
  if (policy.of_aws) {
    throw Error("AccessDenied", "Cannot change the AWS managed policy " + policy.arn + ".", 403);
  }
  return policy;
}

PolicyVersion& version(ManagedPolicy& policy, const Fields& input) {
  const auto id = input.required("VersionId");
  const auto found = std::ranges::find(policy.versions, id, &PolicyVersion::id);
  if (found == policy.versions.end()) {
    no_such_entity("Policy " + policy.arn + " version " + id +
                   " does not exist or is not attachable.");
  }
  return *found;
}

json::object delete_policy(Store& store, const Fields& input) {
  const auto& policy = own_policy(store, input);
  if (store.attachments(policy.arn) > 0 || store.boundaries(policy.arn) > 0) {
    throw Error("DeleteConflict", "Cannot delete a policy attached to entities.", 409);
  }
  if (policy.versions.size() > 1) {
    throw Error("DeleteConflict",
                "This policy has more than one version. Before you delete a policy, you must "
                "delete the policy's versions. The default version is deleted with the policy.",
                409);
  }
  store.policies.erase(std::string(policy.arn));
  return {};
}

json::object create_version(Store& store, const Fields& input) {
  auto& policy = own_policy(store, input);
  if (policy.versions.size() >= 5) {
    throw Error("LimitExceeded",
                "A managed policy can have up to 5 versions. Before you create a new version, you "
                "must delete an existing version.",
                409);
  }
  const auto id = "v" + std::to_string(++policy.versions_made);
  policy.versions.push_back({id, document(input), store.context.now()});
  if (input.flag("SetAsDefault")) policy.default_version = id;
  return {{"PolicyVersion", version_output(policy, policy.versions.back(), false)}};
}

json::object delete_version(Store& store, const Fields& input) {
  auto& policy = own_policy(store, input);
  const auto id = version(policy, input).id;
  if (id == policy.default_version) {
    throw Error("DeleteConflict", "Cannot delete the default version of a policy.", 409);
  }
  std::erase_if(policy.versions, [&](const PolicyVersion& each) { return each.id == id; });
  return {};
}

json::object list_policies(Store& store, const Fields& input) {
  const auto scope = input.text("Scope", "All");
  if (scope != "Local") store.take_all_managed();
  json::array list;
  for (const auto& [arn, policy] : store.policies) {
    if (scope == "AWS" && !policy.of_aws) continue;
    if (scope == "Local" && policy.of_aws) continue;
    if (input.flag("OnlyAttached") && store.attachments(arn) == 0) continue;
    if (!policy.path.starts_with(input.text("PathPrefix", "/"))) continue;
    list.emplace_back(policy_output(store, policy));
  }
  return page(input, "Policies", list);
}

json::array attached_to(const auto& identities, const std::string& arn, const std::string& noun,
                        bool as_boundary) {
  json::array list;
  for (const auto& [name, identity] : identities) {
    const bool fits =
        as_boundary ? identity.boundary == arn : std::ranges::count(identity.attached, arn) > 0;
    if (fits) list.push_back(json::object{{noun + "Name", name}, {noun + "Id", identity.id}});
  }
  return list;
}

json::object list_entities(Store& store, const Fields& input) {
  const auto& policy = store.policy(input.required("PolicyArn"));
  const auto filter = input.text("EntityFilter");
  const bool boundary = input.text("PolicyUsageFilter") == "PermissionsBoundary";
  json::object out;
  const auto take = [&](const char* member, const char* noun, const auto& identities) {
    const bool wanted = filter.empty() || filter == noun;
    out[member] = wanted ? attached_to(identities, policy.arn, noun, boundary) : json::array();
  };
  take("PolicyGroups", "Group", store.groups);
  take("PolicyUsers", "User", store.users);
  take("PolicyRoles", "Role", store.roles);
  out["IsTruncated"] = false;
  return out;
}

}  // namespace

json::object policy_output(const Store& store, const ManagedPolicy& policy) {
  json::object out = {{"PolicyName", policy.name},
                      {"PolicyId", policy.id},
                      {"Arn", policy.arn},
                      {"Path", policy.path},
                      {"DefaultVersionId", policy.default_version},
                      {"AttachmentCount", store.attachments(policy.arn)},
                      {"PermissionsBoundaryUsageCount", store.boundaries(policy.arn)},
                      {"IsAttachable", true},
                      {"CreateDate", when(policy.created)},
                      {"UpdateDate", when(policy.versions.back().created)}};
  if (!policy.description.empty()) out["Description"] = policy.description;
  if (!policy.tags.empty()) out["Tags"] = tag_list(policy.tags);
  return out;
}

json::object version_output(const ManagedPolicy& policy, const PolicyVersion& version,
                            bool with_document) {
  json::object out;
  if (with_document) out["Document"] = http::percent_encode(version.policy.text);
  out["VersionId"] = version.id;
  out["IsDefaultVersion"] = version.id == policy.default_version;
  out["CreateDate"] = when(version.created);
  return out;
}

void add_policy_operations(Api api) {
  auto& store = api.store;
  const auto add = [&](const std::string& action, json::object (*function)(Store&, const Fields&)) {
    api.add(action, About::policy, [&store, function](const Fields& input, const Call&) {
      return function(store, input);
    });
  };
  add("CreatePolicy", create_policy);
  add("DeletePolicy", delete_policy);
  add("CreatePolicyVersion", create_version);
  add("DeletePolicyVersion", delete_version);
  api.add("ListPolicies", About::account,
          [&store](const Fields& input, const Call&) { return list_policies(store, input); });
  api.add("GetPolicy", About::policy, [&store](const Fields& input, const Call&) {
    return json::object{
        {"Policy", policy_output(store, store.policy(input.required("PolicyArn")))}};
  });
  api.add("GetPolicyVersion", About::policy, [&store](const Fields& input, const Call&) {
    auto& policy = store.policy(input.required("PolicyArn"));
    return json::object{{"PolicyVersion", version_output(policy, version(policy, input), true)}};
  });
  api.add("ListPolicyVersions", About::policy, [&store](const Fields& input, const Call&) {
    const auto& policy = store.policy(input.required("PolicyArn"));
    json::array list;
    for (const auto& each : policy.versions) {
      list.emplace_back(version_output(policy, each, false));
    }
    return page(input, "Versions", list);
  });
  api.add("ListEntitiesForPolicy", About::policy,
          [&store](const Fields& input, const Call&) { return list_entities(store, input); });
  api.add("TagPolicy", About::policy, [&store](const Fields& input, const Call&) {
    set_tags(own_policy(store, input).tags, input.list("Tags"));
    return json::object();
  });
  api.add("UntagPolicy", About::policy, [&store](const Fields& input, const Call&) {
    remove_tags(own_policy(store, input).tags, input.texts("TagKeys"));
    return json::object();
  });
  api.add("ListPolicyTags", About::policy, [&store](const Fields& input, const Call&) {
    return page(input, "Tags", tag_list(store.policy(input.required("PolicyArn")).tags));
  });
  api.add("SetDefaultPolicyVersion", About::policy, [&store](const Fields& input, const Call&) {
    auto& policy = own_policy(store, input);
    policy.default_version = version(policy, input).id;
    return json::object();
  });
}

}  // namespace sim::iam

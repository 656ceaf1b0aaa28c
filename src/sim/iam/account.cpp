// Operations on the account as a whole, and the roles that AWS's services bring with them.
#include <algorithm>
#include <array>

#include "http/message.hpp"
#include "sim/iam/operations.hpp"

namespace sim::iam {

namespace {

// Services whose linked role has a known name.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
struct Linked {
  std::string_view service;
  std::string_view role;
};
constexpr std::array linked = std::to_array<Linked>({
    {"ecs.amazonaws.com", "AWSServiceRoleForECS"},
    {"elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing"},
    {"autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"},
    {"ecs.application-autoscaling.amazonaws.com",
     "AWSServiceRoleForApplicationAutoScaling_ECSService"},
    {"ssm.amazonaws.com", "AWSServiceRoleForAmazonSSM"},
    {"lambda.amazonaws.com", "AWSServiceRoleForLambda"},
    {"spot.amazonaws.com", "AWSServiceRoleForEC2Spot"},
    {"rds.amazonaws.com", "AWSServiceRoleForRDS"},
    {"elasticache.amazonaws.com", "AWSServiceRoleForElastiCache"},
    {"vpc-lattice.amazonaws.com", "AWSServiceRoleForVpcLattice"},
    {"transitgateway.amazonaws.com", "AWSServiceRoleForVPCTransitGateway"},
});

json::object create_linked_role(Store& store, const Fields& input) {
  const auto service = input.required("AWSServiceName");
  const auto found = std::ranges::find(linked, service, &Linked::service);
  if (found == linked.end()) {
    throw Error("NotImplemented",
                "The embedded AWS has no service-linked role for " + service + ".", 501);
  }
  Role role;
  role.name = found->role;
  if (input.has("CustomSuffix")) role.name += "_" + input.text("CustomSuffix");
  if (store.roles.contains(role.name)) {
    throw Error("InvalidInput", "Service role name " + role.name +
                                    " has been taken in this account, please try a different "
                                    "suffix.");
  }
  role.path = "/aws-service-role/" + service + "/";
  role.service = service;
  role.description = input.text("Description");
  role.trust = parse_policy(
      R"({"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow",)"
      R"("Principal":{"Service":[")" +
          service + R"("]}}]})",
      PolicyUse::trust);
  role.arn = store.arn("role", role.path, role.name);
  role.id = store.unique_id("AROA");
  role.created = store.context.now();
  auto& stored = store.roles.emplace(role.name, std::move(role)).first->second;
  store.settle(stored);
  return {{"Role", role_output(stored)}};
}

// The deletion is a task of its own, which ends at once here.
json::object delete_linked_role(Store& store, const Fields& input) {
  const auto& role = store.role(input.required("RoleName"));
  if (role.service.empty()) {
    throw Error("InvalidInput", "The role " + role.name + " is not a service-linked role.");
  }
  const auto task = "task" + role.path + role.name + "/" + role.id;
  store.roles.erase(std::string(role.name));
  return {{"DeletionTaskId", task}};
}

json::object deletion_status(const Fields& input) {
  const auto task = input.required("DeletionTaskId");
  if (!task.starts_with("task/aws-service-role/")) {
    no_such_entity("Deletion task " + task + " cannot be found.");
  }
  return {{"Status", "SUCCEEDED"}};
}

json::array inline_list(const Identity& identity) {
  json::array list;
  for (const auto& [name, policy] : identity.inline_policies) {
    list.push_back(
        json::object{{"PolicyName", name}, {"PolicyDocument", http::percent_encode(policy.text)}});
  }
  return list;
}

json::array attached_list(Store& store, const Identity& identity) {
  json::array list;
  for (const auto& arn : identity.attached) {
    list.push_back(json::object{{"PolicyName", store.policy(arn).name}, {"PolicyArn", arn}});
  }
  return list;
}

json::array detailed_users(Store& store) {
  json::array list;
  for (const auto& [name, user] : store.users) {
    auto out = user_output(user);
    out["UserPolicyList"] = inline_list(user);
    out["GroupList"] = json::array(user.groups.begin(), user.groups.end());
    out["AttachedManagedPolicies"] = attached_list(store, user);
    list.emplace_back(std::move(out));
  }
  return list;
}

json::array detailed_groups(Store& store) {
  json::array list;
  for (const auto& [name, group] : store.groups) {
    auto out = group_output(group);
    out["GroupPolicyList"] = inline_list(group);
    out["AttachedManagedPolicies"] = attached_list(store, group);
    list.emplace_back(std::move(out));
  }
  return list;
}

json::array detailed_roles(Store& store) {
  json::array list;
  for (const auto& [name, role] : store.roles) {
    auto out = role_output(role);
    json::array profiles;
    for (const auto& [profile_name, profile] : store.profiles) {
      if (profile.role == name) profiles.emplace_back(profile_output(store, profile));
    }
    out["InstanceProfileList"] = std::move(profiles);
    out["RolePolicyList"] = inline_list(role);
    out["AttachedManagedPolicies"] = attached_list(store, role);
    list.emplace_back(std::move(out));
  }
  return list;
}

json::array detailed_policies(Store& store, bool of_aws, bool own) {
  json::array list;
  for (const auto& [arn, policy] : store.policies) {
    if (policy.of_aws ? !of_aws : !own) continue;
    // Of AWS's own only those in use.
    if (policy.of_aws && store.attachments(arn) == 0) continue;
    auto out = policy_output(store, policy);
    json::array versions;
    for (const auto& version : policy.versions) {
      versions.emplace_back(version_output(policy, version, true));
    }
    out["PolicyVersionList"] = std::move(versions);
    list.emplace_back(std::move(out));
  }
  return list;
}

json::object authorization_details(Store& store, const Fields& input) {
  const auto filter = input.texts("Filter");
  const auto wanted = [&](const char* name) {
    return filter.empty() || std::ranges::count(filter, name) > 0;
  };
  json::object out;
  out["UserDetailList"] = wanted("User") ? detailed_users(store) : json::array();
  out["GroupDetailList"] = wanted("Group") ? detailed_groups(store) : json::array();
  out["RoleDetailList"] = wanted("Role") ? detailed_roles(store) : json::array();
  out["Policies"] =
      detailed_policies(store, wanted("AWSManagedPolicy"), wanted("LocalManagedPolicy"));
  out["IsTruncated"] = false;
  return out;
}

// The first user or role of this account that a policy names and that does not exist.
std::string missing_principal(const Store& store, const Policy& policy) {
  const auto mine = "arn:" + store.context.partition + ":iam::" + store.context.account + ":";
  for (const auto& statement : policy.statements) {
    for (const auto& principal : statement.principals) {
      const auto& arn = principal.value;
      if (principal.type != "AWS" || !arn.starts_with(mine)) continue;
      const auto kind = std::string_view(arn).substr(mine.size());
      if (kind.starts_with("role/") && store.find_role(arn) == nullptr) return arn;
      if (kind.starts_with("user/") && store.find_user(arn) == nullptr) return arn;
    }
  }
  return {};
}

}  // namespace

Policy trust_policy(const Store& store, const std::string& text) {
  auto policy = parse_policy(text, PolicyUse::trust);
  if (const auto missing = missing_principal(store, policy); !missing.empty()) {
    throw Error("MalformedPolicyDocument",
                "Invalid principal in policy: \"AWS\":\"" + missing + "\"");
  }
  return policy;
}

bool checked_resource_policy(const Store& store, const std::string& text, const std::string& arn) {
  const auto malformed = [](const std::string& message) {
    throw Error("MalformedPolicy", message);
  };
  if (!text.starts_with('{')) {
    malformed("Policies must be valid JSON and the first byte must be '{'");
  }
  Policy policy;
  try {
    policy = parse_policy(text, PolicyUse::resource);
    for (const auto& statement : policy.statements) {
      for (const auto& resource : statement.resources) {
        if (resource == arn || resource.starts_with(arn + "/")) continue;
        malformed("Policy has invalid resource");
      }
    }
    if (!missing_principal(store, policy).empty()) malformed("Invalid principal in policy");
  } catch (const Error& error) {
    if (error.code == "MalformedPolicy") throw;
    malformed(error.what());
  }
  return is_public(policy);
}

void add_account_operations(Api api) {
  auto& store = api.store;
  api.add("CreateServiceLinkedRole", About::account,
          [&store](const Fields& input, const Call&) { return create_linked_role(store, input); });
  api.add("DeleteServiceLinkedRole", About::role,
          [&store](const Fields& input, const Call&) { return delete_linked_role(store, input); });
  api.add("GetServiceLinkedRoleDeletionStatus", About::account,
          [](const Fields& input, const Call&) { return deletion_status(input); });
  api.add(
      "GetAccountAuthorizationDetails", About::account,
      [&store](const Fields& input, const Call&) { return authorization_details(store, input); });
  api.add("ListAccountAliases", About::account, [](const Fields& input, const Call&) {
    return page(input, "AccountAliases", json::array());
  });
}

}  // namespace sim::iam

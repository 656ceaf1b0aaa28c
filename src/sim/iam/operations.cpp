#include "sim/iam/operations.hpp"

#include <algorithm>
#include <charconv>

#include "http/message.hpp"

namespace sim::iam {

namespace {

// Without white space: what AWS counts against the size limits.
std::size_t counted_size(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return c != ' ' && c != '\n' && c != '\t' && c != '\r'; }));
}

std::string text_of(const json::object& input, std::string_view name) {
  const auto* value = input.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::string path_of(const json::object& input) {
  const auto path = text_of(input, "Path");
  return path.empty() ? "/" : path;
}

std::string resource(const Store& store, About about, const Call& call) {
  const auto& input = call.input;
  switch (about) {
    case About::user: {
      auto name = text_of(input, "UserName");
      // Without a name it is the caller itself.
      if (name.empty() && call.caller.kind == Principal::Kind::user) return call.caller.arn;
      const auto found = store.users.find(name);
      if (found != store.users.end()) return found->second.arn;
      return store.arn("user", path_of(input), name);
    }
    case About::group: {
      const auto name = text_of(input, "GroupName");
      const auto found = store.groups.find(name);
      if (found != store.groups.end()) return found->second.arn;
      return store.arn("group", path_of(input), name);
    }
    case About::role: {
      const auto name = text_of(input, "RoleName");
      const auto found = store.roles.find(name);
      if (found != store.roles.end()) return found->second.arn;
      return store.arn("role", path_of(input), name);
    }
    case About::policy: {
      auto arn = text_of(input, "PolicyArn");
      if (!arn.empty()) return arn;
      return store.arn("policy", path_of(input), text_of(input, "PolicyName"));
    }
    case About::profile: {
      const auto name = text_of(input, "InstanceProfileName");
      const auto found = store.profiles.find(name);
      if (found != store.profiles.end()) return found->second.arn;
      return store.arn("instance-profile", path_of(input), name);
    }
    case About::account:
      break;
  }
  return "*";
}

std::vector<Access> accesses(const Store& store, About about, const std::string& action,
                             const Call& call) {
  Access access{"iam:" + action, resource(store, about, call)};
  if (about != About::policy) {
    if (const auto arn = text_of(call.input, "PolicyArn"); !arn.empty()) {
      access.context["iam:PolicyARN"] = arn;
    }
  }
  if (const auto arn = text_of(call.input, "PermissionsBoundary"); !arn.empty()) {
    access.context["iam:PermissionsBoundary"] = arn;
  }
  std::vector<Access> out = {std::move(access)};
  if (action == "AddRoleToInstanceProfile") {
    out.push_back({"iam:PassRole",
                   resource(store, About::role, call),
                   {{"iam:PassedToService", "ec2.amazonaws.com"}}});
  }
  return out;
}

// Every entity that a change named takes its way through the services.
void settle_named(Store& store, About about, const std::string& action, const json::object& input) {
  for (const std::string_view reading : {"Get", "List", "Simulate", "Generate"}) {
    if (action.starts_with(reading)) return;
  }
  const auto settle = [&](auto& map, const std::string& key) {
    if (const auto found = map.find(key); found != map.end()) store.settle(found->second);
  };
  if (about == About::policy) {
    auto arn = text_of(input, "PolicyArn");
    if (arn.empty()) arn = store.arn("policy", path_of(input), text_of(input, "PolicyName"));
    settle(store.policies, arn);
    return;
  }
  settle(store.users, text_of(input, "UserName"));
  settle(store.groups, text_of(input, "GroupName"));
  settle(store.roles, text_of(input, "RoleName"));
}

}  // namespace

void Api::add(const std::string& action, About about, Function function) {
  Operation operation;
  operation.run =
      at_once([&known = store, about, action, function = std::move(function)](const Call& call) {
        auto output = function(Fields(call.input, "ValidationError"), call);
        settle_named(known, about, action, call.input);
        return output;
      });
  operation.access = [&known = store, about, action](const Call& call) {
    return accesses(known, about, action, call);
  };
  operations.emplace(action, std::move(operation));
}

std::string valid_name(const Fields& input, std::string_view field, std::size_t longest) {
  auto name = input.required(field);
  const auto valid = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_+=,.@-").find(c) != std::string_view::npos;
  };
  std::string camel(field);
  camel[0] = static_cast<char>(camel[0] - 'A' + 'a');
  if (name.empty() || !std::ranges::all_of(name, valid)) {
    throw Error("ValidationError", "The specified value for " + camel +
                                       " is invalid. It must contain only alphanumeric characters "
                                       "and/or the following: +=,.@_-");
  }
  if (name.size() > longest) {
    throw Error("ValidationError",
                "1 validation error detected: Value at '" + camel +
                    "' failed to satisfy constraint: Member must have length less than or equal "
                    "to " +
                    std::to_string(longest));
  }
  return name;
}

std::string valid_path(const Fields& input) {
  auto path = input.text("Path", "/");
  if (path.empty() || path.size() > 512 || path.front() != '/' || path.back() != '/') {
    throw Error("ValidationError",
                "The specified value for path is invalid. It must begin and end with / and "
                "contain only alphanumeric characters and/or / characters.");
  }
  return path;
}

std::string when(base::Instant instant) {
  const auto text = base::iso8601(instant);
  return text.substr(0, text.find('.')) + "Z";
}

json::array tag_list(const std::vector<Tag>& tags) {
  json::array out;
  for (const auto& tag : tags) out.push_back(json::object{{"Key", tag.key}, {"Value", tag.value}});
  return out;
}

void set_tags(std::vector<Tag>& tags, const json::array& given) {
  for (const auto& item : given) {
    const auto* members = item.if_object();
    if (members == nullptr) throw Error("ValidationError", "A tag must have a Key and a Value.");
    const Fields fields(*members, "ValidationError");
    const auto key = fields.required("Key");
    if (lower_case(key).starts_with("aws:")) {
      throw Error("InvalidInput", "Tag keys starting with aws: are reserved for system use.");
    }
    const auto found = std::ranges::find(tags, key, &Tag::key);
    if (found != tags.end()) {
      found->value = fields.text("Value");
    } else {
      tags.push_back({key, fields.text("Value")});
    }
  }
  if (tags.size() > 50) {
    throw Error("LimitExceeded", "The number of tags has reached the maximum limit.", 409);
  }
}

void remove_tags(std::vector<Tag>& tags, const std::vector<std::string>& keys) {
  std::erase_if(tags, [&](const Tag& tag) { return std::ranges::count(keys, tag.key) > 0; });
}

json::object page(const Fields& input, const std::string& name, const json::array& all) {
  const auto limit = input.integer("MaxItems", 100);
  if (limit < 1 || limit > 1000) {
    throw Error("ValidationError",
                "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: "
                "Member must have value between 1 and 1000");
  }
  std::size_t begin = 0;
  if (const auto marker = input.text("Marker"); !marker.empty()) {
    const auto [end, error] = std::from_chars(marker.data(), marker.data() + marker.size(), begin);
    if (error != std::errc{} || end != marker.data() + marker.size() || begin > all.size()) {
      throw Error("ValidationError", "Invalid Marker.");
    }
  }
  const auto end = std::min(all.size(), begin + static_cast<std::size_t>(limit));
  json::object out;
  json::array items;
  for (std::size_t i = begin; i < end; ++i) items.push_back(all[i]);
  out[name] = std::move(items);
  out["IsTruncated"] = end < all.size();
  if (end < all.size()) out["Marker"] = std::to_string(end);
  return out;
}

void put_inline(Identity& identity, const Fields& input, const std::string& noun) {
  const auto name = valid_name(input, "PolicyName", 128);
  auto policy = parse_policy(input.required("PolicyDocument"), PolicyUse::identity);
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  const std::size_t limit = noun == "User" ? 2048 : noun == "Group" ? 5120 : 10240;
  std::size_t total = counted_size(policy.text);
  for (const auto& [other, existing] : identity.inline_policies) {
    if (other != name) total += counted_size(existing.text);
  }
  if (total > limit) {
    throw Error("LimitExceeded",
                "Maximum policy size of " + std::to_string(limit) + " bytes exceeded for " +
                    lower_case(noun) + " " + identity.name,
                409);
  }
  identity.inline_policies.insert_or_assign(name, std::move(policy));
}

json::object get_inline(const Identity& identity, const Fields& input, const std::string& noun) {
  const auto name = input.required("PolicyName");
  const auto found = identity.inline_policies.find(name);
  if (found == identity.inline_policies.end()) {
    no_such_entity("The " + lower_case(noun) + " policy with name " + name + " cannot be found.");
  }
  return {{noun + "Name", identity.name},
          {"PolicyName", name},
          {"PolicyDocument", http::percent_encode(found->second.text)}};
}

void delete_inline(Identity& identity, const Fields& input, const std::string& noun) {
  const auto name = input.required("PolicyName");
  if (identity.inline_policies.erase(name) == 0) {
    no_such_entity("The " + lower_case(noun) + " policy with name " + name + " cannot be found.");
  }
}

json::object list_inline(const Identity& identity, const Fields& input) {
  json::array names;
  for (const auto& [name, policy] : identity.inline_policies) names.emplace_back(name);
  return page(input, "PolicyNames", names);
}

void attach(Store& store, Identity& identity, const Fields& input, const std::string& noun) {
  const auto arn = input.required("PolicyArn");
  store.policy(arn);
  if (std::ranges::count(identity.attached, arn) > 0) return;
  if (identity.attached.size() >= 10) {
    throw Error("LimitExceeded", "Cannot exceed quota for PoliciesPer" + noun + ": 10", 409);
  }
  identity.attached.push_back(arn);
}

void detach(Identity& identity, const Fields& input) {
  const auto arn = input.required("PolicyArn");
  if (std::erase(identity.attached, arn) == 0) {
    no_such_entity("Policy " + arn + " was not found.");
  }
}

json::object list_attached(Store& store, const Identity& identity, const Fields& input) {
  json::array list;
  for (const auto& arn : identity.attached) {
    list.push_back(json::object{{"PolicyName", store.policy(arn).name}, {"PolicyArn", arn}});
  }
  return page(input, "AttachedPolicies", list);
}

void refuse_while_in_use(const Identity& identity) {
  if (!identity.attached.empty()) {
    throw Error("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409);
  }
  if (!identity.inline_policies.empty()) {
    throw Error("DeleteConflict", "Cannot delete entity, must delete policies first.", 409);
  }
}

}  // namespace sim::iam

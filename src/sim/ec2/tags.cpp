// CreateTags, DeleteTags, DescribeTags, and TagSpecification.
#include "sim/ec2/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"

namespace sim::ec2 {
namespace {

void check_tag(const Call& call, const std::string& key, const std::string& value) {
  if (key.empty()) throw invalid_value("Tag key cannot be null or empty.");
  if (key.starts_with("aws:") && call.caller.kind != Principal::Kind::service) {
    throw invalid_value("Tag keys starting with 'aws:' are reserved for internal use");
  }
  if (key.size() > 128) {
    throw invalid_value("Tag key exceeds the maximum length of 128 characters");
  }
  if (value.size() > 256) {
    throw invalid_value("Tag value exceeds the maximum length of 256 characters");
  }
}

void check_count(const Tags& tags) {
  const auto own =
      std::ranges::count_if(tags, [](const auto& tag) { return !tag.first.starts_with("aws:"); });
  if (own > 50) {
    throw Error("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
  }
}

Tags tags_in(const json::object& holder) {
  Tags tags;
  for (const auto& tag : objects(holder, "Tag")) tags[text(tag, "Key")] = text(tag, "Value");
  return tags;
}

std::vector<Access> tag_access(const Estate& estate, const Call& call) {
  Keys keys;
  std::string names;
  for (const auto& [key, value] : tags_in(call.input)) {
    keys["aws:RequestTag/" + key] = value;
    names += (names.empty() ? "" : ",") + key;
  }
  if (!names.empty()) keys["aws:TagKeys"] = names;
  std::vector<Access> list = Gate(estate, call).on_all(texts(call.input, "ResourceId"));
  for (auto& access : list) access.context.insert(keys.begin(), keys.end());
  return list;
}

// Where the tags of this resource are; rules of security groups have theirs too.
Tags* tags_of(Estate& estate, const Kind& kind, const std::string& id) {
  if (&kind != &kind::rule) {
    auto* resource = estate.resource(id);
    return resource ? &resource->tags : nullptr;
  }
  for (auto& [group_id, group] : estate.model.groups) {
    const auto found = std::ranges::find(group.rules, id, &Rule::id);
    if (found != group.rules.end()) return &found->tags;
  }
  return nullptr;
}

std::vector<Tags*> tags_to_change(Estate& estate, const Call& call) {
  const auto ids = texts(call.input, "ResourceId");
  if (ids.empty()) throw missing_parameter("resourceIdSet");
  std::vector<Tags*> all;
  for (const auto& id : ids) {
    const auto* kind = kind_of(id);
    if (!kind) {
      throw Error("InvalidID", fmt::format("The ID '{}' is not valid", id));
    }
    check_form(*kind, id);
    auto* tags = tags_of(estate, *kind, id);
    if (!tags) throw not_found(*kind, id);
    all.push_back(tags);
  }
  return all;
}

// A key may come once only.
void check_keys(const json::object& holder) {
  std::set<std::string> seen;
  for (const auto& tag : objects(holder, "Tag")) {
    if (seen.insert(text(tag, "Key")).second) continue;
    throw invalid_value(fmt::format("Duplicate tag key '{}' specified.", text(tag, "Key")));
  }
}

json::object create_tags(Estate& estate, const Call& call) {
  check_keys(call.input);
  const auto tags = tags_in(call.input);
  if (tags.empty()) throw missing_parameter("tagSet");
  for (const auto& [key, value] : tags) check_tag(call, key, value);
  const auto changing = tags_to_change(estate, call);
  for (const auto* own : changing) {
    auto merged = tags;
    merged.insert(own->begin(), own->end());
    check_count(merged);
  }
  for (auto* own : changing) {
    for (const auto& [key, value] : tags) (*own)[key] = value;
  }
  return {{"return", true}};
}

// Without tags: all of them go, but the aws: ones. A tag with a value goes only if it has it.
json::object delete_tags(Estate& estate, const Call& call) {
  const auto changing = tags_to_change(estate, call);
  const auto tags = objects(call.input, "Tag");
  for (const auto& tag : tags) check_tag(call, text(tag, "Key"), text(tag, "Value"));
  for (auto* own : changing) {
    if (tags.empty()) {
      std::erase_if(*own, [](const auto& tag) { return !tag.first.starts_with("aws:"); });
    }
    for (const auto& tag : tags) {
      const auto found = own->find(text(tag, "Key"));
      if (found == own->end()) continue;
      if (has(tag, "Value") && text(tag, "Value") != found->second) continue;
      own->erase(found);
    }
  }
  return {{"return", true}};
}

struct Tagging {
  std::string resource, type, key, value;
};

template <class T>
void collect(const Estate& estate, const std::map<std::string, T>& all, const Kind& kind,
             std::vector<Tagging>& list) {
  for (const auto& [id, resource] : all) {
    if (resource.visible > estate.now()) continue;
    for (const auto& [key, value] : resource.tags) {
      list.push_back({id, std::string(kind.type), key, value});
    }
  }
}

constexpr Field<Tagging> tag_fields[] = {
    {"resource-id", [](const Estate&, const Tagging& t) -> Texts { return {t.resource}; }},
    {"resource-type", [](const Estate&, const Tagging& t) -> Texts { return {t.type}; }},
    {"key", [](const Estate&, const Tagging& t) -> Texts { return {t.key}; }},
    {"value", [](const Estate&, const Tagging& t) -> Texts { return {t.value}; }},
};

json::object describe_tags(Estate& estate, const Call& call) {
  const auto& model = estate.model;
  std::vector<Tagging> all;
  collect(estate, model.vpcs, kind::vpc, all);
  collect(estate, model.acls, kind::acl, all);
  collect(estate, model.subnets, kind::subnet, all);
  collect(estate, model.route_tables, kind::route_table, all);
  collect(estate, model.internet_gateways, kind::internet_gateway, all);
  collect(estate, model.addresses, kind::address, all);
  collect(estate, model.nat_gateways, kind::nat_gateway, all);
  collect(estate, model.interfaces, kind::interface, all);
  collect(estate, model.endpoints, kind::endpoint, all);
  collect(estate, model.groups, kind::group, all);
  collect(estate, model.instances, kind::instance, all);
  collect(estate, model.dhcp_options, kind::dhcp_options, all);
  collect(estate, model.peerings, kind::peering, all);
  collect(estate, model.egress_gateways, kind::egress_gateway, all);
  collect(estate, model.flow_logs, kind::flow_log, all);
  collect(estate, model.key_pairs, kind::key_pair, all);
  collect(estate, model.launch_templates, kind::launch_template, all);
  collect(estate, model.prefix_lists, kind::prefix_list, all);
  collect(estate, model.volumes, kind::volume, all);
  collect(estate, model.connect_endpoints, kind::connect_endpoint, all);
  collect(estate, model.client_vpns, kind::client_vpn, all);
  collect(estate, model.snapshots, kind::snapshot, all);
  collect(estate, model.vpn_gateways, kind::vpn_gateway, all);
  collect(estate, model.customer_gateways, kind::customer_gateway, all);
  collect(estate, model.vpn_connections, kind::vpn_connection, all);
  for (const auto& [id, group] : model.groups) {
    for (const auto& rule : group.rules) {
      for (const auto& [key, value] : rule.tags) {
        all.push_back({rule.id, std::string(kind::rule.type), key, value});
      }
    }
  }

  const auto filters = read_filters(call);
  std::map<std::string, json::object> entries;
  for (const auto& tag : all) {
    if (!matches<Tagging>(estate, tag, nullptr, filters, tag_fields)) continue;
    entries[tag.resource + "|" + tag.key] = {{"key", tag.key},
                                             {"resourceId", tag.resource},
                                             {"resourceType", tag.type},
                                             {"value", tag.value}};
  }
  return page(call, "tagSet", std::move(entries), 1000);
}

}  // namespace

Tags requested_tags(const Call& call, std::string_view type) {
  Tags tags;
  for (const auto& specification : objects(call.input, "TagSpecification")) {
    if (text(specification, "ResourceType") == type) tags.merge(tags_in(specification));
  }
  return tags;
}

Tags tags_for(const Call& call, std::string_view type, std::vector<std::string_view> types) {
  types.push_back(type);
  std::set<std::string> seen;
  for (const auto& specification : objects(call.input, "TagSpecification")) {
    const auto asked = text(specification, "ResourceType");
    if (std::ranges::find(types, asked) == types.end()) {
      throw invalid_value(
          fmt::format("'{}' is not a valid taggable resource type for this operation.", asked));
    }
    if (!seen.insert(asked).second) {
      throw invalid_value(
          "The same resource type may not be specified more than once in tag specifications");
    }
    check_keys(specification);
  }
  auto tags = requested_tags(call, type);
  for (const auto& [key, value] : tags) check_tag(call, key, value);
  check_count(tags);
  return tags;
}

void add_tag_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateTags", "ResourceId Tag", create_tags, tag_access},
       {"DeleteTags", "ResourceId Tag", delete_tags, tag_access},
       {"DescribeTags", "Filter MaxResults NextToken", describe_tags}});
}

}  // namespace sim::ec2

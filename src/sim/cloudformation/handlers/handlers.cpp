#include "sim/cloudformation/handlers/handlers.hpp"

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/steps.hpp"

namespace sim::cloudformation {

Handlers all_handlers() {
  Handlers table;
  add_network(table);
  add_routing(table);
  add_nat_gateway(table);
  add_security_groups(table);
  add_compute(table);
  add_ec2_acls(table);
  add_ec2_interfaces(table);
  add_client_vpn(table);
  add_ec2_vpc(table);
  add_ec2_vpn(table);
  add_ec2_launch(table);
  add_ecs(table);
  add_scaling_groups(table);
  add_iam(table);
  add_iam_policies(table);
  add_lambda(table);
  add_lambda_versions(table);
  add_others(table);
  add_systems_manager(table);
  add_own(table);
  for (const auto* calls :
       {&balancing_calls(), &messaging_calls(), &monitoring_calls(), &secret_calls(),
        &storage_calls(), &naming_calls(), &people_calls(), &scaling_calls(), &lambda_calls()}) {
    add_calls(table, *calls);
  }
  add_custom_resource(table);
  add_unsupported(table);
  return table;
}

Task<void> tag_as_member(Work& work) {
  json::array tags;
  const auto add = [&](std::string_view key, const std::string& value) {
    tags.push_back(json::object{{"Key", key}, {"Value", value}});
  };
  add("aws:cloudformation:logical-id", work.logical_id);
  add("aws:cloudformation:stack-id", work.stack_id);
  add("aws:cloudformation:stack-name", work.stack_name);
  json::object input{{"ResourceId", json::array{work.id}}};
  input["Tag"] = std::move(tags);
  const Principal cloudformation{.kind = Principal::Kind::service,
                                 .arn = "cloudformation.amazonaws.com",
                                 .role_arn = {},
                                 .user_id = {}};
  co_await work.call_as(cloudformation, "ec2", "CreateTags", std::move(input));
}

void add_tag_specification(const Work& work, std::string_view resource_type, json::object& input) {
  json::array tags = work.tags();
  if (tags.empty()) return;
  json::object specification{{"ResourceType", resource_type}};
  specification["Tag"] = std::move(tags);
  json::array list;
  list.push_back(std::move(specification));
  input["TagSpecification"] = std::move(list);
}

Task<void> update_ec2_tags(Work& work) {
  if (!work.changed("Tags")) co_return;
  json::array removed;
  for (const auto& key : work.dropped_tags()) removed.push_back(json::object{{"Key", key}});
  if (!removed.empty()) {
    json::object input{{"ResourceId", json::array{work.id}}};
    input["Tag"] = std::move(removed);
    co_await work.call("ec2", "DeleteTags", std::move(input));
  }
  json::array tags = work.tags();
  if (tags.empty()) co_return;
  json::object input{{"ResourceId", json::array{work.id}}};
  input["Tag"] = std::move(tags);
  co_await work.call("ec2", "CreateTags", std::move(input));
}

json::value tags_for(const Work& work, const TagCalls& calls) {
  if (calls.as_map) {
    json::object map;
    for (const auto& tag : work.tags()) map[at(tag, "Key")] = at(tag, "Value");
    return map;
  }
  if (!calls.lowercase) return work.tags();
  json::array list;
  for (const auto& tag : work.tags()) {
    list.push_back(json::object{{"key", at(tag, "Key")}, {"value", at(tag, "Value")}});
  }
  return list;
}

Task<void> update_tags(Work& work, TagCalls calls) {
  if (!work.changed("Tags")) co_return;
  if (auto gone = work.dropped_tags(); !gone.empty()) {
    auto input = calls.who;
    input[calls.keys] = std::move(gone);
    co_await work.call(calls.service, calls.remove, std::move(input));
  }
  if (work.tags().empty()) co_return;
  auto input = calls.who;
  input[calls.tags] = tags_for(work, calls);
  co_await work.call(calls.service, calls.add, std::move(input));
}

json::object pick(const Work& work, std::initializer_list<std::string_view> names) {
  json::object result;
  for (const auto name : names) {
    if (work.has(name)) result[name] = work.text(name);
  }
  return result;
}

bool any_changed(const Work& work, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return work.changed(name); });
}

}  // namespace sim::cloudformation

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
  json::object who{{"ResourceId", json::array{work.id}}};
  co_await update_tags(work, {.service = "ec2",
                              .add = "CreateTags",
                              .remove = "DeleteTags",
                              .who = std::move(who),
                              .tags = "Tag",
                              .keys = "Tag"});
}

json::value tags_for(const Work& work, TagForm form) {
  if (form == TagForm::list) return work.tags();
  json::object map;
  json::array list;
  for (const auto& tag : work.tags()) {
    map[at(tag, "Key")] = at(tag, "Value");
    list.push_back(json::object{{"key", at(tag, "Key")}, {"value", at(tag, "Value")}});
  }
  return form == TagForm::map ? json::value(std::move(map)) : json::value(std::move(list));
}

Task<void> update_tags(Work& work, TagCalls calls) {
  if (!work.changed("Tags")) co_return;
  if (auto gone = work.dropped_tags(); !gone.empty()) {
    if (calls.keys == calls.tags) {
      for (auto& key : gone) key = json::object{{"Key", key}};
    }
    auto input = calls.who;
    input[calls.keys] = std::move(gone);
    co_await work.call(calls.service, calls.remove, std::move(input));
  }
  if (work.tags().empty()) co_return;
  auto input = calls.who;
  input[calls.tags] = tags_for(work, calls.form);
  co_await work.call(calls.service, calls.add, std::move(input));
}

Task<void> update_ssm_tags(Work& work, std::string resource_type) {
  json::object who{{"ResourceType", resource_type}, {"ResourceId", work.id}};
  co_await update_tags(work, {.service = "ssm",
                              .add = "AddTagsToResource",
                              .remove = "RemoveTagsFromResource",
                              .who = std::move(who)});
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

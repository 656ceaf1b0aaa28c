// Change sets of a whole tree of stacks: each nested stack has one of its own, which only the
// root's executes and deletes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/change_sets.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::size_t longest_name = 128;

// [C] cdk-cli#1303: "{{IntrinsicFunction://Fn::Join}}" stands for what is known only later.
json::value unknown(const json::value& raw) {
  const auto* object = raw.if_object();
  const std::string_view name =
      object == nullptr || object->empty() ? "" : std::string_view(object->begin()->key());
  return json::value(fmt::format("{{{{IntrinsicFunction://{}}}}}", name));
}

json::value known(const json::value& raw, const templates::Scope& scope) {
  try {
    return templates::resolve(raw, scope).value_or(json::value());
  } catch (const templates::ResolveError&) {
    return unknown(raw);
  }
}

// The properties of a nested stack, as far as they can be told.
json::object foreseen(const templates::Resource& spec, const templates::Scope& scope) {
  json::object properties;
  for (const auto& [name, raw] : spec.properties) {
    const auto* parameters = raw.if_object();
    if (name != "Parameters" || parameters == nullptr) {
      properties[name] = known(raw, scope);
      continue;
    }
    json::object values;
    for (const auto& [key, value] : *parameters) {
      auto one = known(value, scope);
      if (!one.is_null()) values[key] = std::move(one);
    }
    properties[name] = std::move(values);
  }
  return properties;
}

bool is_nested(const json::value& change) {
  return at(change, "ResourceChange.ResourceType") == "AWS::CloudFormation::Stack" &&
         at(change, "ResourceChange.Action") != "Remove";
}

// Only looked at, because nobody could say whether anything in it changes.
bool is_only_looked_at(const json::value& change) {
  const auto* details = find(change, "ResourceChange.Details");
  return details != nullptr && details->is_array() && !details->as_array().empty() &&
         std::ranges::all_of(details->as_array(), [](const auto& detail) {
           return at(detail, "ChangeSource") == "Automatic";
         });
}

}  // namespace

// One change set for each nested stack that is added or may change. Why the parent's fails; empty
// when it does not. Those without changes leave the parent's, which then may have none itself.
Task<std::string> ChangeSets::work_out_nested(std::string id) {
  std::vector<std::string> children;
  {
    ChangeSet* parent = find(id);
    if (parent == nullptr || target_of(*parent) == nullptr) co_return std::string();
    const auto changes = parent->changes;
    for (const auto& change : changes) {
      std::string child = is_nested(change) ? add_nested(*parent, change) : "";
      if (!child.empty()) children.push_back(std::move(child));
    }
  }
  std::vector<Task<void>> tasks;
  for (const auto& child : children) tasks.push_back(work_out(child));
  co_await base::all(std::move(tasks));
  co_return gather_nested(id, children);
}

// The change set of one nested stack, not yet worked out. Returns its id; empty when somebody has
// deleted the stack.
std::string ChangeSets::add_nested(const ChangeSet& parent, const json::value& change) {
  Stack& above = *engine_.find(parent.stack_id);
  const auto& source = *parent.prepared.source;
  const std::string logical_id = at(change, "ResourceChange.LogicalResourceId");
  auto child = std::make_unique<ChangeSet>();
  child->creates = at(change, "ResourceChange.Action") == "Add";
  child->request = Engine::nested_request(
      foreseen(*source.resource(logical_id), engine_.next_scope(above, parent.prepared)),
      parent.request);
  child->request.by_change_set = true;
  Stack* stack = child->creates ? &engine_.review_nested(above, logical_id, child->request)
                                : engine_.find(at(change, "ResourceChange.PhysicalResourceId"));
  if (stack == nullptr || stack->gone()) return {};
  child->request.name = stack->name;
  child->stack_id = stack->id;
  child->logical_id = logical_id;
  std::string stem = parent.name + "-" + logical_id;
  if (stem.size() + 13 > longest_name) stem = stem.substr(0, longest_name - 13);
  child->name = fmt::format("{}-{}", stem, random_.hex(12));
  child->id = fmt::format("arn:{}:cloudformation:{}:{}:changeSet/{}/{}", context_.partition,
                          context_.region, context_.account, child->name, random_.uuid());
  child->parent_id = parent.id;
  child->root_id = parent.root_id.empty() ? parent.id : parent.root_id;
  child->nested = true;
  child->imports_existing = parent.imports_existing;
  child->created = context_.now();
  child->prepared.source = std::make_shared<const templates::Template>();
  if (child->creates) stack->change_set_id = child->id;
  const std::string id = child->id;
  change_sets_.push_back(std::move(child));
  return id;
}

std::string ChangeSets::gather_nested(const std::string& id,
                                      const std::vector<std::string>& children) {
  ChangeSet* parent = find(id);
  if (parent == nullptr) return {};
  std::string failed;
  for (const auto& child_id : children) {
    ChangeSet* child = find(child_id);
    if (child == nullptr) continue;
    const auto place = std::ranges::find(parent->changes, child->logical_id, [](const auto& one) {
      return at(one, "ResourceChange.LogicalResourceId");
    });
    if (child->unchanged && is_only_looked_at(*place)) {
      parent->changes.erase(place);
      std::erase_if(change_sets_, [&](const auto& one) { return one->id == child_id; });
      continue;
    }
    auto& resource = place->at("ResourceChange").as_object();
    resource["ChangeSetId"] = child->id;
    resource["PhysicalResourceId"] = child->stack_id;
    if (child->status == "FAILED" && !child->unchanged && failed.empty()) {
      failed = fmt::format(
          "Nested change set {} was not successfully created: Currently in FAILED.", child->id);
    }
    parent->request.nested.push_back({.logical_id = child->logical_id,
                                      .stack_id = child->stack_id,
                                      .change_set_id = child->id,
                                      .text = child->request.text,
                                      .adopted = child->request.adopted,
                                      .nested = child->request.nested});
  }
  return failed;
}

// A template that comes from its URL, as the stack will be asked for it. Throws Error.
Task<void> ChangeSets::read_nested(std::string id) {
  ChangeSet* child = find(id);
  Request request = child->request;
  request.text = co_await engine_.template_at(request.file, request.principal);
  auto prepared = co_await engine_.prepare(request, true);
  child = find(id);
  if (child == nullptr) co_return;
  child->request.text = std::move(request.text);
  child->prepared = std::move(prepared);
}

// [C] Asynchronous for a tree: "DELETE_PENDING status followed by DELETE_IN_PROGRESS".
void ChangeSets::remove_tree(ChangeSet& root) {
  const std::string id = root.id;
  for (const auto& one : change_sets_) {
    if (one->id != id && one->root_id != id) continue;
    one->status = "DELETE_PENDING";
    one->execution_status = "UNAVAILABLE";
  }
  context_.runtime.spawn(finish_removal(id));
}

Task<void> ChangeSets::finish_removal(std::string root_id) {
  const auto in_tree = [&](const auto& one) {
    return one->id == root_id || one->root_id == root_id;
  };
  co_await take_half();
  for (const auto& one : change_sets_) {
    if (in_tree(one)) one->status = "DELETE_IN_PROGRESS";
  }
  co_await take_half();
  for (const auto& one : change_sets_) {
    if (!in_tree(one) || one->parent_id.empty() || !one->creates) continue;
    if (Stack* stack = target_of(*one); stack != nullptr) engine_.discard_review(*stack);
  }
  std::erase_if(change_sets_, in_tree);
}

}  // namespace sim::cloudformation

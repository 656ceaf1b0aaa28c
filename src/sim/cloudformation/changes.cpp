#include "sim/cloudformation/changes.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/handler.hpp"
#include "sim/cloudformation/hiding.hpp"

namespace sim::cloudformation {

namespace {

// What is known so far about the resources that others may refer to.
struct Fate {
  bool replaced = false;  // its Ref changes
  bool maybe = false;     // its Ref may change
  bool modified = false;  // its attributes may change
};

class Comparison {
 public:
  Comparison(const Stack& stack, const templates::Scope& next,
             const std::map<std::string, std::string>& next_tags)
      : stack_(stack), next_(next), tags_changed_(stack.tags != next_tags) {
    for (const auto& parameter : next.source.parameters) {
      const auto old = stack.values.find(parameter.name);
      const auto now = next.values.find(parameter.name);
      if (old != stack.values.end() && now != next.values.end() && old->second != now->second) {
        changed_parameters_.insert(parameter.name);
      }
    }
  }

  json::array run() {
    std::map<std::string, json::object> views;
    std::set<std::string> wanted;
    for (const auto& spec : next_.source.resources) {
      const auto condition = next_.conditions.find(spec.condition);
      if (condition == next_.conditions.end() || condition->second) wanted.insert(spec.logical_id);
    }
    // What others refer to comes first: its fate is theirs.
    std::set<std::string> done;
    while (done.size() < next_.source.resources.size()) {
      const auto before = done.size();
      for (const auto& spec : next_.source.resources) {
        const auto ready = [&](const auto& need) {
          return done.contains(need) || next_.source.resource(need) == nullptr;
        };
        if (done.contains(spec.logical_id) || !std::ranges::all_of(spec.needs, ready)) continue;
        done.insert(spec.logical_id);
        if (!wanted.contains(spec.logical_id)) continue;
        if (auto view = of(spec)) views[spec.logical_id] = std::move(*view);
      }
      if (done.size() == before) break;  // a circle: refused elsewhere
    }
    json::array changes;
    const auto add = [&](json::object view) {
      changes.push_back(json::object{{"Type", "Resource"}, {"ResourceChange", std::move(view)}});
    };
    for (const auto& spec : next_.source.resources) {
      if (const auto found = views.find(spec.logical_id); found != views.end()) {
        add(std::move(found->second));
      }
    }
    for (const auto& id : stack_.order) {
      const auto found = stack_.resources.find(id);
      if (found == stack_.resources.end() || !found->second.exists() || wanted.contains(id)) {
        continue;
      }
      json::object view = head("Remove", found->second.logical_id, found->second.type);
      view["PolicyAction"] = policy_action(found->second.deletion_policy, "");
      view["PhysicalResourceId"] = found->second.physical_id;
      view["BeforeContext"] = before(found->second);
      add(std::move(view));
    }
    return changes;
  }

 private:
  static json::object head(std::string_view action, const std::string& id,
                           const std::string& type) {
    json::object view;
    view["Action"] = action;
    view["LogicalResourceId"] = id;
    view["ResourceType"] = type;
    view["Scope"] = json::array();
    view["Details"] = json::array();
    return view;
  }

  static std::string policy_action(const std::string& policy, const std::string& prefix) {
    if (policy == "Delete") return prefix + "Delete";
    return prefix + (policy == "Snapshot" ? "Snapshot" : "Retain");
  }

  // Nothing when it stays as it is.
  std::optional<json::object> of(const templates::Resource& spec) {
    const auto known = stack_.resources.find(spec.logical_id);
    if (known == stack_.resources.end() || !known->second.exists()) {
      fates_[spec.logical_id].replaced = true;
      auto added = head("Add", spec.logical_id, spec.type);
      added["AfterContext"] = after(spec);
      return added;
    }
    const Resource& resource = known->second;
    json::object view = head("Modify", spec.logical_id, spec.type);
    view["PhysicalResourceId"] = resource.physical_id;
    details_.clear();
    scope_.clear();
    surely_ = false;
    perhaps_ = false;
    compare_properties(spec, resource);
    compare_rest(spec, resource);
    if (details_.empty()) return std::nullopt;
    Fate& fate = fates_[spec.logical_id];
    fate = Fate{.replaced = surely_, .maybe = perhaps_, .modified = true};
    view["Replacement"] = surely_ ? "True" : perhaps_ ? "Conditional" : "False";
    if (surely_ || perhaps_) {
      view["PolicyAction"] = policy_action(spec.update_replace_policy, "ReplaceAnd");
    }
    for (const auto& one : scope_) view["Scope"].as_array().emplace_back(one);
    view["Details"] = details_;
    view["BeforeContext"] = before(resource);
    view["AfterContext"] = after(spec);
    return view;
  }

  // A resource as it is, as JSON text.
  static std::string before(const Resource& resource) {
    json::object properties = without_hidden(resource.properties, resource.hidden);
    return json::serialize(json::object{{"Properties", std::move(properties)}});
  }

  // As it will be. What depends on resources that are yet to be made is not known.
  std::string after(const templates::Resource& spec) const {
    json::object properties;
    for (const auto& [name, raw] : spec.properties) {
      auto value = is_hidden(raw, next_.source, stack_.resources) ? json::value(hidden_value)
                                                                  : foretold(raw);
      if (!value.is_null()) properties[name] = std::move(value);
    }
    return json::serialize(json::object{{"Properties", std::move(properties)}});
  }

  json::value foretold(const json::value& raw) const {
    std::vector<templates::Use> uses;
    templates::uses(raw, "", uses);
    const bool settled = std::ranges::none_of(uses, [&](const templates::Use& use) {
      const auto fate = fates_.find(use.name);
      if (fate == fates_.end()) return false;
      return fate->second.replaced || fate->second.maybe ||
             (!use.attribute.empty() && fate->second.modified);
    });
    if (settled) {
      try {
        return templates::resolve(raw, next_).value_or(json::value());
      } catch (const templates::ResolveError&) {
        // Something that does not exist yet.
      }
    }
    if (const auto* list = raw.if_array()) {
      json::array told;
      for (const auto& one : *list) told.push_back(foretold(one));
      return json::value(std::move(told));
    }
    const auto* object = raw.if_object();
    const bool function = object == nullptr || (object->size() == 1 && is_function(*object));
    if (function) return json::value("{{changeSet:KNOWN_AFTER_APPLY}}");
    json::object told;
    for (const auto& [name, value] : *object) told[name] = foretold(value);
    return json::value(std::move(told));
  }

  static bool is_function(const json::object& object) {
    const std::string_view name = object.begin()->key();
    return name == "Ref" || name.starts_with("Fn::");
  }

  void compare_properties(const templates::Resource& spec, const Resource& resource) {
    std::set<std::string> names;
    for (const auto& member : spec.properties) names.emplace(member.key());
    for (const auto& member : resource.properties) names.emplace(member.key());
    for (const auto& name : names) {
      const auto* raw = spec.properties.if_contains(name);
      const auto* before = resource.properties.if_contains(name);
      const std::size_t found = details_.size();
      if (raw != nullptr) add_references(spec, name, *raw);
      if (details_.size() > found) continue;  // it depends on what others become
      std::optional<json::value> after;
      try {
        if (raw != nullptr) after = templates::resolve(*raw, next_);
      } catch (const templates::ResolveError&) {
        after = json::value();  // a name that does not exist yet: it will differ
      }
      const bool same =
          before == nullptr || !after ? before == nullptr && !after : *before == *after;
      if (!same) add_direct(spec, name, raw);
    }
  }

  // The property names resources that will be others, or whose attributes may change.
  void add_references(const templates::Resource& spec, const std::string& name,
                      const json::value& raw) {
    std::vector<templates::Use> uses;
    templates::uses(raw, "", uses);
    for (const auto& use : uses) {
      const auto fate = fates_.find(use.name);
      if (fate == fates_.end()) continue;
      const bool of_attribute = !use.attribute.empty();
      const bool touched = of_attribute ? fate->second.modified || fate->second.replaced
                                        : fate->second.replaced || fate->second.maybe;
      if (!touched) continue;
      const bool certain = fate->second.replaced && !of_attribute;
      add(spec, name, certain ? "Static" : "Dynamic",
          of_attribute ? "ResourceAttribute" : "ResourceReference",
          of_attribute ? use.name + "." + use.attribute : use.name, certain);
    }
  }

  void add_direct(const templates::Resource& spec, const std::string& name,
                  const json::value* raw) {
    const std::size_t found = details_.size();
    const auto* old_spec = stack_.source->resource(spec.logical_id);
    const auto* old_raw = old_spec == nullptr ? nullptr : old_spec->properties.if_contains(name);
    if (raw != nullptr && old_raw != nullptr && *raw == *old_raw) {
      std::vector<templates::Use> uses;
      templates::uses(*raw, "", uses);
      for (const auto& use : uses) {
        if (changed_parameters_.contains(use.name)) {
          add(spec, name, "Static", "ParameterReference", use.name, true);
        }
      }
    }
    if (details_.size() == found) add(spec, name, "Static", "DirectModification", "", true);
  }

  void add(const templates::Resource& spec, const std::string& name, std::string_view evaluation,
           std::string_view source, const std::string& cause, bool certain) {
    const auto* handler = handler_of(spec.type);
    // [C] A service token cannot be updated; the update then refuses it.
    const bool token = templates::is_custom(spec.type) && name == "ServiceToken";
    const bool recreated =
        token || (handler != nullptr && recreates(*handler, spec.properties, name));
    const bool depends = handler != nullptr && handler->create_only_unversioned.contains(name);
    json::object target;
    if (name == "Tags") {
      target = {{"Attribute", "Tags"}, {"RequiresRecreation", "Never"}};
      scope_.insert("Tags");
    } else {
      target = {{"Attribute", "Properties"},
                {"Name", name},
                {"RequiresRecreation", depends     ? "Conditionally"
                                       : recreated ? "Always"
                                                   : "Never"}};
      scope_.insert("Properties");
    }
    // A change set does not say more of a conditional one than that it may be.
    auto& fate = certain && !depends ? surely_ : perhaps_;
    fate = fate || recreated || depends;
    json::object detail;
    detail["Target"] = std::move(target);
    detail["Evaluation"] = evaluation;
    detail["ChangeSource"] = source;
    if (!cause.empty()) detail["CausingEntity"] = cause;
    details_.push_back(std::move(detail));
  }

  void compare_rest(const templates::Resource& spec, const Resource& resource) {
    const auto attribute = [&](std::string_view name) {
      scope_.insert(std::string(name));
      json::object detail;
      detail["Target"] = json::object{{"Attribute", name}, {"RequiresRecreation", "Never"}};
      detail["Evaluation"] = "Static";
      detail["ChangeSource"] = "DirectModification";
      details_.push_back(std::move(detail));
    };
    const auto* old = stack_.source->resource(spec.logical_id);
    if (old != nullptr && old->metadata != spec.metadata) attribute("Metadata");
    if (resource.deletion_policy != spec.deletion_policy) attribute("DeletionPolicy");
    if (resource.update_replace_policy != spec.update_replace_policy) {
      attribute("UpdateReplacePolicy");
    }
    if (old != nullptr && old->update_policy != spec.update_policy) attribute("UpdatePolicy");
    const auto* schema = schema_of(spec.type);
    if (tags_changed_ && schema != nullptr && schema->properties.contains("Tags") &&
        !scope_.contains("Tags")) {
      attribute("Tags");
    }
    if (spec.type == "AWS::CloudFormation::Stack" && details_.empty()) {
      // [C-P] A nested stack is looked at when the update gets to it.
      scope_.insert("Properties");
      json::object detail;
      detail["Target"] = json::object{{"Attribute", "Properties"}, {"RequiresRecreation", "Never"}};
      detail["Evaluation"] = "Dynamic";
      detail["ChangeSource"] = "Automatic";
      details_.push_back(std::move(detail));
    }
  }

  const Stack& stack_;
  const templates::Scope& next_;
  bool tags_changed_;
  std::set<std::string> changed_parameters_;
  std::map<std::string, Fate> fates_;
  // Of the resource being compared.
  json::array details_;
  std::set<std::string> scope_;
  bool surely_ = false, perhaps_ = false;
};

}  // namespace

json::array changes_between(const Stack& stack, const templates::Scope& next,
                            const std::map<std::string, std::string>& next_tags) {
  return Comparison(stack, next, next_tags).run();
}

}  // namespace sim::cloudformation

#include "templates/check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>
#include <functional>

#include "templates/dynamic.hpp"
#include "templates/shape.hpp"
#include "templates/sub.hpp"
#include "templates/text.hpp"

namespace templates {

namespace {

using Kind = Problem::Kind;

class Checker {
 public:
  Checker(Template& checked, const TypeLookup& types, std::vector<Problem>& problems)
      : template_(checked), types_(types), problems_(problems) {
    for (const auto& parameter : template_.parameters) parameters_.insert(parameter.name);
    for (const auto& resource : template_.resources) {
      types_of_[resource.logical_id] = types_(resource.type);
    }
    for (const auto* section : {"Conditions", "Resources", "Outputs"}) {
      const auto* object = template_.document.if_contains(section);
      if (object == nullptr || !object->is_object() || !template_.language_extensions) continue;
      for (const auto& inner : object->as_object()) {
        expands_ = expands_ || std::string_view(inner.key()).starts_with("Fn::ForEach::");
      }
    }
  }

  void run() {
    at_ = {"", "Conditions"};
    for (const auto& member : template_.conditions) {
      if (std::string_view(member.key()).starts_with("Fn::ForEach::")) continue;
      const std::string path = below("/Conditions", member.key());
      check_condition(member.value(), path);
      parameters_only(member.value(), path);
    }
    for (const auto& rule : template_.rules) check_rule(rule);
    for (auto& resource : template_.resources) check_resource(resource);
    for (const auto& output : template_.outputs) {
      at_ = {"", "Outputs"};
      const std::string path = below("/Outputs", output.name);
      names(output.value, path + "/Value");
      functions(output.value, path + "/Value");
      if (!output.export_name.is_null()) {
        names(output.export_name, path + "/Export/Name");
        functions(output.export_name, path + "/Export/Name");
      }
      condition(output.condition, path + "/Condition");
    }
    cycles();
  }

 private:
  struct Place {
    std::string logical_id;
    std::string section;
  };

  void problem(std::string_view path, Kind kind, std::string text, std::string subject = {}) {
    problems_.push_back({template_.file, template_.positions.line(path), at_.logical_id,
                         std::move(text), kind, std::move(subject), at_.section});
  }

  // A condition is one function that gives true or false.
  void check_condition(const json::value& value, const std::string& path) {
    const auto* object = value.if_object();
    if (object == nullptr || object->size() != 1 || !is_boolean_function(object->begin()->key())) {
      problem(path, Kind::format,
              "Template format error: Every Conditions member must be a condition function.");
      return;
    }
    functions(value, path);
  }

  void check_rule(const Rule& rule) {
    at_ = {"", "Rules"};
    const std::string path = below("/Rules", rule.name);
    const auto expression = [&](const json::value& value, const std::string& where) {
      functions(value, where);
      parameters_only(value, where);
    };
    if (!rule.condition.is_null()) expression(rule.condition, path + "/RuleCondition");
    for (std::size_t i = 0; i < rule.assertions.size(); ++i) {
      expression(rule.assertions[i].assertion, below(path + "/Assertions", i));
    }
  }

  void check_resource(Resource& resource) {
    at_ = {resource.logical_id, "Resources"};
    const std::string path = below("/Resources", resource.logical_id);
    const ResourceType* type = types_of_[resource.logical_id];
    if (!resource.type.empty() && type == nullptr) {
      problem(path + "/Type", Kind::unsupported_type,
              fmt::format("the resource type {} is not supported", resource.type), resource.type);
    }
    if (type != nullptr) properties(resource, *type, path + "/Properties");
    for (const auto& name : resource.depends_on) {
      if (!types_of_.contains(name) && !expands_) {
        problem(path + "/DependsOn", Kind::unresolved,
                fmt::format("DependsOn names {}, which is no resource of this template", name),
                name);
      } else if (types_of_.contains(name)) {
        resource.needs.insert(name);
      }
    }
    condition(resource.condition, path + "/Condition");
    const json::value properties_value(resource.properties);
    functions(properties_value, path + "/Properties");
    for (auto& use : names(properties_value, path + "/Properties")) {
      if (types_of_.contains(use)) resource.needs.insert(std::move(use));
    }
    const json::value creation(resource.creation_policy);
    functions(creation, path + "/CreationPolicy");
    for (auto& use : names(creation, path + "/CreationPolicy")) {
      if (types_of_.contains(use)) resource.needs.insert(std::move(use));
    }
    if (!resource.metadata.is_null()) functions(resource.metadata, path + "/Metadata");
  }

  void properties(const Resource& resource, const ResourceType& type, const std::string& path) {
    for (const auto& member : resource.properties) {
      const std::string_view name = member.key();
      if (name == "Fn::Transform" || name.starts_with("Fn::ForEach::")) return;
    }
    if (!type.properties.empty()) {
      for (const auto& member : resource.properties) {
        const std::string_view name = member.key();
        if (type.properties.contains(name)) continue;
        problem(below(path, name), Kind::property,
                fmt::format("{} has no property {}", resource.type, name), std::string(name));
      }
    }
    for (const auto& name : type.required) {
      if (!resource.properties.contains(name)) {
        problem(path, Kind::property,
                fmt::format("{} must have the property {}", resource.type, name), name);
      }
    }
  }

  void condition(const std::string& name, const std::string& path) {
    if (name.empty() || template_.conditions.contains(name) || expands_) return;
    problem(path, Kind::function,
            fmt::format("Template format error: Unresolved condition dependency {} in the {} block "
                        "of the template",
                        name, at_.section));
  }

  // Checks every name the value uses; returns those that may be resources.
  std::vector<std::string> names(const json::value& value, const std::string& path) {
    std::vector<Use> found;
    uses(value, path, found);
    std::vector<std::string> result;
    for (auto& use : found) {
      if (is_pseudo_parameter(use.name)) continue;
      const auto type = types_of_.find(use.name);
      if (use.attribute.empty() && parameters_.contains(use.name)) continue;
      if (type == types_of_.end()) {
        if (!expands_) unresolved(use);
        continue;
      }
      if (!use.attribute.empty() && type->second != nullptr && !type->second->any_attribute &&
          !type->second->attributes.contains(use.attribute)) {
        // [C] In an output, CloudFormation notices when all resources are made.
        problem(use.path, at_.section == "Outputs" ? Kind::property : Kind::function,
                fmt::format("Template error: resource {} does not support attribute type {} in {}",
                            use.name, use.attribute, use.function));
      }
      result.push_back(std::move(use.name));
    }
    return result;
  }

  void unresolved(const Use& use) {
    if (use.function == "Fn::GetAtt") {
      problem(use.path, Kind::function,
              fmt::format("Template error: instance of Fn::GetAtt references undefined resource {}",
                          use.name));
      return;
    }
    problem(use.path, Kind::unresolved,
            fmt::format("{} names {}, which is neither a parameter nor a resource of this template",
                        use.function, use.name),
            use.name);
  }

  void functions(const json::value& value, const std::string& path) {
    if (const auto* array = value.if_array()) {
      for (std::size_t i = 0; i < array->size(); ++i) {
        functions((*array)[i], below(path, i));
      }
      return;
    }
    if (const auto* text = value.if_string(); text != nullptr && has_dynamic_reference(*text)) {
      for (const auto& complaint : dynamic_references(*text).problems) {
        problem(path, Kind::function, complaint);
      }
    }
    const auto* object = value.if_object();
    if (object == nullptr) return;
    for (const auto& member : *object) {
      const std::string_view key = member.key();
      const std::string here = below(path, key);
      if (key.starts_with("Fn::")) function(key, member.value(), here, object->size());
      if (key == "Condition" && at_.section == "Conditions" && member.value().is_string()) {
        condition(std::string(member.value().as_string()), here);
      }
      if (key == "Ref" && object->size() == 1 && !member.value().is_string()) {
        problem(here, Kind::function, "Template error: All References must be of type string");
      }
      functions(member.value(), here);
    }
  }

  // Conditions and rules are decided before there are resources.
  void parameters_only(const json::value& value, const std::string& path) {
    std::vector<Use> found;
    uses(value, path, found);
    for (const auto& use : found) {
      if (is_pseudo_parameter(use.name)) continue;
      if (use.attribute.empty() && parameters_.contains(use.name)) continue;
      problem(use.path, Kind::unresolved,
              fmt::format("{} names {}; {} may use parameters only", use.function, use.name,
                          lower(at_.section)),
              use.name);
    }
  }

  void function(std::string_view name, const json::value& value, const std::string& path,
                std::size_t siblings) {
    if (name == "Fn::Transform") {
      // A macro still to be called, and named in Template::transforms, unless it has no name.
      if (template_.transforms.empty()) {
        problem(path, Kind::function, "Template error: every Fn::Transform object needs a Name");
      }
      return;
    }
    if (auto complaint = malformed(name, value, template_.language_extensions)) {
      problem(path, Kind::function, std::move(*complaint));
      return;
    }
    const bool loop = name.starts_with("Fn::ForEach::");
    if (siblings != 1 && !loop) {
      problem(path, Kind::function,
              fmt::format("Template error: a {} object must have no other members", name));
    }
    const auto* list = value.if_array();
    if (name == "Fn::If" && list != nullptr) {
      condition(std::string((*list)[0].as_string()), path);
    }
    if (name == "Fn::FindInMap" && list != nullptr && (*list)[0].is_string() && list->size() == 3 &&
        !template_.mappings.contains((*list)[0].as_string())) {
      problem(path, Kind::function,
              fmt::format("Template error: Mapping named '{}' is not present in the 'Mappings' "
                          "section of template.",
                          std::string_view((*list)[0].as_string())));
    }
  }

  // Names the members of circles: the resources left when all have gone that nothing holds up, then
  // all that hold up nothing.
  void cycles() {
    std::map<std::string, std::set<std::string>> open;
    for (const auto& resource : template_.resources) open[resource.logical_id] = resource.needs;
    shed(open);
    shed(open);  // turned round
    if (open.empty()) return;
    std::vector<std::string> members;
    for (const auto& [id, needs] : open) members.push_back(id);
    at_ = {members.front(), "Resources"};
    const std::string names = fmt::format("{}", fmt::join(members, ", "));
    problem("/Resources/" + members.front(), Kind::circular,
            fmt::format("Circular dependency between resources: [{}]", names), names);
  }

  // Removes everything that, directly or through others, needs nothing of what is left, and turns
  // the arrows round: who was needed, needs.
  static void shed(std::map<std::string, std::set<std::string>>& needs) {
    std::map<std::string, std::set<std::string>> needed_by;
    std::map<std::string, std::size_t> missing;
    std::vector<std::string> free;
    for (const auto& [id, all] : needs) {
      needed_by[id];
      for (const auto& one : all) {
        if (!needs.contains(one)) continue;
        needed_by[one].insert(id);
        ++missing[id];
      }
      if (!missing.contains(id)) free.push_back(id);
    }
    while (!free.empty()) {
      const std::string id = std::move(free.back());
      free.pop_back();
      for (const auto& dependent : needed_by.at(id)) {
        if (--missing.at(dependent) == 0) free.push_back(dependent);
      }
      needed_by.erase(id);
    }
    for (auto& [id, dependents] : needed_by) {
      std::erase_if(dependents, [&](const auto& one) { return !needed_by.contains(one); });
    }
    needs = std::move(needed_by);
  }

  Template& template_;
  const TypeLookup& types_;
  std::vector<Problem>& problems_;
  std::set<std::string> parameters_;
  std::map<std::string, const ResourceType*> types_of_;
  bool expands_ = false;  // Fn::ForEach makes names that are not in the text
  Place at_;
};

void sub_names(std::string_view text, const std::set<std::string, std::less<>>& own,
               const std::string& path, std::vector<Use>& found) {
  for (const auto& part : sub_parts(text)) {
    if (!part.variable || own.contains(part.text)) continue;
    const auto dot = part.text.find('.');
    found.push_back({"Fn::Sub", part.text.substr(0, dot),
                     dot == std::string::npos ? "" : part.text.substr(dot + 1), path});
  }
}

}  // namespace

void uses(const json::value& value, const std::string& path, std::vector<Use>& found) {
  if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      uses((*array)[i], below(path, i), found);
    }
    return;
  }
  const auto* object = value.if_object();
  if (object == nullptr) return;
  for (const auto& member : *object) {
    const std::string_view key = member.key();
    const auto& inner = member.value();
    const std::string here = below(path, key);
    if (key == "Ref" && object->size() == 1 && inner.is_string()) {
      found.push_back({"Ref", std::string(inner.as_string()), "", here});
    } else if (key == "Fn::GetAtt" && inner.is_array() && inner.as_array().size() == 2 &&
               inner.as_array()[0].is_string()) {
      const auto& pair = inner.as_array();
      found.push_back({"Fn::GetAtt", std::string(pair[0].as_string()),
                       pair[1].is_string() ? std::string(pair[1].as_string()) : "", here});
      uses(pair[1], here, found);
    } else if (key == "Fn::GetAtt" && inner.is_string()) {
      const std::string_view text = inner.as_string();
      const auto dot = text.find('.');
      found.push_back({"Fn::GetAtt", std::string(text.substr(0, dot)),
                       dot == std::string_view::npos ? "" : std::string(text.substr(dot + 1)),
                       here});
    } else if (key == "Fn::Sub") {
      std::set<std::string, std::less<>> own;
      const json::value* text = &inner;
      if (inner.is_array() && inner.as_array().size() == 2) {
        text = &inner.as_array()[0];
        if (const auto* variables = inner.as_array()[1].if_object()) {
          for (const auto& variable : *variables) own.insert(std::string(variable.key()));
        }
        uses(inner.as_array()[1], here + "/1", found);
      }
      if (text->is_string()) sub_names(text->as_string(), own, here, found);
    } else {
      uses(inner, here, found);
    }
  }
}

void check(Template& checked, const TypeLookup& types, std::vector<Problem>& problems) {
  Checker(checked, types, problems).run();
}

}  // namespace templates

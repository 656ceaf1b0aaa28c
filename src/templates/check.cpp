#include "templates/check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>
#include <functional>

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
    for (const auto& member : template_.document) {
      if (const auto* object = member.value().if_object()) {
        for (const auto& inner : *object) {
          if (!std::string_view(inner.key()).starts_with("Fn::ForEach::")) continue;
          expands_ = true;
          at_ = {"", std::string(member.key())};
          unsupported("Fn::ForEach",
                      fmt::format("/{}/{}", at_.section, std::string_view(inner.key())));
        }
      }
    }
  }

  void run() {
    for (const auto& member : template_.conditions) {
      at_ = {"", "Conditions"};
      functions(member.value(), fmt::format("/Conditions/{}", std::string_view(member.key())));
    }
    for (auto& resource : template_.resources) check_resource(resource);
    for (const auto& output : template_.outputs) {
      at_ = {"", "Outputs"};
      const std::string path = "/Outputs/" + output.name;
      names(output.value, path + "/Value");
      functions(output.value, path + "/Value");
      if (!output.export_name.is_null()) names(output.export_name, path + "/Export/Name");
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

  void check_resource(Resource& resource) {
    at_ = {resource.logical_id, "Resources"};
    const std::string path = "/Resources/" + resource.logical_id;
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
    if (!resource.metadata.is_null()) functions(resource.metadata, path + "/Metadata");
  }

  void properties(const Resource& resource, const ResourceType& type, const std::string& path) {
    if (resource.properties.contains("Fn::Transform")) return;
    if (!type.properties.empty()) {
      for (const auto& member : resource.properties) {
        const std::string_view name = member.key();
        if (name.starts_with("Fn::ForEach::") || type.properties.contains(name)) continue;
        problem(fmt::format("{}/{}", path, name), Kind::property,
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
        problem(use.path, Kind::function,
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
        functions((*array)[i], fmt::format("{}/{}", path, i));
      }
      return;
    }
    if (value.is_string() && std::string_view(value.as_string()).contains("{{resolve:")) {
      unsupported("dynamic references", path);
    }
    const auto* object = value.if_object();
    if (object == nullptr) return;
    for (const auto& member : *object) {
      const std::string_view key = member.key();
      const std::string here = fmt::format("{}/{}", path, key);
      if (key.starts_with("Fn::")) function(key, member.value(), here, object->size());
      if (key == "Condition" && at_.section == "Conditions" && member.value().is_string()) {
        condition(std::string(member.value().as_string()), here);
      }
      if (key == "Ref" && object->size() == 1 && !member.value().is_string()) {
        problem(here, Kind::function,
                "Template format error: every Ref object must have a single String value.");
      }
      if (key == "Ref" && object->size() == 1 && at_.section == "Conditions" &&
          member.value().is_string()) {
        const std::string name(member.value().as_string());
        if (!parameters_.contains(name) && !is_pseudo_parameter(name)) {
          problem(here, Kind::unresolved,
                  fmt::format("Ref names {}; conditions may use parameters only", name), name);
        }
      }
      functions(member.value(), here);
    }
  }

  // What changes a template's meaning is refused, not left out.
  void unsupported(std::string_view what, std::string_view path) {
    problem(path, Kind::function,
            fmt::format("Template error: the embedded CloudFormation does not support {}", what));
  }

  void function(std::string_view name, const json::value& value, const std::string& path,
                std::size_t siblings) {
    if (!is_function(name)) {
      problem(path, Kind::function, fmt::format("Template error: unknown function {}", name));
      return;
    }
    if (name.starts_with("Fn::ForEach::") || name == "Fn::Transform" || name == "Fn::Contains") {
      unsupported(name.starts_with("Fn::ForEach::") ? "Fn::ForEach" : name, path);
      return;
    }
    if (siblings != 1 && !name.starts_with("Fn::ForEach::") && name != "Fn::Transform") {
      problem(path, Kind::function,
              fmt::format("Template error: a {} object must have no other members", name));
    }
    if ((name == "Fn::Length" || name == "Fn::ToJsonString") && !template_.language_extensions) {
      problem(path, Kind::function,
              fmt::format("Template error: {} needs Transform: AWS::LanguageExtensions", name));
    }
    const auto* list = value.if_array();
    if (name == "Fn::If") {
      if (list == nullptr || list->size() != 3) {
        problem(path, Kind::function,
                "Template error: Fn::If requires a list argument with three elements");
      } else if ((*list)[0].is_string()) {
        condition(std::string((*list)[0].as_string()), path);
      }
    }
    if (name == "Fn::FindInMap" && list != nullptr && !list->empty() && (*list)[0].is_string() &&
        list->size() == 3 && !template_.mappings.contains((*list)[0].as_string())) {
      problem(path, Kind::function,
              fmt::format("Template error: Mapping named '{}' is not present in the 'Mappings' "
                          "section of template.",
                          std::string_view((*list)[0].as_string())));
    }
    if (name == "Fn::GetAtt" &&
        !(value.is_string() || (list != nullptr && list->size() == 2 && (*list)[0].is_string()))) {
      problem(path, Kind::function,
              "Template error: every Fn::GetAtt object requires two non-empty parameters, the "
              "resource name and the resource attribute");
    }
  }

  // Names the members of one circle: the resources left when everything that can finish has.
  void cycles() {
    std::map<std::string, std::set<std::string>> open;
    for (const auto& resource : template_.resources) open[resource.logical_id] = resource.needs;
    const auto shed = [&open](auto removable) {
      bool changed = true;
      while (changed) {
        changed = false;
        for (auto it = open.begin(); it != open.end();) {
          if (removable(it->first)) {
            it = open.erase(it);
            changed = true;
          } else {
            ++it;
          }
        }
      }
    };
    shed([&](const std::string& id) {
      return std::ranges::none_of(open.at(id),
                                  [&](const auto& need) { return open.contains(need); });
    });
    shed([&](const std::string& id) {
      return std::ranges::none_of(open,
                                  [&](const auto& other) { return other.second.contains(id); });
    });
    if (open.empty()) return;
    std::vector<std::string> members;
    for (const auto& [id, needs] : open) members.push_back(id);
    at_ = {members.front(), "Resources"};
    const std::string names = fmt::format("{}", fmt::join(members, ", "));
    problem("/Resources/" + members.front(), Kind::circular,
            fmt::format("Circular dependency between resources: [{}]", names), names);
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
  std::size_t start = 0;
  while ((start = text.find("${", start)) != std::string_view::npos) {
    const auto end = text.find('}', start);
    if (end == std::string_view::npos) return;
    auto name = text.substr(start + 2, end - start - 2);
    start = end + 1;
    if (name.starts_with('!')) continue;
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (own.contains(name)) continue;
    const auto dot = name.find('.');
    found.push_back({"Fn::Sub", std::string(name.substr(0, dot)),
                     dot == std::string_view::npos ? "" : std::string(name.substr(dot + 1)), path});
  }
}

}  // namespace

void uses(const json::value& value, const std::string& path, std::vector<Use>& found) {
  if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      uses((*array)[i], fmt::format("{}/{}", path, i), found);
    }
    return;
  }
  const auto* object = value.if_object();
  if (object == nullptr) return;
  for (const auto& member : *object) {
    const std::string_view key = member.key();
    const auto& inner = member.value();
    const std::string here = fmt::format("{}/{}", path, key);
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

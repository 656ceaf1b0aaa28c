#include "templates/template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "templates/check.hpp"
#include "templates/text.hpp"

namespace templates {

namespace {

constexpr std::array sections{"AWSTemplateFormatVersion",
                              "Conditions",
                              "Description",
                              "Hooks",
                              "Mappings",
                              "Metadata",
                              "Outputs",
                              "Parameters",
                              "Resources",
                              "Rules",
                              "Transform"};
constexpr std::array resource_members{
    "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn",    "Description",
    "Metadata",  "Properties",     "Type",           "UpdatePolicy", "UpdateReplacePolicy"};
constexpr std::array pseudo_parameters{"AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue",
                                       "AWS::Partition", "AWS::Region",           "AWS::StackId",
                                       "AWS::StackName", "AWS::URLSuffix"};

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
constexpr std::size_t max_resources = 500;
constexpr std::size_t max_others = 200;
constexpr std::size_t max_description = 1024;

bool alphanumeric(std::string_view text) {
  return !text.empty() && text.size() <= 255 &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0; });
}

class Reader {
 public:
  Reader(std::string file, const TypeLookup& types) : types_(types) {
    reading_.value.file = std::move(file);
  }

  Reading read(std::string_view text) {
    Document document = parse(text, reading_.value.file);
    reading_.problems = std::move(document.problems);
    reading_.value.positions = std::move(document.positions);
    if (!document.root.is_object()) {
      if (reading_.problems.empty()) {
        problem("", "", Problem::Kind::format, "Template format error: unsupported structure.");
      }
      return std::move(reading_);
    }
    reading_.value.document = std::move(document.root.as_object());
    top_level();
    parameters();
    mappings();
    if (const auto* conditions = section("Conditions")) reading_.value.conditions = *conditions;
    resources();
    outputs();
    check(reading_.value, types_, reading_.problems);
    std::multimap<int, Problem> by_line;
    for (auto& problem : reading_.problems) by_line.emplace(problem.line, std::move(problem));
    reading_.problems.clear();
    for (auto& entry : by_line) reading_.problems.push_back(std::move(entry.second));
    return std::move(reading_);
  }

 private:
  void problem(std::string_view path, std::string logical_id, Problem::Kind kind,
               std::string text) {
    std::string_view where = path.substr(std::min<std::size_t>(1, path.size()));
    reading_.problems.push_back({reading_.value.file, reading_.value.positions.line(path),
                                 std::move(logical_id), std::move(text), kind, "",
                                 std::string(where.substr(0, where.find('/')))});
  }

  void format(std::string_view path, std::string logical_id, std::string text) {
    problem(path, std::move(logical_id), Problem::Kind::format,
            "Template format error: " + std::move(text));
  }

  // Null when absent; a wrong shape is a problem and reads as absent.
  const json::object* section(std::string_view name) {
    const auto* found = reading_.value.document.if_contains(name);
    if (found == nullptr || found->is_null()) return nullptr;
    if (found->is_object()) return &found->as_object();
    format(fmt::format("/{}", name), "", fmt::format("{} must be an object.", name));
    return nullptr;
  }

  void top_level() {
    for (const auto& member : reading_.value.document) {
      if (std::ranges::find(sections, member.key()) == sections.end()) {
        format(fmt::format("/{}", std::string_view(member.key())), "",
               fmt::format("Invalid template property or properties [{}]",
                           std::string_view(member.key())));
      }
      // Rules refuse parameter values, Hooks act on resources: leaving them out would be kinder.
      if (member.key() == "Rules" || member.key() == "Hooks") {
        format(fmt::format("/{}", std::string_view(member.key())), "",
               fmt::format("the embedded CloudFormation does not support {}",
                           std::string_view(member.key())));
      }
    }
    const auto& document = reading_.value.document;
    if (const auto* version = document.if_contains("AWSTemplateFormatVersion");
        version != nullptr && (!version->is_string() || version->as_string() != "2010-09-09")) {
      format("/AWSTemplateFormatVersion", "",
             "unsupported template format version; the only one is "
             "2010-09-09");
    }
    if (const auto* description = document.if_contains("Description")) {
      if (!description->is_string()) {
        format("/Description", "", "Description must be a string.");
      } else if (description->as_string().size() > max_description) {
        format("/Description", "", "Template description length is greater than 1024.");
      } else {
        reading_.value.description = description->as_string();
      }
    }
    if (const auto* transform = document.if_contains("Transform")) {
      const auto add = [&](const json::value& one) {
        if (one.is_string()) {
          reading_.value.transforms.emplace_back(one.as_string());
        } else if (const auto* name =
                       one.is_object() ? one.as_object().if_contains("Name") : nullptr;
                   name != nullptr && name->is_string()) {
          reading_.value.transforms.emplace_back(name->as_string());
        } else {
          format("/Transform", "", "a transform must be a name.");
        }
      };
      if (transform->is_array()) {
        for (const auto& one : transform->as_array()) add(one);
      } else {
        add(*transform);
      }
    }
    reading_.value.language_extensions =
        std::ranges::find(reading_.value.transforms, "AWS::LanguageExtensions") !=
        reading_.value.transforms.end();
  }

  void count(std::string_view what, std::size_t size, std::size_t limit) {
    if (size > limit) {
      format(fmt::format("/{}", what), "",
             fmt::format("Number of {}, {}, is greater than maximum allowed, {}", lower(what), size,
                         limit));
    }
  }

  void parameters() {
    const auto* all = section("Parameters");
    if (all == nullptr) return;
    count("Parameters", all->size(), max_others);
    for (const auto& member : *all) {
      const std::string name = member.key();
      const std::string path = "/Parameters/" + name;
      if (!alphanumeric(name)) {
        format(path, "", fmt::format("Parameter name {} is non alphanumeric.", name));
      }
      if (!member.value().is_object()) {
        format(path, "", "Any Parameters member must be an object.");
        continue;
      }
      parameter(name, path, member.value().as_object());
    }
  }

  void parameter(const std::string& name, const std::string& path, const json::object& spec) {
    Parameter parameter;
    parameter.name = name;
    for (const auto& member : spec) {
      const std::string_view key = member.key();
      const auto& value = member.value();
      const std::string here = fmt::format("{}/{}", path, key);
      if (key == "AllowedValues") {
        if (!value.is_array()) {
          format(here, "", "Every AllowedValues member must be a list.");
          continue;
        }
        for (const auto& one : value.as_array()) parameter.allowed_values.push_back(text_of(one));
        continue;
      }
      if (value.is_structured()) {
        format(here, "", fmt::format("Every {} member must be a string.", key));
        continue;
      }
      const std::string text = text_of(value);
      if (key == "Type") {
        parameter.type = text;
      } else if (key == "Default") {
        parameter.default_value = text;
      } else if (key == "AllowedPattern") {
        parameter.allowed_pattern = text;
      } else if (key == "ConstraintDescription") {
        parameter.constraint_description = text;
      } else if (key == "Description") {
        parameter.description = text;
      } else if (key == "NoEcho") {
        parameter.no_echo = text == "true";
      } else if (key == "MinLength" || key == "MaxLength" || key == "MinValue" ||
                 key == "MaxValue") {
        const auto number = number_of(text);
        if (!number) {
          format(here, "", fmt::format("{} must be a number.", key));
        } else if (key == "MinLength") {
          parameter.min_length = static_cast<std::int64_t>(*number);
        } else if (key == "MaxLength") {
          parameter.max_length = static_cast<std::int64_t>(*number);
        } else if (key == "MinValue") {
          parameter.min_value = number;
        } else {
          parameter.max_value = number;
        }
      } else {
        format(here, "", fmt::format("Invalid template parameter property '{}'", key));
      }
    }
    if (!spec.contains("Type")) {
      format(path, "", "Every Parameters object must contain a Type member.");
    } else if (!known_type(parameter.type)) {
      format(path + "/Type", "", fmt::format("Unrecognized parameter type: {}", parameter.type));
    }
    reading_.value.parameters.push_back(std::move(parameter));
  }

  static bool known_type(std::string_view type) {
    if (type == "String" || type == "Number" || type == "CommaDelimitedList") return true;
    if (type == "List<Number>" || type == "List<String>") return true;
    constexpr std::string_view ssm = "AWS::SSM::Parameter::Value<";
    if (type == "AWS::SSM::Parameter::Name") return true;
    if (type.starts_with(ssm) && type.ends_with('>')) {
      return known_type(type.substr(ssm.size(), type.size() - ssm.size() - 1));
    }
    if (type.starts_with("List<AWS::") && type.ends_with('>')) {
      return known_type(type.substr(5, type.size() - 6));
    }
    constexpr std::array specific{"AWS::EC2::AvailabilityZone::Name",
                                  "AWS::EC2::Image::Id",
                                  "AWS::EC2::Instance::Id",
                                  "AWS::EC2::KeyPair::KeyName",
                                  "AWS::EC2::SecurityGroup::GroupName",
                                  "AWS::EC2::SecurityGroup::Id",
                                  "AWS::EC2::Subnet::Id",
                                  "AWS::EC2::VPC::Id",
                                  "AWS::EC2::Volume::Id",
                                  "AWS::Route53::HostedZone::Id"};
    return std::ranges::find(specific, type) != specific.end();
  }

  void mappings() {
    const auto* all = section("Mappings");
    if (all == nullptr) return;
    count("Mappings", all->size(), max_others);
    for (const auto& mapping : *all) {
      const std::string path = fmt::format("/Mappings/{}", std::string_view(mapping.key()));
      if (!mapping.value().is_object()) {
        format(path, "", "Every Mappings member must be a map.");
        continue;
      }
      for (const auto& row : mapping.value().as_object()) {
        if (!row.value().is_object()) {
          format(path, "", "Every Mappings member must be a map.");
          continue;
        }
        for (const auto& cell : row.value().as_object()) {
          if (cell.value().is_object()) {
            format(fmt::format("{}/{}/{}", path, std::string_view(row.key()),
                               std::string_view(cell.key())),
                   "", "Every Mappings attribute must be a String or a List.");
          }
        }
      }
    }
    reading_.value.mappings = *all;
  }

  void resources() {
    const auto* all = section("Resources");
    if (all == nullptr || all->empty()) {
      if (all != nullptr || !reading_.value.document.contains("Resources")) {
        format("/Resources", "", "At least one Resources member must be defined.");
      }
      return;
    }
    count("Resources", all->size(), max_resources);
    reading_.value.resources.reserve(all->size());
    for (const auto& member : *all) {
      const std::string id = member.key();
      const std::string path = "/Resources/" + id;
      if (id.starts_with("Fn::ForEach::")) {
        continue;
      }
      if (!alphanumeric(id))
        format(path, id, fmt::format("Resource name {} is non alphanumeric.", id));
      if (!member.value().is_object()) {
        format(path, id, "Any Resources member must be an object.");
        continue;
      }
      resource(id, path, member.value().as_object());
    }
  }

  void resource(const std::string& id, const std::string& path, const json::object& spec) {
    Resource resource;
    resource.logical_id = id;
    for (const auto& member : spec) {
      const std::string_view key = member.key();
      const auto& value = member.value();
      const std::string here = fmt::format("{}/{}", path, key);
      if (std::ranges::find(resource_members, key) == resource_members.end()) {
        format(here, id, fmt::format("Invalid template resource property '{}'", key));
      } else if (key == "Type" || key == "Condition" || key == "DeletionPolicy" ||
                 key == "UpdateReplacePolicy") {
        if (!value.is_string()) {
          format(here, id, fmt::format("[{}] must be a string.", here));
          continue;
        }
        const std::string text(value.as_string());
        if (key == "Type") resource.type = text;
        if (key == "Condition") resource.condition = text;
        if (key == "DeletionPolicy") resource.deletion_policy = policy(here, id, text);
        if (key == "UpdateReplacePolicy") resource.update_replace_policy = policy(here, id, text);
      } else if (key == "Properties") {
        if (value.is_object()) {
          resource.properties = value.as_object();
        } else if (!value.is_null()) {
          format(here, id, fmt::format("[{}] Properties must be an object.", here));
        }
      } else if (key == "DependsOn") {
        depends_on(here, id, value, resource);
      } else if (key == "Metadata") {
        resource.metadata = value;
      } else if (key == "CreationPolicy" || key == "UpdatePolicy") {
        // They change when a resource counts as done; ignoring them would be kinder than AWS.
        format(here, id, fmt::format("the embedded CloudFormation does not support {}", key));
      }
    }
    if (!spec.contains("Type")) {
      format(path, id,
             fmt::format("[{}] Every Resources object must contain a Type member.", path));
    }
    reading_.value.resources.push_back(std::move(resource));
  }

  std::string policy(const std::string& path, const std::string& id, const std::string& text) {
    constexpr std::array known{"Delete", "Retain", "RetainExceptOnCreate", "Snapshot"};
    if (std::ranges::find(known, text) == known.end()) {
      format(path, id, fmt::format("Unrecognized DeletionPolicy {} for resource {}", text, id));
    }
    return text;
  }

  void depends_on(const std::string& path, const std::string& id, const json::value& value,
                  Resource& resource) {
    const auto add = [&](const json::value& one) {
      if (one.is_string()) {
        resource.depends_on.emplace(one.as_string());
      } else {
        format(path, id, "Every DependsOn value must be a string.");
      }
    };
    if (value.is_array()) {
      for (const auto& one : value.as_array()) add(one);
    } else {
      add(value);
    }
  }

  void outputs() {
    const auto* all = section("Outputs");
    if (all == nullptr) return;
    count("Outputs", all->size(), max_others);
    for (const auto& member : *all) {
      const std::string name = member.key();
      const std::string path = "/Outputs/" + name;
      if (name.starts_with("Fn::ForEach::")) continue;
      if (!alphanumeric(name)) {
        format(path, "", fmt::format("Output name {} is non alphanumeric.", name));
      }
      const auto* spec = member.value().if_object();
      if (spec == nullptr || !spec->contains("Value")) {
        format(path, "", "Every Outputs member must contain a Value object");
        continue;
      }
      Output output;
      output.name = name;
      output.value = spec->at("Value");
      if (const auto* text = spec->if_contains("Description"); text != nullptr) {
        output.description = text_of(*text);
      }
      if (const auto* text = spec->if_contains("Condition"); text != nullptr) {
        output.condition = text_of(*text);
      }
      if (const auto* exported = spec->if_contains("Export"); exported != nullptr) {
        if (exported->is_object() && exported->as_object().contains("Name")) {
          output.export_name = exported->as_object().at("Name");
        } else {
          format(path + "/Export", "", "Export must have a Name.");
        }
      }
      reading_.value.outputs.push_back(std::move(output));
    }
  }

  const TypeLookup& types_;
  Reading reading_;
};

}  // namespace

bool Parameter::is_list() const {
  const auto inner =
      from_ssm() ? std::string_view(type).substr(27, type.size() - 28) : std::string_view(type);
  return inner == "CommaDelimitedList" || inner.starts_with("List<");
}

const Parameter* Template::parameter(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  return found == parameters.end() ? nullptr : &*found;
}

const Resource* Template::resource(std::string_view logical_id) const {
  const auto found = std::ranges::find(resources, logical_id, &Resource::logical_id);
  return found == resources.end() ? nullptr : &*found;
}

bool is_custom(std::string_view type) {
  return type.starts_with("Custom::") || type == "AWS::CloudFormation::CustomResource";
}

bool is_pseudo_parameter(std::string_view name) {
  return std::ranges::find(pseudo_parameters, name) != pseudo_parameters.end();
}

Reading read(std::string_view text, const std::string& file, const TypeLookup& types) {
  return Reader(file, types).read(text);
}

}  // namespace templates

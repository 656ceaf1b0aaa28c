#include "templates/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "templates/limits.hpp"
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

bool alphanumeric(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0; });
}

void read_description(const SectionReader& reader) {
  const auto* description = reader.reading.value.document.if_contains("Description");
  if (description == nullptr) return;
  if (!description->is_string()) {
    reader.format("/Description", "", "Description must be a string.");
  } else if (description->as_string().size() > max_description_bytes) {
    reader.format("/Description", "", "Template description length is greater than 1024.");
  } else {
    reader.reading.value.description = description->as_string();
  }
}

// The names that can be read are in Template::transforms already.
void check_transforms(const SectionReader& reader) {
  const auto* transform = reader.reading.value.document.if_contains("Transform");
  if (transform == nullptr) return;
  const auto check = [&](const json::value& one) {
    const auto* name = one.is_object() ? one.as_object().if_contains("Name") : &one;
    if (name == nullptr || !name->is_string()) {
      reader.format("/Transform", "", "a transform must be a name.");
    }
  };
  if (transform->is_array()) {
    for (const auto& one : transform->as_array()) check(one);
  } else {
    check(*transform);
  }
}

// Nothing when the cell is what CloudFormation stores: a string, a number, a list of them.
bool is_attribute(const json::value& cell) {
  if (cell.is_object() || cell.is_null()) return false;
  const auto* list = cell.if_array();
  return list == nullptr ||
         std::ranges::none_of(*list, [](const auto& one) { return one.is_structured(); });
}

void read_mapping(const SectionReader& reader, const std::string& path,
                  const json::object& mapping) {
  for (const auto& row : mapping) {
    const std::string row_path = below(path, row.key());
    if (!row.value().is_object()) {
      reader.format(row_path, "", "Every Mappings member must be a map.");
      continue;
    }
    reader.count("Mapping attributes", row.value().as_object().size(), max_mapping_attributes);
    for (const auto& cell : row.value().as_object()) {
      const std::string cell_path = below(row_path, cell.key());
      if (!is_attribute(cell.value())) {
        reader.format(cell_path, "", "Every Mappings attribute must be a String or a List.");
      }
      if (!alphanumeric(cell.key())) {
        reader.format(
            cell_path, "",
            fmt::format("Mappings attribute name '{}' must contain only alphanumeric characters.",
                        std::string_view(cell.key())));
      }
    }
  }
}

void read_rule(const SectionReader& reader, const std::string& name, const json::object& spec) {
  const std::string path = below("/Rules", name);
  Rule rule;
  rule.name = name;
  for (const auto& member : spec) {
    if (member.key() == "RuleCondition") {
      rule.condition = member.value();
    } else if (member.key() != "Assertions") {
      reader.format(
          below(path, member.key()), "",
          fmt::format("Invalid template rule property '{}'", std::string_view(member.key())));
    }
  }
  const auto* assertions = spec.if_contains("Assertions");
  if (assertions == nullptr || !assertions->is_array() || assertions->as_array().empty()) {
    reader.format(path, "", fmt::format("Rule {} must contain a list of Assertions.", name));
    return;
  }
  for (const auto& one : assertions->as_array()) {
    const auto* object = one.if_object();
    if (object == nullptr || !object->contains("Assert")) {
      reader.format(path + "/Assertions", "",
                    fmt::format("Every assertion of rule {} must contain an Assert.", name));
      continue;
    }
    Rule::Assertion assertion;
    assertion.assertion = object->at("Assert");
    if (const auto* text = object->if_contains("AssertDescription"); text != nullptr) {
      assertion.description = text_of(*text);
    }
    rule.assertions.push_back(std::move(assertion));
  }
  reader.reading.value.rules.push_back(std::move(rule));
}

}  // namespace

void SectionReader::problem(std::string_view path, std::string logical_id, Problem::Kind kind,
                            std::string text) const {
  const std::string_view where = path.substr(std::min<std::size_t>(1, path.size()));
  reading.problems.push_back({reading.value.file, reading.value.positions.line(path),
                              std::move(logical_id), std::move(text), kind, "",
                              std::string(where.substr(0, where.find('/')))});
}

void SectionReader::format(std::string_view path, std::string logical_id, std::string text) const {
  problem(path, std::move(logical_id), Problem::Kind::format,
          "Template format error: " + std::move(text));
}

const json::object* SectionReader::section(std::string_view name) const {
  const auto* found = reading.value.document.if_contains(name);
  if (found == nullptr || found->is_null()) return nullptr;
  if (found->is_object()) return &found->as_object();
  format(fmt::format("/{}", name), "", fmt::format("{} must be an object.", name));
  return nullptr;
}

void SectionReader::count(std::string_view what, std::size_t size, std::size_t limit) const {
  if (size > limit) {
    format(fmt::format("/{}", what), "",
           fmt::format("Number of {}, {}, is greater than maximum allowed, {}", lower(what), size,
                       limit));
  }
}

void SectionReader::name(std::string_view what, const std::string& given, const std::string& path,
                         const std::string& logical_id) const {
  if (!alphanumeric(given)) {
    format(path, logical_id, fmt::format("{} name {} is non alphanumeric.", what, given));
  } else if (given.size() > max_name) {
    // [I] the wording
    format(path, logical_id,
           fmt::format("{} name {} is longer than {} characters.", what, given, max_name));
  }
}

void read_top_level(const SectionReader& reader) {
  auto& value = reader.reading.value;
  for (const auto& member : value.document) {
    const std::string_view name = member.key();
    if (!base::contains(sections, name)) {
      reader.format(below("", name), "",
                    fmt::format("Invalid template property or properties [{}]", name));
    }
    // They act on resources; leaving them out would be kinder than AWS.
    if (name == "Hooks") {
      reader.format("/Hooks", "", "the embedded CloudFormation does not support Hooks");
    }
  }
  if (const auto* version = value.document.if_contains("AWSTemplateFormatVersion");
      version != nullptr && (!version->is_string() || version->as_string() != "2010-09-09")) {
    reader.format("/AWSTemplateFormatVersion", "",
                  "unsupported template format version; the only one is 2010-09-09");
  }
  read_description(reader);
  check_transforms(reader);
  if (const auto* conditions = reader.section("Conditions")) value.conditions = *conditions;
  if (const auto* metadata = reader.section("Metadata")) value.metadata = *metadata;
}

void read_mapping_section(const SectionReader& reader) {
  const auto* all = reader.section("Mappings");
  if (all == nullptr) return;
  reader.count("Mappings", all->size(), max_mappings);
  for (const auto& mapping : *all) {
    const std::string name = mapping.key();
    const std::string path = below("/Mappings", name);
    if (name == "Fn::Transform") continue;
    reader.name("Mapping", name, path, "");
    if (!mapping.value().is_object()) {
      reader.format(path, "", "Every Mappings member must be a map.");
    } else {
      read_mapping(reader, path, mapping.value().as_object());
    }
  }
  reader.reading.value.mappings = *all;
}

void read_rule_section(const SectionReader& reader) {
  const auto* all = reader.section("Rules");
  if (all == nullptr) return;
  for (const auto& member : *all) {
    const std::string name = member.key();
    reader.name("Rule", name, below("/Rules", name), "");
    if (!member.value().is_object()) {
      reader.format(below("/Rules", name), "", "Any Rules member must be an object.");
    } else {
      read_rule(reader, name, member.value().as_object());
    }
  }
}

void read_output_section(const SectionReader& reader) {
  const auto* all = reader.section("Outputs");
  if (all == nullptr) return;
  auto& value = reader.reading.value;
  reader.count("Outputs", all->size(), max_outputs);
  for (const auto& member : *all) {
    const std::string name = member.key();
    const std::string path = below("/Outputs", name);
    if (value.language_extensions && name.starts_with("Fn::ForEach::")) continue;
    reader.name("Output", name, path, "");
    const auto* spec = member.value().if_object();
    if (spec == nullptr || !spec->contains("Value")) {
      reader.format(path, "", "Every Outputs member must contain a Value object");
      continue;
    }
    Output output;
    output.name = name;
    for (const auto& part : *spec) {
      const std::string_view key = part.key();
      const std::string here = below(path, key);
      if (key == "Value") {
        output.value = part.value();
      } else if (key == "Description" || key == "Condition") {
        if (part.value().is_structured()) {
          reader.format(here, "", fmt::format("Every {} member must be a string.", key));
          continue;
        }
        (key == "Description" ? output.description : output.condition) = text_of(part.value());
        if (key == "Description" && output.description.size() > max_description_bytes) {
          reader.format(here, "", "Output description length is greater than 1024.");
        }
      } else if (key == "Export") {
        if (part.value().is_object() && part.value().as_object().contains("Name")) {
          output.export_name = part.value().as_object().at("Name");
        } else {
          reader.format(here, "", "Export must have a Name.");
        }
      } else {
        reader.format(here, "", fmt::format("Invalid template output property '{}'", key));
      }
    }
    value.outputs.push_back(std::move(output));
  }
}

}  // namespace templates

#include "templates/template.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cctype>

#include "base/contains.hpp"
#include "templates/check.hpp"
#include "templates/limits.hpp"
#include "templates/macros.hpp"
#include "templates/sections.hpp"

namespace templates {

namespace {

constexpr std::string_view extensions = "AWS::LanguageExtensions";

constexpr std::array pseudo_parameters{"AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue",
                                       "AWS::Partition", "AWS::Region",           "AWS::StackId",
                                       "AWS::StackName", "AWS::URLSuffix"};

bool macros_are_left(const Template& value) {
  return std::ranges::any_of(value.transforms,
                             [](const std::string& name) { return name != extensions; });
}

// A macro may still add, change and remove anything but the parameters, which it is given.
void forget_what_macros_may_mend(std::vector<Problem>& problems) {
  std::erase_if(problems, [](const Problem& problem) {
    return problem.kind != Problem::Kind::syntax && problem.section != "Parameters" &&
           problem.section != "Transform";
  });
}

std::vector<Problem> by_line(std::vector<Problem> problems) {
  std::multimap<int, Problem> sorted;
  for (auto& problem : problems) sorted.emplace(problem.line, std::move(problem));
  problems.clear();
  for (auto& entry : sorted) problems.push_back(std::move(entry.second));
  return problems;
}

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
  constexpr std::string_view prefix = "Custom::";
  if (!type.starts_with(prefix)) return type == "AWS::CloudFormation::CustomResource";
  const auto name = type.substr(prefix.size());
  return !name.empty() && name.size() <= max_custom_type && std::ranges::all_of(name, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '@' || c == '-';
  });
}

bool is_pseudo_parameter(std::string_view name) {
  return base::contains(pseudo_parameters, name);
}

Reading read(std::string_view text, const std::string& file, const TypeLookup& types) {
  return read(parse(text, file), file, types);
}

Reading read(Document document, const std::string& file, const TypeLookup& types, bool extended) {
  Reading reading;
  Template& value = reading.value;
  value.file = file;
  reading.problems = std::move(document.problems);
  value.positions = std::move(document.positions);
  const SectionReader reader{reading};
  if (!document.root.is_object()) {
    if (reading.problems.empty()) {
      reader.problem("", "", Problem::Kind::format,
                     "Template format error: unsupported structure.");
    }
    return reading;
  }
  value.document = std::move(document.root.as_object());
  value.transforms = macro_names(value.document);
  value.language_extensions = extended || base::contains(value.transforms, extensions);
  read_top_level(reader);
  read_parameter_section(reader);
  read_mapping_section(reader);
  read_rule_section(reader);
  read_resource_section(reader);
  read_output_section(reader);
  check(value, types, reading.problems);
  if (macros_are_left(value)) forget_what_macros_may_mend(reading.problems);
  reading.problems = by_line(std::move(reading.problems));
  return reading;
}

}  // namespace templates

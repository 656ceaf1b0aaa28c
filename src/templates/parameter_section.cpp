#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "templates/limits.hpp"
#include "templates/parameters.hpp"
#include "templates/sections.hpp"
#include "templates/text.hpp"

namespace templates {

namespace {

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
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

bool is_plain_type(std::string_view type) {
  return type == "String" || type == "Number" || type == "AWS::SSM::Parameter::Name" ||
         base::contains(specific, type);
}

bool is_list_type(std::string_view type) {
  if (type == "CommaDelimitedList") return true;
  constexpr std::string_view list = "List<";
  if (!type.starts_with(list) || !type.ends_with('>')) return false;
  const auto inner = type.substr(list.size(), type.size() - list.size() - 1);
  return inner == "Number" || inner == "String" ||
         (base::contains(specific, inner) && inner != "AWS::EC2::KeyPair::KeyName");
}

bool is_known_type(std::string_view type) {
  constexpr std::string_view ssm = "AWS::SSM::Parameter::Value<";
  if (type.starts_with(ssm) && type.ends_with('>')) {
    type = type.substr(ssm.size(), type.size() - ssm.size() - 1);
  }
  return is_plain_type(type) || is_list_type(type);
}

class ParameterReader {
 public:
  ParameterReader(const SectionReader& reader, std::string name)
      : reader_(reader), path_(below("/Parameters", name)) {
    parameter_.name = std::move(name);
  }

  Parameter read(const json::object& spec) {
    for (const auto& member : spec) {
      here_ = below(path_, member.key());
      read_member(member.key(), member.value());
    }
    if (!spec.contains("Type")) {
      reader_.format(path_, "", "Every Parameters object must contain a Type member.");
    } else if (!is_known_type(parameter_.type)) {
      reader_.format(path_ + "/Type", "",
                     fmt::format("Unrecognized parameter type: {}", parameter_.type));
    }
    return std::move(parameter_);
  }

 private:
  void read_member(std::string_view key, const json::value& value) {
    if (key == "AllowedValues") {
      if (!value.is_array()) {
        reader_.format(here_, "", "Every AllowedValues member must be a list.");
        return;
      }
      for (const auto& one : value.as_array()) parameter_.allowed_values.push_back(text_of(one));
    } else if (key == "Default" && value.is_structured()) {
      parameter_.default_unusable = true;
      reader_.problem(here_, "", Problem::Kind::default_value,
                      "Template format error: Every Default member must be a string.");
    } else if (value.is_structured()) {
      reader_.format(here_, "", fmt::format("Every {} member must be a string.", key));
    } else {
      read_scalar(key, text_of(value));
    }
  }

  void read_scalar(std::string_view key, std::string text) {
    if (key == "Type") {
      parameter_.type = std::move(text);
    } else if (key == "Default") {
      parameter_.default_value = std::move(text);
    } else if (key == "AllowedPattern") {
      if (!is_pattern(text)) {
        reader_.format(here_, "", fmt::format("{} is no regular expression.", text));
      }
      parameter_.allowed_pattern = std::move(text);
    } else if (key == "ConstraintDescription") {
      parameter_.constraint_description = std::move(text);
    } else if (key == "Description") {
      if (text.size() > max_value_bytes) {
        reader_.format(
            here_, "",
            fmt::format("Parameter description length is greater than {}.", max_value_bytes));
      }
      parameter_.description = std::move(text);
    } else if (key == "NoEcho") {
      parameter_.no_echo = lower(text) == "true";
    } else if (key == "MinLength" || key == "MaxLength") {
      const auto number = integer_of(text);
      if (!number) reader_.format(here_, "", fmt::format("{} must be a number.", key));
      (key == "MinLength" ? parameter_.min_length : parameter_.max_length) = number;
    } else if (key == "MinValue" || key == "MaxValue") {
      const auto number = number_of(text);
      if (!number) reader_.format(here_, "", fmt::format("{} must be a number.", key));
      (key == "MinValue" ? parameter_.min_value : parameter_.max_value) = number;
    } else {
      reader_.format(here_, "", fmt::format("Invalid template parameter property '{}'", key));
    }
  }

  const SectionReader& reader_;
  std::string path_, here_;
  Parameter parameter_;
};

}  // namespace

void read_parameter_section(const SectionReader& reader) {
  const auto* all = reader.section("Parameters");
  if (all == nullptr) return;
  reader.count("Parameters", all->size(), max_parameters);
  for (const auto& member : *all) {
    const std::string name = member.key();
    const std::string path = below("/Parameters", name);
    reader.name("Parameter", name, path, "");
    if (!member.value().is_object()) {
      reader.format(path, "", "Any Parameters member must be an object.");
      continue;
    }
    reader.reading.value.parameters.push_back(
        ParameterReader(reader, name).read(member.value().as_object()));
  }
}

}  // namespace templates

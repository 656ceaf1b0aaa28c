#include "templates/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "templates/document.hpp"
#include "templates/functions.hpp"
#include "templates/sub.hpp"

namespace templates {

namespace {

using Complaint = std::optional<std::string>;

// A string, or a function that may give one.
bool maybe_text(const json::value& value) {
  return !value.is_array() && !value.is_null();
}

std::size_t size_of(const json::value& value) {
  return value.is_array() ? value.as_array().size() : 0;
}

bool is_boolean(const json::value& value) {
  const auto* object = value.if_object();
  return object != nullptr && object->size() == 1 && is_boolean_function(object->begin()->key());
}

Complaint unless(bool fine, std::string_view text) {
  if (fine) return std::nullopt;
  return std::string(text);
}

Complaint if_shape(const json::value& value) {
  if (size_of(value) < 1 || !value.as_array()[0].is_string()) {
    return std::string(functions::if_condition);
  }
  return unless(size_of(value) == 3, functions::if_form);
}

Complaint boolean_shape(std::string_view name, const json::value& value) {
  if (name == "Fn::Equals") return unless(size_of(value) == 2, functions::equals_form);
  if (name == "Fn::Not") {
    if (size_of(value) != 1) return std::string(functions::not_form);
    return unless(is_boolean(value.as_array()[0]), functions::not_token);
  }
  if (name == "Fn::And" || name == "Fn::Or") {
    const bool fine = size_of(value) >= 2 && size_of(value) <= 10 &&
                      std::ranges::all_of(value.as_array(), is_boolean);
    return unless(fine, functions::boolean_form(name));
  }
  return unless(size_of(value) == 2, functions::rule_form);
}

Complaint sub_shape(const json::value& value) {
  const json::value* pattern = &value;
  if (value.is_array()) {
    if (size_of(value) != 2 || !value.as_array()[1].is_object()) {
      return std::string(functions::sub_form);
    }
    pattern = &value.as_array()[0];
    for (const auto& member : value.as_array()[1].as_object()) {
      if (!is_sub_name(member.key())) return std::string(functions::sub_name);
      if (!maybe_text(member.value())) return std::string(functions::sub_value);
    }
  }
  if (!pattern->is_string()) return std::string(functions::sub_form);
  for (const auto& part : sub_parts(pattern->as_string())) {
    if (part.variable && !is_sub_name(part.text)) return std::string(functions::sub_name);
  }
  return std::nullopt;
}

Complaint get_att_shape(const json::value& value) {
  if (value.is_string()) {
    const std::string_view text = value.as_string();
    const auto dot = text.find('.');
    return unless(dot != std::string_view::npos && dot > 0 && dot + 1 < text.size(),
                  functions::get_att_form);
  }
  if (size_of(value) != 2) return std::string(functions::get_att_form);
  const auto& pair = value.as_array();
  const bool named = pair[0].is_string() && !pair[0].as_string().empty();
  const bool attributed =
      pair[1].is_object() || (pair[1].is_string() && !pair[1].as_string().empty());
  return unless(named && attributed, functions::get_att_form);
}

// Without AWS::LanguageExtensions a key may be Ref or Fn::FindInMap only.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html
Complaint map_shape(const json::value& value, bool extended) {
  const std::size_t size = size_of(value);
  if (size != 3 && !(extended && size == 4)) return std::string(functions::map_form);
  const auto& list = value.as_array();
  for (std::size_t i = 0; i < 3; ++i) {
    const auto* object = list[i].if_object();
    if (object == nullptr) {
      if (!maybe_text(list[i])) return std::string(functions::map_form);
      continue;
    }
    const bool plain = object->size() == 1 && (object->begin()->key() == "Ref" ||
                                               object->begin()->key() == "Fn::FindInMap");
    if (!extended && !plain) return std::string(functions::map_form);
  }
  if (size == 4) {
    const auto* fallback = list[3].if_object();
    return unless(
        fallback != nullptr && fallback->size() == 1 && fallback->begin()->key() == "DefaultValue",
        functions::map_form);
  }
  return std::nullopt;
}

// Whether the value is fixed before anything is created.
bool fixed_early(const json::value& value) {
  if (const auto* list = value.if_array()) return std::ranges::all_of(*list, fixed_early);
  const auto* object = value.if_object();
  if (object == nullptr) return true;
  return std::ranges::all_of(*object, [](const auto& member) {
    const std::string_view key = member.key();
    return key != "Fn::GetAtt" && key != "Fn::ImportValue" && key != "Fn::GetAZs" &&
           fixed_early(member.value());
  });
}

Complaint select_shape(const json::value& value) {
  if (size_of(value) < 1 || value.as_array()[0].is_array()) {
    return std::string(functions::select_index);
  }
  return unless(size_of(value) == 2, functions::select_form);
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
Complaint output_shape(const json::value& argument) {
  const auto* object = argument.if_object();
  const bool named =
      object != nullptr && object->contains("StackName") && object->contains("OutputName");
  return unless(named && std::ranges::all_of(*object,
                                             [](const auto& member) {
                                               const std::string_view key = member.key();
                                               return (key == "StackName" || key == "OutputName" ||
                                                       key == "Region" || key == "RoleArn") &&
                                                      maybe_text(member.value());
                                             }),
                functions::output_form);
}

}  // namespace

std::optional<std::string> malformed(std::string_view name, const json::value& argument,
                                     bool extended) {
  if (!is_function(name)) return functions::unsupported(name);
  const bool extension =
      name == "Fn::Length" || name == "Fn::ToJsonString" || name.starts_with("Fn::ForEach::");
  if (extension && !extended) return functions::unsupported(name);
  if (name == "Fn::If") return if_shape(argument);
  if (is_boolean_function(name)) return boolean_shape(name, argument);
  if (name == "Fn::Sub") return sub_shape(argument);
  if (name == "Fn::GetAtt") return get_att_shape(argument);
  if (name == "Fn::FindInMap") return map_shape(argument, extended);
  if (name == "Fn::Select") return select_shape(argument);
  if (name == "Fn::Join") {
    return unless(size_of(argument) == 2 && argument.as_array()[0].is_string() &&
                      (argument.as_array()[1].is_array() || argument.as_array()[1].is_object()),
                  functions::join_form);
  }
  if (name == "Fn::Split") {
    return unless(size_of(argument) == 2 && argument.as_array()[0].is_string() &&
                      maybe_text(argument.as_array()[1]),
                  functions::split_form);
  }
  if (name == "Fn::Base64") return unless(maybe_text(argument), functions::base64_form);
  if (name == "Fn::GetAZs") return unless(maybe_text(argument), functions::zones_form);
  if (name == "Fn::Cidr") {
    return unless(size_of(argument) == 2 || size_of(argument) == 3, functions::cidr_form);
  }
  if (name == "Fn::ImportValue") {
    return unless(maybe_text(argument) && fixed_early(argument), functions::import_form);
  }
  if (name == "Fn::GetStackOutput") return output_shape(argument);
  if (name == "Fn::ToJsonString") {
    return unless(argument.is_structured(),
                  "Transform AWS::LanguageExtensions failed with: Fn::ToJsonString layout is "
                  "incorrect");
  }
  return std::nullopt;
}

}  // namespace templates

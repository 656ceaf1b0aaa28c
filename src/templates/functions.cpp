#include "templates/functions.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "templates/cidr.hpp"
#include "templates/text.hpp"

namespace templates::functions {

namespace {

bool scalar(const json::value& value) {
  return !value.is_structured() && !value.is_null();
}

ResolveError refused(std::string_view text) {
  return ResolveError(std::string(text));
}

}  // namespace

std::string boolean_form(std::string_view function) {
  return fmt::format(
      "Template error: every {} object requires a list of at least 2 and at most 10 boolean "
      "parameters.",
      function);
}

std::string unsupported(std::string_view function) {
  return fmt::format(
      "Template Error: Encountered unsupported function: {} Supported functions are: [Fn::Base64, "
      "Fn::GetAtt, Fn::GetAZs, Fn::ImportValue, Fn::Join, Fn::Split, Fn::FindInMap, Fn::Select, "
      "Ref, Fn::Equals, Fn::If, Fn::Not, Condition, Fn::And, Fn::Or, Fn::Contains, "
      "Fn::EachMemberEquals, Fn::EachMemberIn, Fn::ValueOf, Fn::ValueOfAll, Fn::RefAll, Fn::Sub, "
      "Fn::Cidr]",
      function);
}

std::string base64(std::string_view text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  result.reserve((text.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      result.push_back(i + j <= text.size() ? digits[bits >> (18 - 6 * j) & 63] : '=');
    }
  }
  return result;
}

std::string join(const json::value& delimiter, const json::value& list) {
  if (!list.is_array() || !delimiter.is_string()) throw refused(join_form);
  std::string result;
  bool first = true;
  for (const auto& one : list.as_array()) {
    if (!scalar(one)) throw refused(join_form);
    if (!first) result += std::string_view(delimiter.as_string());
    first = false;
    result += text_of(one);
  }
  return result;
}

json::value select(const json::value& index, const json::value& list) {
  const auto number = scalar(index) ? integer_of(text_of(index)) : std::nullopt;
  if (!number) throw refused(select_index);
  if (!list.is_array()) throw refused(select_form);
  const auto& values = list.as_array();
  if (*number < 0 || static_cast<std::size_t>(*number) >= values.size()) {
    throw refused(fmt::format(
        "Template error: Fn::Select cannot select nonexistent value at index {}", *number));
  }
  return values[static_cast<std::size_t>(*number)];
}

json::value split(const json::value& delimiter, const json::value& text) {
  if (!scalar(delimiter) || !scalar(text)) throw refused(split_form);
  const std::string between = text_of(delimiter), whole = text_of(text);
  if (between.empty()) throw refused(split_form);
  json::array result;
  std::size_t at = 0;
  while (true) {
    const auto end = whole.find(between, at);
    result.emplace_back(whole.substr(at, end == std::string::npos ? end : end - at));
    if (end == std::string::npos) return json::value(std::move(result));
    at = end + between.size();
  }
}

json::value cidr(const json::array& arguments) {
  const auto number = [&](std::size_t index) {
    const auto& one = arguments[index];
    return scalar(one) ? integer_of(text_of(one)) : std::nullopt;
  };
  const auto count = number(1);
  const auto bits = arguments.size() == 3 ? number(2) : std::nullopt;
  if (!scalar(arguments[0]) || !count || (arguments.size() == 3 && !bits)) {
    throw refused(cidr_form);
  }
  const auto blocks = cidr_blocks(text_of(arguments[0]), *count, bits);
  if (!blocks) {
    throw refused("Template error: Fn::Cidr cannot divide the block as asked");  // [I] the wording
  }
  json::array result;
  for (const auto& block : *blocks) result.emplace_back(block);
  return json::value(std::move(result));
}

json::value length(const json::value& list) {
  if (!list.is_array()) {
    throw refused(
        "Transform AWS::LanguageExtensions failed with: Fn::Length resolve value type mismatch");
  }
  return json::value(static_cast<std::int64_t>(list.as_array().size()));
}

std::string to_json_string(const json::value& value) {
  if (!value.is_structured()) {
    throw refused(
        "Transform AWS::LanguageExtensions failed with: Fn::ToJsonString resolve value type "
        "mismatch");
  }
  return compact(value);
}

}  // namespace templates::functions

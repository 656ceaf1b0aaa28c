#include "templates/text.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

namespace templates {

namespace json = boost::json;

std::string text_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string:
      return std::string(value.get_string());
    case json::kind::bool_:
      return value.get_bool() ? "true" : "false";
    case json::kind::int64:
      return std::to_string(value.get_int64());
    case json::kind::uint64:
      return std::to_string(value.get_uint64());
    case json::kind::double_:
      return fmt::format("{}", value.get_double());
    default:
      return compact(value);
  }
}

std::string compact(const json::value& value) {
  if (const auto* object = value.if_object()) {
    std::string result = "{";
    for (const auto& member : *object) {
      if (result.size() > 1) result += ',';
      result += json::serialize(member.key());
      result += ':';
      result += compact(member.value());
    }
    return result += '}';
  }
  if (const auto* array = value.if_array()) {
    std::string result = "[";
    for (const auto& one : *array) {
      if (result.size() > 1) result += ',';
      result += compact(one);
    }
    return result += ']';
  }
  if (value.is_double()) return fmt::format("{}", value.get_double());
  return json::serialize(value);
}

json::value stringified(const json::value& value) {
  if (const auto* object = value.if_object()) {
    json::object result;
    for (const auto& member : *object) result[member.key()] = stringified(member.value());
    return result;
  }
  if (const auto* array = value.if_array()) {
    json::array result;
    for (const auto& one : *array) result.push_back(stringified(one));
    return json::value(std::move(result));
  }
  return json::value(text_of(value));
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  // "nan" and "inf" are numbers to the library; comparisons with the former are false.
  if (!(number > -1e18 && number < 1e18)) return std::nullopt;
  return number;
}

std::optional<int> integer_of(std::string_view text) {
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::vector<std::string> comma_separated(std::string_view text) {
  std::vector<std::string> items;
  if (text.empty()) return items;
  while (true) {
    const auto comma = text.find(',');
    auto item = text.substr(0, comma);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    items.emplace_back(item);
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace templates

#include "templates/sub.hpp"

#include <algorithm>
#include <cctype>

namespace templates {

std::vector<SubPart> sub_parts(std::string_view pattern) {
  std::vector<SubPart> parts;
  const auto literal = [&](std::string_view text) {
    if (text.empty()) return;
    if (parts.empty() || parts.back().variable) parts.emplace_back();
    parts.back().text += text;
  };
  std::size_t at = 0;
  while (true) {
    const auto start = pattern.find("${", at);
    const auto end = start == std::string_view::npos ? start : pattern.find('}', start);
    if (end == std::string_view::npos) {
      literal(pattern.substr(at));
      return parts;
    }
    literal(pattern.substr(at, start - at));
    auto name = pattern.substr(start + 2, end - start - 2);
    if (name.starts_with('!')) {
      literal("${");
      literal(name.substr(1));
      literal("}");
    } else {
      while (name.starts_with(' ')) name.remove_prefix(1);
      while (name.ends_with(' ')) name.remove_suffix(1);
      parts.push_back({true, std::string(name)});
    }
    at = end + 1;
  }
}

bool is_sub_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == ':';
  });
}

}  // namespace templates

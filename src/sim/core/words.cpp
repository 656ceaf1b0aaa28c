#include "sim/core/words.hpp"

#include <cctype>

namespace sim {

std::vector<std::string> words_of(std::string_view text, char separator) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = text.find(separator);
    if (end != 0) words.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return words;
}

std::string expand(std::string_view pattern,
                   const std::function<std::string(std::string_view)>& value_of) {
  std::string result;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    result += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = pattern.find('}', open);
    result += value_of(pattern.substr(open + 1, close - open - 1));
    pattern.remove_prefix(close + 1);
  }
  return result;
}

std::string uncapitalized(std::string name) {
  if (name.empty()) return name;
  name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
  return name;
}

std::string capitalized(std::string name) {
  if (name.empty()) return name;
  name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

}  // namespace sim

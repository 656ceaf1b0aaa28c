#include "cli/html.hpp"

namespace cli {

std::string escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return result;
}

std::string shortened(std::string_view id, std::size_t limit) {
  if (id.size() <= limit || limit < 8) return std::string(id);
  const std::size_t tail = 4;
  return std::string(id.substr(0, limit - tail - 1)) + "\u2026" +
         std::string(id.substr(id.size() - tail));
}

}  // namespace cli

#include "process/lines.hpp"

#include "base/utf8.hpp"

namespace process {

void Lines::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    rest_ += bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (end != std::string_view::npos) finish();
    // Enough for one piece and for the character that it must not cut.
    while (rest_.size() > longest_ + 4) {
      const auto whole = base::cut_utf8(rest_, longest_).size();
      const auto piece = whole + 4 > longest_ ? whole : longest_;  // not UTF-8 at all
      give(std::string_view(rest_).substr(0, piece));
      rest_.erase(0, piece);
    }
  }
}

void Lines::finish() {
  give(rest_);
  rest_.clear();
}

void Lines::give(std::string_view line) {
  const auto valid = base::valid_utf8(line);
  for (std::string_view rest = valid; !rest.empty();) {
    const auto piece = base::cut_utf8(rest, longest_);
    output_(piece);
    rest.remove_prefix(piece.size());
  }
}

}  // namespace process

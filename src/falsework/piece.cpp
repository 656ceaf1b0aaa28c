#include "falsework/piece.hpp"

#include <algorithm>

#include "base/contains.hpp"
#include "falsework/kind.hpp"

namespace falsework {

bool is_gone(const Piece& piece) {
  return piece.state == absent || base::contains(piece.kind->lifecycle().gone, piece.state);
}

bool names(std::string_view id, const Piece& piece) {
  return id == piece.id || (id.starts_with("IGW|") && !piece.target.empty() &&
                            piece.id == piece.target + std::string(id.substr(3)));
}

std::string described(const Piece& piece) {
  return fmt::format("{} ({})", piece.id, piece.kind->title());
}

Halves halves(std::string_view id) {
  const auto bar = id.find('|');
  return {std::string(id.substr(0, bar)), std::string(id.substr(bar + 1))};
}

bool is_aws_id(std::string_view id, std::string_view prefix) {
  if (!id.starts_with(prefix)) return false;
  id.remove_prefix(prefix.size());
  return (id.size() == 8 || id.size() == 17) && std::ranges::all_of(id, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace falsework

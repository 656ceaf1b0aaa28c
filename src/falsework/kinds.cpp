#include <array>

#include "falsework/attachment.hpp"
#include "falsework/elastic_ip.hpp"
#include "falsework/internet_gateway.hpp"
#include "falsework/kind.hpp"
#include "falsework/nat_gateway.hpp"
#include "falsework/route.hpp"

namespace falsework {

std::span<const Kind* const> kinds() {
  static const std::array<const Kind*, 5> all{&route(), &nat_gateway(), &elastic_ip(),
                                              &attachment(), &internet_gateway()};
  return all;
}

const Kind* kind_of(std::string_view id) {
  for (const Kind* kind : kinds()) {
    if (kind->answers_to(id)) return kind;
  }
  return nullptr;
}

Price Kind::hourly(std::string_view) const {
  return {};
}

base::Task<std::optional<std::string>> Kind::holder(aws::Client&, Piece) const {
  co_return std::nullopt;
}

}  // namespace falsework

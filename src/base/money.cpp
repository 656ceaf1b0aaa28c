#include "base/money.hpp"

#include <fmt/format.h>

namespace base {

std::string Money::cents() const {
  const bool negative = micro_dollars_ < 0;
  const std::int64_t amount = negative ? -micro_dollars_ : micro_dollars_;
  const std::int64_t rounded = (amount + 5'000) / 10'000;
  return fmt::format("{}{}.{:02}", negative ? "-" : "", rounded / 100, rounded % 100);
}

}  // namespace base

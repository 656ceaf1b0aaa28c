// US dollars, exact to a millionth: prices are per hour and add up over a month.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace base {

class Money {
 public:
  constexpr Money() = default;
  static constexpr Money micro_dollars(std::int64_t amount) { return Money(amount); }
  constexpr std::int64_t micro_dollars() const { return micro_dollars_; }

  constexpr Money operator+(Money other) const {
    return Money(micro_dollars_ + other.micro_dollars_);
  }
  constexpr Money operator*(std::int64_t times) const { return Money(micro_dollars_ * times); }
  constexpr auto operator<=>(const Money&) const = default;

  // "48.91": dollars, rounded to the cent, no sign for the currency.
  std::string cents() const;

 private:
  constexpr explicit Money(std::int64_t amount) : micro_dollars_(amount) {}
  std::int64_t micro_dollars_ = 0;
};

}  // namespace base

#include "sim/iam/condition.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/time.hpp"

namespace sim::iam {

namespace {

using Test = Condition::Test;

struct Name {
  std::string_view name;
  Test test;
  bool negated;
};

constexpr std::array operator_names = {
    Name{"StringEquals", Test::string_equals, false},
    Name{"StringNotEquals", Test::string_equals, true},
    Name{"StringEqualsIgnoreCase", Test::string_equals_ignore_case, false},
    Name{"StringNotEqualsIgnoreCase", Test::string_equals_ignore_case, true},
    Name{"StringLike", Test::string_like, false},
    Name{"StringNotLike", Test::string_like, true},
    Name{"ArnEquals", Test::arn_like, false},  // AWS: identical to ArnLike
    Name{"ArnLike", Test::arn_like, false},
    Name{"ArnNotEquals", Test::arn_like, true},
    Name{"ArnNotLike", Test::arn_like, true},
    Name{"NumericEquals", Test::numeric_equals, false},
    Name{"NumericNotEquals", Test::numeric_equals, true},
    Name{"NumericLessThan", Test::numeric_less, false},
    Name{"NumericLessThanEquals", Test::numeric_less_or_equal, false},
    Name{"NumericGreaterThan", Test::numeric_greater, false},
    Name{"NumericGreaterThanEquals", Test::numeric_greater_or_equal, false},
    Name{"DateEquals", Test::date_equals, false},
    Name{"DateNotEquals", Test::date_equals, true},
    Name{"DateLessThan", Test::date_less, false},
    Name{"DateLessThanEquals", Test::date_less_or_equal, false},
    Name{"DateGreaterThan", Test::date_greater, false},
    Name{"DateGreaterThanEquals", Test::date_greater_or_equal, false},
    Name{"Bool", Test::boolean, false},
    Name{"BinaryEquals", Test::binary_equals, false},
    Name{"IpAddress", Test::ip_address, false},
    Name{"NotIpAddress", Test::ip_address, true},
    Name{"Null", Test::null, false},
};

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// ISO 8601 or seconds since the epoch, as seconds.
std::optional<double> date(std::string_view text) {
  if (const auto instant = base::parse_iso8601(text)) {
    return base::seconds(instant->time_since_epoch());
  }
  return number(text);
}

struct Address {
  std::array<unsigned char, 16> bytes{};
  int bits = 0;  // 32 or 128
};

std::optional<Address> address(const std::string& text) {
  Address out;
  if (inet_pton(AF_INET, text.c_str(), out.bytes.data()) == 1) {
    out.bits = 32;
    return out;
  }
  if (inet_pton(AF_INET6, text.c_str(), out.bytes.data()) == 1) {
    out.bits = 128;
    return out;
  }
  return std::nullopt;
}

bool in_network(const std::string& network, const std::string& text) {
  const auto slash = network.find('/');
  const auto base = address(network.substr(0, slash));
  const auto host = address(text);
  if (!base || !host || base->bits != host->bits) return false;
  double length = base->bits;
  if (slash != std::string::npos) {
    const auto given = number(std::string_view(network).substr(slash + 1));
    if (!given || *given < 0 || *given > base->bits) return false;
    length = *given;
  }
  for (int bit = 0; bit < static_cast<int>(length); ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if ((base->bytes[byte] & mask) != (host->bytes[byte] & mask)) return false;
  }
  return true;
}

template <class Compare>
bool compared(const std::optional<double>& value, const std::optional<double>& limit,
              Compare compare) {
  return value && limit && compare(*value, *limit);
}

// One value of the request against one value of the policy.
bool matches(Test test, const std::string& value, const std::string& wanted, const Keys& keys,
             Variables variables) {
  const auto expanded = [&](Wildcards wildcards) {
    return pattern(wanted, keys, variables, wildcards);
  };
  switch (test) {
    case Test::string_equals:
    case Test::binary_equals: {
      const auto text = expanded(Wildcards::literal);
      return text && text->marked == value;
    }
    case Test::string_equals_ignore_case: {
      const auto text = expanded(Wildcards::literal);
      return text && lower_case(text->marked) == lower_case(value);
    }
    case Test::string_like: {
      const auto text = expanded(Wildcards::match);
      return text && text->matches(value);
    }
    case Test::arn_like: {
      const auto text = expanded(Wildcards::match);
      return text && arn_matches(*text, value);
    }
    case Test::boolean:
      return lower_case(wanted) == lower_case(value);
    case Test::ip_address:
      return in_network(wanted, value);
    case Test::numeric_equals:
      return compared(number(value), number(wanted), std::equal_to<>());
    case Test::numeric_less:
      return compared(number(value), number(wanted), std::less<>());
    case Test::numeric_less_or_equal:
      return compared(number(value), number(wanted), std::less_equal<>());
    case Test::numeric_greater:
      return compared(number(value), number(wanted), std::greater<>());
    case Test::numeric_greater_or_equal:
      return compared(number(value), number(wanted), std::greater_equal<>());
    case Test::date_equals:
      return compared(date(value), date(wanted), std::equal_to<>());
    case Test::date_less:
      return compared(date(value), date(wanted), std::less<>());
    case Test::date_less_or_equal:
      return compared(date(value), date(wanted), std::less_equal<>());
    case Test::date_greater:
      return compared(date(value), date(wanted), std::greater<>());
    case Test::date_greater_or_equal:
      return compared(date(value), date(wanted), std::greater_equal<>());
    case Test::null:
      break;
  }
  return false;
}

}  // namespace

std::optional<Condition> condition_operator(std::string_view name) {
  Condition condition;
  if (name.starts_with("ForAllValues:")) {
    condition.set = Condition::Set::for_all_values;
    name.remove_prefix(13);
  } else if (name.starts_with("ForAnyValue:")) {
    condition.set = Condition::Set::for_any_value;
    name.remove_prefix(12);
  }
  if (name.ends_with("IfExists") && name != "NullIfExists") {
    condition.if_exists = true;
    name.remove_suffix(8);
  }
  const auto found = std::ranges::find(operator_names, name, &Name::name);
  if (found == operator_names.end()) return std::nullopt;
  condition.test = found->test;
  condition.negated = found->negated;
  return condition;
}

bool holds(const Condition& condition, const Keys& keys, Variables variables) {
  const auto* values = keys.find(condition.key);
  const bool present = values != nullptr && !values->empty();
  if (condition.test == Test::null) {
    return std::ranges::any_of(condition.values, [&](const std::string& wanted) {
      return (lower_case(wanted) == "true") != present;
    });
  }
  if (!present) {
    if (condition.if_exists) return true;
    if (condition.set == Condition::Set::for_all_values) return true;
    if (condition.set == Condition::Set::for_any_value) return false;
    return condition.negated;
  }
  const auto satisfied = [&](const std::string& value) {
    const bool matched = std::ranges::any_of(condition.values, [&](const std::string& wanted) {
      return matches(condition.test, value, wanted, keys, variables);
    });
    return matched != condition.negated;
  };
  // A negated test of several values holds only when none of them matches.
  const bool every = condition.set == Condition::Set::for_all_values ||
                     (condition.set == Condition::Set::single && condition.negated);
  return every ? std::ranges::all_of(*values, satisfied) : std::ranges::any_of(*values, satisfied);
}

}  // namespace sim::iam

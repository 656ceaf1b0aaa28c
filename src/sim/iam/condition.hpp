// The Condition block of a statement.
// IAM User Guide, reference_policies_elements_condition_operators.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/iam/keys.hpp"
#include "sim/iam/pattern.hpp"

namespace sim::iam {

struct Condition {
  enum class Test {
    string_equals,
    string_equals_ignore_case,
    string_like,
    arn_like,
    numeric_equals,
    numeric_less,
    numeric_less_or_equal,
    numeric_greater,
    numeric_greater_or_equal,
    date_equals,
    date_less,
    date_less_or_equal,
    date_greater,
    date_greater_or_equal,
    boolean,
    binary_equals,
    ip_address,
    null,
  };
  enum class Set { single, for_all_values, for_any_value };

  Test test = Test::string_equals;
  bool negated = false;    // "StringNotEquals"
  bool if_exists = false;  // "...IfExists"
  Set set = Set::single;
  std::string key;
  std::vector<std::string> values;
};

// "ForAnyValue:StringLikeIfExists" without key and values; nothing for an unknown operator.
std::optional<Condition> condition_operator(std::string_view name);

bool holds(const Condition& condition, const Keys& keys, Variables variables);

}  // namespace sim::iam

// Texts of policies that match many: wildcards and policy variables.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/iam/keys.hpp"

namespace sim::iam {

// A text in which every wildcard is marked, so that a '*' that came out of a variable (a user named
// "*") stays the character it is.
struct Pattern {
  std::string marked;

  bool matches(std::string_view text) const;
};

enum class Variables { expanded, kept };  // kept: a policy of version 2008-10-17 has none
enum class Wildcards { match, literal };

// Nothing when the text names a variable that the request does not carry: such a text matches
// nothing.
std::optional<Pattern> pattern(std::string_view text, const Keys& keys, Variables variables,
                               Wildcards wildcards);

// Wildcards only, without regard to case: how actions match.
bool action_matches(std::string_view pattern, std::string_view action);

// True when every one of the six parts of the ARN matches, each by itself: ArnLike and ArnEquals.
bool arn_matches(const Pattern& pattern, std::string_view arn);

}  // namespace sim::iam

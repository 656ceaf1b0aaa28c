// How often a function stands in the chain of invocations that led to one: what the trace header
// carries from each to the next. A client that does not hand it on is not counted.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
#pragma once

#include <string>
#include <string_view>

namespace sim::lambda {

// [C] "approximately 16 times".
inline constexpr int most_invocations_of_a_chain = 16;

// Of the function with this ARN, by the header's Lineage.
int times_in_chain(std::string_view trace, std::string_view arn);
// The Lineage member of the header for its own process, with ";" before it.
std::string lineage_with(std::string_view trace, std::string_view arn);

}  // namespace sim::lambda

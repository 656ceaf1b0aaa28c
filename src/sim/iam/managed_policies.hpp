// The AWS managed policies that templates most often name, with their statements as AWS publishes
// them: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
#pragma once

#include <span>
#include <string_view>

namespace sim::iam {

struct ManagedPolicyText {
  std::string_view name;  // with its path: "service-role/AWSLambdaBasicExecutionRole"
  std::string_view version;
  std::string_view document;
};

std::span<const ManagedPolicyText> aws_managed_policies();
// Those of other services. [I] AWS changes their texts often: these allow what they are for, in a
// version of their own.
std::span<const ManagedPolicyText> more_managed_policies();

}  // namespace sim::iam

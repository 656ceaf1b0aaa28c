// Policy documents: parsed and checked once, when they are stored.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/iam/condition.hpp"

namespace sim::iam {

// "AWS": an ARN or an account, "Service": "lambda.amazonaws.com", ...; "*" is {"*", "*"}.
struct PrincipalElement {
  std::string type;
  std::string value;
};

struct Statement {
  std::string sid;
  bool allow = false;
  std::vector<std::string> actions;
  bool not_actions = false;  // actions come from NotAction
  std::vector<std::string> resources;
  bool not_resources = false;
  std::vector<PrincipalElement> principals;  // trust policies only
  bool not_principals = false;
  std::vector<Condition> conditions;
};

struct Policy {
  std::string text;  // as it was given
  Variables variables = Variables::expanded;
  std::vector<Statement> statements;
};

enum class PolicyUse {
  identity,  // says which resources, never a principal
  trust,     // says which principals, never a resource; only sts actions
};

// Throws Error MalformedPolicyDocument, 400, with IAM's text.
Policy parse_policy(std::string_view text, PolicyUse use);

}  // namespace sim::iam

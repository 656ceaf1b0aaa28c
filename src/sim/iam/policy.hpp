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

// Where a statement stands in its text: lines and columns from 1, the end after its last character.
struct Position {
  int line = 1;
  int column = 1;
};
struct Span {
  Position start, end;
};

struct Policy {
  std::string text;  // as it was given
  Variables variables = Variables::expanded;
  std::vector<Statement> statements;
};

enum class PolicyUse {
  identity,  // says which resources, never a principal
  trust,     // says which principals, never a resource; only sts actions
  resource,  // says which principals and which resources: a bucket policy
};

// Throws Error MalformedPolicyDocument, 400, with IAM's text.
Policy parse_policy(std::string_view text, PolicyUse use);

// Where its statements stand, in their order. `text` is a policy that was parsed.
std::vector<Span> statement_spans(std::string_view text);

// The condition keys and policy variables that it names, sorted, each once.
std::vector<std::string> context_keys(const Policy& policy);

// Whether it lets anybody in: https://docs.aws.amazon.com/AmazonS3/latest/userguide/
// access-control-block-public-access.html#access-control-block-public-access-policy-status
bool is_public(const Policy& policy);

}  // namespace sim::iam

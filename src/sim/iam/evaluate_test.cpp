#include "sim/iam/evaluate.hpp"

#include <gtest/gtest.h>

namespace sim::iam {
namespace {

constexpr const char* nat = "arn:aws:ec2:ap-northeast-1:123456789012:natgateway/nat-1";

Policy policy_of(const std::string& statements) {
  return parse_policy(R"({"Version":"2012-10-17","Statement":[)" + statements + "]}",
                      PolicyUse::identity);
}

const char* word(Decision decision) {
  return decision == Decision::allowed         ? "allowed"
         : decision == Decision::explicit_deny ? "explicit deny"
                                               : "implicit deny";
}

struct Row {
  const char* situation;
  const char* statements;
  const char* action;
  const char* resource;
  const char* expected;
};

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
constexpr Row rows[] = {
    {"no statement fits", R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})",
     "ec2:DeleteNatGateway", nat, "implicit deny"},
    {"the very action and resource",
     R"({"Effect":"Allow","Action":"ec2:DeleteNatGateway","Resource":"arn:aws:ec2:ap-northeast-1:123456789012:natgateway/nat-1"})",
     "ec2:DeleteNatGateway", nat, "allowed"},
    {"actions match without regard to case",
     R"({"Effect":"Allow","Action":"EC2:deletenatGATEWAY","Resource":"*"})", "ec2:DeleteNatGateway",
     nat, "allowed"},
    {"resources match with it",
     R"({"Effect":"Allow","Action":"ec2:*","Resource":"arn:aws:ec2:ap-northeast-1:123456789012:natgateway/NAT-1"})",
     "ec2:DeleteNatGateway", nat, "implicit deny"},
    {"wildcards in both",
     R"({"Effect":"Allow","Action":"ec2:Delete*Gateway","Resource":"arn:aws:ec2:*:123456789012:natgateway/nat-?"})",
     "ec2:DeleteNatGateway", nat, "allowed"},
    {"a question mark is exactly one character",
     R"({"Effect":"Allow","Action":"ec2:*","Resource":"arn:aws:ec2:*:123456789012:natgateway/nat-1?"})",
     "ec2:DeleteNatGateway", nat, "implicit deny"},
    {"Describe calls have no resource: an ARN does not cover them",
     R"({"Effect":"Allow","Action":"ec2:Describe*","Resource":"arn:aws:ec2:*:*:natgateway/*"})",
     "ec2:DescribeNatGateways", "*", "implicit deny"},
    {"Describe calls need the star",
     R"({"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"})", "ec2:DescribeNatGateways",
     "*", "allowed"},
    {"an explicit deny wins over an allow before it",
     R"({"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"ec2:Delete*","Resource":"*"})",
     "ec2:DeleteNatGateway", nat, "explicit deny"},
    {"an explicit deny wins over an allow after it",
     R"({"Effect":"Deny","Action":"ec2:Delete*","Resource":"*"},{"Effect":"Allow","Action":"*","Resource":"*"})",
     "ec2:DeleteNatGateway", nat, "explicit deny"},
    {"NotAction allows the rest", R"({"Effect":"Allow","NotAction":"iam:*","Resource":"*"})",
     "ec2:DeleteNatGateway", nat, "allowed"},
    {"NotAction does not allow what it names",
     R"({"Effect":"Allow","NotAction":["iam:*","ec2:*"],"Resource":"*"})", "ec2:DeleteNatGateway",
     nat, "implicit deny"},
    {"NotResource spares what it names",
     R"({"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"ec2:*","NotResource":"arn:aws:ec2:*:*:natgateway/nat-1"})",
     "ec2:DeleteNatGateway", nat, "allowed"},
    {"NotResource hits the others",
     R"({"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"ec2:*","NotResource":"arn:aws:ec2:*:*:natgateway/nat-2"})",
     "ec2:DeleteNatGateway", nat, "explicit deny"},
    {"a policy variable stands for its value",
     R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}/*"})",
     "s3:GetObject", "arn:aws:s3:::home/alice/file", "allowed"},
    {"a policy variable of another user",
     R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}/*"})",
     "s3:GetObject", "arn:aws:s3:::home/bob/file", "implicit deny"},
    {"a variable without a value matches nothing",
     R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:PrincipalTag/none}*"})",
     "s3:GetObject", "arn:aws:s3:::x", "implicit deny"},
    {"a variable may have a default",
     R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:PrincipalTag/none, 'dev'}"})",
     "s3:GetObject", "arn:aws:s3:::dev", "allowed"},
    {"${*} is the character itself",
     R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a${*}"})", "s3:GetObject",
     "arn:aws:s3:::ab", "implicit deny"},
    {"a wildcard that comes out of a variable is a character",
     R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${test:star}"})", "s3:GetObject",
     "arn:aws:s3:::anything", "implicit deny"},
};

TEST(Evaluate, statements_decide_by_action_and_resource) {
  Keys keys;
  keys.set("aws:username", {"alice"});
  keys.set("test:star", {"*"});
  for (const auto& row : rows) {
    const auto policy = policy_of(row.statements);
    const auto verdict = evaluate({{&policy}}, row.action, row.resource, keys);
    EXPECT_STREQ(word(verdict.decision), row.expected) << row.situation;
  }
}

struct ConditionRow {
  const char* condition;
  bool holds;
};

// IAM User Guide, reference_policies_elements_condition_operators.html
constexpr ConditionRow conditions[] = {
    {R"("StringEquals":{"aws:ResourceTag/Env":"dev"})", true},
    {R"("StringEquals":{"AWS:resourcetag/env":"dev"})", true},
    {R"("StringEquals":{"aws:ResourceTag/Env":"Dev"})", false},
    {R"("StringEquals":{"aws:ResourceTag/Env":"d*"})", false},
    {R"("StringEquals":{"aws:ResourceTag/Env":["prod","dev"]})", true},
    {R"("StringEquals":{"aws:ResourceTag/Env":"dev","aws:ResourceTag/None":"x"})", false},
    {R"("StringEqualsIgnoreCase":{"aws:ResourceTag/Env":"DEV"})", true},
    {R"("StringNotEquals":{"aws:ResourceTag/Env":"prod"})", true},
    {R"("StringNotEquals":{"aws:ResourceTag/Env":["prod","dev"]})", false},
    {R"("StringNotEquals":{"aws:ResourceTag/None":"x"})", true},
    {R"("StringEquals":{"aws:ResourceTag/None":"x"})", false},
    {R"("StringEqualsIfExists":{"aws:ResourceTag/None":"x"})", true},
    {R"("StringEqualsIfExists":{"aws:ResourceTag/Env":"x"})", false},
    {R"("StringLike":{"aws:ResourceTag/Env":"d?v"})", true},
    {R"("StringNotLike":{"aws:ResourceTag/Env":"d*"})", false},
    {R"("StringLike":{"aws:ResourceTag/Env":"${aws:PrincipalTag/Env}"})", true},
    {R"("ArnLike":{"ec2:Vpc":"arn:aws:ec2:*:123456789012:vpc/vpc-*"})", true},
    {R"("ArnLike":{"ec2:Vpc":"arn:aws:*:vpc/vpc-1"})", false},
    {R"("ArnEquals":{"ec2:Vpc":"arn:aws:ec2:*:123456789012:vpc/vpc-1"})", true},
    {R"("ArnNotEquals":{"ec2:Vpc":"arn:aws:ec2:*:123456789012:vpc/vpc-2"})", true},
    {R"("Bool":{"aws:SecureTransport":"true"})", true},
    {R"("Bool":{"aws:SecureTransport":false})", false},
    {R"("NumericLessThanEquals":{"test:n":"10"})", true},
    {R"("NumericLessThan":{"test:n":10})", false},
    {R"("NumericGreaterThan":{"test:n":"9.5"})", true},
    {R"("NumericNotEquals":{"test:n":"10.0"})", false},
    {R"("NumericEquals":{"aws:ResourceTag/Env":"10"})", false},
    {R"("DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"})", true},
    {R"("DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"})", false},
    {R"("IpAddress":{"aws:SourceIp":"203.0.113.0/24"})", true},
    {R"("IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]})", false},
    {R"("NotIpAddress":{"aws:SourceIp":"203.0.113.7"})", false},
    {R"("Null":{"aws:ResourceTag/None":"true"})", true},
    {R"("Null":{"aws:ResourceTag/Env":"true"})", false},
    {R"("Null":{"aws:ResourceTag/Env":"false"})", true},
    {R"("ForAllValues:StringEquals":{"aws:TagKeys":["Name","Env","Owner"]})", true},
    {R"("ForAllValues:StringEquals":{"aws:TagKeys":["Name"]})", false},
    {R"("ForAllValues:StringEquals":{"test:none":["Name"]})", true},
    {R"("ForAnyValue:StringEquals":{"aws:TagKeys":["Name"]})", true},
    {R"("ForAnyValue:StringEquals":{"aws:TagKeys":["Owner"]})", false},
    {R"("ForAnyValue:StringEquals":{"test:none":["Name"]})", false},
    {R"("ForAnyValue:StringLike":{"aws:TagKeys":["En*"]})", true},
};

TEST(Evaluate, conditions_hold_as_the_user_guide_says) {
  Keys keys;
  keys.set("aws:ResourceTag/Env", {"dev"});
  keys.set("aws:PrincipalTag/Env", {"dev"});
  keys.set("ec2:Vpc", {"arn:aws:ec2:ap-northeast-1:123456789012:vpc/vpc-1"});
  keys.set("aws:SecureTransport", {"true"});
  keys.set("aws:CurrentTime", {"2026-11-22T16:00:00.000Z"});
  keys.set("aws:SourceIp", {"203.0.113.7"});
  keys.set("aws:TagKeys", {"Name", "Env"});
  keys.set("test:n", {"10"});
  for (const auto& row : conditions) {
    const auto policy =
        policy_of(std::string(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{)") +
                  row.condition + "}}");
    const auto verdict = evaluate({{&policy}}, "ec2:X", "*", keys);
    EXPECT_EQ(verdict.decision == Decision::allowed, row.holds) << row.condition;
  }
}

TEST(Evaluate, a_boundary_and_a_session_policy_must_allow_as_well) {
  const auto all = policy_of(R"({"Effect":"Allow","Action":"*","Resource":"*"})");
  const auto ec2 = policy_of(R"({"Effect":"Allow","Action":"ec2:*","Resource":"*"})");
  const auto deny = policy_of(R"({"Effect":"Deny","Action":"ec2:*","Resource":"*"})");
  const Keys keys;
  EXPECT_EQ(evaluate({{&all}, &ec2, &ec2}, "ec2:X", "*", keys).decision, Decision::allowed);
  EXPECT_EQ(reason(evaluate({{&all}, &ec2, nullptr}, "s3:X", "*", keys), "s3:X"),
            "because no permissions boundary allows the s3:X action");
  EXPECT_EQ(reason(evaluate({{&all}, nullptr, &ec2}, "s3:X", "*", keys), "s3:X"),
            "because no session policy allows the s3:X action");
  EXPECT_EQ(reason(evaluate({{}, &all, &all}, "s3:X", "*", keys), "s3:X"),
            "because no identity-based policy allows the s3:X action");
  EXPECT_EQ(reason(evaluate({{&all}, &deny, nullptr}, "ec2:X", "*", keys), "ec2:X"),
            "with an explicit deny in a permissions boundary");
}

struct Malformed {
  const char* document;
  const char* message;
};

constexpr Malformed malformed[] = {
    {"{", "This policy contains invalid Json"},
    {"[]", "Syntax errors in policy."},
    {R"({"Version":"2012-10-17"})", "Syntax errors in policy."},
    {R"({"Version":"2020-01-01","Statement":[]})",
     "The policy must contain a valid version string."},
    {R"({"Statement":{"Effect":"allow","Action":"*","Resource":"*"}})", "Syntax errors in policy."},
    {R"({"Statement":{"Effect":"Allow","Resource":"*"}})",
     "Policy statement must contain actions."},
    {R"({"Statement":{"Effect":"Allow","Action":"*"}})",
     "Policy statement must contain resources."},
    {R"({"Statement":{"Effect":"Allow","Action":"Delete","Resource":"*"}})",
     "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
    {R"({"Statement":{"Effect":"Allow","Action":"ec2:*","Resource":"nat-1"}})",
     "Resource nat-1 must be in ARN format or \"*\"."},
    {R"({"Statement":{"Effect":"Allow","Action":"ec2:*","Resource":"*","Principal":"*"}})",
     "Policy document should not specify a principal."},
    {R"({"Statement":{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"Is":{"a:b":"c"}}}})",
     "Invalid Condition type : Is."},
    {R"({"Statement":[{"Sid":"a","Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Sid":"a","Effect":"Allow","Action":"ec2:*","Resource":"*"}]})",
     "Statement IDs (SID) in a single policy must be unique."},
};

TEST(Policy, malformed_documents_are_refused_in_iams_words) {
  for (const auto& row : malformed) {
    try {
      parse_policy(row.document, PolicyUse::identity);
      FAIL() << row.document;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "MalformedPolicyDocument");
      EXPECT_STREQ(error.what(), row.message) << row.document;
    }
  }
}

TEST(Policy, a_trust_policy_names_principals_and_no_resource) {
  const auto parse = [](const std::string& statement) {
    return parse_policy(R"({"Statement":)" + statement + "}", PolicyUse::trust);
  };
  EXPECT_THROW(parse(R"({"Effect":"Allow","Action":"sts:AssumeRole"})"), Error);
  EXPECT_THROW(parse(R"({"Effect":"Allow","Action":"ec2:X","Principal":"*"})"), Error);
  EXPECT_THROW(
      parse(R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*"})"),
      Error);
  const auto policy = parse(
      R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]}})");
  const Keys keys;
  EXPECT_EQ(evaluate_trust(policy, "sts:AssumeRole", {{"Service", "lambda.amazonaws.com"}}, keys),
            Decision::allowed);
  EXPECT_EQ(evaluate_trust(policy, "sts:AssumeRole", {{"Service", "ecs.amazonaws.com"}}, keys),
            Decision::implicit_deny);
}

}  // namespace
}  // namespace sim::iam

// Policy documents: parsed, checked, and asked.
#include <boost/json.hpp>

#include "sim/iam/evaluate.hpp"
#include "targets.hpp"

namespace fuzz {

namespace {

using sim::iam::PolicyUse;

bool same(const sim::iam::Condition& a, const sim::iam::Condition& b) {
  return a.test == b.test && a.negated == b.negated && a.if_exists == b.if_exists &&
         a.set == b.set && a.key == b.key && a.values == b.values;
}

bool same(const sim::iam::Statement& a, const sim::iam::Statement& b) {
  const auto principals = [](const auto& x, const auto& y) {
    return x.type == y.type && x.value == y.value;
  };
  const auto conditions = [](const auto& x, const auto& y) { return same(x, y); };
  return a.sid == b.sid && a.allow == b.allow && a.actions == b.actions &&
         a.not_actions == b.not_actions && a.resources == b.resources &&
         a.not_resources == b.not_resources && a.not_principals == b.not_principals &&
         std::ranges::equal(a.principals, b.principals, principals) &&
         std::ranges::equal(a.conditions, b.conditions, conditions);
}

bool same(const sim::iam::Policy& a, const sim::iam::Policy& b) {
  return a.variables == b.variables &&
         std::ranges::equal(a.statements, b.statements,
                            [](const auto& x, const auto& y) { return same(x, y); });
}

sim::iam::Keys keys() {
  sim::iam::Keys result;
  result.set("aws:username", {"*"});
  result.set("aws:PrincipalArn", {"arn:aws:iam::123456789012:role/r"});
  result.set("aws:SourceIp", {"10.1.2.3", "2001:db8::1"});
  result.set("aws:CurrentTime", {"2026-11-25T00:00:00Z"});
  result.set("aws:MultiFactorAuthAge", {"12"});
  result.set("aws:TagKeys", {"falsework", "Name"});
  result.set("aws:SecureTransport", {"true"});
  return result;
}

void ask(const sim::iam::Policy& policy) {
  for (const auto* action : {"ec2:DeleteNatGateway", "s3:GetObject", "iam:PassRole"}) {
    const std::string resource = "arn:aws:ec2:ap-northeast-1:123456789012:natgateway/nat-1";
    const auto verdict = sim::iam::evaluate({.identity = {&policy}}, action, resource, keys());
    // What a policy allows or denies, it does so as its own boundary too.
    const auto bounded =
        sim::iam::evaluate({.identity = {&policy}, .boundary = &policy}, action, resource, keys());
    require(verdict.decision == bounded.decision, "a policy within itself decides the same");
    require(!sim::iam::reason(verdict, action).empty() ||
                verdict.decision == sim::iam::Decision::allowed,
            "a denial has a reason");
    sim::iam::evaluate_trust(policy, action, {{"Service", "lambda.amazonaws.com"}}, keys());
  }
}

}  // namespace

void run_policy(std::string_view input) {
  for (const auto use : {PolicyUse::identity, PolicyUse::trust}) {
    try {
      const auto policy = sim::iam::parse_policy(input, use);
      require(same(policy, sim::iam::parse_policy(input, use)),
              "a policy reads the same each time");
      const auto printed = boost::json::serialize(boost::json::parse(input));
      require(same(policy, sim::iam::parse_policy(printed, use)),
              "a policy printed and read again is the same policy");
      ask(policy);
    } catch (const sim::Error& error) {
      require(!error.code.empty(), "a refusal has a code");
    }
  }
}

}  // namespace fuzz

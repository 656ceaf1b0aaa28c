#include "templates/rules.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace templates {
namespace {

const ResourceType* open_type(std::string_view) {
  static const ResourceType open{{}, {}, {}, true};
  return &open;
}

// The texts of the broken rules, or the refusal of the template.
std::vector<std::string> broken(const std::string& assertion, const std::string& condition = "") {
  const auto source = read(
      "Parameters:\n  P: {Type: String}\n  L: {Type: CommaDelimitedList}\n"
      "  One: {Type: 'AWS::EC2::Subnet::Id'}\n  More: {Type: 'List<AWS::EC2::Subnet::Id>'}\n"
      "Rules:\n  R:\n    Assertions:\n      - Assert: " +
          assertion + "\n        AssertDescription: broken\n" +
          (condition.empty() ? "" : "    RuleCondition: " + condition + "\n") +
          "Resources:\n  X: {Type: T}\n",
      "t", open_type);
  if (const auto refused = refusal(source.problems); !refused.empty()) return {refused};
  Scope scope{.source = source.value};
  scope.values = {{"P", json::value("p")},
                  {"L", json::array{"a", "b"}},
                  {"One", json::value("subnet-1")},
                  {"More", json::array{"subnet-2", "subnet-3"}},
                  {"AWS::Region", json::value("eu-west-1")}};
  scope.value_of = [](const Parameter&, const std::string& value,
                      const std::string& attribute) -> std::optional<std::string> {
    if (attribute != "VpcId") return std::nullopt;
    return value == "subnet-3" ? "vpc-2" : "vpc-1";
  };
  std::vector<std::string> texts;
  for (const auto& problem : broken_rules(scope)) texts.push_back(problem.text);
  return texts;
}

TEST(Rules, hold_or_say_their_description) {
  const std::vector<std::string> holding{
      "!Equals [!Ref P, p]",
      "!Not [!Equals [!Ref P, q]]",
      "!And [!Equals [!Ref P, p], !Equals [a, a]]",
      "!Or [!Equals [!Ref P, q], !Equals [a, a]]",
      "{'Fn::Contains': [[p, q], !Ref P]}",
      "!Contains [!Ref L, b]",
      "{'Fn::EachMemberEquals': [[x, x], x]}",
      "{'Fn::EachMemberIn': [!Ref L, [a, b, c]]}",
      "{'Fn::EachMemberIn': [{'Fn::RefAll': 'AWS::EC2::Subnet::Id'}, [subnet-1, subnet-2, "
      "subnet-3]]}",
      "!Equals [{'Fn::ValueOf': [One, VpcId]}, vpc-1]",
  };
  for (const auto& one : holding) EXPECT_TRUE(broken(one).empty()) << one;
  const std::vector<std::string> breaking{
      "!Equals [!Ref P, q]",
      "!Contains [[q], !Ref P]",
      "{'Fn::EachMemberEquals': [!Ref L, a]}",
      "{'Fn::EachMemberIn': [!Ref L, [a, c]]}",
      "{'Fn::EachMemberEquals': [{'Fn::ValueOf': [More, VpcId]}, vpc-1]}",
      "{'Fn::EachMemberEquals': [{'Fn::ValueOfAll': ['AWS::EC2::Subnet::Id', VpcId]}, vpc-1]}",
  };
  for (const auto& one : breaking) {
    EXPECT_EQ(broken(one), std::vector<std::string>{"broken"}) << one;
  }
}

TEST(Rules, whose_condition_is_false_are_not_checked) {
  EXPECT_TRUE(broken("!Equals [a, b]", "!Equals [!Ref P, q]").empty());
  EXPECT_EQ(broken("!Equals [a, b]", "!Equals [!Ref P, p]").size(), 1U);
}

TEST(Rules, that_are_malformed_are_refused_with_the_template) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"!Equals [!Ref X, a]",
       "Template format error: Unresolved resource dependencies [X] in the Rules block of the "
       "template"},
      {"!Equals [a]", "Template error: Fn::Equals requires a list argument with two elements"},
      {"!Contains [a]",
       "Template error: every rule function requires a list argument with two "
       "elements"},
      {"!Equals [{'Fn::ValueOf': [One, Colour]}, a]",
       "Template error: the attribute Colour of parameter One (AWS::EC2::Subnet::Id) cannot be "
       "looked up"},
      {"yes", "Template error: every condition must be a condition function"},
  };
  for (const auto& [text, expected] : table) {
    EXPECT_EQ(broken(text), std::vector<std::string>{expected}) << text;
  }
}

}  // namespace
}  // namespace templates

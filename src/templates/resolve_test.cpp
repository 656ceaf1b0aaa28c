#include "templates/resolve.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "templates/parameters.hpp"

namespace templates {
namespace {

const ResourceType* open_type(std::string_view) {
  static const ResourceType open{{}, {}, {}, true};
  return &open;
}

constexpr std::string_view source = R"(
Transform: AWS::LanguageExtensions
Parameters:
  Name: {Type: String}
  List: {Type: CommaDelimitedList}
Mappings:
  M:
    k: {v: found, l: [1, 2]}
Conditions:
  Is: !Equals [!Ref Name, n]
  IsNot: !Not [!Condition Is]
  Both: !And [!Condition Is, !Condition IsNot]
  Either: !Or [!Condition Is, !Condition IsNot]
Resources:
  R: {Type: AWS::Open}
)";

class Functions : public testing::Test {
 protected:
  Functions() : reading_(read(source, "t", open_type)), scope_{.source = reading_.value} {
    scope_.values = {{"Name", json::value("n")},
                     {"List", json::array{"a", "b"}},
                     {"AWS::Region", json::value("ap-northeast-1")}};
    scope_.zones = {"ap-northeast-1a", "ap-northeast-1c"};
    scope_.ref = [](const std::string& id) { return json::value("ref-" + id); };
    scope_.get_att = [](const std::string& id, const std::string& attribute) {
      return json::value(id + "." + attribute);
    };
    scope_.import_value = [](const std::string& name) -> std::optional<std::string> {
      if (name == "exported") return "imported";
      return std::nullopt;
    };
    scope_.conditions = evaluate_conditions(scope_);
  }

  std::string result(const std::string& text) {
    try {
      const auto value = resolve(parse(text, "t").root, scope_);
      return value ? json::serialize(*value) : "nothing";
    } catch (const ResolveError& error) {
      return error.what();
    }
  }

  Reading reading_;
  Scope scope_;
};

TEST_F(Functions, give_what_cloudformation_gives) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"!Ref Name", R"("n")"},
      {"!Ref List", R"(["a","b"])"},
      {"!Ref R", R"("ref-R")"},
      {"!GetAtt R.X.Y", R"("R.X.Y")"},
      {"Fn::GetAtt: R.X", R"("R.X")"},
      {"!Sub 'a ${Name} ${R} ${R.Arn} ${!Raw} ${AWS::Region}'",
       R"("a n ref-R R.Arn ${Raw} ap-northeast-1")"},
      {"!Sub ['${x}${Name}', {x: !Ref R}]", R"("ref-Rn")"},
      {"!Join ['-', [a, 1, !Ref Name]]", R"("a-1-n")"},
      {"!Join ['', !Ref List]", R"("ab")"},
      {"!Select [1, !Ref List]", R"("b")"},
      {"!Select ['0', !GetAZs '']", R"("ap-northeast-1a")"},
      {"!Split [',', 'a,b,']", R"(["a","b",""])"},
      {"!FindInMap [M, k, v]", R"("found")"},
      {"!FindInMap [M, k, l]", "[1,2]"},
      {"!FindInMap [M, zz, v, {DefaultValue: !Ref Name}]", R"("n")"},
      {"!Base64 hello", R"("aGVsbG8=")"},
      {"!Base64 hi", R"("aGk=")"},
      {"!GetAZs ''", R"(["ap-northeast-1a","ap-northeast-1c"])"},
      {"!GetAZs us-east-1", R"(["us-east-1a","us-east-1b","us-east-1c"])"},
      {"!If [Is, 1, 2]", "1"},
      {"!If [IsNot, 1, 2]", "2"},
      {"!If [Both, 1, !Ref AWS::NoValue]", "nothing"},
      {"a: !If [Either, 1, 2]\nb: !Ref AWS::NoValue\nc: [!Ref AWS::NoValue, x]",
       R"({"a":1,"c":["x"]})"},
      {"!ImportValue exported", R"("imported")"},
      {"!ToJsonString {a: !Ref Name}", R"("{\"a\":\"n\"}")"},
      {"!Length [1, 2, 3]", "3"},
      {"!Cidr [10.0.0.0/16, 2, 8]", R"(["10.0.0.0/24","10.0.1.0/24"])"},
      {"!Cidr [10.0.255.128/24, 3, 5]", R"(["10.0.255.0/27","10.0.255.32/27","10.0.255.64/27"])"},
      {"!Select [1, !Cidr ['2001:db8::/56', 2, 64]]", R"("2001:db8:0:1::/64")"},
      // Refusals, with CloudFormation's texts.
      {"!Select [5, !Ref List]",
       "Template error: Fn::Select cannot select nonexistent value at index 5"},
      {"!FindInMap [M, a, b]", "Template error: Unable to get mapping for M::a::b"},
      {"!ImportValue unknown", "No export named unknown found."},
      {"!Cidr [10.0.0.0/24, 4, 8]", "Template error: Fn::Cidr cannot divide the block as asked"},
      {"!If [Nope, 1, 2]", "Template error: unresolved condition dependency Nope"},
      {"!Sub ''", R"("")"},
      {"!Sub 'open ${'", R"("open ${")"},
      {"!Sub ['${a}', {a: !Ref List}]",
       "Template error: every value of the context object of every Fn::Sub object must be a string "
       "or a function that returns a string"},
      {"!Sub 'x${List}'", R"("xa,b")"},
      {"!Sub [x]",
       "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. "
       "Specify a string as first argument, and an optional second argument to specify a mapping "
       "of values to replace in the string"},
      {"!Select [x, !Ref List]",
       "Template error: Fn::Select requires a list argument with a valid index value as its first "
       "element"},
      {"!Select [99999999999, !Ref List]",
       "Template error: Fn::Select requires a list argument with a valid index value as its first "
       "element"},
      {"!Select [-1, !Ref List]",
       "Template error: Fn::Select cannot select nonexistent value at index -1"},
      {"!Select [0, x]",
       "Template error: Fn::Select requires a list argument with two elements: an integer index "
       "and a list"},
      {"!Select [0, [!Ref AWS::NoValue]]",
       "Template error: Fn::Select cannot select nonexistent value at index 0"},
      {"!Select [0]",
       "Template error: Fn::Select requires a list argument with two elements: an integer index "
       "and a list"},
      {"!Join ['', [a, [b]]]",
       "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and "
       "(2) a list of strings to be joined or a function that returns a list of strings (such as "
       "Fn::GetAZs) to be joined."},
      {"!Split ['', a]",
       "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and "
       "(2) a string to be split or a function that returns a string to be split."},
      {"!Base64 [a]", "Template error: every Fn::Base64 object must have a String-typed value."},
      {"!GetAZs [a]", "Template error: every Fn::GetAZs object must have a String-typed value."},
      {"!FindInMap [N, a, b]",
       "Template error: Mapping named 'N' is not present in the 'Mappings' section of template."},
      {"!FindInMap [M, a]",
       "Template error: every Fn::FindInMap object requires three parameters, the map name, map "
       "key and the attribute for return value"},
      {"!If [[a], 1, 2]",
       "Template error: Fn::If requires a list argument with the first element being a condition"},
      {"!If [Is, 1]", "Template error: Fn::If requires a list argument with three elements"},
      {"!Cidr [10.0.0.0/16, 99999999999999999999, 8]",
       "Template error: every Fn::Cidr object requires two or three parameters: ipBlock, count and "
       "cidrBits"},
      {"!Cidr [10.0.0.0/16, 257, 4]", "Template error: Fn::Cidr cannot divide the block as asked"},
      {"!Cidr [10.0.0.0/16, 2, 33]", "Template error: Fn::Cidr cannot divide the block as asked"},
      {"!Cidr [nonsense, 2, 3]", "Template error: Fn::Cidr cannot divide the block as asked"},
      {"!Length text",
       "Transform AWS::LanguageExtensions failed with: Fn::Length resolve value type mismatch"},
      {"!ToJsonString text",
       "Transform AWS::LanguageExtensions failed with: Fn::ToJsonString resolve value type "
       "mismatch"},
      {"!ToJsonString [1.5, {a: 'x'}]", R"("[1.5,{\"a\":\"x\"}]")"},
      {"!Ref AWS::NoValue", "nothing"},
      {"!Equals [1, '1']", "true"},
      {"!Equals [!Ref List, [a, b]]", "true"},
      {"!Equals [[], !Ref AWS::NoValue]", "false"},
      {"!Not [!Equals [a, a]]", "false"},
      {"!And [!Equals [a, a]]",
       "Template error: every Fn::And object requires a list of at least 2 and at most 10 boolean "
       "parameters."},
      {"!Not []", "Template error: Fn::Not requires a list argument with one element"},
      {"!Equals [a]", "Template error: Fn::Equals requires a list argument with two elements"},
      {"!Join [',']",
       "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and "
       "(2) a list of strings to be joined or a function that returns a list of strings (such as "
       "Fn::GetAZs) to be joined."},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(result(text), expected) << text;
}

// A text within so many functions.
std::string nested(const std::string& before, const std::string& after, int levels) {
  std::string text = "\"aaaaaaaaaaaaaaaa\"";
  for (int i = 0; i < levels; ++i) text = before + text + after;
  return text;
}

TEST_F(Functions, that_multiply_end_before_the_memory_does) {
  constexpr const char* too_large = "Template error: the result of the functions is too large";
  const std::string many(50'000, ',');
  const std::string texts[] = {nested(R"({"Fn::Sub": ["${X}${X}", {"X": )", "}]}", 20),
                               R"({"Fn::Join": [")" + std::string(50'000, 'x') +
                                   R"(", {"Fn::Split": [",", ")" + many + R"("]}]})",
                               nested(R"({"Fn::ToJsonString": [)", "]}", 24),
                               nested(R"({"Fn::Base64": )", "}", 60)};
  for (const auto& text : texts) {
    EXPECT_EQ(result(text), too_large) << text.substr(0, 60);
  }
}

TEST(Conditions, that_name_each_other_are_refused) {
  const auto reading = read(
      "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n  R: {Type: "
      "AWS::Open}\n",
      "t", open_type);
  const Scope scope{.source = reading.value};
  EXPECT_THROW(evaluate_conditions(scope), ResolveError);
}

TEST(Conditions, in_a_row_without_end_are_refused_and_not_followed) {
  std::string text = "Resources:\n  R: {Type: AWS::Open}\nConditions:\n  C0: !Equals [a, a]\n";
  for (int i = 1; i < 1000; ++i) text += fmt::format("  C{}: !Not [!Condition C{}]\n", i, i - 1);
  std::string backwards = text.substr(0, text.find("  C0"));
  for (int i = 999; i > 0; --i)
    backwards += fmt::format("  C{}: !Not [!Condition C{}]\n", i, i - 1);
  backwards += "  C0: !Equals [a, a]\n";
  const auto forwards_reading = read(text, "t", open_type);
  EXPECT_EQ(evaluate_conditions({.source = forwards_reading.value}).size(), 1000U);
  const auto reading = read(backwards, "t", open_type);
  EXPECT_THROW(evaluate_conditions({.source = reading.value}), ResolveError);
}

TEST(Malformed, functions_are_refused_before_any_value_is_known) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"!Sub '${a-b}'",
       "Template error: variable names in Fn::Sub syntax must contain only alphanumeric "
       "characters, "
       "underscores, periods, and colons"},
      {"!Sub ['${a}', {a: [1]}]",
       "Template error: every value of the context object of every Fn::Sub object must be a string "
       "or a function that returns a string"},
      {"!GetAtt R",
       "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource "
       "name and the resource attribute"},
      {"{Ref: [a]}", "Template error: All References must be of type string"},
      {"!ImportValue {'Fn::GetAtt': [R, X]}",
       "Template error: the attribute in Fn::ImportValue must not depend on any resources, "
       "imported "
       "values, or Fn::GetAZs"},
      {"!If [Gone, 1, 2]",
       "Template format error: Unresolved condition dependency Gone in the Resources block of the "
       "template"},
      {"!If [{'Fn::Equals': [a, a]}, 1, 2]",
       "Template error: Fn::If requires a list argument with the first element being a condition"},
      {"!Not [x]", "Template error: Fn::Not requires a list argument with one function token"},
      {"!FindInMap [N, a, b]",
       "Template error: Mapping named 'N' is not present in the 'Mappings' section of template."},
      {"!FindInMap [M, !Sub a, b]",
       "Template error: every Fn::FindInMap object requires three parameters, the map name, map "
       "key and the attribute for return value"},
      {"!FindInMap [M, a, b, {DefaultValue: c}]",
       "Template error: every Fn::FindInMap object requires three parameters, the map name, map "
       "key and the attribute for return value"},
  };
  for (const auto& [text, expected] : table) {
    const auto reading =
        read("Resources:\n  R: {Type: T}\n  S: {Type: T, Properties: {X: " + text + "}}\n", "t",
             open_type);
    EXPECT_EQ(refusal(reading.problems), expected) << text;
  }
  for (const auto* name : {"Fn::ToJsonString", "Fn::Length", "Fn::GetStackOutputs", "Fn::Ref"}) {
    const auto reading =
        read(fmt::format("Resources: {{R: {{Type: T, Properties: {{X: {{'{}': [a]}}}}}}}}", name),
             "t", open_type);
    EXPECT_THAT(refusal(reading.problems),
                testing::StartsWith(fmt::format("Template Error: Encountered unsupported function: "
                                                "{} Supported functions are: [Fn::Base64,",
                                                name)));
  }
}

TEST(Parameters, that_break_their_constraints_are_named_all_at_once) {
  const auto reading = read(R"(
Parameters:
  A: {Type: String, AllowedValues: [x, y]}
  B: {Type: Number, MinValue: 5}
  C: {Type: String, MinLength: 3, ConstraintDescription: "three or more"}
  D: {Type: String, AllowedPattern: "[a-z]+"}
  E: {Type: String}
  F: {Type: Number, Default: 80}
  G: {Type: String}
  H: {Type: Number}
  J: {Type: Number, Default: nan}
Resources:
  R: {Type: AWS::Open}
)",
                            "t", open_type);
  ASSERT_TRUE(reading.problems.empty());
  const auto result = read_parameters(
      reading.value, {{"A", "z"}, {"B", "4"}, {"C", "ab"}, {"D", "A1"}, {"H", "many"}, {"I", "?"}});
  std::vector<std::string> found;
  for (const auto& problem : result.problems) found.push_back(problem.text);
  EXPECT_EQ(found, (std::vector<std::string>{
                       "Parameter 'A' must be one of AllowedValues",
                       "Parameter 'B' must be a number not less than 5",
                       "Parameter C failed to satisfy constraint: three or more",
                       "Parameter 'D' must match pattern [a-z]+",
                       "Parameter 'H' must be a number.",
                       "Parameter 'J' must be a number.",
                       "Parameters: [E, G] must have values",
                       "Parameters: [I] do not exist in the template",
                   }));
  EXPECT_EQ(result.values.at("F"), "80");
}

}  // namespace
}  // namespace templates

#include "templates/document.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "templates/limits.hpp"
#include "templates/parameters.hpp"
#include "templates/template.hpp"

namespace templates {
namespace {

using testing::IsEmpty;

std::string read_as(const std::string& text) {
  const auto document = parse(text, "t");
  return document.problems.empty() ? json::serialize(document.root)
                                   : document.problems.front().text;
}

TEST(Yaml, is_read_as_cloudformation_reads_it) {
  const std::vector<std::pair<std::string, std::string>> table{
      // YAML 1.1's booleans, unless quoted.
      {"[yes, No, on, OFF, TRUE, 'yes', y, n]", R"([true,false,true,false,true,"yes","y","n"])"},
      // Numbers whose text would change stay text.
      {"[080, 012345678901, 123456789012, 1e3, 1_000, 0x10, -5, +5, 1.50, .5]",
       R"(["080","012345678901",123456789012,"1e3","1_000","0x10",-5,"+5","1.50",".5"])"},
      {"[2012-10-17, 2001-12-14t21:59:43.10-05:00, 12:30:45]",
       R"(["2012-10-17","2001-12-14t21:59:43.10-05:00","12:30:45"])"},
      {"[!!str 5, !!str yes]", R"(["5","yes"])"},
      {"A: |\n  two\n  lines\nB: >\n  one\n  line\n", R"({"A":"two\nlines\n","B":"one line\n"})"},
      {"\xEF\xBB\xBF"
       "A: 1",
       R"({"A":1})"},
      {"\xEF\xBB\xBF{\"A\": 1}", R"({"A":1})"},
      {"A: \"\xE8\xB6\xB3\xE5\xA0\xB4\"", "{\"A\":\"\xE8\xB6\xB3\xE5\xA0\xB4\"}"},
      {"A: \xFF\xFF", "Template format error: the text is not UTF-8."},
      {"\xFF\xFE"
       "A",
       "Template format error: the text is not UTF-8."},
      {std::string("A: a\0N", 6),
       "Template format error: YAML not well-formed. (line 1, column 5)"},
      {"A: \"\\N\\_\\L\\xe9\\u8db3\\x41\"",
       "{\"A\":\"\xC2\x85\xC2\xA0\xE2\x80\xA8\xC3\xA9\xE8\xB6\xB3"
       "A\"}"},
      {"# only a comment", R"("")"},
      {"A: &here 1", R"({"A":1})"},  // an anchor nobody uses does no harm
      {"A: &here 1\nB: *here",
       "Template error: YAML aliases are not allowed in CloudFormation templates"},
      {"<<: {A: 1}",
       "Template format error: YAML hash merges are not allowed in CloudFormation templates"},
      {"A: !!binary aGk=", "Template format error: the YAML tag binary is not supported"},
      {"A: !!set {a: 1}", "Template format error: the YAML tag set is not supported"},
      {"A: !!timestamp 2012-10-17",
       "Template format error: the YAML tag timestamp is not supported"},
      {"M: {123456789012: 1}",
       "Template format error: [/M] map keys must be strings; received numeric [123456789012] "
       "instead"},
      {"M: {'123456789012': 1}", R"({"M":{"123456789012":1}})"},
      {"A: 1\nA: 2", "Template format error: the key A is given twice"},
      {"A: ~", "Template format error: [/A] 'null' values are not allowed in templates"},
      {"[a]: 1", "Template format error: a key must be a string"},
      {"A: 1\n---\nB: 2",
       "Template format error: YAML not well-formed. Expected a single document in the stream"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(read_as(text), expected) << text;
}

TEST(Documents, made_to_exhaust_the_reader_are_refused_at_once) {
  std::string bomb = "a: &a [x, x]\n";
  for (char name = 'b'; name < 'z'; ++name) {
    bomb += fmt::format("{0}: &{0} [*{1}, *{1}]\n", name, static_cast<char>(name - 1));
  }
  std::string deep_keys;
  for (int level = 0; level < 60; ++level) {
    deep_keys += std::string(static_cast<std::size_t>(level), ' ') + std::string(1000, 'k') + ":\n";
  }
  for (int i = 0; i < 20'000; ++i) deep_keys += std::string(60, ' ') + fmt::format("k{}: v\n", i);
  EXPECT_EQ(read_as(bomb),
            "Template error: YAML aliases are not allowed in CloudFormation templates");
  EXPECT_THAT(parse(deep_keys, "t").problems, IsEmpty());  // odd, but no attack any more
  for (const std::string& one :
       {std::string("- "), std::string("? "), std::string("{a: "), std::string("!Not [ ")}) {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += one;
    EXPECT_FALSE(parse(text, "t").problems.empty()) << one;
  }
  std::string mistakes;
  for (int i = 0; i < 20'000; ++i) mistakes += "- ~\n";
  EXPECT_LE(parse(mistakes, "t").problems.size(), 1001U);
}

struct Limit {
  std::string text;
  std::string refused;
};

TEST(Templates, keep_to_cloudformations_quotas) {
  const auto many = [](const std::string& before, int count, const std::string& after) {
    std::string text;
    for (int i = 0; i < count; ++i) text += fmt::format("  {}{}{}\n", before, i, after);
    return text;
  };
  const std::string one = "Resources: {R: {Type: T}}\n";
  const std::string long_name(256, 'a');
  const std::vector<Limit> table{
      {"Resources:\n" + many("R", 500, ": {Type: T}"), ""},
      {"Resources:\n" + many("R", 501, ": {Type: T}"),
       "Template format error: Number of resources, 501, is greater than maximum allowed, 500"},
      {one + "Parameters:\n" + many("P", 201, ": {Type: String}"),
       "Template format error: Number of parameters, 201, is greater than maximum allowed, 200"},
      {one + "Outputs:\n" + many("O", 201, ": {Value: 1}"),
       "Template format error: Number of outputs, 201, is greater than maximum allowed, 200"},
      {one + "Mappings:\n" + many("M", 201, ": {a: {b: c}}"),
       "Template format error: Number of mappings, 201, is greater than maximum allowed, 200"},
      {one + "Description: " + std::string(1024, 'd'), ""},
      {one + "Description: " + std::string(1025, 'd'),
       "Template format error: Template description length is greater than 1024."},
      {"Resources: {" + long_name + ": {Type: T}}",
       "Template format error: Resource name " + long_name + " is longer than 255 characters."},
      {"Resources: {a-b: {Type: T}}",
       "Template format error: Resource name a-b is non alphanumeric."},
      {one + "Outputs: {a_b: {Value: 1}}",
       "Template format error: Output name a_b is non alphanumeric."},
      {one + "Mappings: {M: {us-east-1: {v1.2: x}}}",
       "Template format error: Mappings attribute name 'v1.2' must contain only alphanumeric "
       "characters."},
      {one + "Mappings: {M: {a: {b: {c: d}}}}",
       "Template format error: Every Mappings attribute must be a String or a List."},
      {one + "Metadata: {AWS::CloudFormation::Interface: {ParameterGroups: []}, Own: [1]}", ""},
      {one + "Rules: {R: {}}", "Template format error: Rule R must contain a list of Assertions."},
      {one + "Conditions: {C: x}",
       "Template format error: Every Conditions member must be a condition function."},
      {one + "Outputs: {O: {Value: 1, Colour: 2}}",
       "Template format error: Invalid template output property 'Colour'"},
      {"Resources: {R: {Type: T, DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: "
       "Retain, UpdatePolicy: {UseOnlineResharding: true}, Metadata: {a: 1}}}",
       ""},
      {"Resources: {R: {Type: T, DeletionPolicy: Keep}}",
       "Template format error: Unrecognized DeletionPolicy Keep for resource R"},
      {"Resources: {R: {Type: T, UpdateReplacePolicy: RetainExceptOnCreate}}",
       "Template format error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource "
       "R"},
      {"Resources: {R: {Type: T, DeletionPolicy: !Ref AWS::Region}}",
       "Template format error: Every DeletionPolicy member must be a string."},
      {"Resources: {R: {Type: AWS::EC2::Volume, DeletionPolicy: Snapshot}}", ""},
      {"Resources: {R: {Type: T, DeletionPolicy: Snapshot}}",
       "Template error: resource type T does not support DeletionPolicy Snapshot"},
      {"Resources: {R: {Type: T, UpdatePolicy: {Slowly: true}}}",
       "Template format error: Unrecognized UpdatePolicy Slowly for resource R"},
      {"Resources: {R: {Type: T, CreationPolicy: {ResourceSignal: {Count: 2}}}}", ""},
      {"Resources: {R: {Type: T, CreationPolicy: {Signal: {}}}}",
       "Template format error: Unrecognized CreationPolicy Signal for resource R"},
  };
  static const ResourceType open{{}, {}, {}, true};
  for (const auto& row : table) {
    const auto reading = read(row.text, "t", [](std::string_view) { return &open; });
    EXPECT_EQ(refusal(reading.problems), row.refused) << row.text.substr(0, 200);
  }
}

TEST(Templates, with_macros_left_are_judged_by_their_parameters_only) {
  const std::string text =
      "Transform: [Own, AWS::LanguageExtensions]\nParameters: {P: {Type: String}}\n"
      "Resources: {R: {Kind: !Ref Gone, Fn::Transform: {Name: Inner}}}\nAnything: 1\n";
  static const ResourceType open{{}, {}, {}, true};
  const auto types = [](std::string_view) { return &open; };
  const auto reading = read(text, "t", types);
  EXPECT_EQ(refusal(reading.problems), "");
  EXPECT_THAT(reading.value.transforms,
              testing::ElementsAre("Inner", "Own", "AWS::LanguageExtensions"));
  EXPECT_NE(refusal(read("Transform: Own\nParameters: {P: {}}\n", "t", types).problems), "");
}

TEST(ParameterTypes, are_those_of_cloudformation) {
  const std::vector<std::pair<std::string, bool>> table{
      {"String", true},
      {"Number", true},
      {"CommaDelimitedList", true},
      {"List<Number>", true},
      {"List<String>", true},
      {"AWS::EC2::KeyPair::KeyName", true},
      {"List<AWS::EC2::KeyPair::KeyName>", false},
      {"AWS::EC2::VPC::Id", true},
      {"List<AWS::EC2::VPC::Id>", true},
      {"List<AWS::Route53::HostedZone::Id>", true},
      {"AWS::SSM::Parameter::Name", true},
      {"AWS::SSM::Parameter::Value<String>", true},
      {"AWS::SSM::Parameter::Value<List<String>>", true},
      {"AWS::SSM::Parameter::Value<CommaDelimitedList>", true},
      {"AWS::SSM::Parameter::Value<List<AWS::EC2::Image::Id>>", true},
      {"AWS::SSM::Parameter::Value<AWS::SSM::Parameter::Value<String>>", false},
      {"AWS::SSM::Parameter::Value<SecureString>", false},
      {"List<List<String>>", false},
      {"Boolean", false},
      {"List<AWS::EC2::VPC::Id", false},
      {"AWS::EC2::VPC::Name", false},
  };
  for (const auto& [type, known] : table) {
    const auto reading = read("Parameters: {P: {Type: '" + type + "'}}\nResources: {}\n", "t",
                              [](std::string_view) { return nullptr; });
    const auto expected =
        known ? "Template format error: At least one Resources member must be defined."
              : "Template format error: Unrecognized parameter type: " + type;
    EXPECT_EQ(refusal(reading.problems), expected);
  }
}

TEST(Patterns, of_java_are_matched_and_never_for_ever) {
  const auto matches = [](const std::string& pattern, const std::string& value) {
    Template source;
    Parameter parameter;
    parameter.name = "P";
    parameter.type = "String";
    parameter.allowed_pattern = pattern;
    source.parameters.push_back(parameter);
    return read_parameters(source, {{"P", value}}).problems.empty();
  };
  EXPECT_TRUE(matches("(?i)[a-z]+", "ABC"));
  EXPECT_TRUE(matches("\\A\\p{Alpha}+\\z", "abc"));
  EXPECT_FALSE(matches("\\p{Digit}+", "abc"));
  EXPECT_TRUE(matches("(?!-)[a-z-]{1,63}", "a-b"));
  EXPECT_FALSE(matches("(a+)+b", std::string(max_value_bytes, 'a')));
  EXPECT_FALSE(is_pattern("["));
  EXPECT_FALSE(is_pattern("(a)\\1"));
  EXPECT_FALSE(is_pattern("((((a{1000}){1000}){1000}){1000})"));
  EXPECT_TRUE(is_pattern(std::string(1024, 'a')));
  EXPECT_FALSE(is_pattern(std::string(1025, 'a')));
  EXPECT_FALSE(is_pattern(std::string(50'000, '(')));
  EXPECT_TRUE(is_pattern(std::string(100, '(') + "a" + std::string(100, ')')));
  EXPECT_FALSE(is_pattern(std::string(101, '(') + "a" + std::string(101, ')')));
  std::string escaped;
  for (int i = 0; i < 101; ++i) escaped += "\\(";
  EXPECT_TRUE(is_pattern("(" + escaped + ")"));
}

}  // namespace
}  // namespace templates

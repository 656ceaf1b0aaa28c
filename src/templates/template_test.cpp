#include "templates/template.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "templates/functions.hpp"
#include "templates/parameters.hpp"

namespace templates {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ResourceType* any_type(std::string_view type) {
  static const ResourceType vpc{{"CidrBlock", "Tags"}, {"CidrBlock"}, {"VpcId"}, false};
  static const ResourceType open{{}, {}, {}, true};
  if (type == "AWS::EC2::VPC") return &vpc;
  if (is_custom(type) || type == "AWS::Open") return &open;
  return nullptr;
}

Reading read_yaml(std::string_view text) {
  return read(text, "t.yaml", any_type);
}

std::vector<std::string> texts(const Reading& reading) {
  std::vector<std::string> result;
  for (const auto& problem : reading.problems) result.push_back(describe(problem));
  return result;
}

TEST(Document, short_tags_become_the_long_form) {
  const auto document = parse(R"(
A: !Ref B
C: !GetAtt D.E.F
G: !Sub "${H}"
I: !If [J, !Ref K, !Join [",", [1, x]]]
L: !GetAZs
)",
                              "t");
  EXPECT_THAT(document.problems, IsEmpty());
  EXPECT_EQ(
      json::serialize(document.root),
      R"({"A":{"Ref":"B"},"C":{"Fn::GetAtt":["D","E.F"]},"G":{"Fn::Sub":"${H}"},)"
      R"("I":{"Fn::If":["J",{"Ref":"K"},{"Fn::Join":[",",[1,"x"]]}]},"L":{"Fn::GetAZs":""}})");
}

TEST(Document, plain_scalars_keep_the_text_that_a_number_would_change) {
  const auto document =
      parse("A: 80\nB: 0.10\nC: true\nD: 2010-09-09\nE: '7'\nF: 007\nG: 1.5", "t");
  EXPECT_EQ(json::serialize(document.root),
            R"({"A":80,"B":"0.10","C":true,"D":"2010-09-09","E":"7","F":"007","G":1.5E0})");
}

TEST(Document, json_and_yaml_give_the_same_document_and_lines) {
  const auto from_json = parse("{\n \"A\": {\n  \"Ref\": \"B\" }\n}", "t");
  EXPECT_THAT(from_json.problems, IsEmpty());
  EXPECT_EQ(json::serialize(from_json.root), R"({"A":{"Ref":"B"}})");
  EXPECT_EQ(from_json.positions.line("/A/Ref"), 3);
}

// What is wrong, on its line and with its logical id, and what AWS answers.
struct Wrong {
  std::string name;
  std::string text;
  std::string described;
  std::string refused;
};

class WrongTemplate : public testing::TestWithParam<Wrong> {};

TEST_P(WrongTemplate, is_refused_with_its_place_and_the_text_of_aws) {
  const auto reading = read_yaml(GetParam().text);
  EXPECT_THAT(texts(reading), testing::Contains(HasSubstr(GetParam().described)));
  EXPECT_EQ(refusal(reading.problems), GetParam().refused);
}

TEST(UnknownTag, is_one_problem) {
  const auto reading =
      read_yaml("Resources:\n  A:\n    Type: AWS::Open\n    Properties:\n      X: !Reff B\n");
  EXPECT_EQ(reading.problems.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongTemplate,
    testing::Values(
        Wrong{"yaml_syntax", "Resources:\n  A: [1\n  B: 2\n",
              "t.yaml:3: Template format error: YAML not well-formed. (line 3, column 4): end of "
              "sequence "
              "flow not found",
              "Template format error: YAML not well-formed. (line 3, column 4)"},
        Wrong{"json_syntax", "{\"Resources\": {\"A\" 1}}",
              "t.yaml:1: ", "Template format error: JSON not well-formed. (line 1, column 20)"},
        Wrong{"unknown_tag",
              "Resources:\n  A:\n    Type: AWS::Open\n    Properties:\n      X: !Reff B\n",
              "t.yaml:5: A: Template error: unknown function !Reff",
              "Template error: unknown function !Reff (CloudFormation has no Fn::Reff)"},
        Wrong{"unknown_function",
              "Resources:\n  A:\n    Type: AWS::Open\n    Properties:\n      X: {Fn::Foo: B}\n",
              "t.yaml:5: A: ", functions::unsupported("Fn::Foo")},
        Wrong{"dangling_ref",
              "Resources:\n  A:\n    Type: AWS::Open\n    Properties:\n      X: !Ref Nowhere\n     "
              " Y: "
              "!Sub '${Neither}-x'\n",
              "t.yaml:5: A: Ref names Nowhere, which is neither",
              "Template format error: Unresolved resource dependencies [Neither, Nowhere] in the "
              "Resources block of the template"},
        Wrong{"dangling_get_att",
              "Resources:\n  A:\n    Type: AWS::Open\n    Properties:\n      X: !GetAtt Gone.Arn\n",
              "t.yaml:5: A: ",
              "Template error: instance of Fn::GetAtt references undefined resource Gone"},
        Wrong{
            "unknown_attribute_of_a_property",
            "Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties: {CidrBlock: 10.0.0.0/16}\n"
            "  A:\n    Type: AWS::Open\n    Properties: {X: !GetAtt V.Color}\n",
            "t.yaml:7: A: ",
            "Template error: resource V does not support attribute type Color in Fn::GetAtt"},
        Wrong{"name_of_a_custom_type", "Resources:\n  A:\n    Type: Custom::My.Thing\n",
              "t.yaml:3: A: ",
              "Template format error: Unrecognized resource types: [Custom::My.Thing]"},
        Wrong{
            "unknown_attribute",
            "Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties: {CidrBlock: 10.0.0.0/16}\n"
            "Outputs:\n  O: {Value: !GetAtt V.Color}\n",
            "t.yaml:6: Template error: resource V does not support attribute type Color in "
            "Fn::GetAtt",
            ""},
        Wrong{
            "dangling_depends_on", "Resources:\n  A:\n    Type: AWS::Open\n    DependsOn: [B]\n",
            "t.yaml:4: A: DependsOn names B",
            "Template format error: Unresolved resource dependencies [B] in the Resources block of "
            "the template"},
        Wrong{"dangling_output",
              "Resources:\n  A:\n    Type: AWS::Open\nOutputs:\n  O:\n    Value: !Ref Missing\n",
              "t.yaml:6: Ref names Missing",
              "Unresolved resource dependencies [Missing] in the Outputs block of the template"},
        Wrong{
            "circle",
            "Resources:\n  Z:\n    Type: AWS::Open\n    DependsOn: A\n  A:\n    Type: AWS::Open\n  "
            "  "
            "DependsOn: B\n  B:\n    Type: AWS::Open\n    Properties: {X: !Ref A}\n  C:\n    Type: "
            "AWS::Open\n",
            "t.yaml:5: A: Circular dependency between resources: [A, B]",
            "Circular dependency between resources: [A, B]"},
        Wrong{"no_type", "Resources:\n  A:\n    Properties: {X: 1}\n", "t.yaml:2: A: ",
              "Template format error: [/Resources/A] Every Resources object must contain a Type "
              "member."},
        Wrong{"unsupported_type", "Resources:\n  A:\n    Type: AWS::Moon::Base\n", "t.yaml:3: A: ",
              "Template format error: Unrecognized resource types: [AWS::Moon::Base]"},
        Wrong{"null", "Resources:\n  A:\n    Type: AWS::Open\n    Properties:\n      X:\n",
              "t.yaml:5: A: ",
              "Template format error: [/Resources/A/Properties/X] 'null' values are not allowed in "
              "templates"},
        Wrong{"twice", "Resources:\n  A:\n    Type: AWS::Open\n  A:\n    Type: AWS::Open\n",
              "t.yaml:4: ", "Template format error: the key A is given twice"},
        Wrong{"alias", "Resources:\n  A: &x\n    Type: AWS::Open\n  B: *x\n", "t.yaml:4: ",
              "Template error: YAML aliases are not allowed in CloudFormation templates"},
        Wrong{"empty", "Resources: {}\n", "t.yaml:1: ",
              "Template format error: At least one Resources member must be defined."},
        Wrong{"misspelt_section", "Resource: 1\nResources:\n  A: {Type: AWS::Open}\n", "t.yaml:1: ",
              "Template format error: Invalid template property or properties [Resource]"},
        Wrong{"loop_without_the_transform",
              "Resources:\n  Fn::ForEach::X: [I, [a], {}]\n  A: {Type: AWS::Open}\n",
              "t.yaml:2: ", "Template format error: Any Resources member must be an object."},
        Wrong{"dynamic_reference",
              "Resources:\n  A:\n    Type: AWS::Open\n    Properties:\n      X: "
              "'{{resolve:ssm:p:}}'\n",
              "t.yaml:5: A: ",
              "Incorrect format is used in the following SSM reference: [{{resolve:ssm:p:}}]"},
        Wrong{
            "resource_in_a_condition",
            "Conditions:\n  C: !Equals [!Ref A, !GetAtt B.X]\n  D: !Equals [!Sub '${A}', !Ref "
            "AWS::Region]\nResources:\n  A: {Type: AWS::Open}\n",
            "t.yaml:2: Ref names A; conditions may use parameters only",
            "Template format error: Unresolved dependencies [A, B]. Cannot reference resources in "
            "the Conditions block of the template"},
        Wrong{"hooks", "Hooks: {}\nResources:\n  A: {Type: AWS::Open}\n", "t.yaml:1: ",
              "Template format error: the embedded CloudFormation does not support Hooks"},
        Wrong{
            "unknown_condition", "Resources:\n  A: {Type: AWS::Open, Condition: Nope}\n",
            "t.yaml:2: A: ",
            "Template format error: Unresolved condition dependency Nope in the Resources block of "
            "the template"}),
    [](const auto& row) { return row.param.name; });

TEST(Template, reports_all_problems_at_once_and_property_mistakes_stop_nothing) {
  const auto reading = read_yaml(
      "Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlok: 10.0.0.0/16\n");
  EXPECT_THAT(texts(reading),
              ElementsAre("t.yaml:4: V: AWS::EC2::VPC must have the property CidrBlock",
                          "t.yaml:5: V: AWS::EC2::VPC has no property CidrBlok"));
  EXPECT_EQ(refusal(reading.problems), "");
}

TEST(Template, knows_what_each_resource_needs) {
  const auto reading = read_yaml(R"(
Parameters:
  P: {Type: String}
Resources:
  A: {Type: AWS::Open}
  B: {Type: AWS::Open, DependsOn: A}
  C:
    Type: AWS::Open
    Properties:
      X: !Sub ["${A}-${y}-${!literal}-${P}-${AWS::Region}", {y: !GetAtt B.Z}]
)");
  ASSERT_THAT(texts(reading), IsEmpty());
  EXPECT_THAT(reading.value.resource("C")->needs, ElementsAre("A", "B"));
  EXPECT_THAT(reading.value.resource("B")->needs, ElementsAre("A"));
}

TEST(Template, hundreds_of_brackets_are_refused_and_not_followed) {
  for (const auto& text : {std::string(100'000, '['), "{\"a\":" + std::string(100'000, '[')}) {
    EXPECT_NE(refusal(read_yaml(text).problems), "");
  }
}

TEST(Template, reads_every_template_of_the_reference) {
  const std::filesystem::path folder =
      std::filesystem::path(FALSEWORK_SOURCE_DIR) / "../shared/reference/fa-071";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the reference is not on this machine";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path());
    std::ostringstream text;
    text << file.rdbuf();
    static const ResourceType open{{}, {}, {}, true};
    const auto reading =
        read(text.str(), entry.path().filename().string(), [](std::string_view) { return &open; });
    // The root's bucket name is to be filled in by hand; unedited its Default is a list (cfn-lint
    // E2001), which stops only those who do not give one.
    EXPECT_EQ(refusal(reading.problems), "") << entry.path();
    if (entry.path().filename() == "fa-071.yaml") {
      const auto unedited = read_parameters(reading.value, {});
      ASSERT_EQ(unedited.problems.size(), 1U);
      EXPECT_EQ(unedited.problems.front().text,
                "Template format error: Every Default member must be a string.");
      const auto& name = unedited.problems.front().subject;
      EXPECT_THAT(read_parameters(reading.value, {{name, "my-bucket"}}).problems, IsEmpty());
    } else {
      EXPECT_THAT(texts(reading), IsEmpty());
    }
    EXPECT_FALSE(reading.value.resources.empty());
  }
}

}  // namespace
}  // namespace templates

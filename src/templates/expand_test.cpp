#include "templates/expand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace templates {
namespace {

using testing::IsEmpty;

const ResourceType* open_type(std::string_view) {
  static const ResourceType open{{}, {}, {}, true};
  return &open;
}

Reading expanded_from(const std::string& text) {
  const auto source = read(
      "Transform: AWS::LanguageExtensions\nParameters:\n  P: {Type: String, Default: p}\n"
      "  L: {Type: CommaDelimitedList, Default: 'a,b'}\nMappings:\n  M: {k: {l: [x, y], v: w}}\n" +
          text,
      "t.yaml", open_type);
  EXPECT_EQ(refusal(source.problems), "") << text;
  Scope scope{.source = source.value};
  scope.values = {{"P", json::value("p")},
                  {"L", json::array{"a", "b"}},
                  {"AWS::Region", json::value("eu-west-1")}};
  return expanded(scope, open_type);
}

struct Case {
  std::string text;
  std::string section;
  std::string result;  // that section, or the refusal
};

std::string result_of(const Case& row) {
  const auto reading = expanded_from(row.text);
  if (const auto refused = refusal(reading.problems); !refused.empty()) return refused;
  return json::serialize(reading.value.document.at(row.section));
}

TEST(Loops, are_unrolled_in_their_place) {
  const std::string after = "Resources: {R: {Type: T}}\n";
  const std::vector<Case> table{
      {"Resources:\n  Fn::ForEach::X:\n    - I\n    - [A, B]\n    - 'R${I}': {Type: T, Properties: "
       "{N: "
       "!Ref I, S: !Sub '${I}-${P}', D: 'x${I}'}}\n",
       "Resources",
       R"({"RA":{"Type":"T","Properties":{"N":"A","S":{"Fn::Sub":"A-${P}"},"D":"xA"}},)"
       R"("RB":{"Type":"T","Properties":{"N":"B","S":{"Fn::Sub":"B-${P}"},"D":"xB"}}})"},
      // A list parameter, a map, and what stands around the loop.
      {"Resources:\n  First: {Type: T}\n  Fn::ForEach::X: [I, !Ref L, {'R${I}': {Type: T}}]\n  "
       "Last: "
       "{Type: T}\n",
       "Resources",
       R"({"First":{"Type":"T"},"Ra":{"Type":"T"},"Rb":{"Type":"T"},"Last":{"Type":"T"}})"},
      {"Resources:\n  Fn::ForEach::X: [I, !FindInMap [M, k, l], {'R${I}': {Type: T}}]\n",
       "Resources", R"({"Rx":{"Type":"T"},"Ry":{"Type":"T"}})"},
      // Nested, with the outer loop's value in the inner collection.
      {"Resources:\n  Fn::ForEach::X:\n    - I\n    - [a, b]\n    - Fn::ForEach::Y:\n        - J\n "
       "    "
       "   - ['${I}1', c]\n        - 'R${I}${J}': {Type: T}\n",
       "Resources",
       R"({"Raa1":{"Type":"T"},"Rac":{"Type":"T"},"Rbb1":{"Type":"T"},"Rbc":{"Type":"T"}})"},
      // Only letters and digits of the value.
      {"Resources:\n  Fn::ForEach::X: [I, [10.0.0.0/24], {'R&{I}': {Type: T, Properties: {C: !Ref "
       "I}}}]\n",
       "Resources", R"({"R1000024":{"Type":"T","Properties":{"C":"10.0.0.0/24"}}})"},
      // In properties, conditions and outputs; an empty collection leaves nothing.
      {"Resources:\n  R:\n    Type: T\n    Properties:\n      A: 1\n      Fn::ForEach::X: [I, [b, "
       "c], "
       "{'P${I}': '${I}'}]\n",
       "Resources", R"({"R":{"Type":"T","Properties":{"A":1,"Pb":"b","Pc":"c"}}})"},
      {after + "Conditions:\n  Fn::ForEach::X: [I, [a, b], {'Is${I}': !Equals [!Ref P, !Ref I]}]\n",
       "Conditions",
       R"({"Isa":{"Fn::Equals":[{"Ref":"P"},"a"]},"Isb":{"Fn::Equals":[{"Ref":"P"},"b"]}})"},
      {after + "Outputs:\n  Fn::ForEach::X: [I, [], {'O${I}': {Value: !Ref I}}]\n  O: {Value: 1}\n",
       "Outputs", R"({"O":{"Value":1}})"},
      // Refusals.
      {"Resources:\n  Fn::ForEach::X: [I, [a], 1]\n  R: {Type: T}\n", "Resources",
       "Transform AWS::LanguageExtensions failed with: Fn::ForEach layout is incorrect"},
      {"Resources:\n  Fn::ForEach::X: [I, !Ref P, {'R${I}': {Type: T}}]\n", "Resources",
       "Transform AWS::LanguageExtensions failed with: Fn::ForEach layout is incorrect"},
      {"Resources:\n  Fn::ForEach::X: [I, [a, b], {R: {Type: T}}]\n", "Resources",
       "Transform AWS::LanguageExtensions failed with: the key R is made more than once"},
      {"Resources:\n  Fn::ForEach::R: [I, [a], {'R${I}': {Type: T}}]\n  R: {Type: T}\n",
       "Resources",
       "Transform AWS::LanguageExtensions failed with: the name of the loop R is taken by another"},
      {"Resources:\n  Fn::ForEach::X:\n    - I\n    - [a]\n    - Fn::ForEach::Y: [I, [b], "
       "{'R${I}': "
       "{Type: T}}]\n",
       "Resources",
       "Transform AWS::LanguageExtensions failed with: the identifier I is used by an outer loop"},
      {"Resources:\n  Fn::ForEach::X: [I, ['a-b'], {'R${I}': {Type: T}}]\n", "Resources",
       "Template format error: Resource name Ra-b is non alphanumeric."},
      {"Resources:\n  Fn::ForEach::X: [I, [a], {'R${I}': {Type: T, Properties: {X: !Ref Gone}}}]\n",
       "Resources",
       "Template format error: Unresolved resource dependencies [Gone] in the Resources block of "
       "the template"},
  };
  for (const auto& row : table) EXPECT_EQ(result_of(row), row.result) << row.text;
}

TEST(Extensions, are_evaluated_where_parameters_are_all_they_need) {
  const auto properties = [](const std::string& value) {
    return "Resources:\n  S: {Type: T}\n  R: {Type: T, Properties: {X: " + value + "}}\n";
  };
  const auto processed = [](const std::string& value) {
    return R"({"S":{"Type":"T"},"R":{"Type":"T","Properties":{"X":)" + value + "}}}";
  };
  const std::vector<std::pair<std::string, std::string>> table{
      {"!Length [1, 2, 3]", "3"},
      {"!Length {Ref: L}", "2"},
      {"!Length {'Fn::Split': [',', 'a,b,c,d']}", "4"},
      {"!ToJsonString {A: !Ref P, B: [1.5, true, !Ref AWS::NoValue]}",
       R"("{\"A\":\"p\",\"B\":[1.5,true]}")"},
      {"!ToJsonString {A: !GetAtt S.Arn}",
       R"({"Fn::ToJsonString":{"A":{"Fn::GetAtt":["S","Arn"]}}})"},
      {"!FindInMap [M, gone, v, {DefaultValue: d}]", R"("d")"},
      {"!FindInMap [M, !Join ['', [k]], v]", R"("w")"},
      {"!FindInMap [M, k, v]", R"({"Fn::FindInMap":["M","k","v"]})"},
  };
  for (const auto& [value, expected] : table) {
    EXPECT_EQ(result_of({properties(value), "Resources", ""}), processed(expected)) << value;
  }
  EXPECT_EQ(
      result_of({properties("!Length {Ref: P}"), "Resources", ""}),
      "Transform AWS::LanguageExtensions failed with: Fn::Length resolve value type mismatch");
}

TEST(Extensions, make_strings_of_functions_in_deletion_policies) {
  const auto reading = expanded_from(
      "Conditions: {C: !Equals [!Ref P, p]}\nResources:\n  A: {Type: T, DeletionPolicy: !If [C, "
      "Retain, Delete], UpdateReplacePolicy: !Ref AWS::NoValue}\n");
  EXPECT_EQ(reading.value.resource("A")->deletion_policy, "Retain");
  EXPECT_EQ(reading.value.resource("A")->update_replace_policy, "Delete");
  EXPECT_EQ(result_of({"Resources:\n  A: {Type: T, DeletionPolicy: !Ref P}\n", "Resources", ""}),
            "Template format error: Unrecognized DeletionPolicy p for resource A");
}

TEST(Extensions, keep_the_lines_of_the_original) {
  const auto reading = expanded_from(
      "Resources:\n  Fn::ForEach::X:\n    - I\n    - [a, b]\n    - 'R${I}':\n        Type: T\n     "
      "   "
      "Properties:\n          X: !GetAtt Gone.Arn\n");
  ASSERT_EQ(reading.problems.size(), 2U);
  for (const auto& problem : reading.problems) EXPECT_EQ(problem.line, 14);
  EXPECT_EQ(reading.problems[1].logical_id, "Rb");
  EXPECT_FALSE(reading.value.document.contains("Transform"));
  EXPECT_THAT(reading.value.transforms, IsEmpty());
}

TEST(Extensions, that_ask_for_too_much_are_refused) {
  std::string loops = "Resources:\n";
  std::string indent = "  ";
  std::string key = "R";
  const std::string ten = "[a, b, c, d, e, f, g, h, i, j]";
  for (int level = 0; level < 8; ++level) {
    const std::string name = "I" + std::to_string(level);
    loops += indent + "Fn::ForEach::" + name + "X:\n" + indent + "  - " + name + "\n" + indent +
             "  - " + ten + "\n" + indent + "  -\n";
    indent += "    ";
    key += "${" + name + "}";
  }
  loops += indent + "'" + key + "': {Type: T}\n";
  EXPECT_EQ(result_of({loops, "Resources", ""}), "Transformation data limit exceeded");
}

}  // namespace
}  // namespace templates

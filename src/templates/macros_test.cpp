#include "templates/macros.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <stdexcept>

namespace templates {
namespace {

using testing::ElementsAre;

json::object document(std::string_view text) {
  return json::parse(text).as_object();
}

constexpr std::string_view nested = R"({
  "Transform": ["First", {"Name": "Second", "Parameters": {"P": 1}}],
  "Resources": {
    "A": {"Type": "T", "Properties": {
      "Fn::Transform": {"Name": "Outer", "Parameters": {"Q": {"Ref": "X"}}},
      "In": [{"Fn::Transform": {"Name": "Inner"}, "Left": 2}]}},
    "B": {"Fn::Transform": {"Name": "Inner"}}
  }
})";

TEST(Macros, are_called_deepest_first_and_those_of_the_section_last_in_its_order) {
  auto template_ = document(nested);
  EXPECT_THAT(macro_names(template_), ElementsAre("Outer", "Inner", "First", "Second"));
  std::vector<std::string> calls;
  while (const auto call = next_macro(template_)) {
    calls.push_back(call->name + " " + call->path() + " " + json::serialize(call->parameters));
    ASSERT_FALSE(put_result(template_, *call, call->fragment).has_value());
    ASSERT_LT(calls.size(), 9U);
  }
  EXPECT_THAT(calls, ElementsAre("Inner /Resources/A/Properties/In/0 {}",
                                 R"(Outer /Resources/A/Properties {"Q":{"Ref":"X"}})",
                                 "Inner /Resources/B {}", "First  {}", R"(Second  {"P":1})"));
  EXPECT_EQ(json::serialize(template_),
            R"({"Resources":{"A":{"Type":"T","Properties":{"In":[{"Left":2}]}},"B":{}}})");
}

TEST(Macros, get_the_siblings_or_the_template_without_its_transform_section) {
  auto template_ = document(nested);
  auto call = *next_macro(template_);
  EXPECT_EQ(json::serialize(call.fragment), R"({"Left":2})");
  EXPECT_FALSE(put_result(template_, call, json::value("text")).has_value());
  call = *next_macro(template_);
  EXPECT_EQ(json::serialize(call.fragment), R"({"In":["text"]})");
  auto whole = *next_macro(document(R"({"Transform": "M", "Resources": {"A": 1}})"));
  EXPECT_TRUE(whole.whole_template);
  EXPECT_EQ(json::serialize(whole.fragment), R"({"Resources":{"A":1}})");
}

TEST(MacroResults, that_call_macros_again_or_are_no_template_are_refused) {
  auto template_ = document(R"({"Transform": "M", "Resources": {"A": {"Fn::Transform": "N"}}})");
  const auto inner = *next_macro(template_);
  EXPECT_EQ(put_result(template_, inner, json::parse(R"({"Fn::Transform": {"Name": "Z"}})")),
            "a macro may not call macros in its result");
  EXPECT_FALSE(put_result(template_, inner, json::parse("{}")).has_value());
  const auto whole = *next_macro(template_);
  EXPECT_EQ(put_result(template_, whole, json::value(1)),
            "a whole template's macro must answer with a template");
  EXPECT_EQ(put_result(template_, whole, json::parse(R"({"Transform": "M"})")),
            "a macro may not call macros in its result");
  EXPECT_FALSE(put_result(template_, whole, json::parse(R"({"Resources": {}})")).has_value());
  EXPECT_FALSE(next_macro(template_).has_value());
}

TEST(Macros, without_a_readable_name_are_not_called) {
  for (const auto* text :
       {R"({"Transform": {}})", R"({"Transform": [1, []]})", R"({"A": {"Fn::Transform": 7}})",
        R"({"A": {"Fn::Transform": {"Name": "M", "Parameters": 1}}})"}) {
    EXPECT_FALSE(next_macro(document(text)).has_value()) << text;
  }
}

TEST(Include, joins_what_the_file_holds_with_what_stands_beside_it) {
  auto template_ = document(
      R"({"Resources": {"A": {"Type": "T", "Fn::Transform": {"Name": "AWS::Include",
          "Parameters": {"Location": "s3://b/k.yaml"}}}}})");
  const auto call = *next_macro(template_);
  EXPECT_EQ(include_location(call), "s3://b/k.yaml");
  EXPECT_EQ(json::serialize(included(call, "Properties:\n  X: {Ref: Y}\n")),
            R"({"Type":"T","Properties":{"X":{"Ref":"Y"}}})");
  EXPECT_THROW(included(call, "[1]"), std::invalid_argument);
  EXPECT_THROW(included(call, "{"), std::invalid_argument);
  EXPECT_THROW(included(call, "Properties: {X: !Ref Y}"), std::invalid_argument);
  auto whole = *next_macro(
      document(R"({"Transform": {"Name": "AWS::Include"}, "Resources": {"A": 1}, "Outputs": {}})"));
  EXPECT_THROW(include_location(whole), std::invalid_argument);
  EXPECT_EQ(json::serialize(included(whole, R"({"Resources": {"B": 2}, "Mappings": {}})")),
            R"({"Resources":{"A":1,"B":2},"Outputs":{},"Mappings":{}})");
}

}  // namespace
}  // namespace templates

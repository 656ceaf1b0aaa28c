#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

constexpr std::string_view looped = R"(
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "one,two"}
Resources:
  Fn::ForEach::Groups:
    - Name
    - !Ref Names
    - "Group${Name}":
        Type: AWS::Logs::LogGroup
        DeletionPolicy: !If [Keeps, Retain, Delete]
        Properties: {LogGroupName: !Sub "/${Name}/${AWS::StackName}"}
Conditions:
  Keeps: !Equals [!Ref AWS::Region, nowhere]
Outputs:
  Count: {Value: !Length [a, b]}
)";

TEST_F(Stacks, make_what_a_loop_unrolls_to) {
  EXPECT_EQ(create(std::string(looped), {{"Capabilities", {"CAPABILITY_AUTO_EXPAND"}}}),
            "CREATE_COMPLETE");
  EXPECT_TRUE(cloud_.groups.contains("/one/s"));
  EXPECT_TRUE(cloud_.groups.contains("/two/s"));
  const auto described = call("DescribeStacks", {{"StackName", "s"}});
  EXPECT_EQ(at(described, "Stacks.0.Outputs.0.OutputValue"), "2");
}

TEST_F(Stacks, whose_rules_do_not_hold_are_refused_with_the_rules_own_words) {
  constexpr std::string_view ruled = R"(
Parameters:
  Size: {Type: String}
Rules:
  Small:
    Assertions:
      - Assert: !Contains [[small, tiny], !Ref Size]
        AssertDescription: only small things
Resources:
  A: {Type: AWS::Logs::LogGroup}
)";
  EXPECT_EQ(refusal("CreateStack",
                    {{"StackName", "s"},
                     {"TemplateBody", ruled},
                     {"Parameters", json::array{json::object{{"ParameterKey", "Size"},
                                                             {"ParameterValue", "huge"}}}}}),
            "ValidationError: only small things");
}

}  // namespace
}  // namespace sim::cloudformation

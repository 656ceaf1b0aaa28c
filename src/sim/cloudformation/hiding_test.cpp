// NoEcho: of parameters, and of what custom resources answer.
#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

const std::string text = R"(
Parameters: {Secret: {Type: String, Default: sesame, NoEcho: true}}
Resources:
  C:
    Type: Custom::Thing
    Properties: {ServiceToken: "arn:aws:lambda:ap-northeast-1:123456789012:function:f"}
  A: {Type: AWS::SSM::Parameter, Properties: {Name: a, Type: String, Value: !Sub "<${Secret}>"}}
  B: {Type: AWS::SSM::Parameter, Properties: {Name: b, Type: String, Value: !GetAtt C.Answer}}
Outputs:
  Answer: {Value: !GetAtt C.Answer}
)";

class Hiding : public Stacks {
 protected:
  Hiding() {
    cloud_.replies["Create"].body =
        R"({"Status":"SUCCESS","PhysicalResourceId":"c","NoEcho":true,"Data":{"Answer":"pearl"}})";
  }
  // What all events show of properties.
  std::vector<std::string> shown() {
    std::vector<std::string> result;
    for (const auto& event : service_.engine().find(id_)->events) {
      result.push_back(event.properties);
    }
    return result;
  }
};

TEST_F(Hiding, events_show_neither_secret_parameters_nor_secret_answers) {
  ASSERT_EQ(create(text), "CREATE_COMPLETE");
  ASSERT_EQ(update(text + "  Other: {Value: x}\n"), "UPDATE_COMPLETE");
  EXPECT_THAT(shown(), Each(Not(HasSubstr("sesame"))));
  EXPECT_THAT(shown(), Each(Not(HasSubstr("pearl"))));
  EXPECT_THAT(shown(), Contains(R"({"Name":"b","Type":"String","Value":"****"})"));
  EXPECT_EQ(cloud_.parameters.at("a"), "<sesame>");
  EXPECT_EQ(cloud_.parameters.at("b"), "pearl");
}

// cloudformation-protocol.md 1.2: the Outputs section is not masked.
TEST_F(Hiding, outputs_show_them_all_the_same) {
  create(text);
  EXPECT_EQ(at(call("DescribeStacks", {{"StackName", "s"}}), "Stacks.0.Outputs.0.OutputValue"),
            "pearl");
}

TEST_F(Hiding, drift_shows_that_they_differ_and_not_how) {
  create(text);
  cloud_.parameters["b"] = "oyster";
  const auto found =
      call("DetectStackResourceDrift", {{"StackName", "s"}, {"LogicalResourceId", "B"}});
  EXPECT_EQ(at(found, "StackResourceDrift.StackResourceDriftStatus"), "MODIFIED");
  EXPECT_EQ(at(found, "StackResourceDrift.PropertyDifferences.0.ExpectedValue"), "****");
  EXPECT_EQ(at(found, "StackResourceDrift.ExpectedProperties"),
            R"({"Name":"b","Type":"String","Value":"****"})");
  EXPECT_THAT(json::serialize(found), Not(HasSubstr("pearl")));
  EXPECT_THAT(json::serialize(found), Not(HasSubstr("oyster")));
}

}  // namespace
}  // namespace sim::cloudformation

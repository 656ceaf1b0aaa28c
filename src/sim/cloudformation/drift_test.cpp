#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> found(const std::string& expected, const std::string& actual) {
  std::vector<std::string> result;
  for (const auto& one :
       differences(json::parse(expected).as_object(), json::parse(actual).as_object())) {
    result.push_back(one.type + " " + one.path + " " + one.expected + " " + one.actual);
  }
  return result;
}

// API_PropertyDifference.
TEST(Differences, are_told_apart_by_what_happened_to_the_property) {
  struct Case {
    std::string expected, actual;
    std::vector<std::string> differences;
  };
  const std::vector<Case> cases{
      {R"({"A":1})", R"({"A":"1"})", {}},
      {R"({"A":true})", R"({"A":"true"})", {}},
      {R"({"A":1})", R"({"A":2})", {"NOT_EQUAL /A 1 2"}},
      {R"({"A":1})", R"({"A":null})", {"REMOVE /A 1 null"}},
      {R"({"A":1})", R"({})", {}},  // cannot be read
      {R"({})", R"({"A":1})", {}},  // not in the template
      {R"({"A":{"B":1}})", R"({"A":{"B":1,"C":2}})", {}},
      {R"({"A":{"B":1}})", R"({"A":{}})", {"REMOVE /A/B 1 null"}},
      {R"({"L":["a","b"]})", R"({"L":["b","a"]})", {}},
      {R"({"L":["a"]})", R"({"L":["a","b"]})", {"ADD /L/1 null b"}},
      {R"({"L":["a","b"]})", R"({"L":["b"]})", {"REMOVE /L/0 a null"}},
      {R"({"Tags":[{"Key":"k","Value":"1"}]})",
       R"({"Tags":[{"Key":"k","Value":"2"}]})",
       {"NOT_EQUAL /Tags/0/Value 1 2"}},
      {R"({"A":"{{resolve:ssm:p}}"})", R"({"A":"v"})", {}},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(found(one.expected, one.actual), one.differences) << one.expected << one.actual;
  }
}

class Drift : public Stacks {
 protected:
  // Starts a detection and waits for it.
  json::object detect(json::object input = {{"StackName", "s"}}) {
    const auto id = call("DetectStackDrift", std::move(input)).at("StackDriftDetectionId");
    for (int looks = 0; looks < 100; ++looks) {
      auto status = call("DescribeStackDriftDetectionStatus", {{"StackDriftDetectionId", id}});
      if (at(status, "DetectionStatus") != "DETECTION_IN_PROGRESS") return status;
      runtime_->run([](base::Clock& clock) -> base::Task<void> {
        co_await clock.sleep_for(std::chrono::seconds(1));
      }(runtime_->clock()));
    }
    return {};
  }
  std::string status(const std::string& logical_id) {
    return at(
        call("DescribeStackResource", {{"StackName", "s"}, {"LogicalResourceId", logical_id}}),
        "StackResourceDetail.DriftInformation.StackResourceDriftStatus");
  }
  std::string of_stack() {
    return at(call("DescribeStacks", {{"StackName", "s"}}),
              "Stacks.0.DriftInformation.StackDriftStatus");
  }
};

const std::string parameter = R"(
Resources:
  P: {Type: AWS::SSM::Parameter, Properties: {Name: p, Type: String, Value: x}}
  W: {Type: AWS::CloudFormation::WaitConditionHandle}
)";

TEST_F(Drift, a_stack_as_it_was_made_is_in_sync) {
  create(parameter);
  EXPECT_EQ(of_stack(), "NOT_CHECKED");
  const auto result = detect();
  EXPECT_EQ(at(result, "DetectionStatus"), "DETECTION_COMPLETE");
  EXPECT_EQ(at(result, "StackDriftStatus"), "IN_SYNC");
  EXPECT_EQ(at(result, "DriftedStackResourceCount"), "0");
  EXPECT_EQ(of_stack(), "IN_SYNC");
  EXPECT_EQ(status("P"), "IN_SYNC");
  EXPECT_EQ(status("W"), "NOT_CHECKED");  // its type cannot be checked
}

TEST_F(Drift, a_changed_property_is_shown_with_both_values) {
  create(parameter);
  cloud_.parameters["p"] = "y";
  EXPECT_EQ(at(detect(), "DriftedStackResourceCount"), "1");
  EXPECT_EQ(of_stack(), "DRIFTED");
  const auto drifts = call("DescribeStackResourceDrifts", {{"StackName", "s"}});
  EXPECT_EQ(drifts.at("StackResourceDrifts").as_array().size(), 1U);
  const auto& drift = drifts.at("StackResourceDrifts").at(0);
  EXPECT_EQ(at(drift, "StackResourceDriftStatus"), "MODIFIED");
  EXPECT_EQ(at(drift, "ExpectedProperties"), R"({"Name":"p","Type":"String","Value":"x"})");
  EXPECT_EQ(at(drift, "ActualProperties"), R"({"Name":"p","Type":"String","Value":"y"})");
  EXPECT_EQ(at(drift, "PropertyDifferences.0.PropertyPath"), "/Value");
  EXPECT_EQ(at(drift, "PropertyDifferences.0.DifferenceType"), "NOT_EQUAL");
  EXPECT_EQ(at(drift, "PropertyDifferences.0.ExpectedValue"), "x");
  EXPECT_EQ(at(drift, "PropertyDifferences.0.ActualValue"), "y");
}

TEST_F(Drift, what_is_gone_is_deleted_and_shows_nothing_of_what_it_was) {
  create(parameter);
  cloud_.parameters.erase("p");
  detect();
  EXPECT_EQ(status("P"), "DELETED");
  const auto deleted =
      call("DescribeStackResourceDrifts",
           {{"StackName", "s"}, {"StackResourceDriftStatusFilters", json::array{"DELETED"}}});
  const auto& drift = deleted.at("StackResourceDrifts").at(0).as_object();
  EXPECT_FALSE(drift.contains("ActualProperties"));
  EXPECT_FALSE(drift.contains("PropertyDifferences"));
  EXPECT_THAT(
      call("DescribeStackResourceDrifts",
           {{"StackName", "s"}, {"StackResourceDriftStatusFilters", json::array{"IN_SYNC"}}})
          .at("StackResourceDrifts")
          .as_array(),
      IsEmpty());
}

TEST_F(Drift, one_resource_is_checked_at_once) {
  create(parameter);
  const auto drift =
      call("DetectStackResourceDrift", {{"StackName", "s"}, {"LogicalResourceId", "P"}});
  EXPECT_EQ(at(drift, "StackResourceDrift.StackResourceDriftStatus"), "IN_SYNC");
  EXPECT_EQ(of_stack(), "NOT_CHECKED");
}

TEST_F(Drift, what_an_update_touches_is_not_checked_any_more) {
  create(parameter);
  detect();
  std::string changed = parameter;
  changed.replace(changed.find("Value: x"), 8, "Value: z");
  EXPECT_EQ(update(changed), "UPDATE_COMPLETE");
  EXPECT_EQ(status("P"), "NOT_CHECKED");
}

TEST_F(Drift, a_resource_that_may_not_be_read_fails_the_detection) {
  create(parameter);
  cloud_.refusals.emplace("GetParameter p", Error("AccessDeniedException", "no", 400));
  const auto result = detect();
  EXPECT_EQ(at(result, "DetectionStatus"), "DETECTION_FAILED");
  EXPECT_THAT(at(result, "DetectionStatusReason"), HasSubstr("[P]"));
}

TEST_F(Drift, is_refused_twice_at_a_time_for_what_is_not_there_and_for_stacks_under_way) {
  create(parameter);
  call("DetectStackDrift", {{"StackName", "s"}});
  EXPECT_THAT(refusal("DetectStackDrift", {{"StackName", "s"}}),
              HasSubstr("Drift detection is already in progress for stack ["));
  EXPECT_EQ(refusal("DetectStackDrift", {{"StackName", "t"}}),
            "ValidationError: Stack with id t does not exist");
  EXPECT_THAT(refusal("DetectStackResourceDrift", {{"StackName", "s"}, {"LogicalResourceId", "X"}}),
              HasSubstr("Resource X does not exist for stack s"));
  EXPECT_THAT(refusal("DescribeStackDriftDetectionStatus", {{"StackDriftDetectionId", "x"}}),
              HasSubstr("does not exist"));
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_THAT(refusal("DetectStackDrift", {{"StackName", "s"}}),
              HasSubstr("DELETE_IN_PROGRESS state and can not be checked for drift."));
  settle(id_);
}

}  // namespace
}  // namespace sim::cloudformation

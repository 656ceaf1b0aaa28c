// The order in which an update is taken back and cleaned up: by dependence, all else at once.
#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

class Rollbacks : public Stacks {
 protected:
  // Three parameters, the last of which needs the first, and what else the update brings.
  static std::string template_of(const std::string& value, const std::string& more = "") {
    return fmt::format(R"(
Resources:
  Last: {{Type: AWS::SSM::Parameter, DependsOn: First, Properties: {{Name: last, Type: String, Value: "{0}"}}}}
  First: {{Type: AWS::SSM::Parameter, Properties: {{Name: first, Type: String, Value: "{0}"}}}}
  Other: {{Type: AWS::SSM::Parameter, Properties: {{Name: other, Type: String, Value: "{0}"}}}}
)",
                       value) +
           more;
  }
  static std::string failing() {
    return "  Bad: {Type: AWS::Logs::LogGroup, DependsOn: [Last, Other], Properties: "
           "{LogGroupName: bad}}\n";
  }
  // An update of all three that fails after them.
  std::string fail_update() {
    cloud_.refusals.emplace("CreateLogGroup bad", Error("LimitExceededException", "Too many"));
    return update(template_of("2", failing()));
  }
  // The events from the first that says this on.
  std::vector<std::string> from(const std::string& status) {
    auto list = events(id_);
    const auto first = std::ranges::find_if(
        list, [&](const std::string& line) { return line.contains(" " + status); });
    list.erase(list.begin(), first);
    return list;
  }
  // The event's place among them; past the end when it is not there.
  static std::ptrdiff_t place(const std::vector<std::string>& list, const std::string& line) {
    return std::ranges::find(list, line) - list.begin();
  }
};

TEST_F(Rollbacks, of_updates_go_by_dependence_and_all_else_at_once) {
  create(template_of("1"));
  EXPECT_EQ(fail_update(), "UPDATE_ROLLBACK_COMPLETE");
  const auto list = from("UPDATE_ROLLBACK_IN_PROGRESS");
  ASSERT_THAT(list, IsSupersetOf({"First UPDATE_COMPLETE", "Other UPDATE_COMPLETE",
                                  "Last UPDATE_COMPLETE"}));
  // Both begin before either has ended.
  EXPECT_EQ(list[1], "First UPDATE_IN_PROGRESS");
  EXPECT_EQ(list[2], "Other UPDATE_IN_PROGRESS");
  EXPECT_LT(place(list, "First UPDATE_COMPLETE"), place(list, "Last UPDATE_IN_PROGRESS"));
  EXPECT_EQ(list[list.size() - 2], "s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
  for (const auto* name : {"first", "other", "last"}) EXPECT_EQ(cloud_.parameters.at(name), "1");
}

TEST_F(Rollbacks, that_fail_cancel_what_is_under_way_and_start_nothing_more) {
  create(template_of("1"));
  cloud_.refusals.emplace("CreateLogGroup bad", Error("LimitExceededException", "Too many"));
  call("UpdateStack", {{"StackName", "s"}, {"TemplateBody", template_of("2", failing())}});
  while (cloud_.parameters.at("last") != "2") pass(std::chrono::milliseconds(100));
  cloud_.refusals.emplace("PutParameter first", Error("InternalServerError", "Not now"));
  EXPECT_EQ(settle("s"), "UPDATE_ROLLBACK_FAILED");
  EXPECT_EQ(service_.engine().find("s")->reason,
            "The following resource(s) failed to update: [First, Other]. ");
  const auto list = from("UPDATE_ROLLBACK_IN_PROGRESS");
  EXPECT_THAT(list, Contains("Other UPDATE_FAILED (Resource update cancelled)"));
  EXPECT_THAT(list, Not(Contains(HasSubstr("Last UPDATE_IN_PROGRESS"))));
}

class FailedRollbacks : public Rollbacks {
 protected:
  void SetUp() override {
    create(template_of("1"));
    cloud_.refusals.emplace("CreateLogGroup bad", Error("LimitExceededException", "Too many"));
    call("UpdateStack", {{"StackName", "s"}, {"TemplateBody", template_of("2", failing())}});
    while (cloud_.parameters.at("last") != "2") pass(std::chrono::milliseconds(100));
    cloud_.refusals.emplace("PutParameter first", Error("InternalServerError", "Not now"));
    ASSERT_EQ(settle("s"), "UPDATE_ROLLBACK_FAILED");
  }
};

TEST_F(FailedRollbacks, go_on_where_they_failed_when_they_are_continued) {
  cloud_.refusals.erase("PutParameter first");
  call("ContinueUpdateRollback", {{"StackName", "s"}});
  EXPECT_EQ(settle("s"), "UPDATE_ROLLBACK_COMPLETE");
  for (const auto* name : {"first", "other", "last"}) EXPECT_EQ(cloud_.parameters.at(name), "1");
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
TEST_F(FailedRollbacks, do_not_skip_what_was_only_cancelled) {
  EXPECT_THAT(refusal("ContinueUpdateRollback",
                      {{"StackName", "s"}, {"ResourcesToSkip", json::array{"Other"}}}),
              HasSubstr("ValidationError: "));
  call("ContinueUpdateRollback", {{"StackName", "s"}, {"ResourcesToSkip", json::array{"First"}}});
  EXPECT_EQ(settle("s"), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_THAT(events("s"), Contains("First UPDATE_COMPLETE (Resource update skipped by user)"));
  EXPECT_EQ(cloud_.parameters.at("first"), "2");
  EXPECT_EQ(cloud_.parameters.at("last"), "1");
}

TEST_F(Rollbacks, clean_up_dependents_first_and_all_else_at_once) {
  const std::string keep = "\nResources:\n  Keep: {Type: AWS::Logs::LogGroup}\n";
  create(template_of("1", "  Keep: {Type: AWS::Logs::LogGroup}\n"));
  EXPECT_EQ(update(keep), "UPDATE_COMPLETE");
  const auto list = from("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  EXPECT_THAT((std::vector<std::string>{list[1], list[2]}),
              ElementsAre("Last DELETE_IN_PROGRESS", "Other DELETE_IN_PROGRESS"));
  EXPECT_LT(place(list, "Last DELETE_COMPLETE"), place(list, "First DELETE_IN_PROGRESS"));
  EXPECT_EQ(list.back(), "s UPDATE_COMPLETE");
}

}  // namespace
}  // namespace sim::cloudformation

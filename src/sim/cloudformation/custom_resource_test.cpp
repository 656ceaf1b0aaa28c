// The custom resource protocol, seen from the function's side.
#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string one_custom = R"(
Resources:
  C:
    Type: Custom::Thing
    Properties:
      ServiceToken: arn:aws:lambda:ap-northeast-1:123456789012:function:f
      Count: 42
      On: true
      List: [1, {Deep: 2.5}]
Outputs:
  Answer: {Value: !GetAtt C.Answer}
)";

class CustomResources : public Stacks {
 protected:
  CustomResources() {
    cloud_.replies["Create"].body =
        R"({"Status":"SUCCESS","PhysicalResourceId":"custom-1","Data":{"Answer":"42"}})";
  }
  std::vector<std::string> requests() {
    std::vector<std::string> result;
    for (const auto& event : cloud_.events) {
      result.push_back(at(event, "RequestType") + " " + at(event, "PhysicalResourceId"));
    }
    return result;
  }
  // What the resource fails with when the function answers so.
  std::string failure(std::string body) {
    cloud_.replies["Create"].body = std::move(body);
    EXPECT_EQ(create(one_custom), "ROLLBACK_COMPLETE");
    return reason_of("C", "CREATE_FAILED");
  }
};

TEST_F(CustomResources, get_the_whole_event_with_every_scalar_as_text) {
  EXPECT_EQ(create(one_custom), "CREATE_COMPLETE");
  ASSERT_EQ(cloud_.events.size(), 1U);
  auto event = cloud_.events.front();
  EXPECT_THAT(at(event, "ResponseURL"),
              StartsWith("https://cloudformation-custom-resource-response-apnortheast1.s3."));
  EXPECT_THAT(at(event, "RequestId"), testing::MatchesRegex("[-0-9a-f]+"));
  event.erase("ResponseURL");
  event.erase("RequestId");
  const auto expected = json::parse(
      R"({"RequestType":"Create","ServiceToken":"arn:aws:lambda:ap-northeast-1:123456789012:)"
      R"(function:f","StackId":")" +
      id_ +
      R"(","LogicalResourceId":"C","ResourceType":"Custom::Thing","ResourceProperties":)"
      R"({"ServiceToken":"arn:aws:lambda:ap-northeast-1:123456789012:function:f",)"
      R"("Count":"42","On":"true","List":["1",{"Deep":"2.5"}]}})");
  EXPECT_EQ(json::value(event), expected);
  EXPECT_EQ(at(call("DescribeStacks", {{"StackName", "s"}}), "Stacks.0.Outputs.0.OutputValue"),
            "42");
  EXPECT_EQ(service_.engine().find("s")->resources.at("C").physical_id, "custom-1");
}

TEST_F(CustomResources, that_fail_show_the_reason_and_are_deleted_by_the_id_they_gave) {
  const std::string reason =
      failure(R"({"Status":"FAILED","Reason":"no such route","PhysicalResourceId":"mine"})");
  EXPECT_THAT(reason, StartsWith("Received response status [FAILED] from custom resource. Message "
                                 "returned: no such route (RequestId: "));
  EXPECT_THAT(requests(), ElementsAre("Create ", "Delete mine"));
}

TEST_F(CustomResources, answers_of_4096_bytes_are_read_and_longer_ones_are_not) {
  const std::string head =
      R"({"Status":"SUCCESS","PhysicalResourceId":"custom-1","Data":{"Answer":")";
  const std::string tail = "\"}}";
  cloud_.replies["Create"].body = head + std::string(4096 - head.size() - tail.size(), 'x') + tail;
  EXPECT_EQ(create(one_custom), "CREATE_COMPLETE");
  call("DeleteStack", {{"StackName", "s"}});
  settle(id_);
  EXPECT_EQ(failure(head + std::string(4097 - head.size() - tail.size(), 'x') + tail),
            "Response object is too long.");
}

TEST_F(CustomResources, answers_without_a_physical_id_fail_and_get_an_invented_one) {
  EXPECT_EQ(failure(R"({"Status":"FAILED","Reason":"hidden"})"), "Invalid PhysicalResourceId");
  ASSERT_EQ(cloud_.events.size(), 2U);
  EXPECT_THAT(requests().back(), testing::MatchesRegex("Delete s-C-[A-Z0-9]+"));
}

TEST_F(CustomResources, data_must_be_an_object) {
  EXPECT_EQ(failure(R"({"Status":"SUCCESS","PhysicalResourceId":"p","Data":"text"})"),
            "Data returned must be an object");
}

TEST_F(CustomResources, that_never_answer_are_given_up_after_an_hour_or_their_own_timeout) {
  cloud_.replies["Create"].silent = true;
  const auto started = runtime_->clock().now();
  EXPECT_EQ(create(one_custom), "ROLLBACK_COMPLETE");
  EXPECT_GE(runtime_->clock().now() - started, std::chrono::hours(1));
  EXPECT_THAT(reason_of("C", "CREATE_FAILED"),
              StartsWith("CloudFormation did not receive a response from your Custom Resource. "
                         "Please check your logs for requestId ["));
  call("DeleteStack", {{"StackName", "s"}});
  settle(id_);

  const auto again = runtime_->clock().now();
  create(
      "Resources:\n  C:\n    Type: Custom::T\n    Properties: {ServiceTimeout: 60, ServiceToken: "
      "'arn:aws:lambda:ap-northeast-1:123456789012:function:f'}\n");
  EXPECT_LE(runtime_->clock().now() - again, std::chrono::minutes(2));
  EXPECT_EQ(at(cloud_.events.back(), "ResourceProperties.ServiceTimeout"), "60");
}

TEST_F(CustomResources, are_updated_with_old_and_new_properties_and_replaced_by_another_id) {
  create(one_custom);
  cloud_.replies["Update"].body =
      R"({"Status":"SUCCESS","PhysicalResourceId":"custom-2","Data":{"Answer":"43"}})";
  std::string changed = one_custom;
  changed.replace(changed.find("42"), 2, "43");
  EXPECT_EQ(update(changed), "UPDATE_COMPLETE");
  EXPECT_THAT(requests(), ElementsAre("Create ", "Update custom-1", "Delete custom-1"));
  EXPECT_EQ(at(cloud_.events[1], "ResourceProperties.Count"), "43");
  EXPECT_EQ(at(cloud_.events[1], "OldResourceProperties.Count"), "42");
  // The Delete of the old one carries what the old one was made of.
  EXPECT_EQ(at(cloud_.events[2], "ResourceProperties.Count"), "42");
  EXPECT_EQ(at(call("DescribeStacks", {{"StackName", "s"}}), "Stacks.0.Outputs.0.OutputValue"),
            "43");
}

TEST_F(CustomResources, a_failed_update_is_followed_by_one_that_swaps_the_properties) {
  create(one_custom);
  cloud_.replies["Update"].body =
      R"({"Status":"FAILED","Reason":"x","PhysicalResourceId":"custom-1"})";
  std::string changed = one_custom;
  changed.replace(changed.find("42"), 2, "43");
  EXPECT_EQ(update(changed), "UPDATE_ROLLBACK_FAILED");  // the way back fails too
  EXPECT_THAT(requests(), ElementsAre("Create ", "Update custom-1", "Update custom-1"));
  EXPECT_EQ(at(cloud_.events[2], "ResourceProperties.Count"), "42");
  EXPECT_EQ(at(cloud_.events[2], "OldResourceProperties.Count"), "43");
}

TEST_F(CustomResources, a_missing_function_is_not_a_deleted_resource) {
  create(one_custom);
  const std::string token = "arn:aws:lambda:ap-northeast-1:123456789012:function:f";
  cloud_.refusals.emplace("Invoke " + token,
                          Error("ResourceNotFoundException", "Function not found: " + token, 404));
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_FAILED");
  EXPECT_THAT(reason("C"), HasSubstr("Function not found"));
}

TEST_F(CustomResources, a_cancelled_create_is_deleted_at_once_by_an_invented_id) {
  cloud_.refusals.emplace("CreateLogGroup p", Error("LimitExceededException", "Too many"));
  cloud_.replies["Create"].delay = std::chrono::minutes(10);
  const auto started = runtime_->clock().now();
  EXPECT_EQ(create(R"(
Resources:
  P: {Type: AWS::SSM::Parameter, Properties: {Name: p, Type: String, Value: x}}
  L: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Ref P}}
  C:
    Type: Custom::T
    Properties: {ServiceToken: "arn:aws:lambda:ap-northeast-1:123456789012:function:f"}
)"),
            "ROLLBACK_COMPLETE");
  EXPECT_LE(runtime_->clock().now() - started, std::chrono::minutes(1));
  EXPECT_THAT(requests(), ElementsAre("Create ", testing::MatchesRegex("Delete s-C-[A-Z0-9]+")));
}

}  // namespace
}  // namespace sim::cloudformation

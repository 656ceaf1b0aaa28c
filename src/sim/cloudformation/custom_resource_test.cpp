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

TEST_F(CustomResources, let_a_dotted_name_walk_into_their_data) {
  cloud_.replies["Create"].body =
      R"({"Status":"SUCCESS","PhysicalResourceId":"custom-1","Data":{"a":{"b":{"c":["x","y"]}}}})";
  std::string text = one_custom;
  text.replace(text.find("C.Answer"), 8, "C.a.b.c.1");
  EXPECT_EQ(create(text), "CREATE_COMPLETE");
  EXPECT_EQ(at(call("DescribeStacks", {{"StackName", "s"}}), "Stacks.0.Outputs.0.OutputValue"),
            "y");
}

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

// cloudformation-protocol.md 1.2: 4096 is inclusive.
TEST_F(CustomResources, answers_of_4096_bytes_are_read_and_longer_ones_are_not) {
  cloud_.replies["Create"].padded_to = 4096;
  EXPECT_EQ(create(one_custom), "CREATE_COMPLETE");
  call("DeleteStack", {{"StackName", "s"}});
  settle(id_);
  cloud_.replies["Create"].padded_to = 4097;
  EXPECT_EQ(failure(cloud_.replies["Create"].body), "Response object is too long.");
}

// crpg-ref-responses: which members an answer must have, and which it repeats "verbatim".
TEST_F(CustomResources, answers_that_are_not_to_the_letter_fail_with_what_is_wrong) {
  struct Case {
    std::string body, reason;
  };
  const std::vector<Case> cases{
      {"nonsense", "Invalid Response object: it is not a JSON object"},
      {"[1]", "Invalid Response object: it is not a JSON object"},
      {R"({"PhysicalResourceId":"p"})",
       "Invalid Response object: '' is not a valid ResponseStatus"},
      {R"({"Status":"FAILURE","PhysicalResourceId":"p"})",
       "Invalid Response object: 'FAILURE' is not a valid ResponseStatus"},
      {R"({"Status":"SUCCESS","PhysicalResourceId":"p","StackId":"other"})",
       "Invalid Response object: StackId is not that of the request"},
      {R"({"Status":"SUCCESS","PhysicalResourceId":"p","RequestId":"other"})",
       "Invalid Response object: RequestId is not that of the request"},
      {R"({"Status":"SUCCESS","PhysicalResourceId":"p","LogicalResourceId":"D"})",
       "Invalid Response object: LogicalResourceId is not that of the request"},
      {R"({"Status":"FAILED","PhysicalResourceId":"p"})",
       "Invalid Response object: a Reason is required when the Status is FAILED"},
      {R"({"Status":"SUCCESS"})", "Invalid PhysicalResourceId"},
      {R"({"Status":"SUCCESS","PhysicalResourceId":""})", "Invalid PhysicalResourceId"},
      {R"({"Status":"SUCCESS","PhysicalResourceId":")" + std::string(1025, 'p') + "\"}",
       "Invalid PhysicalResourceId"},
      {R"({"Status":"SUCCESS","PhysicalResourceId":"p","Data":["text"]})",
       "Data returned must be an object"},
  };
  for (const auto& [body, reason] : cases) {
    EXPECT_EQ(failure(body), reason) << body;
    // Nobody knows an id: the Delete carries an invented one.
    EXPECT_THAT(requests().back(), testing::MatchesRegex("Delete s-C-[A-Z0-9]+"));
    call("DeleteStack", {{"StackName", "s"}});
    settle(id_);
  }
}

TEST_F(CustomResources, the_first_of_two_answers_counts) {
  cloud_.replies["Create"].second =
      R"({"Status":"FAILED","Reason":"too late","PhysicalResourceId":"other"})";
  EXPECT_EQ(create(one_custom), "CREATE_COMPLETE");
  EXPECT_EQ(service_.engine().find("s")->resources.at("C").physical_id, "custom-1");
}

// cloudformation-protocol.md 1.4: the PUT works, and CloudFormation no longer looks.
TEST_F(CustomResources, an_answer_after_the_timeout_changes_nothing) {
  cloud_.replies["Create"].delay = std::chrono::seconds(70);
  EXPECT_EQ(create(R"(
Resources:
  C:
    Type: Custom::T
    Properties:
      ServiceTimeout: 60
      ServiceToken: "arn:aws:lambda:ap-northeast-1:123456789012:function:f"
)"),
            "ROLLBACK_COMPLETE");
  EXPECT_THAT(requests(), ElementsAre("Create ", testing::MatchesRegex("Delete s-C-[A-Z0-9]+")));
  runtime_->run([](base::Clock& clock) -> base::Task<void> {
    co_await clock.sleep_for(std::chrono::minutes(5));
  }(runtime_->clock()));
  EXPECT_EQ(service_.engine().find(id_)->status, "ROLLBACK_COMPLETE");
}

TEST_F(CustomResources, service_timeouts_are_whole_seconds_up_to_an_hour) {
  for (const auto* timeout : {"0", "3601", "1.5", "soon"}) {
    EXPECT_EQ(create(std::string("Resources:\n  C:\n    Type: Custom::T\n    Properties:\n") +
                     "      ServiceToken: arn:aws:lambda:ap-northeast-1:123456789012:function:f\n" +
                     "      ServiceTimeout: " + timeout + "\n"),
              "ROLLBACK_COMPLETE");
    EXPECT_THAT(reason_of("C", "CREATE_FAILED"), HasSubstr("an integer from 1 to 3600")) << timeout;
    EXPECT_TRUE(cloud_.events.empty());
    call("DeleteStack", {{"StackName", "s"}});
    settle(id_);
  }
}

TEST_F(CustomResources, functions_are_invoked_by_the_token_as_it_is_with_version_or_alias) {
  const std::string token = "arn:aws:lambda:ap-northeast-1:123456789012:function:f:live";
  EXPECT_EQ(create("Resources:\n  C:\n    Type: Custom::T\n    Properties: {ServiceToken: '" +
                   token + "'}\n"),
            "CREATE_COMPLETE");
  EXPECT_THAT(cloud_.calls, testing::Contains("lambda:Invoke " + token));
}

TEST_F(CustomResources, tokens_that_are_no_function_of_this_region_are_refused) {
  struct Case {
    std::string token, reason;
  };
  const std::vector<Case> cases{
      {"f", "Invalid service token."},
      {"arn:aws:sqs:ap-northeast-1:123456789012:q", "Invalid service token."},
      {"arn:aws:sns:ap-northeast-1:123456789012:t:subscription", "Invalid service token."},
      {"arn:aws:lambda:us-west-2:123456789012:function:f",
       "Functions from 'us-west-2' are not reachable in this region ('ap-northeast-1') (Service: "
       "AWSLambdaInternal; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: "},
  };
  for (const auto& [token, reason] : cases) {
    EXPECT_EQ(create("Resources:\n  C:\n    Type: Custom::T\n    Properties: {ServiceToken: '" +
                     token + "'}\n"),
              "ROLLBACK_COMPLETE");
    EXPECT_THAT(reason_of("C", "CREATE_FAILED"), StartsWith(reason));
    call("DeleteStack", {{"StackName", "s"}});
    settle(id_);
  }
  EXPECT_TRUE(cloud_.events.empty());
}

TEST_F(CustomResources, invocations_that_are_refused_fail_with_the_service_s_own_words) {
  const std::string token = "arn:aws:lambda:ap-northeast-1:123456789012:function:f";
  struct Case {
    Error refusal;
    std::string reason;
  };
  const std::vector<Case> cases{
      {Error("ResourceNotFoundException", "Function not found: " + token, 404),
       "Function not found: " + token +
           " (Service: AWSLambdaInternal; Status Code: 404; Error "
           "Code: ResourceNotFoundException; Request ID: "},
      {Error("AccessDeniedException",
             "User: u is not authorized to perform: lambda:InvokeFunction on resource: " + token,
             403),
       "User: u is not authorized to perform: lambda:InvokeFunction on resource: " + token +
           " (Service: AWSLambdaInternal; Status Code: 403; Error Code: AccessDeniedException; "
           "Request ID: "},
      {Error("TooManyRequestsException", "Rate Exceeded.", 429),
       "Rate Exceeded. (Service: AWSLambdaInternal; Status Code: 429; Error Code: "
       "TooManyRequestsException; Request ID: "},
  };
  for (const auto& [refusal, reason] : cases) {
    cloud_.refusals.insert_or_assign("Invoke " + token, refusal);
    EXPECT_EQ(create(one_custom), "ROLLBACK_COMPLETE");
    EXPECT_THAT(reason_of("C", "CREATE_FAILED"), StartsWith(reason));
    // It was never asked: there is nothing to delete, and no Delete is sent.
    EXPECT_TRUE(cloud_.events.empty());
    call("DeleteStack", {{"StackName", "s"}});
    settle(id_);
  }
}

TEST_F(CustomResources, a_delete_that_fails_leaves_the_stack_in_delete_failed) {
  create(one_custom);
  cloud_.replies["Delete"].body =
      R"({"Status":"FAILED","Reason":"still needed","PhysicalResourceId":"custom-1"})";
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_FAILED");
  EXPECT_THAT(reason("C"), HasSubstr("Message returned: still needed (RequestId: "));
  EXPECT_THAT(reason("C"), HasSubstr(at(cloud_.events.back(), "RequestId")));
}

// Update is sent only for a change of the resource's own properties: UG, crpg-ref-requesttypes.
TEST_F(CustomResources, are_not_asked_when_nothing_of_theirs_changes) {
  create(one_custom);
  EXPECT_EQ(update(one_custom + "  Other: {Value: x}\n"), "UPDATE_COMPLETE");
  EXPECT_THAT(requests(), ElementsAre("Create "));
}

TEST_F(CustomResources, their_token_cannot_be_changed) {
  create(one_custom);
  std::string changed = one_custom;
  changed.replace(changed.find("function:f"), 10, "function:g");
  EXPECT_EQ(update(changed), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(reason_of("C", "UPDATE_FAILED"), "Modifying service token is not allowed.");
}

// cloudformation-protocol.md 1.4.
TEST_F(CustomResources, are_waited_for_beyond_the_timeout_of_the_stack) {
  cloud_.replies["Create"].delay = std::chrono::minutes(20);
  const auto started = runtime_->clock().now();
  EXPECT_EQ(create(one_custom, {{"TimeoutInMinutes", "5"}}), "ROLLBACK_COMPLETE");
  EXPECT_GE(runtime_->clock().now() - started, std::chrono::minutes(20));
  EXPECT_THAT(reason_of("s", "ROLLBACK_IN_PROGRESS"),
              StartsWith("Stack creation time exceeded the specified timeout."));
  EXPECT_THAT(requests(), ElementsAre("Create ", "Delete custom-1"));
}

TEST_F(CustomResources, a_new_token_is_a_replacement_in_a_change_set) {
  create(one_custom);
  std::string changed = one_custom;
  changed.replace(changed.find("function:f"), 10, "function:g");
  call("CreateChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}, {"TemplateBody", changed}});
  pass(std::chrono::minutes(1));
  const auto seen = call("DescribeChangeSet", {{"StackName", "s"}, {"ChangeSetName", "c"}});
  EXPECT_EQ(at(seen, "Changes.0.ResourceChange.Replacement"), "True");
  EXPECT_EQ(at(seen, "Changes.0.ResourceChange.Details.0.Target.RequiresRecreation"), "Always");
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

// cloudformation-protocol.md 1.3.
TEST_F(CustomResources, the_id_of_a_failed_update_is_asked_for_by_its_rollback) {
  create(one_custom);
  cloud_.replies["Update"].body = R"({"Status":"FAILED","Reason":"x","PhysicalResourceId":"log"})";
  cloud_.replies["Update"].then = R"({"Status":"SUCCESS","PhysicalResourceId":"log"})";
  std::string changed = one_custom;
  changed.replace(changed.find("42"), 2, "43");
  EXPECT_EQ(update(changed), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_THAT(requests(), ElementsAre("Create ", "Update custom-1", "Update log"));
  EXPECT_EQ(service_.engine().find("s")->resources.at("C").physical_id, "log");
}

TEST_F(CustomResources, the_rollback_of_a_failed_update_may_give_the_old_id_again) {
  create(one_custom);
  cloud_.replies["Update"].body = R"({"Status":"FAILED","Reason":"x","PhysicalResourceId":"log"})";
  cloud_.replies["Update"].then = R"({"Status":"SUCCESS","PhysicalResourceId":"custom-1"})";
  std::string changed = one_custom;
  changed.replace(changed.find("42"), 2, "43");
  EXPECT_EQ(update(changed), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_THAT(requests(), ElementsAre("Create ", "Update custom-1", "Update log", "Delete log"));
  EXPECT_EQ(service_.engine().find("s")->resources.at("C").physical_id, "custom-1");
}

TEST_F(CustomResources, their_type_cannot_be_changed) {
  create(one_custom);
  std::string changed = one_custom;
  changed.replace(changed.find("Custom::Thing"), 13, "Custom::Other");
  EXPECT_EQ(refusal("UpdateStack", {{"StackName", "s"}, {"TemplateBody", changed}}),
            "ValidationError: Update of resource type is not permitted. The new template modifies "
            "resource type of the following resources: [C]");
}

// cloudformation-protocol.md 1.1: letters, digits and _@-, at most 60 of them.
TEST_F(CustomResources, their_types_have_names_of_a_certain_form) {
  const std::vector<std::pair<std::string, bool>> rows{
      {"Thing_1@home-x", true},
      {std::string(60, 'a'), true},
      {std::string(61, 'a'), false},
      {"My.Thing", false},
      {"", false},
  };
  for (const auto& [name, good] : rows) {
    std::string text = one_custom;
    text.replace(text.find("Custom::Thing"), 13, "'Custom::" + name + "'");
    EXPECT_EQ(refusal("CreateStack", {{"StackName", "s"}, {"TemplateBody", text}}),
              good ? ""
                   : "ValidationError: Template format error: Unrecognized resource types: "
                     "[Custom::" +
                         name + "]");
    if (!good) continue;
    id_ = service_.engine().find("s")->id;
    settle(id_);
    call("DeleteStack", {{"StackName", "s"}});
    settle(id_);
  }
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

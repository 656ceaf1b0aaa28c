// The operators' side: CloudFormation, S3, SSM, Logs, Lambda and STS.
#include <gtest/gtest.h>

#include "aws/cloudformation/cloudformation.hpp"
#include "aws/lambda/lambda.hpp"
#include "aws/logs/logs.hpp"
#include "aws/s3/s3.hpp"
#include "aws/scripted_test.hpp"
#include "aws/ssm/ssm.hpp"
#include "aws/sts/sts.hpp"

namespace aws {
namespace {

using scripted::Stage;

const char* const missing_stack =
    "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>"
    "<Message>Stack with id a does not exist</Message></Error></ErrorResponse>";

TEST(CloudFormation, create_stack_sends_members_and_a_token) {
  Stage stage;
  stage.server.answer(200,
                      "<CreateStackResponse><CreateStackResult><StackId>arn:1</StackId>"
                      "</CreateStackResult></CreateStackResponse>");
  const auto id = stage.run(cloudformation::create_stack(
      stage.client, {.name = "demo",
                     .template_url = "https://b.s3.eu-west-1.amazonaws.com/root.yaml",
                     .template_body = {},
                     .parameters = {{"Port", "80"}},
                     .capabilities = {"CAPABILITY_IAM"},
                     .tags = {{"owner", "me"}},
                     .role_arn = {},
                     .on_failure = {}}));
  EXPECT_EQ(id, "arn:1");
  EXPECT_EQ(stage.server.parameter(0, "Parameters.member.1.ParameterKey"), "Port");
  EXPECT_EQ(stage.server.parameter(0, "Parameters.member.1.ParameterValue"), "80");
  EXPECT_EQ(stage.server.parameter(0, "Capabilities.member.1"), "CAPABILITY_IAM");
  EXPECT_EQ(stage.server.parameter(0, "Tags.member.1.Key"), "owner");
  EXPECT_EQ(stage.server.parameter(0, "ClientRequestToken").size(), 36U);
}

TEST(CloudFormation, a_stack_is_described_or_is_nothing) {
  Stage stage;
  stage.server.answer(
      200,
      "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackId>arn:1</StackId>"
      "<StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-22T00:00:01.5Z"
      "</CreationTime><Outputs><member><OutputKey>Url</OutputKey><OutputValue>u</OutputValue>"
      "</member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>");
  stage.server.answer(400, missing_stack);
  const auto stack = stage.run(cloudformation::describe_stack(stage.client, "demo"));
  EXPECT_EQ(stack->status, "CREATE_COMPLETE");
  EXPECT_EQ(stack->outputs.at("Url"), "u");
  EXPECT_TRUE(stack->created);
  EXPECT_FALSE(stack->deleted);
  EXPECT_FALSE(stage.run(cloudformation::describe_stack(stage.client, "demo")));
}

TEST(CloudFormation, events_come_oldest_first_and_stop_at_the_one_known) {
  const auto page = [](std::string_view ids, std::string_view token) {
    std::string text = "<R><DescribeStackEventsResult><StackEvents>";
    for (const char id : ids) text += fmt::format("<member><EventId>{}</EventId></member>", id);
    return text +
           fmt::format("</StackEvents><NextToken>{}</NextToken></DescribeStackEventsResult></R>",
                       token);
  };
  const auto ids = [](const std::vector<cloudformation::StackEvent>& events) {
    std::string out;
    for (const auto& event : events) out += event.id;
    return out;
  };
  Stage stage;
  stage.server.answer(200, page("ed", "n"));
  stage.server.answer(200, page("cba", ""));
  EXPECT_EQ(ids(stage.run(cloudformation::stack_events(stage.client, "demo"))), "abcde");
  stage.server.answer(200, page("ed", "n"));
  stage.server.answer(200, page("cba", "never asked"));
  EXPECT_EQ(ids(stage.run(cloudformation::stack_events(stage.client, "demo", "b"))), "cde");
}

TEST(S3, addresses_are_virtual_hosted_on_aws_and_paths_at_an_endpoint) {
  Stage stage;
  stage.server.answer(200, "");
  stage.run(s3::put_object(stage.client, "bucket", "a b/c.yaml", "text"));
  const auto& request = stage.server.requests.at(0);
  EXPECT_EQ(request.url.host, "bucket.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(request.url.target, "/a%20b/c.yaml");
  EXPECT_TRUE(request.headers.get("X-Amz-Content-Sha256"));
  EXPECT_EQ(s3::object_url(stage.client.settings(), "bucket", "a b/c.yaml"),
            "https://bucket.s3.eu-west-1.amazonaws.com/a%20b/c.yaml");
  auto settings = Stage::settings();
  settings.endpoint = http::Url::parse("http://127.0.0.1:4566");
  Client local(stage.system, settings);
  stage.server.answer(404, "<Error><Code>NoSuchKey</Code></Error>");
  EXPECT_FALSE(stage.run(s3::get_object(local, "bucket", "k")));
  EXPECT_EQ(stage.server.requests[1].url.target, "/bucket/k");
}

TEST(S3, buckets_name_their_region_but_for_the_first_one) {
  Stage stage;
  stage.server.answer(409, "<Error><Code>BucketAlreadyOwnedByYou</Code></Error>");
  stage.run(s3::create_bucket(stage.client, "bucket"));
  EXPECT_NE(stage.server.requests[0].body.find("<LocationConstraint>eu-west-1<"),
            std::string::npos);
  auto settings = Stage::settings();
  settings.region = "us-east-1";
  Client virginia(stage.system, settings);
  stage.server.answer(200, "");
  stage.run(s3::create_bucket(virginia, "bucket"));
  EXPECT_EQ(stage.server.requests[1].body, "");
}

TEST(S3, listing_pages_to_the_end) {
  Stage stage;
  stage.server.answer(200,
                      "<ListBucketResult><Contents><Key>a</Key><Size>3</Size></Contents>"
                      "<NextContinuationToken>t=</NextContinuationToken></ListBucketResult>");
  stage.server.answer(200,
                      "<ListBucketResult><Contents><Key>b</Key></Contents></ListBucketResult>");
  const auto objects = stage.run(s3::list_objects(stage.client, "bucket", "p"));
  ASSERT_EQ(objects.size(), 2U);
  EXPECT_EQ(objects[0].size, 3);
  EXPECT_EQ(stage.server.requests[1].url.query(), "list-type=2&prefix=p&continuation-token=t%3D");
}

TEST(Ssm, a_command_goes_out_and_its_invocation_may_not_exist_yet) {
  Stage stage;
  stage.server.answer(200, R"({"Command":{"CommandId":"c-1"}})");
  stage.server.answer(400, R"({"__type":"InvocationDoesNotExist"})");
  stage.server.answer(200, R"({"Status":"Success","ResponseCode":0,"StandardOutputContent":"ok"})");
  const auto id = stage.run(
      ssm::send_command(stage.client, {.document = "AWS-RunShellScript",
                                       .instances = {{"i-1"}},
                                       .parameters = {{"commands", {"curl http://10.0.1.5"}}},
                                       .comment = {}}));
  EXPECT_EQ(id, "c-1");
  EXPECT_EQ(stage.server.requests[0].body,
            R"({"DocumentName":"AWS-RunShellScript","InstanceIds":["i-1"],)"
            R"("Parameters":{"commands":["curl http://10.0.1.5"]}})");
  EXPECT_FALSE(stage.run(ssm::command_invocation(stage.client, "c-1", {"i-1"})));
  const auto invocation = stage.run(ssm::command_invocation(stage.client, "c-1", {"i-1"}));
  EXPECT_EQ(invocation->output, "ok");
  EXPECT_EQ(invocation->response_code, 0);
}

TEST(Ssm, instances_are_filtered_by_id) {
  Stage stage;
  stage.server.answer(
      200, R"({"InstanceInformationList":[{"InstanceId":"i-1","PingStatus":"Online"}]})");
  const auto found = stage.run(ssm::instance_information(stage.client, {{"i-1"}}));
  EXPECT_EQ(found.at(0).ping_status, "Online");
  EXPECT_EQ(stage.server.requests[0].body,
            R"({"Filters":[{"Key":"InstanceIds","Values":["i-1"]}]})");
}

TEST(Logs, pages_to_the_end_and_a_missing_group_has_no_events) {
  Stage stage;
  stage.server.answer(200, R"({"events":[{"timestamp":1500,"logStreamName":"s","message":"m"}],
      "nextToken":"n"})");
  stage.server.answer(200, R"({"events":[]})");
  stage.server.answer(400, R"({"__type":"ResourceNotFoundException"})");
  const logs::Filter filter{
      .group = "/aws/lambda/f", .stream_prefix = {}, .pattern = {}, .from = {}, .to = {}};
  const auto events = stage.run(logs::filter_log_events(stage.client, filter));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(base::unix_milliseconds(events[0].time), 1500);
  EXPECT_TRUE(stage.run(logs::filter_log_events(stage.client, filter)).empty());
}

TEST(Lambda, a_function_logs_where_it_says_or_under_its_name) {
  Stage stage;
  stage.server.answer(200, R"({"FunctionName":"f","Timeout":300,
      "LoggingConfig":{"LogGroup":"/custom"}})");
  stage.server.answer(200, R"({"FunctionName":"f"})");
  stage.server.answer(404, R"({"Message":"x"})",
                      {{"X-Amzn-Errortype", "ResourceNotFoundException"}});
  EXPECT_EQ(stage.run(lambda::find_function(stage.client, "f"))->log_group, "/custom");
  EXPECT_EQ(stage.run(lambda::find_function(stage.client, "f"))->log_group, "/aws/lambda/f");
  EXPECT_FALSE(stage.run(lambda::find_function(stage.client, "f")));
  EXPECT_EQ(stage.server.requests[0].url.target, "/2015-03-31/functions/f/configuration");
  EXPECT_EQ(stage.server.requests[0].url.host, "lambda.eu-west-1.amazonaws.com");
}

TEST(Sts, tells_who_is_calling) {
  Stage stage;
  stage.server.answer(200,
                      "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn</Arn>"
                      "<Account>123456789012</Account><UserId>u</UserId>"
                      "</GetCallerIdentityResult></GetCallerIdentityResponse>");
  EXPECT_EQ(stage.run(sts::caller_identity(stage.client)).account, "123456789012");
}

}  // namespace
}  // namespace aws

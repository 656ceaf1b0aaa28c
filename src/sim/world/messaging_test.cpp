// What other services send through SNS and SQS: stack events, custom resources' requests, the
// results of asynchronous invocations.
#include "http/message.hpp"
#include "sim/lambda/lambda_test.hpp"
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class Messaging : public StackTest {
 protected:
  Messaging() : launcher_(runtime_->clock()) { world_.set_launcher(launcher_); }

  static std::string arn(const std::string& service, const std::string& rest) {
    return "arn:aws:" + service + ":ap-northeast-1:123456789012:" + rest;
  }
  static std::string url(const std::string& queue) {
    return "https://sqs.ap-northeast-1.amazonaws.com/123456789012/" + queue;
  }
  void make_queue(const std::string& name) {
    json::object input{{"QueueName", name}};
    input["Attributes"] = json::object{
        {"Policy", R"({"Statement":[{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},)"
                   R"("Action":"sqs:SendMessage","Resource":"*"}]})"}};
    call("sqs", "CreateQueue", std::move(input));
  }
  // A topic whose messages come to the queue as they are.
  void make_topic(const std::string& name, const std::string& queue) {
    call("sns", "CreateTopic", {{"Name", name}});
    make_queue(queue);
    json::object input{
        {"TopicArn", arn("sns", name)}, {"Protocol", "sqs"}, {"Endpoint", arn("sqs", queue)}};
    input["Attributes"] = json::object{{"RawMessageDelivery", "true"}};
    call("sns", "Subscribe", std::move(input));
  }
  // Everything in the queue, which is empty afterwards. Long polls: they overlook nothing.
  json::array take(const std::string& queue) {
    json::array all;
    while (true) {
      json::object input{
          {"QueueUrl", url(queue)}, {"MaxNumberOfMessages", 10}, {"WaitTimeSeconds", 1}};
      input["MessageAttributeNames"] = json::array{"All"};
      const auto output = call("sqs", "ReceiveMessage", std::move(input));
      if (!output.contains("Messages")) return all;
      for (const auto& one : output.at("Messages").as_array()) {
        call("sqs", "DeleteMessage",
             {{"QueueUrl", url(queue)}, {"ReceiptHandle", one.at("ReceiptHandle")}});
        all.push_back(one);
      }
    }
  }
  std::vector<std::string> bodies(const std::string& queue) {
    std::vector<std::string> all;
    for (const auto& one : take(queue)) all.push_back(std::string(one.at("Body").as_string()));
    return all;
  }
  std::string start(const std::string& text, const std::string& topic = {}) {
    json::object input{{"StackName", "s"}, {"TemplateBody", text}};
    if (!topic.empty()) input["NotificationARNs"] = json::array{json::value(arn("sns", topic))};
    id_ = cloudformation::at(json::value(call("cloudformation", "CreateStack", std::move(input))),
                             "StackId");
    return id_;
  }
  // As whoever got the request answers it.
  void answer(const std::string& request) {
    const auto asked = json::parse(request).as_object();
    json::object body{{"Status", "SUCCESS"}, {"PhysicalResourceId", "mine"}};
    for (const auto* name : {"StackId", "RequestId", "LogicalResourceId"}) {
      body[name] = asked.at(name);
    }
    http::Request put;
    put.method = "PUT";
    put.url = http::Url::parse(std::string(asked.at("ResponseURL").as_string()));
    put.body = json::serialize(body);
    runtime_->run([](World& world, http::Request request_) -> Task<void> {
      const auto response = co_await world.send(std::move(request_));
      EXPECT_EQ(response.status, 200);
    }(world_, std::move(put)));
  }

  void make_function(const std::string& handler, const std::string& allowed, json::object more) {
    call("iam", "CreateRole",
         {{"RoleName", "r"},
          {"AssumeRolePolicyDocument",
           R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":)"
           R"("lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]})"}});
    call(
        "iam", "PutRolePolicy",
        {{"RoleName", "r"},
         {"PolicyName", "p"},
         {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":")" +
                                allowed + R"(","Resource":"*"}]})"}});
    pass(1min);
    more["FunctionName"] = "f";
    more["Runtime"] = "provided.al2023";
    more["Handler"] = handler;
    more["Role"] = "arn:aws:iam::123456789012:role/r";
    more["Code"] = json::object{{"ZipFile", lambda::zip}};
    call("lambda", "CreateFunction", std::move(more));
    pass(10s);
  }
  void invoke_event() {
    call("lambda", "Invoke",
         {{"FunctionName", "f"}, {"InvocationType", "Event"}, {"Payload", "{\"a\":1}"}});
    pass(10min);
  }
  void let_topic_invoke(const std::string& topic) {
    call("lambda", "AddPermission",
         {{"FunctionName", "f"},
          {"StatementId", "s"},
          {"Action", "lambda:InvokeFunction"},
          {"Principal", "sns.amazonaws.com"},
          {"SourceArn", arn("sns", topic)}});
  }
  void subscribe_function(const std::string& topic) {
    call("sns", "CreateTopic", {{"Name", topic}});
    call("sns", "Subscribe",
         {{"TopicArn", arn("sns", topic)},
          {"Protocol", "lambda"},
          {"Endpoint", arn("lambda", "function:f")}});
  }

  lambda::TestLauncher launcher_;
};

constexpr const char* one_group =
    "Resources:\n  G:\n    Type: AWS::Logs::LogGroup\n    Properties: {LogGroupName: g}\n";

TEST_F(Messaging, topics_of_a_stack_are_told_its_events) {
  make_topic("t", "q");
  start(one_group, "t");
  EXPECT_EQ(settle(), "CREATE_COMPLETE");
  auto told = bodies("q");
  std::ranges::sort(
      told, {}, [](const std::string& text) { return text.substr(text.find("Timestamp="), 40); });
  ASSERT_EQ(told.size(), 5U);  // two of the stack, three of the group
  EXPECT_THAT(told[0],
              MatchesRegex("StackId='" + id_ +
                           "'\nTimestamp='2026-11-22T00:0[0-9:.]+Z'\nEventId='[-0-9a-f]+'\n"
                           "LogicalResourceId='s'\nNamespace='123456789012'\nPhysicalResourceId='" +
                           id_ +
                           "'\nResourceProperties='null'\nResourceStatus='CREATE_IN_PROGRESS'\n"
                           "ResourceStatusReason='User Initiated'\n"
                           "ResourceType='AWS::CloudFormation::Stack'\nStackName='s'\n"
                           "ClientRequestToken='null'\n"));
  EXPECT_THAT(told[1], HasSubstr("'\nLogicalResourceId='G'\nNamespace='123456789012'\n"
                                 "ResourceProperties='{\"LogGroupName\":\"g\"}'\n"));
  EXPECT_THAT(told,
              testing::Contains(MatchesRegex(".*LogicalResourceId='G'\n.*PhysicalResourceId='g'\n.*"
                                             "ResourceStatus='CREATE_COMPLETE'\n.*")));
  EXPECT_THAT(told, testing::Contains(MatchesRegex(
                        ".*LogicalResourceId='s'\n.*ResourceStatus='CREATE_COMPLETE'\n.*")));
}

TEST_F(Messaging, a_stack_whose_topic_is_missing_goes_on_without_it) {
  start(one_group, "none");
  EXPECT_EQ(settle(), "CREATE_COMPLETE");
}

TEST_F(Messaging, a_custom_resource_may_ask_a_topic) {
  make_topic("t", "q");
  start("Resources:\n  C:\n    Type: Custom::Thing\n    Properties:\n      ServiceToken: " +
        arn("sns", "t") + "\n      A: 1\n");
  pass(20s);
  const auto asked = bodies("q");
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(json::parse(asked[0]).at("ResourceProperties").at("A"), "1");
  answer(asked[0]);
  EXPECT_EQ(settle(), "CREATE_COMPLETE");
}

TEST_F(Messaging, a_custom_resource_whose_topic_is_missing_fails_in_the_words_of_sns) {
  start("Resources:\n  C:\n    Type: Custom::Thing\n    Properties:\n      ServiceToken: " +
        arn("sns", "none") + "\n");
  EXPECT_EQ(settle(), "ROLLBACK_COMPLETE");
  EXPECT_THAT(troubles(),
              HasSubstr("C: Topic does not exist (Service: AmazonSNS; Status Code: 404; "
                        "Error Code: NotFound; Request ID: "));
}

TEST_F(Messaging, a_function_subscribed_to_the_topic_gets_the_request_where_it_is_let_in) {
  make_function("echo", "logs:*", {});
  subscribe_function("t");
  const auto text =
      "Resources:\n  C:\n    Type: Custom::Thing\n    Properties:\n      ServiceTimeout: 60\n"
      "      ServiceToken: " +
      arn("sns", "t") + "\n";
  start(text);
  EXPECT_EQ(settle(), "ROLLBACK_FAILED");  // nobody heard of it, and nobody of its deletion
  EXPECT_TRUE(launcher_.ids.empty());
  let_topic_invoke("other");
  call("sns", "Publish", {{"TopicArn", arn("sns", "t")}, {"Message", "m"}});
  pass(10s);
  EXPECT_TRUE(launcher_.ids.empty());
  call("lambda", "RemovePermission", {{"FunctionName", "f"}, {"StatementId", "s"}});
  let_topic_invoke("t");
  call("cloudformation", "DeleteStack", {{"StackName", "s"}});
  pass(20s);
  ASSERT_EQ(launcher_.ids.size(), 1U);
  const auto record = json::parse(launcher_.last_payload).at("Records").at(0);
  EXPECT_EQ(record.at("Sns").at("Subject"), "AWS CloudFormation custom resource request");
  EXPECT_EQ(json::parse(record.at("Sns").at("Message").as_string()).at("RequestType"), "Delete");
  answer(std::string(record.at("Sns").at("Message").as_string()));
  EXPECT_EQ(settle(), "DELETE_COMPLETE");
}

TEST_F(Messaging, results_of_events_go_to_queues_and_topics_as_the_role_may) {
  make_topic("t", "q");
  make_function("echo", "*", {});
  const auto configure = [&](const char* when, const std::string& where) {
    call("lambda", "PutFunctionEventInvokeConfig",
         {{"FunctionName", "f"}, {"DestinationConfig", {{when, {{"Destination", where}}}}}});
  };
  configure("OnSuccess", arn("sqs", "q"));
  invoke_event();
  configure("OnSuccess", arn("sns", "t"));
  invoke_event();
  const auto records = bodies("q");
  ASSERT_EQ(records.size(), 2U);
  for (const auto& record : records) {
    const auto parsed = json::parse(record);
    EXPECT_EQ(parsed.at("requestContext").at("condition"), "Success");
    EXPECT_EQ(parsed.at("requestPayload"), (json::object{{"a", 1}}));
  }
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
TEST_F(Messaging, failed_events_go_to_a_bucket_by_function_and_day) {
  call("s3", "CreateBucket", {{"Bucket", "records-of-f"}});
  make_function("fail", "s3:PutObject", {});
  const auto configure = [&](const char* when) -> std::string {
    try {
      call("lambda", "PutFunctionEventInvokeConfig",
           {{"FunctionName", "f"},
            {"DestinationConfig", {{when, {{"Destination", "arn:aws:s3:::records-of-f"}}}}}});
      return "done";
    } catch (const Error& error) {
      return error.code;
    }
  };
  EXPECT_EQ(configure("OnSuccess"), "InvalidParameterValueException");
  ASSERT_EQ(configure("OnFailure"), "done");
  invoke_event();
  pass(10s);
  const auto listed = json::serialize(call("s3", "ListObjectsV2", {{"Bucket", "records-of-f"}}));
  EXPECT_THAT(listed,
              testing::ContainsRegex("\"aws.{1,2}lambda.{1,2}async.{1,2}f.{1,2}20[0-9][0-9]"));
}

TEST_F(Messaging, failed_events_go_to_the_dead_letter_queue_with_what_went_wrong) {
  make_queue("q");
  make_function("fail", "sqs:SendMessage",
                {{"DeadLetterConfig", {{"TargetArn", arn("sqs", "q")}}}});
  EXPECT_EQ(call("lambda", "GetFunctionConfiguration", {{"FunctionName", "f"}})
                .at("DeadLetterConfig")
                .at("TargetArn")
                .as_string(),
            arn("sqs", "q"));
  invoke_event();
  const auto letters = take("q");
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].at("Body"), "{\"a\":1}");
  const auto& attributes = letters[0].at("MessageAttributes").as_object();
  EXPECT_EQ(attributes.at("RequestID").at("StringValue").as_string(), launcher_.ids.front());
  EXPECT_EQ(attributes.at("ErrorCode").at("DataType"), "Number");
  EXPECT_EQ(attributes.at("ErrorCode").at("StringValue"), "200");
}

TEST_F(Messaging, a_dead_letter_queue_that_the_role_may_not_write_to_is_refused) {
  const auto refused = [&](const std::string& target) -> std::string {
    try {
      make_function("fail", "logs:*", {{"DeadLetterConfig", {{"TargetArn", target}}}});
    } catch (const Error& error) {
      call("iam", "DeleteRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}});
      call("iam", "DeleteRole", {{"RoleName", "r"}});
      return error.code + ": " + error.what();
    }
    return "none";
  };
  EXPECT_EQ(refused(arn("sns", "t")),
            "InvalidParameterValueException: The provided execution role does not have permissions "
            "to call Publish on SNS");
  EXPECT_THAT(refused(arn("lambda", "function:g")), StartsWith("ValidationException"));
}

}  // namespace
}  // namespace sim::world

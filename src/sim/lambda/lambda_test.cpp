#include "sim/lambda/lambda_test.hpp"

namespace sim::lambda {
namespace {

TEST_F(LambdaTest, a_function_is_pending_and_then_answers_from_a_warm_process) {
  json::object created = call(lambda, "CreateFunction", description("echo"));
  EXPECT_EQ(created["State"], "Pending");
  EXPECT_EQ(refusal("Invoke", {{"FunctionName", "f"}}), "ResourceConflictException");
  pass(5s);
  EXPECT_EQ(call(lambda, "GetFunctionConfiguration", {{"FunctionName", "f"}})["State"], "Active");
  EXPECT_EQ(invoke()["Payload"], "{\"a\":1}");
  EXPECT_EQ(invoke()["StatusCode"], 200);
  EXPECT_EQ(launcher.started, 1);
  EXPECT_EQ(launcher.last_environment.at("AWS_LAMBDA_FUNCTION_NAME"), "f");
  EXPECT_TRUE(iam.key(launcher.last_environment.at("AWS_ACCESS_KEY_ID")));
  pass(11min);
  invoke();
  EXPECT_EQ(launcher.started, 2);
}

TEST_F(LambdaTest, its_output_is_logged_between_start_and_report) {
  create("echo");
  invoke();
  const auto found = lines();
  ASSERT_EQ(found.size(), 5U);
  EXPECT_TRUE(found[0].starts_with("INIT_START"));
  EXPECT_TRUE(found[1].starts_with("START RequestId: "));
  EXPECT_EQ(found[2], "working");
  EXPECT_TRUE(found[3].starts_with("END RequestId: "));
  EXPECT_TRUE(found[4].starts_with("REPORT RequestId: "));
  EXPECT_NE(found[4].find("\tInit Duration: "), std::string::npos);
}

TEST_F(LambdaTest, the_caller_gets_the_tail_of_the_log_on_demand) {
  create("echo");
  const auto answer = call(lambda, "Invoke", {{"FunctionName", "f"}, {"LogType", "Tail"}});
  std::string tail;
  ASSERT_TRUE(s3::decode_base64(std::string(answer.at("LogResult").as_string()), tail));
  EXPECT_TRUE(tail.starts_with("START RequestId: "));
  EXPECT_NE(tail.find("\nworking\nEND RequestId: "), std::string::npos);
  EXPECT_FALSE(invoke().contains("LogResult"));
}

TEST_F(LambdaTest, a_role_without_permission_leaves_no_log) {
  role("silent", "lambda.amazonaws.com");
  auto input = description("echo");
  input["Role"] = "arn:aws:iam::123456789012:role/silent";
  call(lambda, "CreateFunction", input);
  pass(5s);
  EXPECT_EQ(invoke()["Payload"], "{\"a\":1}");
  EXPECT_TRUE(lines().empty());
}

TEST_F(LambdaTest, a_role_that_lambda_cannot_assume_is_refused) {
  role("other", "ec2.amazonaws.com");
  auto input = description("echo");
  input["Role"] = "arn:aws:iam::123456789012:role/other";
  EXPECT_EQ(refusal("CreateFunction", input), "InvalidParameterValueException");
}

TEST_F(LambdaTest, wrong_descriptions_are_refused) {
  const auto with = [&](std::string_view name, json::value value) {
    auto input = description("echo");
    input[name] = std::move(value);
    return refusal("CreateFunction", std::move(input));
  };
  EXPECT_EQ(with("Timeout", 901), "ValidationException");
  EXPECT_EQ(with("MemorySize", 127), "ValidationException");
  EXPECT_EQ(with("Runtime", "cobol"), "InvalidParameterValueException");
  EXPECT_EQ(with("Code", json::object{{"ZipFile", "bm90IGEgemlw"}}),
            "InvalidParameterValueException");
  EXPECT_EQ(with("Code", json::object{{"S3Bucket", "b"}, {"S3Key", "k"}}),
            "InvalidParameterValueException");
  EXPECT_EQ(with("Environment", json::object{{"Variables", {{"AWS_REGION", "x"}}}}),
            "InvalidParameterValueException");
  EXPECT_EQ(with("Layers", json::array{json::value("x")}), "NotImplemented");
  EXPECT_EQ(refusal("GetFunction", {{"FunctionName", "f"}}), "ResourceNotFoundException");
}

// facts: wrong id 400 InvalidRequestID, wrong order 403 InvalidStateTransition.
TEST_F(LambdaTest, the_runtime_api_refuses_wrong_ids_and_wrong_order) {
  create("wrong");
  EXPECT_EQ(invoke()["Payload"], "{\"a\":1}");
  EXPECT_EQ(launcher.wrong_id.status, 400);
  EXPECT_EQ(json::parse(launcher.wrong_id.body).at("errorType"), "InvalidRequestID");
  EXPECT_EQ(launcher.too_early.status, 403);
  EXPECT_EQ(launcher.last.status, 202);
  EXPECT_EQ(launcher.last.body, "{\"status\":\"OK\"}");
  EXPECT_EQ(launcher.again.status, 403);
  EXPECT_EQ(json::parse(launcher.again.body).at("errorType"), "InvalidStateTransition");
}

TEST_F(LambdaTest, a_response_too_long_is_a_function_error) {
  create("huge");
  const auto answer = invoke();
  EXPECT_EQ(answer.at("FunctionError"), "Unhandled");
  EXPECT_EQ(json::parse(answer.at("Payload").as_string()).at("errorType"),
            "Function.ResponseSizeTooLarge");
  EXPECT_EQ(launcher.last.status, 413);
}

TEST_F(LambdaTest, a_timeout_tears_the_process_down_and_the_next_gets_a_new_one) {
  create("sleep");
  const auto began = context.now();
  const auto answer = invoke();
  EXPECT_GE(context.now() - began, 3s);
  EXPECT_LT(context.now() - began, 4s);
  EXPECT_EQ(answer.at("FunctionError"), "Unhandled");
  EXPECT_NE(answer.at("Payload").as_string().find("Task timed out after 3.00 seconds"),
            json::string::npos);
  EXPECT_TRUE(lines().back().ends_with("Status: timeout"));
  pass(2min);
  EXPECT_FALSE(launcher.came_back);
  invoke();
  EXPECT_EQ(launcher.started, 2);
}

TEST_F(LambdaTest, a_process_that_exits_is_started_again_and_then_reported) {
  create("exit");
  const auto answer = invoke();
  EXPECT_EQ(launcher.started, 2);
  EXPECT_EQ(answer.at("FunctionError"), "Unhandled");
  EXPECT_NE(answer.at("Payload").as_string().find("Runtime exited with error: exit status 3"),
            json::string::npos);
}

TEST_F(LambdaTest, an_init_error_is_the_callers_answer) {
  create("bad-init");
  EXPECT_EQ(invoke().at("Payload"), "{\"errorType\":\"Runtime.Bad\"}");
}

TEST_F(LambdaTest, an_init_longer_than_ten_seconds_is_done_again_within_the_timeout) {
  create("slow-init");
  const auto answer = invoke();
  EXPECT_EQ(launcher.started, 2);
  EXPECT_NE(answer.at("Payload").as_string().find("timed out after 3.00"), json::string::npos);
}

// facts: cloudformation-protocol 1.4, two more tries after 1 and 2 minutes, same request id.
TEST_F(LambdaTest, an_asynchronous_failure_is_tried_twice_more_with_the_same_id) {
  create("fail");
  EXPECT_EQ(invoke("Event").at("StatusCode"), 202);
  pass(1h);
  ASSERT_EQ(launcher.times.size(), 3U);
  EXPECT_EQ(launcher.ids[0], launcher.ids[2]);
  EXPECT_NEAR(base::seconds(launcher.times[1] - launcher.times[0]), 60, 1);
  EXPECT_NEAR(base::seconds(launcher.times[2] - launcher.times[1]), 120, 1);
}

TEST_F(LambdaTest, retries_can_be_switched_off_and_the_failure_sent_on) {
  create("fail");
  call(
      iam, "PutRolePolicy",
      {{"RoleName", "works"},
       {"PolicyName", "p"},
       {"PolicyDocument",
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"*"}]})"}});
  auto sink = description("echo");
  sink["FunctionName"] = "sink";
  call(lambda, "CreateFunction", sink);
  pass(5s);
  call(lambda, "PutFunctionEventInvokeConfig",
       {{"FunctionName", "f"},
        {"MaximumRetryAttempts", 0},
        {"DestinationConfig", {{"OnFailure", {{"Destination", lambda.arn("sink")}}}}}});
  invoke("Event");
  pass(1h);
  EXPECT_EQ(launcher.ids.size(), 2U);  // one failure, one delivery to the sink
}

TEST_F(LambdaTest, permissions_are_kept_as_a_resource_policy) {
  create("echo");
  EXPECT_EQ(refusal("GetPolicy", {{"FunctionName", "f"}}), "ResourceNotFoundException");
  const json::object permission{{"FunctionName", "f"},
                                {"StatementId", "s"},
                                {"Action", "lambda:InvokeFunction"},
                                {"Principal", "events.amazonaws.com"}};
  call(lambda, "AddPermission", permission);
  EXPECT_EQ(refusal("AddPermission", permission), "ResourceConflictException");
  const auto policy = call(lambda, "GetPolicy", {{"FunctionName", "f"}});
  EXPECT_EQ(json::parse(policy.at("Policy").as_string()).at("Statement").at(0).at("Principal"),
            (json::object{{"Service", "events.amazonaws.com"}}));
  call(lambda, "RemovePermission", {{"FunctionName", "f"}, {"StatementId", "s"}});
  EXPECT_EQ(refusal("GetPolicy", {{"FunctionName", "f"}}), "ResourceNotFoundException");
}

TEST_F(LambdaTest, passing_the_role_is_asked_for) {
  const auto access = lambda.operations()
                          .at("CreateFunction")
                          .access(Call{{}, "lambda", "CreateFunction", description("echo"), {}});
  ASSERT_EQ(access.size(), 2U);
  EXPECT_EQ(access[0].resource, "arn:aws:lambda:ap-northeast-1:123456789012:function:f");
  EXPECT_EQ(access[1].action, "iam:PassRole");
  EXPECT_EQ(access[1].context.at("iam:PassedToService"), "lambda.amazonaws.com");
}

}  // namespace
}  // namespace sim::lambda

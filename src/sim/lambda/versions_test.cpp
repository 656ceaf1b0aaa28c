#include <boost/json/serialize.hpp>

#include "sim/lambda/lambda_test.hpp"

namespace sim::lambda {
namespace {

TEST_F(LambdaTest, how_a_process_ended_is_told_in_lambdas_words) {
  struct Row {
    const char *handler, *payload, *line, *report;
  };
  const Row rows[] = {
      {"memory", "Error: Runtime exited with error: signal: killed\"", "signal: killed\nRuntime.",
       "Max Memory Used: 128 MB\tInit Duration: "},
      {"memory", "Runtime.ExitError",
       "RequestId: ", "Status: error\tError Type: Runtime.OutOfMemory"},
      {"crash", "Error: Runtime exited with error: signal: segmentation fault\"",
       "segmentation fault\nRuntime.ExitError", "Error Type: Runtime.ExitError"},
      {"no-entry",
       "\"RequestId: ", "Error: fork/exec: permission denied\nRuntime.InvalidEntrypoint",
       "Error Type: Runtime.InvalidEntrypoint"},
  };
  for (const auto& row : rows) {
    create(row.handler);
    const auto answer = invoke();
    EXPECT_EQ(answer.at("FunctionError"), "Unhandled");
    EXPECT_NE(answer.at("Payload").as_string().find(row.payload), json::string::npos)
        << answer.at("Payload");
    const auto found = lines();
    const auto said = [&](std::string_view text) {
      return std::ranges::any_of(found, [&](const auto& line) { return line.contains(text); });
    };
    EXPECT_TRUE(said(row.line)) << row.line;
    EXPECT_TRUE(said(row.report)) << row.report;
    call(lambda, "DeleteFunction", {{"FunctionName", "f"}});
    call(logs, "DeleteLogGroup", {{"logGroupName", "/aws/lambda/f"}});
  }
}

TEST_F(LambdaTest, packages_that_cannot_be_unpacked_are_refused_when_they_come) {
  auto input = description("echo");
  for (const std::string bytes : {"", "no zip", "PK\x03\x04 but nothing else of the kind"}) {
    input["Code"] = {{"ZipFile", s3::base64(bytes)}};
    EXPECT_EQ(refusal("CreateFunction", input), "InvalidParameterValueException") << bytes;
  }
}

TEST_F(LambdaTest, a_success_goes_to_its_own_destination) {
  call(
      iam, "PutRolePolicy",
      {{"RoleName", "works"},
       {"PolicyName", "p"},
       {"PolicyDocument",
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"*"}]})"}});
  create("echo");
  auto sink = description("echo");
  sink["FunctionName"] = "sink";
  call(lambda, "CreateFunction", sink);
  pass(5s);
  const auto configured = [&](const char* when, const std::string& where) {
    return refusal(
        "PutFunctionEventInvokeConfig",
        {{"FunctionName", "f"}, {"DestinationConfig", {{when, {{"Destination", where}}}}}});
  };
  EXPECT_EQ(configured("OnSuccess", "arn:aws:s3:::bucket"), "InvalidParameterValueException");
  EXPECT_EQ(configured("OnFailure", "arn:aws:sqs:ap-northeast-1:123456789012:q"),
            "InvalidParameterValueException");  // the role may not write to it
  EXPECT_EQ(configured("OnSuccess", lambda.arn("sink")), "none");
  invoke("Event");
  pass(1h);
  EXPECT_EQ(launcher.ids.size(), 2U);
  EXPECT_EQ(launcher.arn, lambda.arn("sink"));
  EXPECT_NE(launcher.last_payload.find("\"condition\":\"Success\""), std::string::npos);
}

TEST_F(LambdaTest, a_destination_that_the_role_may_not_invoke_is_refused) {
  create("echo");
  EXPECT_EQ(refusal("PutFunctionEventInvokeConfig",
                    {{"FunctionName", "f"},
                     {"DestinationConfig", {{"OnFailure", {{"Destination", lambda.arn("g")}}}}}}),
            "InvalidParameterValueException");
}

TEST_F(LambdaTest, an_event_older_than_allowed_is_given_up) {
  create("fail");
  call(lambda, "PutFunctionEventInvokeConfig",
       {{"FunctionName", "f"}, {"MaximumEventAgeInSeconds", 90}});
  invoke("Event");
  pass(1h);
  EXPECT_EQ(launcher.times.size(), 2U);  // the third would have come after three minutes
}

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
TEST_F(LambdaTest, reserved_concurrency_is_a_limit) {
  create("echo");
  const auto reserve = [&](int number) {
    return refusal("PutFunctionConcurrency",
                   {{"FunctionName", "f"}, {"ReservedConcurrentExecutions", number}});
  };
  EXPECT_EQ(reserve(901), "InvalidParameterValueException");
  EXPECT_EQ(reserve(0), "none");
  EXPECT_EQ(refusal("Invoke", {{"FunctionName", "f"}}), "TooManyRequestsException");
  invoke("Event");
  pass(7h);
  EXPECT_EQ(launcher.started, 0);
  EXPECT_EQ(call(lambda, "GetFunction", {{"FunctionName", "f"}}).at("Concurrency"),
            (json::object{{"ReservedConcurrentExecutions", 0}}));
  EXPECT_EQ(call(lambda, "GetAccountSettings", {})
                .at("AccountLimit")
                .at("UnreservedConcurrentExecutions"),
            1000);
  call(lambda, "DeleteFunctionConcurrency", {{"FunctionName", "f"}});
  EXPECT_EQ(invoke()["StatusCode"], 200);
}

TEST_F(LambdaTest, more_invocations_than_reserved_are_throttled) {
  create("sleep");
  call(lambda, "PutFunctionConcurrency",
       {{"FunctionName", "f"}, {"ReservedConcurrentExecutions", 1}});
  invoke("Event");
  pass(2s);  // it runs
  EXPECT_EQ(refusal("Invoke", {{"FunctionName", "f"}}), "TooManyRequestsException");
  pass(10s);
  EXPECT_NE(invoke().at("Payload").as_string().find("timed out"), json::string::npos);
}

TEST_F(LambdaTest, a_published_version_stays_as_it_was) {
  create("echo");
  const auto first = call(lambda, "PublishVersion", {{"FunctionName", "f"}});
  EXPECT_EQ(first.at("Version"), "1");
  EXPECT_EQ(first.at("FunctionArn").as_string(), lambda.arn("f:1"));
  EXPECT_EQ(call(lambda, "PublishVersion", {{"FunctionName", "f"}}).at("Version"), "1");
  call(lambda, "UpdateFunctionConfiguration", {{"FunctionName", "f"}, {"Timeout", 60}});
  pass(5s);
  EXPECT_EQ(call(lambda, "PublishVersion", {{"FunctionName", "f"}}).at("Version"), "2");
  EXPECT_EQ(call(lambda, "GetFunctionConfiguration", {{"FunctionName", "f:1"}}).at("Timeout"), 3);
  EXPECT_EQ(call(lambda, "ListVersionsByFunction", {{"FunctionName", "f"}})
                .at("Versions")
                .as_array()
                .size(),
            3U);
  const auto answer =
      call(lambda, "Invoke", {{"FunctionName", "f"}, {"Qualifier", "1"}, {"Payload", "1"}});
  EXPECT_EQ(answer.at("ExecutedVersion"), "1");
  EXPECT_EQ(launcher.arn, lambda.arn("f:1"));
  EXPECT_EQ(launcher.last_environment.at("AWS_LAMBDA_FUNCTION_VERSION"), "1");
  EXPECT_TRUE(launcher.last_environment.at("AWS_LAMBDA_LOG_STREAM_NAME").contains("/[1]"));
}

TEST_F(LambdaTest, an_alias_leads_to_its_version) {
  create("echo");
  call(lambda, "PublishVersion", {{"FunctionName", "f"}});
  const json::object alias{{"FunctionName", "f"}, {"Name", "live"}, {"FunctionVersion", "1"}};
  EXPECT_EQ(call(lambda, "CreateAlias", alias).at("AliasArn").as_string(), lambda.arn("f:live"));
  EXPECT_EQ(refusal("CreateAlias", alias), "ResourceConflictException");
  EXPECT_EQ(call(lambda, "Invoke", {{"FunctionName", "f:live"}}).at("ExecutedVersion"), "1");
  EXPECT_EQ(refusal("DeleteFunction", {{"FunctionName", "f"}, {"Qualifier", "1"}}),
            "ResourceConflictException");
  call(lambda, "DeleteAlias", alias);
  EXPECT_EQ(refusal("Invoke", {{"FunctionName", "f:live"}}), "ResourceNotFoundException");
  EXPECT_EQ(refusal("DeleteFunction", {{"FunctionName", "f"}, {"Qualifier", "1"}}), "none");
  EXPECT_EQ(refusal("GetFunction", {{"FunctionName", "f:1"}}), "ResourceNotFoundException");
  EXPECT_EQ(refusal("GetFunction", {{"FunctionName", "f"}}), "none");
}

TEST_F(LambdaTest, an_update_on_another_revision_is_refused) {
  create("echo");
  json::object input{{"FunctionName", "f"}, {"RevisionId", "another"}};
  EXPECT_EQ(refusal("UpdateFunctionConfiguration", input), "PreconditionFailedException");
  EXPECT_EQ(refusal("PublishVersion", input), "PreconditionFailedException");
}

TEST_F(LambdaTest, an_update_replaces_the_warm_process_and_a_deletion_lets_it_finish) {
  create("echo");
  invoke();
  call(lambda, "UpdateFunctionCode", {{"FunctionName", "f"}, {"ZipFile", zip}});
  pass(5s);
  invoke();
  EXPECT_EQ(launcher.started, 2);
  call(lambda, "UpdateFunctionConfiguration", {{"FunctionName", "f"}, {"Handler", "sleep"}});
  pass(5s);
  invoke("Event");
  pass(1s);
  call(lambda, "DeleteFunction", {{"FunctionName", "f"}});
  pass(1min);
  EXPECT_TRUE(std::ranges::any_of(
      lines(), [](const auto& line) { return line.contains("timed out after 3.00"); }));
}

TEST_F(LambdaTest, a_service_needs_a_permission_to_invoke) {
  create("echo");
  const auto by_service = [&] {
    std::string code = "none";
    runtime->run([](Service& to, std::string& into) -> Task<void> {
      const Principal events{Principal::Kind::service, "events.amazonaws.com", {}, {}};
      try {
        co_await to.operations().at("Invoke").run(
            Call{events, "lambda", "Invoke", {{"FunctionName", "f"}}, {}});
      } catch (const Error& error) {
        into = error.code;
      }
    }(lambda, code));
    return code;
  };
  EXPECT_EQ(by_service(), "AccessDeniedException");
  call(lambda, "AddPermission",
       {{"FunctionName", "f"},
        {"StatementId", "for-one-rule"},
        {"Action", "lambda:InvokeFunction"},
        {"Principal", "events.amazonaws.com"},
        {"SourceArn", "arn:aws:events:ap-northeast-1:123456789012:rule/r"}});
  EXPECT_EQ(by_service(), "AccessDeniedException");
  call(lambda, "AddPermission",
       {{"FunctionName", "f"},
        {"StatementId", "s"},
        {"Action", "lambda:InvokeFunction"},
        {"Principal", "events.amazonaws.com"}});
  EXPECT_EQ(by_service(), "none");
}

TEST_F(LambdaTest, a_role_that_the_resource_policy_names_needs_no_policy_of_its_own) {
  create("echo");
  const std::string role_arn = "arn:aws:iam::123456789012:role/caller";
  const Principal caller{Principal::Kind::role_session,
                         "arn:aws:sts::123456789012:assumed-role/caller/s", role_arn, "id"};
  const auto asked = [&] {
    return lambda.operations()
        .at("Invoke")
        .access(Call{caller, "lambda", "Invoke", {{"FunctionName", "f"}}, {}})
        .size();
  };
  EXPECT_EQ(asked(), 1U);
  call(lambda, "AddPermission",
       {{"FunctionName", "f"},
        {"StatementId", "s"},
        {"Action", "lambda:InvokeFunction"},
        {"Principal", role_arn}});
  EXPECT_EQ(asked(), 0U);
}

TEST_F(LambdaTest, the_code_of_a_function_can_be_fetched) {
  create("echo");
  const auto code = call(lambda, "GetFunction", {{"FunctionName", "f"}}).at("Code");
  http::Request get;
  get.url = http::Url::parse(std::string_view(code.at("Location").as_string()));
  std::string body;
  runtime->run([](s3::S3& from, http::Request request, std::string& into) -> Task<void> {
    into = (co_await from.handle({}, std::move(request), true)).body;
  }(s3, get, body));
  EXPECT_EQ(s3::base64(body), zip);
  EXPECT_FALSE(json::serialize(call(s3, "ListBuckets", {})).contains("awslambda"));
}

TEST_F(LambdaTest, functions_are_listed_in_pages) {
  for (const auto* name : {"a", "b", "c"}) {
    auto input = description("echo");
    input["FunctionName"] = name;
    call(lambda, "CreateFunction", input);
  }
  const auto first = call(lambda, "ListFunctions", {{"MaxItems", 2}});
  EXPECT_EQ(first.at("Functions").as_array().size(), 2U);
  const auto rest =
      call(lambda, "ListFunctions", {{"MaxItems", 2}, {"Marker", first.at("NextMarker")}});
  EXPECT_EQ(rest.at("Functions").at(0).at("FunctionName"), "c");
  EXPECT_FALSE(rest.contains("NextMarker"));
}

}  // namespace
}  // namespace sim::lambda

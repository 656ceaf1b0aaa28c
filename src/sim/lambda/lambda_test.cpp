#include "sim/lambda/lambda.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "sim/s3/digest.hpp"

namespace sim::lambda {
namespace {

using namespace std::chrono_literals;

// What a process does, chosen by the function's handler.
class TestLauncher final : public Launcher {
 public:
  explicit TestLauncher(base::Clock& clock) : clock_(clock) {}

  Task<int> run(Process process) override {
    ++started;
    last_environment = process.environment;
    const std::string base =
        "http://" + process.environment.at("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/";
    if (process.handler == "slow-init") co_await clock_.sleep_for(11s);
    if (process.handler == "exit") co_return 3;
    if (process.handler == "bad-init") {
      co_await process.transport.send(
          request("POST", base + "init/error", "{\"errorType\":\"Runtime.Bad\"}"));
      co_return 1;
    }
    while (true) {
      const auto work = co_await process.transport.send(request("GET", base + "invocation/next"));
      const std::string id(*work.headers.get("Lambda-Runtime-Aws-Request-Id"));
      ids.push_back(id);
      times.push_back(clock_.now());
      process.output("working");
      const auto at = base + "invocation/" + id + "/";
      if (process.handler == "sleep") {
        co_await clock_.sleep_for(60s);
        co_await process.transport.send(request("POST", "http://world/"));
        came_back = true;
      }
      if (process.handler == "fail") {
        last = co_await process.transport.send(
            request("POST", at + "error", "{\"errorMessage\":\"no\",\"errorType\":\"E\"}"));
        continue;
      }
      if (process.handler == "wrong") {
        wrong_id = co_await process.transport.send(
            request("POST", base + "invocation/other/response", "{}"));
        too_early = co_await process.transport.send(request("GET", base + "invocation/next"));
      }
      const std::string body =
          process.handler == "huge" ? std::string(response_limit + 1, 'x') : work.body;
      last = co_await process.transport.send(request("POST", at + "response", body));
      if (process.handler == "wrong") {
        again = co_await process.transport.send(request("POST", at + "response", "{}"));
      }
    }
  }

  static http::Request request(std::string method, const std::string& url, std::string body = {}) {
    return {std::move(method), http::Url::parse(url), {}, std::move(body), std::nullopt};
  }

  int started = 0;
  bool came_back = false;
  std::map<std::string, std::string> last_environment;
  std::vector<std::string> ids;
  std::vector<base::Instant> times;
  http::Response last, wrong_id, too_early, again;

 private:
  base::Clock& clock_;
};

class NoWorld final : public http::Transport {
 public:
  Task<http::Response> send(http::Request) override { co_return http::Response{}; }
};

const std::string zip = s3::base64(std::string("PK\x03\x04", 4) + "code");

class LambdaTest : public ::testing::Test {
 protected:
  LambdaTest() {
    lambda.set_launcher(launcher, world);
    role("works", "lambda.amazonaws.com");
    call(iam, "AttachRolePolicy",
         {{"RoleName", "works"},
          {"PolicyArn", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}});
  }

  json::object call(Service& service, const std::string& action, json::object input) {
    json::object output;
    runtime->run(
        [](Service& to, std::string name, json::object in, json::object& out) -> Task<void> {
          Principal root{Principal::Kind::root, "arn:aws:iam::123456789012:root", {}, {}};
          out = co_await to.operations().at(name).run(
              Call{root, std::string(to.name()), name, std::move(in), {}});
        }(service, action, std::move(input), output));
    return output;
  }

  std::string refusal(const std::string& action, json::object input) {
    try {
      call(lambda, action, std::move(input));
    } catch (const Error& error) {
      return error.code;
    }
    return "none";
  }

  void role(const std::string& name, const std::string& service) {
    call(iam, "CreateRole",
         {{"RoleName", name},
          {"AssumeRolePolicyDocument",
           R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":")" +
               service + R"("},"Action":"sts:AssumeRole"}]})"}});
  }

  json::object description(const std::string& handler) {
    return {{"FunctionName", "f"},
            {"Runtime", "provided.al2023"},
            {"Handler", handler},
            {"Role", "arn:aws:iam::123456789012:role/works"},
            {"Code", {{"ZipFile", zip}}}};
  }

  void create(const std::string& handler) {
    call(lambda, "CreateFunction", description(handler));
    pass(5s);
  }

  json::object invoke(const std::string& type = "RequestResponse") {
    return call(lambda, "Invoke",
                {{"FunctionName", "f"}, {"InvocationType", type}, {"Payload", "{\"a\":1}"}});
  }

  void pass(base::Duration duration) {
    runtime->run([](base::Clock& clock, base::Duration by) -> Task<void> {
      co_await clock.sleep_for(by);
    }(runtime->clock(), duration));
  }

  std::vector<std::string> lines() {
    std::vector<std::string> found;
    const auto group = logs.groups().find("/aws/lambda/f");
    if (group == logs.groups().end()) return found;
    for (const auto& [name, stream] : group->second.streams) {
      for (const auto& event : stream.events) found.push_back(event.message);
    }
    return found;
  }

  std::unique_ptr<base::Runtime> runtime =
      base::virtual_runtime(*base::parse_iso8601("2026-11-22T15:39:54Z"));
  Context context{*runtime};
  iam::Iam iam{context};
  logs::Logs logs{context};
  s3::S3 s3{context, {}};
  NoWorld world;
  TestLauncher launcher{runtime->clock()};
  Lambda lambda{context, iam, logs, s3};
};

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
  auto sink = description("echo");
  sink["FunctionName"] = "sink";
  call(lambda, "CreateFunction", sink);
  pass(5s);
  call(lambda, "PutFunctionEventInvokeConfig",
       {{"FunctionName", "f"},
        {"MaximumRetryAttempts", 0},
        {"DestinationConfig", {{"OnFailure", {{"Destination", lambda.arn("sink")}}}}}});
  call(
      iam, "PutRolePolicy",
      {{"RoleName", "works"},
       {"PolicyName", "p"},
       {"PolicyDocument",
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"*"}]})"}});
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

// A Lambda with IAM, logs and S3 around it, and processes that do what the function's handler says.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "sim/core/ask.hpp"
#include "sim/lambda/lambda.hpp"
#include "sim/s3/digest.hpp"

namespace sim::lambda {
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
    if (process.handler == "init") co_await clock_.sleep_for(2s);
    if (process.handler == "exit") co_return 3;
    if (process.handler == "no-entry") {
      auto post = request("POST", base + "init/error",
                          "{\"errorMessage\":\"fork/exec: permission denied\"}");
      post.headers.set("Lambda-Runtime-Function-Error-Type", "Runtime.InvalidEntrypoint");
      co_await process.transport.send(std::move(post));
      co_return 1;
    }
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
      last_payload = work.body;
      trace = work.headers.get("Lambda-Runtime-Trace-Id").value_or("");
      client_context = work.headers.get("Lambda-Runtime-Client-Context").value_or("absent");
      arn = *work.headers.get("Lambda-Runtime-Invoked-Function-Arn");
      if (process.handler == "memory") {
        process.used_memory(128);
        co_return -9;
      }
      if (process.handler == "crash") co_return -11;
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
      auto response = request("POST", at + "response", body);
      if (process.handler == "mode") {
        response.headers.set("Lambda-Runtime-Function-Response-Mode", "buffered");
      }
      last = co_await process.transport.send(std::move(response));
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
  std::string arn, last_payload, client_context, trace;
  http::Response last, wrong_id, too_early, again;

 private:
  base::Clock& clock_;
};

class NoWorld final : public http::Transport {
 public:
  Task<http::Response> send(http::Request) override { co_return http::Response{}; }
};

// One executable file, "bootstrap".
inline const std::string zip =
    "UEsDBBQAAAAAAAAAIQCDFtyMAQAAAAEAAAAJAAAAYm9vdHN0cmFweFBLAQIUAxQAAAAAAAAAIQCDFtyMAQAAAAEAAAAJ"
    "AAAAAAAAAAAAAADtgQAAAABib290c3RyYXBQSwUGAAAAAAEAAQA3AAAAKAAAAAAA";

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
    return test::ask(*runtime, service, action, std::move(input), test::root());
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

}  // namespace sim::lambda

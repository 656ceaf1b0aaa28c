#include "process/python.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <fstream>

#include "process/entry.hpp"
#include "process/machine_test.hpp"

namespace process {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

// Looked for once: importing boto3 takes a while.
const std::optional<Python>& python_here() {
  static const auto found = [] {
    std::optional<Python> python;
    const auto runtime = base::real_runtime();
    PythonFinder finder(*runtime, "", search_path());
    runtime->run([](PythonFinder& from, std::optional<Python>& into) -> base::Task<void> {
      try {
        into = co_await from.find("python3.12");
      } catch (const Refusal&) {
        into.reset();
      }
    }(finder, python));
    return python;
  }();
  return found;
}

std::string refusal_of(const std::string& named, const std::string& path) {
  std::string text;
  const auto runtime = base::real_runtime();
  PythonFinder finder(*runtime, named, path);
  runtime->run([](PythonFinder& from, std::string& into) -> base::Task<void> {
    try {
      co_await from.find("python3.12");
    } catch (const Refusal& refusal) {
      into = refusal.what();
    }
  }(finder, text));
  return text;
}

TEST(Python, versions_compare_number_by_number) {
  EXPECT_TRUE(at_least("1.31.0", "1.31"));
  EXPECT_TRUE(at_least("1.43.11", "1.31"));
  EXPECT_TRUE(at_least("2.0", "1.31"));
  EXPECT_FALSE(at_least("1.26.27", "1.31"));
  EXPECT_FALSE(at_least("1", "1.31"));
  EXPECT_FALSE(at_least("", "1.31"));
}

// A folder with a python3 that answers as the script says.
struct FakePython {
  explicit FakePython(const std::string& script)
      : folder(::testing::TempDir() + "fake-python-" + std::to_string(::getpid())) {
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/python3") << "#!/bin/sh\n" << script << '\n';
    std::filesystem::permissions(folder + "/python3", std::filesystem::perms::owner_all);
  }
  ~FakePython() { std::filesystem::remove_all(folder); }
  std::string folder;
};

TEST(Python, without_a_suitable_one_the_refusal_says_what_to_install) {
  EXPECT_NE(refusal_of("", "/nowhere").find("pip install 'boto3>=1.31'"), std::string::npos);
  const FakePython old(
      R"(echo; echo 'found:{"interpreter":"/p","version":"3.11.2","boto3":"1.26.27"}')");
  EXPECT_NE(refusal_of("", old.folder).find("python3 has boto3 1.26.27"), std::string::npos);
  const FakePython bare(R"(echo; echo 'found:{"interpreter":"/p","version":"3.11.2"}')");
  EXPECT_NE(refusal_of("", bare.folder).find("python3 has no boto3"), std::string::npos);
  const FakePython broken("exit 1");
  EXPECT_NE(refusal_of("", broken.folder).find("python3 does not run"), std::string::npos);
  EXPECT_NE(refusal_of("/no/such/python", search_path()).find("/no/such/python does not run"),
            std::string::npos);
}

// The machine, but for its clock: no program can be waited for.
class Clockless final : public base::Runtime {
 public:
  base::Clock& clock() override { throw std::runtime_error("no clock"); }
  boost::asio::io_context& io() override { return real_->io(); }
  void spawn(base::Task<void> task) override { real_->spawn(std::move(task)); }
  void run(base::Task<void> main) override { real_->run(std::move(main)); }

 private:
  std::unique_ptr<base::Runtime> real_ = base::real_runtime();
};

TEST(Python, a_look_that_fails_is_repeated_and_keeps_nobody_waiting) {
  const FakePython any("exit 1");
  Clockless runtime;
  PythonFinder finder(runtime, "", any.folder);
  for (int i = 0; i < 2; ++i) {
    const auto ask = [](PythonFinder& from) -> base::Task<void> {
      co_await from.find("python3.12");
    };
    try {
      runtime.run(ask(finder));
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "no clock");
    }
  }
}

TEST(Python, the_refusal_reaches_the_caller_of_the_function) {
  Machine machine;
  machine.settings.search_path = "/nowhere";
  machine.runtime_name = "python3.12";
  machine.package = {{"index.py", "x"}};
  machine.ends_itself = true;
  machine.run();
  EXPECT_EQ(machine.answer.error_type, "Runtime.PythonMissing");
  EXPECT_EQ(machine.code, 1);
}

class PythonFunction : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!python_here()) GTEST_SKIP() << "there is no python3 with boto3 1.31 or newer on the PATH";
    machine.runtime_name = "python3.12";
    machine.handler = "index.handler";
    machine.settings.python = python_here()->interpreter;
    machine.variables.insert({{"_HANDLER", machine.handler},
                              {"AWS_LAMBDA_FUNCTION_NAME", "f"},
                              {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
                              {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"},
                              {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/f"},
                              {"AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/25/[$LATEST]abc"},
                              {"AWS_REGION", "ap-northeast-1"}});
  }

  // The answer to {"a": 1}.
  json::value answer_of(const std::string& code) {
    machine.package = {{"index.py", code}};
    machine.run("{\"a\": 1}");
    return machine.answer.payload.empty() ? json::value() : json::parse(machine.answer.payload);
  }

  Machine machine;
};

TEST_F(PythonFunction, gets_the_event_and_its_context) {
  const auto answer = answer_of(R"(
def handler(event, context):
    print("started")
    return [event["a"], context.aws_request_id, context.function_name, context.function_version,
            context.memory_limit_in_mb, context.log_group_name, context.log_stream_name,
            context.invoked_function_arn, context.client_context, context.identity.cognito_identity_id,
            1000 < context.get_remaining_time_in_millis() <= 30000]
)");
  EXPECT_EQ(answer, json::parse(R"([1, "request-1", "f", "$LATEST", "256", "/aws/lambda/f",
      "2026/11/25/[$LATEST]abc", "arn:aws:lambda:ap-northeast-1:123456789012:function:f", null,
      null, true])"));
  EXPECT_TRUE(machine.said("started"));
}

TEST_F(PythonFunction, imports_boto3_that_calls_the_embedded_aws) {
  machine.settings.endpoint = "http://127.0.0.1:4566";
  machine.variables["AWS_DEFAULT_REGION"] = "ap-northeast-1";
  machine.variables["AWS_ACCESS_KEY_ID"] = "AKIA";
  machine.variables["AWS_SECRET_ACCESS_KEY"] = "secret";
  const auto answer = answer_of(R"(
import boto3
client = boto3.client("ec2")
def handler(event, context):
    return [client.meta.endpoint_url, client.meta.region_name]
)");
  EXPECT_EQ(answer, json::parse(R"(["http://127.0.0.1:4566", "ap-northeast-1"])"));
}

TEST_F(PythonFunction, says_once_that_it_runs_on_another_version) {
  machine.runtime_name = "python3.8";
  answer_of("def handler(event, context): return 1");
  EXPECT_TRUE(machine.said("python3.8 runs on Python 3."));
}

TEST_F(PythonFunction, logs_as_lambda_does) {
  answer_of(R"(
import logging
def handler(event, context):
    logging.getLogger().warning("careful")
)");
  EXPECT_TRUE(machine.said("[WARNING]\t20"));
  EXPECT_TRUE(machine.said("Z\trequest-1\tcareful"));
}

TEST_F(PythonFunction, reports_what_it_raises) {
  const auto answer = answer_of(R"(
def handler(event, context):
    raise ValueError("no good")
)");
  EXPECT_TRUE(machine.answer.failed);
  EXPECT_EQ(answer.at("errorType"), "ValueError");
  EXPECT_EQ(answer.at("errorMessage"), "no good");
  EXPECT_EQ(answer.at("requestId"), "request-1");
  EXPECT_EQ(
      answer.at("stackTrace").as_array().at(0),
      "  File \"/var/task/index.py\", line 3, in handler\n    raise ValueError(\"no good\")\n");
  EXPECT_TRUE(machine.said("[ERROR] ValueError: no good"));
}

TEST_F(PythonFunction, a_package_without_the_handler_fails_in_lambdas_words) {
  struct Row {
    const char *handler, *code, *type, *text;
  };
  const Row rows[] = {
      {"index.handler", "import nothing_of_that_name", "Runtime.ImportModuleError",
       "Unable to import module 'index': No module named 'nothing_of_that_name'"},
      {"other.handler", "", "Runtime.ImportModuleError",
       "Unable to import module 'other': No module named 'other'"},
      {"index.handler", "x = 1", "Runtime.HandlerNotFound",
       "Handler 'handler' missing on module 'index'"},
      {"index.handler", "def handler(:", "Runtime.UserCodeSyntaxError",
       "Syntax error in module 'index': "},
      {"handler", "", "Runtime.MalformedHandlerName",
       "Bad handler 'handler': not enough values to unpack (expected 2, got 1)"},
      {"index.handler", "import os; os.environ['NOT_SET']", "KeyError", "'NOT_SET'"},
  };
  for (const auto& row : rows) {
    Machine one;
    one.settings = machine.settings;
    one.variables = machine.variables;
    one.variables["_HANDLER"] = row.handler;
    one.runtime_name = machine.runtime_name;
    one.package = {{"index.py", row.code}};
    one.ends_itself = true;
    one.run();
    const auto answer = json::parse(one.answer.payload);
    EXPECT_EQ(answer.at("errorType"), row.type);
    EXPECT_TRUE(std::string_view(answer.at("errorMessage").as_string()).starts_with(row.text))
        << answer;
    EXPECT_EQ(one.code, 1);
  }
}

TEST_F(PythonFunction, a_result_that_is_no_json_is_an_error_of_the_runtime) {
  const auto answer = answer_of(R"(
def handler(event, context):
    return {1, 2}
)");
  EXPECT_EQ(answer.at("errorType"), "Runtime.MarshalError");
  EXPECT_EQ(answer.at("errorMessage"),
            "Unable to marshal response: Object of type set is not JSON serializable");
}

TEST_F(PythonFunction, leaving_the_process_ends_it) {
  machine.ends_itself = true;
  answer_of(R"(
import sys
def handler(event, context):
    sys.exit(5)
)");
  EXPECT_EQ(machine.code, 5);
  EXPECT_TRUE(machine.answer.payload.empty());
}

TEST_F(PythonFunction, modules_in_folders_are_found_by_path) {
  machine.variables["_HANDLER"] = "src/app.main";
  machine.package = {
      {"src/app.py", "from src import words\ndef main(event, context): return words.word"},
      {"src/words.py", "word = 'été'"}};
  machine.run();
  EXPECT_EQ(machine.answer.payload, "\"été\"");
}

}  // namespace
}  // namespace process

// What a process is told with its work, what it may answer, and how often it is asked.
#include "sim/lambda/lambda_test.hpp"

namespace sim::lambda {
namespace {

class RuntimeApi : public LambdaTest {
 protected:
  std::string asked(const std::string& base64, const std::string& type = "RequestResponse") {
    return refusal("Invoke",
                   {{"FunctionName", "f"}, {"InvocationType", type}, {"ClientContext", base64}});
  }
};

TEST_F(RuntimeApi, the_client_context_arrives_out_of_its_base64) {
  create("echo");
  EXPECT_EQ(asked(s3::base64(R"({"custom":{"a":1}})")), "none");
  EXPECT_EQ(launcher.client_context, R"({"custom":{"a":1}})");
  EXPECT_EQ(invoke().at("StatusCode"), 200);
  EXPECT_EQ(launcher.client_context, "absent");
}

TEST_F(RuntimeApi, a_client_context_that_is_none_is_refused) {
  create("echo");
  EXPECT_EQ(asked("%%%"), "InvalidRequestContentException");
  EXPECT_EQ(asked(s3::base64("[1]")), "InvalidRequestContentException");
  // 3,583 bytes of base64 at most: base64 comes in fours.
  const auto padded = [](std::size_t size) {
    return s3::base64(R"({"a":")" + std::string(size - 8, 'x') + "\"}");
  };
  EXPECT_EQ(asked(padded(2685)), "none");  // 3,580
  EXPECT_EQ(asked(padded(2688)), "InvalidParameterValueException");
}

TEST_F(RuntimeApi, a_tenant_is_refused_by_functions_without_tenants) {
  create("echo");
  EXPECT_EQ(refusal("Invoke", {{"FunctionName", "f"}, {"TenantId", "blue"}}),
            "InvalidParameterValueException");
}

TEST_F(RuntimeApi, an_unknown_response_mode_fails_the_invocation) {
  create("mode");
  const auto answer = invoke();
  EXPECT_EQ(answer.at("FunctionError"), "Unhandled");
  EXPECT_EQ(json::parse(answer.at("Payload").as_string()).at("errorType"),
            "Runtime.InvalidResponseModeHeader");
  EXPECT_EQ(launcher.last.status, 400);
}

// lambda-runtime.md A1.1: since August 2025 for all, and always for custom runtimes.
TEST_F(RuntimeApi, the_init_phase_is_billed) {
  create("init");
  invoke();
  const auto cold = lines().back();
  EXPECT_NE(cold.find("Init Duration: 2000.00 ms"), std::string::npos) << cold;
  EXPECT_NE(cold.find("Duration: 0.00 ms\tBilled Duration: 2000 ms"), std::string::npos) << cold;
  invoke();
  EXPECT_NE(lines().back().find("Billed Duration: 0 ms"), std::string::npos);
}

// LDG, invocation-async: the same event may come more than once even without an error.
TEST_F(RuntimeApi, an_event_may_be_delivered_twice_with_one_id) {
  create("echo");
  invoke("Event");
  pass(1min);
  EXPECT_EQ(launcher.ids.size(), 1U);

  Lambda twice{context, iam, logs, s3, {.delivered_twice = 1}};
  twice.set_launcher(launcher, world);
  call(twice, "CreateFunction", description("echo"));
  pass(5s);
  launcher.ids.clear();
  call(twice, "Invoke", {{"FunctionName", "f"}, {"InvocationType", "Event"}, {"Payload", "{}"}});
  pass(1min);
  ASSERT_EQ(launcher.ids.size(), 2U);
  EXPECT_EQ(launcher.ids[0], launcher.ids[1]);
}

// cloudformation-protocol.md 4: a chain stops after about 16, where its client hands the header on.
TEST_F(RuntimeApi, a_function_that_invokes_itself_is_stopped_after_sixteen_times) {
  create("echo");
  const auto again = [&](const std::string& type) {
    return refusal("Invoke",
                   {{"FunctionName", "f"}, {"InvocationType", type}, {"Trace", launcher.trace}});
  };
  int times = 0;
  while (times < 30 && again("RequestResponse") == "none") ++times;
  EXPECT_EQ(times, 16);
  EXPECT_EQ(again("RequestResponse"), "RecursiveInvocationException");
  EXPECT_EQ(again("Event"), "none");
  pass(1min);
  EXPECT_EQ(launcher.ids.size(), 16U);
  EXPECT_EQ(invoke().at("StatusCode"), 200);  // a chain of its own
}

}  // namespace
}  // namespace sim::lambda

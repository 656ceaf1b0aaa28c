#include "sim/world/world.hpp"

#include <gtest/gtest.h>

#include "sim/wire/sign_test.hpp"

namespace sim::world {
namespace {

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

struct Row {
  const char* service;
  const char* method;
  const char* target;  // the path, or the X-Amz-Target
  const char* body;
};

// One harmless call to every service.
constexpr Row rows[] = {
    {"ec2", "POST", "/", "Action=DescribeVpcs&Version=2016-11-15"},
    {"iam", "POST", "/", "Action=ListRoles&Version=2010-05-08"},
    {"sts", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15"},
    {"cloudformation", "POST", "/", "Action=ListStacks&Version=2010-05-15"},
    {"ecs", "POST", "AmazonEC2ContainerServiceV20141113.ListClusters", "{}"},
    {"ssm", "POST", "AmazonSSM.DescribeInstanceInformation", "{}"},
    {"logs", "POST", "Logs_20140328.DescribeLogGroups", "{}"},
    {"lambda", "GET", "/2015-03-31/functions", ""},
    {"s3", "GET", "/", ""},
};

http::Request request_of(const Row& row) {
  http::Request request;
  request.method = row.method;
  request.url.host = std::string(row.service) + ".ap-northeast-1.amazonaws.com";
  request.body = row.body;
  if (row.target[0] == '/') {
    request.url.target = row.target;
  } else {
    request.headers.set("X-Amz-Target", row.target);
  }
  return request;
}

base::Task<void> call_every_service(World& world, std::vector<std::string>& answers) {
  const auto key = world.iam().root_key();
  for (const auto& row : rows) {
    auto request = request_of(row);
    wire::sign(request, key, row.service, world.context().now());
    const auto response = co_await world.transport().send(std::move(request));
    answers.push_back(std::to_string(response.status) + " " + response.body);
  }
}

struct Run {
  std::vector<std::string> answers;
  base::Instant ended;
  int calls = 0;
};

Run run(std::uint64_t seed) {
  const auto runtime = base::virtual_runtime(start);
  World world(*runtime, {.seed = seed});
  Run out;
  runtime->run(call_every_service(world, out.answers));
  out.ended = runtime->clock().now();
  out.calls = world.calls("arn:aws:iam::123456789012:root");
  return out;
}

TEST(World, every_service_answers_through_the_front_door) {
  const auto result = run(1);
  ASSERT_EQ(result.answers.size(), std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    EXPECT_TRUE(result.answers[i].starts_with("200 ")) << rows[i].service << result.answers[i];
  }
  EXPECT_EQ(result.calls, static_cast<int>(std::size(rows)));
}

TEST(World, is_the_same_to_the_byte_for_the_same_seed_and_another_for_another) {
  const auto first = run(7);
  const auto second = run(7);
  EXPECT_EQ(first.answers, second.answers);
  EXPECT_EQ(first.ended, second.ended);
  EXPECT_NE(first.ended, run(8).ended);
}

// A PUT to CloudFormation's presigned response URL, changed in one way.
struct Put {
  const char* name;
  base::Duration late;
  const char* content_type;  // empty: no header
  const char* signature;     // empty: the right one
  int status;
  const char* code;
};

base::Task<void> put_answer(World& world, Put put, http::Response& response) {
  http::Request request;
  request.method = "PUT";
  std::string url = world.s3().presign_put("answers", "stack|Strike|1", std::chrono::hours(1));
  if (*put.signature != 0) {
    url.replace(url.find("X-Amz-Signature=") + 16, 64, put.signature);
  }
  request.url = http::Url::parse(url);
  request.body = R"({"Status":"SUCCESS"})";
  if (*put.content_type != 0) request.headers.set("Content-Type", put.content_type);
  co_await world.context().clock().sleep_for(put.late);
  response = co_await world.transport().send(std::move(request));
}

TEST(World, a_server_hands_out_response_urls_that_lead_to_itself) {
  const auto runtime = base::virtual_runtime(start);
  World world(*runtime, {.seed = 1});
  world.s3().set_endpoint(http::Url::parse("http://127.0.0.1:4566"));
  http::Response response;
  runtime->run(put_answer(world, {"", {}, "", "", 200, ""}, response));
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_TRUE(world.s3().get("answers", "stack|Strike|1").has_value());
  EXPECT_TRUE(world.s3()
                  .presign_put("answers", "a b", std::chrono::hours(1))
                  .starts_with("http://127.0.0.1:4566/answers/a%20b?X-Amz-Algorithm="));
}

class ResponseUrl : public testing::TestWithParam<Put> {};

TEST_P(ResponseUrl, takes_only_what_was_signed) {
  const auto runtime = base::virtual_runtime(start);
  World world(*runtime, {.seed = 1});
  http::Response response;
  runtime->run(put_answer(world, GetParam(), response));
  EXPECT_EQ(response.status, GetParam().status);
  EXPECT_NE(response.body.find(GetParam().code), std::string::npos) << response.body;
  EXPECT_EQ(world.s3().get("answers", "stack|Strike|1").has_value(), GetParam().status == 200);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ResponseUrl,
    testing::Values(
        Put{"as_signed", std::chrono::minutes(59), "", "", 200, ""},
        Put{"with_a_content_type", {}, "application/json", "", 403, "SignatureDoesNotMatch"},
        Put{"with_another_signature",
            {},
            "",
            "0000000000000000000000000000000000000000000000000000000000000000",
            403,
            "SignatureDoesNotMatch"},
        Put{"after_it_expired", std::chrono::minutes(61), "", "", 403, "AccessDenied"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sim::world

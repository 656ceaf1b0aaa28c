#include "aws/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/endpoint.hpp"

namespace aws {
namespace {

const Environment whole{{"AWS_ACCESS_KEY_ID", "AKID"},
                        {"AWS_SECRET_ACCESS_KEY", "very-secret"},
                        {"AWS_DEFAULT_REGION", "eu-west-1"}};

std::string problems_of(const Environment& environment) {
  try {
    load_settings(environment);
  } catch (const SettingsError& error) {
    return error.what();
  }
  return "none";
}

TEST(LoadSettings, reads_what_the_sdks_read) {
  auto environment = whole;
  environment["AWS_SESSION_TOKEN"] = "token";
  environment["AWS_REGION"] = "ap-northeast-1";
  environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566";
  environment["AWS_MAX_ATTEMPTS"] = "5";
  const auto settings = load_settings(environment);
  EXPECT_EQ(settings.credentials.access_key_id, "AKID");
  EXPECT_EQ(settings.credentials.session_token, "token");
  EXPECT_EQ(settings.region, "ap-northeast-1");
  EXPECT_EQ(settings.endpoint->port, 4566);
  EXPECT_EQ(settings.attempts, 5);
  EXPECT_EQ(load_settings(whole).region, "eu-west-1");
  EXPECT_FALSE(load_settings(whole).endpoint);
}

TEST(LoadSettings, names_every_problem_at_once_and_no_value) {
  const auto text = problems_of({{"AWS_ENDPOINT_URL", "ftp://secret"}, {"AWS_REGION", ""}});
  EXPECT_THAT(text, testing::HasSubstr("AWS_ACCESS_KEY_ID is not set"));
  EXPECT_THAT(text, testing::HasSubstr("AWS_SECRET_ACCESS_KEY is not set"));
  EXPECT_THAT(text, testing::HasSubstr("neither AWS_REGION nor AWS_DEFAULT_REGION is set"));
  EXPECT_THAT(text, testing::HasSubstr("AWS_ENDPOINT_URL is wrong"));
  auto odd = whole;
  odd["AWS_REGION"] = "evil.example/";
  odd["AWS_MAX_ATTEMPTS"] = "0";
  EXPECT_THAT(problems_of(odd), testing::HasSubstr("AWS_REGION is not a region's name"));
  EXPECT_THAT(problems_of(odd), testing::HasSubstr("AWS_MAX_ATTEMPTS"));
  EXPECT_THAT(problems_of(odd), testing::Not(testing::HasSubstr("very-secret")));
}

TEST(RegionalEndpoint, knows_chinas_suffix) {
  EXPECT_EQ(regional_endpoint("ec2", "eu-west-1").host, "ec2.eu-west-1.amazonaws.com");
  EXPECT_EQ(regional_endpoint("ecs", "cn-north-1").host, "ecs.cn-north-1.amazonaws.com.cn");
}

}  // namespace
}  // namespace aws

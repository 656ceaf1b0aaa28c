#include "cfn/event.hpp"

#include <gtest/gtest.h>

namespace cfn {
namespace {

constexpr std::string_view create = R"({
  "RequestType": "Create", "ResponseURL": "https://bucket.s3.amazonaws.com/key?X-Amz-Signature=s",
  "StackId": "arn:aws:cloudformation:r:1:stack/s/1", "RequestId": "req",
  "LogicalResourceId": "Falsework", "ResourceType": "Custom::Falsework", "Future": {"field": 1},
  "ServiceToken": "arn:aws:lambda:x", "ResourceProperties": {"Temporary": ["nat-01234567"]}})";

std::string without(std::string_view field) {
  std::string text(create);
  const auto at = text.find("\"" + std::string(field) + "\"");
  return text.replace(at + 1, 1, "X");
}

TEST(Event, reads_a_request_and_ignores_fields_it_does_not_know) {
  const auto reading = Event::parse(create);
  ASSERT_TRUE(reading.event);
  EXPECT_EQ(reading.event->type, RequestType::create);
  EXPECT_TRUE(reading.event->properties.contains("Temporary"));
  EXPECT_EQ(reading.sender->physical_id,
            physical_id("arn:aws:cloudformation:r:1:stack/s/1", "Falsework"));
}

TEST(Event, keeps_the_id_that_cloudformation_knows) {
  std::string text(create);
  text.insert(1, R"("PhysicalResourceId": "demo-Falsework-1ABC",)");
  EXPECT_EQ(Event::parse(text).sender->physical_id, "demo-Falsework-1ABC");
}

TEST(Event, whoever_can_be_answered_is_known_even_if_the_rest_cannot_be_read) {
  struct Row {
    std::string payload;
    bool answerable;
  };
  const Row rows[] = {
      {without("RequestType"), true},
      {without("ResponseURL"), false},
      {without("StackId"), false},
      {without("RequestId"), false},
      {without("LogicalResourceId"), false},
      {"", false},
      {"[]", false},
      {"{\"RequestType\": ", false},
  };
  for (const auto& row : rows) {
    const auto reading = Event::parse(row.payload);
    EXPECT_FALSE(reading.event) << row.payload;
    EXPECT_FALSE(reading.problems.empty());
    EXPECT_EQ(reading.sender.has_value(), row.answerable) << row.payload;
  }
}

TEST(Event, all_problems_are_found_at_once_and_none_repeats_the_url) {
  const auto reading = Event::parse(
      R"({"RequestType": "Destroy", "ResponseURL": "ftp://secret", "ResourceProperties": 7})");
  EXPECT_EQ(reading.problems.size(), 6U);
  for (const auto& problem : reading.problems) {
    EXPECT_EQ(problem.find("secret"), std::string::npos);
  }
}

TEST(PhysicalId, is_the_same_for_the_same_resource_and_for_no_other) {
  EXPECT_EQ(physical_id("s", "a"), physical_id("s", "a"));
  EXPECT_NE(physical_id("s", "a"), physical_id("s", "b"));
  EXPECT_NE(physical_id("sa", ""), physical_id("s", "a"));
}

TEST(Validity, is_read_from_both_kinds_of_signature) {
  const base::Instant noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} +
                           std::chrono::hours(12)};
  const auto four = validity("https://b/k?X-Amz-Date=20261122T120000Z&X-Amz-Expires=7200");
  EXPECT_EQ(four.signed_at, noon);
  EXPECT_EQ(four.expires, noon + std::chrono::hours(2));
  const auto two = validity("https://b/k?AWSAccessKeyId=A&Expires=1795348800&Signature=s");
  EXPECT_FALSE(two.signed_at);
  EXPECT_EQ(two.expires, base::Instant(std::chrono::seconds(1795348800)));
  EXPECT_FALSE(validity("https://b/k").expires);
}

}  // namespace
}  // namespace cfn

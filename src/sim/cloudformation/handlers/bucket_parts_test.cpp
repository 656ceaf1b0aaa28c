#include "sim/cloudformation/handlers/bucket_parts.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace sim::cloudformation {
namespace {

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html
TEST(BucketParts, lifecycle_rules_have_the_names_and_the_shape_of_the_api) {
  struct Row {
    const char* given;
    const char* sent;
  };
  for (
      const auto& [given, sent] : {
          Row{R"({"Id":"a","Status":"Enabled","ExpirationInDays":30})",
              R"({"ID":"a","Status":"Enabled","Expiration":{"Days":30},"Filter":{"Prefix":""}})"},
          Row{R"({"Status":"Enabled","Prefix":"x/","NoncurrentVersionExpiration":{"NoncurrentDays":1}})",
              R"({"Status":"Enabled","NoncurrentVersionExpiration":{"NoncurrentDays":1},"Filter":{"Prefix":"x/"}})"},
          Row{R"({"Status":"Disabled","TagFilters":[{"Key":"k","Value":"v"}]})",
              R"({"Status":"Disabled","Filter":{"Tag":{"Key":"k","Value":"v"}}})"},
          Row{R"({"Status":"Enabled","Prefix":"x","ObjectSizeLessThan":"9"})",
              R"({"Status":"Enabled","Filter":{"And":{"Prefix":"x","ObjectSizeLessThan":"9"}}})"},
          Row{R"({"Status":"Enabled","Transitions":[{"StorageClass":"GLACIER","TransitionInDays":9}]})",
              R"({"Status":"Enabled","Transitions":[{"StorageClass":"GLACIER","Days":9}],"Filter":{"Prefix":""}})"},
      }) {
    const json::value configuration{{"Rules", json::array{json::parse(given)}}};
    EXPECT_EQ(lifecycle_rules(configuration), json::value(json::array{json::parse(sent)})) << given;
  }
}

TEST(BucketParts, members_that_are_not_known_are_refused_by_name) {
  const auto refusal = [](auto translate, const char* text) -> std::string {
    try {
      translate(json::parse(text));
    } catch (const Failure& failure) {
      return failure.what();
    }
    return "none";
  };
  EXPECT_EQ(refusal(lifecycle_rules, R"({"Rules":[{"Moon":1}]})"),
            "The embedded CloudFormation does not support LifecycleConfiguration.Moon of "
            "AWS::S3::Bucket.");
  EXPECT_NE(refusal(cors_rules, R"({"CorsRules":[{"Moon":1}]})"), "none");
  EXPECT_NE(refusal(encryption_rules, R"({"ServerSideEncryptionConfiguration":[{"Moon":1}]})"),
            "none");
}

TEST(BucketParts, other_rules_are_renamed) {
  EXPECT_EQ(cors_rules(json::parse(R"({"CorsRules":[{"Id":"a","MaxAge":5}]})")),
            json::parse(R"([{"ID":"a","MaxAgeSeconds":5}])"));
  EXPECT_EQ(encryption_rules(json::parse(
                R"({"ServerSideEncryptionConfiguration":[{"BucketKeyEnabled":true,
                   "ServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms"}}]})")),
            json::parse(R"([{"BucketKeyEnabled":true,
                   "ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms"}}])"));
  EXPECT_EQ(canned_acl("BucketOwnerFullControl"), "bucket-owner-full-control");
}

}  // namespace
}  // namespace sim::cloudformation

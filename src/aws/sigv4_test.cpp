#include "aws/sigv4.hpp"

#include <gtest/gtest.h>

namespace aws::sigv4 {
namespace {

// The worked examples of S3's documentation.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
constexpr base::Instant example_time{std::chrono::sys_days{std::chrono::year{2013} / 5 / 24}};
const Credentials example{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
const Scope s3{"us-east-1", "s3"};

http::Request request_for(std::string_view url) {
  http::Request request;
  request.url = http::Url::parse(url);
  return request;
}

TEST(SigV4, signs_the_documented_object_request) {
  Keys keys(example);
  auto request = request_for("https://examplebucket.s3.amazonaws.com/test.txt");
  request.headers.set("Range", "bytes=0-9");
  const auto stages = sign(request, keys, s3, example_time, options_of("s3"));
  EXPECT_EQ(stages.signature, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(request.headers.get("Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=" +
                stages.signature);
}

TEST(SigV4, presigns_the_documented_object_request) {
  Keys keys(example);
  auto request = request_for("https://examplebucket.s3.amazonaws.com/test.txt");
  const auto stages =
      presign(request, keys, s3, example_time, std::chrono::hours(24), options_of("s3"));
  EXPECT_EQ(stages.signature, "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  EXPECT_TRUE(request.url.target.ends_with("&X-Amz-Signature=" + stages.signature));
}

TEST(SigV4, s3_signs_the_path_as_it_stands_and_others_resolve_and_encode_it) {
  const auto path_line = [](std::string_view service) {
    Keys keys(example);
    auto request = request_for("https://example.com/a//b%20c/../d");
    const auto text =
        sign(request, keys, {"us-east-1", std::string(service)}, example_time, options_of(service))
            .canonical_request;
    return text.substr(4, text.find('\n', 4) - 4);
  };
  EXPECT_EQ(path_line("s3"), "/a//b%20c/../d");
  EXPECT_EQ(path_line("lambda"), "/a/d");
  Keys keys(example);
  auto request = request_for("https://example.com/b%20c");
  const auto text =
      sign(request, keys, {"us-east-1", "lambda"}, example_time, {}).canonical_request;
  EXPECT_EQ(text.substr(4, 8), "/b%2520c");
}

TEST(SigV4, signing_again_replaces_the_old_signature) {
  Keys keys({"AKIDEXAMPLE", "secret", "token"});
  auto request = request_for("https://ec2.eu-west-1.amazonaws.com/");
  request.headers.set("User-Agent", "falsework");
  const Scope scope{"eu-west-1", "ec2"};
  sign(request, keys, scope, example_time, {});
  const auto first = std::string(*request.headers.get("Authorization"));
  EXPECT_EQ(first.find("user-agent"), std::string::npos);
  EXPECT_NE(first.find("x-amz-security-token"), std::string::npos);
  const auto size = request.headers.size();
  sign(request, keys, scope, example_time, {});
  EXPECT_EQ(request.headers.get("Authorization"), first);
  sign(request, keys, scope, example_time + std::chrono::seconds(1), {});
  EXPECT_NE(request.headers.get("Authorization"), first);
  EXPECT_EQ(request.headers.size(), size);
}

}  // namespace
}  // namespace aws::sigv4

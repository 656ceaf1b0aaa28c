#include "sim/s3/s3.hpp"

#include "sim/s3/digest.hpp"
#include "sim/s3/test_client.hpp"

namespace sim::s3 {
namespace {

using namespace std::chrono_literals;

using S3Test = Client;

const std::string host = "https://s3.ap-northeast-1.amazonaws.com";
const std::string here =
    "<CreateBucketConfiguration><LocationConstraint>ap-northeast-1</LocationConstraint>"
    "</CreateBucketConfiguration>";

TEST_F(S3Test, an_object_comes_back_by_either_style_of_address) {
  ASSERT_EQ(send("PUT", host + "/my-bucket", here).status, 200);
  const auto put =
      send("PUT", host + "/my-bucket/a/b%20c", "hello", {{"Content-Type", "text/plain"}});
  ASSERT_EQ(put.status, 200);
  EXPECT_EQ(put.headers.get("ETag"), "\"5d41402abc4b2a76b9719d911017c592\"");
  const auto got = send("GET", "https://my-bucket.s3.ap-northeast-1.amazonaws.com/a/b%20c");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.headers.get("Content-Type"), "text/plain");
  EXPECT_EQ(got.headers.get("Last-Modified"), "Sun, 22 Nov 2026 15:39:54 GMT");
  const auto head = send("HEAD", host + "/my-bucket/a/b%20c");
  EXPECT_EQ(head.headers.get("Content-Length"), "5");
  EXPECT_TRUE(head.body.empty());
}

TEST_F(S3Test, what_is_missing_is_refused_in_s3s_words) {
  EXPECT_NE(send("GET", host + "/nowhere/x").body.find("<Code>NoSuchBucket</Code>"),
            std::string::npos);
  s3.put("my-bucket", "k", "v");
  const auto missing = send("GET", host + "/my-bucket/x");
  EXPECT_EQ(missing.status, 404);
  EXPECT_NE(missing.body.find("<Code>NoSuchKey</Code>"), std::string::npos);
  EXPECT_EQ(send("HEAD", host + "/my-bucket/x").status, 404);
  EXPECT_EQ(send("DELETE", host + "/my-bucket").status, 409);
  EXPECT_EQ(send("DELETE", host + "/my-bucket/k").status, 204);
  EXPECT_EQ(send("DELETE", host + "/my-bucket").status, 204);
}

TEST_F(S3Test, operations_it_does_not_have_are_named) {
  s3.put("my-bucket", "k", "v");
  const auto answer = send("GET", host + "/my-bucket?inventory");
  EXPECT_EQ(answer.status, 501);
  EXPECT_NE(answer.body.find("?inventory"), std::string::npos);
  for (const http::Headers& headers :
       {http::Headers{{"x-amz-server-side-encryption", "aws:kms:dsse"}},
        http::Headers{{"x-amz-server-side-encryption-aws-kms-key-id", "alias/mine"}}}) {
    EXPECT_EQ(send("PUT", host + "/my-bucket/k", "", headers).status, 501);
  }
}

TEST_F(S3Test, a_body_that_does_not_match_its_digest_is_not_stored) {
  s3.put("my-bucket", "other", "");
  const http::Headers wrong_md5{{"Content-MD5", base64(md5("else"))}};
  EXPECT_NE(send("PUT", host + "/my-bucket/k", "body", wrong_md5).body.find("BadDigest"),
            std::string::npos);
  const http::Headers wrong_crc{{"x-amz-checksum-crc32", crc32_base64("else")}};
  EXPECT_EQ(send("PUT", host + "/my-bucket/k", "body", wrong_crc).status, 400);
  EXPECT_FALSE(s3.get("my-bucket", "k"));
  const http::Headers right{{"x-amz-checksum-crc32", crc32_base64("body")}};
  EXPECT_EQ(send("PUT", host + "/my-bucket/k", "body", right).status, 200);
}

TEST_F(S3Test, listing_groups_by_delimiter_and_pages) {
  for (const auto* key : {"a/1", "a/2", "b", "c/1", "d"}) s3.put("my-bucket", key, "x");
  const auto first = send("GET", host + "/my-bucket?list-type=2&delimiter=%2F&max-keys=3");
  EXPECT_NE(first.body.find("<Prefix>a/</Prefix>"), std::string::npos);
  EXPECT_NE(first.body.find("<KeyCount>3</KeyCount>"), std::string::npos);
  EXPECT_NE(first.body.find("<IsTruncated>true</IsTruncated>"), std::string::npos);
  const auto from = first.body.find("<NextContinuationToken>") + 23;
  const auto token = first.body.substr(from, first.body.find('<', from) - from);
  const auto rest = send("GET", host + "/my-bucket?list-type=2&delimiter=%2F&continuation-token=" +
                                    http::percent_encode(token));
  EXPECT_NE(rest.body.find("<Key>d</Key>"), std::string::npos);
  EXPECT_EQ(rest.body.find("<Key>b</Key>"), std::string::npos);
  EXPECT_NE(rest.body.find("<IsTruncated>false</IsTruncated>"), std::string::npos);
}

TEST_F(S3Test, many_objects_go_in_one_request) {
  for (const auto* key : {"a", "b", "c"}) s3.put("my-bucket", key, "x");
  const std::string body =
      "<Delete><Object><Key>a</Key></Object><Object><Key>c</Key></Object></Delete>";
  EXPECT_EQ(send("POST", host + "/my-bucket?delete", body).status, 400);
  const auto answer =
      send("POST", host + "/my-bucket?delete", body, {{"Content-MD5", base64(md5(body))}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(s3.get("my-bucket", "a"));
  EXPECT_TRUE(s3.get("my-bucket", "b"));
}

TEST_F(S3Test, a_bucket_is_made_only_in_its_own_region_and_once) {
  EXPECT_NE(send("PUT", host + "/my-bucket").body.find("IllegalLocationConstraintException"),
            std::string::npos);
  EXPECT_EQ(send("PUT", host + "/My_Bucket", here).status, 400);
  EXPECT_EQ(send("PUT", host + "/my-bucket", here).status, 200);
  EXPECT_NE(send("PUT", host + "/my-bucket", here).body.find("BucketAlreadyOwnedByYou"),
            std::string::npos);
}

TEST_F(S3Test, a_presigned_url_works_until_it_expires) {
  const auto url = s3.presign_put("cloudformation-custom-resource-response-apnortheast1",
                                  "arn:aws:stack/x|Logical|id", 60s);
  EXPECT_TRUE(url.starts_with(
      "https://cloudformation-custom-resource-response-apnortheast1.s3.ap-northeast-1.amazonaws."
      "com/arn%3Aaws%3Astack/x%7CLogical%7Cid?X-Amz-Algorithm=AWS4-HMAC-SHA256&"))
      << url;
  EXPECT_NE(url.find("X-Amz-SignedHeaders=content-type%3Bhost"), std::string::npos);
  EXPECT_EQ(send("PUT", url, "{}").status, 200);
  EXPECT_EQ(
      s3.get("cloudformation-custom-resource-response-apnortheast1", "arn:aws:stack/x|Logical|id")
          ->body,
      "{}");
  EXPECT_EQ(send("GET", host + "/").body.find("custom-resource"), std::string::npos);
  pass(61s);
  const auto late = send("PUT", url, "{}");
  EXPECT_EQ(late.status, 403);
  EXPECT_NE(late.body.find("<Code>AccessDenied</Code><Message>Request has expired</Message>"),
            std::string::npos);
}

TEST_F(S3Test, access_names_the_object_or_the_bucket) {
  const auto access = [&](std::string method, const std::string& url, std::string body = {}) {
    return s3.access({std::move(method), http::Url::parse(url), {}, std::move(body)});
  };
  EXPECT_EQ(access("PUT", host + "/b/k")[0].action, "s3:PutObject");
  EXPECT_EQ(access("PUT", host + "/b/k")[0].resource, "arn:aws:s3:::b/k");
  EXPECT_EQ(access("GET", host + "/b?list-type=2")[0].action, "s3:ListBucket");
  EXPECT_EQ(access("GET", host + "/b?list-type=2")[0].resource, "arn:aws:s3:::b");
  EXPECT_EQ(access("GET", host + "/b?list-type=2&prefix=a%2F")[0].context.at("s3:prefix"), "a/");
  EXPECT_EQ(access("GET", host + "/b/k?versionId=1")[0].action, "s3:GetObjectVersion");
  EXPECT_TRUE(access("GET", host + "/b?inventory").empty());
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html gives the parts; the
// digests are those of RFC 1321, RFC 4231 (case 2) and the CRC catalogue's check value.
TEST(Digest, known_values) {
  EXPECT_EQ(hex(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc64nvme("123456789"), 0xAE8B14860A799888U);
  EXPECT_EQ(hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  std::string bytes;
  ASSERT_TRUE(decode_base64("aGk=", bytes));
  EXPECT_EQ(bytes, "hi");
  EXPECT_FALSE(decode_base64("aGk", bytes));
}

}  // namespace
}  // namespace sim::s3

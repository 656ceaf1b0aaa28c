// Bodies in chunks, against the example of
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
#include "sim/wire/chunked.hpp"

#include <gtest/gtest.h>

#include "sim/wire/signature_v2.hpp"
#include "sim/wire/verify.hpp"

namespace sim::wire {
namespace {

http::Request example() {
  http::Request request;
  request.method = "PUT";
  request.url = http::Url::parse("https://s3.amazonaws.com/examplebucket/chunkObject.txt");
  request.headers = {
      {"Host", "s3.amazonaws.com"},
      {"x-amz-date", "20130524T000000Z"},
      {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
      {"Authorization",
       "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
       "SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
       "x-amz-decoded-content-length;x-amz-storage-class, "
       "Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"},
      {"x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
      {"Content-Encoding", "aws-chunked"},
      {"x-amz-decoded-content-length", "66560"},
      {"Content-Length", "66824"}};
  request.body =
      "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" +
      std::string(65536, 'a') +
      "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"
      "\r\n" +
      std::string(1024, 'a') +
      "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"
      "\r\n\r\n";
  return request;
}

Verifier verifier() {
  const iam::Key key{"AKIAIOSFODNN7EXAMPLE",
                     "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                     "",
                     {Principal::Kind::user, "arn:alice", "", "AIDA"}};
  static SigningKeys signing_keys;
  return {*base::parse_iso8601("2013-05-24T00:00:00Z"), "us-east-1",
          [key](std::string_view) { return key; }, signing_keys};
}

std::string outcome(const http::Request& request) {
  try {
    return verify(request, *claim_of(request, "s3"), verifier()).arn;
  } catch (const Error& error) {
    return error.code;
  }
}

TEST(Chunked, the_documents_example_is_verified_chunk_by_chunk) {
  auto request = example();
  EXPECT_EQ(outcome(request), "arn:alice");
  unchunk(request);
  EXPECT_EQ(request.body, std::string(66560, 'a'));
  EXPECT_FALSE(request.headers.get("content-encoding"));
}

TEST(Chunked, one_byte_changed_in_any_chunk_is_found) {
  for (const std::size_t at : {std::size_t{100}, std::size_t{65800}}) {
    auto request = example();
    request.body[at] = 'b';
    EXPECT_EQ(outcome(request), "SignatureDoesNotMatch") << at;
  }
}

TEST(Chunked, unsigned_chunks_bring_their_checksum_in_a_trailer) {
  http::Request request;
  request.headers = {{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
                     {"Content-Encoding", "aws-chunked,gzip"},
                     {"x-amz-decoded-content-length", "7"}};
  request.body = "4\r\nabcd\r\n3\r\nefg\r\n0\r\nx-amz-checksum-crc32:MSpqpg==\r\n\r\n";
  unchunk(request);
  EXPECT_EQ(request.body, "abcdefg");
  EXPECT_EQ(request.headers.get("x-amz-checksum-crc32"), "MSpqpg==");
  EXPECT_EQ(request.headers.get("content-encoding"), "gzip");
}

constexpr const char* broken[] = {
    "",
    "4\r\nabc",
    "x\r\nabcd\r\n0\r\n\r\n",
    "4\r\nabcdX\r\n0\r\n\r\n",
    "4\r\nabcd\r\n",
    "ffffffffffffffff\r\nabcd\r\n0\r\n\r\n",
    "3\r\nabc\r\n0\r\n\r\n",
    "4\r\nabcd\r\n0\r\nnoise\r\n",
};

TEST(Chunked, bodies_that_cannot_be_read_are_refused) {
  for (const auto* body : broken) {
    http::Request request;
    request.headers = {{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
                       {"x-amz-decoded-content-length", "4"}};
    request.body = body;
    EXPECT_THROW(unchunk(request), Error) << body;
  }
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html, "Query String
// Request Authentication": its key, path and expiry; the signature is Python's hmac over its text.
TEST(SignatureV2, the_documents_example_is_verified_until_it_expires) {
  http::Request request;
  request.url = http::Url::parse(
      "https://awsexamplebucket1.us-west-1.s3.amazonaws.com/photos/puppy.jpg"
      "?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=1No4mq5ETf02z8aet9voy6gui6E%3D"
      "&Expires=1175139620");
  constexpr std::string_view resource = "/awsexamplebucket1/photos/puppy.jpg";
  ASSERT_TRUE(is_version_2(request));
  EXPECT_EQ(string_to_sign_2(request, resource),
            "GET\n\n\n1175139620\n/awsexamplebucket1/photos/puppy.jpg");
  auto at = verifier();
  at.now = *base::parse_iso8601("2007-03-29T03:40:20Z");
  EXPECT_EQ(verify_version_2(request, resource, at).arn, "arn:alice");
  EXPECT_THROW(verify_version_2(request, "/awsexamplebucket1/photos/kitten.jpg", at), Error);
  at.now += std::chrono::seconds(1);
  EXPECT_THROW(verify_version_2(request, resource, at), Error);
}

}  // namespace
}  // namespace sim::wire

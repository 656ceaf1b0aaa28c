// Objects: ranges, conditions, checksums, copies, versions, parts. Each row cites its page of
// https://docs.aws.amazon.com/AmazonS3/latest/API/
#include "sim/s3/checksums.hpp"
#include "sim/s3/digest.hpp"
#include "sim/s3/test_client.hpp"

namespace sim::s3 {
namespace {

using namespace std::chrono_literals;
using Objects = Client;

struct RangeRow {
  const char* range;
  int status;
  const char* body;
  const char* content_range;
};

// API_GetObject.html, RFC 9110 section 14
constexpr RangeRow ranges[] = {
    {"bytes=0-3", 206, "0123", "bytes 0-3/10"},        {"bytes=5-", 206, "56789", "bytes 5-9/10"},
    {"bytes=-3", 206, "789", "bytes 7-9/10"},          {"bytes=8-100", 206, "89", "bytes 8-9/10"},
    {"bytes=-100", 206, "0123456789", "bytes 0-9/10"}, {"bytes=3-1", 200, "0123456789", nullptr},
    {"bytes=0-1,4-5", 200, "0123456789", nullptr},     {"lines=0-1", 200, "0123456789", nullptr},
};

TEST_F(Objects, ranges_are_cut_out_and_what_is_no_range_is_ignored) {
  s3.put("my-bucket", "k", "0123456789");
  for (const auto& row : ranges) {
    const auto answer = send("GET", bucket + "/k", {}, {{"Range", row.range}});
    EXPECT_EQ(answer.status, row.status) << row.range;
    EXPECT_EQ(answer.body, row.body) << row.range;
    if (row.content_range != nullptr) {
      EXPECT_EQ(answer.headers.get("Content-Range"), row.content_range) << row.range;
    }
  }
  const auto outside = send("GET", bucket + "/k", {}, {{"Range", "bytes=10-"}});
  EXPECT_EQ(outside.status, 416);
  EXPECT_EQ(code(outside), "InvalidRange");
}

TEST_F(Objects, that_are_empty_are_whole_in_their_only_part) {
  s3.put("my-bucket", "empty", "");
  const auto part = send("GET", bucket + "/empty?partNumber=1");
  EXPECT_EQ(part.status, 200);
  EXPECT_FALSE(part.headers.get("Content-Range"));
  EXPECT_EQ(part.headers.get("Content-Length"), "0");
  EXPECT_EQ(code(send("GET", bucket + "/empty?partNumber=2")), "InvalidPartNumber");
}

struct ConditionRow {
  const char* header;
  std::string value;
  int status;
};

TEST_F(Objects, conditions_decide_before_the_body_is_sent) {
  s3.put("my-bucket", "k", "v");
  const auto etag = '"' + s3.get("my-bucket", "k")->etag + '"';
  const ConditionRow rows[] = {
      {"If-Match", etag, 200},
      {"If-Match", "*", 200},
      {"If-Match", "\"other\"", 412},
      {"If-None-Match", etag, 304},
      {"If-None-Match", "\"other\"", 200},
      {"If-Modified-Since", "Sun, 22 Nov 2026 15:39:54 GMT", 304},
      {"If-Modified-Since", "Sun, 22 Nov 2026 15:39:53 GMT", 200},
      {"If-Unmodified-Since", "Sun, 22 Nov 2026 15:39:54 GMT", 200},
      {"If-Unmodified-Since", "Sun, 22 Nov 2026 15:39:53 GMT", 412},
      // What is no date is no condition.
      {"If-Unmodified-Since", "Sun, 22 Nov 2026 -1:39:53 GMT", 200},
      {"If-Unmodified-Since", "Sun, -1 Nov 2026 15:39:53 GMT", 200},
      {"If-Unmodified-Since", "Sun, 22 Nov 2025 15:39:+1 GMT", 200},
      {"If-Unmodified-Since", "Sun, 22 Nov 2025 99:39:53 GMT", 200},
      {"If-Unmodified-Since", "Sun, 22 Nov 2025 15:61:53 GMT", 200},
      {"If-Unmodified-Since", "Sun, 22 Nov 2025 15:39:53 GMT", 412},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(send("GET", bucket + "/k", {}, {{row.header, row.value}}).status, row.status)
        << row.header << " " << row.value;
  }
  EXPECT_EQ(code(send("PUT", bucket + "/k", "w", {{"If-None-Match", "*"}})), "PreconditionFailed");
  EXPECT_EQ(send("PUT", bucket + "/new", "w", {{"If-None-Match", "*"}}).status, 200);
}

// checking-object-integrity.html
TEST_F(Objects, every_checksum_is_verified_kept_and_handed_out) {
  s3.put("my-bucket", "other", "");
  for (const auto* algorithm : {"CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"}) {
    const auto header = checksum_header(algorithm);
    const auto right = base64(digest_of(algorithm, "body"));
    EXPECT_EQ(code(send("PUT", bucket + "/k", "another", {{header, right}})), "BadDigest");
    EXPECT_EQ(code(send("PUT", bucket + "/k", "body", {{header, "AAAA"}})), "InvalidRequest");
    ASSERT_EQ(send("PUT", bucket + "/k", "body", {{header, right}}).status, 200) << algorithm;
    const auto plain = send("GET", bucket + "/k");
    EXPECT_FALSE(plain.headers.get(header));
    const auto asked = send("GET", bucket + "/k", {}, {{"x-amz-checksum-mode", "ENABLED"}});
    EXPECT_EQ(asked.headers.get(header), right);
  }
}

TEST_F(Objects, a_copy_takes_metadata_along_or_replaces_it) {
  s3.put("my-bucket", "other", "");
  send("PUT", bucket + "/k", "v",
       {{"Content-Type", "text/plain"}, {"x-amz-meta-a", "1"}, {"x-amz-tagging", "t=1"}});
  const http::Headers source{{"x-amz-copy-source", "/my-bucket/k"}};
  EXPECT_EQ(send("PUT", bucket + "/copy", {}, source).status, 200);
  const auto copy = send("HEAD", bucket + "/copy");
  EXPECT_EQ(copy.headers.get("x-amz-meta-a"), "1");
  EXPECT_EQ(copy.headers.get("x-amz-tagging-count"), "1");
  const http::Headers replaced{{"x-amz-copy-source", "my-bucket/k"},
                               {"x-amz-metadata-directive", "REPLACE"},
                               {"x-amz-meta-b", "2"}};
  EXPECT_EQ(send("PUT", bucket + "/copy", {}, replaced).status, 200);
  EXPECT_FALSE(send("HEAD", bucket + "/copy").headers.get("x-amz-meta-a"));
  EXPECT_EQ(code(send("PUT", bucket + "/k", {}, source)), "InvalidRequest");
  EXPECT_EQ(code(send("PUT", bucket + "/x", {}, {{"x-amz-copy-source", "my-bucket/none"}})),
            "NoSuchKey");
}

TEST_F(Objects, a_versioned_bucket_keeps_what_was_overwritten_and_deleted) {
  s3.put("my-bucket", "k", "first");
  const std::string enable =
      "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
  ASSERT_EQ(send("PUT", bucket + "/?versioning", enable).status, 200);
  const auto second = send("PUT", bucket + "/k", "second");
  const std::string version(second.headers.get("x-amz-version-id").value_or(""));
  const auto deleted = send("DELETE", bucket + "/k");
  EXPECT_EQ(deleted.headers.get("x-amz-delete-marker"), "true");
  EXPECT_EQ(send("GET", bucket + "/k").status, 404);
  EXPECT_EQ(send("GET", bucket + "/k?versionId=" + version).body, "second");
  EXPECT_EQ(send("GET", bucket + "/k?versionId=null").body, "first");
  EXPECT_EQ(code(send("DELETE", bucket)), "BucketNotEmpty");
  const auto list = send("GET", bucket + "/?versions");
  EXPECT_NE(list.body.find("<DeleteMarker>"), std::string::npos);
  EXPECT_NE(list.body.find("<VersionId>null</VersionId>"), std::string::npos);
  const std::string marker(*deleted.headers.get("x-amz-version-id"));
  EXPECT_EQ(send("DELETE", bucket + "/k?versionId=" + marker).status, 204);
  EXPECT_EQ(send("GET", bucket + "/k").body, "second");
  const auto page = send("GET", bucket + "/?versions&max-keys=1");
  EXPECT_EQ(element(page, "NextVersionIdMarker"), version);
  const auto rest = send("GET", bucket + "/?versions&key-marker=k&version-id-marker=" + version);
  EXPECT_EQ(element(rest, "VersionId"), "null");
  EXPECT_EQ(element(rest, "IsTruncated"), "false");
}

std::string part(int number, const std::string& etag) {
  return fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", number, etag);
}

// API_CompleteMultipartUpload.html
TEST_F(Objects, parts_become_one_object) {
  s3.put("my-bucket", "other", "");
  const auto begun = send("POST", bucket + "/big?uploads", {},
                          {{"x-amz-checksum-algorithm", "CRC32"}, {"Content-Type", "text/x"}});
  const auto id = http::percent_encode(element(begun, "UploadId"));
  const std::string first(5 << 20, 'a');
  const auto put = [&](int number, const std::string& body) {
    const auto answer =
        send("PUT", fmt::format("{}/big?partNumber={}&uploadId={}", bucket, number, id), body);
    return std::string(answer.headers.get("ETag").value_or(""));
  };
  const auto one = put(1, first);
  const auto two = put(2, "tail");
  const auto complete = [&](const std::string& parts) {
    return send("POST", bucket + "/big?uploadId=" + id,
                "<CompleteMultipartUpload>" + parts + "</CompleteMultipartUpload>");
  };
  EXPECT_EQ(code(complete(part(2, two) + part(1, one))), "InvalidPartOrder");
  EXPECT_EQ(code(complete(part(1, two))), "InvalidPart");
  EXPECT_EQ(code(complete(part(3, two))), "InvalidPart");
  const auto listed = send("GET", bucket + "/big?uploadId=" + id + "&max-parts=1");
  EXPECT_EQ(element(listed, "NextPartNumberMarker"), "1");
  EXPECT_EQ(element(send("GET", bucket + "/?uploads"), "Key"), "big");
  const auto done = complete(part(1, one) + part(2, two));
  ASSERT_EQ(done.status, 200) << done.body;
  const auto digests = md5(first) + md5("tail");
  EXPECT_EQ(element(done, "ETag"), "&quot;" + hex(md5(digests)) + "-2&quot;");
  EXPECT_TRUE(element(done, "ChecksumCRC32").ends_with("-2"));
  EXPECT_EQ(send("GET", bucket + "/big", {}, {{"Range", "bytes=-5"}}).body, "atail");
  const auto second = send("GET", bucket + "/big?partNumber=2");
  EXPECT_EQ(second.body, "tail");
  EXPECT_EQ(second.headers.get("x-amz-mp-parts-count"), "2");
  EXPECT_EQ(code(complete(part(1, one))), "NoSuchUpload");
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
TEST_F(Objects, are_encrypted_as_their_bucket_or_their_request_says) {
  s3.put("my-bucket", "other", "");
  const http::Headers own{{"x-amz-server-side-encryption", "AES256"}};
  send("PUT", bucket + "/?encryption",
       "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>"
       "aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>"
       "</ServerSideEncryptionConfiguration>");
  const auto put = send("PUT", bucket + "/k", "hello");
  EXPECT_EQ(put.headers.get("x-amz-server-side-encryption"), "aws:kms");
  EXPECT_TRUE(put.headers.get("x-amz-server-side-encryption-aws-kms-key-id")
                  .value_or("")
                  .starts_with("arn:aws:kms:ap-northeast-1:123456789012:key/"));
  const auto digest = '"' + hex(md5("hello")) + '"';
  EXPECT_NE(put.headers.get("ETag"), digest);
  EXPECT_EQ(s3.get("my-bucket", "k")->etag.size(), 32U);
  EXPECT_EQ(code(send("GET", bucket + "/k")), "InvalidArgument");  // without a signature
  EXPECT_EQ(send("PUT", bucket + "/plain", "hello", own).headers.get("ETag"), digest);
  EXPECT_EQ(send("GET", bucket + "/plain").headers.get("x-amz-server-side-encryption"), "AES256");
  const http::Headers copy{{"x-amz-copy-source", "/my-bucket/plain"}};
  EXPECT_EQ(send("PUT", bucket + "/copy", "", copy).headers.get("x-amz-server-side-encryption"),
            "aws:kms");
  const auto begun = send("POST", bucket + "/big?uploads");
  EXPECT_EQ(begun.headers.get("x-amz-server-side-encryption"), "aws:kms");
}

TEST_F(Objects, only_the_last_part_may_be_small) {
  s3.put("my-bucket", "other", "");
  const auto id = http::percent_encode(element(send("POST", bucket + "/k?uploads"), "UploadId"));
  const auto put = [&](int number) {
    const auto url = fmt::format("{}/k?partNumber={}&uploadId={}", bucket, number, id);
    return std::string(send("PUT", url, "small").headers.get("ETag").value_or(""));
  };
  const auto etag = put(1);
  put(2);
  EXPECT_EQ(code(send("POST", bucket + "/k?uploadId=" + id,
                      "<CompleteMultipartUpload>" + part(1, etag) + part(2, etag) +
                          "</CompleteMultipartUpload>")),
            "EntityTooSmall");
  EXPECT_EQ(send("DELETE", bucket + "/k?uploadId=" + id).status, 204);
  EXPECT_EQ(code(send("DELETE", bucket + "/k?uploadId=" + id)), "NoSuchUpload");
}

}  // namespace
}  // namespace sim::s3

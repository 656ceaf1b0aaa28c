// facts §5, emptying a bucket: each test cites the row that it holds the embedded S3 to.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
#include "sim/s3/digest.hpp"
#include "sim/s3/test_client.hpp"

namespace sim::s3 {
namespace {

std::string object(const std::string& key, const std::string& version = "") {
  const auto named = version.empty() ? "" : "<VersionId>" + version + "</VersionId>";
  return "<Object><Key>" + key + "</Key>" + named + "</Object>";
}

class Emptying : public Client {
 protected:
  http::Response remove(const std::string& objects) {
    const auto body = "<Delete>" + objects + "</Delete>";
    return send("POST", bucket + "/?delete", body, {{"Content-MD5", base64(md5(body))}});
  }

  std::string version_of(const http::Response& answer) {
    return std::string(answer.headers.get("x-amz-version-id").value_or(""));
  }
};

// "DeleteObjects (<=1000 keys, missing key counts as deleted)"
TEST_F(Emptying, what_is_missing_counts_as_deleted_and_a_thousand_are_the_most) {
  s3.put("my-bucket", "there", "x");
  struct Row {
    const char* what;
    int keys;
    int status;
    std::size_t deleted;
  };
  const Row rows[] = {{"one that is there, one that is not", 2, 200, 2},
                      {"a thousand", 1000, 200, 1000},
                      {"one more", 1001, 400, 0},
                      {"none", 0, 400, 0}};
  for (const auto& row : rows) {
    std::string objects;
    for (int i = 0; i < row.keys; ++i) objects += object(i == 0 ? "there" : fmt::format("k{}", i));
    const auto answer = remove(objects);
    EXPECT_EQ(answer.status, row.status) << row.what;
    EXPECT_EQ(code(answer), row.status == 200 ? "" : "MalformedXML") << row.what;
    std::size_t deleted = 0;
    for (auto at = answer.body.find("<Deleted>"); at != std::string::npos;
         at = answer.body.find("<Deleted>", at + 1)) {
      ++deleted;
    }
    EXPECT_EQ(deleted, row.deleted) << row.what;
    EXPECT_EQ(answer.body.find("<Error><Key>"), std::string::npos) << row.what;
  }
  EXPECT_FALSE(s3.get("my-bucket", "there"));
}

// "ListObjectVersions/DeleteObjects → DeleteBucket; BucketNotEmpty, all versions + markers must go"
TEST_F(Emptying, a_bucket_goes_when_the_last_version_and_marker_are_gone) {
  s3.put("my-bucket", "k", "first");
  const std::string enable =
      "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
  ASSERT_EQ(send("PUT", bucket + "/?versioning", enable).status, 200);
  const auto second = version_of(send("PUT", bucket + "/k", "second"));
  const auto marker = version_of(send("DELETE", bucket + "/k"));
  for (const auto& left : {std::string("null"), second, marker}) {
    EXPECT_EQ(code(send("DELETE", bucket)), "BucketNotEmpty") << left;
    EXPECT_EQ(remove(object("k", left)).status, 200) << left;
  }
  EXPECT_EQ(send("DELETE", bucket).status, 204);
  EXPECT_EQ(code(send("GET", bucket)), "NoSuchBucket");
}

}  // namespace
}  // namespace sim::s3
